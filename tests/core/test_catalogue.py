"""A feature without an entry cannot exist."""

from __future__ import annotations

import numpy as np
import pytest

from relapse.core.catalogue import Feature, FeatureTable, name_part
from relapse.core.errors import InputError

WAGE = Feature("income__wage_share", "share", "wages over income", "sources")
LAND = Feature("covariates__land_own", "own", "land", "covariates")
AHEAD = Feature("window__ahead", "own", "what is ahead", "window")
SEASON = Feature("season__of_target", "count", "month of the year", "season")


def zeros(*shape: int) -> np.ndarray:
    return np.zeros(shape, np.float32)


@pytest.mark.parametrize(
    "name", ["wage", "income__", "Income__wage", "income__wage now", "income__wage:now", "a__b[0]", "a__{b}"]
)
def test_feature__has_a_block_and_no_sign_that_lightgbm_refuses(name):
    with pytest.raises(InputError, match="a name is block__what_unit_window"):
        Feature(name, "share", "meaning", "group")


@pytest.mark.parametrize(("meaning", "group"), [("", "sources"), ("wages", "")])
def test_feature__has_a_meaning_and_a_group(meaning, group):
    with pytest.raises(InputError, match="no meaning or no group"):
        Feature("income__wage", "share", meaning, group)


def test_table__refuses_a_column_without_an_entry():
    with pytest.raises(InputError, match="2 columns of features for 1 catalogue entries"):
        FeatureTable((WAGE,), zeros(3, 2))
    with pytest.raises(InputError, match="by lead"):
        FeatureTable((), zeros(3, 0), (AHEAD,), zeros(3, 2, 2))
    with pytest.raises(InputError, match="by lead"):
        FeatureTable((), zeros(3, 0), (AHEAD,), None)


def test_table__refuses_two_features_of_one_name__also_of_two_blocks():
    with pytest.raises(InputError, match="same name: income__wage_share"):
        FeatureTable((WAGE, WAGE), zeros(3, 2))
    one = FeatureTable((WAGE,), zeros(3, 1))
    with pytest.raises(InputError, match="same name: income__wage_share"):
        FeatureTable.join([one, one], 3, 2)


def test_join__keeps_the_order_of_blocks_and_of_columns():
    fixed = FeatureTable.of([(WAGE, np.array([0.1, 0.2])), (LAND, np.array([1.0, np.nan]))], 2)
    ahead = FeatureTable((), zeros(2, 0), (AHEAD,), np.arange(6, dtype=np.float32).reshape(2, 3, 1))
    alike = FeatureTable.of([], 2).with_common((SEASON,), np.array([[1], [2], [3]], np.float32))
    joined = FeatureTable.join([ahead, alike, fixed], 2, 3)
    assert [entry.name for entry in joined.entries] == [WAGE.name, LAND.name]
    np.testing.assert_array_equal(joined.values, np.array([[0.1, 1], [0.2, np.nan]], np.float32))
    assert joined.lead_values[1, :, 0].tolist() == [3, 4, 5]
    assert [entry.name for entry in joined.every_entry] == [WAGE.name, LAND.name, AHEAD.name, SEASON.name]
    assert joined.common_values.tolist() == [[1], [2], [3]]


def test_parts__can_be_taken_and_put_together_again():
    values, ahead = np.arange(8, dtype=np.float32).reshape(4, 2), np.arange(12, dtype=np.float32).reshape(4, 3, 1)
    whole = FeatureTable((WAGE, LAND), values, (AHEAD,), ahead).with_common((SEASON,), zeros(3, 1))
    parts = [whole.rows(np.array(places)) for places in ([0, 2], [1, 3])]
    again = FeatureTable.stacked(parts)
    np.testing.assert_array_equal(again.values, values[[0, 2, 1, 3]])
    np.testing.assert_array_equal(again.lead_values, ahead[[0, 2, 1, 3]])
    assert again.every_entry == whole.every_entry
    assert again.common_values is whole.common_values


@pytest.mark.parametrize("column", ["farm sales", 'a:b[c]{d},"e"', "年\u3000收入", "tab\tand\nline"])
def test_name_part__makes_any_column_of_a_file_fit_a_name(column):
    assert Feature(f"sources__{name_part(column)}_share", "share", "meaning", "sources").name
