"""How long what a list names of households is kept."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from relapse.core.recipe import STRICT, Count


@dataclass(frozen=True, config=STRICT)
class Keep:
    """For how long.

    Args:
        months: after the month of the data, until lists, what lies beside them, and the workbooks handed back may go.
    """

    months: Count
