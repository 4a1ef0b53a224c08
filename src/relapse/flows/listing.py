"""Forecast -> risk list: rank, cut by length, reasons with the household's own numbers, and the head of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relapse.core.panel import HOUSEHOLDS, Level, Panel
from relapse.core.protocols import Auditor
from relapse.core.ranking import rank, towards
from relapse.core.results import Language, ListHead, RiskList
from relapse.core.rows import Ints, Unit
from relapse.core.texts import event_words, text
from relapse.county.risk_list.build import list_rows
from relapse.county.risk_list.measures import read_advice
from relapse.county.risk_list.previous import Previous
from relapse.explanation.protects import protects
from relapse.explanation.reasons import Reason, told_reasons
from relapse.flows.cards import make_cards
from relapse.flows.county_list import (
    Office,
    choose,
    expected_among,
    leads_of,
    random_draws,
    sources,
    townships_frame,
    triggered_frame,
    villages_frame,
)
from relapse.flows.county_rows import Listed, county_columns, objects
from relapse.flows.explain import agreement, contributions_of, part_of, values_at
from relapse.flows.version import Forecast, Version


@dataclass(frozen=True)
class Origin:
    """Where a version comes from.

    Args:
        number: in the registry, empty for an exported folder.
        reviewed: whether a reviewer has promoted it.
        stopped: whether a monitor stopped it: empty, `rule` where its rule orders the list instead, or `go_on`.
        when: label of the month of that monitor.
        why: its reasons, in words of the list's language.
        digest: of the version as it was registered; empty where that is the version's own.
    """

    number: str
    reviewed: bool
    stopped: str = ""
    when: str = ""
    why: str = ""
    digest: str = ""


def make_list(
    panel: Panel, version: Version, forecast: Forecast, office: Office, origin: Origin, language: Language
) -> RiskList:
    """The list of an as_of: of a plain panel the best ranks in two tiers, of a county whom its townships can visit.

    Args:
        panel: that was forecast.
        version: that forecast it.
        forecast: of the households at risk.
        office: how long the list is, and of a county what else it is made with.
        origin: of the version.
        language: of all that is printed.
    """
    horizon = office.settings.chosen_horizon(version.facts.horizons)
    place = ranks(version, forecast, horizon)
    key = office.settings.key(office.length)
    head = list_head(panel, version, forecast, horizon, key, origin, language)
    if panel.tables:
        return _of_county(panel, version, forecast, office, place, head)
    tiers = office.settings.tiers(len(place), office.length)
    rows = list_rows(place, tiers, _columns(panel, version, forecast))
    listed = np.argsort(place, kind="stable")[: len(rows)]
    said = _told(panel, version, part_of(forecast.unit, listed), head)[0]
    rows["reasons"] = [tuple(reason.sentence for reason in each) for each in said]
    visits = np.flatnonzero(place <= tiers[0])
    expected = forecast.hazard.count_range(horizon, visits)
    return RiskList(replace(head, visits=len(visits), expected=expected), rows)


def _of_county(
    panel: Panel, version: Version, forecast: Forecast, office: Office, place: Ints, head: ListHead
) -> RiskList:
    unit, known, settings = forecast.unit, panel.as_of(forecast.unit.as_of), office.settings
    choice = choose(panel, unit, place, office, version.facts.seed, version.harmful)
    part = part_of(unit, choice.rows)
    said, protected = _told(panel, version, part, head)
    leads, department = leads_of(choice.rules, part.members)
    rows = pd.DataFrame({name: values[choice.rows] for name, values in _columns(panel, version, forecast).items()})
    rows.insert(0, "rank", place[choice.rows])
    rows["tier"] = choice.tier
    rows["reasons"] = [tuple(reason.sentence for reason in each) for each in said]
    listed = Listed(
        choice.tier,
        sources(choice),
        leads,
        department,
        choice.seen.verdict[part.members],
        [office.previous.of(str(each)) for each in part.household_ids],
        said,
        protected,
        rows["income"].to_numpy(dtype=np.float64),
    )
    more = county_columns(known, part, listed, settings, head.outcome, head.language)
    if not office.previous.is_there:
        more["changed"] = objects([()] * len(rows))  # the first list: nobody is new against none
    more["stratum"] = choice.made.stratum[choice.rows].astype(np.float64)
    more["listing_probability"] = choice.made.probability[choice.rows]
    more["credibility"] = credibility(panel, part, office.audits)
    groups = [each[0].group if each else "" for each in said]
    head = replace(
        head,
        reply_days=settings.reply_days,
        trigger_reply_days=settings.trigger_reply_days,
        visits=int((choice.tier == "visit").sum()),
        expected=expected_among(choice, forecast.hazard, head.horizon),
        drawn=random_draws(known, choice, office),
        previous=office.previous.as_of if office.previous.is_there else "",
        previous_digest=office.previous.digest,
        hotline=settings.hotline,
        assumed=(*head.assumed, *_without_previous(office.previous, head.language)),
    )
    return RiskList(
        head,
        rows.assign(**more),
        triggered_frame(known, choice, unit.members, head.language),
        townships_frame(choice),
        villages_frame(known, choice, groups, office.audits.doubts(known)),
        cards=make_cards(
            known, part.members, listed, more["changed"].tolist(), read_advice(settings.measures), head.language
        ),
    )


def _columns(
    panel: Panel, version: Version, forecast: Forecast
) -> dict[str, NDArray[np.float64] | NDArray[np.object_]]:
    """(n,) what every list tells of its households."""
    unit = forecast.unit
    township, village = place_names(panel, unit.members, unit.as_of)
    return {
        "household_id": unit.household_ids,
        "township": township,
        "village": village,
        "income": unit.column("income__per_person"),
        "line": unit.column("income__line"),
        "gap": unit.column("income__above_line"),
        **{f"chance_{h}": forecast.hazard.risk(h) for h in version.facts.horizons},
    }


def _told(
    panel: Panel, version: Version, part: Unit, head: ListHead
) -> tuple[list[tuple[Reason, ...]], list[tuple[str, ...]]]:
    """Reasons of each row, and what protects it; no sentence speaks for a removal."""
    if not version.harmful:
        return [()] * len(part.members), [()] * len(part.members)
    added, values = contributions_of(version.hazard, part, head.horizon), values_at(part, head.horizon)
    words = panel.money, head.language, panel.calendar.frequency
    return told_reasons(added, values, *words), protects(added, values, *words)


def _without_previous(previous: Previous, language: Language) -> tuple[str, ...]:
    return (text("assumed.previous", language, as_of=previous.as_of),) if previous.broken else ()


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
        origin.digest or version.digest,
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
        (*_gone_on(origin, language), *(each.sentence(language) for each in panel.assumed)),
        language,
        facts.kind,
        facts.outcome,
        bool(panel.tables),
        panel.window,
        county_name=county_name(panel, forecast.unit.as_of),
        stopped=origin.stopped,
    )


def _gone_on(origin: Origin, language: Language) -> tuple[str, ...]:
    """That the version was stopped and orders the list all the same; of the rule's list the order says it."""
    said = {"when": origin.when, "why": origin.why}
    return (text("assumed.stopped_go_on", language, **said),) if origin.stopped == "go_on" else ()


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


def county_name(panel: Panel, as_of: int) -> str:
    """What a county is called by most of its households; empty where they do not tell it, and of a plain panel."""
    if not panel.tables:
        return ""
    homes = panel.as_of(as_of).table(HOUSEHOLDS).newest
    if "county" not in homes:
        return ""
    names = pd.Series(homes.text("county").texts(), dtype=object)
    names = names[names != ""]
    return str(names.mode().iloc[0]) if len(names) else ""


def _interval(figure: Sequence[float] | None) -> tuple[float, float, float] | None:
    return None if figure is None else (figure[0], figure[1], figure[2])
