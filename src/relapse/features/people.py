"""Who lives in the household: children and old people, who can work, who is at school, ill, disabled or left behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from relapse.core import told
from relapse.core.catalogue import Direction, Feature, FeatureTable, Sensitive, Unit
from relapse.core.facts import Facts, Floats
from relapse.core.members import PERSONS, Members
from relapse.core.panel import HOUSEHOLDS, Histories, Ints
from relapse.core.recipe import STRICT, Count
from relapse.core.spells import WORK, Spells
from relapse.core.told import Mask

EVENTS, WAGE = "events", "wage"
GRADES = ("grade_1", "grade_2", "grade_3", "grade_4")
Age = Annotated[float, Field(ge=0, le=120)]
CalendarMonth = Annotated[int, Field(ge=1, le=12)]


@dataclass(frozen=True, config=STRICT)
class People:
    """Numbers of members of a kind, and what of them makes a household weak.

    Args:
        child_below, elderly_from: years of age at which working age begins and ends.
        minor_below: members younger than this are children whose data are protected.
        preschool_below: years of age at which school begins.
        young: years of age of young labour, from the first to below the second.
        able, weak, unable: what the record of a person has under labour.
        beyond: by school beyond the compulsory ones, the usual age at the begin of the term after its end.
        school: what the record has under school of one who is at school.
        graduation_month, term_month: months in which the school year ends and begins, 1 to 12.
        graduate_months: so many months after the graduation one counts as newly graduated.
        soon_months: one who leaves school within so many months leaves it soon.
        recent_months: so many months up to the as_of are recent.
    """

    child_below: Age
    elderly_from: Age
    minor_below: Age
    preschool_below: Age
    young: tuple[Age, Age]
    able: tuple[str, ...]
    weak: tuple[str, ...]
    unable: tuple[str, ...]
    beyond: Mapping[str, Age]
    school: tuple[str, ...]
    graduation_month: CalendarMonth
    term_month: CalendarMonth
    graduate_months: Count
    soon_months: Count
    recent_months: Count

    def table(self, known: Histories, leads: Ints) -> FeatureTable:
        """Features of the members of one unit.

        Args:
            known: histories of (n,) members as known at as_of.
            leads: not used.

        Returns:
            (n, features): persons, flags 1 and 0, shares; NaN where the county tells nothing of it.
        """
        view, members = known.view, known.members
        if HOUSEHOLDS not in view.panel.tables:
            return FeatureTable.of([], len(members))
        made: dict[str, Floats] = {}
        if told.has(view, PERSONS):
            people = Members.of(view)
            running = _running(known)
            made |= self._ages(people) | self._labour(people) | self._left_behind(people)
            made |= self._school(people, running) | self._health(people) | self._protection(people)
            made |= _earners(people, running)
            made = {name: values[members] for name, values in made.items()}
            made["births_12m"] = people.count(self._recent(people, people.states, "birth_month"))[members]
            made |= _of_income(known, made)
        made["deaths_12m"] = self._deaths(known)
        made["size_change_12m"] = self._change_of_size(known)
        untold = np.full(len(members), np.nan)
        return FeatureTable.of([(entry, made.get(name, untold)) for name, entry in _ENTRIES.items()], len(members))

    def _ages(self, people: Members) -> dict[str, Floats]:
        whole = people.told
        child, old = (people.count(each) for each in (people.aged(0, self.child_below), self._old(people)))
        working = people.count(self._adult(people))
        return {
            "members_count": np.where(whole > 0, whole, np.nan),
            "under_16_count": child,
            "under_14_count": people.count(people.aged(0, self.minor_below)),
            "preschool_count": people.count(people.aged(0, self.preschool_below)),
            "elderly_count": old,
            "working_age_count": working,
            "dependants_share": told.over(child + old, whole),
            "single_person": _flag(whole == 1, people),
            "all_elderly": _flag(old == whole, people),
        }

    def _adult(self, people: Members) -> Mask:
        """(persons,) of working age."""
        return people.aged(self.child_below, self.elderly_from)

    def _old(self, people: Members) -> Mask:
        return people.aged(self.elderly_from)

    def _labour(self, people: Members) -> dict[str, Floats]:
        """Who can work; nobody can only where that is told of every member of working age."""
        kinds = {"able": self.able, "weak": self.weak, "unable": self.unable}
        made = {
            f"{name}_count": people.count_of("labour", people.has("labour", *words)) for name, words in kinds.items()
        }
        open_ones = people.count(self._adult(people) & ~people.says("labour"))
        none = (made["able_count"] == 0) & (made["weak_count"] == 0)
        return made | {"no_labour": np.where(np.isnan(made["able_count"]), np.nan, none & (open_ones == 0))}

    def _left_behind(self, people: Members) -> dict[str, Floats]:
        """Children whose adults are all away, and old people with no adult at home, by where each lives or as told."""
        away, old = people.has("resident", "away"), self._old(people)
        child, adult = people.aged(0, self.child_below), self._adult(people)
        grown, grown_home = people.count(adult), people.count(adult & ~away)
        left = (grown > 0) & (grown_home == 0)  # somebody there is, and nobody at home
        alone = people.count(old & ~away) * (grown_home == 0)
        said = {kind: people.has("left_behind", kind) for kind in ("child", "elder")}
        children = np.maximum(people.count(child & ~away) * left, people.count(said["child"]))
        elders = np.maximum(people.count(old & ~away) * left, people.count(said["elder"]))
        nothing = not {"resident", "left_behind"} & set(people.states.columns)
        return {
            "left_behind_children": np.where(nothing, np.nan, children),
            "left_behind_elderly": np.where(nothing, np.nan, elders),
            "elderly_without_adult_count": alone,
        }

    def _school(self, people: Members, running: Floats) -> dict[str, Floats]:
        """Students, who leaves school soon, and young people without a job: as many as surely have none."""
        pupil = people.has("school_status", *self.school)
        young = people.aged(*self.young) & people.has("labour", *self.able) & ~pupil
        left = people.as_of - self._graduation(people)
        graduate = (left >= 0) & (left < self.graduate_months) & ~pupil
        higher = people.has("school_status", *self.beyond)
        return {
            "higher_students_count": people.count_of("school_status", higher, blank_is_no=True),
            "leaves_school_count_6m": people.count_of("school_status", self._leaves(people), blank_is_no=True),
            "idle_young_count": np.maximum(people.count_of("labour", young) - running, 0),
            "idle_graduates_count": np.maximum(
                people.count_of("graduation_year", graduate, blank_is_no=True) - running, 0
            ),
        }

    def _graduation(self, people: Members) -> Floats:
        """(persons,) the month of the graduation that is told, NaN where none is."""
        return told.number(people.states, "graduation_year") * 12 + self.graduation_month - 1

    def _leaves(self, people: Members) -> Mask:
        """(persons,) at school, whose schooling ends with this school year: as told, or by their age."""
        year = people.as_of // 12
        end = year * 12 + self.graduation_month - 1
        end += 12 if end <= people.as_of else 0
        if end > people.as_of + self.soon_months:
            return np.zeros(len(people.states), dtype=bool)
        term = end // 12 * 12 + self.term_month - 1
        age_then = people.age + term - people.as_of
        grown = np.zeros(len(people.states), dtype=bool)
        for school, age in self.beyond.items():
            grown |= people.has("school_status", school) & (age_then > age * 12)
        said = people.has("school_status", *self.beyond) & (self._graduation(people) == end)
        return np.asarray(grown | said)

    def _health(self, people: Members) -> dict[str, Floats]:
        ill = {kind: people.count_of("health", people.has("health", kind)) for kind in ("chronic", "serious")}
        care = told.number(people.states, "needs_care") == 1
        grade = _grades(people)
        certified = self._recent(people, people.states, "disability_certified_at")
        disabled = people.has("health", "disabled") | people.says("disability_grade") | people.says("disability_kind")
        disabled |= told.month(people.states, "disability_certified_at") <= people.as_of
        told_at_all = {"health", "disability_grade", "disability_kind", "disability_certified_at"}
        there = bool(told_at_all & set(people.states.columns))
        new = people.count_of("disability_certified_at", certified, blank_is_no=True)
        return {
            "chronic_count": ill["chronic"],
            "serious_count": ill["serious"],
            "needs_care_count": people.count_of("needs_care", care),
            "disabled_count": np.where(there, people.count(disabled), np.nan),
            "disability_grade": _gravest(people, grade),
            "new_disability_12m": new,
            "new_disability_grade": _gravest(people, np.where(certified, grade, np.nan)),
            "new_disability_graded": np.where(
                np.isnan(_gravest(people, np.where(certified, grade, np.nan))), np.where(np.isnan(new), np.nan, 0), new
            ),
        }

    def _protection(self, people: Members) -> dict[str, Floats]:
        """Who lacks pension insurance, and whom the state keeps."""
        states = people.states
        denied = (told.number(states, "pension") == 0) & (told.number(states, "pension_employee") != 1)
        grown = people.aged(self.child_below) & ~people.has("school_status", *self.school)
        return {
            "without_pension_count": people.count_of("pension", denied & grown),
            "allowance_count": people.count_of(
                "allowance", people.has("allowance", "rural", "urban"), blank_is_no=True
            ),
            "support_count": people.count_of(
                "support", people.has("support", "supported", "dispersed", "central"), blank_is_no=True
            ),
        }

    def _recent(self, people: Members, states: Facts, column: str) -> Mask:
        """(persons,) whose month lies in the last ones."""
        month = told.month(states, column)
        return np.asarray((month <= people.as_of) & (month > people.as_of - self.recent_months))

    def _deaths(self, known: Histories) -> Floats:
        view = known.view
        if not told.has(view, EVENTS):
            return np.full(len(known.members), np.nan)
        events = view.table(EVENTS)
        rows = told.past(events, view.as_of) & (events.happened > view.as_of - self.recent_months)
        rows &= told.kinds(events, "kind", "death")
        return told.counts(events, rows, len(view.panel.household_ids))[known.members]

    def _change_of_size(self, known: Histories) -> Floats:
        """(n,) persons more (or fewer) than a year ago; NaN where the histories do not reach so far."""
        lag = self.recent_months
        if known.lags + known.view.panel.window - 1 <= lag:
            return np.full(len(known.members), np.nan)
        size = 1 / known.per_person(np.ones((len(known.members), lag + 1)))
        return np.round(size[:, 0]) - np.round(size[:, lag])


def _flag(holds: Mask, people: Members) -> Floats:
    return np.where(people.told > 0, holds, np.nan)


def _grades(people: Members) -> Floats:
    """(persons,) grade of disability, 1 the gravest; NaN where none is told."""
    grade = np.full(len(people.states), np.nan)
    for place, level in enumerate(GRADES):
        grade[people.has("disability_grade", level)] = place + 1
    return grade


def _gravest(people: Members, grade: Floats) -> Floats:
    """(households,) the gravest grade of its members, NaN where there is none."""
    mine = ~np.isnan(grade)
    return told.smallest(people.states.household[mine], grade[mine], len(people.told))


def _running(known: Histories) -> Floats:
    """(households,) spells of work that run; NaN where the county tells no work."""
    view = known.view
    if not told.has(view, WORK):
        return np.full(len(view.panel.household_ids), np.nan)
    spells = Spells.of(view)
    return spells.count(spells.run_in(view.as_of))


def _earners(people: Members, running: Floats) -> dict[str, Floats]:
    nothing = np.isnan(running) | (people.told == 0)
    return {"single_earner": np.where(nothing, np.nan, (running == 1) & (people.told > 1))}


def _of_income(known: Histories, made: Mapping[str, Floats]) -> dict[str, Floats]:
    """Income per person for the sentences, and what of it is wages where one alone has a job."""
    income, panel = known.newest(known.window_income), known.view.panel
    share = np.full(len(known.members), np.nan)
    if WAGE in panel.sources:
        wage = told.per_person_of_newest_window(known, WAGE)
        share = np.where(made["single_earner"] == 1, told.over(wage, income), np.nan)
    poor = np.where(made["no_labour"] == 1, income, np.nan)
    return {"no_labour_income_yuan_pp": poor, "single_earner_wage_share": np.minimum(share, 1)}


def _entry(
    name: str,
    meaning: str,
    group: str = "family",
    unit: Unit = "persons",
    *,
    direction: Direction = 0,
    wording: str = "",
    true_of: str = "",
    above: float | None = None,
    modelled: bool = True,
    sensitive: Sensitive = "",
) -> tuple[str, Feature]:
    return name, Feature(
        f"people__{name}", unit, meaning, group, direction, wording=wording,
        true_of=f"people__{true_of}" if true_of else "", true_above=above, modelled=modelled, sensitive=sensitive,
    )  # fmt: skip


_ENTRIES = dict([
    _entry("members_count", "persons that are told of the household"),
    _entry("under_16_count", "members under 16", sensitive="minors"),
    _entry("under_14_count", "members under 14", sensitive="minors"),
    _entry("preschool_count", "children too young for school", sensitive="minors"),
    _entry("elderly_count", "members of 60 and more"),
    _entry("working_age_count", "members of 16 to 59"),
    _entry("dependants_share", "children and old members among all", "no_labour", "share", sensitive="minors"),
    _entry("single_person", "one person lives alone", unit="count"),
    _entry("all_elderly", "all members are 60 or more", "no_labour", "count"),
    _entry("able_count", "members able to work", "no_labour"),
    _entry("weak_count", "members with weak or half labour", "no_labour"),
    _entry("unable_count", "members who cannot work", "no_labour"),
    _entry("no_labour", "no member can work", "no_labour", "count", wording="reason.no_labour",
           true_of="no_labour_income_yuan_pp", above=0),
    _entry("left_behind_children", "children at home while all adults are away", sensitive="minors"),
    _entry("left_behind_elderly", "old members at home while all adults under 60 are away"),
    _entry("elderly_without_adult_count", "old members with no adult under 60 at home", "no_labour",
           wording="reason.left_behind_elderly", above=0),
    _entry("higher_students_count", "students beyond the compulsory school", "schooling", wording="reason.students",
           above=0, sensitive="minors"),
    _entry("leaves_school_count_6m", "students who leave school within six months", "schooling", sensitive="minors"),
    _entry("idle_young_count", "young members able to work, less all members with a job", "job",
           wording="reason.idle_young", above=0),
    _entry("idle_graduates_count", "graduates of two years, less all members with a job", "job"),
    _entry("chronic_count", "members with a chronic illness", "illness", sensitive="health"),
    _entry("serious_count", "members with a serious illness", "illness", direction=1, sensitive="health"),
    _entry("needs_care_count", "members who cannot care for themselves", "illness", sensitive="health"),
    _entry("disabled_count", "disabled members", "disability", sensitive="disability"),
    _entry("disability_grade", "gravest grade of disability, 1 to 4", "disability", "count", sensitive="disability"),
    _entry("new_disability_12m", "certificates of disability given within a year", "disability", direction=1,
           wording="reason.new_disability", true_of="new_disability_graded", above=0, sensitive="disability"),
    _entry("new_disability_grade", "gravest grade of these", "disability", "count", modelled=False,
           sensitive="disability"),
    _entry("new_disability_graded", "their number where a grade is told", "disability", modelled=False,
           sensitive="disability"),
    _entry("without_pension_count", "grown members without pension insurance"),
    _entry("allowance_count", "members with a minimum living allowance", "measures"),
    _entry("support_count", "members with support for extreme hardship", "measures"),
    _entry("single_earner", "one spell of work runs, in a household of several", "job", "count"),
    _entry("single_earner_wage_share", "share of wages in income where one alone has a job", "job", "share",
           wording="reason.single_earner", above=0.5),
    _entry("births_12m", "members born within a year", "events", sensitive="minors"),
    _entry("deaths_12m", "deaths within a year", "events"),
    _entry("size_change_12m", "persons more than a year ago", "events"),
    _entry("no_labour_income_yuan_pp", "income per person of the newest window where no member can work", "no_labour",
           "money", modelled=False),
])  # fmt: skip
