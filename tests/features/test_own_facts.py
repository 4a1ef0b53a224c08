"""A county's own facts as features, by entries in its config."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from panels import values
from relapse import config
from relapse.core.errors import InputError
from relapse.county.audits.snapshot import Snapshot
from relapse.pipelines.train import train
from snapshots import county_of

PLAIN = {
    "name": "医疗欠款", "how": "newest", "unit": "own", "meaning": "debts", "group": "own_facts", "direction": 1,
    "label": "欠款", "true_above": 0,
}  # fmt: skip


def block(**entries: dict[str, Any]) -> Any:
    return config.option("features", "facts", entries={key: {**PLAIN, **entry} for key, entry in entries.items()})


def county(as_of: str = "2023-12") -> Snapshot:
    """Household a: debts of 8,000 in 2022-03, 500 in 2023-05 (told in 2023-09); a helper until 2023-06. b: nothing."""
    rows = [
        {"household_id": "a", "name": "医疗欠款", "value": "8,000", "happened_at": "2022-03", "known_at": "2022-04"},
        {"household_id": "a", "name": "医疗欠款", "value": "500", "happened_at": "2023-05", "known_at": "2023-09"},
        {"household_id": "a", "name": "医疗欠款", "value": "不详", "happened_at": "2021-01", "known_at": "2021-02"},
        {"household_id": "a", "name": "结对帮扶", "value": "有", "happened_at": "2020-01", "known_at": "2020-02"},
        {"household_id": "a", "name": "结对帮扶", "value": "已解除", "happened_at": "2023-06", "known_at": "2023-07"},
    ]
    return county_of(households=[{"household_id": "a"}, {"household_id": "b"}], facts=rows, as_of=as_of)


def of(snapshot: Snapshot, **entry: Any) -> list[float]:
    return values(block(it=entry), snapshot.known.everyone)["facts__it"]


def test_newest__is_the_last_number_that_was_known():
    assert of(county())[0] == 500
    assert of(county("2023-08"))[0] == 8000
    assert of(county())[1] != of(county())[1]  # b: not told


def test_sum_and_count__are_of_the_window_and_nothing_is_nothing():
    assert of(county(), how="sum") == [8500, 0]
    assert of(county(), how="sum", window_months=12) == [500, 0]
    assert of(county(), how="count") == [3, 0]
    assert of(county(), how="count", window_months=7) == [0, 0]  # 2023-06 … 2023-12
    assert of(county(), how="count", window_months=8) == [1, 0]


@pytest.mark.parametrize(
    ("text", "number"),
    [("8,000", 8000), ("１２.５", 12.5), (" -3 ", -3), ("8e3", 8000), ("1,2", None), ("3_4", None), ("800元", None),
     ("1-2", None), ("nan", None), ("1e99999", None), ("9e99", None), ("", None)],
)  # fmt: skip
def test_numbers__are_plain_ones_and_the_rest_is_missing(text, number):
    rows = [{"household_id": "a", "name": "医疗欠款", "value": text, "happened_at": "2023-03", "known_at": "2023-04"}]
    snapshot = county_of(households=[{"household_id": "a"}, {"household_id": "b"}], facts=rows)
    for how in ("newest", "sum"):
        (found, nothing) = of(snapshot, how=how)
        assert np.isnan(found) if number is None else found == number
        assert np.isnan(nothing) if how == "newest" else nothing == 0


def test_names_told_only_later__are_missing_before_and_no_mistake():
    (debt, _) = of(county("2021-01"))  # the first fact of that name was told in 2021-02
    assert np.isnan(debt)


def test_months_since__counts_from_the_newest():
    assert of(county(), how="months_since")[0] == 7


def test_is__asks_the_newest_value():
    assert of(county(), name="结对帮扶", how="is", levels=["已解除"])[0] == 1
    assert of(county("2023-06"), name="结对帮扶", how="is", levels=["已解除"])[0] == 0


def test_entry__becomes_an_entry_of_the_catalogue_with_its_sentence():
    (entry,) = block(debt={}).table(county().known.everyone, np.array([1], np.int32)).entries
    assert (entry.name, entry.direction, entry.wording, entry.label) == ("facts__debt", 1, "reason.covariate", "欠款")


def test_a_name_that_was_never_told__is_refused_with_the_nearest():
    with pytest.raises(InputError, match="facts tells nothing of the name '医疗欠'.*医疗欠款"):
        of(county(), name="医疗欠")


def test_levels__go_with_is_alone():
    with pytest.raises(InputError, match="levels go with how: is"):
        block(it={"levels": ["x"]})


def test_the_example_of_the_document__is_read_and_makes_what_it_says(tmp_path):
    document = (Path(__file__).parents[2] / "docs" / "county-facts.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", document, re.DOTALL)
    (tmp_path / "features").mkdir()
    (tmp_path / "features" / "my_facts.yaml").write_text(example, encoding="utf-8")
    cfg = config.compose("train", ["features=[default,my_facts]"], tmp_path)
    chosen = config.bind(train, cfg)["features"]
    assert {"income", "guarantees", "facts"} <= set(chosen)
    made = values(chosen["facts"], county().known.everyone)
    assert made["facts__medical_debt_12m"] == [500, 0]
    assert made["facts__helper_left"][0] == 1


def test_no_entries_or_no_table__no_features():
    assert values(block(), county().known.everyone) == {}
    assert values(block(it={}), county_of(households=[{"household_id": "a"}]).known.everyone) == {}
