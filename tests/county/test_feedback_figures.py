"""What lists came to, and what is asked of hand-backs: figures worked out by hand."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from relapse import config
from relapse.core.handback import ANSWERS, CHOICES, FIELDS, Recognised
from relapse.core.texts import TEXTS
from relapse.county.feedback.figures import agreement, cause_templates, causes_in, hits, month_of, printed, progress
from relapse.county.feedback.plausible import questions
from relapse.data.contract_file import read_contract
from relapse.data.handback.answers import known_words
from relapse.data.handback.issued import same

SETTINGS = config.option("handback", "default")


def listed(*rows: tuple[str, str, str], probability: float = 1.0) -> pd.DataFrame:
    """Month, household and source."""
    told = pd.DataFrame(rows, columns=["month", "household_id", "source"])
    return told.assign(listing_probability=probability, township="东镇", reasons="", triggers="", tier="visit")


def held(*rows: tuple[str, str, str, bool]) -> pd.DataFrame:
    """Month, household, verdict and whether it counts as verified."""
    told = pd.DataFrame(rows, columns=["month", "household_id", "verdict", "verified"])
    told["verified"] = told["verified"].astype(bool)
    return told.assign(cause_found="", source="model", tier="visit", listing_probability=1.0, township="东镇")


def recognised(newest: str, **months: str) -> Recognised:
    ids = np.array(list(months), dtype=object)
    return Recognised(ids, np.array([month_of(each.replace("_", "-")) for each in months.values()]), month_of(newest))


def of(table: pd.DataFrame, group: str, horizon: int) -> dict[str, object]:
    return table[(table["group"] == group) & (table["horizon"] == horizon)].iloc[0].to_dict()


def test_hits__are_recognitions_after_the_lists_month_and_within_the_horizon():
    rows = listed(*(("2023-01", each, "model") for each in "abcd"), ("2023-01", "e", "rule"))
    known = recognised("2023-12", a="2023-01", b="2023-02", c="2023-04", d="2023-05", e="2023-03")
    told = hits(rows, held(), known, SETTINGS)
    assert [of(told, "model", horizon)["recognised"] for horizon in (1, 3, 6)] == [1, 2, 3]  # a came before the list
    assert [of(told, "rule", horizon)["recognised"] for horizon in (1, 3, 6)] == [0, 1, 1]
    assert of(told, "model", 3)["rate"] == 0.5
    assert of(told, "both", 3)["listed"] == 0


def test_hits__a_second_recognition_counts_where_the_first_came_before_the_list():
    known = Recognised(
        np.array(["a", "a"], dtype=object), np.array([month_of("2022-05"), month_of("2023-02")]), month_of("2023-12")
    )
    assert of(hits(listed(("2023-01", "a", "model")), held(), known, SETTINGS), "model", 1)["recognised"] == 1


@pytest.mark.parametrize(("newest", "closed"), [("2023-03", 0), ("2023-04", 1), ("2023-05", 1)])
def test_hits__count_a_list_only_when_its_months_are_over_and_told(newest, closed):
    told = hits(listed(("2023-01", "a", "model")), held(), recognised(newest, a="2023-02"), SETTINGS)
    assert of(told, "model", 1)["listed"] == closed  # one month ahead, and two until it is told


def test_hits__of_the_random_slice_are_weighted_by_the_chance_of_being_drawn():
    rare, often = (listed(("2023-01", each, "random"), probability=chance) for each, chance in (("a", 0.1), ("b", 0.5)))
    told = of(hits(pd.concat([rare, often]), held(), recognised("2023-12", a="2023-02"), SETTINGS), "random", 1)
    assert told["rate"] == pytest.approx(10 / 12)


def test_hits__a_verdict_is_no_recognition():
    answers = held(("2023-01", "a", "at_risk", True), ("2023-01", "b", "at_risk", False))
    rows = listed(("2023-01", "a", "model"), ("2023-01", "b", "model"))
    told = of(hits(rows, answers, recognised("2023-12"), SETTINGS), "model", 1)
    assert (told["recognised"], told["verified"], told["at_risk"]) == (0, 1, 1)


def test_printed__leaves_out_counts_of_few_and_the_rates_that_tell_them():
    table = pd.DataFrame(
        {
            "recognised": [0, 4, 5, 2],
            "listed": [30, 30, 30, 10],
            "rate": [0.0, 0.13, 0.17, 0.2],
            "at_risk": [0, 1, 6, 9],
        }
    )
    told = printed(table, SETTINGS)
    assert told["recognised"].isna().tolist() == [False, True, False, True]
    assert told["rate"].isna().tolist() == [False, True, False, True]
    assert told["at_risk"].isna().tolist() == [False, True, False, False]


def test_agreement__is_of_causes_that_a_sentence_had_printed():
    rows = listed(*(("2023-01", each, "model") for each in "abcd")).assign(
        reasons=[
            "①近12个月看病自付9,000元，占家庭年收入的41%。②全家4口人，只有1人务工，工资占收入80%。",
            "①全家4口人，只有1人务工，工资占收入80%。②近12个月看病自付9,000元，占家庭年收入的41%。",
            "①人均收入7,780元，只比监测线高520元。", "",
        ],
        triggers=["", "", "", "住建 住房新鉴定为D级"],
    )  # fmt: skip
    answers = held(*(("2023-01", each, "at_risk", True) for each in "abcd"))
    answers["cause_found"] = ["illness", "illness|disability", "illness", "housing"]
    assert dict(agreement(answers, rows, SETTINGS)) == {"found": 4, "printed": 3, "agree": 3, "first": 2}
    answers["cause_found"] = ["job", "", "no_cause", "water"]
    assert dict(agreement(answers, rows, SETTINGS)) == {"found": 2, "printed": 2, "agree": 1, "first": 0}


def test_causes__of_every_sentence_are_found_in_it_in_both_languages():
    templates = cause_templates(SETTINGS)
    for key, causes in SETTINGS.causes.items():
        for words in TEXTS[key]:
            sentence = words
            for name in set(re.findall(r"\{(\w+)\}", words)):
                sentence = sentence.replace(f"{{{name}}}", "元" if name == "money" else "1,234")
            assert set(causes) <= set(causes_in(f"①别的话。②{sentence}", templates)), key


def test_causes__name_only_those_of_the_contract_and_sentences_that_there_are():
    known = set(read_contract("national").table("visits").fields["found_causes"].choices)
    assert {cause for causes in SETTINGS.causes.values() for cause in causes} <= known
    assert set(SETTINGS.causes) <= set(TEXTS)


def test_progress__is_by_township_and_of_the_months_asked_for():
    rows = listed(*(("2023-01", each, "model") for each in "abc"), ("2023-02", "a", "model"))
    answers = held(
        ("2023-01", "a", "at_risk", True), ("2023-01", "b", "not_met", False), ("2023-02", "a", "no_risk", True)
    )
    rows = pd.concat([rows, listed(("2023-01", "d", "model")).assign(tier="beyond")])  # nobody could go there
    told = progress(rows, answers, ["2023-01"]).to_dict("records")
    assert told == [
        {"month": "2023-01", "township": "东镇", "asked": 3, "answered": 2, "verified": 1, "at_risk": 1, "not_met": 1}
    ]


# words ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", CHOICES)
def test_words__of_each_choice_are_known_and_mean_one_thing(column):
    contract = read_contract("national")
    words = known_words(column, contract, SETTINGS)
    assert set(CHOICES[column]) <= set(contract.table("visits").fields[FIELDS[column]].choices)
    for code, key in CHOICES[column].items():
        for also in SETTINGS.words.get(column, {}).get(code, ()):
            assert [other for other, told in SETTINGS.words[column].items() if also in told] == [code]
        assert code in words.values()
        assert key in TEXTS
    assert set(SETTINGS.words) <= set(CHOICES)
    assert {code for told in SETTINGS.words.get(column, {}) for code in [told]} <= set(CHOICES[column])


def test_same__forgives_how_a_cell_is_written_and_no_other_content():
    assert same("①第一条。\n②第二条。", "①第一条。②第二条。")
    assert same("7041", "7041.13")
    assert same("+615", "615")
    assert same("A、B", "A\nB")
    assert not same("7,041", "7043")
    assert not same("1村", "2村")
    assert not same("", "1村")


# questions -----------------------------------------------------------------------------------------------------------


def back(count: int, **columns: object) -> pd.DataFrame:
    """Answers of one township on one day."""
    made = {
        "month": "2023-12", "clue_id": [f"202312-1-{each}" for each in range(count)],
        "household_id": [f"h{each}" for each in range(count)], "township": "东镇", "village": "1村", "source": "model",
        "tier": "visit", "listing_probability": 1.0, "visited_at": "2024-01-08", "way": "house", "verdict": "no_risk",
        "cause_found": "", "action": "nothing", "not_included": "income", "income_found": np.nan, "referred_to": "",
        "verified": True, "who": "丁甲乙", "visitor": "f00ba4-1", "remark": "",
    }  # fmt: skip
    return pd.DataFrame({**made, **columns})


def asked(rows: pd.DataFrame, answers: pd.DataFrame | None = None) -> list[str]:
    return [each.rule for each in questions(rows, rows if answers is None else answers, SETTINGS)]


def test_questions__nothing_is_asked_of_what_is_usual():
    assert asked(back(20)) == []
    assert asked(back(0)) == []


def test_questions__many_homes_in_one_day_by_one_person():
    assert asked(back(21)) == ["many"]
    assert asked(back(21, way="phone")) == []
    assert asked(back(22, visitor=["a", "b"] * 11)) == []


def test_questions__the_same_remark_or_income_on_many_rows():
    assert asked(back(5, remark="家中情况稳定无需帮扶")) == ["copied"]
    assert asked(back(4, remark="家中情况稳定无需帮扶")) == []
    assert asked(back(5, remark="正常")) == []
    assert asked(back(5, income_found=8000.0)) == ["same_income"]
    assert "家中情况" not in str(questions(back(5, remark="家中情况稳定无需帮扶"), back(5), SETTINGS))


def test_questions__no_risk_at_all_where_random_checks_find_some():
    drawn = back(30, source="random", tier="random", township="西乡", verdict=["at_risk"] * 9 + ["no_risk"] * 21)
    mine = back(20)
    assert asked(mine, pd.concat([mine, drawn], ignore_index=True)) == ["streak"]  # 0.7 ** 20 is less than one in 100
    rare = drawn.assign(verdict=["at_risk"] + ["no_risk"] * 29)
    assert asked(mine, pd.concat([mine, rare], ignore_index=True)) == []
    assert asked(mine, pd.concat([mine, drawn.head(19)], ignore_index=True)) == []  # too few to say
    some = mine.assign(verdict=["at_risk"] + ["no_risk"] * 19)
    assert asked(some, pd.concat([some, drawn], ignore_index=True)) == []


def test_questions__end_as_questions_and_accuse_nobody():
    for key, (chinese, _) in TEXTS.items():
        if key.startswith("ask."):
            assert "？" in chinese
            assert not any(word in chinese for word in ("造假", "弄虚作假", "虚假", "违规", "作弊"))


def test_answers__are_all_that_a_list_asks_for_but_who_and_remark():
    assert set(FIELDS) - set(ANSWERS) == {"visitor", "remark"}
