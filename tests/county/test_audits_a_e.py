"""Audit rules of groups A to E: each with a household that breaks it and one that does not, and with its traps."""

from __future__ import annotations

import re
import string
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from omegaconf import OmegaConf

from relapse import config
from relapse.core.audit_texts_a_e import TEXTS_A_E
from relapse.core.facts import Category
from relapse.county.audits import category, identity, income, missed, removal
from relapse.county.audits.audits import Rule, _finding
from relapse.county.audits.snapshot import Hits, Snapshot
from snapshots import county_of, facts_of, hit_households

_FILE = OmegaConf.to_container(OmegaConf.load(config.conf_dir() / "rules" / "audits_a_e.yaml"))
CONF = {name: Rule(**row) for name, row in _FILE.items()}
RULES = {**identity.RULES, **missed.RULES, **category.RULES, **removal.RULES, **income.RULES}
BOTH = ("bad", "good")
DEC = 2023 * 12 + 11


def homes(bad: dict[str, Any] | None = None, good: dict[str, Any] | None = None, **both: Any) -> list[dict[str, Any]]:
    return [{"household_id": "bad", **both, **(bad or {})}, {"household_id": "good", **both, **(good or {})}]


def people(bad: list[dict[str, Any]], good: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"household_id": h, "person_id": f"{h}{i}", "birth_month": "1980-01", **row}
        for h, rows in (("bad", bad), ("good", good))
        for i, row in enumerate(rows)
    ]


def case(bad: dict[str, Any], good: dict[str, Any], **both: Any) -> list[dict[str, Any]]:
    """A recognition of each household, open unless said otherwise."""
    plain = {"recognised_at": "2023-06", "category": "unstable", "cause_1": "illness", "removed_at": None}
    return [{"household_id": h, **plain, **both, **row} for h, row in (("bad", bad), ("good", good))]


def gone(bad: dict[str, Any], good: dict[str, Any], **both: Any) -> list[dict[str, Any]]:
    """A recognition of each household whose risk was removed by help."""
    return case(bad, good, **{"recognised_at": "2022-06", "removed_at": "2023-06", "removed_how": "helped", **both})


def flat(bad: float, good: float, months: int = 36) -> dict[str, list[float]]:
    return {"bad": [bad] * months, "good": [good] * months}


NONE: list[dict[str, Any]] = []
CARD = {"id_length": 18.0, "id_valid": 1.0, "id_placeholder": 0.0}
CERTIFICATE = {**CARD, "id_length": 20.0, "id_certificate_kind": 4.0, "id_certificate_grade": 2.0}
LOST, SKILLED, ORDINARY = {"labour": "lost"}, {"labour": "skilled"}, {"labour": "ordinary"}
ASKED = dict.fromkeys(category.ASKED, 0.0)
AFTER = dict.fromkeys(removal.ASKED, 0.0)
WORK = {"from": "2023-01", "to": None, "place": "province", "monthly_wage": 3000.0}
EARLIER = {"recognised_at": "2019-01", "cause_1": "industry"}

