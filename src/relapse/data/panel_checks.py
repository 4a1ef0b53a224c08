"""What may be wrong with the rows of a file: findings, and the refusal where one of them stops the work."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from relapse.core.contract import Severity
from relapse.core.errors import InputError
from relapse.core.facts import Category
from relapse.core.results import Finding
from relapse.core.texts import SURNAMES, finding_sentence
from relapse.data.read_table import RawTable

_MOST = 1000  # findings of one rule and column that are told one by one
_IDENTITY = re.compile(r"(?<![\d.])(?:\d{17}[\dXx]|\d{15}|1[3-9]\d{9})(?![\d.])")
_NUMBER = re.compile(  # also of bank cards; a number may be written in groups
    r"(?<![\d.])(?:\d{17}[\dXx](?:\d{2}){0,2}|\d{15,22}|[1-9]\d{5}[ -]?(?:19|20)\d{6}[ -]?\d{3}[\dXx]|"
    r"1[3-9]\d(?:[ -]?\d{4}){2})(?![\d.])"
)
_NAME = re.compile(r"[\u3400-\u9fff]{2,4}")
_DOTTED_NAME = re.compile(r"[\u3400-\u9fff]{1,8}(?:[·•・][\u3400-\u9fff]{1,8})+")
_SHOWN = 3
HIDDEN = "***"


@dataclass(eq=False)
class Faults:
    """Collects the findings of one table, in the order in which the rules look at it."""

    table: RawTable
    findings: list[Finding] = field(default_factory=list)
    private: tuple[str, ...] = ()  # columns that name persons: what stands in them is shown nowhere

    def rows(
        self,
        rule: str,
        severity: Severity,
        wrong: NDArray[np.bool_],
        column: str,
        show: Callable[[object], str] | None = None,
        **details: str | NDArray[np.int64],
    ) -> None:
        """A finding for each row of a mask.

        Args:
            rule: its text is `finding.<rule>` in `core.texts`.
            severity: see `Finding`.
            wrong: (rows,) where the rule is broken.
            column: in the file; its values are told, masked where they look like identity numbers.
            show: a value as it is told, where another way than `masked`.
            details: for the placeholders: a text, or a whole number a row.
        """
        places = np.flatnonzero(wrong)
        if not len(places):
            return
        told = places[:_MOST]
        values = self.table.columns[column].take(told).to_pylist() if column else [""] * len(told)
        named = self._named({str(value) for value in values})
        for place, value in zip(told, values, strict=True):
            filled = {key: text if isinstance(text, str) else str(text[place]) for key, text in details.items()}
            row, shown = int(self.table.rows[place]), HIDDEN if str(value) in named else (show or masked)(value)
            self.findings.append(Finding(rule, severity, self.table.name, row, column, shown, filled))
        if len(places) > _MOST:
            self.whole("and_more", severity, column, count=f"{len(places) - _MOST:,}", broken=rule)

    def _named(self, values: set[str]) -> set[str]:
        """Which of some texts stand in a column that names persons, maybe in another row: columns may be shifted."""
        found: set[str] = set()
        wanted = pa.array(sorted(values), type=pa.string())
        for column in self.private:
            texts = self.table.columns[column].cast(pa.string())
            found |= set(pc.unique(texts.filter(pc.is_in(texts, value_set=wanted))).to_pylist())
        return found

    def whole(self, rule: str, severity: Severity, column: str = "", value: str = "", **details: str) -> None:
        """A finding about the whole table or a whole column."""
        self.findings.append(Finding(rule, severity, self.table.name, 0, column, value, details))

    def identity(self, column: str, values: Category) -> bool:
        """Whether most of a column's texts look like identity or telephone numbers; a finding where they do."""
        sample = values.levels[:: max(1, len(values.levels) // 1000)]
        alike = 2 * sum(_IDENTITY.fullmatch(level) is not None for level in sample) > len(sample)
        if alike:
            self.whole("identity", "check", column)
        return alike

    def ragged(self) -> None:
        """A finding for each row whose number of values did not fit the header."""
        for row in self.table.ragged[:_MOST]:
            self.findings.append(Finding("row_width", "stop", self.table.name, row))
        if len(self.table.ragged) > _MOST:
            self.whole("and_more", "stop", count=f"{len(self.table.ragged) - _MOST:,}", broken="row_width")


def sentence(finding: Finding) -> str:
    """A finding in English: where it is and what is wrong."""
    where = [f"row {finding.row:,}"] if finding.row else []
    where += [f"column '{finding.column}'"] if finding.column else []
    said = finding_sentence(finding, "en").rstrip(".")
    return f"{', '.join(where)}: {said}" if where else said


def refuse(findings: Sequence[Finding]) -> None:
    """Stop where a finding says so.

    Raises:
        InputError: with the first faults, each with its row and column.
    """
    stops = [finding for finding in findings if finding.severity == "stop"]
    if stops:
        shown = "; ".join(sentence(finding) for finding in stops[:_SHOWN])
        more = f" and {len(stops) - _SHOWN:,} more" if len(stops) > _SHOWN else ""
        raise InputError(f"{stops[0].table} cannot be used: {shown}{more}. `relapse validate` lists every fault")


def masked(value: object) -> str:
    """A value as a finding may show it: of numbers of persons and telephones, and of what may be a name, the begin."""
    text = "" if value is None else str(value)
    plain = _NUMBER.sub(lambda found: found[0][:3] + "*" * (len(found[0]) - 3), text)
    if (_NAME.fullmatch(plain) and plain[0] in SURNAMES) or _DOTTED_NAME.fullmatch(plain):
        plain = plain[0] + "*" * (len(plain) - 1)
    return plain if len(plain) <= 40 else plain[:39] + "…"
