"""What counts as income, and from when to when: a table of parts, each with its source; a change of policy is a row."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from relapse.core.periods import Calendar
from relapse.core.recipe import STRICT, PeriodText

_MONTHLY = Calendar("monthly")


@dataclass(frozen=True, config=STRICT)
class Part:
    """One row of the formula.

    Args:
        part: a source of income (wage, business, property, transfer, business_cost, payout) or `own_cost`.
        item: an item of that source to which the row alone applies; None for all others.
        net: what it counts for in net income (家庭纯收入): 1, -1 or 0.
        reference: what it counts for in the reference income (监测参考收入).
        first: first month for which the row holds, None from the beginning.
        last: last month, None until further notice.
        source: where the rule stands.
    """

    part: str
    item: str | None
    net: Annotated[float, Field(ge=-1, le=1)]
    reference: Annotated[float, Field(ge=-1, le=1)]
    first: PeriodText | None
    last: PeriodText | None
    source: str

    def holds(self, months: NDArray[np.integer]) -> NDArray[np.bool_]:
        """(rows,) whether the row holds in each month."""
        first = -np.inf if self.first is None else _MONTHLY.parse(self.first)
        last = np.inf if self.last is None else _MONTHLY.parse(self.last)
        return np.asarray((months >= first) & (months <= last))


@dataclass(frozen=True, config=STRICT)
class Formula:
    """Net and reference income of a household.

    net = wage + business + property + transfer - business cost; reference = net + payouts - compliant own medical
    cost; per person both are divided by the persons of the household (the counting rule of the national system; the
    reference income as a public form of a county system shows it beside the net income).

    Args:
        parts: rows; of two that fit, one with an item wins, then the later one.
    """

    parts: tuple[Part, ...]

    @model_validator(mode="after")
    def _has_parts(self) -> Formula:
        if not any(part.net for part in self.parts):
            raise ValueError("no part counts as net income")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """All parts, each once."""
        return tuple(dict.fromkeys(part.part for part in self.parts))

    def weights(self, part: str, item: str, months: NDArray[np.integer]) -> tuple[NDArray[np.float64], ...]:
        """What a part counts for in each month.

        Args:
            part: its name.
            item: of the part, empty where none was told.
            months: (rows,)

        Returns:
            (rows,) in net income, (rows,) in the reference income; 0 where no row of the formula holds.
        """
        net, reference = np.zeros(len(months)), np.zeros(len(months))
        fitting = [row for row in self.parts if row.part == part and row.item in (None, item)]
        for row in sorted(fitting, key=lambda row: row.item is not None):
            holds = row.holds(months)
            net[holds], reference[holds] = row.net, row.reference
        return net, reference
