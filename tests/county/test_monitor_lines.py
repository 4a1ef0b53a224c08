"""What past lists came to, a line a group: no two lines are called the same."""

from __future__ import annotations

import pytest

from relapse.county.reports.monitor_html import hit_lines

TOLD = {"lists": 2, "n": 108, "hits": None, "few": True, "rate": None, "low": None, "high": None, "horizon": 6}
GROUPS = [("tier", "visit"), ("tier", "random"), ("source", "random"), ("source", "model"), ("source", "rule")]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_hit_lines__tell_the_random_tier_from_what_was_listed_at_random(language):
    """Both read 其中：随机抽查."""
    names = [
        line[0]
        for line in hit_lines([{**TOLD, "group": group, "value": value} for group, value in GROUPS], 6, language)
    ]
    assert len(set(names)) == len(GROUPS), names
