"""The hidden sheet by which a handed-back workbook is known again, and a changed cell of the office is found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from relapse.core.results import RiskList
from relapse.core.row_sums import row_sum
from relapse.county.reports.list_columns import Cell, Column, column_version
from relapse.county.reports.list_words import marks
from relapse.county.reports.sheet_styles import protect

ROWS_AT = 3  # column in which the table of the rows begins, behind names and values
ROW_HEADS = ("clue_id", "household_id", "row_sum", "tier", "stratum", "listing_probability")


def write_meta(
    sheet: Any, risk_list: RiskList, shown: Sequence[tuple[Column, Sequence[Cell]]], township: str = ""
) -> None:
    """Write names and values, all text; and of a county one line a row of the list, with its digest.

    Args:
        sheet: an empty sheet.
        risk_list: what the workbook holds.
        shown: columns and cells of its list as they were written.
        township: whose workbook it is, empty for the county's.
    """
    head, beside = risk_list.head, risk_list.supplement
    told = {
        "digest": head.digest,
        "data_digest": head.data_digest,
        "panel": head.panel,
        "version": head.version,
        "as_of": head.as_of,
        "horizon": str(head.horizon),
        "frequency": head.frequency,
        "rows": str(len(risk_list.rows)),
        "marks": " ".join(marks(head)),
        "language": head.language,
        "column_version": column_version(head),
    }
    if head.county:
        told |= {"region": beside.region, "township": township, "lines": "\n".join(beside.lines)}
        _write_row_sums(sheet, risk_list, shown)
    for row, (name, value) in enumerate(told.items()):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, value)
    protect(sheet)
    sheet.hide()


def _write_row_sums(sheet: Any, risk_list: RiskList, shown: Sequence[tuple[Column, Sequence[Cell]]]) -> None:
    rows = risk_list.rows
    own = [values for column, values in shown if column.kind != "hand_back"]
    sums = [row_sum(cells) for cells in zip(*own, strict=True)]
    for place, name in enumerate(ROW_HEADS, start=ROWS_AT):
        sheet.write_string(0, place, name)
    told = zip(
        rows["clue_id"], rows["household_id"], sums, rows["tier"], rows["stratum"], rows["listing_probability"],
        strict=True,
    )  # fmt: skip
    for row, (clue, household, digest, tier, stratum, probability) in enumerate(told, start=1):
        for place, words in enumerate((clue, household, digest, tier), start=ROWS_AT):
            sheet.write_string(row, place, str(words))
        sheet.write_number(row, ROWS_AT + 4, int(stratum))
        sheet.write_number(row, ROWS_AT + 5, float(probability))