CASES: dict[str, dict[str, Any]] = {
    "A01": {
        "households": homes(bad={"type": "exited"}, good={"type": "ordinary"}),
        "persons": people([{**CARD, "id_same": 1.0}, {**CARD, "id_same": 1.0}], [{**CARD, "id_same": 1.0}]),
    },
    "A02": {
        "households": homes(),
        "recognitions": [{"household_id": "bad", "recognised_at": "2023-01", "category": "edge"}],
        "persons": people(
            [{**CARD, "id_same": 1.0}, {**CARD, "id_same": 1.0}], [{**CARD, "id_same": 2.0}, {**CARD, "id_same": 2.0}]
        ),
    },
    "A03": {
        "households": homes(),
        "persons": people(
            [{**CARD, "id_length": 17.0}], [CARD, {**CARD, "id_length": 22.0}, {**CARD, "id_length": 0.0}]
        ),
    },
    "A04": {
        "households": homes(),
        "persons": people([{**CARD, "id_valid": 0.0}], [CARD, {**CARD, "id_length": 17.0, "id_valid": 0.0}]),
    },
    "A05": {
        "households": homes(),
        "persons": people(
            [{**CERTIFICATE, "id_certificate_kind": 8.0}],
            [CERTIFICATE, {**CARD, "id_certificate_kind": 0.0, "id_certificate_grade": 0.0}],
        ),
    },
    "A06": {
        "households": homes(),
        "persons": people([{"id_same": None, "id_placeholder": 0.0}], [{"id_same": 3.0, "id_placeholder": 0.0}]),
    },
    "A07": {
        "households": homes(),
        "persons": people([{"relation": "head"}, {"relation": "head"}], [{"relation": "head"}, {"relation": "son"}]),
    },
    "A08": {"households": homes(), "persons": people([{"relation": None}], [{"relation": "head"}])},
    "A09": {
        "households": homes(),
        "persons": people(
            [{"relation": "head", "sex": "male"}, {"relation": "daughter", "sex": "male"}],
            [
                {"relation": "head", "sex": "male"},
                {"relation": "spouse", "sex": "female"},
                {"relation": "son", "sex": None},
            ],
        ),
    },
    "A10": {
        "households": homes(),
        "persons": people(
            [{**CARD, "id_born": 1981 * 12.0}], [{**CARD, "id_born": 1980 * 12.0}, {**CARD, "id_born": None}]
        ),
    },
    "A11": {"households": homes(bad={"size": 3.0}, good={"size": 2.0}), "persons": people([{}, {}], [{}, {}])},
    "A12": {
        "households": homes(),
        "persons": people(
            [{"health": None, **ORDINARY, "ethnicity": "x"}], [{"health": "healthy", **ORDINARY, "ethnicity": "x"}]
        ),
    },
    "A13": {
        "households": homes(),
        "persons": people([{"phone_valid": 1.0}, {"phone_valid": None}], [{"phone_valid": 1.0}]),
    },
    "A14": {
        "households": [*homes(), {"household_id": "bad2"}],
        "work": [
            {**WORK, "household_id": "bad", "phone_same": 7.0},
            {**WORK, "household_id": "bad2", "phone_same": 7.0},
            {**WORK, "household_id": "good", "phone_same": 8.0},
            {**WORK, "household_id": "good", "phone_same": 8.0},
            {**WORK, "household_id": "good", "phone_same": None},
        ],
    },
    "A15": {
        "households": homes(),
        "work": [
            {**WORK, "household_id": "bad", "phone_same": 7.0, "county": "x"},
            {**WORK, "household_id": "bad", "phone_same": 7.0, "county": "y"},
            {**WORK, "household_id": "good", "phone_same": 8.0, "county": "x", "to": "2023-05"},
            {**WORK, "household_id": "good", "phone_same": 8.0, "county": "y"},
        ],
    },
    "A16": {
        "households": [
            {"household_id": "bad", "as_of": "2023-05", "village": "v"},
            {"household_id": "bad", "as_of": "2023-05", "village": "w"},
            {"household_id": "good", "as_of": "2023-05", "village": "v"},
            {"household_id": "good", "as_of": "2023-06", "village": "w"},
        ],
    },
    "A17": {
        "income": {"bad": [1000.0, *[None] * 5, 1000.0, None, *[1000.0] * 13], "good": [1000.0] * 21},
        "households": homes(size=2.0),
    },
    "B01": {"recognitions": NONE, "households": homes(bad={"dangerous_house": 1.0}, good={"dangerous_house": 0.0})},
    "B02": {"recognitions": NONE, "households": homes(bad={"safe_water": 0.0}, good={"safe_water": None})},
    "B03": {
        "recognitions": NONE,
        "households": homes(),
        "persons": people(
            [{"insured_resident": 0.0, "insured_employee": 0.0, "insured_critical": 1.0}],
            [
                {"insured_resident": 0.0, "insured_employee": 1.0, "insured_critical": 1.0},
                {"insured_resident": None, "insured_employee": None, "insured_critical": None},
            ],
        ),
    },
    "B04": {
        "recognitions": NONE,
        "households": homes(),
        "persons": people(
            [{"birth_month": "2013-02", "school_status": None, "not_in_school_reason": None}],
            [
                {"birth_month": "2013-02", "school_status": "primary", "not_in_school_reason": None},
                {"birth_month": "2013-02", "school_status": None, "not_in_school_reason": "home_teaching"},
                {"birth_month": "2017-09", "school_status": None, "not_in_school_reason": None},
                {"birth_month": "2007-08", "school_status": None, "not_in_school_reason": None},
            ],
        ),
    },
    "B05": {"income": flat(600, 700), "recognitions": NONE, "households": homes()},
    "B06": {
        "income": flat(700, 700),
        "amounts": {"own_cost": flat(100, 100), "payout": flat(0, 100)},
        "recognitions": NONE,
        "households": homes(),
    },
    "B07": {
        "recognitions": NONE,
        "households": homes(
            bad={"dangerous_house": 0.0, "safe_water": 1.0, "all_insured": 0.0},
            good={"dangerous_house": 0.0, "safe_water": None, "all_insured": 1.0},
        ),
    },
    "B08": {
        "recognitions": NONE,
        "households": homes(),
        "persons": people(
            [
                {**LOST, "allowance": "not_covered"},
                {"birth_month": "2015-01", "labour": None, "allowance": "not_covered"},
            ],
            [{**LOST, "allowance": "rural"}, {**LOST, "allowance": "not_covered"}],
        ),
    },
    "B09": {
        "households": homes(bad={"lacks_labour": 0.0}, good={"lacks_labour": 1.0}),
        "persons": people([{**LOST, "allowance": "rural"}], [{**LOST, "allowance": "rural"}]),
    },
    "B10": {
        "recognitions": NONE,
        "households": homes(bad={"type": "exited"}, good={"type": "ordinary"}),
        "claims": [
            {"household_id": "bad", "month": "2023-02", "own_cost": 3000.0},
            {"household_id": "bad", "month": "2023-11", "own_cost": 2500.0},
            {"household_id": "good", "month": "2023-11", "own_cost": 6000.0},
            {"household_id": "good", "month": "2022-12", "own_cost": 60000.0},
        ],
    },
    "B11": {
        "recognitions": NONE,
        "households": homes(),
        "persons": people(
            [{"disability_certified_at": DEC - 1.5, "disability_grade": "grade_2"}],
            [
                {"disability_certified_at": DEC - 1.5, "disability_grade": "grade_3"},
                {"disability_certified_at": DEC - 3.0, "disability_grade": "grade_1"},
            ],
        ),
    },
    "B12": {
        "recognitions": NONE,
        "households": homes(),
        "work": [
            {**WORK, "household_id": "bad", "to": "2023-06"},
            {**WORK, "household_id": "good", "to": "2023-06"},
            {**WORK, "household_id": "good", "from": "2023-05"},
        ],
    },
    "B13": {
        "recognitions": NONE,
        "households": homes(),
        "clues": [
            {"household_id": "bad", "pushed_at": DEC + 5 / 31, "verified_at": None},
            {"household_id": "good", "pushed_at": DEC + 5 / 31, "verified_at": DEC + 12 / 31},
            {"household_id": "good", "pushed_at": DEC + 25 / 31, "verified_at": None},
        ],
    },
    "B14": {
        "income": flat(600, 700),
        "households": homes(),
        "recognitions": gone({}, {}),
    },
    "B15": {
        "income": flat(800, 1000),
        "recognitions": NONE,
        "households": homes(),
        "persons": people(
            [{"school_status": "senior"}, {"school_status": "bachelor"}],
            [{"school_status": "senior"}, {"school_status": "bachelor"}, {"school_status": "primary"}],
        ),
    },
    "B16": {
        "recognitions": NONE,
        "households": homes(type="exited"),
        "measures": [
            {"household_id": "bad", "kind": "support", "item": "allowance|pension", "from": "2023-10", "amount": None},
            {"household_id": "good", "kind": "support", "item": "temporary_relief", "from": "2023-10", "amount": 300.0},
            {"household_id": "good", "kind": "industry", "item": "planting", "from": "2023-10", "amount": 5000.0},
            {"household_id": "good", "kind": "support", "item": "allowance", "from": "2022-10", "amount": None},
        ],
    },
    "B17": {
        "income": {"bad": [1100.0] * 24 + [1000.0] * 12, "good": [900.0] * 24 + [1000.0] * 12},
        "recognitions": NONE,
        "households": homes(),
    },
    "B18": {
        "recognitions": NONE,
        "households": homes(),
        "visits": [{"household_id": "good", "visited_at": DEC + 0.0}],
        "events": [
            {"household_id": "bad", "kind": "traffic", "injury": "grave", "happened_at": DEC - 1.0},
            {"household_id": "good", "kind": "traffic", "injury": "grave", "happened_at": DEC - 1.0},
            {"household_id": "good", "kind": "traffic", "injury": "unhurt", "happened_at": DEC + 0.5},
            {"household_id": "good", "kind": "crime", "injury": "hurt", "happened_at": DEC - 3.0},
        ],
    },
    "C01": {
        "households": homes(),
        "recognitions": case({"recognised_net_income_pc": 20001.0}, {"recognised_net_income_pc": 20000.0}),
    },
    "C02": {
        "households": homes(bad={"type": "ordinary"}, good={"type": "ordinary"}),
        "recognitions": case({"category": "unstable"}, {"category": "edge"}),
    },
    "C03": {
        "households": homes(),
        "recognitions": case(
            {"recognised_uninsured": 0.0}, {"recognised_uninsured": 1.0}, recognised_net_income_pc=9000.0
        ),
    },
    "C04": {
        "households": homes(),
        "events": [{"household_id": "good", "kind": "fire", "happened_at": "2023-04"}],
        "recognitions": case({}, {}, category="sudden", recognised_own_cost=0.0),
    },
    "C05": {"households": homes(), "recognitions": case({"cause_5": None}, {"cause_5": "job"}, cause_1=None)},
    "C06": {
        "households": homes(),
        "recognitions": case(
            {"recognised_net_income": None},
            {"recognised_net_income": 0.0},
            **{key: value for key, value in ASKED.items() if key != "recognised_net_income"},
        ),
    },
    "C07": {
        "households": homes(),
        "recognitions": case({}, {}, cause_1="job", cause_5="illness"),
        "persons": people([{"health": "healthy"}, {"health": "disabled"}], [{"health": "disabled|chronic"}]),
    },
    "C08": {
        "households": homes(),
        "recognitions": case({"recognised_own_cost": 0.0}, {"recognised_own_cost": 1.0}),
    },
    "C09": {
        "households": homes(),
        "recognitions": case({}, {}, cause_1="disability"),
        "persons": people(
            [{"health": "healthy", "id_certificate_grade": 0.0}], [{"health": "healthy", "id_certificate_grade": 3.0}]
        ),
    },
    "C10": {
        "households": homes(),
        "recognitions": case({}, {}, cause_1="no_labour"),
        "persons": people([ORDINARY, {"labour": "weak"}], [ORDINARY, LOST]),
    },
    "C11": {
        "households": homes(),
        "recognitions": case({}, {}, cause_1="no_labour"),
        "persons": people([ORDINARY, SKILLED, LOST, LOST], [ORDINARY, SKILLED, LOST]),
    },
    "C12": {
        "households": homes(),
        "recognitions": case({}, {}, cause_1="no_labour"),
        "persons": people([ORDINARY, LOST, LOST], [ORDINARY, LOST, LOST, LOST]),
    },
    "C13": {
        "households": homes(),
        "recognitions": case({}, {}, cause_1="job"),
        "persons": people([LOST, {"labour": "unable"}], [LOST, {"labour": None}]),
    },
    "C14": {
        "households": homes(),
        "recognitions": case({}, {}, cause_1="job"),
        "work": [{**WORK, "household_id": "good", "from": "2020-01", "to": "2020-03"}],
    },
    "C15": {
        "households": homes(),
        "recognitions": case(
            {"disaster_kind": None, "cause_remark": None},
            {"disaster_kind": "flood", "cause_remark": None},
            cause_5="disaster",
        ),
    },
    "C16": {"households": homes(safe_water=0.0), "recognitions": case({"cause_5": "job"}, {"cause_5": "water"})},
    "C17": {
        "households": homes(),
        "recognitions": case({}, {"cause_5": "illness"}, cause_1="job"),
        "persons": people([{"insured_resident": 0.0}], [{"insured_resident": 0.0}]),
    },
    "C18": {
        "households": homes(dropout_child=1.0),
        "recognitions": case({}, {}),
        "persons": people(
            [{"birth_month": "2013-02", "school_status": "primary"}],
            [{"birth_month": "2013-02", "school_status": "not_in_school"}],
        ),
    },
    "C19": {
        "households": homes(),
        "recognitions": case({}, {}, cause_1="schooling"),
        "persons": people([{"school_status": None}], [{"school_status": "college"}]),
    },
    "C20": {
        "households": homes(),
        "sources": {"business": {"bad": [0.0] * 36, "good": [0.0] * 20 + [5.0] + [0.0] * 15}},
        "recognitions": case({}, {}, cause_1="industry"),
    },
    "D01": {
        "households": homes(),
        "recognitions": gone(
            {"removed_payout": None},
            {"removed_payout": 0.0},
            **{key: value for key, value in AFTER.items() if key != "removed_payout"},
        ),
    },
    "D02": {
        "households": homes(),
        "recognitions": gone({"removed_uninsured": 1.0}, {"removed_uninsured": 0.0}, removed_dropout=0.0),
    },
    "D03": {
        "households": homes(),
        "recognitions": gone({"removed_net_income_pc": 7299.0}, {"removed_net_income_pc": 7300.0}),
    },
    "D04": {
        "households": homes(),
        "recognitions": gone(
            {"recognised_at": "2023-01", "removed_at": "2023-06"}, {"recognised_at": "2023-01", "removed_at": "2023-07"}
        ),
    },
    "D05": {
        "households": homes(),
        "recognitions": gone({"recognised_at": "2023-05"}, {"recognised_at": "2023-05", "removed_how": "natural"}),
    },
    "D06": {
        "households": homes(),
        "recognitions": gone({}, {}),
        "measures": [{"household_id": "good", "kind": "infrastructure", "from": "2022-09"}],
    },
    "D07": {"households": homes(), "recognitions": gone({}, {}), "persons": people([LOST], [LOST, {"labour": "weak"}])},
    "D08": {
        "households": homes(),
        "recognitions": gone({"removed_wage_income": 0.0}, {"removed_wage_income": None}),
        "measures": [{"household_id": h, "kind": "public_post", "from": "2022-09", "to": None} for h in BOTH],
    },
    "D09": {
        "households": homes(),
        "recognitions": gone({}, {}, removed_transfer_income=0.0),
        "persons": people([{"allowance": "not_covered"}], [{"allowance": "not_covered"}]),
        "measures": [
            {"household_id": "bad", "kind": "support", "item": "allowance", "from": "2022-09", "to": "2023-06"},
            {"household_id": "good", "kind": "support", "item": "allowance", "from": "2022-09", "to": "2023-05"},
        ],
    },
    "D10": {
        "households": homes(),
        "recognitions": gone({"removed_business_income": 0.0}, {"removed_business_income": 9.0}),
        "measures": [{"household_id": h, "kind": "industry", "from": "2022-09", "to": None} for h in BOTH],
    },
    "D12": {"households": homes(), "recognitions": gone({"removed_at": "2022-05"}, {"removed_at": "2022-06"})},
    "E01": {
        "households": homes(bad={"net_income": 12002.0}, good={"net_income": 12001.0}, as_of="2023-12"),
        "income": {"bad": [1000.0] * 36, "good": [1000.0] * 36},
    },
    "E02": {
        "households": homes(
            bad={"net_income": 12000.0, "net_income_pc": 4002.0},
            good={"net_income": 12000.0, "net_income_pc": 4001.0},
            size=3.0,
        ),
    },
    "E03": {"income": flat(333, 334), "households": homes()},
    "E04": {"households": homes(), "sources": {"wage": flat(8, 0)}},
    "E05": {
        "households": homes(),
        "work": [
            {**WORK, "household_id": "bad", "monthly_wage": 30001.0},
            {**WORK, "household_id": "good", "monthly_wage": 100.0},
            {**WORK, "household_id": "good", "monthly_wage": None},
        ],
    },
    "E06": {
        "households": homes(),
        "work": [
            {**WORK, "household_id": "bad", "monthly_wage": 399.0},
            {**WORK, "household_id": "good", "monthly_wage": 400.0},
        ],
    },
    "E08": {"income": flat(5001, 5000), "households": homes()},
    "E09": {
        "income": {"bad": [1000.0] * 24 + [700.0] * 12, "good": [1000.0] * 24 + [701.0] * 12},
        "households": homes(),
    },
    "E10": {
        "income": {h: [1000.0] * 24 + [2000.0] * 12 for h in BOTH},
        "households": homes(),
        "measures": NONE,
        "work": [{**WORK, "household_id": "good"}],
    },
    "E11": {
        "households": homes(),
        "sources": {"wage": flat(500, 500)},
        "work": [{**WORK, "household_id": "bad", "to": "2022-12", "from": "2022-01"}, {**WORK, "household_id": "good"}],
    },
    "E12": {
        "households": homes(),
        "sources": {"wage": flat(4000, 3900)},
        "work": [{**WORK, "household_id": h} for h in BOTH],
    },
    "E13": {
        "households": homes(),
        "sources": {
            "business": {h: [100.0] * 36 for h in BOTH},
            "business_cost": {"bad": [101.0] * 36, "good": [101.0] * 24 + [100.0] * 12},
        },
    },
    "E14": {"households": homes(), "amounts": {"own_cost": flat(501, 500)}},
    "E15": {
        "households": homes(),
        "events": [
            {
                "household_id": "bad",
                "kind": "fire",
                "happened_at": "2023-04",
                "own_cost": 100.0,
                "loss": None,
                "payout": 101.0,
            },
            {
                "household_id": "good",
                "kind": "fire",
                "happened_at": "2023-04",
                "own_cost": 100.0,
                "loss": 1.0,
                "payout": 101.0,
            },
            {
                "household_id": "good",
                "kind": "fire",
                "happened_at": "2023-05",
                "own_cost": None,
                "loss": None,
                "payout": 9.0,
            },
        ],
    },
    "E18": {
        "income": {"bad": [1000.0] * 36, "good": [1000.0] * 24 + [1001.0] * 12},
        "households": homes(),
    },
}


