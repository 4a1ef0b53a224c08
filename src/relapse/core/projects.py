"""Projects that households belong to, and which of them are in trouble, as known; shared by the features of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from relapse.core.facts import NO_MONTH, Category, Facts, Floats
from relapse.core.panel import PanelView

PROJECTS, MEMBERS = "projects", "project_members"


@dataclass(frozen=True, eq=False)
class Trouble:
    """The newest state of each project.

    Args:
        ids: (projects,)
        rank: (projects,) place of its state in the list, NaN where it is not told.
        since: (projects,) month since which it has been bad without a break, NaN where it is not bad.
    """

    ids: Category
    rank: Floats
    since: Floats

    def place(self, members: Facts) -> NDArray[np.intp]:
        """(rows,) place of the project of each row, -1 where the project is not told."""
        mine = np.full(len(self.ids.levels) + 1, -1, dtype=np.intp)
        mine[self.ids.codes] = np.arange(len(self.ids.codes))
        mine[-1] = -1
        code = {level: place for place, level in enumerate(self.ids.levels)}
        theirs = members.text("project_id")
        place = np.array([*(code.get(level, -1) for level in theirs.levels), -1], dtype=np.intp)
        return np.asarray(mine[place[theirs.codes]])


def own_projects(known: PanelView) -> Facts:
    """The rows of the households that belong to a project at the as_of: one a household and project."""
    members = known.table(MEMBERS).newest
    until = members.number("until") if "until" in members else np.full(len(members), np.nan)
    there = (members.happened == NO_MONTH) | (members.happened <= known.as_of)
    return members.take(there & ~(until < known.as_of) & (members.household >= 0))


def trouble(known: PanelView, worst_last: Sequence[str], bad: Sequence[str]) -> Trouble:
    """The state of every project, as known.

    Args:
        known: of a panel with the table of projects, which tells their status.
        worst_last: states, from well to worst.
        bad: those that are trouble.
    """
    projects = known.table(PROJECTS)
    projects = projects.take((projects.happened == NO_MONTH) | (projects.happened <= known.as_of))
    newest = projects.newest
    status = newest.text("status")
    ranks = {state: float(place) for place, state in enumerate(worst_last)}
    rank = np.array([*(ranks.get(level, np.nan) for level in status.levels), np.nan])[status.codes]
    told = projects.text("status").take(projects.telling("status"))
    flagged = replace(projects, columns={"bad": told.holds(*bad).astype(np.float64)}, absent={})
    since = flagged.since("bad").astype(np.float64)
    return Trouble(newest.text("project_id"), rank, np.where(status.holds(*bad) & (since > NO_MONTH), since, np.nan))


def in_trouble(known: PanelView, worst_last: Sequence[str], bad: Sequence[str]) -> Floats:
    """(households,) 1 where a household belongs to a project in trouble, 0 where it does not; NaN where nothing tells.

    Args:
        known: what was known by the end of the as_of.
        worst_last: states, from well to worst.
        bad: those that are trouble.
    """
    tables, count = known.panel.tables, len(known.panel.household_ids)
    if MEMBERS not in tables or PROJECTS not in tables or "status" not in known.table(PROJECTS):
        return np.full(count, np.nan)
    mine, states = own_projects(known), trouble(known, worst_last, bad)
    place = states.place(mine)
    rows = np.flatnonzero(place >= 0)
    found = np.zeros(count)
    found[mine.household[rows[~np.isnan(states.since[place[rows]])]]] = 1
    return found
