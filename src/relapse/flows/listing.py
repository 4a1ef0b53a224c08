"""Forecast -> risk list: rank, cut by length, reasons with the household's own numbers, and the head of the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relapse.core.cards import Cards
from relapse.core.panel import Panel
from relapse.core.ranking import rank, towards
from relapse.core.results import Language, ListHead, RiskList
from relapse.core.rows import Ints, Unit
from relapse.core.texts import event_words, text
from relapse.county.risk_list.build import list_rows
from relapse.county.risk_list.measures import read_advice
from relapse.county.risk_list.previous import Previous
from relapse.explanation.protects import protects
from relapse.explanation.reasons import Reason, told_reasons
from relapse.flows.cards import joined_cards, make_cards
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
from relapse.flows.county_rows import Listed, Settled, county_columns, objects, row_numbers
from relapse.flows.explain import agreement, contributions_of, values_at
from relapse.flows.look import Judged, Looked
from relapse.flows.version import Forecast, Version

T = TypeVar("T")


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


def make_list(looked: Looked, office: Office, origin: Origin, language: Language) -> RiskList:
    """The list of an as_of: of a plain panel the best ranks in two tiers, of a county whom its townships can visit.

    Args:
        looked: the county, or the panel, as it was looked at.
        office: how long the list is, and of a county what else it is made with.
        origin: of the version.
        language: of all that is printed.
    """
    version, forecast = looked.version, looked.forecast
    horizon = office.settings.chosen_horizon(version.facts.horizons)
    place = ranks(version, forecast, horizon)
    key = office.settings.key(office.length)
    head = list_head(looked.head, version, forecast, horizon, key, origin, language, looked.county_name)
    if looked.judged is not None:
        return _of_county(looked, looked.judged, office, place, head)
    tiers = office.settings.tiers(len(place), office.length)
    rows = list_rows(place, tiers, _columns(looked))
    listed = forecast.unit.members[np.argsort(place, kind="stable")[: len(rows)]]
    said = _in_order([(at, _told(panel, version, unit, head)[0]) for at, panel, unit in _parts_of(looked, listed)])
    rows["reasons"] = [tuple(reason.sentence for reason in each) for each in said]
    visits = np.flatnonzero(place <= tiers[0])
    expected = forecast.hazard.count_range(horizon, visits)
    return RiskList(replace(head, visits=len(visits), expected=expected), rows)


def _of_county(looked: Looked, judged: Judged, office: Office, place: Ints, head: ListHead) -> RiskList:
    version, settings = looked.version, office.settings
    choice = choose(looked, judged, place, office, version.harmful)
    members = looked.forecast.unit.members[choice.rows]
    rows = pd.DataFrame({name: values[choice.rows] for name, values in _columns(looked).items()})
    rows.insert(0, "rank", place[choice.rows])
    rows["tier"] = choice.tier
    leads, department = leads_of(judged.rules, members)
    settled = Settled(
        choice.tier,
        sources(choice),
        leads,
        department,
        judged.seen.verdict[members],
        [office.previous.of(str(each)) for each in looked.ids[members]],
        rows["income"].to_numpy(dtype=np.float64),
        judged.doubtful[members],
    )
    told = _rows_told(looked, members, settled, office, head)
    rows["reasons"] = [tuple(reason.sentence for reason in each) for each in told.said]
    numbers = row_numbers(
        looked.head.calendar.label(looked.as_of), looked.township, looked.village, looked.observed, members
    )
    more = {**numbers, **told.columns}
    more["stratum"] = choice.made.stratum[choice.rows].astype(np.float64)
    more["listing_probability"] = choice.made.probability[choice.rows]
    more["credibility"] = told.credibility
    groups = [each[0].group if each else "" for each in told.said]
    head = replace(
        head,
        reply_days=settings.reply_days,
        trigger_reply_days=settings.trigger_reply_days,
        visits=int((choice.tier == "visit").sum()),
        expected=expected_among(choice, looked.forecast.hazard, head.horizon),
        drawn=random_draws(choice, office, judged.checks),
        previous=office.previous.as_of if office.previous.is_there else "",
        previous_digest=office.previous.digest,
        hotline=settings.hotline,
        assumed=(*head.assumed, *_without_previous(office.previous, head.language)),
    )
    return RiskList(
        head,
        rows.assign(**more),
        triggered_frame(looked, judged.rules.raised, choice, head.language),
        townships_frame(choice),
        villages_frame(looked, choice, groups, judged.doubts),
        cards=told.cards,
    )


def _columns(looked: Looked) -> dict[str, NDArray[np.float64] | NDArray[np.object_]]:
    """(n,) what every list tells of its households."""
    unit, hazard = looked.forecast.unit, looked.forecast.hazard
    return {
        "household_id": unit.household_ids,
        "township": looked.township[unit.members],
        "village": looked.village[unit.members],
        "income": unit.column("income__per_person"),
        "line": unit.column("income__line"),
        "gap": unit.column("income__above_line"),
        **{f"chance_{h}": hazard.risk(h) for h in looked.version.facts.horizons},
    }


@dataclass(frozen=True, eq=False)
class _RowsTold:
    """What is told of the rows of a county's list, (rows,) each: all of it, or of those of one part."""

    said: list[tuple[Reason, ...]]
    columns: Mapping[str, NDArray[np.float64] | NDArray[np.object_]]
    credibility: NDArray[np.object_]
    cards: Cards