def report(source: str, amount: float, household: str = "bad", item: str = "x") -> dict[str, Any]:
    return {
        "household_id": household,
        "source": source,
        "item": item,
        "from": "2023-01",
        "to": "2023-12",
        "amount": amount,
    }


INCOME_ROWS = {
    "E01": [report(source, value, h) for h in BOTH for source, value in (
        ("wage", 9000.0), ("business", 5000.0), ("property", 0.0), ("transfer", 1000.0), ("business_cost", 3000.0))],
    "E07": [report("wage", -1.0), report("business", -1.0, "good"), report("transfer", 0.0, "good")],
    "E16": [
        report("transfer", 500.0, item="临时救助金"), report("transfer", 500.0, "good", "养老金"),
        report("wage", 5.0, "good", "临时救助金"), report("transfer", 0.0, "good", "临时救助金"),
    ],
}  # fmt: skip
CASES |= {name: {"households": homes()} for name in ("E07", "E16")}
VILLAGE_RULES, TABLE_RULES = ("E19", "E20"), ("D13",)


def county(name: str) -> Snapshot:
    """The county in which a household breaks the rule; the table `income` has the name of an argument, so it comes in after."""
    made = county_of(**CASES[name])
    if name in INCOME_ROWS:
        made = with_income_table(made, INCOME_ROWS[name])
    return made


