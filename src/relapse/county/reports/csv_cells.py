"""CSV files that a spreadsheet opens as they are meant: UTF-8 with BOM, text stays text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_text(value: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would run it as a formula.

    Example:
        >>> safe_text("=1+1"), safe_text("1+1")
        ("'=1+1", '1+1')
    """
    return f"'{value}" if value.startswith(_STARTS_A_FORMULA) else value


def plain_text(cell: str) -> str:
    """The text of a cell that was written by `safe_text`.

    Example:
        >>> plain_text("'=1+1"), plain_text("'tis"), plain_text("1+1")
        ('=1+1', "'tis", '1+1')
    """
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_STARTS_A_FORMULA) else cell


def number(value: float, decimals: int) -> str:
    """The number, rounded, without needless zeros and without exponents.

    Example:
        >>> number(7260.0, 2), number(-85.456, 2), number(0.00001, 6)
        ('7260', '-85.46', '0.00001')
    """
    written = f"{value:.{decimals}f}"
    shortened = written.rstrip("0").rstrip(".") if "." in written else written
    return "0" if shortened == "-0" else shortened


def to_bytes(header: Sequence[str], lines: Iterable[Sequence[str]]) -> bytes:
    """A CSV file of cells that are written as they stand."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows(lines)
    return out.getvalue().encode("utf-8-sig")