def _rows_told(looked: Looked, members: Ints, settled: Settled, office: Office, head: ListHead) -> _RowsTold:
    """What is told of the listed households, in the order of the list.

    Args:
        looked: the county.
        members: (rows,) places of the households.
        settled: what is settled of the rows.
        office: with what the rows are told.
        head: of the list.
    """
    parts = [
        (at, _rows_of_part(looked, panel, unit, settled.take(at), office, head))
        for at, panel, unit in _parts_of(looked, members)
    ]
    order = np.argsort(np.concatenate([at for at, _ in parts]))
    told = [each for _, each in parts]
    columns = {name: np.concatenate([each.columns[name] for each in told])[order] for name in told[0].columns}
    credible = np.concatenate([each.credibility for each in told])[order]
    return _RowsTold(
        _in_order([(at, each.said) for at, each in parts]), columns, credible,
        joined_cards([each.cards for each in told], order),
    )  # fmt: skip


def _rows_of_part(
    looked: Looked, panel: Panel, unit: Unit, settled: Settled, office: Office, head: ListHead
) -> _RowsTold:
    known, settings = panel.as_of(looked.as_of), office.settings
    said, protected = _told(panel, looked.version, unit, head)
    listed = Listed(settled, said, protected)
    columns = county_columns(known, unit, listed, settings, head.outcome, head.language)
    if not office.previous.is_there:
        columns["changed"] = objects([()] * len(said))  # the first list: nobody is new against none
    cards = make_cards(
        known, unit.members, listed, columns["changed"].tolist(), read_advice(settings.measures), head.language
    )
    return _RowsTold(said, columns, credibility(panel, unit, settled.doubtful), cards)


def _parts_of(looked: Looked, members: Ints) -> Iterator[tuple[NDArray[np.intp], Panel, Unit]]:
    """Of each part in which there are some of the members: their places among these, its panel, and their unit."""
    for number in range(len(looked.parts)):
        places = looked.parts.places(number)
        at = np.flatnonzero(np.isin(members, places))
        if len(at) or not (len(members) or number):  # of a list without rows the first part tells what there is to tell
            at = at[np.argsort(members[at])]
            panel = looked.parts.part(number)
            yield at, panel, looked.unit_of(panel, np.searchsorted(places, members[at]).astype(np.int32))


def _in_order(parts: Sequence[tuple[NDArray[np.intp], list[T]]]) -> list[T]:
    """Values of several parts, each put where it belongs."""
    at = np.concatenate([places for places, _ in parts])
    values = [value for _, each in parts for value in each]
    return [values[row] for row in np.argsort(at).tolist()]


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
    panel: Panel, version: Version, forecast: Forecast, horizon: int, list_key: str, origin: Origin, language: Language,
    county_name: str,
) -> ListHead:  # fmt: skip
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
        (*_gone_on(origin, language), *_held(version, language), *(each.sentence(language) for each in panel.assumed)),
        language,
        facts.kind,
        facts.outcome,
        bool(panel.tables),
        panel.window,
        county_name=county_name,
        stopped=origin.stopped,
    )


def _gone_on(origin: Origin, language: Language) -> tuple[str, ...]:
    """That the version was stopped and orders the list all the same; of the rule's list the order says it."""
    said = {"when": origin.when, "why": origin.why}
    return (text("assumed.stopped_go_on", language, **said),) if origin.stopped == "go_on" else ()


def _held(version: Version, language: Language) -> tuple[str, ...]:
    """That what was learned, as far as it orders the list, was borne out in other villages and not at later origins."""
    return version.facts.held_where(language) if version.facts.share > 0 else ()


def credibility(panel: Panel, unit: Unit, doubtful: NDArray[np.bool_]) -> NDArray[np.object_]:
    """(n,) how far a household's data can be trusted.

    Args:
        panel: of the households.
        unit: some of them.
        doubtful: (n,) whether a household's records must be corrected.

    `low` where its records break a rule that must be mended, or no income is known; `medium` where a month of the
    window was not reported, or only as a part of a longer span; else `high`.
    """
    known = panel.as_of(unit.as_of)
    histories = known.histories(unit.members, lags=panel.max_age + 1)
    unknown = np.isnan(histories.newest(histories.window_income))
    measured = histories.newest(np.where(np.isnan(histories.window_income), np.nan, histories.measured))
    low = doubtful | unknown
    whole = measured >= panel.window - 1e-9
    return np.where(low, "low", np.where(whole, "high", "medium")).astype(object)


def _fallback(version: Version, language: Language) -> str:
    """Why the version is the rule or leans on it, empty where it does not."""
    facts = version.facts
    if not facts.fallback:
        return ""
    return text(f"fallback.{facts.fallback}", language, **facts.details, **event_words(facts.outcome, language))


def _interval(figure: Sequence[float] | None) -> tuple[float, float, float] | None:
    return None if figure is None else (figure[0], figure[1], figure[2])
