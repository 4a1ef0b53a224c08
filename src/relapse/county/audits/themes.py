"""All rules of all themes by their number."""

from __future__ import annotations

from collections.abc import Mapping

from relapse.county.audits import (
    category,
    education,
    health,
    history,
    house,
    identity,
    income,
    measures,
    missed,
    must_visit,
    posts,
    protection,
    removal,
    triggers,
    triggers_events,
    village,
    work,
)
from relapse.county.audits.cells import Check

_THEMES = (
    identity, missed, category, removal, income, health, education, work, posts, measures, protection, house, village,
    history, triggers, triggers_events, must_visit,
)  # fmt: skip

RULES: Mapping[str, Check] = {number: check for theme in _THEMES for number, check in theme.RULES.items()}

OF_EVERYBODY = ("A01", "A02", "A14", "A16", "A17", "E08")
"""Rules that hold a household against all others: of a part of a county they ask what its other parts tell."""

OF_COUNTY = ("D13", "E19", "E20", "M01", "M02", "M03", "M04", "M05", "N02", "N03", "N07", "N08", "N10")
"""Rules of villages, months and tables, which name no household: a part that is told of all others says the same."""