def with_income_table(made: Snapshot, rows: list[dict[str, Any]]) -> Snapshot:
    panel = made.known.panel
    facts = facts_of("income", rows, list(panel.household_ids))
    return Snapshot(replace(panel, tables={**panel.tables, "income": facts}).as_of(made.as_of))


def asked(name: str, made: Snapshot) -> Hits:
    return RULES[name](made, CONF[name].limits)


def broken(name: str, made: Snapshot) -> list[str]:
    return hit_households(made, asked(name, made))


def place(village: str, incomes: list[float]) -> tuple[list[dict[str, Any]], dict[str, list[float]]]:
    ids = [f"{village}{i:03d}" for i in range(len(incomes))]
    return [{"household_id": h, "village": village} for h in ids], {
        h: [value / 12] * 36 for h, value in zip(ids, incomes, strict=True)
    }


def villages(bad: list[float], good: list[float]) -> Snapshot:
    one, other = place("bad", bad), place("good", good)
    nowhere = [{"household_id": "zz", "village": None}]
    return county_of(income={**one[1], **other[1], "zz": [700.0] * 36}, households=[*one[0], *other[0], *nowhere])


def village_case(name: str) -> Snapshot:
    odd = [9000.0 + 17 * i for i in range(12)]
    if name == "E19":
        return villages([9100.0, 9200.0, 9300.0, *odd[1:10]], [9100.0, 9200.0, *odd[1:10]])
    return villages(
        [7301.0 + 7 * i for i in range(10)], [*[7301.0 + 7 * i for i in range(10)], *[7001.0 + i for i in range(4)]]
    )


