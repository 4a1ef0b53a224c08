"""The point-in-time view: it cannot return what became known later, and its time is time."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from panels import CASES, histories, read, table
from relapse.core.errors import InputError
from relapse.core.panel import carry_forward, first_known, window_sums

NAN = np.nan


def two_clocks() -> pd.DataFrame:
    """A told at once and corrected a year later; B told two years late."""
    rows = [
        ("a", "2000", 150.0, "2000"),
        ("a", "2001", 160.0, "2001"),
        ("a", "2001", 60.0, "2002-05-01"),  # a correction: from 2002 on a was below the line in 2001
        ("a", "2002", 170.0, "2002"),
        ("b", "2000", 110.0, "2002"),
        ("b", "2002", 190.0, "2002"),
    ]
    return pd.DataFrame(rows, columns=["hh", "period", "income", "known_at"])


def test_as_of__hides_facts_that_become_known_later():
    panel = read(two_clocks(), known_at="known_at", max_age=0, lookback=3)
    np.testing.assert_array_equal(histories(panel, "2000").income, [[150, NAN, NAN]])  # a alone
    early, late = histories(panel, "2001"), histories(panel, "2002")
    np.testing.assert_array_equal(early.income, [[160, 150, NAN]])  # b is not there yet
    np.testing.assert_array_equal(late.income, [[170, 60, 150], [190, NAN, 110]])
    np.testing.assert_array_equal(early.below, [[0, 0, NAN]])
    np.testing.assert_array_equal(late.below, [[0, 1, 0], [0, NAN, 0]])


def test_earlier__never_looks_later_than_the_view_it_comes_from():
    panel = read(two_clocks(), known_at="known_at", max_age=0, lookback=3)
    view = panel.as_of(2001)
    assert view.earlier(2002).as_of == 2001
    np.testing.assert_array_equal(view.earlier(2000).everyone.income, [[150, NAN, NAN]])


def test_earlier__of_histories_is_what_an_earlier_view_shows():
    rng = np.random.default_rng(5)
    rows = [
        (house, month, 1.0 + at, month + late)
        for house in "abcde"
        for month in range(2000, 2012)
        for at, late in enumerate(sorted(rng.choice(6, rng.integers(0, 4), replace=False)))  # up to three versions
    ]
    frame = pd.DataFrame(rows, columns=["hh", "period", "income", "known_at"])
    panel = read(frame, known_at="known_at", max_age=5, lookback=9)
    members = np.array([4, 0, 2], dtype=np.int32)
    known, changed = panel.as_of(2010).histories(members), 0
    for period in (2010, 2009, 2007, 2004, 2003):
        for lags in (1, 3, 6):  # some reach further back than what is known already
            fresh = panel.as_of(period).histories(members, lags=lags)
            np.testing.assert_array_equal(known.earlier(period, lags).row, fresh.row)
            changed += (
                int((fresh.row != known.row[:, 2010 - period :][:, :lags]).sum()) if 2010 - period + lags <= 9 else 0
            )
    assert changed > 20
    np.testing.assert_array_equal(known.row, panel.as_of(2010).histories(members).row)  # left as it was


def test_histories__that_end_after_the_view_show_nothing_there():
    """A label asks for periods after the origin; with a view of the origin it learns nothing."""
    panel = read(two_clocks(), known_at="known_at", max_age=0, lookback=3)
    view = panel.as_of(2001)
    np.testing.assert_array_equal(view.histories(view.observed, end=2002, lags=2).income, [[NAN, 160]])


def test_as_of__outside_the_data_is_refused():
    panel = read(table({"a": [1, 2, 3]}), lookback=3)
    for period in (1999, 2003):
        with pytest.raises(InputError, match=r"outside the data of 'panel': choose a period from 2000 to 2002"):
            panel.as_of(period)


def test_latest__is_when_the_last_period_was_first_told():
    """The newest report is of 2002 and came in 2003: a list can be made in 2003, not only in 2002 without it."""
    panel = read(table({"a": [101, 102, 103]}), delay=1, lookback=2)
    assert (panel.last, panel.latest) == (2002, 2003)
    np.testing.assert_array_equal(panel.as_of(2003).everyone.income, [[NAN, 103]])
    with pytest.raises(InputError, match="choose a period from 2000 to 2003"):
        panel.as_of(2004)


def test_latest__a_correction_of_old_periods_does_not_move_it():
    frame = pd.concat([two_clocks(), pd.DataFrame([("a", "2000", 1.0, "2009")], columns=two_clocks().columns)])
    assert read(frame, known_at="known_at").latest == 2002


def test_last__is_the_newest_period_with_an_income():
    frame = pd.concat([table({"a": [1, 2]}), pd.DataFrame({"hh": ["a"], "period": ["2002"], "income": [NAN]})])
    assert read(frame).last == 2001


def test_lags_are_years__not_rows():
    """c was seen in 2000, 2003 and 2004: one year ago is 2003, two years ago nothing is known."""
    panel = read(table({"c": [100, None, None, 130, 140]}), lookback=5)
    np.testing.assert_array_equal(histories(panel, "2004").income, [[140, 130, NAN, NAN, 100]])


def test_window__sums_periods_and_scales_what_is_partly_reported():
    # d: 10 + 20 + 30 = 60; one of three months missing: (10 + 30) * 3 / 2 = 60; two missing: below half, unknown
    frame = table({"d": [10, 20, 30], "e": [10, None, 30], "f": [None, None, 30]})
    panel = read(frame, window=3, reported_share=0.5, lookback=1)
    known = histories(panel, "2002")
    np.testing.assert_allclose(known.window_income, [[60], [60], [NAN]])
    np.testing.assert_allclose(known.reported, [[1], [2 / 3], [1 / 3]])


def test_per_person__divides_by_the_size_last_known():
    frame = table({"g": [100, 120, 300]}).rename(columns={"income": "wage"}).assign(persons=[2, NAN, 3])
    panel = read(frame, sources=["wage"], size="persons", lookback=3)
    np.testing.assert_array_equal(histories(panel, "2002").income, [[100, 60, 50]])


def test_per_person__does_not_depend_on_how_far_back_one_looks():
    """The size was told once; a label that looks at one year alone once took it for unknown, and was censored."""
    frame = table({"g": [100, 120, 300]}).rename(columns={"income": "wage"}).assign(persons=[2, NAN, NAN])
    view = read(frame, sources=["wage"], size="persons", lookback=3).as_of(2002)
    np.testing.assert_array_equal(view.histories(view.observed, lags=1).income, [[150]])
    np.testing.assert_array_equal(view.everyone.income, [[150, 60, 50]])


def test_below__takes_the_state_of_the_file_where_there_is_one():
    frame = table({"a": [50, 500]}).assign(poor=[0, 1])
    np.testing.assert_array_equal(histories(read(frame, label="poor", lookback=2), "2001").below, [[1, 0]])


def test_below__is_unknown_without_income__and_no_longer_below_at_the_line_itself():
    panel = read(table({"a": [99.9, 100, 100.1]}), line=100.0, lookback=4)
    np.testing.assert_array_equal(histories(panel, "2002").below, [[0, 0, 1, NAN]])


def test_log_ratio__has_a_floor_at_a_hundredth_of_the_line():
    panel = read(table({"a": [0, 0.5, 200]}), line=100.0, lookback=3)
    np.testing.assert_allclose(histories(panel, "2002").log_ratio, np.log([[2, 0.01, 0.01]]))


def test_observed__are_those_with_a_report_no_older_than_max_age():
    frame = table({"a": [1, 1, 1, None], "b": [1, 1, None, None], "c": [1, 1, 1, 1]})
    for max_age, names in ((0, ["c"]), (1, ["a", "c"]), (2, ["a", "b", "c"])):
        view = read(frame, max_age=max_age).as_of(2003)
        assert view.panel.household_ids[view.observed].tolist() == names


def test_delay__moves_what_is_known():
    panel = read(table({"a": [101, 102, 103]}), delay=1, lookback=2)
    np.testing.assert_array_equal(histories(panel, "2002").income, [[NAN, 102]])
    np.testing.assert_array_equal(histories(panel, "2002").newest(histories(panel, "2002").income), [102])


def test_until__leaves_nothing_of_what_became_known_later():
    cut = read(two_clocks(), known_at="known_at", max_age=0, lookback=3).until(2001)
    assert (cut.last, cut.known.max(), len(cut.income)) == (2001, 2001, 2)
    np.testing.assert_array_equal(histories(cut, "2001").income, [[160, 150, NAN]])


@pytest.mark.parametrize("name", list(CASES))
def test_until__is_what_the_view_shows(name, cases):
    """Cut or not, at the cut the view is the same; also where nothing of the last period was known yet."""
    panel, as_of = cases[name].panel(), cases[name].periods()[-1]
    whole, cut = (each.as_of(as_of).everyone for each in (panel, panel.until(as_of)))
    for what in ("income", "window_income", "line", "below", "log_ratio", "reported"):
        np.testing.assert_array_equal(getattr(whole, what), getattr(cut, what))


def test_before_newest__counts_from_the_newest_known_value():
    panel = read(table({"a": [1, 2, 3, 4], "b": [5, 6, 7, None], "c": [None, None, 8, 9]}), max_age=1, lookback=4)
    known = histories(panel, "2003")
    np.testing.assert_array_equal(known.before_newest(known.income, 2), [2, 5, NAN])
    np.testing.assert_array_equal(known.before_newest(known.income, 9), [NAN] * 3)


def test_column__names_the_nearest_where_there_is_none():
    panel = read(table({"a": [1, 1]}).assign(land=[1.0, 2.0]), lookback=2)
    np.testing.assert_array_equal(histories(panel, "2001").column("land"), [[2, 1]])
    with pytest.raises(InputError, match="no column 'lend'; did you mean 'land'"):
        histories(panel, "2001").column("lend")


def test_panel__cannot_be_changed():
    panel = read(table({"a": [1, 1]}))
    with pytest.raises(dataclasses.FrozenInstanceError):
        panel.window = 3  # type: ignore[misc]


def test_small_parts():
    np.testing.assert_array_equal(window_sums(np.arange(4.0)[None], 2), [[1, 3, 5]])
    np.testing.assert_array_equal(first_known(np.array([[NAN, 2, 3], [NAN] * 3])), [2, NAN])
    np.testing.assert_array_equal(carry_forward(np.array([[NAN, 2, NAN, 4, NAN]])), [[2, 2, 4, 4, NAN]])
