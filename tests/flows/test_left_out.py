"""A rule that takes the events out of training and hardly anybody else is told of, and one that takes most of them stops."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from panels import signal_case, task_of
from relapse.core.errors import InputError
from relapse.core.results import Finding
from relapse.core.texts import finding_sentence
from relapse.flows.left_out import left_out


@dataclass(frozen=True)
class Breaks:
    """What audits say: which households break which rule."""

    rules: dict

    def doubted_by(self, known):
        return self.rules


@pytest.fixture(scope="module")
def task():
    return task_of(signal_case(households=300).panel(), [1, 2])


@pytest.fixture(scope="module")
def fell(task):
    """(households,) who fell by the labels that were known at the end."""
    mask = np.zeros(len(task.panel.household_ids), dtype=bool)
    for origin, event in task.training_events(task.panel.last).items():
        mask[task.unit(origin).members[(event == 1).any(axis=1)]] = True
    assert 40 < mask.sum() < 260
    return mask


def told(task, **rules):
    object.__setattr__(task, "audits", Breaks(rules))
    return left_out(task, task.panel.last)


def some(mask, share):
    """The first so many of a mask."""
    chosen = np.zeros(len(mask), dtype=bool)
    chosen[np.flatnonzero(mask)[: round(share * mask.sum())]] = True
    return chosen


def test_a_rule_that_mostly_hits_events__is_told_with_both_shares(task, fell):
    found = told(task, C05=some(fell, 0.4), F09=some(fell, 0.2) | some(~fell, 0.2), B01=some(fell, 0.04))
    lost = round(0.4 * fell.sum())
    details = {"broken": "C05", "lost": str(lost), "share": f"{lost / fell.sum():.0%}", "others": "0.0%"}
    assert found == [Finding("left_out", "check", "audits", details=details)]
    for language in ("zh", "en"):
        assert "audits.severity.C05=check" in finding_sentence(found[0], language)


def test_a_rule_that_leaves_out_more_than_half_of_the_events__stops(task, fell):
    with pytest.raises(InputError, match="audit rule C05 leaves .* out of training .*say audits.severity.C05=check"):
        told(task, C05=some(fell, 0.6))


def test_no_rule_is_broken_or_none_is_asked__nothing_is_told(task, fell):
    assert told(task, C05=np.zeros_like(fell)) == []
    object.__setattr__(task, "audits", None)
    assert left_out(task, task.panel.last) == []
