"""A county is worked on in blocks of rows and of households: however small they are, the values are the same."""

from __future__ import annotations

import numpy as np
import pytest

from counties import REGION, made_county
from relapse import config
from relapse.core import panel as panel_module
from relapse.data import county_facts, county_income, schemas


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return made_county(tmp_path_factory.mktemp("county"), households=60)


def looked_at(folder):
    """Rows, findings and histories of a county."""
    data = config.option("data", "county", path=str(folder), region=REGION)
    draft = data.draft()
    panel = data.panel(draft, config.option("line", "absolute", value=6000.0))
    everyone = panel.as_of(panel.latest).everyone
    rows = draft.rows
    columns = [rows.household, rows.period, rows.known, rows.income, rows.measured, *rows.sources.values()]
    names = ("row", "income", "reported", "window_income", "measured", "below", "log_ratio", "reference_income")
    return [*columns, *rows.amounts.values(), *(getattr(everyone, name) for name in names)], draft.findings


def test_blocks__change_no_value(folder, monkeypatch):
    whole, findings = looked_at(folder)
    for module, block in ((county_income, 50), (county_facts, 100), (schemas, 70), (panel_module, 7)):
        monkeypatch.setattr(module, "_BLOCK", block)
    parts, again = looked_at(folder)
    assert again == findings
    for one, other in zip(whole, parts, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    "values", [[24281.0, np.nan, 24281 + 3 / 31, 24280.0], [0.123, 5.0, np.nan], [1.0, 2**40], [np.nan]]
)
def test_whole_days__keep_the_order_and_put_missing_last(values):
    told = np.array(values, dtype=np.float64)
    order = np.argsort(county_facts.whole_days(told), kind="stable")
    np.testing.assert_array_equal(order, np.argsort(told, kind="stable"))