def any_case(name: str) -> Snapshot:
    if name in VILLAGE_RULES:
        return village_case(name)
    return county("D12") if name in TABLE_RULES else county(name)


def test_rules__all_88_of_the_groups_stand_in_the_table():
    counts = {letter: sum(name[0] == letter for name in CONF) for letter in "ABCDE"}
    assert counts == {"A": 17, "B": 18, "C": 20, "D": 13, "E": 20}


def test_rules__each_answerable_one_has_a_function_a_text_and_a_case_and_no_other_does():
    answerable = {name for name, rule in CONF.items() if not rule.lacks}
    assert set(RULES) == answerable
    assert {key.removeprefix("finding.") for key in TEXTS_A_E} == answerable
    assert {*CASES, *VILLAGE_RULES, *TABLE_RULES} == answerable


def test_rules__visits_are_of_missed_inclusion_and_of_income_alone():
    visits = {name for name, rule in CONF.items() if rule.visit}
    assert visits == {*(f"B{i:02d}" for i in (1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 14, 16, 18)), "E03", "E09", "E14"}


@pytest.mark.parametrize("name", CASES)
def test_rule__names_the_household_that_breaks_it_and_no_other(name):
    expected = ["bad", "bad2"] if name == "A14" else ["bad"]
    assert broken(name, county(name)) == expected


