"""Forecast -> risk list: rank, cut by length, reasons with the household's own numbers, and the head of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from relapse.core.panel import Level, Panel
from relapse.core.protocols import Auditor
from relapse.core.ranking import rank, towards
from relapse.core.results import Language, ListHead, RiskList
from relapse.core.rows import Ints, Unit
from relapse.core.texts import event_words, text
from relapse.county.risk_list.build import ListSettings, list_rows
from relapse.explanation.reasons import told_reasons
from relapse.flows.cards import make_cards
from relapse.flows.county_rows import county_columns
from relapse.flows.explain import agreement, contributions_of, part_of, values_at
from relapse.flows.version import Forecast, Version


@dataclass(frozen=True)
class Origin:
    """Where a version comes from.

    Args:
        number: in the registry, empty for an exported folder.
        reviewed: whether a reviewer has promoted it.
    """

    number: str
    reviewed: bool


def make_list(
    panel: Panel,
    version: Version,
    forecast: Forecast,
    settings: ListSettings,
    otherwise: int | str,
    audits: Auditor,
    origin: Origin,
    language: Language,
) -> RiskList:
    """The list of an as_of.

    Args:
        panel: that was forecast.
        version: that forecast it.
        forecast: of the households at risk.
        settings: length and horizon.
        otherwise: the data's own list length.
        audits: say whose records are in doubt, and whom a department's trigger hits; a county's list tells both.
        origin: of the version.
        language: of all that is printed.
    """
    horizon = settings.chosen_horizon(version.facts.horizons)
    unit = forecast.unit
    place = ranks(version, forecast, horizon)
    tiers = settings.tiers(len(unit.members), otherwise)
    told = place_names(panel, unit.members, unit.as_of)
    columns: dict[str, NDArray[np.float64] | NDArray[np.object_]] = {
        "household_id": unit.household_ids,
        "township": told[0],
        "village": told[1],
        "income": unit.column("income__per_person"),
        "line": unit.column("income__line"),
        "gap": unit.column("income__above_line"),
        **{f"chance_{h}": forecast.hazard.risk(h) for h in version.facts.horizons},
    }
    if panel.tables:
        columns["credibility"] = credibility(panel, unit, audits)
    rows = list_rows(place, tiers, columns)
    part = part_of(unit, np.argsort(place, kind="stable")[: len(rows)])
    added = contributions_of(version.hazard, part, horizon)
    told_of_harm = told_reasons(added, values_at(part, horizon), panel.money, language, panel.calendar.frequency)
    said = told_of_harm if version.harmful else [()] * len(part.members)  # no sentence speaks for a removal
    rows["reasons"] = [tuple(reason.sentence for reason in each) for each in said]
    head = list_head(panel, version, forecast, horizon, settings.key(otherwise), origin, language)
    visited = np.flatnonzero(place <= tiers[0])
    head = replace(head, visits=len(visited), expected=forecast.hazard.count_range(horizon, visited))
    if not panel.tables:
        return RiskList(head, rows)
    known, outcome = panel.as_of(unit.as_of), version.facts.outcome
    leads = audits.leads(known, part.members)
    more = county_columns(known, part, said, leads, settings, outcome, language)
    head = replace(head, reply_days=settings.reply_days, trigger_reply_days=settings.trigger_reply_days)
    head = replace(head, hotline=settings.hotline)
    return RiskList(head, rows.assign(**more), make_cards(known, part.members, said, leads, [()] * len(rows), language))


def ranks(version: Version, forecast: Forecast, horizon: int) -> Ints:
    """(n,) places on the list, ties settled."""
    unit = forecast.unit
    distance = towards(unit.column("income__log_ratio_now"), version.harmful)
    return rank(forecast.hazard.score(horizon), distance, unit.household_ids, version.facts.seed)


def list_head(
    panel: Panel, version: Version, forecast: Forecast, horizon: int, list_key: str, origin: Origin, language: Language
) -> ListHead:
    """What is printed above a list."""
    facts = version.facts
    figures = version.figures.get(str(horizon), {}) if version.figures.get("list_key") == list_key else {}
    return ListHead(
        panel.name,
        panel.calendar.label(forecast.unit.as_of),
        horizon,
        facts.horizons,
        facts.frequency,
        facts.model,
        _fallback(version, language),
        origin.number,
        version.digest,
        panel.digest,
        origin.reviewed,
        panel.simulated,
        len(forecast.unit.members),
        panel.money,
        _interval(figures.get("hit_rate")),
        _interval(figures.get("rule_hit_rate")),
        figures.get("base_rate"),
        figures.get("best_hit_rate"),
        agreement(forecast.hazard, horizon),
        tuple(each.sentence(language) for each in panel.assumed),
        language,
        facts.kind,
        facts.outcome,
        bool(panel.tables),
        panel.window,
    )


def credibility(panel: Panel, unit: Unit, audits: Auditor) -> NDArray[np.object_]:
    """(n,) how far a household's data can be trusted.

    `low` where its records break a rule that must be mended, or no income is known; `medium` where a month of the
    window was not reported, or only as a part of a longer span; else `high`.
    """
    known = panel.as_of(unit.as_of)
    histories = known.histories(unit.members, lags=panel.max_age + 1)
    unknown = np.isnan(histories.newest(histories.window_income))
    measured = histories.newest(np.where(np.isnan(histories.window_income), np.nan, histories.measured))
    low = audits.doubtful(known)[unit.members] | unknown
    whole = measured >= panel.window - 1e-9
    return np.where(low, "low", np.where(whole, "high", "medium")).astype(object)


def _fallback(version: Version, language: Language) -> str:
    """Why the version is the rule or leans on it, empty where it does not."""
    facts = version.facts
    if not facts.fallback:
        return ""
    return text(f"fallback.{facts.fallback}", language, **facts.details, **event_words(facts.outcome, language))


def place_names(panel: Panel, members: Ints, as_of: int) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """(n,), (n,): township and village of households as known, empty where not."""
    known = panel.as_of(as_of).histories(members, lags=panel.max_age + 1)

    def names(level: Level) -> NDArray[np.object_]:
        home = known.home(level)
        return np.full(len(members), "", dtype=object) if home is None else home.texts()

    return names("township"), names("village")


def _interval(figure: Sequence[float] | None) -> tuple[float, float, float] | None:
    return None if figure is None else (figure[0], figure[1], figure[2])
