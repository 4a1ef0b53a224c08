"""What protects: true of the household's own data, from a feature that lowered its place, one a group, two at most."""

from __future__ import annotations

import re

import numpy as np
import pytest

from counties import made_county
from panels import blocks, unit_of
from relapse import config
from relapse.core.texts import TEXTS
from relapse.explanation.contributions import Contributions
from relapse.explanation.protects import MOST_PROTECTS, SENTENCES, protects
from relapse.flows.explain import values_at


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    made = config.option("data", "county", path=str(made_county(tmp_path_factory.mktemp("county"), households=300)))
    return made.read(config.option("line", "auto"))


@pytest.fixture(scope="module")
def unit(county):
    return unit_of(county, county.latest, blocks(), [1, 6])


def contributions(unit, values: np.ndarray, seed: int = 0) -> Contributions:
    return Contributions(unit.entries, np.random.default_rng(seed).normal(-0.2, 1, values.shape), np.zeros(len(values)))


def test_every_sentence__speaks_of_features_that_there_are(unit):
    names = {entry.name for entry in unit.entries}
    for each in SENTENCES:
        assert each.feature in names, each
        assert set(each.where) <= names, each
        placeholders = set(re.findall(r"\{(\w+)\}", TEXTS[each.wording][0])) - {"money", "periods", "value"}
        assert placeholders <= names, each


def test_protects__each_sentence_is_true_of_the_data_and_lowered_the_score(county, unit):
    """Held against the table of features of every household, with contributions by chance, often enough."""
    values = values_at(unit, 6)
    place = {entry.name: number for number, entry in enumerate(unit.entries)}
    said: set[str] = set()
    for seed in range(4):
        drawn = contributions(unit, values, seed)
        sums = dict(zip(drawn.groups(), drawn.by_group().T, strict=True))
        for row, sentences in enumerate(protects(drawn, values, county.money, "en")):
            assert len(sentences) <= MOST_PROTECTS
            told = [each for each in SENTENCES if any(_is(each.wording, sentence) for sentence in sentences)]
            assert len({each.wording for each in told}) == len(sentences)
            for wording in {each.wording for each in told}:
                fitting = [
                    each for each in told
                    if each.wording == wording and drawn.values[row, place[each.feature]] < 0
                    and sums[unit.entries[place[each.feature]].group][row] < 0
                    and all(low < values[row, place[name]] < high for name, (low, high) in each.where.items())
                ]  # fmt: skip
                assert fitting, (wording, row)
            said |= {each.wording for each in told}
    assert len(said) >= 6


def _is(wording: str, sentence: str) -> bool:
    pattern = re.sub(r"\\\{\w+\\\}", ".+", re.escape(TEXTS[wording][1]))
    return re.fullmatch(pattern, sentence) is not None


def test_protects__nothing_where_all_raises_or_nothing_is_told(county, unit):
    values = values_at(unit, 6)
    raising = Contributions(unit.entries, np.ones(values.shape), np.zeros(len(values)))
    assert set(protects(raising, values, county.money, "zh")) == {()}
    untold = Contributions(unit.entries, -np.ones(values.shape), np.zeros(len(values)))
    assert set(protects(untold, np.full(values.shape, np.nan), county.money, "zh")) == {()}


def test_protects__money_and_shares_are_the_households_own(county, unit):
    values = values_at(unit, 6)
    place = {entry.name: number for number, entry in enumerate(unit.entries)}
    lowers = np.zeros(values.shape)
    lowers[:, place["income__log_ratio_now"]] = -1
    told = protects(Contributions(unit.entries, lowers, np.zeros(len(values))), values, county.money, "zh")
    above = values[:, place["income__log_ratio_now"]] > np.log(1.5)
    assert [bool(each) for each in told] == above.tolist()
    row = int(np.flatnonzero(above)[0])
    income, gap = values[row, place["income__per_person"]], values[row, place["income__above_line"]]
    assert told[row] == (f"人均收入{income:,.0f}元，比监测线高{gap:,.0f}元。",)


@pytest.mark.parametrize("key", [key for key in TEXTS if key.startswith("protects.")])
def test_sentences__never_speak_of_the_machinery__and_are_short(key):
    chinese, english = TEXTS[key]
    assert not re.search("模型|权重|概率|SHAP", chinese)
    assert not re.search("model|weight|probab|SHAP|score", english, re.IGNORECASE)
    assert len(re.sub(r"\{\w+\}", "1,234", chinese)) <= 40
