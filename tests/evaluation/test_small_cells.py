"""No figure that speaks of one to four households, or of fewer than twenty, may leave the office."""

from __future__ import annotations

import pandas as pd
import pytest

from relapse.evaluation.small_cells import comparisons_of, without_small_cells


def figures(*rows: tuple[str, float, int, int]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["metric", "value", "n", "events"])
    return table.assign(model="a", horizon=1, origin="all")


@pytest.mark.parametrize(
    ("metric", "value", "n", "events", "kept"),
    [
        ("pr_auc", 0.3, 20, 5, True),
        ("pr_auc", 0.3, 19, 5, False),
        ("pr_auc", 0.3, 200, 4, False),
        ("pr_auc", 0.3, 200, 198, False),
        ("brier", 0.1, 200, 200, True),
        ("precision_at_5pct", 0.5, 20, 10, True),  # n and events are the list's
        ("precision_at_5pct", 0.5, 19, 10, False),
        ("precision_at_5pct", 0.2, 20, 4, False),
        ("precision_at_5pct", 0.9, 20, 18, False),  # two without an event
        ("recall_at_5pct", 0.25, 400, 40, True),
        ("recall_at_5pct", 0.1, 400, 40, False),  # four of forty
        ("recall_at_5pct", 0.5, 400, 19, False),  # of nineteen events
        ("recall_at_5pct", 0.0, 400, 40, True),  # none is not few
        ("attainable_at_5pct", 1.0, 39, 71, True),
        ("attainable_at_5pct", 1.0, 15, 71, False),
    ],
)
def test_without_small_cells__counts_and_rates(metric, value, n, events, kept):
    assert bool(len(without_small_cells(figures((metric, value, n, events))))) is kept


def test_comparisons_of__only_of_figures_that_are_kept():
    metrics = pd.concat([figures(("pr_auc", 0.3, 100, 50)).assign(model=model) for model in ("a", "b")])
    told = pd.DataFrame({
        "model": ["a", "a", "c"], "against": ["b", "b", "b"], "horizon": [1, 2, 1],
        "metric": "pr_auc", "difference": 0.1,
    })  # fmt: skip
    assert list(comparisons_of(told, metrics).index) == [0]
    assert comparisons_of(told.iloc[:0], metrics).empty
