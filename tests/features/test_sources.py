"""Sources of income against a line of 100."""

from __future__ import annotations

import numpy as np
import pandas as pd

from counties import made_county
from panels import histories, read, table, values
from relapse import config

NAN = np.nan


def sources(frame, as_of="2001", **settings):
    made = values(config.option("features", "sources"), histories(read(frame, **{"lookback": 3, **settings}), as_of))
    return {name.removeprefix("sources__"): np.array(column) for name, column in made.items()}


def test_sources__levels_changes_and_the_largest():
    frame = table({"a": [0, 0], "b": [None, 0]}).drop(columns="income")
    frame = frame.assign(wage=[90.0, 60.0, 0.0], farm=[40.0, 90.0, 50.0])  # rows: a 2000, a 2001, b 2001
    made = sources(frame, sources=["wage", "farm"])
    np.testing.assert_allclose(made["wage_share_of_line"], [0.6, 0])
    np.testing.assert_allclose(made["wage_change_share_1y"], [-0.3, NAN])
    np.testing.assert_allclose(made["farm_share_of_line"], [0.9, 0.5])
    np.testing.assert_allclose(made["farm_change_share_1y"], [0.5, NAN])
    np.testing.assert_allclose(made["largest_share"], [90 / 150, 1])
    np.testing.assert_allclose(made["wage_lost_share_1y"], [0.3, NAN])


def test_sources__with_a_rising_line_more_money_can_count_for_less():
    # wages rise from 60 to 90 while the line rises from 100 to 300
    frame = table({"a": [0, 0]}).drop(columns="income").assign(wage=[60.0, 90.0], line=[100.0, 300.0])
    made = sources(frame, sources=["wage"], line="line")
    np.testing.assert_allclose(made["wage_change_share_1y"], [-0.3], atol=1e-7)
    np.testing.assert_allclose(made["wage_lost_share_1y"], [-0.1], atol=1e-7)


def test_sources__are_per_person_and_summed_over_the_window():
    frame = table({"a": [0, 0, 0]}).drop(columns="income").assign(wage=[20.0, NAN, 40.0], farm=1.0, persons=2.0)
    frame["period"] = ["2000-01", "2000-02", "2000-03"]
    made = sources(
        frame, "2000-03", sources=["wage", "farm"], size="persons", frequency="monthly", window=3, reported_share=0.5
    )
    # one of three months of wages is missing: (10 + 20) * 3 / 2 = 45 per person
    np.testing.assert_allclose(made["wage_share_of_line"], [0.45])


def test_sources__change_over_a_year_also_where_reports_come_late():
    frame = table({"a": [0, 0, 0]}).drop(columns="income").assign(wage=[30.0, 90.0, 10.0])
    made = sources(frame, "2002", sources=["wage"], delay=1)
    np.testing.assert_allclose(made["wage_share_of_line"], [0.9])
    np.testing.assert_allclose(made["wage_change_share_1y"], [0.6])


def test_sources__one_alone_is_no_share_of_a_whole():
    assert set(sources(table({"a": [1, 2]}).assign(wage=1.0), sources=["wage"], income="income")) == {
        "wage_share_of_line", "wage_change_share_1y", "wage_lost_share_1y"
    }  # fmt: skip


def test_sources__none_in_the_file():
    assert sources(table({"a": [1, 2]})) == {}


def test_sources_of_a_county__add_up_to_its_income__a_dividend_paid_once_counts_once(tmp_path):
    """The ledger has rows for what came in: a source without a row brought nothing in that month."""
    folder = made_county(tmp_path, 60)
    ledger = pd.read_csv(folder / "收入.csv", dtype=str)
    summer = ledger[(ledger["起始月份"] == "2023-06") & (ledger["终止月份"] == "2023-06")]
    dividend = summer.iloc[::2].assign(**{"收入来源": "财产性收入", "金额(元)": "1200"})
    pd.concat([ledger, dividend]).to_csv(folder / "收入.csv", index=False)
    panel = config.option("data", "county", path=str(folder)).read(config.option("line", "auto"))
    known = histories(panel, panel.calendar.label(panel.last))
    told = values(config.option("features", "sources"), known)
    shares = [np.array(column) for name, column in told.items() if name.endswith("_share_of_line")]
    income = known.newest(known.window_income / known.line)
    seen = ~np.isnan(income)
    assert seen.sum() > 30
    assert np.isfinite(known.column("property", known.lags)).sum() == len(dividend)  # once each
    np.testing.assert_allclose(np.nansum(shares, axis=0)[seen], income[seen], rtol=1e-5)
