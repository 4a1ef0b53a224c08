"""`data=panel`: one long table, a row a household and period → a `Panel`, and what is wrong with the table."""

from __future__ import annotations

import pandas as pd
from pydantic.dataclasses import dataclass

from relapse.core.panel import Line, Panel
from relapse.core.protocols import Examined
from relapse.core.recipe import STRICT
from relapse.data.panel_build import Draft, assemble, examine
from relapse.data.panel_checks import refuse
from relapse.data.panel_settings import Columns, Defaults, PanelSettings
from relapse.data.read_table import RawTable, read_table, stem, table_of

__all__ = ["Columns", "Defaults", "PanelFile"]


@dataclass(frozen=True, config=STRICT)
class PanelFile(PanelSettings):
    """One long table of households and periods: the settings of `PanelSettings`, and where the file lies.

    Args:
        path: a CSV, Parquet or xlsx file, relative to the working directory, or `distribution://NAME/PATH` for a file
            that an installed package ships.
    """

    path: str

    @property
    def panel_name(self) -> str:
        """The panel's name: as said, else that of the file."""
        return self.name or stem(self.path)

    def prepare(self) -> bool:
        """Nothing is made: the files are there."""
        return False

    def read(self, line: Line) -> Panel:
        """The panel of the file.

        Args:
            line: the line recipe; the column in its `needs` (if it has that) is read as the line in the file.

        Raises:
            InputError: no such file, no table, a column that is not there, or a fault that stops the work.
        """
        return self._panel(self._table(line), line)

    def of_frame(self, frame: pd.DataFrame, line: Line) -> Panel:
        """The panel of a table in memory, with the same settings and checks; `path` only gives a name.

        Raises:
            InputError: as `read`.
        """
        return self._panel(table_of(frame, self.panel_name), line)

    def examine(self, line: Line) -> Examined:
        """Every fault of the file in one pass, by row, and the panel where none of them stops the work.

        Raises:
            InputError: no such file, no table, or a column that is not there.
        """
        table = self._table(line)
        draft = self._draft(table, line)
        findings = tuple(sorted(draft.findings, key=lambda finding: (finding.row, finding.column, finding.rule)))
        stops = any(finding.severity == "stop" for finding in findings)
        return Examined(findings, None if stops else self._assembled(draft, table, line))

    def _table(self, line: Line) -> RawTable:
        return read_table(self.path, {*self.columns.texts, *self.categories} - set(_needs(line)))

    def _draft(self, table: RawTable, line: Line) -> Draft:
        self.look_up(table.name, table.columns.column_names, _needs(line))
        return examine(table, self, _needs(line))

    def _panel(self, table: RawTable, line: Line) -> Panel:
        draft = self._draft(table, line)
        refuse(draft.findings)
        return self._assembled(draft, table, line)

    def _assembled(self, draft: Draft, table: RawTable, line: Line) -> Panel:
        return assemble(draft, self, self.panel_name, line, self.digest(table.digest, _needs(line)))


def _needs(line: Line) -> tuple[str, ...]:
    """Columns of the file that a line recipe needs; most need none."""
    return tuple(getattr(line, "needs", ()))
