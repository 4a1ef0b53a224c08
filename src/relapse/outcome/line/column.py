"""`line=column`: a line that stands in the file beside each income."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from relapse.core.errors import InputError
from relapse.core.panel import Floats, Histories, Panel
from relapse.core.recipe import STRICT
from relapse.outcome.line.county import LINES, County


@dataclass(frozen=True, config=STRICT)
class Column:
    """The line of each row, as the file has it.

    Args:
        column: name in the file; money per person over one window.
    """

    column: Annotated[str, Field(min_length=1)]

    @property
    def needs(self) -> tuple[str, ...]:
        """Columns of the file that must be read as the line."""
        return (self.column,)

    def values(self, known: Histories) -> Floats:
        """(n, lags): the line believed at each lag; NaN where the file has none, so that the state is unknown there.

        Raises:
            InputError: the panel was read without the column.
        """
        if known.view.panel.line_column is None:
            raise InputError(
                f"the panel '{known.view.panel.name}' was read without a line; read it with line=column and "
                f"line.column={self.column}"
            )
        return known.column("line_column")

    def begins(self, panel: Panel) -> frozenset[int] | None:
        """Periods in which a line begins by the county's own table; None where there is no such table beside it."""
        return County((), 1).begins(panel) if LINES in panel.tables else None
