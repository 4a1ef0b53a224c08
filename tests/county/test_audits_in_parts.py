"""What the line and the audit rules say of a county in parts is what they say of the whole, word by word."""

from __future__ import annotations

import numpy as np
import pytest

from counties import made_county
from folders import LINE, home, plain, write, year
from folders import county as folder_of
from in_parts import Split
from relapse import config
from relapse.core.panel import Panel
from relapse.core.protocols import ExaminedParts
from relapse.data.county_store import examine_in_parts
from relapse.flows.examine import all_findings, audit_findings, findings_of_parts
from simulated_counties import county as simulated


def in_order(panel: Panel, size: int) -> Split:
    """Parts of households that follow each other, as those of a folder do."""
    return Split(panel, (np.arange(len(panel.household_ids)) // size).astype(np.int32))


@pytest.fixture(scope="module")
def yi(tmp_path_factory) -> Panel:
    """A county with all tables, and what rules of villages, months and tables hit."""
    county = simulated(households=60, path=str(tmp_path_factory.mktemp("simulated") / "yi"))
    county.prepare()
    panel: Panel = county.read(config.option("line", "auto"))
    return panel


def audits(**limits):
    """Limits under which rules of whole villages find something in so few households."""
    loose = {
        "E19": {"households": 2, "least_households": 1, "share": 0.01},
        "E20": {"least_households": 1, "times": 0.1, "band": 0.5},
        "N10": {"times_most": 0.5},
        "N03": {"rise_most": 1.01},
        **limits,
    }
    return config.option("audits", "national", limits=loose)


@pytest.mark.parametrize("size", [1, 40, 71])
def test_findings_of_parts__are_those_of_the_whole(yi, size):
    asked = audits()
    whole = audit_findings(yi, asked, None)
    assert findings_of_parts(in_order(yi, size), asked, None) == whole
    found = {finding.rule for finding in whole}
    assert {"E19", "E20", "N03", "N10"} <= found
    assert len(found) > 25


def test_findings_of_parts__where_there_are_more_than_are_told_one_by_one(yi, monkeypatch):
    for module in ("relapse.core.broken.MOST", "relapse.county.audits.audits.MOST"):
        monkeypatch.setattr(module, 3)
    asked = audits()
    whole = audit_findings(yi, asked, None)
    assert findings_of_parts(in_order(yi, 40), asked, None) == whole
    assert sum(finding.rule == "and_more" for finding in whole) > 5


def test_findings_of_parts__of_which_one_has_nobody_yet_and_one_no_income(tmp_path):
    """Two households a part: those of the first are on the books since November, those of the last have no income."""
    ids = [f"h{number}" for number in range(1, 7)]
    late = {"as_of": "2023-11-01", "known_at": "2023-11-05"}
    homes = [home(each, **(late if each in ids[:2] else {}), village="v1" if each < "h4" else "v2") for each in ids]
    reports = [row for each in ids[:4] for row in year(each, 700)]
    county = folder_of(write(tmp_path / "county", plain(households=homes, income=reports)))
    whole = county.examine(LINE)
    found, store = examine_in_parts(county, LINE, tmp_path / "scratch", size=2)
    assert list(found) == list(whole.findings)
    assert [len(store.places(number)) for number in range(len(store))] == [2, 2, 2]
    for month in ("2023-06", "2023-12"):
        period = whole.panel.calendar.parse(month)
        assert (len(store.part(0).as_of(period).observed) == 0) == (month == "2023-06")
        expected = all_findings(whole, audits(), period)
        assert all_findings(ExaminedParts(found, store), audits(), period) == expected
        assert len(expected) > 5


def test_findings_of_parts__of_an_earlier_month_and_without_a_line(tmp_path):
    folder = made_county(tmp_path / "county", households=60)
    panel: Panel = config.option("data", "county", path=str(folder), name="county").read(config.option("line", "auto"))
    asked = audits(N08={"months_before": 2})
    for period in (panel.latest, panel.latest - 14):
        assert findings_of_parts(in_order(panel, 11), asked, period) == audit_findings(panel, asked, period)
