"""The time axis of a monitor: dates stand where they begin, last as long as they do, and none hides another."""

from __future__ import annotations

import itertools

import pytest

from relapse.county.reports.timeline import draw

MONTHS = [
    {"month": f"2023-{month:02d}", "ratio": ratio, "final": month < 3}
    for month, ratio in ((1, 1.0), (2, 1.5), (3, None), (4, 0.8), (5, 0.9))
]


def mark(first: str, last: str | None = None) -> dict[str, str]:
    return {"first": first, "last": last or first}


def test_draw__months_lie_on_the_axis_and_a_gap_breaks_the_line():
    drawn = draw(MONTHS, [], "2023-06")
    assert drawn is not None
    assert [final for _, _, final in drawn.dots] == [True, True, False, False]
    assert [piece.count(",") for piece in drawn.pieces] == [2, 2]
    (x, y, _), *_ = drawn.dots
    assert (x, y) == (drawn.left, drawn.one)
    assert drawn.dots[1][1] < drawn.one < drawn.dots[2][1]  # more came than was expected: higher
    assert (drawn.x_ticks[0][1], drawn.x_ticks[-1]) == ("2023-01", (drawn.right, "2023-06"))


def test_draw__a_date_that_lasts_has_its_length_and_one_from_before_begins_at_the_edge():
    drawn = draw(MONTHS, [mark("2022-05", "2023-02"), mark("2023-03", "2023-05"), mark("2023-06")], "2023-06")
    assert drawn is not None
    fifth = (drawn.right - drawn.left) / 5
    told = [(flag.number, flag.x, flag.until) for flag in drawn.flags]
    assert told == [
        (1, drawn.left, pytest.approx(drawn.left + fifth, abs=0.1)),
        (2, pytest.approx(drawn.left + 2 * fifth, abs=0.1), pytest.approx(drawn.left + 4 * fifth, abs=0.1)),
        (3, drawn.right, drawn.right),
    ]


def test_draw__numbers_of_the_same_month_stand_above_each_other():
    drawn = draw(MONTHS, [mark("2023-03"), mark("2023-03"), mark("2023-03"), mark("2023-06")], "2023-06")
    assert drawn is not None
    places = [(flag.x, flag.y) for flag in drawn.flags]
    for (x, y), (other_x, other_y) in itertools.combinations(places, 2):
        assert max(abs(x - other_x), abs(y - other_y)) >= 2 * drawn.radius
    assert max(y for _, y in places) + drawn.radius < drawn.top


def test_draw__a_month_far_beyond_is_drawn_at_the_edge():
    drawn = draw([{"month": "2023-01", "ratio": 40.0, "final": False}], [], "2023-02")
    assert drawn is not None
    assert drawn.dots[0][1] == drawn.top


@pytest.mark.parametrize(("months", "as_of"), [([], "2023-06"), (MONTHS[:1], "2023-01"), (MONTHS[2:3], "2023-06")])
def test_draw__without_an_axis_or_any_figure_there_is_no_drawing(months, as_of):
    assert draw(months, [mark("2023-01")], as_of) is None
