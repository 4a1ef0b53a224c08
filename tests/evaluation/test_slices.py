"""Slices: figures of parts of the rows, on the list of all."""

import numpy as np
import pandas as pd
import pytest
from evaluation_trials import clustered, trial
from pydantic import ValidationError

from relapse.evaluation.metrics import average_precision, roc_auc
from relapse.evaluation.slices import Listed, Slice, figures_by_slice


def sliced(of, values, length="20pct", least=1, draws=60):
    listed = Listed.of(of, list(of.probability), length)
    table = figures_by_slice(of, np.asarray(values, dtype=object), listed, draws, 1, np.random.default_rng(0), least)
    return table.set_index(["slice_value", "model", "metric"]).sort_index()


def test_slices__by_hand():
    # a list of three of six: two of part a, one of part b; b has two events, of which one is not listed
    of = trial([1, 0, 1, 1, 0, 0], {"m": [0.9, 0.8, 0.7, 0.6, 0.5, 0.4]})
    table = sliced(of, ["a", "a", "b", "b", "b", ""], 3)
    assert table.loc[("a", "m", "listed_share_at_3"), "value"] == 1
    assert table.loc[("a", "m", "inclusion_error_at_3"), ["value", "n", "events"]].tolist() == [0.5, 2, 1]
    assert table.loc[("b", "m", "listed_share_at_3"), ["value", "n", "events"]].tolist() == [pytest.approx(1 / 3), 3, 1]
    assert table.loc[("b", "m", "exclusion_error_at_3"), ["value", "n", "events"]].tolist() == [0.5, 3, 2]
    assert table.loc[("b", "m", "observed_expected"), "value"] == pytest.approx(2 / 1.8)
    assert set(table.index.get_level_values(0)) == {"a", "b"}, "rows without a value belong to no part"


def test_slices__agree_with_figures_worked_out_part_by_part():
    of = clustered(4)
    part = np.where(of.cluster % 3 == 0, "third", "rest").astype(object)
    table = sliced(of, part, 40)
    frame = pd.DataFrame(
        {"part": part, "seen": of.observed, "chance": of.probability["dull"], "listed": of.rank["dull"] <= 40}
    )
    for value, rows in frame.groupby("part"):
        mine = table.loc[(value, "dull")]["value"]
        fell = rows[rows["seen"] == 1]
        assert mine["exclusion_error_at_40"] == pytest.approx(1 - fell["listed"].mean())
        assert mine["inclusion_error_at_40"] == pytest.approx(1 - rows.loc[rows["listed"], "seen"].mean())
        assert mine["roc_auc"] == roc_auc(rows["seen"].to_numpy(), rows["chance"].to_numpy())
        assert mine["pr_auc"] == average_precision(rows["seen"].to_numpy(), rows["chance"].to_numpy())
    assert (table["ci_low"] <= table["value"]).all()
    assert (table["value"] <= table["ci_high"]).all()


def test_slices__find_the_part_that_a_list_passes_over():
    rng = np.random.default_rng(2)
    village = np.repeat(np.arange(60), 30)
    remote, risk = village % 2 == 1, rng.beta(1, 4, 1800)
    of = trial((rng.random(1800) < risk).astype(float), {"blind": np.where(remote, risk / 5, risk)}, cluster=village)
    table = sliced(of, np.where(remote, "remote", "near"), "10pct", draws=200)
    far, near = (table.loc[(value, "blind", "exclusion_error_at_10pct")] for value in ("remote", "near"))
    assert far["ci_low"] > near["ci_high"]
    assert table.loc[("remote", "blind", "observed_expected"), "ci_low"] > 2


def test_slices__leave_out_origins_that_are_shorter_than_the_list():
    of = trial([1, 0, 0, 1, 0], {"m": [0.9, 0.5, 0.4, 0.9, 0.5]}, [10] * 3 + [11] * 2)
    table = sliced(of, ["a"] * 5, 3)
    assert table.loc[("a", "m", "exclusion_error_at_3"), ["value", "n", "events"]].tolist() == [0, 3, 1]
    assert table.loc[("a", "m", "roc_auc"), "n"] == 5


def test_slices__smaller_than_the_least_are_left_out():
    of = trial([1, 0, 0, 1, 0], {"m": [0.9, 0.5, 0.4, 0.9, 0.5]})
    assert set(sliced(of, ["a", "a", "b", "b", "b"], 2, least=3).index.get_level_values(0)) == {"b"}


def test_slice__names_the_parts_between_its_cuts():
    size = Slice(column="people__members_count", cuts=[2, 4], values=["1", "2-3", "4+"])
    assert size.parts(np.array([1, 2, 3, 4, 9, np.nan])).tolist() == ["1", "2-3", "2-3", "4+", "4+", ""]


@pytest.mark.parametrize("wrong", [{"cuts": [4, 2]}, {"cuts": [2, 2]}, {"values": ["1", "2"]}, {"cut": [1]}])
def test_slice__refuses_what_cannot_be(wrong):
    with pytest.raises(ValidationError):
        Slice(**({"column": "x", "cuts": [2, 4], "values": ["a", "b", "c"]} | wrong))
