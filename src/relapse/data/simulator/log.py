"""What happened, noted in batches of columns while months go by; a future that is only tried out notes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Value = NDArray[Any] | tuple[NDArray[np.integer], tuple[str, ...]] | str | float
Batch = Mapping[str, Value]


@dataclass(eq=False)
class Log:
    """Batches by table.

    Args:
        rng: the reports' own randomness, so that what the office learns changes nothing of what happens.
        batches: by table, in the order in which they came.
    """

    rng: np.random.Generator
    batches: dict[str, list[tuple[int, Batch]]] = field(default_factory=dict)

    def add(self, table: str, home: NDArray[np.integer], **columns: Value) -> None:
        """Rows of a table.

        Args:
            table: its name.
            home: (rows,) places of the households.
            columns: (rows,) each, numbers or codes with their words; or one value for all rows.
        """
        if len(home):
            self.batches.setdefault(table, []).append((len(home), {"home": home.astype(np.int32), **columns}))

    def late(self, shares: tuple[float, ...], rows: int) -> NDArray[np.int64]:
        """(rows,) months by which something is told late, by shares of 0, 1, 2 … months."""
        whole = sum(shares)
        found, passed = np.zeros(rows, dtype=np.int64), 0.0
        drawn = self.rng.random(rows)
        for share in shares[:-1]:
            passed += share / whole
            found += drawn >= passed
        return found

    def days(self, months: NDArray[np.integer] | int, rows: int) -> NDArray[np.float64]:
        """(rows,) a day of each month, as months with the part that is over."""
        return np.broadcast_to(months, (rows,)) + self.rng.integers(0, 28, rows) / 31
