"""The clock: what names a period, and what does not."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relapse.core.errors import InputError
from relapse.core.periods import Calendar

FREQUENCIES = ("monthly", "quarterly", "annual", "wave")


@pytest.mark.parametrize(
    ("frequency", "text", "period"),
    [
        ("monthly", "2020-03", 2020 * 12 + 2),
        ("monthly", "202003", 2020 * 12 + 2),
        ("monthly", "2020年3月", 2020 * 12 + 2),
        ("monthly", "2020-03-31", 2020 * 12 + 2),
        ("monthly", dt.date(2020, 3, 31), 2020 * 12 + 2),
        ("quarterly", "2020Q3", 2020 * 4 + 2),
        ("quarterly", "2020-q3", 2020 * 4 + 2),
        ("quarterly", dt.date(2020, 9, 1), 2020 * 4 + 2),
        ("annual", "1987", 1987),
        ("annual", 1987, 1987),
        ("annual", 1987.0, 1987),
        ("annual", "1987-12-31", 1987),
        ("wave", "3", 3),
        ("wave", 3, 3),
    ],
)
def test_parse__knows_a_period_however_it_is_written(frequency, text, period):
    assert Calendar(frequency).parse(text) == period


@pytest.mark.parametrize(
    ("frequency", "text"),
    [("monthly", "2020-13"), ("monthly", "2020"), ("quarterly", "2020Q5"), ("quarterly", "2020-03"), ("annual", "87"),
     ("annual", "soon"), ("wave", "1.5"), ("monthly", ""), ("annual", None), ("wave", 2.5)],
)  # fmt: skip
def test_parse__refuses_what_is_no_period_and_shows_one(frequency, text):
    with pytest.raises(InputError, match=f"is no {frequency} period; write it like"):
        Calendar(frequency).parse(text)


@given(frequency=st.sampled_from(FREQUENCIES), period=st.integers(min_value=1800, max_value=9999))
def test_label__is_read_back_as_the_same_period(frequency, period):
    calendar = Calendar(frequency)
    at = period * calendar.per_year + 2 % calendar.per_year
    assert calendar.parse(calendar.label(at)) == at


def test_parse_all__marks_what_is_none_and_goes_on():
    periods, wrong = Calendar("quarterly").parse_all(["2020Q1", "never", None, "2020Q1"])
    assert periods.tolist() == [8080, 0, 0, 8080]
    assert wrong.tolist() == [False, True, True, False]


def test_known_in__is_the_period_in_which_the_day_lies():
    periods, wrong = Calendar("quarterly").known_in(["2020-06-30", "2020-07-01", "2020Q3", "?"])
    assert periods.tolist()[:3] == [2020 * 4 + 1, 2020 * 4 + 2, 2020 * 4 + 2]
    assert wrong.tolist() == [False, False, False, True]
    assert Calendar("annual").known_in(["2020-12-31"])[0].tolist() == [2020]


@pytest.mark.parametrize(("frequency", "seasons"), [("monthly", 12), ("quarterly", 4), ("annual", 1), ("wave", 1)])
def test_season__runs_from_one_to_the_periods_of_a_year(frequency, seasons):
    calendar = Calendar(frequency)
    first = calendar.parse({"monthly": "2020-01", "quarterly": "2020Q1"}.get(frequency, "2020"))
    assert [calendar.season(first + k) for k in range(seasons)] == list(range(1, seasons + 1))


def test_a_year_is_as_many_periods_as_it_has__and_never_a_count_of_rows():
    for frequency, periods in zip(FREQUENCIES, (12, 4, 1, 1), strict=True):
        assert Calendar(frequency).per_year == periods
    assert np.diff([Calendar("monthly").parse(f"{year}-12") for year in (2018, 2019, 2020)]).tolist() == [12, 12]
