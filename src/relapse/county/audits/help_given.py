"""Measures of help and what a household was recognised for: what rules on measures, schools and rolls share."""

from __future__ import annotations

import numpy as np

from relapse.core.facts import NO_MONTH, Floats
from relapse.core.recognitions import removed
from relapse.county.audits.cells import holds, number
from relapse.county.audits.circumstances import has_cause
from relapse.county.audits.snapshot import Mask, Snapshot

MEASURES = "measures"
DEVELOPMENT = ("industry", "job", "finance", "public_post")


def kind_of(county: Snapshot, *kinds: str) -> Mask:
    """(measures,) whether a measure is of one of these kinds."""
    return holds(county.table(MEASURES), "kind", *kinds)


def item_of(county: Snapshot, *items: str) -> Mask:
    """(measures,) whether one of these things was done."""
    return holds(county.table(MEASURES), "item", *items)


def lasting(county: Snapshot, since: float | Floats) -> Mask:
    """(measures,) begun by the as_of and not over before a month; one without an end counts as lasting.

    Args:
        county: at an as_of.
        since: the month, or (n,) one a household; NaN is before all.
    """
    facts = county.table(MEASURES)
    earliest = np.broadcast_to(np.asarray(since, dtype=np.float64), (county.count,))[facts.household]
    return (facts.happened <= county.as_of) & ~(number(facts, "to") < earliest)


def recent(county: Snapshot, months: float) -> Mask:
    """(measures,) told to reach into the last months; one without an end must have begun in them."""
    facts = county.table(MEASURES)
    until = number(facts, "to")
    last = np.where(np.isnan(until), facts.happened, until)
    return (facts.happened <= county.as_of) & (last > county.as_of - months)


def helped(county: Snapshot, *kinds: str) -> Mask:
    """(n,) whether a measure of one of these kinds was not yet over when the household was last recognised."""
    return county.has_row(MEASURES, lasting(county, recognised_month(county)) & kind_of(county, *kinds))


def recognised(county: Snapshot) -> Mask:
    """(n,) ever recognised as a monitored household, by the as_of."""
    return ~np.isnan(recognised_month(county))


def recognised_month(county: Snapshot) -> Floats:
    """(n,) month of the last recognition, NaN without one."""
    facts = county.last_recognition
    told = (facts.happened != NO_MONTH) & (facts.happened <= county.as_of)
    months = np.full(county.count, np.nan)
    months[facts.household[told]] = facts.happened[told]
    return months


def removed_by_now(county: Snapshot) -> Mask:
    """(n,) the risk of the last recognition is removed, and the removal was not taken back."""
    return _of_last(county, removed(county.last_recognition, county.as_of))


def monitored_now(county: Snapshot) -> Mask:
    """(n,) recognised and not removed, or removed and reopened."""
    return recognised(county) & ~removed_by_now(county)


def recognition_says(county: Snapshot, column: str, *codes: str) -> Mask:
    """(n,) whether a column of the last recognition has one of these codes."""
    return _of_last(county, holds(county.last_recognition, column, *codes))


def caused_by(county: Snapshot, *causes: str) -> Mask:
    """(n,) whether one of the five columns of causes at the last recognition names one of these."""
    return _of_last(county, has_cause(county.last_recognition, *causes))


def recognised_with(county: Snapshot, flag: str) -> Mask:
    """(n,) whether the last recognition affirms a flag."""
    return _of_last(county, number(county.last_recognition, flag) == 1)


def _of_last(county: Snapshot, mask: Mask) -> Mask:
    found = np.zeros(county.count, dtype=bool)
    found[county.last_recognition.household[mask]] = True
    return found
