"""Removal of risk and coming back, by hand: times monitored, who is asked, and labels with what was known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from relapse import config
from relapse.core.errors import InputError
from relapse.core.panel import Panel
from relapse.core.periods import Calendar
from relapse.core.recognitions import NEVER, spells
from relapse.outcome.label.labels import Labels, Outcome
from snapshots import county_of

NAN = np.nan
MONTH = Calendar("monthly").parse
Row = Mapping[str, Any]


def told(household: str, since: str, known_at: str, removed_at: str | None = None, **more: Any) -> Row:
    """One version of a recognition."""
    removed = None if removed_at is None else 1.0
    row = {"household_id": household, "recognised_at": since, "known_at": known_at, "category": "edge"}
    return {**row, "removed_at": removed_at, "removed": removed, "reopened_at": None, **more}


def spell(household: str, since: str, removed: str | None = None, known_at: str | None = None) -> list[Row]:
    """A recognition known at once, and its removal, known at once unless said otherwise."""
    over = [] if removed is None else [told(household, since, known_at or removed, removed)]
    return [told(household, since, since), *over]


def county(*rows: Sequence[Row]) -> Panel:
    """A county to 2023-12; rows of one household and month of recognition are versions of one fact."""
    flat = [each for some in rows for each in some]
    panel: Panel = county_of(households=[{"household_id": name} for name in "abcdefg"], recognitions=flat).known.panel
    table = panel.tables["recognitions"]
    fact = np.unique(table.household.astype(np.int64) * NEVER + table.happened, return_inverse=True)[1]
    return replace(panel, tables={**panel.tables, "recognitions": replace(table, fact=fact.astype(np.int64))})


def outcome(name: str, panel: Panel, **settings: Any) -> Outcome:
    made: Outcome = config.option("label", name, matures_after=0, **settings).on(panel, None)
    return made


def asked(panel: Panel, name: str, as_of: str, **settings: Any) -> list[str]:
    known = panel.as_of(MONTH(as_of))
    return panel.household_ids[known.observed[outcome(name, panel, **settings).at_risk(known)]].tolist()


def labels(
    panel: Panel, name: str, origin: str, known: str = "2023-12", longest: int = 4, gap: int = 0, **settings: Any
) -> Labels:
    members, leads = np.arange(len(panel.household_ids), dtype=np.int32), np.arange(1, longest + 1, dtype=np.int32)
    made = outcome(name, panel, **settings)
    return made.labels(panel.as_of(MONTH(known)), members, MONTH(origin), leads, "first_entry", gap)


def same(found: Any, expected: Any) -> None:
    np.testing.assert_array_equal(found, np.array(expected, dtype=float))


def times(panel: Panel, as_of: str = "2023-12") -> list[tuple[str, int, int, bool]]:
    told = spells(panel.as_of(MONTH(as_of)))
    begin = MONTH("2022-01")
    ends = np.where(told.ends == NEVER, NEVER, told.ends - begin)
    who = panel.household_ids[told.household].tolist()
    return list(zip(who, (told.begins - begin).tolist(), ends.tolist(), told.reopened.tolist(), strict=True))


# times monitored --------------------------------------------------------------------------------------------------------


def test_spells__of_a_household_recognised_and_removed_twice():
    assert times(county(spell("a", "2022-01", "2022-07"), spell("a", "2022-10", "2023-05"))) == [
        ("a", 0, 6, False), ("a", 9, 16, False),
    ]  # fmt: skip


def test_spells__a_removal_that_was_taken_back_and_made_again_is_two():
    again = [
        told("a", "2022-01", "2022-09", "2022-07", reopened_at="2022-09"),
        told("a", "2022-01", "2023-03", "2023-03", reopened_at="2022-09"),
    ]
    panel = county(spell("a", "2022-01", "2022-07"), again)
    assert times(panel) == [("a", 0, 6, False), ("a", 8, 14, True)]
    assert times(panel, "2022-10") == [("a", 0, 6, False), ("a", 8, NEVER, True)]
    assert times(panel, "2022-08") == [("a", 0, 6, False)]
    assert times(panel, "2022-06") == [("a", 0, NEVER, False)]


def test_spells__a_corrected_removal_is_one_and_a_withdrawn_recognition_none():
    corrected = [told("a", "2022-01", "2022-09", "2022-08")]
    withdrawn = [told("b", "2022-01", "2022-06", withdrawn=True)]
    panel = county(spell("a", "2022-01", "2022-07"), corrected, spell("b", "2022-01"), withdrawn)
    assert times(panel) == [("a", 0, 7, False)]
    assert times(panel, "2022-05") == [("a", 0, NEVER, False), ("b", 0, NEVER, False)]


def test_spells__two_at_once_end_with_the_last():
    panel = county(spell("a", "2022-01", "2022-09"), spell("a", "2022-03", "2022-05"), spell("b", "2022-02"))
    assert times(panel) == [("a", 0, 8, False), ("b", 1, NEVER, False)]


def test_spells__a_removal_without_a_month_counts_from_when_it_was_known():
    panel = county(spell("a", "2022-01"), [told("a", "2022-01", "2022-06", removed=1.0)])
    assert times(panel) == [("a", 0, 5, False)]


# removal ----------------------------------------------------------------------------------------------------------------

FATES = [
    *spell("a", "2022-01"),  # stays monitored
    *spell("b", "2022-01", "2022-08"),
    *spell("c", "2022-01", "2022-07"), *spell("c", "2022-09", "2022-10"),  # the first removal counts
    *spell("d", "2022-01", "2022-05", known_at="2022-07"),  # removed before the origin, known only later
    *spell("e", "2022-07"),  # recognised after the origin
    *spell("f", "2021-01", "2022-03"), *spell("f", "2022-05", "2022-08"),  # monitored for the second time
]  # fmt: skip


def test_removal__is_asked_of_those_who_are_monitored_as_far_as_known():
    panel = county(FATES)
    assert asked(panel, "removal", "2022-06") == ["a", "b", "c", "d", "f"]  # that d was removed is not known yet
    assert asked(panel, "removal", "2022-09") == ["a", "c", "e"]


def test_removal__comes_in_its_month_and_who_was_not_monitored_is_censored():
    found = labels(county(FATES), "removal", "2022-06")
    none = [NAN] * 4
    same(found.event, [[0] * 4, [0, 1, NAN, NAN], [1, NAN, NAN, NAN], none, none, [0, 1, NAN, NAN], none])
    same(found.within, [[0] * 4, [0, 1, 1, 1], [1] * 4, none, none, [0, 1, 1, 1], none])


def test_removal__inside_the_gap_is_censored():
    found = labels(county(FATES), "removal", "2022-06", gap=1, longest=2)
    same(found.event[:3], [[0, 0], [1, NAN], [NAN, NAN]])


def test_removal__who_leaves_the_books_is_censored_from_then_on():
    panel = county(spell("a", "2022-01"), spell("b", "2022-01"))
    homes = panel.tables["households"]
    twice = homes.take(np.array([0, 0, *range(1, len(homes))]))
    gone = replace(
        twice, ends=True, fact=np.arange(len(twice), dtype=np.int64), withdrawn=np.arange(len(twice)) == 1,
        known=np.where(np.arange(len(twice)) == 1, MONTH("2022-09"), twice.known).astype(np.int32),
    )  # fmt: skip
    found = labels(replace(panel, tables={**panel.tables, "households": gone}), "removal", "2022-06")
    same(found.event[:2], [[0, 0, NAN, NAN], [0] * 4])


def test_removal__matures_as_removals_took_to_become_known():
    assert config.option("label", "removal").on(county(spell("a", "2022-01", "2022-05", "2022-08")), None).maturity == 3


@pytest.mark.parametrize("name", ["removal", "return"])
def test_on__a_register_that_tells_no_removals_is_refused(name):
    panel = county([{"household_id": "a", "recognised_at": "2022-01", "category": "edge"}])
    with pytest.raises(InputError, match="removed_at"):
        config.option("label", name).on(panel, None)


# coming back ------------------------------------------------------------------------------------------------------------

RETURNS = [
    *spell("a", "2021-01", "2022-03"),  # stays away
    *spell("b", "2021-01", "2022-06"), *spell("b", "2022-08"),
    *spell("c", "2020-01", "2021-08"), *spell("c", "2022-10"),  # within a year ends in 2022-08
    *spell("d", "2020-01", "2021-06"),  # a year has passed
    *spell("e", "2021-01"),  # monitored
    *spell("f", "2019-11", "2020-06"), *spell("f", "2021-01", "2022-02"), *spell("f", "2022-07"),  # its second return
]  # fmt: skip


def test_return__is_asked_within_a_year_of_the_newest_removal():
    panel = county(RETURNS)
    assert asked(panel, "return", "2022-06") == ["a", "b", "c", "f"]
    assert asked(panel, "return", "2022-06", within_months=4) == ["a", "b"]
    assert asked(panel, "return", "2022-08") == ["a"]


def test_return__nothing_is_asked_after_the_twelfth_month_not_even_of_a_window_that_reaches_beyond():
    found = labels(county(RETURNS), "return", "2022-06")
    none = [NAN] * 4
    same(found.event, [[0] * 4, [0, 1, NAN, NAN], [0, 0, NAN, NAN], none, none, [1, NAN, NAN, NAN], none])
    same(found.within, [[0] * 4, [0, 1, 1, 1], [0, 0, NAN, NAN], none, none, [1] * 4, none])
    early = labels(county(spell("c", "2020-01", "2021-08"), spell("c", "2022-07")), "return", "2022-06")
    same(early.within[2], [1, 1, NAN, NAN])


def test_return__a_removal_taken_back_ends_the_time_at_risk_or_is_a_return():
    panel = county(
        spell("a", "2021-01", "2022-05"), [told("a", "2021-01", "2022-08", "2022-05", reopened_at="2022-08")]
    )
    found, counted = (labels(panel, "return", "2022-06", reopening_counts=counts) for counts in (False, True))
    same([found.event[0], found.within[0]], [[0, 0, NAN, NAN], [0, 0, 0, 0]])
    same([counted.event[0], counted.within[0]], [[0, 1, NAN, NAN], [0, 1, 1, 1]])


# nothing from the future ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "rows"), [("removal", FATES), ("return", RETURNS)])
def test_what_became_known_later__changes_neither_who_is_asked_nor_the_labels(name, rows):
    """From the training on everybody is removed and recognised, before and after the origin: as if none of it was there."""
    train = "2022-08"
    later = [{**row, "known_at": "2022-09", "removed_at": "2022-07", "removed": 1.0} for row in rows]
    others = [row for house in "abcdefg" for row in spell(house, "2022-07", "2022-08", known_at="2022-09")[1:]]
    clean, dirty = county(rows), county(rows, later, others)
    for as_of in ("2022-06", train):
        assert asked(clean, name, as_of) == asked(dirty, name, as_of) != []
    one, other = (labels(panel, name, "2022-06", known=train, longest=2) for panel in (clean, dirty))
    np.testing.assert_array_equal(one.event, other.event)
    np.testing.assert_array_equal(one.within, other.within)
    assert (one.event == 1).any()
    assert not np.array_equal(one.event, labels(dirty, name, "2022-06", longest=2).event, equal_nan=True)


def test_spells__before_the_first_recognition_was_known_are_none():
    assert times(county(spell("a", "2022-01", "2022-07")), "2021-06") == []