@pytest.mark.parametrize("name", RULES)
def test_text__is_filled_by_what_the_rule_tells(name):
    made = any_case(name)
    hits = asked(name, made)
    assert len(hits.rows)
    details = _finding(name, CONF[name], hits, 0, made.known.panel).details
    for wording in TEXTS_A_E[f"finding.{name}"]:
        wanted = {field for _, field, _, _ in string.Formatter().parse(wording) if field}
        assert wanted <= set(details)
        assert "{" not in wording.format(**details)


@pytest.mark.parametrize("key", TEXTS_A_E)
def test_text__is_short_in_plain_words_and_says_the_same_in_both_languages(key):
    chinese, english = TEXTS_A_E[key]
    fields = [sorted(re.findall(r"\{(\w+)\}", wording)) for wording in (chinese, english)]
    assert fields[0] == fields[1]
    assert len(re.sub(r"\{\w+\}", "", chinese)) <= 45
    assert not re.search("[\u4e00-\u9fff]", english)
    assert not re.search("造假|隐瞒|骗|违规|瞒报", chinese)


@pytest.mark.parametrize("name", RULES)
def test_rule__knows_nothing_that_became_known_after_the_as_of(name):
    """The same county a month earlier, when no table but that of the households had come in yet."""
    made = any_case(name)
    panel = made.known.panel
    late = {
        table: replace(facts, known=np.full(len(facts), made.as_of, dtype=np.int32)) if table != "households" else facts
        for table, facts in panel.tables.items()
    }
    hits = asked(name, Snapshot(replace(panel, tables=late).as_of(made.as_of - 1)))
    assert hits.facts.name == "households" or name in TABLE_RULES or len(hits.rows) == 0


