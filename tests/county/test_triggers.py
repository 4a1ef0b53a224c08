"""Triggers of departments and the eight groups: each with a household that sets it off and others that just do not."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import yaml

from relapse import config
from relapse.core.texts import text
from relapse.core.trigger_texts import TEXTS_TRIGGERS
from relapse.county.audits import must_visit, triggers, triggers_events
from relapse.county.audits.audits import Audits, Rule, _finding
from relapse.county.audits.newness import days_between
from relapse.county.audits.snapshot import Hits, Snapshot
from snapshots import county_of, facts_of, hit_households

TABLE = {
    name: Rule(**row)
    for name, row in yaml.safe_load((config.conf_dir() / "rules" / "triggers.yaml").read_text()).items()
}
FUNCTIONS = {**triggers.RULES, **triggers_events.RULES, **must_visit.RULES}
CONTRACT = yaml.safe_load((config.conf_dir() / "contract" / "national.yaml").read_text())["tables"]
DEC = 2023 * 12 + 11  # the as_of; a date is its month and (day - 1) / 31
Row = dict[str, Any]
NONE: list[Row] = []


def day(number: int, month: int = DEC) -> float:
    return month + (number - 1) / 31


def homes(ids: str, **fields: Any) -> list[Row]:
    return [{"household_id": each, **fields} for each in ids]


def person(home: str, number: int = 1, birth: str = "1983-05", as_of: str = "2023-01", **fields: Any) -> Row:
    return {"household_id": home, "person_id": f"{home}·{number}", "birth_month": birth, "as_of": as_of, **fields}


def people(*rows: Row, **tables: Any) -> Snapshot:
    ids = "".join(sorted({row["household_id"] for row in rows}))
    return county_of(**{"households": homes(ids), "recognitions": NONE, "persons": list(rows), **tables})


def claim(home: str, cost: float, month: str = "2023-11", who: float | None = 1, **fields: Any) -> Row:
    return {"household_id": home, "person_same": who, "month": month, "own_cost": cost, "care": "inpatient", **fields}


def claims(*rows: Row, ordinary: str = "", **tables: Any) -> Snapshot:
    ids = sorted({row["household_id"] for row in rows})
    told = [{"household_id": each, "type": "ordinary" if each in ordinary else "exited"} for each in ids]
    return county_of(**{"households": told, "recognitions": NONE, "claims": list(rows), **tables})


def event(home: str, kind: str, when: float | str = "2023-11", **fields: Any) -> Row:
    return {"household_id": home, "kind": kind, "happened_at": when, **fields}


def events(*rows: Row, **tables: Any) -> Snapshot:
    ids = "".join(sorted({row["household_id"] for row in rows}))
    return county_of(**{"households": homes(ids), "recognitions": NONE, "events": list(rows), **tables})


def reports(kind: str) -> Callable[[], Snapshot]:
    """Reports of a kind of which the first alone is of the last three months."""
    other = "birth" if kind != "birth" else "death"
    return lambda: events(
        event("a", kind, day(1, DEC - 2)),
        event("b", kind, day(31, DEC - 3)),
        event("c", other),
        event("d", kind, "2024-01"),
    )


def given(home: str, item: str, month: str) -> Row:
    return {"household_id": home, "kind": "support", "item": item, "from": month, "amount": 100.0}


def measures(*rows: Row) -> Snapshot:
    ids = "".join(sorted({row["household_id"] for row in rows}))
    return county_of(households=homes(ids), recognitions=NONE, measures=list(rows))


def spell(home: str, start: str, end: str | None, who: float = 1.0) -> Row:
    return {"household_id": home, "person_same": who, "from": start, "to": end, "place": "outside", "is_working": None}


def work(*rows: Row, **tables: Any) -> Snapshot:
    ids = "".join(sorted({row["household_id"] for row in rows}))
    return county_of(**{"households": homes(ids), "recognitions": NONE, "work": list(rows), **tables})


def states(*rows: Row, **tables: Any) -> Snapshot:
    return county_of(households=list(rows), recognitions=NONE, **tables)


def home(name: str, as_of: str, **fields: Any) -> Row:
    return {"household_id": name, "as_of": as_of, **fields}


def roll(column: str, no: Any, yes: Any) -> Callable[[], Snapshot]:
    """A column of persons that came to say yes within half a year, earlier, from the first on, out of a blank, no more."""

    def one(name: str, *told: tuple[str, Any]) -> list[Row]:
        return [person(name, as_of=month, **{column: value}) for month, value in told]

    return lambda: people(
        *one("a", ("2023-01", no), ("2023-07", yes)),
        *one("b", ("2023-01", no), ("2023-06", yes)),
        *one("c", ("2023-07", yes)),
        *one("d", ("2023-01", None), ("2023-07", yes)),
        *one("e", ("2023-01", no), ("2023-08", yes), ("2023-10", no)),
        *one("f", ("2023-01", no), ("2023-08", None), ("2023-10", yes), ("2023-11", None)),
        *one("g", ("2023-01", no), ("2023-08", no)),
    )


def t01() -> Snapshot:
    """Half of 20,133 (the year 2022) is 10,066.50 for the exited, all of it for the others; above, not at."""
    return claims(
        claim("a", 10000.0, "2023-02"), claim("a", 66.51, "2023-11", care="pharmacy"),
        claim("b", 10066.5), claim("c", 10000.0), claim("c", 9000.0, who=2),  # two persons
        claim("d", 60000.0, "2022-12"), claim("d", 1.0, "2023-01"),  # another year
        claim("e", 20133.0), claim("f", 20134.0), claim("g", 6000.0, who=None), claim("g", 6000.0, who=None),
        ordinary="ef",
    )  # fmt: skip


def t02() -> Snapshot:
    return claims(
        claim("a", 3000.0, "2023-01"), claim("a", 2000.0, "2023-12"),
        claim("b", 4999.99), claim("c", 5000.0, care="outpatient"), claim("d", 3000.0), claim("d", 3000.0, who=2),
        claim("e", 19999.0), claim("f", 20000.0), claim("g", 60000.0, "2022-12"),
        ordinary="ef",
    )  # fmt: skip


def t03() -> Snapshot:
    out, special = {"care": "outpatient"}, {"care": "special"}
    return claims(
        claim("a", 300.0, "2023-10", **out), claim("a", 200.0, "2023-10", **special),
        claim("b", 499.99, **out), claim("c", 300.0, "2023-11", **out), claim("c", 300.0, "2023-10", **out),
        claim("d", 600.0, "2023-09", **out), claim("e", 600.0), claim("f", 300.0, **out), claim("f", 300.0, who=2, **out),
        claim("g", 500.0, "2023-12", **out),
        ordinary="g",
    )  # fmt: skip


def t04() -> Snapshot:
    return claims(
        claim("a", 6000.01), claim("b", 6000.0), claim("c", 4000.0), claim("c", 4000.0), claim("d", 9000.0, "2023-09"),
        claim("e", 10000.0), claim("f", 10001.0), claim("g", 9000.0, care="outpatient"), ordinary="ef",
    )  # fmt: skip


def t05() -> Snapshot:
    def one(name: str, month: str, who: float = 1, serious: float | None = 1.0) -> Row:
        return claim(name, 1.0, month, who, serious_disease=serious)

    return claims(
        one("a", "2023-10"), one("a", "2023-11"), one("b", "2023-01"), one("b", "2023-11"),  # b is ill since January
        one("c", "2023-01"), one("c", "2023-11", who=2), one("d", "2023-11", serious=0.0), one("e", "2023-09"),
        one("f", "2023-01", serious=None), one("f", "2023-12"),
    )  # fmt: skip


def t07() -> Snapshot:
    def child(name: str, status: str | None, reason: str | None = None, birth: str = "2013-02") -> Row:
        return person(name, birth=birth, school_status=status, not_in_school_reason=reason)

    return people(
        child("a", None), child("b", "primary"), child("c", "not_in_school", "home_teaching"), child("d", None, "cost"),
        child("e", None, birth="2017-09"), child("f", None, birth="2007-08"), child("g", None, birth="2017-08"),
        child("h", None, birth="2007-09"), child("i", "not_in_school", "finished"),
    )  # fmt: skip


def t10() -> Snapshot:
    return people(
        person("a", disability_certified_at=day(1, DEC - 5)), person("b", disability_certified_at=day(31, DEC - 6)),
        person("c", disability_certified_at=None),
    )  # fmt: skip


def t11() -> Snapshot:
    def one(name: str, grade: str | None, certified: float | None = None, as_of: str = "2023-01") -> Row:
        return person(name, as_of=as_of, disability_grade=grade, disability_certified_at=certified)

    return people(
        one("a", "grade_2", day(5, DEC)), one("b", "grade_3", day(5, DEC)), one("c", "grade_1", day(5, DEC - 7)),
        one("d", "grade_3"), one("d", "grade_1", as_of="2023-08"), one("e", "grade_2"), one("e", "grade_1", as_of="2023-08"),
    )  # fmt: skip


def t14() -> Snapshot:
    return measures(
        given("a", "pension|allowance", "2023-10"), given("b", "allowance", "2023-09"),
        given("c", "allowance", "2023-01"), given("c", "allowance", "2023-11"),  # paid again
        given("d", "extreme_support", "2023-12"), given("e", "temporary_relief", "2023-11"),
    )  # fmt: skip


def t15() -> Snapshot:
    return measures(
        given("a", "temporary_relief", "2023-10"),
        given("b", "temporary_relief", "2023-09"),
        given("c", "allowance", "2023-11"),
    )


def t19() -> Snapshot:
    return work(
        spell("a", "2023-02", "2023-10"), spell("b", "2023-02", "2023-09"), spell("c", "2023-02", None),
        spell("d", "2023-02", "2023-10"), spell("d", "2023-11", None),  # found other work
        spell("e", "2023-02", "2023-10"), spell("e", "2023-02", None, who=2.0),  # another member still works
        spell("f", "2023-02", "2023-11"),
        households=[*homes("abcde"), {"household_id": "f", "type": "ordinary"}],
    )  # fmt: skip


def t20() -> Snapshot:
    year_ago = ("2022-07", "2022-12")
    return work(
        spell("a", *year_ago), spell("a", "2023-07", "2023-09"), spell("b", *year_ago), spell("b", "2023-07", "2023-10"),
        spell("c", *year_ago), spell("c", "2023-07", None, who=2.0),  # c's second member does not make up for the first
        spell("d", *year_ago), spell("d", "2022-07", "2022-12"), spell("d", "2023-07", "2023-10"),  # told twice
    )  # fmt: skip


def t21() -> Snapshot:
    def one(name: str, grade: str | None, as_of: str = "2023-01", graded: float | None = None) -> Row:
        return home(name, as_of, house_grade=grade, house_graded_at=graded)

    return states(
        one("a", "b"), one("a", "c", "2023-07"), one("b", "b"), one("b", "d", "2023-06"), one("c", "c"), one("c", "d", "2023-08"),
        one("d", "d", graded=day(9, DEC - 1)), one("e", "d", graded=day(9, DEC - 6)), one("f", "b", graded=day(9, DEC)),
        one("g", "b"), one("g", "c", "2023-08"), one("g", "a", "2023-10"), one("h", None), one("h", "c", "2023-08"),
    )  # fmt: skip


def t23() -> Snapshot:
    def cut(name: str, since: float, until: float | None = None) -> Row:
        return event(name, "water_cut", since, ended_at=until)

    return events(
        cut("a", day(1), day(8)), cut("b", day(1), day(7)), cut("c", day(25)), cut("d", day(26)),
        cut("e", day(26, DEC - 1), day(2)), cut("f", day(26, DEC - 1), day(3)),  # November has 30 days: 6 and 7
        cut("g", day(1, DEC - 3)), cut("h", day(28), day(20, DEC + 1)),
    )  # fmt: skip


def t24() -> Snapshot:
    def hit(name: str, loss: float | None, kind: str = "disaster", when: str = "2023-11") -> Row:
        return event(name, kind, when, loss=loss)

    homes_ = [*homes("abcde", size=2.0), *homes("fg", size=1.0)]  # a line of 7,300 a person
    return events(
        hit("a", 10000.01), hit("b", 10000.0), hit("c", None), hit("d", 99999.0, "illness"), hit("e", 20000.0, "fire"),
        hit("f", 7300.01), hit("g", 7300.0), households=homes_,
    )  # fmt: skip


def t25() -> Snapshot:
    def one(
        name: str, injury: str | None, liable: float | None = None, kind: str = "traffic", when: str = "2023-11"
    ) -> Row:
        return event(name, kind, when, injury=injury, liable=liable)

    return events(
        one("a", "grave"), one("b", "hurt"), one("c", "unhurt", 1.0), one("d", None, 0.0), one("e", "dead", kind="crime"),
        one("f", "dead", when="2023-09"), one("g", "disabled", kind="accident"),
    )  # fmt: skip


def t26() -> Snapshot:
    business = {each: [1000.0] * 36 for each in "abc"}  # 12,000 a year, of which 30 % is 3,600
    return events(
        event("a", "animal_loss", loss=3600.01), event("b", "crop_loss", loss=3600.0), event("c", "project_failure", loss=None),
        event("d", "price_slump", loss=1.0), event("e", "job_loss", loss=9000.0),
        sources={"business": business},
    )  # fmt: skip


def t27() -> Snapshot:
    def price(product: str, month: str, value: float) -> Row:
        return {"product": product, "month": month, "price": value}

    business = {**{each: [1000.0] * 36 for each in "abc"}, "e": [0.0] * 36}
    return states(
        *(home(each, "2023-01", product=product) for each, product in zip("abcde", ("pig", "hen", "pear", None, "pig"), strict=True)),
        prices=[
            price("pig", "2022-11", 20.0), price("pig", "2022-12", 1.0), price("pig", "2023-11", 13.0),
            price("pig", "2023-11", 14.8), price("pig", "2023-10", 99.0),  # two markets: 13.90, lower by 30.5 %
            price("hen", "2022-11", 20.0), price("hen", "2023-11", 14.0),  # lower by 30 %, not by more
            price("pear", "2022-09", 20.0), price("pear", "2023-09", 1.0),  # too old
        ],
        sources={"business": business},
    )  # fmt: skip


def t28() -> Snapshot:
    def project(name: str, *told: tuple[str, str]) -> list[Row]:
        return [{"project_id": name, "as_of": month, "status": status} for month, status in told]

    def member(name: str, project_id: str, until: str | None = None, since: str = "2020-01") -> Row:
        return {"household_id": name, "project_id": project_id, "since": since, "until": until}

    return states(
        *(home(each, "2015-01") for each in "abcde"),
        projects=[
            *project("p1", ("2023-01", "running"), ("2023-08", "failed")),
            *project("p2", ("2022-01", "running"), ("2023-06", "failed")), *project("p3", ("2023-11", "failed")),
        ],
        project_members=[
            member("a", "p1"), member("b", "p2"), member("c", "p3"), member("d", "p1", until="2023-06"),
            member("e", "p1", until="2023-10"),
        ],
    )  # fmt: skip


def t30() -> Snapshot:
    def push(name: str, when: float, verified: float | None = None, **fields: Any) -> Row:
        return {
            "household_id": name, "department": "civil_affairs", "pushed_at": when, "verified_at": verified,
            "value": 7000.0, "threshold": 5000.0, **fields,
        }  # fmt: skip

    return county_of(
        households=homes("abcdef"),
        recognitions=NONE,
        clues=[
            push("a", day(1)), push("b", day(31, DEC - 1)), push("c", day(2), day(9)), push("d", day(2)),
            push("e", day(2), day(3, DEC + 1)), push("f", day(2)),
        ],
        visits=[{"household_id": "d", "visited_at": day(20)}, {"household_id": "f", "visited_at": day(20, DEC - 1)}],
    )  # fmt: skip


def v01() -> Snapshot:
    income = {
        "a": [912.5] * 36, "b": [913.0] * 36,  # 1.5 lines are 10,950
        "c": [3000.0] * 24 + [2100.0] * 12, "d": [3000.0] * 24 + [2101.0] * 12, "e": [None] * 36,
    }  # fmt: skip
    return county_of(income=income, households=homes("abcde"), recognitions=NONE)


def v02() -> Snapshot:
    return people(person("a", health="chronic|disabled"), person("b", health="disabled"), person("c", health=None))


def v03() -> Snapshot:
    return people(person("a", support="dispersed"), person("b", support="central"), person("c", support=None))


def v05() -> Snapshot:
    def one(name: str, grade: str | None, certified: float | None) -> Row:
        return person(name, disability_grade=grade, disability_certified_at=certified)

    return people(
        one("a", "grade_2", None), one("b", "grade_3", day(1, DEC - 5)), one("c", "grade_3", day(31, DEC - 6))
    )


def v06() -> Snapshot:
    return people(
        person("a", school_status="senior"), person("a", 2, school_status="bachelor"), person("b", school_status="senior"),
        person("b", 2, school_status="junior"),
    )  # fmt: skip


def v07() -> Snapshot:
    wage = {**{each: [670.0] * 36 for each in "abd"}, "c": [660.0] * 36}
    other = {**{each: [330.0] * 36 for each in "abd"}, "c": [340.0] * 36}
    fewer = [("2022-07", "2022-12"), ("2023-07", "2023-10")]
    return work(
        *(spell(each, *span) for each in "ac" for span in fewer),
        spell("b", "2022-07", "2022-12"), spell("b", "2023-07", "2023-11"),
        *(spell("d", *span) for span in fewer), spell("d", "2023-07", None, who=2.0),
        sources={"wage": wage, "transfer": other},
    )  # fmt: skip


def v08() -> Snapshot:
    return events(event("a", "fire", day(1, DEC - 5)), event("b", "fire", day(31, DEC - 6)), event("c", "graduation"))


CASES: dict[str, tuple[Callable[[], Snapshot], str]] = {
    "T01": (t01, "afg"), "T02": (t02, "af"), "T03": (t03, "ag"), "T04": (t04, "af"), "T05": (t05, "acf"),
    "T06": (reports("illness"), "a"), "T07": (t07, "adgh"), "T08": (reports("dropout"), "a"), "T10": (t10, "a"),
    "T11": (t11, "ad"), "T12": (roll("allowance", "not_covered", "rural"), "af"),
    "T13": (roll("support", "not_covered", "dispersed"), "af"), "T14": (t14, "ad"), "T15": (t15, "a"),
    "T16": (roll("orphan", 0.0, 1.0), "af"), "T18": (reports("job_loss"), "a"), "T19": (t19, "ae"), "T20": (t20, "ac"),
    "T21": (t21, "ad"), "T22": (reports("house_damage"), "a"), "T23": (t23, "acf"), "T24": (t24, "aef"),
    "T25": (t25, "acg"), "T26": (t26, "acd"), "T27": (t27, "a"), "T28": (t28, "ae"), "T29": (reports("appeal"), "a"),
    "T30": (t30, "aef"), "V01": (v01, "ac"), "V02": (v02, "a"), "V03": (v03, "a"),
    "V04": (roll("allowance", "not_covered", "urban"), "af"), "V05": (v05, "ab"), "V06": (v06, "a"), "V07": (v07, "a"),
    "V08": (v08, "a"),
}  # fmt: skip


def ask(rule: str, county: Snapshot, **limits: float) -> Hits:
    return FUNCTIONS[rule](county, {**TABLE[rule].limits, **limits})


def hit(rule: str, county: Snapshot, **limits: float) -> str:
    return "".join(hit_households(county, ask(rule, county, **limits)))


def again(county: Snapshot, **tables: Any) -> Snapshot:
    """The same county with other tables."""
    panel = county.known.panel
    made = {name: facts_of(name, rows, list(panel.household_ids)) for name, rows in tables.items()}
    return Snapshot(replace(panel, tables={**panel.tables, **made}).as_of(county.as_of))


# ---- the table ---------------------------------------------------------------------------------------------------


def test_table__has_the_triggers_and_the_eight_groups():
    assert set(TABLE) == {f"T{n:02d}" for n in range(1, 31)} | {f"V{n:02d}" for n in range(1, 9)}


def test_rules__each_answerable_one_has_a_function_a_text_and_a_case_and_the_others_say_what_they_lack():
    answerable = {name for name, rule in TABLE.items() if not rule.lacks}
    assert set(FUNCTIONS) == set(CASES) == answerable
    lacking = set(TABLE) - answerable
    assert set(TEXTS_TRIGGERS) == {f"finding.{name}" for name in answerable} | {f"lacks.{name}" for name in lacking}
    assert all(text(f"lacks.{name}", "en") == TABLE[name].lacks for name in lacking)


def test_triggers__are_checks_to_visit_of_a_department_and_groups_are_notes():
    departments = CONTRACT["clues"]["fields"]["department"]["choices"]
    for name, rule in TABLE.items():
        told = (rule.severity, rule.visit, rule.department in departments)
        assert told == (("check", True, True) if name[0] == "T" else ("note", False, False)), name


def test_needs__are_fields_of_the_contract_and_always_who_is_monitored():
    for rule in TABLE.values():
        assert "recognitions" in rule.needs
        for need in rule.needs:
            table, _, field = need.partition(".")
            assert table in CONTRACT and (not field or field in CONTRACT[table]["fields"]), need


@pytest.mark.parametrize("rule", CASES)
def test_needs__are_all_that_a_rule_needs(rule):
    """With the columns it needs, and `happened`, alone a rule can be asked."""
    made = CASES[rule][0]()
    panel = made.known.panel
    kept = {
        name: {need.partition(".")[2] for need in TABLE[rule].needs if need.startswith(f"{name}.")}
        for name in panel.tables
    }
    always = {
        "households": {"type", "size"},
        "events": {"kind", "happened_at"},
        "persons": {"birth_month"},
        "prices": {"product"},
    }
    always |= {"projects": {"project_id"}, "work": {"place"}}  # required in each such table
    thin = {
        name: replace(
            facts, columns={c: v for c, v in facts.columns.items() if c in kept[name] | always.get(name, set())}
        )
        for name, facts in panel.tables.items()
    }
    ask(rule, Snapshot(replace(panel, tables=thin).as_of(made.as_of)))


# ---- each rule ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", CASES)
def test_rule__names_the_households_that_set_it_off_and_no_other(rule):
    make, households = CASES[rule]
    assert hit(rule, make()) == households


@pytest.mark.parametrize("rule", CASES)
def test_rule__leaves_monitored_and_not_exited_households_alone(rule):
    made = CASES[rule][0]()
    ids = [str(each) for each in made.known.panel.household_ids]
    told = [
        {"household_id": each, "recognised_at": "2023-01", "category": "unstable", "removed_at": None} for each in ids
    ]
    assert hit(rule, again(made, recognitions=told)) == ""
    panel = made.known.panel
    homes_ = panel.tables["households"]
    kinds = homes_.text("type")
    poor = replace(
        homes_, columns={**homes_.columns, "type": replace(kinds, levels=("not_exited",) * len(kinds.levels))}
    )
    assert hit(rule, Snapshot(replace(panel, tables={**panel.tables, "households": poor}).as_of(made.as_of))) == ""


@pytest.mark.parametrize("rule", CASES)
def test_rule__monitored_later_or_no_more_is_not_monitored_now(rule):
    make, households = CASES[rule]
    open_ = {"category": "unstable", "removed_at": None}
    told = [
        {"household_id": each, "recognised_at": "2024-02", **open_}
        if place % 2
        else {"household_id": each, "recognised_at": "2022-01", **open_, "removed_at": "2023-02"}
        for place, each in enumerate(households)
    ]
    assert hit(rule, again(make(), recognitions=told)) == households


@pytest.mark.parametrize("rule", sorted(set(CASES) - {"V01"}))
def test_rule__does_not_see_what_became_known_later(rule):
    """The same county, told a month after the as_of: all tables but the first states of the households."""
    made = CASES[rule][0]()
    panel = made.known.panel
    late = {
        name: replace(
            facts,
            known=np.where((facts.happened <= made.as_of - 11) & (name == "households"), 0, made.as_of + 1).astype(
                np.int32
            ),
        )
        for name, facts in panel.tables.items()
    }
    assert hit(rule, Snapshot(replace(panel, tables=late).as_of(made.as_of))) == ("d" if rule == "T21" else "")


@pytest.mark.parametrize("rule", CASES)
def test_rule__finds_nothing_in_tables_without_rows(rule):
    made = CASES[rule][0]()
    panel = made.known.panel
    empty = {name: facts.take(np.zeros(len(facts), dtype=bool)) for name, facts in panel.tables.items()}
    assert hit(rule, Snapshot(replace(panel, tables=empty).as_of(made.as_of))) == ""


@pytest.mark.parametrize("rule", CASES)
def test_text__is_filled_by_what_the_rule_tells(rule):
    made = CASES[rule][0]()
    details = _finding(rule, TABLE[rule], ask(rule, made), 0, made.known.panel).details
    for wording in TEXTS_TRIGGERS[f"finding.{rule}"]:
        assert "{" not in wording.format(**details)


@pytest.mark.parametrize("key", TEXTS_TRIGGERS)
def test_text__is_short_in_plain_words_and_says_the_same_in_both_languages(key):
    chinese, english = TEXTS_TRIGGERS[key]
    fields = [sorted(re.findall(r"\{(\w+)\}", wording)) for wording in (chinese, english)]
    assert fields[0] == fields[1]
    assert len(re.sub(r"\{\w+\}", "", chinese)) <= 45
    assert english.isascii()
    assert not re.search("造假|隐瞒|骗|违规|瞒报|返贫户|高危", chinese)


# ---- traps -------------------------------------------------------------------------------------------------------


def test_t01__the_income_is_of_the_year_before_or_of_the_newest_that_is_told():
    limits = {"income_2020": 1.0, "income_2022": 3.0}
    months = {2020: float("nan"), 2021: 1.0, 2022: 1.0, 2023: 3.0, 2030: 3.0}
    for year, income in months.items():
        assert triggers.last_years_income(year * 12, limits) == pytest.approx(income, nan_ok=True)


def test_t01__before_the_first_income_nobody_is_hit():
    made = claims(claim("a", 90000.0, "2016-01"), as_of="2016-12", income={"a": [1000.0] * 36})
    assert hit("T01", made) == ""
    assert hit("T01", made, income_2015=10000.0) == "a"


def test_t01__tells_the_last_claim_with_the_sum_and_the_limit():
    hits = ask("T01", t01())
    assert hits.facts.happened[hits.rows[0]] == DEC - 1
    assert hits.numbers["amount"][0] == pytest.approx(10066.51)
    assert hits.numbers["trigger"].tolist() == [10066.5, 20133.0, 10066.5]


def test_cost_of_year__begins_in_january():
    rows = (claim("a", 4000.0, "2022-12"), claim("a", 4000.0, "2023-01"))
    assert hit("T02", claims(*rows, as_of="2023-01")) == ""
    assert hit("T02", claims(claim("a", 4000.0, "2022-11"), claim("a", 4000.0, "2022-12"), as_of="2022-12")) == "a"


def test_persons__are_told_by_their_documents_where_nothing_else_does():
    rows = [claim("a", 3000.0), claim("a", 3000.0, who=2), claim("b", 3000.0), claim("b", 3000.0)]
    rows = [{**row, "id_same": row["person_same"]} for row in rows]
    assert hit("T02", claims(*({k: v for k, v in row.items() if k != "person_same"} for row in rows))) == "b"


def test_t19_and_t20__can_be_asked_where_no_person_is_told():
    def whose(*rows: Row) -> Snapshot:
        return work(*({key: value for key, value in row.items() if key != "person_same"} for row in rows))

    still = whose(spell("a", "2023-02", "2023-10"), spell("a", "2023-02", None))
    assert hit("T19", still) == ""
    assert hit("T19", whose(spell("a", "2023-02", "2023-10"))) == "a"
    two = [spell("a", "2022-07", "2022-12"), spell("a", "2022-07", "2022-12"), spell("a", "2023-07", "2023-12")]
    assert hit("T20", whose(*two)) == "a"


def test_t21__says_the_grade_of_the_newest_state():
    hits = ask("T21", t21())
    assert hits.words["grade"].tolist() == ["C", "D"]


def test_t24__holds_the_loss_against_the_lower_of_the_two_limits():
    hits = ask("T24", t24())
    assert hits.numbers["trigger"].tolist() == [10000.0, 10000.0, 7300.0]


def test_t30__is_a_matter_of_its_month():
    made = t30()
    assert hit("T30", Snapshot(made.known.panel.as_of(DEC - 1))) == "b"
    assert hit("T30", made, months=2) == "abef"


def test_days_between__counts_days_of_the_calendar():
    earlier = np.array([day(26, 2023 * 12 + 1), day(28, 2024 * 12 + 1), day(31, DEC), np.nan])
    later = np.array([day(2, 2023 * 12 + 2), day(1, 2024 * 12 + 2), DEC + 1.0, 1.0])
    assert days_between(earlier, later)[:3].tolist() == [4, 2, 1]
    assert np.isnan(days_between(earlier, later)[3])


# ---- many at once ------------------------------------------------------------------------------------------------


def audits(**own: Any) -> Audits:
    return config.option("audits", "national", **own)


def test_audits__a_countys_own_limits_hold():
    made = t02()
    own = audits(limits={"T02": {"exited": 4999}, "T01": {"income_2022": 9998}})
    told = own.triggered(made.known, ["T02"])
    assert told.rules == ("T02",)
    assert [str(each) for each in made.known.panel.household_ids[told.any]] == ["a", "b", "f"]
    assert own.rules["T01"].limits["income_2022"] == 9998


def test_audits__refuse_a_limit_that_no_trigger_has():
    with pytest.raises(Exception, match="the rule T01 has no limit 'income_1922'"):
        audits(limits={"T01": {"income_1922": 1}})


def test_triggered__is_a_matrix_of_households_and_rules():
    made = again(t02(), events=[event("b", "appeal"), event("a", "appeal"), event("a", "dropout")])
    told = audits().triggered(made.known)
    columns = {rule: "".join(np.array(list("abcdefg"))[told.hit[:, place]]) for place, rule in enumerate(told.rules)}
    assert {rule: who for rule, who in columns.items() if who} == {
        "T02": "af", "T03": "c", "T04": "ef", "T08": "a", "T29": "ab",
    }  # fmt: skip
    assert told.departments[told.rules.index("T08")] == "education"
    assert told.hit.shape == (7, len(told.rules))
    assert {"T09", "T17", "T30", "T05"} <= set(told.not_asked)
    assert not any(rule[0] in "BV" for rule in (*told.rules, *told.not_asked))


def test_triggered__tells_the_largest_amount_by_its_limit():
    made = again(t02(), events=[event("b", "appeal")])
    most = audits().triggered(made.known, ["T02", "T29"]).most
    assert most.tolist() == [1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0]
    own = audits(limits={"T02": {"exited": 2000}})
    assert own.triggered(made.known, ["T02"]).most.tolist() == pytest.approx([2.5, 4999.99 / 2000, 0, 1.5, 0, 1, 0])


def test_triggered__groups_can_be_counted():
    made = people(person("a", health="chronic", support="dispersed"), person("b", health="chronic", support=None))
    told = audits().triggered(made.known, [name for name in TABLE if name[0] == "V"])
    assert told.count.tolist() == [2, 1]


def test_triggered__a_panel_without_tables_has_none():
    made = t02()
    told = audits().triggered(replace(made.known.panel, tables={}).as_of(DEC))
    assert (told.rules, told.hit.shape, told.most.tolist()) == ((), (7, 0), [0.0] * 7)


def test_check__tells_triggers_among_the_findings():
    found = audits().check(t02().known)
    assert [finding.household_id for finding in found if finding.rule == "T02"] == ["a", "f"]
    lacking = {finding.details["broken"]: finding for finding in found if finding.rule == "audit_not_asked"}
    assert lacking["T09"].details["lacks"] == TABLE["T09"].lacks
