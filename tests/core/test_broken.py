"""What parts tell of one rule, put together: the first findings of the whole, and the count of all others."""

from __future__ import annotations

from relapse.core.broken import MOST, Broken, together
from relapse.core.results import Finding

FILES = ("b.csv", "a.csv")  # in the order in which they are read


def broken(*places: tuple[str, int], more: int = 0, files: tuple[str, ...] = FILES) -> Broken:
    findings = tuple(Finding("told_twice", "check", file, row) for file, row in places)
    return Broken("told_twice", "check", "b.csv", "from", len(findings) + more, findings, files=files)


def test_findings_of_parts__stand_in_the_order_of_files_and_rows():
    whole = together((broken(("b.csv", 9), ("a.csv", 2)), broken(("b.csv", 4), ("a.csv", 1))))
    assert [(each.table, each.row) for each in whole.told()] == [("b.csv", 4), ("b.csv", 9), ("a.csv", 1), ("a.csv", 2)]


def test_findings_of_parts__follow_each_other_where_no_files_are_told():
    whole = together((broken(("b.csv", 9), files=()), broken(("a.csv", 1), files=())))
    assert [each.row for each in whole.told()] == [9, 1]


def test_findings_of_parts__beyond_those_told_one_by_one_are_counted():
    many = [("b.csv", row) for row in range(2, MOST + 2)]
    *told, more = together((broken(*many[1::2], more=7), broken(*many[::2]), broken(("a.csv", 3)))).told()
    assert [(each.table, each.row) for each in told] == many
    assert (more.rule, more.table, more.column) == ("and_more", "b.csv", "from")
    assert more.details == {"count": "8", "broken": "told_twice"}
    assert broken(("b.csv", 2)).told() == [Finding("told_twice", "check", "b.csv", 2)]
