"""`relapse explain`: one household at one as_of, as a page that may be read to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from relapse.core.errors import InputError
from relapse.core.panel import Panel
from relapse.core.protocols import Data, Registry
from relapse.core.recipe import PeriodText
from relapse.core.results import Language
from relapse.core.texts import text_or
from relapse.county.reports import explain_html
from relapse.county.reports.explain_html import HouseholdPage
from relapse.county.risk_list.build import ListSettings
from relapse.explanation.contributions import Contributions
from relapse.explanation.reasons import reasons
from relapse.flows.explain import contributions_of, part_of, values_at
from relapse.flows.listing import Origin, list_head, ranks
from relapse.flows.look import county_name
from relapse.flows.version import Forecast, Version, forecast_at
from relapse.monitors.feeds import bearing_late_incomes
from relapse.outputs import Paths, locked, write_all
from relapse.pipelines.common import WAIT_SECONDS, chosen_period, say
from relapse.pipelines.score import open_version
from relapse.terminal import closing_table

_WELL_OR_MONITORED = "is not at risk there: it is below the line or monitored already, or its income is not known"
_NOT_AT_RISK = {
    "removal": "is not monitored there",
    "return": "is not at risk there: its risk was not removed within the months that count, or it is monitored again",
}


def explain(
    data: Data,
    registry: Registry,
    version: PeriodText,
    household: PeriodText,
    risk_list: ListSettings,
    paths: Paths,
    as_of: PeriodText | None,
    language: Language,
    allow_targets: list[str],
) -> None:
    """Explain one household's place: its income against the line, its reasons in words, and how it can object.

    Writes explain/PERIOD-HOUSEHOLD.html.

    Examples:
        relapse explain household=13
        relapse explain household=13 as_of=1985 language=en
    """
    with locked(paths.outputs, WAIT_SECONDS, say):
        opened, origin = open_version(registry, data.panel_name, version, allow_targets)
        panel = data.read(opened.line(allow_targets))
        period = chosen_period(panel, as_of)
        panel = bearing_late_incomes(panel, period)
        forecast = forecast_at(opened, panel, period, opened.features(allow_targets))
        page = household_page(panel, opened, forecast, origin, household, risk_list, data.list_length, language)
        name = f"{page.head.as_of}-{file_name(household)}.html"
        write_all(paths.outputs / "explain", {name: explain_html.render(page)})
    closing_table("", [], [], [("page", str(paths.outputs / "explain" / name))])


def household_page(
    panel: Panel,
    version: Version,
    forecast: Forecast,
    origin: Origin,
    household: str,
    settings: ListSettings,
    otherwise: int | str,
    language: Language,
) -> HouseholdPage:
    """What is said of one household.

    Raises:
        InputError: it is not in the panel, or not at risk at that period.
    """
    unit, horizon = forecast.unit, settings.chosen_horizon(version.facts.horizons)
    label = panel.calendar.label(unit.as_of)
    found = np.flatnonzero(unit.household_ids == household)
    if not len(found):
        why = (
            "is not in it"
            if household not in set(panel.household_ids)
            else _NOT_AT_RISK.get(version.facts.outcome, _WELL_OR_MONITORED)
        )
        raise InputError(
            f"household={household} at {label} in '{panel.name}': {why}; choose another household or as_of"
        )
    part = part_of(unit, found)
    added = contributions_of(version.hazard, part, horizon)
    raised, lowered = pushes(added, language)
    return HouseholdPage(
        replace(
            list_head(
                panel,
                version,
                forecast,
                horizon,
                settings.key(otherwise),
                origin,
                language,
                county_name(panel, unit.as_of),
            ),
            reply_days=settings.reply_days if panel.tables else 0,
        ),
        household,
        int(ranks(version, forecast, horizon)[found[0]]),
        len(unit.members),
        reasons(added, values_at(part, horizon), panel.money, language, panel.calendar.frequency)[0]
        if version.harmful
        else (),
        {h: float(forecast.hazard.risk(h)[found[0]]) for h in version.facts.horizons},
        history(panel, part.members, unit.as_of),
        raised,
        lowered,
    )


def pushes(added: Contributions, language: Language) -> tuple[Sequence[tuple[str, float]], Sequence[tuple[str, float]]]:
    """Groups that raised and that lowered the score, each with its share of all that pushed the same way."""
    named = [text_or(f"group.{group}", language, group) for group in added.groups()]
    sums: Mapping[str, float] = dict(zip(named, added.by_group()[0].tolist(), strict=True))

    def shares(sign: int) -> list[tuple[str, float]]:
        pushed = {name: sign * value for name, value in sums.items() if sign * value > 1e-9}
        total = sum(pushed.values())
        return [(name, value / total) for name, value in sorted(pushed.items(), key=lambda item: -item[1])]

    return shares(1), shares(-1)


def history(panel: Panel, member: np.ndarray, as_of: int) -> list[tuple[str, float | None, float | None]]:
    """Income and line of each period of the lookback, oldest first, from the first known one on."""
    known = panel.as_of(as_of).histories(member)
    income = known.window_income[0]
    line = np.broadcast_to(known.line, known.window_income.shape)[0]
    told = [(panel.calendar.label(as_of - lag), _known(income[lag]), _known(line[lag])) for lag in range(known.lags)][
        ::-1
    ]
    first = next((place for place, (_, value, _) in enumerate(told) if value is not None), len(told) - 1)
    return told[first:]


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def file_name(household: str) -> str:
    """An id as part of a file name: letters, digits, - and _ stay."""
    return "".join(sign if sign.isalnum() or sign in "-_" else "_" for sign in household)[:60]
