"""Which tables are late: against their own rhythm, as known, and never after the as_of."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from folders import home, month, plain, read, year
from relapse.core.feeds import Feed
from relapse.core.panel import Panel
from relapse.monitors.feeds import bearing_late_incomes, feeds_of


def claim(known: str, happened: str) -> dict[str, object]:
    return {"household_id": "h1", "month": happened, "own_cost": 100, "known_at": known}


def monthly(first: str, last: str) -> list[dict[str, object]]:
    return [claim(f"{each}-15", str(each - 1)) for each in pd.period_range(first, last, freq="M")]


def panel_of(folder: Path, claims: list[dict[str, object]]) -> Panel:
    return read(folder, plain(claims=claims))


def feed(panel: Panel, as_of: str, table: str = "claims") -> Feed:
    return next(each for each in feeds_of(panel.as_of(month(as_of))) if each.table == table)


def test_a_table_that_came_every_month__is_late_in_the_first_month_without_it(tmp_path):
    panel = panel_of(tmp_path, monthly("2023-02", "2023-09"))
    told = [feed(panel, f"2023-{number:02d}") for number in (9, 10, 12)]
    assert [(each.newest, each.silent, each.usual, each.late) for each in told] == [
        ("2023-09", 0, 0, 0), ("2023-09", 1, 0, 1), ("2023-09", 3, 0, 3),
    ]  # fmt: skip


def test_a_table_that_comes_by_the_quarter__is_late_after_a_quarter(tmp_path):
    claims = [claim(f"{each.year}-{each.month:02d}-15", f"{each.year}-{each.month:02d}")
              for each in pd.period_range("2021-02", "2023-06", freq="3M")]  # fmt: skip
    panel = panel_of(tmp_path, claims)
    told = [feed(panel, f"2023-{number:02d}") for number in (6, 7, 8, 12)]
    assert [(each.newest, each.usual, each.late) for each in told] == [("2023-05", 2, late) for late in (0, 0, 1, 5)]


def test_a_table_of_few_reports__has_no_rhythm_and_is_never_late(tmp_path):
    panel = panel_of(tmp_path, monthly("2023-02", "2023-05"))
    assert (feed(panel, "2023-12").usual, feed(panel, "2023-12").late) == (None, 0)


def test_what_became_known_later__changes_nothing(tmp_path):
    until = feed(panel_of(tmp_path / "one", monthly("2023-02", "2023-08")), "2023-08")
    whole = feed(panel_of(tmp_path / "two", monthly("2023-02", "2023-12")), "2023-08")
    assert until == whole


def test_a_long_panel__has_no_tables_to_be_late(cases):
    panel = next(iter(cases.values())).panel()
    assert feeds_of(panel.as_of(panel.latest)) == ()
    assert bearing_late_incomes(panel, panel.latest) is panel


@pytest.mark.parametrize("late", [0, 2])
def test_incomes_that_are_late__count_for_as_many_months_longer(tmp_path, late):
    """A dated export moves the county on to a month for which no income came."""
    when = f"2024-{1 + late:02d}"
    tables = {"households": [home("h1"), home("h2")], "income": [*year("h1", 100), *year("h2", 200)]}
    export = [{key: value for key, value in claim("", "2023-12").items() if key != "known_at"}]
    panel = read(tmp_path, {**tables, f"claims_{when.replace('-', '')}15.csv": export}, max_age=1)
    assert panel.latest == month(when)
    then = bearing_late_incomes(panel, panel.latest)
    assert then.max_age == 1 + late
    known = then.as_of(then.latest).histories(then.as_of(then.latest).observed, lags=then.max_age + 1)
    assert known.newest(known.window_income).tolist() == [600.0, 1200.0]
