"""The first fall below the line, by hand: incomes of 200 are above the line of 100, of 50 below it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from panels import Case, poisoned, read, table, task_of
from relapse import config
from relapse.core.errors import InputError
from relapse.outcome.label.below_line import FallBelowLine
from relapse.outcome.label.labels import Labels

NAN = np.nan
UP, LOW = 200, 50

# all are above the line in 2000; what comes in 2001, 2002, 2003
FATES = {
    "a stays": [UP, UP, UP, UP],
    "b falls": [UP, UP, LOW, UP],
    "c falls at once": [UP, LOW, UP, UP],
    "d falls twice": [UP, LOW, UP, LOW],
    "e is not seen in between": [UP, None, UP, LOW],
    "f is not seen again": [UP, UP, None, None],
    "g leaves after its fall": [UP, LOW, None, None],
}


def made(frame, known, horizons=(1, 2, 3), origin=2000, label="first_entry", gap=0, maturity=0, **settings) -> Labels:
    panel = read(frame, **settings)
    task = task_of(panel, horizons, label, gap, maturity=maturity)
    return task.labels(panel.as_of(known), origin)


def same(found, expected):
    np.testing.assert_array_equal(found, np.array(expected, dtype=float))


def test_first_entry__of_seven_fates():
    labels = made(table(FATES), known=2003)
    same(labels.leads, [1, 2, 3])
    same(labels.event, [
        [0, 0, 0],
        [0, 1, NAN],  # no longer at risk after its fall
        [1, NAN, NAN],
        [1, NAN, NAN],  # the first fall counts, the second does not
        [NAN, NAN, NAN],  # who knows what happened in 2001
        [0, NAN, NAN],
        [1, NAN, NAN],
    ])  # fmt: skip
    same(labels.within, [
        [0, 0, 0],
        [0, 1, 1],
        [1, 1, 1],
        [1, 1, 1],
        [NAN, NAN, NAN],
        [0, NAN, NAN],
        [1, 1, 1],
    ])  # fmt: skip


def test_at_horizon__is_the_state_there_whatever_lay_between():
    labels = made(table(FATES), known=2003, horizons=(2, 3), label="at_horizon")
    same(labels.leads, [2, 3])
    expected = [[0, 0], [1, 0], [0, 0], [0, 1], [0, 1], [NAN, NAN], [NAN, NAN]]
    same(labels.event, expected)
    same(labels.within, expected)


def test_within__is_not_told_before_its_window_has_closed():
    """In 2002 the fallen of a window of three years are known already, the others are not: neither may count yet."""
    labels = made(table(FATES), known=2002)
    same(labels.within[:3], [[0, 0, NAN], [0, 1, NAN], [1, 1, NAN]])
    same(labels.event[:3], [[0, 0, NAN], [0, 1, NAN], [1, NAN, NAN]])


def test_within__a_window_whose_end_was_not_reported_yet_has_not_closed():
    """With reports a year late nothing of 2002 is known in 2002; only those who fell before would count."""
    labels = made(table(FATES), known=2002, origin=2001, delay=1, horizons=(1, 2))
    assert np.isnan(labels.within).all()
    labels = made(table(FATES), known=2003, origin=2001, delay=1, horizons=(1, 2))
    # at risk in 2001 by the reports of 2000 are all; 2002 is known, 2003 is not
    assert np.isnan(labels.within[:, 1]).all()
    same(labels.within[:5, 0], [0, 1, 0, 0, 0])


def test_maturity__holds_young_labels_back():
    labels = made(table(FATES), known=2003, maturity=1)
    same(labels.event[:2], [[0, 0, NAN], [0, 1, NAN]])
    same(labels.within[:2], [[0, 0, NAN], [0, 1, NAN]])


def test_maturity__of_less_than_nothing_is_refused():
    with pytest.raises(InputError, match="maturity"):
        config.option("label", "auto", maturity=-1)


def test_gap__who_falls_inside_it_is_censored_and_the_leads_begin_after_it():
    labels = made(table(FATES), known=2003, horizons=(1, 2), gap=1)
    same(labels.event, [[0, 0], [1, NAN], [NAN, NAN], [NAN, NAN], [0, 1], [NAN, NAN], [NAN, NAN]])
    same(labels.within, [[0, 0], [1, 1], [NAN, NAN], [NAN, NAN], [0, 1], [NAN, NAN], [NAN, NAN]])


def test_what_lies_after_a_horizon__changes_nothing_at_it():
    labels = made(table(FATES), known=2003)
    changed = {name: [*fate[:3], LOW if fate[3] != LOW else UP] for name, fate in FATES.items()}
    other = made(table(changed), known=2003)
    same(other.event[:, :2], labels.event[:, :2])
    same(other.within[:, :2], labels.within[:, :2])
    assert not np.array_equal(other.event[:, 2], labels.event[:, 2], equal_nan=True)


def test_a_label__is_what_was_known_when_it_was_made():
    rows = [("a", "2000", UP, "2000"), ("a", "2001", UP, "2001"), ("a", "2001", LOW, "2002"), ("a", "2002", UP, "2002")]
    frame = pd.DataFrame(rows, columns=["hh", "period", "income", "known_at"])
    early, late = (made(frame, known, horizons=(1,), known_at="known_at", max_age=0) for known in (2001, 2002))
    same(early.event, [[0]])
    same(late.event, [[1]])


@pytest.mark.parametrize(("name", "label"), [
    ("monthly", "first_entry"), ("monthly", "at_horizon"), ("annual", "first_entry"), ("annual", "at_horizon"),
    ("rotating", "at_horizon"), ("waves", "at_horizon"),
])  # fmt: skip
def test_labels__do_not_change_with_what_became_known_later(name, label, cases: Mapping[str, Case]):
    case = cases[name]
    origin, known = case.periods()
    clean, spoilt = case.panel(), case.panel(poisoned(case, known))
    found = {}
    for panel in (clean, spoilt):
        outcome = config.option("label", label)
        leads = outcome.leads(label, case.horizons)
        members = panel.as_of(origin).observed
        labels = outcome.labels(panel.as_of(known), members, origin, leads, label, 0)
        found[panel.digest] = (*panel.household_ids[members], labels.event.tobytes(), labels.within.tobytes())
    assert len(found) == 2
    assert len(set(found.values())) == 1
    assert (~np.isnan(labels.event)).any()


def test_auto__first_entry_where_the_periods_inside_are_seen__else_the_state_at_the_horizon(cases):
    complete = read(table({str(k): [UP] * 6 for k in range(20)}))
    assert task_of(complete, [1, 3]).kind == "first_entry"
    assert task_of(complete, [1, 3]).leads.tolist() == [1, 2, 3]
    rotating = task_of(cases["rotating"].panel(), [1, 4])
    assert (rotating.kind, rotating.leads.tolist()) == ("at_horizon", [1, 4])
    assert task_of(cases["waves"].panel(), [2, 4]).kind == "at_horizon"


def test_auto__a_month_without_a_row_is_known_by_its_window():
    """Twelve months summed: a tenth of the rows missing leaves nearly every state known."""
    rng = np.random.default_rng(1)
    rows = [
        {"hh": f"{k}", "period": f"{2000 + month // 12}-{month % 12 + 1:02d}", "income": UP}
        for k in range(20)
        for month in range(36)
        if rng.random() > 0.1
    ]
    months = read(pd.DataFrame(rows), frequency="monthly", window=12)
    assert task_of(months, [1, 6]).kind == "first_entry"


@pytest.mark.parametrize(("horizons", "refused"), [([2], [2]), ([1, 4, 40], [40]), ([0], [0]), ([-1, 1], [-1])])
def test_a_horizon_that_nobody_has__is_refused_with_those_there_are(horizons, refused):
    """Seen at q, q + 1, q + 4 and q + 5: the second visit and the third lie 3 quarters apart, and none 2."""
    quarters = ["2000Q1", "2000Q2", "2001Q1", "2001Q2"]
    panel = read(pd.DataFrame({"hh": "a", "period": quarters, "income": 200.0}), frequency="quarterly")
    with pytest.raises(InputError) as told:
        task_of(panel, horizons)
    assert f"horizons={refused}" in str(told.value)
    assert "there are [1, 3, 4, 5]" in str(told.value)


def test_horizons__count_from_one():
    recipe = config.option("label", "below_line")
    assert isinstance(recipe, FallBelowLine)
    assert recipe.leads("first_entry", [2, 4]).tolist() == [1, 2, 3, 4]
    assert recipe.leads("at_horizon", [4, 2, 4]).tolist() == [2, 4]
