"""The audit rules on a simulated county find an imperfect office, not a broken simulator."""

from __future__ import annotations

from collections import Counter

import pytest

from relapse import config
from relapse.flows.examine import all_findings
from simulated_counties import Made, county


@pytest.fixture(scope="module")
def findings(small: Made) -> Counter[tuple[str, str]]:
    data = county(path=str(small.folder), households=400, world_seed=7)
    examined = data.examine(config.option("line", "county"))
    assert examined.panel is not None
    audits = config.option("audits", "national")
    return Counter((each.severity, each.rule) for each in all_findings(examined, audits, examined.panel.last))


def test_nothing__stops_the_work(findings):
    assert not [rule for severity, rule in findings if severity == "stop"]


@pytest.mark.parametrize(
    "rule", ["value_missing", "in_the_future", "household_unknown", "A08", "A09", "A10", "I04", "H05"]
)
def test_what_no_office_could_write__is_not_there(findings, rule):
    assert not [key for key in findings if key[1] == rule]


def test_what_must_be_mended__is_rare(findings, small: Made):
    """A household and its members are told apart and late: sizes differ now and then, as in an office."""
    households = small.table("households")["household_id"].nunique()
    assert sum(count for (severity, _), count in findings.items() if severity == "fix") < households / 50
