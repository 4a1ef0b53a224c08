"""What the studies share: tables in their pages and as LaTeX, and pictures of figures with their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

_LATEX = {sign: f"\\{sign}" for sign in "_%&#${}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def publish(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Put a study's tables between their marks in its page, each beside it as LaTeX too, and print them.

    Args:
        folder: of the study; its figures at full precision lie there as CSV.
        tables: by mark, as they are read: cells are words.
    """
    for mark, table in tables.items():
        text = markdown(table)
        rewrite(folder / "README.md", mark, text)
        (folder / f"{mark}.tex").write_text(latex(table), encoding="utf-8")
        print(text)


def rewrite(page: Path, mark: str, text: str) -> None:
    """Replace what stands between `<!-- MARK:begin -->` and `<!-- MARK:end -->` in a page that has both."""
    begin, end = f"<!-- {mark}:begin -->", f"<!-- {mark}:end -->"
    head, rest = page.read_text(encoding="utf-8").split(begin)
    page.write_text(f"{head}{begin}\n{text}\n{end}{rest.split(end)[1]}", encoding="utf-8")


def markdown(table: pd.DataFrame) -> str:
    """A table for a page.

    Example:
        >>> print(markdown(pd.DataFrame({"model": ["rule"], "of 300": ["0.05"]})))
        | model | of 300 |
        | --- | --- |
        | rule | 0.05 |
    """
    lines = [list(map(str, table.columns)), ["---"] * len(table.columns), *_cells(table)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def latex(table: pd.DataFrame) -> str:
    r"""A table for a paper.

    Example:
        >>> print(latex(pd.DataFrame({"model": ["the_rule"], "share": ["5 %"]})), end="")
        \begin{tabular}{ll}
        \hline
        model & share \\
        \hline
        the\_rule & 5 \% \\
        \hline
        \end{tabular}
    """
    head, *rows = (
        " & ".join("".join(_LATEX.get(sign, sign) for sign in word) for word in line) + r" \\"
        for line in (list(map(str, table.columns)), *_cells(table))
    )
    lines = [rf"\begin{{tabular}}{{{'l' * len(table.columns)}}}", r"\hline", head, r"\hline", *rows, r"\hline"]
    return "\n".join([*lines, r"\end{tabular}"]) + "\n"


def save(table: pd.DataFrame, path: Path) -> None:
    """Figures as CSV at six digits, the same bytes from the same figures."""
    table.to_csv(path, index=False, float_format="%.6f", lineterminator="\n")


def ranged(value: float, low: float, high: float, digits: int = 3, sign: str = "") -> str:
    """A figure with its interval, or alone where it has none; empty where it is not defined.

    Example:
        >>> ranged(0.1234, 0.1, 0.15, sign="+")
        '+0.123 (+0.100 to +0.150)'
    """
    if not np.isfinite(value):
        return ""
    told = f"{value:{sign}.{digits}f}"
    return f"{told} ({low:{sign}.{digits}f} to {high:{sign}.{digits}f})" if np.isfinite([low, high]).all() else told


def picture(path: Path, rows: pd.DataFrame, title: str, label: str, zero: float | None = None) -> None:
    """Draw a point with its interval for each row, one series a colour, the first row on top.

    Args:
        path: of the PNG.
        rows: columns name, series, value, ci_low, ci_high.
        title: what is shown, 'simulated' said where it is.
        label: of the axis.
        zero: where a line is drawn; None draws none.
    """
    from relapse.explanation.canvas import BLUE, FONT_SIZE, GREY, INK, RED, figure, plain, png

    names, series = list(dict.fromkeys(rows["name"])), list(dict.fromkeys(rows["series"]))
    with figure(max(2.2, 0.24 * len(names) * (1 + 0.35 * (len(series) - 1)) + 1.2)) as (drawn, axes):
        if zero is not None:
            axes.axvline(zero, color=GREY, linewidth=1)
        colours = (BLUE, RED, GREY, INK)
        for number, (name, colour) in enumerate(zip(series, colours, strict=False)):
            mine = rows[rows["series"] == name]
            places = np.array([names.index(each) for each in mine["name"]])
            places = places + (number - (len(series) - 1) / 2) * 0.7 / len(series)
            ends = [mine["value"] - mine["ci_low"], mine["ci_high"] - mine["value"]]
            axes.errorbar(mine["value"], places, xerr=ends, fmt="o", markersize=4, color=colour, capsize=2, label=name)
        axes.set_yticks(range(len(names)), names)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.set_title(title, loc="left", fontsize=FONT_SIZE, color=INK)
        plain(axes, label, "")
        if len(series) > 1:
            axes.legend(fontsize=FONT_SIZE - 1, labelcolor=INK)
        path.write_bytes(png(drawn))


def _cells(table: pd.DataFrame) -> Sequence[list[str]]:
    return [[str(value) for value in row] for row in table.itertuples(index=False)]
