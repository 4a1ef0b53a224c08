"""Dates that figures are marked with: of the region, known by the as_of, and in order."""

from __future__ import annotations

import pytest

from folders import month
from relapse import config
from relapse.core.errors import InputError
from relapse.monitors.marks import MarkRow, Marks


def row(**changed: object) -> MarkRow:
    given = {"region_code": "00", "kind": "policy", "first": "2021-05", "last": None, "known": "2021-04",
             "zh": "甲", "en": "a", "source": "s", **changed}  # fmt: skip
    return MarkRow(**given)  # type: ignore[arg-type]


def names(marks: Marks, first: str, as_of: str, region: str = "210101") -> list[str]:
    return [mark.en for mark in marks.between(region, month(first), month(as_of))]


def test_marks__are_those_that_touch_the_months_and_were_known_by_the_as_of():
    marks = Marks((
        row(en="later", first="2022-03", known="2022-01"), row(en="long", first="2020-01", last="2021-06"),
        row(en="unknown", first="2021-06", known="2022-08"), row(en="over", first="2020-01", last="2020-12"),
    ))  # fmt: skip
    assert names(marks, "2021-06", "2022-06") == ["long", "later"]
    assert names(marks, "2021-06", "2022-02") == ["long"]  # not begun
    assert names(marks, "2021-06", "2022-08") == ["long", "unknown", "later"]


def test_marks__of_another_province_are_not_ours():
    marks = Marks((row(en="ours", region_code="21"), row(en="theirs", region_code="52"), row(en="all")))
    assert names(marks, "2021-01", "2021-12") == ["all", "ours"]
    assert names(marks, "2021-01", "2021-12", region="") == ["all"]


def test_the_shipped_marks__have_words_and_sources():
    shipped = config.option("marks", "national")
    assert len(shipped.rows) >= 5
    assert {each.kind for each in shipped.rows} == {"policy", "sweep", "shock"}
    assert all(each.zh and each.en and each.source for each in shipped.rows)


@pytest.mark.parametrize(
    ("changed", "said"), [({"last": "2021-01"}, "before it begins"), ({"first": "May 2021"}, "May 2021")]
)
def test_a_mark__that_cannot_be_is_refused(changed, said):
    with pytest.raises(InputError, match=said):
        row(**changed)
