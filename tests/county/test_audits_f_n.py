"""Rules F to N of the audits: each with a household that breaks it and others that do not."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from string import Formatter
from typing import Any

import numpy as np
import pytest
import yaml

from relapse.config import conf_dir
from relapse.core.audit_texts_f_n import TEXTS_F_N
from relapse.core.facts import Floats
from relapse.county.audits import education, health, history, house, measures, posts, protection, village, work
from relapse.county.audits.audits import Rule
from relapse.county.audits.snapshot import Hits, Snapshot
from relapse.county.audits.themes import OF_COUNTY
from snapshots import MONTHLY, county_of, hit_households

THEMES = (health, education, work, posts, measures, protection, house, village, history)
FUNCTIONS = {name: check for theme in THEMES for name, check in theme.RULES.items()}
TABLE = {
    name: Rule(**row) for name, row in yaml.safe_load((conf_dir() / "rules" / "audits_f_n.yaml").read_text()).items()
}
SIZES = {"F": 12, "G": 8, "H": 15, "I": 8, "J": 16, "K": 5, "L": 5, "M": 5, "N": 10}
Row = dict[str, Any]


def ask(rule: str, county: Snapshot) -> Hits:
    return FUNCTIONS[rule](county, TABLE[rule].limits)


def homes(ids: str, **fields: Any) -> list[Row]:
    return [{"household_id": each, **fields} for each in ids]


def person(home: str, number: int = 1, birth: str = "1983-05", **fields: Any) -> Row:
    return {
        "household_id": home, "person_id": f"{home}·{number}", "person_same": float(ord(home) * 10 + number),
        "birth_month": birth, "as_of": "2023-06", **fields,
    }  # fmt: skip


def spell(home: str, start: str | None, end: str | None = None, number: int = 1, **fields: Any) -> Row:
    return {
        "household_id": home, "person_same": float(ord(home) * 10 + number), "from": start, "to": end,
        "place": "outside", **fields,
    }  # fmt: skip


def given(home: str, kind: str, start: str = "2023-06", end: str | None = None, **fields: Any) -> Row:
    return {"household_id": home, "kind": kind, "from": start, "to": end, "item": "other", **fields}


def case(home: str, month: str = "2023-01", **fields: Any) -> Row:
    return {"household_id": home, "recognised_at": month, "category": "unstable", "cause_1": "other", **fields}


def people(*rows: Row, **tables: list[Row]) -> Snapshot:
    ids = "".join(sorted({row["household_id"] for row in rows}))
    return county_of(**{"households": homes(ids), "persons": list(rows), **tables})  # type: ignore[arg-type]


def cases(recognitions: list[Row], done: list[Row], **tables: Any) -> Snapshot:
    ids = "".join(sorted({row["household_id"] for row in recognitions}))
    return county_of(**{"households": homes(ids), "recognitions": recognitions, "measures": done, **tables})


def none(home: str = "z") -> list[Row]:
    """A measure of a household that is not looked at, so that the table is there."""
    return [given(home, "infrastructure")]


def f01() -> Snapshot:
    return people(
        person("a", insured_resident=0, insured_employee=0),
        person("b", insured_resident=0, insured_employee=1),
        person("c", insured_resident=None, insured_employee=None),  # blank is no no
        person("d", insured_resident=0, insured_employee=None, insured_basic=1),
        person("e", insured_resident=0, insured_employee=None),
    )


def f02() -> Snapshot:
    return people(
        person("a", insured_resident=1, insured_employee=1),
        person("b", insured_resident=1, insured_employee=0),
        person("c", insured_resident=1, insured_employee=None),
    )


def f03() -> Snapshot:
    return people(person("a", insured_critical=None), person("b", insured_critical=0), person("c", insured_critical=1))


def f04() -> Snapshot:
    no = {"insured_resident": 0, "insured_employee": 0}
    return people(
        person("a", **no, medical_relief=1),
        person("b", **no, medical_relief=0),
        person("c", insured_resident=1, insured_employee=0, medical_relief=1),
    )


def f05() -> Snapshot:
    return people(
        person("a", health="chronic|disabled", id_length=18, id_certificate_grade=0, disability_grade=None),
        person("b", health="disabled", id_length=20, id_certificate_grade=3, disability_grade=None),
        person("c", health="disabled", id_length=18, id_certificate_grade=0, disability_grade="grade_4"),
        person("d", health="chronic", id_length=18, id_certificate_grade=0, disability_grade=None),
        person("e", health=None, id_length=18, id_certificate_grade=0, disability_grade=None),
    )


def f06() -> Snapshot:
    def one(home: str, kind: float, grade: float, labour: str, **more: Any) -> Row:
        return person(home, id_certificate_kind=kind, id_certificate_grade=grade, labour=labour, **more)

    own = {"disability_kind": "physical", "disability_grade": "grade_1"}
    return people(
        one("a", 4, 2, "ordinary"), one("b", 4, 3, "ordinary"), one("c", 1, 1, "ordinary"), one("d", 4, 1, "weak"),
        one("e", 0, 0, "ordinary"), one("f", 0, 0, "ordinary", **own),
    )  # fmt: skip


def f07() -> Snapshot:
    good = {"health": "healthy", "school_status": None}
    return people(
        person("a", **good, labour="weak"),
        person("b", **good, labour="ordinary"),
        person("c", birth="1963-12", **good, labour="lost"),  # 60 in the month of the as_of
        person("d", birth="1964-01", **good, labour="lost"),  # 59 still
        person("e", birth="2005-01", health="healthy", school_status="senior", labour="unable"),
        person("f", health="healthy|chronic", school_status=None, labour="unable"),
        person("g", health=None, school_status=None, labour="unable"),
        person("h", **good, labour=None),
    )


def f08() -> Snapshot:
    return people(
        person("a", health="chronic", school_status=None, labour="skilled"),
        person("b", health="serious", school_status="not_in_school", labour="ordinary"),
        person("c", health="healthy", school_status=None, labour="ordinary"),
        person("d", health="chronic", school_status=None, labour="weak"),
        person("e", health=None, school_status=None, labour="ordinary"),
        person("f", birth="2004-01", health="chronic", school_status="bachelor", labour="ordinary"),
    )


def f09() -> Snapshot:
    return people(
        person("a", birth="2008-01", labour="weak"),
        person("b", birth="2008-01", labour="unable"),
        person("c", birth="2007-12", labour="ordinary"),
        person("d", birth="2008-01", labour=None),
    )


def f10() -> Snapshot:
    return people(
        person("a", birth="1963-12", labour="lost"),
        person("b", birth="1963-12", labour="unable"),
        person("c", birth="1963-12", labour="weak"),
        person("d", birth="1964-01", labour="ordinary"),
        person("e", birth="1950-01", labour="skilled"),
    )


def f11() -> Snapshot:
    return people(
        person("a", not_in_school_reason="disability", health="healthy"),
        person("b", not_in_school_reason="illness", health="serious"),
        person("c", not_in_school_reason="aversion", health="healthy"),
        person("d", not_in_school_reason=None, health="healthy"),
    )


def f12() -> Snapshot:
    return people(
        person("a", pension=None, pension_employee=None),
        person("b", pension=0, pension_employee=None),
        person("c", pension=None, pension_employee=1),
        person("d", birth="2008-01", pension=None, pension_employee=None),
    )


def g01() -> Snapshot:
    def one(home: str, *told: str | None) -> Row:
        return person(home, education=told[0], school_status=told[1], not_in_school_reason=told[2])

    return people(
        one("a", None, None, None), one("b", "junior", None, None), one("c", None, "primary", None),
        one("d", None, None, "illness"),
    )  # fmt: skip


def g02() -> Snapshot:
    return people(
        person("a", education="junior", school_status="senior"),
        person("b", education="junior", school_status="not_in_school"),
        person("c", education="junior", school_status=None),
        person("d", education=None, school_status="senior"),
    )


def g03() -> Snapshot:
    return people(
        person("a", birth="2016-12", school_status="preschool", health="healthy"),
        person("b", birth="2017-01", school_status="preschool", health="healthy"),
        person("c", birth="2014-01", school_status="preschool", health="disabled"),
        person("d", birth="2014-01", school_status="primary", health="healthy"),
    )


def g04() -> Snapshot:
    return people(
        person("a", birth="2018-01", school_status="primary"),
        person("b", birth="2017-12", school_status="primary"),
        person("c", birth="2008-12", school_status="primary"),
        person("d", birth="2009-01", school_status="primary"),
        person("e", birth="2005-12", school_status="junior"),
        person("f", birth="2006-01", school_status="junior"),
        person("g", birth="2009-01", school_status="vocational"),
        person("h", birth="2003-01", school_status="senior"),
        person("i", birth="2002-12", school_status="vocational"),
        person("j", birth="1980-01", school_status="not_in_school"),
    )


def g05() -> Snapshot:
    return people(
        person("a", birth="2006-01", school_status="college", education=None),
        person("b", birth="2005-12", school_status="bachelor", education=None),
        person("c", birth="2004-01", school_status="postgraduate", education=None),
        person("d", birth="2003-12", school_status="postgraduate", education=None),
        person("e", birth="2007-01", school_status=None, education="college"),
    )


def g06() -> Snapshot:
    return people(
        person("a", birth="2007-12", education="primary", school_status=None),
        person("b", birth="2008-01", education="primary", school_status=None),
        person("c", birth="2000-12", education="illiterate", school_status=None),
        person("d", birth="2005-01", education="junior", school_status=None),
        person("e", birth="2005-01", education="primary", school_status="vocational"),
        person("f", birth="2001-01", education="illiterate", school_status="not_in_school"),
    )


def g07() -> Snapshot:
    grant = {"item": "grant|rain_dew"}
    rows = [
        person(home, birth="2006-06", school_status=status)
        for home, status in zip("abcdefg", ["senior", "vocational", "vocational", "vocational", "college", None, "primary"], strict=True)
    ]  # fmt: skip
    return people(
        *rows,
        measures=[
            given("a", "education", **grant), given("b", "education", "2022-03", **grant), given("e", "education", **grant),
            given("g", "education", "2021-03", **grant),  # long ago: the pupil may have left since
        ],
        recognitions=[case("b"), case("c"), case("f")],  # d has a pupil and is not monitored
    )  # fmt: skip


def g08() -> Snapshot:
    return people(
        person("a", school_status="senior", labour="weak"),
        person("b", school_status="senior", labour="unable"),
        person("c", school_status="not_in_school", labour="ordinary"),
        person("d", school_status=None, labour="ordinary"),
    )


def h01() -> Snapshot:
    return people(
        person("a", school_status="senior", planned_work=0),
        person("b", school_status="senior", planned_work=1),
        person("c", school_status=None, planned_work=1),
        person("d", school_status="senior", planned_work=None),
        person("d", 2, school_status=None, planned_work=None),
        person("e", school_status="senior", planned_work=0),
        work=[
            spell("a", "2023-03"), spell("d", "2023-03", number=2),  # the other member works
            spell("e", "2023-06", "2023-08"),  # over
        ],
    )  # fmt: skip


def h02() -> Snapshot:
    return people(
        person("a", labour="lost"),
        person("b", labour="unable"),
        person("c", labour="weak"),
        person("d", labour="unable"),
        work=[spell("a", "2023-03", "2023-12"), spell("b", "2023-03", "2023-11"), spell("c", "2023-03"),
              spell("d", "2023-03", is_working=0)],
    )  # fmt: skip


def h03() -> Snapshot:
    return people(
        person("a", birth="2007-01"),
        person("b", birth="2007-01"),
        person("c", birth="2007-01"),
        work=[
            spell("a", "2022-12"), spell("b", "2023-01"), spell("c", None),
            spell("c", "2022-01", number=9),  # nobody on the books
        ],
    )  # fmt: skip


def h04() -> Snapshot:
    return people(
        person("a", support="dispersed"),
        person("b", support="not_covered"),
        person("c", support="central"),
        person("d", support=None),
        work=[spell("a", "2023-03"), spell("b", "2023-03"), spell("d", "2023-03")],
    )


def h05() -> Snapshot:
    return people(
        *[person(home) for home in "abcdef"],
        person("d", 2),
        work=[
            spell("a", "2023-01", "2023-06"), spell("a", "2023-06", "2023-09"),
            spell("b", "2023-01", "2023-06"), spell("b", "2023-07", "2023-09"),
            spell("c", "2022-01"), spell("c", "2023-05", "2023-06"),  # the first one never ended
            spell("d", "2023-01", "2023-06"), spell("d", "2023-03", "2023-09", number=2),  # two persons
            spell("e", "2023-01", "2023-12"), spell("e", "2023-02", "2023-03"), spell("e", "2023-05", "2023-06"),
            spell("f", None, "2023-12"), spell("f", "2023-05"),
        ],
    )  # fmt: skip


def h06() -> Snapshot:
    return people(
        *[person(home) for home in "abcdef"],
        work=[
            spell("a", "2023-01", None, is_working=0),
            spell("b", "2023-01", "2024-02", is_working=0),
            spell("c", "2023-01", "2023-12", is_working=0),
            spell("d", "2023-01", None, is_working=1),
            spell("e", "2022-01", None, is_working=0), spell("e", "2023-01", "2023-05", is_working=0),  # not the last
            spell("f", "2023-01", None, is_working=None),
        ],
    )  # fmt: skip


def h07() -> Snapshot:
    return people(
        *[person(home) for home in "abcd"],
        work=[spell("a", "2020-12"), spell("b", "2021-01"), spell("c", "2019-01", "2023-01"), spell("d", None)],
    )


def h08() -> Snapshot:
    return people(person("a"), person("b"), work=[spell("a", None, "2023-05"), spell("b", "2023-01")])


def h09() -> Snapshot:
    return people(
        *[person(home) for home in "abcde"],
        work=[
            spell("a", "2023-01", county=None), spell("b", "2023-01", county="Guangming"),
            spell("c", "2023-01", county=None, place="township"), spell("d", "2023-01", "2023-05", county=None),
            spell("e", "2023-01", county=None, place=None),
        ],
    )  # fmt: skip


def h10() -> Snapshot:
    whole = {"monthly_wage": 4000, "employer": "firm", "industry": "trade", "channel": "own", "point_to_point": 0}
    return people(
        *[person(home) for home in "abcd"],
        work=[
            spell("a", "2023-01", **{**whole, "industry": None}), spell("b", "2023-01", **whole),
            spell("c", "2022-01", "2022-05", **{**whole, "monthly_wage": None}),
            spell("d", "2023-01", **{**whole, "point_to_point": None}),
        ],
    )  # fmt: skip


def h11() -> Snapshot:
    return people(
        person("a", planned_work=1, job_service=None),
        person("b", planned_work=1, job_service="training"),
        person("c", planned_work=0, job_service=None),
        person("d", planned_work=None, job_service=None),
    )


def h12() -> Snapshot:
    rows = [person(home, labour="ordinary", school_status=None) for home in "abcd"]
    return county_of(
        households=homes("abcdef"),
        persons=[
            *rows,
            person("e", labour="weak", school_status=None),
            person("f", labour="skilled", school_status="senior"),
        ],
        work=[spell("b", "2022-01", "2023-07"), spell("d", "2022-01", "2023-06")],
        sources={"business": {"c": [10.0, *[0.0] * 14]}},
    )


def h13() -> Snapshot:
    return people(
        person("a", birth="2000-01", education="bachelor", school_status=None),
        person("b", birth="2000-01", education="college", school_status="bachelor"),
        person("c", birth="2000-01", education="college", school_status=None),
        person("d", birth="2000-01", education="senior", school_status=None),
        person("e", birth="1950-01", education="college", school_status=None),
        work=[spell("c", "2023-01"), spell("a", "2023-01", "2023-10")],
    )


def h14() -> Snapshot:
    return people(
        person("a", work_months=13),
        person("b", work_months=6),
        person("c", work_months=3),
        person("d", work_months=10),  # the record is of June: twelve months up to it
        person("e", work_months=5),
        person("f", work_months=None),
        person("g", work_months=6),
        work=[
            spell("a", "2022-01"), spell("b", "2023-04", "2023-12"), spell("c", "2023-04", "2023-12"),
            spell("d", "2022-09"), spell("f", "2023-01"), spell("g", "2023-02", "2023-05"), spell("g", "2023-06"),
        ],
    )  # fmt: skip


def h15() -> Snapshot:
    return people(
        *[person(home) for home in "abcd"],
        work=[
            spell("a", "2022-07", "2022-12"), spell("a", "2023-07", "2023-09"),
            spell("b", "2022-07", "2022-12"), spell("b", "2023-07", "2023-10"),
            spell("c", "2023-07", "2023-10"),
            spell("d", "2022-07", "2022-09"), spell("d", "2022-08", "2022-10"), spell("d", "2023-12"),
        ],
    )  # fmt: skip


def i01() -> Snapshot:
    def one(home: str, kind: str | None, months: float | None) -> Row:
        return person(home, public_post=kind, public_post_months=months)

    return people(
        one("a", "forest", None), one("b", None, 3), one("c", "no_post", 3), one("d", "forest", 12), one("e", "forest", 0),
        one("f", None, 0), one("g", "no_post", None),
    )  # fmt: skip


def i02() -> Snapshot:
    return people(
        person("a", public_post="forest|road|cleaning"),
        person("b", public_post="forest|road"),
        person("c", public_post="forest"),
        person("c", 2, public_post="road|cleaning"),
        person("d", public_post="forest|no_post|road"),
        person("e", public_post=None),
    )


def i03() -> Snapshot:
    return people(
        person("a", birth="2008-01", public_post="road"),
        person("b", birth="2007-12", public_post="road"),
        person("c", birth="2008-01", public_post="no_post"),
    )


def i04() -> Snapshot:
    return people(
        person("a", birth="1953-12", public_post="road"),
        person("b", birth="1954-01", public_post="road"),
        person("c", birth="1940-01", public_post=None),
    )


def i05() -> Snapshot:
    return people(
        person("a", public_post="road", labour="lost"),
        person("b", public_post="road", labour="weak"),
        person("c", public_post="no_post", labour="unable"),
        person("d", public_post="road", labour=None),
    )


def i06() -> Snapshot:
    return people(
        *[person(home, public_post=post) for home, post in zip("abcd", ["road", "road", None, None], strict=True)],
        person("e", public_post="road"),
        person("e", 2, public_post=None),
        work=[
            spell("a", "2023-01", channel="own"), spell("b", "2023-01", place="county", channel="own"),
            spell("c", "2023-01", channel="workshop"), spell("d", "2023-01", channel="own"),
            spell("e", "2023-01", number=2, channel="own"),
        ],
    )  # fmt: skip


def i07() -> Snapshot:
    return people(
        person("a", public_post="road", public_post_since="2020-11"),
        person("b", public_post="road", public_post_since="2020-12"),
        person("c", public_post="no_post", public_post_since="2019-01"),
        person("d", public_post="road", public_post_since=None),
    )


def i08() -> Snapshot:
    rows = [
        person(home, public_post=post, public_post_months=months)
        for home, post, months in [
            ("a", "road", 8),
            ("b", "road", 8),
            ("c", None, None),
            ("d", "road", 0),
            ("e", "road", 8),
        ]
    ]
    return county_of(
        income={"a": [500.0] * 36, "b": [500.0] * 36, "c": [500.0] * 36, "d": [500.0] * 36},  # nothing known of e
        households=homes("abcde"), persons=rows, sources={"wage": {"b": [100.0] * 12}},
    )  # fmt: skip


def j01() -> Snapshot:
    return cases(
        [
            case("a"),
            case("b"),
            case("c", "2023-11"),
            case("d", removed_at="2023-06"),
            case("e", "2023-10"),
            case("f"),
            case("g", removed_at="2023-06", reopened_at="2023-09"),
            case("h", removed_at="2023-06", reopened_at="2024-02"),
        ],
        [given("b", "social"), given("a", "social", "2022-01", "2022-12"), given("f", "social", "2024-01")],
    )


def j02() -> Snapshot:
    labour = [person(home, labour="unable" if home == "c" else "ordinary") for home in "abcde"]
    return cases(
        [case("a", "2023-06"), case("b"), case("c"), case("d", "2023-07"), case("e", removed_at="2023-12")],
        [given("a", "support"), given("b", "finance")],
        persons=labour,
    )


def j03() -> Snapshot:
    return cases(
        [case("a", development_status="not_yet"), case("b", development_status="under_way"),
         case("c", development_status="not_yet"), case("d", development_status=None)],
        [given("a", "industry"), given("b", "industry"), given("c", "support"), given("d", "job")],
    )  # fmt: skip


def j04() -> Snapshot:
    return cases(
        [case(home, development_status="not_yet" if home == "d" else "done") for home in "abcdef"],
        [
            given("a", "job", item="training|other"), given("b", "job", item="training|labour_export"),
            given("c", "job", item="training"), given("c", "industry", item="planting"), given("d", "job", item="training"),
            given("e", "job", item=None), given("f", "support", item="other"),
        ],
    )  # fmt: skip


def j05() -> Snapshot:
    return cases(
        [case(home) for home in "abcd"],
        [given("a", "support"), given("b", "support"), given("b", "job"), given("c", "support")],
        persons=[person(home, labour="lost" if home == "c" else "skilled") for home in "abcd"],
    )


def j06() -> Snapshot:
    return cases(
        [
            case("a", cause_1="job", cause_5="illness"),  # in the fifth column alone
            case("b", cause_1="illness"), case("c", cause_1="illness"), case("d", cause_1="job"),
            case("e", cause_1="illness", removed_at="2023-10"), case("f", cause_1="illness"),
        ],
        [given("b", "health"), given("c", "social"), given("e", "support"), given("f", "support")],
    )  # fmt: skip


def j07() -> Snapshot:
    return _needs_help("schooling", ["compulsory_school", "education", "social"])


def j08() -> Snapshot:
    return _needs_help("disability", ["support", "social"])


def j09() -> Snapshot:
    return _needs_help("housing", ["housing", "relocation"])


def j11() -> Snapshot:
    return _needs_help("water", ["water"])


def _needs_help(cause: str, kinds: list[str]) -> Snapshot:
    """a has the cause in the fifth column and another kind of help; the others have the right help, or another cause."""
    helped = [given(home, kind) for home, kind in zip("bcd", kinds, strict=False)]
    rows = [
        case("a", cause_1="other", cause_5=cause),
        *[case(each["household_id"], cause_1=cause, cause_5=None) for each in helped],
    ]
    return cases([*rows, case("x", cause_1="other", cause_5=None)], [given("a", "finance"), *helped])


def j10() -> Snapshot:
    return cases(
        [
            case("a", recognised_dropout=1),
            case("b", recognised_dropout=1),
            case("c", recognised_dropout=0),
            case("d", recognised_dropout=None),
        ],
        [given("b", "compulsory_school"), given("a", "education")],
        households=[*homes("abc", dropout_child=None), *homes("de", dropout_child=1)],  # e was never recognised
    )


def j12() -> Snapshot:
    no = {"insured_resident": 0, "insured_employee": 0}
    return cases(
        [case(home) for home in "abc"],
        [given("b", "social")],
        persons=[
            person("a", **no),
            person("b", **no),
            person("c", insured_resident=1, insured_employee=0),
            person("d", **no),
        ],
        households=homes("abcd"),
    )


def j13() -> Snapshot:
    return cases(
        [case(home) for home in "abcd"],
        [given("a", "job"), given("b", "job"), given("c", "public_post"), given("d", "industry")],
        persons=[person(home, public_post="road" if home == "c" else None) for home in "abcd"],
        work=[spell("a", "2022-01", "2022-12"), spell("b", "2022-01", "2023-01")],
    )


def j14() -> Snapshot:
    return cases(
        [case(home) for home in "abcdef"],
        [
            given("a", "job", item="labour_export"), given("b", "job", item="travel_subsidy|training"),
            given("c", "job", item="travel_subsidy"), given("d", "job", item="labour_export"),
            given("e", "job", item="labour_export", start="2022-12"), given("f", "job", item="travel_subsidy", amount=500),
        ],
        work=[
            spell("a", "2023-01", place="county", travel_subsidy=None), spell("b", "2023-01", travel_subsidy=500),
            spell("c", "2023-01", travel_subsidy=0), spell("d", "2022-01", "2023-01", travel_subsidy=0),
            spell("f", "2023-01", travel_subsidy=None),
        ],
    )  # fmt: skip


def j15() -> Snapshot:
    return cases(
        [case("a", "2021-01"), case("b", "2020-12"), case("c", "2022-03"), case("d", "2022-03")],
        [
            given("a", "relocation"),
            given("b", "relocation"),
            given("c", "relocation", "2018-05"),
            given("d", "housing"),
        ],
    )


def j16() -> Snapshot:
    return cases(
        [case("a", "2022-12"), case("b", "2022-12"), case("c", "2023-01"), case("d", "2023-01"), case("e", "2022-05"),
         case("f", "2023-01")],
        [given("b", "health", "2023-02", item="premium"), given("c", "health", "2023-02", item="premium"),
         given("e", "health", "2022-08", item="premium")],  # paid for the year before
        persons=[person(home, premium_subsidised=1 if home == "f" else None) for home in "abcdef"],
    )  # fmt: skip


def k01() -> Snapshot:
    return people(
        person("a", allowance="not_covered", support=None),
        person("b", allowance="rural", support=None),
        person("c", allowance="rural", support="not_covered"),
        person("d", allowance=None, support="dispersed"),
        person("e", allowance=None, support=None),
        measures=[
            given("a", "support", item="allowance|pension"), given("b", "support", item="allowance"),
            given("c", "support", item="extreme_support"), given("d", "support", item="extreme_support"),
            given("e", "support", end="2023-11", item="allowance"),
        ],
    )  # fmt: skip


def k02() -> Snapshot:
    return people(
        person("a", allowance="rural", support=None),
        person("b", allowance="rural", support=None),
        person("c", allowance="not_covered", support="central"),
        person("d", allowance="rural", support=None),
        measures=[given("b", "support", item="allowance"), given("c", "support", item="allowance")],
        recognitions=[case("a"), case("b"), case("c")],
    )


def k03() -> Snapshot:
    return people(
        person("a", id_length=18),
        person("b", id_length=20),
        person("c", id_length=18),
        measures=[given("a", "support", item="disability_subsidy"), given("b", "support", item="disability_subsidy")],
    )


def k04() -> Snapshot:
    def one(home: str, grade: float, subsidy: float | None = None) -> Row:
        return person(home, id_certificate_grade=grade, disability_subsidy=subsidy)

    return people(
        one("a", 2), one("b", 2), one("c", 3), one("d", 1), one("e", 1, 1), one("f", 0),
        recognitions=[case(home, cause_1="illness", cause_4="job" if home == "d" else "disability") for home in "abcdef"],
        measures=[given("b", "support", item="disability_subsidy")],
    )  # fmt: skip


def k05() -> Snapshot:
    return people(
        person("a", support="supported", health="healthy", school_status=None),
        person("b", support="supported", health="disabled", school_status=None),
        person("c", birth="2005-01", support="dispersed", health="healthy", school_status="senior"),
        person("d", birth="1960-01", support="dispersed", health="healthy", school_status=None),
        person("e", support="not_covered", health="healthy", school_status=None),
        person("f", support="supported", health=None, school_status=None),
    )


HOUSE = {"house_area": 80, "dangerous_house": 0, "safe_water": 1, "toilet": 0, "electricity": 1, "hard_road": 0}


def l01() -> Snapshot:
    return county_of(
        households=[
            *homes("a", **{**HOUSE, "toilet": None}, entry_road=None), *homes("b", **HOUSE, entry_road=None),
            *homes("c", **{**HOUSE, "hard_road": None}, entry_road="gravel"),
            *homes("d", **{**HOUSE, "hard_road": None}, entry_road=None), *homes("e", **{**HOUSE, "house_area": 0}, entry_road=None),
        ]
    )  # fmt: skip


def l02() -> Snapshot:
    return county_of(households=[*homes("a", electricity=0), *homes("b", electricity=1), *homes("c", electricity=None)])


def l03() -> Snapshot:
    return county_of(
        households=[
            *homes("a", arable=-1, forest=0), *homes("b", arable=101, forest=0), *homes("c", arable=100, forest=200),
            *homes("d", arable=0, forest=200.5), *homes("e", arable=None, forest=None),
        ]
    )  # fmt: skip


def l04() -> Snapshot:
    return county_of(
        households=[
            *homes("a", road_distance=None), *homes("b", road_distance=5.1), *homes("c", road_distance=5), *homes("d", road_distance=0),
            *homes("e", road_distance=-1),
        ]
    )  # fmt: skip


def l05() -> Snapshot:
    return people(
        person("a", relocated_channel=None, labour="ordinary"),
        person("b", relocated_channel="firm", labour="ordinary"),
        person("c", relocated_channel=None, labour="ordinary"),
        person("d", relocated_channel=None, labour="unable"),
        households=[*homes("abd", relocated=1), *homes("c", relocated=0)],
    )


def villages(*rows: Row, households: list[Row] | None = None) -> Snapshot:
    return county_of(households=households or homes("a"), villages=[{"as_of": "2022-12", **row} for row in rows])


def m01() -> Snapshot:
    return villages(
        {"village": "v", "households": 0, "population": 10}, {"village": "w", "households": None, "population": 10},
        {"village": "x", "households": 5, "population": None}, {"village": "y", "households": 5, "population": 10},
        {"village": "x", "as_of": "2021-12", "households": 0, "population": 10},
    )  # fmt: skip


def m02() -> Snapshot:
    def one(name: str, total: float | None, water: float | None, danger: float | None) -> Row:
        return {
            "village": name,
            "households": total,
            "unsafe_water_households": water,
            "dangerous_house_households": danger,
        }

    return villages(one("v", 10, 6, 5), one("w", 10, 5, 5), one("x", 10, None, 11), one("y", None, 6, 5))


def m03() -> Snapshot:
    land = [
        ("a", "v", "exited", 60, 1),
        ("b", "v", "exited", 50, 1),
        ("c", "w", "exited", 60, 1),
        ("d", "w", "ordinary", 90, 1),
        ("e", "x", "exited", 1, 9),
    ]
    return villages(
        {"village": "v", "arable": 100, "forest": 50}, {"village": "w", "arable": 60, "forest": None}, {"village": "x", "arable": 9, "forest": 8},
        {"village": "y", "arable": 0, "forest": 0},
        households=[{"household_id": h, "village": v, "type": kind, "arable": arable, "forest": forest} for h, v, kind, arable, forest in land],
    )  # fmt: skip


COUNTED = {
    "collective_income": 0, "clinic": 0, "doctor": 0, "school": 0, "bus": 0, "library": 0, "public_toilets": 0,
    "waste_point": 0, "allowance_persons": 0, "support_persons": 0, "disabled_persons": 0, "pension_persons": 0,
}  # fmt: skip


def m04() -> Snapshot:
    return villages({"village": "v", **COUNTED, "pension_persons": None}, {"village": "w", **COUNTED})


def m05() -> Snapshot:
    return villages(
        {"village": "v", "hard_road": 0}, {"village": "w", "hard_road": 1}, {"village": "x", "hard_road": None}
    )


def n01() -> Snapshot:
    return county_of(
        households=homes("abc", as_of="2020-01", known_at="2020-01"),
        persons=[person("a", known_at="2023-05"), person("b", known_at="2023-06"), person("c", known_at="2023-07")],
        lines=[{"valid_from": "2023-09", "line": 8000, "known_at": "2023-01"}],
    )


class StepLine:
    """A line by lag."""

    def __init__(self, values: Mapping[int, float]) -> None:
        self.steps = values

    def values(self, known: Any) -> np.ndarray:
        return np.array([[self.steps[max(lag for lag in self.steps if lag <= each)] for each in range(known.lags)]])


def with_line(values: Mapping[int, float], **tables: Any) -> Snapshot:
    county = county_of(**{"households": homes("a"), **tables})
    return Snapshot(replace(county.known.panel, line=StepLine(values)).as_of(county.as_of))


def n02() -> Snapshot:
    return with_line({0: 7300, 3: np.nan, 4: 7000})


def n03() -> Snapshot:
    return with_line({0: 7000, 12: 7300, 24: 5300, 36: 3785})  # falls; rises by 38 %; rises by 40.03 %


def n06() -> Snapshot:
    return cases([case("a", "2020-12"), case("b", "2021-01"), case("c", None)], none())


def n07() -> Snapshot:
    rows = [
        *homes("ab", village="v", updated_on="2022-12"), *homes("cde", village="v", updated_on="2023-01"),  # 2 of 5
        *homes("f", village="w", updated_on="2022-12"), *homes("ghij", village="w", updated_on="2023-01"),  # 1 of 5
        *homes("klm", village="w", updated_on=None), *homes("n", village="v", township="u", updated_on="2023-11"),
    ]  # fmt: skip
    return county_of(households=rows)


def n08() -> Snapshot:
    known = [MONTHLY.label(MONTHLY.parse("2022-12") + step) for step in range(12)]
    return county_of(
        households=homes("a"),
        claims=[{"household_id": "a", "month": month, "own_cost": 1, "known_at": month} for month in known],
        clues=[
            {"household_id": "a", "pushed_at": month, "known_at": month, "department": "health"} for month in known[:-2]
        ],
        events=[
            {"household_id": "a", "happened_at": month, "known_at": month, "kind": "fire"}
            for month in [*known, "2023-12"]
        ],
    )


def n10() -> Snapshot:
    months = ["2023-01", "2023-02", *["2023-05"] * 6, *["2023-09"] * 5]
    return cases([case(chr(97 + place), month) for place, month in enumerate(months)], none())


BROKEN: dict[str, tuple[Callable[[], Snapshot], str]] = {
    "F01": (f01, "ae"), "F02": (f02, "a"), "F03": (f03, "a"), "F04": (f04, "a"), "F05": (f05, "a"), "F06": (f06, "af"),
    "F07": (f07, "ad"), "F08": (f08, "ab"), "F09": (f09, "a"), "F10": (f10, "ae"), "F11": (f11, "a"), "F12": (f12, "a"),
    "G01": (g01, "a"), "G02": (g02, "a"), "G03": (g03, "a"), "G04": (g04, "acegi"), "G05": (g05, "ace"), "G06": (g06, "af"),
    "G07": (g07, "ac"), "G08": (g08, "a"),
    "H01": (h01, "ab"), "H02": (h02, "a"), "H03": (h03, "a"), "H04": (h04, "a"), "H05": (h05, "acef"), "H06": (h06, "ab"),
    "H07": (h07, "a"), "H08": (h08, "a"), "H09": (h09, "ae"), "H10": (h10, "ad"), "H11": (h11, "a"), "H12": (h12, "ad"),
    "H13": (h13, "a"), "H14": (h14, "ab"), "H15": (h15, "ad"),
    "I01": (i01, "abc"), "I02": (i02, "a"), "I03": (i03, "a"), "I04": (i04, "a"), "I05": (i05, "a"), "I06": (i06, "ac"),
    "I07": (i07, "a"), "I08": (i08, "a"),
    "J01": (j01, "aefg"), "J02": (j02, "a"), "J03": (j03, "a"), "J04": (j04, "a"), "J05": (j05, "a"), "J06": (j06, "af"),
    "J07": (j07, "a"), "J08": (j08, "a"), "J09": (j09, "a"), "J10": (j10, "ad"), "J11": (j11, "a"), "J12": (j12, "a"),
    "J13": (j13, "a"), "J14": (j14, "ac"), "J15": (j15, "a"), "J16": (j16, "acef"),
    "K01": (k01, "ac"), "K02": (k02, "ac"), "K03": (k03, "a"), "K04": (k04, "a"), "K05": (k05, "a"),
    "L01": (l01, "ad"), "L02": (l02, "a"), "L03": (l03, "abd"), "L04": (l04, "abe"), "L05": (l05, "a"),
    "M01": (m01, ""), "M02": (m02, ""), "M03": (m03, ""), "M04": (m04, ""), "M05": (m05, ""),
    "N01": (n01, "a"), "N02": (n02, ""), "N03": (n03, ""), "N06": (n06, "a"), "N07": (n07, ""), "N08": (n08, ""), "N10": (n10, ""),
}  # fmt: skip

# what is told of hits that name no household
TOLD = {
    "M01": ("village", ["v", "w", "x"]), "M02": ("village", ["v", "x"]), "M03": ("village", ["v", "x"]),
    "M04": ("village", ["v"]), "M05": ("village", ["v"]), "N02": ("month", ["2023-09"]), "N03": ("month", ["2021-12", "2023-12"]),
    "N07": ("township", ["t"]), "N08": ("month", ["2023-12"]), "N10": ("month", ["2023-05"]),
}  # fmt: skip


@pytest.mark.parametrize("rule", sorted(FUNCTIONS))
def test_rule__hits_exactly_the_households_that_break_it(rule: str) -> None:
    make, households = BROKEN[rule]
    county = make()
    hits = ask(rule, county)
    assert hit_households(county, hits) == sorted(households)
    assert len(hits.rows) > 0
    if rule in TOLD:
        key, words = TOLD[rule]
        assert sorted(hits.words[key]) == words


@pytest.mark.parametrize("rule", sorted(set(FUNCTIONS) & set(OF_COUNTY)))
def test_rule_of_the_county__says_the_same_of_one_household_that_is_told_of_all_others(rule: str) -> None:
    whole = BROKEN[rule][0]()
    panel, hits = whole.known.panel, ask(rule, whole)
    parts = [part for _, part in panel.split(np.arange(len(panel.household_ids), dtype=np.int32))]
    told = list[dict[str, Floats]]()
    for part in parts:
        told.append({})
        FUNCTIONS[rule](Snapshot(part.as_of(whole.as_of), told[-1]), TABLE[rule].limits)
    values = [each[rule] for each in told if rule in each]
    everybody = {(whole.as_of, rule): np.concatenate(values)} if values else {}
    for part in parts:
        mine = ask(rule, Snapshot(replace(part, everybody=everybody).as_of(whole.as_of)))
        for one, other in ((mine.numbers, hits.numbers), (mine.words, hits.words)):
            assert str({key: each.tolist() for key, each in one.items()}) == str(
                {k: v.tolist() for k, v in other.items()}
            )


@pytest.mark.parametrize("rule", sorted(FUNCTIONS))
def test_rule__has_texts_whose_placeholders_it_fills(rule: str) -> None:
    hits = ask(rule, BROKEN[rule][0]())
    details = {key: f"{values[0]:,.0f}" for key, values in hits.numbers.items()}
    details |= {key: str(values[0]) for key, values in hits.words.items()}
    assert all(len(values) == len(hits.rows) for values in (*hits.numbers.values(), *hits.words.values()))
    chinese, english = (text.format(**details) for text in TEXTS_F_N[f"finding.{rule}"])
    assert any("\u4e00" <= sign <= "\u9fff" for sign in chinese)
    assert english.isascii()


def test_chinese_texts__are_short() -> None:
    for chinese, _ in TEXTS_F_N.values():
        plain = "".join(literal for literal, *_ in Formatter().parse(chinese))
        assert len(plain) <= 45
        assert "\n" not in chinese


def test_table__has_every_rule_of_the_groups() -> None:
    wanted = {f"{group}{number:02d}" for group, size in SIZES.items() for number in range(1, size + 1)}
    assert set(TABLE) == wanted


def test_table_functions_texts_and_counties__speak_of_the_same_rules() -> None:
    answerable = {name for name, rule in TABLE.items() if not rule.lacks}
    assert set(FUNCTIONS) == answerable == set(BROKEN)
    assert {f"finding.{name}" for name in answerable} == set(TEXTS_F_N)


def test_every_function__says_its_rule_in_its_first_line() -> None:
    assert all((inspect.getdoc(check) or "").splitlines()[0].endswith(".") for check in FUNCTIONS.values())


def test_needs__are_fields_of_the_contract_or_derived_by_the_reading() -> None:
    contract = yaml.safe_load((conf_dir() / "contract" / "national.yaml").read_text())["tables"]
    derived = {"id_length", "id_certificate_kind", "id_certificate_grade", "person_same"}
    for rule in TABLE.values():
        for need in rule.needs:
            table, _, field = need.partition(".")
            assert table == "panel" or table in contract, need
            assert not field or field in {*contract[table]["fields"], *derived}, need


# hits of the same tables two years earlier: other ages, shorter durations
EARLIER = {"F07": "acd", "F09": "ac", "G03": "", "H07": "", "I07": "", "J01": "", "J02": ""}


@pytest.mark.parametrize("rule", sorted(EARLIER))
def test_ages_and_durations__are_those_of_the_as_of(rule: str) -> None:
    county = Snapshot(BROKEN[rule][0]().known.panel.as_of(MONTHLY.parse("2022-01")))
    assert hit_households(county, ask(rule, county)) == sorted(EARLIER[rule])


def test_rules__do_not_see_what_became_known_later() -> None:
    rows = [
        person("a", insured_critical=1, known_at="2023-05"),
        person("a", insured_critical=None, as_of="2023-07", known_at="2024-02"),
    ]
    county = county_of(households=homes("a"), persons=rows)
    assert len(ask("F03", county).rows) == 0
    later = county_of(households=homes("a"), persons=rows, as_of="2024-02")
    assert hit_households(later, ask("F03", later)) == ["a"]


def test_n08__is_silent_where_the_office_allows_a_missing_feed() -> None:
    limits = {**TABLE["N08"].limits, "allow_missing_feed": 1}
    assert len(FUNCTIONS["N08"](n08(), limits).rows) == 0


def test_h12_and_i08__can_be_asked_where_a_source_is_absent() -> None:
    rows = [person("a", labour="ordinary", school_status=None, public_post="road", public_post_months=3)]
    county = county_of(households=homes("ab"), persons=rows, work=[spell("b", "2023-01")])
    assert hit_households(county, ask("H12", county)) == ["a"]
    assert hit_households(county, ask("I08", county)) == ["a"]


def test_l03__can_fire_on_both_sides_of_every_kind_of_land() -> None:
    for kind in house.LAND:
        for area in (-0.5, 500.0):
            county = county_of(
                households=[*homes("a", **{"arable": 1.0, kind: area}), *homes("b", **{"arable": 1.0, kind: 1.0})]
            )
            assert hit_households(county, ask("L03", county)) == ["a"], (kind, area)


@pytest.mark.parametrize("column", [f"cause_{place}" for place in range(1, 6)])
def test_causes__are_looked_for_in_all_five_columns(column: str) -> None:
    blank = {f"cause_{place}": None for place in range(1, 6)}
    county = cases(
        [case("a", **{**blank, "cause_2": "other", column: "water"}), case("b", **{**blank, "cause_1": "job"})], none()
    )
    assert hit_households(county, ask("J11", county)) == ["a"]


@pytest.mark.parametrize("rule", sorted(set(FUNCTIONS) - {"N02", "N03"}))
def test_rule__finds_nothing_in_tables_without_rows(rule: str) -> None:
    panel = BROKEN[rule][0]().known.panel
    empty = {name: facts.take(np.zeros(len(facts), dtype=bool)) for name, facts in panel.tables.items()}
    county = Snapshot(replace(panel, tables=empty).as_of(MONTHLY.parse("2023-12")))
    assert len(ask(rule, county).rows) == 0