# ---- traps -------------------------------------------------------------------------------------------------------


def test_villages__only_the_heaped_one_is_told_and_no_household():
    for name in VILLAGE_RULES:
        hits = asked(name, village_case(name))
        assert list(hits.words["village"]) == ["bad"]
        assert broken(name, village_case(name)) == []


def test_villages__equal_figures_of_five_households_are_heaping_in_a_small_village_too():
    hits = asked("E19", villages([9013.0] * 5, [9013.0] * 4))
    assert list(hits.words["village"]) == ["bad"]


def test_villages__a_county_of_no_village_has_none_heaped():
    made = county_of(households=[{"household_id": "a", "village": None}, {"household_id": "b", "village": None}])
    panel = made.known.panel
    homes_ = panel.tables["households"]
    nowhere = {**homes_.columns, "village": Category(np.full(2, -1, np.int32), ())}
    made = Snapshot(replace(panel, tables={"households": replace(homes_, columns=nowhere)}).as_of(made.as_of))
    assert len(asked("E19", made).rows) == 0
    assert len(asked("E20", made).rows) == 0


def test_d13__tells_each_late_column_that_features_could_read():
    made = county("D12")
    assert set(asked("D13", made).words["name"]) == {"removed_at", "removed_how"}
    panel = made.known.panel
    facts = panel.tables["recognitions"]
    closed = replace(facts, access={**facts.access, "removed_at": "post_label", "removed_how": "post_label"})
    made = Snapshot(replace(panel, tables={**panel.tables, "recognitions": closed}).as_of(made.as_of))
    assert len(asked("D13", made).rows) == 0


@pytest.mark.parametrize("low,high", [(99.0, 30000.0), (100.0, 30001.0)])
def test_e05__fires_below_and_above_and_not_only_on_both(low, high):
    work = [{**WORK, "household_id": "a", "monthly_wage": low}, {**WORK, "household_id": "b", "monthly_wage": high}]
    made = county_of(households=[{"household_id": "a"}, {"household_id": "b"}], work=work)
    assert len(asked("E05", made).rows) == 1


def test_b_rules__leave_monitored_and_unknown_households_alone():
    rows = homes(bad={"type": "exited"}, good={"type": "not_exited"}, dangerous_house=1.0)
    told = [{"household_id": "bad", "recognised_at": "2023-01", "category": "unstable", "removed_at": None}]
    assert broken("B01", county_of(households=rows, recognitions=told)) == []
    told[0]["recognised_at"] = "2024-02"
    assert broken("B01", county_of(households=rows, recognitions=told)) == ["bad"]


def test_b05__income_that_is_not_known_is_not_below_the_line():
    made = county_of(income={"a": [None] * 36, "b": [1.0] * 36}, households=[{"household_id": h} for h in "ab"])
    assert broken("B05", made) == ["b"]
    assert list(asked("B05", made).words["year"]) == ["2023"]


def test_b04__the_school_year_begins_in_september():
    child = {"household_id": "a", "person_id": "1", "birth_month": "2017-03", "school_status": None}
    tables = {"households": [{"household_id": "a"}], "persons": [{**child, "not_in_school_reason": None}]}
    assert broken("B04", county_of(as_of="2023-08", **tables)) == []
    assert broken("B04", county_of(as_of="2023-09", **tables)) == ["a"]


def test_b14__reopened_cases_and_those_without_a_reason_are_left_alone():
    rows = gone({"reopened_at": "2023-09"}, {"reopened_at": None})
    assert broken("B14", county_of(income=flat(600, 700), households=homes(), recognitions=rows)) == []


def test_b16__a_visit_in_the_half_year_verifies():
    tables = CASES["B16"] | {"visits": [{"household_id": "bad", "visited_at": DEC - 1.0}]}
    assert broken("B16", county_of(**tables)) == []
    tables = CASES["B16"] | {"visits": [{"household_id": "bad", "visited_at": DEC - 6.0}]}
    assert broken("B16", county_of(**tables)) == ["bad"]


def test_c03__the_line_is_that_of_the_recognition_even_before_the_lookback():
    rows = case({"recognised_at": "2016-02"}, {"recognised_at": "2016-02"}, recognised_net_income_pc=7301.0)
    rows[1]["recognised_net_income_pc"] = 7300.0
    assert broken("C03", county_of(households=homes(), recognitions=rows)) == ["bad"]


def test_c04__an_unknown_income_is_no_proof_that_nothing_happened():
    rows = case({}, {}, category="sudden", recognised_own_cost=None)
    made = county_of(income=flat(1000, 1000, months=12), households=homes(), recognitions=rows, events=NONE)
    assert broken("C04", made) == []


