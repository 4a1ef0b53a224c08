"""Audit rules that keep out of training those to whom the outcome came, and hardly anybody else.

A household whose records must be mended leaves training. Where a rule speaks of what is written at the recognition
itself, that takes events away and no others: a model would learn from what is left that there are none.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relapse.core.errors import InputError
from relapse.core.results import Finding
from relapse.evaluation.small_cells import LEAST_COUNT
from relapse.flows.rows import Task

RULE = "left_out"
TIMES = 3.0  # our choice: events are left out so many times as often as others before it is told
LEAST = 0.05  # our choice: a smaller share of the events moves a level less than two years differ
MOST = 0.5  # our choice: what is left of the events then is not what came


def left_out(task: Task, as_of: int) -> list[Finding]:
    """A finding for each rule that leaves out far more of those to whom the outcome came than of the others.

    Bounds are `TIMES`, `LEAST` and `MOST`; fewer than five households are never told of.

    Args:
        task: what is forecast.
        as_of: of the training; labels that had closed and were known then count.

    Raises:
        InputError: one rule leaves out more than half of those to whom the outcome came.
    """
    broken = {} if task.audits is None else task.audits.doubted_by(task.panel.as_of(as_of))
    broken = {rule: whose for rule, whose in broken.items() if whose.any()}
    if not broken:
        return []
    fell, met = _came_and_asked(task, as_of)
    others, findings = met & ~fell, []
    for rule, whose in broken.items():
        lost, share, of_others = int((whose & fell).sum()), _share(whose, fell), _share(whose, others)
        if share > MOST:
            raise InputError(
                f"audit rule {rule} leaves {lost:,} of {int(fell.sum()):,} households to whom the outcome came out of "
                f"training ({share:.0%}, of the others {of_others:.1%}): mend these records (`relapse validate` lists "
                f"them), or, if the county does not fill that field, say audits.severity.{rule}=check"
            )
        if lost >= LEAST_COUNT and share >= LEAST and share > TIMES * of_others:
            told = {"broken": rule, "lost": f"{lost:,}", "share": f"{share:.0%}", "others": f"{of_others:.1%}"}
            findings.append(Finding(RULE, "check", "audits", details=told))
    return findings


def _came_and_asked(task: Task, as_of: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(households,) to whom the outcome came by the closed labels, and of whom there are such labels at all."""
    known = task.panel.as_of(as_of)
    fell, met = np.zeros((2, len(task.panel.household_ids)), dtype=bool)
    for origin in task.training_origins(as_of):
        members, event = task.unit(origin).members, task.labels(known, origin).event
        fell[members[(event == 1).any(axis=1)]] = True
        met[members[~np.isnan(event).all(axis=1)]] = True
    return fell, met


def _share(whose: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
    return float(whose[among].mean()) if among.any() else 0.0
