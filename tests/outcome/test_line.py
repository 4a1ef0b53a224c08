"""Lines: what they are, and that what becomes known later never changes them."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from omegaconf import OmegaConf
from pydantic import ValidationError

from relapse.core.errors import InputError
from relapse.core.panel import Line, Panel
from relapse.data.panel_file import PanelFile
from relapse.outcome.line.absolute import Absolute
from relapse.outcome.line.column import Column
from relapse.outcome.line.county import County
from relapse.outcome.line.relative import Relative, weighted_median

CONF = Path(__file__).parents[2] / "conf"


def panel_of(table: pd.DataFrame, line: Line, frequency: str = "monthly", **settings: Any) -> Panel:
    columns = {"household_id": "hh", "period": "period", "income": "income"} | {
        key: key for key in ("weight", "known_at") if key in table
    }
    said = {"path": "frame", "frequency": frequency, "columns": columns, **settings}
    merged = OmegaConf.to_container(OmegaConf.merge(OmegaConf.load(CONF / "data" / "panel.yaml"), said))
    assert isinstance(merged, dict)
    merged.pop("_target_")
    merged["columns"].pop("_target_")
    return PanelFile(**merged).of_frame(table, line)


def made_up(seed: int = 0, households: int = 9, months: int = 18) -> pd.DataFrame:
    """A monthly panel with gaps, late rows, corrections and weights."""
    rng = np.random.default_rng(seed)
    rows = households * months
    month = np.tile(np.arange(months), households)
    table = pd.DataFrame({
        "hh": np.repeat([f"h{n}" for n in range(households)], months),
        "period": [f"{2020 + m // 12}-{m % 12 + 1:02d}" for m in month],
        "income": rng.lognormal(5, 1, rows).round(2),
        "weight": rng.integers(1, 5, rows),
        "month": month,
        "late": rng.integers(0, 4, rows),
    })  # fmt: skip
    corrected = table.sample(20, random_state=seed).assign(late=5, income=lambda t: t.income * 3)
    table = pd.concat([table.sample(frac=0.8, random_state=seed), corrected], ignore_index=True)
    known = table.month + table.late
    return table.assign(known_at=[f"{2020 + k // 12}-{k % 12 + 1:02d}" for k in known]).drop(columns=["late", "month"])


def lines_at(panel: Panel, as_of: str, lags: int = 6) -> np.ndarray:
    known = panel.as_of(panel.calendar.parse(as_of))
    return known.histories(np.arange(len(panel.household_ids), dtype=np.int32), lags=lags).line


# relative


def test_relative__is_a_fraction_of_each_periods_median():
    table = pd.DataFrame({
        "hh": ["a", "b", "c"] * 2, "period": ["2020"] * 3 + ["2021"] * 3, "income": [10.0, 20, 60, 100, np.nan, 300],
    })  # fmt: skip
    panel = panel_of(table, Relative(fraction=0.5), "annual")
    np.testing.assert_array_equal(lines_at(panel, "2021", 3), [[100, 10, np.nan]])


def test_relative__weights_count():
    table = pd.DataFrame({
        "hh": ["a", "b", "c"] * 2, "period": ["2020"] * 3 + ["2021"] * 3, "income": [10.0, 20, 60] * 2,
        "weight": [1, 1, 5, 9, 1, np.nan],
    })  # fmt: skip
    panel = panel_of(table, Relative(fraction=1), "annual")
    np.testing.assert_array_equal(lines_at(panel, "2021", 2), [[10, 60]])


def test_relative__with_a_reporting_delay_the_newest_known_period_counts():
    table = pd.DataFrame({"hh": ["a"] * 3, "period": ["2019", "2020", "2021"], "income": [10.0, 20, 40]})
    panel = panel_of(table, Relative(fraction=1), "annual", delay=1)
    np.testing.assert_array_equal(lines_at(panel, "2021", 3), [[20, 10, np.nan]])


def test_relative__the_window_is_what_is_held_against_it():
    table = pd.DataFrame({"hh": ["a"] * 3, "period": ["2019", "2020", "2021"], "income": [10.0, 20, 40]})
    panel = panel_of(table, Relative(fraction=1), "annual", window=2)
    np.testing.assert_array_equal(lines_at(panel, "2021", 3), [[60, 30, np.nan]])


@pytest.mark.parametrize("window", [1, 6])
@pytest.mark.parametrize("as_of", ["2020-08", "2020-11", "2021-02"])
def test_relative__what_becomes_known_later_changes_no_line(window, as_of):
    table = made_up()
    line = Relative(fraction=0.6)
    before = lines_at(panel_of(table, line, window=window), as_of)
    later = table.known_at > as_of
    assert later.any() and np.isfinite(before).any()
    poisoned = table.assign(income=table.income.where(~later, 9e9), weight=table.weight.where(~later, 1000))
    np.testing.assert_array_equal(lines_at(panel_of(poisoned, line, window=window), as_of), before)
    cut = table[~later | (table.period > as_of)]  # some rows stay, so that the period lies within the data
    np.testing.assert_array_equal(lines_at(panel_of(cut, line, window=window), as_of), before)


def test_relative__a_period_keeps_its_line_at_every_later_as_of():
    panel = panel_of(made_up(), Relative(fraction=0.6))
    early, late = lines_at(panel, "2020-10", 4), lines_at(panel, "2021-02", 8)
    np.testing.assert_array_equal(late[:, 4:], early)


def test_relative__is_remembered_and_two_recipes_keep_apart():
    table = made_up()
    panel = panel_of(table, Relative(fraction=0.6))
    first = lines_at(panel, "2020-10")
    assert len(panel.remembered) == 6
    np.testing.assert_array_equal(lines_at(panel, "2020-10"), first)
    half = Relative(fraction=0.3).values(panel.as_of(panel.calendar.parse("2020-10")).histories(np.array([0]), lags=6))
    np.testing.assert_allclose(half, first / 2)


def test_relative__order_of_rows_does_not_matter():
    table = made_up()
    again = table.sample(frac=1, random_state=3)
    line = Relative(fraction=0.6)
    np.testing.assert_array_equal(
        lines_at(panel_of(table, line), "2021-02"), lines_at(panel_of(again, line), "2021-02")
    )


def test_weighted_median__equals_the_plain_one_of_repeated_values():
    rng = np.random.default_rng(1)
    for size in range(1, 40):
        values, weights = rng.integers(0, 20, size).astype(float), rng.integers(0, 4, size).astype(float)
        repeated = np.repeat(values, weights.astype(int))
        expected = np.median(repeated) if len(repeated) else np.nan
        np.testing.assert_equal(weighted_median(values, weights), expected)


# absolute, column


def test_absolute__is_the_same_everywhere():
    panel = panel_of(made_up(), Absolute(value=150))
    np.testing.assert_array_equal(lines_at(panel, "2020-10", 2), [[150, 150]])


@pytest.mark.parametrize("make", [
    lambda: Absolute(value=0), lambda: Absolute(value=float("inf")), lambda: Relative(fraction=0),
    lambda: Relative(fraction=3), lambda: Column(column=""),
])  # fmt: skip
def test_lines__settings_out_of_range_are_refused(make):
    with pytest.raises(ValidationError):
        make()


def test_column__a_panel_that_was_read_without_it_says_so():
    panel = panel_of(made_up(), Absolute(value=150))
    known = panel.as_of(panel.last).everyone
    with pytest.raises(InputError, match="read it with line=column"):
        Column(column="z").values(known)


# county


def county(**more: Any) -> County:
    settings = OmegaConf.to_container(OmegaConf.load(CONF / "line" / "county.yaml"))
    assert isinstance(settings, dict)
    settings.pop("_target_")
    return County(**(settings | more))


def spans(first: str, last: str) -> pd.DataFrame:
    months = pd.period_range(first, last, freq="M").astype(str)
    return pd.DataFrame({"hh": "a", "period": months, "income": 500.0})


def test_county__a_line_counts_once_it_is_announced():
    panel = panel_of(spans("2021-01", "2022-12"), county(), window=12, region="2107")
    np.testing.assert_array_equal(lines_at(panel, "2022-07", 8), [[6600] * 8])  # 2022's came out on 22 August
    np.testing.assert_array_equal(lines_at(panel, "2022-08", 9), [[7260] * 8 + [6600]])


def test_county__the_longest_code_that_fits_wins():
    for region, line in [("350526", 19560), ("350121", 10560)]:
        panel = panel_of(spans("2024-01", "2024-06"), county(), window=12, region=region)
        assert lines_at(panel, "2024-05", 1) == [[line]]
    panel = panel_of(spans("2021-01", "2021-12"), county(), window=12, region="4301")
    assert lines_at(panel, "2021-05", 1) == [[6000]]  # the national floor


def test_county__is_scaled_to_the_window():
    panel = panel_of(spans("2021-01", "2021-12"), county(), window=1, region="43")
    assert lines_at(panel, "2021-05", 1) == [[500]]


def test_county__before_the_data_there_is_no_line():
    panel = panel_of(spans("2021-01", "2021-12"), county(), window=12, region="43")
    np.testing.assert_array_equal(lines_at(panel, "2021-02", 4), [[6000, 6000, np.nan, np.nan]])


def test_county__leads_use_the_last_announced():
    panel = panel_of(spans("2021-01", "2022-12"), county(), window=12, region="21")
    view = panel.as_of(panel.calendar.parse("2022-07"))
    ahead = view.histories(np.array([0], np.int32), end=panel.calendar.parse("2023-07"), lags=13)
    np.testing.assert_array_equal(ahead.line, [[6600] * 13])


@pytest.mark.parametrize(("region", "last", "said"), [
    ("21", "2024-03", r"region 21 in 2024.*table lines .*conf/line/county\.yaml"),
    ("", "2021-03", r"data\.region=CODE"),
])  # fmt: skip
def test_county__a_missing_line_stops_with_region_and_year(region, last, said):
    panel = panel_of(spans("2021-01", last), county(), window=12, region=region)
    with pytest.raises(InputError, match=said):
        lines_at(panel, last, 1)


def test_county__waves_by_number_have_no_dates():
    table = pd.DataFrame({"hh": ["a", "a"], "period": [1, 2], "income": [1.0, 2.0]})
    with pytest.raises(InputError, match="needs years"):
        lines_at(panel_of(table, county(), "wave", region="43"), "2", 1)


@pytest.mark.parametrize("change", [
    {"region_code": "350"}, {"valid_from": "March 2024"}, {"line": 0}, {"announced_on": "2024-13-01"}, {"nonsense": 1},
])  # fmt: skip
def test_county__rows_are_checked(change):
    row = {
        "region_code": "35",
        "valid_from": "2024-01-01",
        "line": 1,
        "announced_on": None,
        "source": "",
        "assumed": True,
    }
    assert County(rows=[row], holds_months=1).rows[0].line == 1
    with pytest.raises(ValidationError):
        County(rows=[row | change], holds_months=1)
