"""What to write behind a command so that what an alarm speaks against is left out, by the kind of data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from relapse.core.catalogue import name_part
from relapse.core.panel import Panel
from relapse.core.worded import Worded
from relapse.evaluation.alarms import FEATURE
from relapse.features.facts import FACTS, Facts
from relapse.flows.rows import Task

NAMING = ("alarm.column", "alarm.mark", "alarm.written.told", "alarm.written.corrected")
SEEKING = ("alarm.too_good", "alarm.too_good.official")  # they say that some column tells the outcome, not which
COVARIATES = "covariates"
_MADE = "(now|change|log_ratio|below_share)"  # what `features.covariates` makes of a column
_PLAIN = re.compile(r"[A-Za-z0-9_]+")


def how_to_leave_out(alarms: Sequence[Worded], task: Task) -> str:
    """How to leave out what alarms name, in English; empty where none is of a column.

    A column of a panel's file goes by `data.exclude`; what a county tells has no such setting: its own facts go one by
    one, all else with the block that makes features of it.

    Args:
        alarms: that were raised.
        task: whose panel, and whose features.
    """
    told = [each.values for each in alarms if each.key in NAMING]
    named = dict.fromkeys(str(values.get(FEATURE, values["column"])) for values in told)
    columns = dict.fromkeys(column for name in named for column in _columns(name, task.panel))
    entries = dict.fromkeys(key for name in named for key in _entries(name, task))
    blocks = dict.fromkeys(name.partition("__")[0] for name in named if "__" in name)
    words = [*([_excluded(list(columns))] if columns else []), *(f"'~features.facts.entries.{key}'" for key in entries)]
    words += [f"'~features.{block}'" for block in blocks if block in task.features and block not in (COVARIATES, FACTS)]
    if words:
        return f"to leave out what is named: {' '.join(words)}"
    if not any(each.key in SEEKING for each in alarms):
        return ""
    if _own(task.panel):
        return "data.exclude=[COLUMN] leaves a column out"
    return f"'~features.BLOCK' leaves out a block of features ({', '.join(sorted(task.features))})"


def _own(panel: Panel) -> list[str]:
    return [*panel.covariates, *panel.categories]


def _columns(name: str, panel: Panel) -> Iterator[str]:
    """Columns of the file that are meant: by their own name, or by that of a feature made of them."""
    for column in _own(panel):
        if name == column or re.fullmatch(f"{COVARIATES}__{re.escape(name_part(column))}_{_MADE}", name):
            yield column


def _entries(name: str, task: Task) -> Iterator[str]:
    block = task.features.get(FACTS)
    if isinstance(block, Facts):
        yield from (key for key, entry in block.entries.items() if name in (entry.name, f"{FACTS}__{key}"))


def _excluded(columns: Sequence[str]) -> str:
    if all(_PLAIN.fullmatch(column) for column in columns):
        return f"data.exclude=[{','.join(columns)}]"
    quoted = ",".join("'" + column.replace("'", "\\'") + "'" for column in columns)
    return f'"data.exclude=[{quoted}]"'
