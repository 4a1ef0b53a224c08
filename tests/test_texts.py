"""The catalogue of wording: complete in both languages, and honest about what is missing."""

from __future__ import annotations

import re
import string

import pytest

from relapse.core.texts import (
    TEXTS,
    amount,
    brief,
    event_words,
    money_word,
    numbered,
    outcome_text,
    percent,
    periods,
    signed,
    text,
    text_or,
)


def placeholders(wording: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(wording) if name is not None}


# The long headers of a file that programs read name their horizon by its number in English.
OWN_PLACEHOLDERS = {"column.chance", "column.chance.at_horizon"}


@pytest.mark.parametrize("key", TEXTS)
def test_text__has_both_languages_with_the_same_placeholders(key):
    chinese, english = TEXTS[key]
    assert english.strip() or key == "word.between"
    assert key in OWN_PLACEHOLDERS or placeholders(chinese) == placeholders(english)
    assert not re.search("[\u4e00-\u9fff]", english)


def test_text__fills_placeholders_named_like_features():
    values = {"income__per_person": "7,780", "income__above_line": "520"}
    said = text("reason.close", "zh", money="元", **values)
    assert said == "人均收入7,780元，只比监测线高520元。"


def test_text__unknown_key_names_the_nearest():
    with pytest.raises(KeyError, match=r"did you mean 'reason\.close'"):
        text("reason.closer", "en")


def test_text__missing_placeholder_is_named():
    with pytest.raises(KeyError, match="weight"):
        text("fallback.shrunk", "en")


def test_text__braces_in_values_stay():
    assert text("reason.covariate", "en", label="{x}", value="{0}") == "{x}: {0}."


def test_text_or__keeps_the_name_of_a_users_own_thing():
    assert text_or("model.my_model", "zh", "my_model") == "my_model"


@pytest.mark.parametrize("key", [key for key in TEXTS if key.startswith("reason.")])
def test_reasons__never_speak_of_the_machinery(key):
    chinese, english = TEXTS[key]
    assert not re.search("模型|权重|概率|SHAP|返贫户|高危", chinese)
    assert not re.search("model|weight|probab|SHAP|score", english, re.IGNORECASE)
    assert len(re.sub(r"\{\w+\}", "1,234", chinese)) <= 40


def test_numbers__are_written_as_people_write_them():
    assert [amount(value) for value in (0.4, -0.4, 1234567.5, float("nan"))] == ["0", "0", "1,234,568", "–"]
    assert [signed(value) for value in (615.0, -219.0, 0.2, None)] == ["+615", "-219", "0", "–"]
    assert [percent(value) for value in (1.0, 0.0996, 0.0994, 0.00996, 0.0004, -0.25)] == [
        "100%", "10%", "9.9%", "1.0%", "0.04%", "-25%",
    ]  # fmt: skip
    assert [brief(value, 4) for value in (-0.25, 12.0, 1234567.0, -0.0, float("nan"))] == [
        "-0.25", "12", "1.235e+06", "0", "–",
    ]  # fmt: skip
    assert [periods(1, "monthly", "en"), periods(6, "monthly", "en"), periods(2, "wave", "zh")] == [
        "1 month", "6 months", "2年",
    ]  # fmt: skip
    assert [money_word("yuan", "zh"), money_word("kroner", "zh")] == ["元", "kroner"]
    assert numbered(("a.", "b."), " ") == "①a. ②b."


@pytest.mark.parametrize("value", [-0.0, -1e-9, -0.00004, 0.0, 1e-9, 0.00004])
def test_numbers__that_round_to_zero_have_no_sign(value):
    assert [amount(value, 3), signed(value, 3), amount(value), signed(value)] == ["0.000", "0.000", "0", "0"]
    assert percent(value / 10).strip("0.") == "%"
    assert [signed(-0.0006, 3), signed(0.0006, 3), percent(-0.0001)] == ["-0.001", "+0.001", "-0.01%"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_outcome_text__a_list_of_removals_is_not_titled_as_one_of_risk(language):
    common = text("list.title", language)
    assert outcome_text("list.title", "any", language) == common
    assert outcome_text("list.title", "removal", language) != common
    assert event_words("removal", language)["order"] != event_words("any", language)["order"]


def test_texts__say_the_distance_to_the_line_in_words_that_do_not_read_as_offline():
    """The word for being off the line is that for working without a network."""
    assert {key for key, (zh, _) in TEXTS.items() if "离线" in zh} == {"impact.offline"}
    assert [key for key, (zh, _) in TEXTS.items() if re.search("[^测距]线高", zh)] == []
