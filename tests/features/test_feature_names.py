"""What features are called: short, in both languages, and no two alike; that all have a name is in the contract."""

from __future__ import annotations

import re

import pytest

from relapse import config
from relapse.core.feature_texts import feature_named
from relapse.core.name_texts import TEXTS_NAMES
from relapse.core.texts import TEXTS, feature_called, in_words
from relapse.features.income import Income

NAMES = {key.removeprefix("feature."): names for key, names in TEXTS.items() if key.startswith("feature.")}
LONGEST = 45  # characters of an English name: two lines on a picture
SOURCES = [key.removeprefix("earned.") for key in TEXTS_NAMES if key.startswith("earned.")]


@pytest.mark.parametrize("place", [0, 1], ids=["zh", "en"])
def test_names__are_each_given_once(place):
    told = [names[place] for names in NAMES.values()]
    assert sorted(name for name in set(told) if told.count(name) > 1) == []


@pytest.mark.parametrize("feature", NAMES)
def test_names__are_short_words_and_no_ids(feature):
    chinese, english = NAMES[feature]
    assert re.search("[\u4e00-\u9fff]", chinese)
    assert re.fullmatch(rf"[a-z][\w ',()-]{{2,{LONGEST - 1}}}", english)
    assert "_" not in english


def test_names__are_there_for_what_one_panel_cannot_show():
    block = config.option("features", "income")
    assert isinstance(block, Income)
    lags = {f"income__log_ratio_{lag}_ago" for several in block.lags.values() for lag in several}
    made = {f"sources__{source}_{end}" for source in SOURCES for end in ("share_of_line", "change_share_1y")}
    assert sorted((lags | made | {"lead__periods"}) - NAMES.keys()) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_columns_of_a_user__are_called_by_their_label_each_feature_otherwise(language):
    made = {
        "covariates": ["land_now", "land_change", "land_log_ratio", "land_below_share"],
        "sources": ["land_share_of_line", "land_change_share_1y"],
    }
    names = [feature_called(f"{block}__{end}", language, "Land") for block, ends in made.items() for end in ends]
    assert len(set(names)) == len(names)
    assert all("Land" in name for name in names)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_features_without_a_name__are_called_by_their_label_or_by_their_own(language):
    assert feature_called("facts__debt_12m", language, "Debt") == "Debt"
    assert feature_called("facts__debt_12m", language) == "debt 12m"
    assert feature_called("health__own_cost_yuan_4m", language) == "own cost yuan 4m"


def test_feature_named__keeps_the_words_for_whatever_language_asks():
    said = feature_named("register__removed_months")
    assert [in_words(said, language) for language in ("zh", "en")] == [
        "距上次消除风险月数", "months since risk was removed",
    ]  # fmt: skip