def test_c04__a_fall_of_income_is_a_reason():
    rows = case({}, {}, category="sudden", recognised_own_cost=None)
    incomes = {"bad": [1000.0] * 36, "good": [1000.0] * 20 + [500.0] * 16}
    assert broken("C04", county_of(income=incomes, households=homes(), recognitions=rows, events=NONE)) == ["bad"]


def test_c07__somebody_whose_health_is_blank_may_be_ill():
    made = county_of(
        households=homes(), recognitions=case({}, {}), persons=people([{"health": "healthy"}], [{"health": None}])
    )
    assert broken("C07", made) == ["bad"]


def test_c20__without_reports_in_the_two_years_nothing_is_said():
    rows = case({}, {}, cause_1="industry", recognised_at="2021-01")
    made = county_of(households=homes(), recognitions=rows, sources={"business": flat(0, 0)})
    assert broken("C20", made) == []
    assert broken("C20", county_of(households=homes(), recognitions=case({}, {}, cause_1="industry"))) == []


def test_d12__sees_dates_after_the_as_of():
    rows = gone({"removed_at": "2024-01"}, {})
    assert broken("D12", county_of(households=homes(), recognitions=rows)) == ["bad"]


def test_d03__without_a_month_of_removal_no_line_is_guessed():
    rows = gone({"removed_at": None, "removed": 1.0}, {"removed": 1.0}, removed_net_income_pc=1.0)
    assert broken("D03", county_of(households=homes(), recognitions=rows)) == ["good"]


def test_e01__holds_the_recognition_and_the_removal_to_the_same_sum():
    parts = {f"removed_{source}_income": 100.0 for source in income.ADDED} | {"removed_business_cost": 50.0}
    rows = gone({"removed_net_income": 352.0}, {"removed_net_income": 350.0}, **parts)
    made = with_income_table(county_of(households=homes(), recognitions=rows), [report("wage", 1.0)])
    assert broken("E01", made) == ["bad"]


def test_e01__a_part_that_is_not_told_makes_no_fault():
    made = with_income_table(
        county_of(**CASES["E01"]), [row for row in INCOME_ROWS["E01"] if row["source"] != "property"]
    )
    assert broken("E01", made) == []


def test_e07__net_business_income_may_be_negative_but_gross_may_not():
    rows = [report("business", -1.0), report("business", -1.0, "good"), report("business_cost", 1.0)]
    assert broken("E07", with_income_table(county_of(households=homes()), rows)) == ["bad"]


def test_e08__the_highest_of_a_small_county_is_no_outlier():
    few = {f"h{i:04d}": [1000.0 + i] * 36 for i in range(50)}
    assert broken("E08", county_of(income=few, households=[{"household_id": h} for h in few])) == []
    many = {f"h{i:04d}": [1000.0 + i] * 12 for i in range(1000)}
    assert broken("E08", county_of(income=many, households=[{"household_id": h} for h in many])) == ["h0999"]


def test_e11__work_without_wage_income_is_told_too():
    rows = [{**WORK, "household_id": "bad"}]
    made = county_of(households=homes(), sources={"wage": flat(0, 0)}, work=rows)
    assert broken("E11", made) == ["bad"]


def test_e12__a_wage_that_is_not_told_makes_no_fault():
    rows = [{**WORK, "household_id": "bad"}, {**WORK, "household_id": "bad", "monthly_wage": None}]
    assert broken("E12", county_of(households=homes(), sources={"wage": flat(9000, 0)}, work=rows)) == []


def test_e13__a_county_without_that_source_is_asked_in_vain():
    assert broken("E13", county_of(households=homes(), sources={"business": flat(1, 1)})) == []
    assert broken("E04", county_of(households=homes())) == []


def test_a16__a_person_in_two_households_is_told_in_both():
    rows = people([{**CARD, "id_same": 4.0}], [{**CARD, "id_same": 4.0}])
    assert broken("A16", county_of(households=homes(), persons=rows)) == ["bad", "good"]


def test_a17__a_leap_of_the_size_within_a_month():
    rows = [
        {"household_id": "bad", "as_of": "2023-05", "size": 2.0}, {"household_id": "bad", "as_of": "2023-06", "size": 5.0},
        {"household_id": "good", "as_of": "2022-05", "size": 2.0}, {"household_id": "good", "as_of": "2023-06", "size": 5.0},
    ]  # fmt: skip
    assert broken("A17", county_of(households=rows)) == ["bad"]


def test_a_rules__placeholders_are_told_once_and_not_as_twins():
    rows = people([{**CARD, "id_same": 1.0, "id_placeholder": 1.0}], [{**CARD, "id_same": 1.0, "id_placeholder": 1.0}])
    made = county_of(households=homes(), persons=rows)
    assert broken("A01", made) == []
    assert broken("A06", made) == ["bad", "good"]
