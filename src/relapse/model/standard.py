"""Columns as a regression takes them: clipped at their 1st and 99th percentile, standardised, missing ones flagged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_ARRAYS = ("low", "high", "mean", "scale")
_COLUMNS = 32  # taken at a time, so that no copy of all is held


@dataclass(frozen=True, eq=False)
class Standard:
    """How each column is clipped and standardised.

    Args:
        names: (columns,)
        low, high: (columns,) bounds.
        mean, scale: (columns,) after clipping.
    """

    names: tuple[str, ...]
    low: Floats
    high: Floats
    mean: Floats
    scale: Floats

    @staticmethod
    def of(names: Sequence[str], matrix: NDArray[np.float32]) -> Standard:
        """Of the columns (rows, columns) that are told of anybody; the others are left out."""
        told = np.flatnonzero(~np.isnan(matrix).all(axis=0))
        parts = [np.empty((4, 0))]
        for begin in range(0, len(told), _COLUMNS):
            values = matrix[:, told[begin : begin + _COLUMNS]].astype(np.float64)
            low, high = np.nanpercentile(values, [1, 99], axis=0)
            clipped = np.clip(values, low, high)
            parts.append(np.stack([low, high, np.nanmean(clipped, axis=0), np.nanstd(clipped, axis=0)]))
        low, high, mean, scale = np.concatenate(parts, axis=1)
        return Standard(tuple(names[k] for k in told.tolist()), low, high, mean, np.where(scale > 1e-9, scale, 1))

    def some(self, chosen: NDArray[np.bool_]) -> Standard:
        """Of some of the columns (columns,)."""
        names = tuple(name for name, wanted in zip(self.names, chosen, strict=True) if wanted)
        return Standard(names, self.low[chosen], self.high[chosen], self.mean[chosen], self.scale[chosen])

    def clipped(self, matrix: NDArray[np.float32]) -> Floats:
        """(rows, columns) within the bounds; NaN where missing."""
        return np.clip(matrix.astype(np.float64), self.low, self.high)

    def parts(self, matrix: NDArray[np.float32]) -> tuple[Floats, NDArray[np.bool_]]:
        """(rows, columns) standardised, 0 where missing; and (rows, columns) where they are missing."""
        clipped = self.clipped(matrix)
        missing = np.isnan(clipped)
        return np.where(missing, 0, (clipped - self.mean) / self.scale), missing

    def plain(self) -> dict[str, object]:
        """As JSON has it."""
        return {"names": list(self.names), **{key: getattr(self, key).tolist() for key in _ARRAYS}}

    @staticmethod
    def restore(values: Mapping[str, Sequence[float]]) -> Standard:
        """From what `plain` gave."""
        low, high, mean, scale = (np.array(values[key], np.float64) for key in _ARRAYS)
        return Standard(tuple(map(str, values["names"])), low, high, mean, scale)
