"""What a list is made of, from a county in parts: of each household a few numbers, of everybody sums.

A first pass over the parts adds up what features and rules have to know of everybody; a second one forecasts, and looks
at who hits which rules and what visits found. What is told of the listed households alone is made later, part by part.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relapse.core.errors import InputError
from relapse.core.instantiate import instantiate
from relapse.core.panel import HOUSEHOLDS, Level, Panel, PanelView
from relapse.core.parts import Numbered, Parts, Whole, changed
from relapse.core.protocols import AsksEverybody, Auditor
from relapse.core.rows import Floats, Ints, Unit
from relapse.core.tallies import Sums
from relapse.core.triggered import Raised
from relapse.county.risk_list.build import ListSettings
from relapse.county.risk_list.previous import PastDraw
from relapse.flows.rows import FeatureBlock, make_unit
from relapse.flows.streamed import joined, survey, thin
from relapse.flows.urgency import Rules, Visited, checks_of, resting, rules_hit, visited
from relapse.flows.version import Forecast, Version, check_fits
from relapse.monitors.feeds import Months, months_told
from relapse.outcome.label.labels import Outcome

Texts = NDArray[np.object_]
Mask = NDArray[np.bool_]
TOLD = ("income__log_ratio_now", "income__per_person", "income__line", "income__above_line")  # features a list prints


@dataclass(frozen=True, eq=False)
class Judged:
    """What rules and visits say of a county's households, as known: (households,) each unless said otherwise.

    Args:
        rules: who hits which rules.
        seen: what visits found.
        rests: whether a household was verified lately with a clean finding, and nothing new is known.
        doubts: in how many rows its records break a rule.
        doubtful: whether its records must be corrected.
        checks: (draws,) what visits for past random checks found, see `flows.urgency.checks_of`.
    """

    rules: Rules
    seen: Visited
    rests: Mask
    doubts: NDArray[np.int64]
    doubtful: Mask
    checks: Floats


@dataclass(frozen=True, eq=False)
class Looked:
    """A county at an as_of, as a list needs it.

    Args:
        parts: of the county; their rules know of everybody.
        head: the panel of a part, for what it says of the whole: name, calendar, line, titles.
        as_of: month.
        version: that forecasts.
        features: of the version.
        sums: by block, over everybody.
        forecast: of everybody at risk, by place in the whole panel; of features those alone that a list prints.
        ids: (households,) of the whole panel.
        observed: (households,) who is there.
        township, village: (households,) as told last, empty where not.
        judged: what rules and visits say; None of a plain panel.
        feeds: by table, the months in which it told something.
        names: how often each name of the county stands there.
        codes: by township and administrative code, how often they stand together.
    """

    parts: Numbered
    head: Panel
    as_of: int
    version: Version
    features: Mapping[str, FeatureBlock]
    sums: Mapping[str, Sums]
    forecast: Forecast
    ids: Texts
    observed: Mask
    township: Texts
    village: Texts
    judged: Judged | None
    feeds: Mapping[str, Months]
    names: pd.Series
    codes: pd.Series

    @property
    def county_name(self) -> str:
        """What the county is called by most of its households; empty where they do not tell it."""
        return most_frequent(self.names)

    @property
    def official(self) -> dict[str, str]:
        """By township, the administrative code that most of its households tell."""
        return {str(name): most_frequent(told.droplevel(0)) for name, told in self.codes.groupby(level=0)}

    def unit_of(self, panel: Panel, members: Ints) -> Unit:
        """Some households of a part with all features.

        Args:
            panel: of the part.
            members: ascending places in the part, all of them at risk.
        """
        known = _shown(self.version, panel).as_of(self.as_of)
        return _unit(self.version, known, self.features, self.sums, np.isin(known.observed, members))


def most_frequent(counts: pd.Series) -> str:
    """Of equally frequent ones the first in order; empty where there is none."""
    return str(counts.sort_index().idxmax()) if len(counts) else ""


def look(
    parts: Numbered,
    as_of: int,
    version: Version,
    features: Mapping[str, FeatureBlock],
    audits: Auditor,
    settings: ListSettings,
    draws: Sequence[PastDraw] = (),
) -> Looked:
    """Everything that a list needs of everybody.

    Args:
        parts: of the county, or a whole panel.
        as_of: period.
        version: that forecasts.
        features: of the version.
        audits: ask the rules.
        settings: say which rules come first, and for how long households rest.
        draws: random checks of past lists.

    Raises:
        InputError: the panel does not fit the version, or nobody is at risk.
    """
    outcome, head = cast("Outcome", instantiate(version.recipe["label"])), parts.part(0)
    check_fits(version, head)
    feeds, everybody, names, codes = _of_everybody(parts, as_of, audits, settings)
    if everybody:
        parts = changed(parts, lambda panel: replace(panel, everybody=everybody))
    told = survey(changed(parts, lambda panel: _shown(version, panel)), as_of, outcome, features)
    if not any(risk.any() for risk in told.risk):
        raise InputError(
            f"no household of '{head.name}' is at risk at {head.calendar.label(as_of)}: all are below the line, "
            f"or their income is not known yet (data.max_age says how old the newest known income may be)"
        )
    count = sum(len(parts.places(number)) for number in range(len(parts)))
    ids, township, village = (np.full(count, "", dtype=object) for _ in range(3))
    observed = np.zeros(count, dtype=bool)
    units, margins, judged = list[Unit](), list[Floats](), list[tuple[Ints, Judged]]()
    for number, risk in enumerate(told.risk):
        places, panel = parts.places(number), parts.part(number)
        known = panel.as_of(as_of)
        there = places[known.observed]
        ids[places], observed[there] = panel.household_ids, True
        township[there], village[there] = place_names(known, known.observed)
        if panel.tables:
            judged.append((places, _judge(known, audits, settings, draws)))
        if risk.any():
            unit = _unit(version, _shown(version, panel).as_of(as_of), features, told.sums, risk)
            margins.append(version.hazard.margin(unit))
            units.append(thin(unit, places, TOLD))
            del unit
    unit = joined(units)
    order = np.argsort(unit.members, kind="stable")
    hazard = version.hazard.calibrated(unit.leads, np.concatenate(margins)[order])
    return Looked(
        parts, head, as_of, version, features, told.sums, Forecast(_ordered(unit, order), hazard), ids, observed,
        township, village, _together(judged, count) if judged else None, feeds, names, codes,
    )  # fmt: skip


def place_names(known: PanelView, members: Ints) -> tuple[Texts, Texts]:
    """(n,), (n,): township and village of households as known, empty where not."""
    histories = known.histories(members, lags=known.panel.max_age + 1)

    def names(level: Level) -> Texts:
        home = histories.home(level)
        return np.full(len(members), "", dtype=object) if home is None else home.texts()

    return names("township"), names("village")


def county_name(panel: Panel, as_of: int) -> str:
    """What a county is called by most of its households; empty where they do not tell it, and of a plain panel."""
    return most_frequent(county_names(panel.as_of(as_of)))


def name_of_parts(parts: Parts, as_of: int) -> str:
    """The same of a county in parts."""
    return most_frequent(_added([county_names(panel.as_of(as_of)) for _, panel in parts.parts()]))


def county_names(known: PanelView) -> pd.Series:
    """How many households call the county by each name; nothing of a plain panel."""
    nothing = pd.Series([], dtype=np.int64)
    if not known.panel.tables:
        return nothing
    homes = known.table(HOUSEHOLDS).newest
    if "county" not in homes:
        return nothing
    names = pd.Series(homes.text("county").texts(), dtype=object)
    counted: pd.Series = names[names != ""].value_counts()
    return counted


def _township_codes(known: PanelView) -> pd.Series:
    """By township and administrative code, how many households tell both."""
    if known.panel.tables:
        homes = known.table(HOUSEHOLDS).newest
        if "region_code" in homes:
            told = pd.DataFrame({"township": homes.text("township").texts(), "code": homes.text("region_code").texts()})
            told = told[told["code"].str.len() >= 9]
            counted: pd.Series = told.groupby(["township", "code"]).size()
            return counted
    return pd.Series([], dtype=np.int64, index=pd.MultiIndex.from_arrays([[], []]))


def _of_everybody(
    parts: Numbered, as_of: int, audits: Auditor, settings: ListSettings
) -> tuple[dict[str, Months], dict[tuple[int, str], Floats], pd.Series, pd.Series]:
    """Months of feeds, what rules have to know of everybody, names of the county, and codes of its townships."""
    feeds, told = dict[str, Months](), dict[tuple[int, str], list[Floats]]()
    names, codes = list[pd.Series](), list[pd.Series]()
    alone = isinstance(parts, Whole)  # a whole panel tells its rules of everybody itself
    for _, panel in parts.parts():
        known = panel.as_of(as_of)
        for name, months in months_told(known).items():
            feeds[name] = np.union1d(feeds[name], months) if name in feeds else months
        names.append(county_names(known))
        codes.append(_township_codes(known))
        if panel.tables and not alone and isinstance(audits, AsksEverybody):
            views = [known, *(known.earlier(as_of - back) for back in range(1, settings.rest_months + 1))]
            for view in views:
                asked = None if view is known else settings.missed
                for key, values in audits.of_everybody(view, asked).items():
                    told.setdefault(key, []).append(values)
    everybody = {key: np.concatenate(values) for key, values in told.items()}
    return feeds, everybody, _added(names), _added(codes)


def _added(counts: Sequence[pd.Series]) -> pd.Series:
    """Counts of several parts added up."""
    there = [each for each in counts if len(each)]
    if not there:
        return counts[0]
    whole = pd.concat(there)
    added: pd.Series = whole.groupby(level=list(range(whole.index.nlevels))).sum()
    return added


def _shown(version: Version, panel: Panel) -> Panel:
    """The panel as features may see it."""
    return panel if version.sensitive is None else version.sensitive.on(panel)


def _unit(
    version: Version, known: PanelView, features: Mapping[str, FeatureBlock], sums: Mapping[str, Sums], risk: Mask
) -> Unit:
    outcome, gap = cast("Outcome", instantiate(version.recipe["label"])), int(version.recipe["split"]["gap"])
    return make_unit(known, outcome, features, np.array(version.facts.leads, np.int32), gap, sums, risk)


def _ordered(unit: Unit, order: NDArray[np.intp]) -> Unit:
    some = {name: getattr(unit, name)[order] for name in ("members", "household_ids", "cluster")}
    possible = None if unit.possible is None else unit.possible[order]
    return replace(unit, **some, table=unit.table.rows(order), possible=possible)


def _judge(known: PanelView, audits: Auditor, settings: ListSettings, draws: Sequence[PastDraw]) -> Judged:
    """What rules and visits say of the households of a part."""
    rules = rules_hit(known, audits, settings.missed, settings.rest_months)
    seen = visited(known, settings.rest_months)
    rests = resting(known, seen, rules, settings.new_claim_yuan)
    return Judged(rules, seen, rests, audits.doubts(known), audits.doubtful(known), checks_of(known, draws))


def _together(parts: Sequence[tuple[Ints, Judged]], count: int) -> Judged:
    """What is said of the parts, of the whole county."""
    if len(parts) == 1:
        return parts[0][1]

    def of_households(get: Callable[[Judged], NDArray[Any]]) -> Any:
        made = np.empty(count, dtype=get(parts[0][1]).dtype)
        for places, each in parts:
            made[places] = get(each)
        return made

    found = [each.rules.raised for _, each in parts]
    whole = np.concatenate([places[each.rules.raised.household] for places, each in parts])
    order = np.argsort(whole, kind="stable")
    columns = {
        name: np.concatenate([getattr(each, name) for each in found])[order]
        for name in ("rule", "department", "value", "limit", "ratio")
    }
    findings = [finding for each in found for finding in each.findings]
    raised = Raised(whole[order], **columns, findings=tuple(findings[row] for row in order.tolist()))
    waiting, before = (np.concatenate([getattr(each.rules, name) for _, each in parts])[order] for name in
                       ("waiting", "before"))  # fmt: skip
    checks = np.full(len(parts[0][1].checks), np.nan)
    for _, each in parts:
        checks = np.where(np.isnan(checks), each.checks, checks)
    seen = Visited(
        of_households(lambda each: each.seen.verdict),
        of_households(lambda each: each.seen.rests_since),
        of_households(lambda each: each.seen.not_met),
    )
    return Judged(
        Rules(raised, waiting, before), seen, of_households(lambda each: each.rests),
        of_households(lambda each: each.doubts), of_households(lambda each: each.doubtful), checks,
    )  # fmt: skip
