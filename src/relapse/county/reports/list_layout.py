"""Which columns a list has, and what stands under each: a plain panel's, or a county's."""

from __future__ import annotations

from collections.abc import Sequence

from relapse.core.heads import NOBODY, Heads
from relapse.core.results import RiskList
from relapse.county.reports.clue_columns import clue_cells, clue_columns
from relapse.county.reports.list_columns import Cell, Column, cells, columns


def layout(
    risk_list: RiskList, joint: str, heads: Heads = NOBODY, aside: bool = False
) -> list[tuple[Column, Sequence[Cell]]]:
    """All columns in order with their cells.

    Args:
        risk_list: what is written.
        joint: between numbered sentences.
        heads: who heads the households of a county.
        aside: whether a county's columns that are no part of the office's form come last.
    """
    head, rows = risk_list.head, risk_list.rows
    if head.county:
        return [(column, clue_cells(rows, column, head, joint, heads)) for column in clue_columns(head, aside)]
    return [(column, cells(rows, column, head.language, joint)) for column in columns(head)]
