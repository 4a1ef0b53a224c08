"""Of which kind an entry will be: shares of the one hazard of any entry, so that the kinds' chances add up to it.

P(kind j | entry at lead k) = exp(a_j + x'b_j + c_j ln k) / sum over the kinds that the household can have then: a
multinomial logit over possible kinds alone (McFadden 1974, Conditional logit analysis of qualitative choice behavior),
fitted by penalised maximum likelihood on the entries that were known. The hazard itself, its order, its calibration and
its contributions stay as they are.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass as plain_dataclass
from dataclasses import replace
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass
from scipy.optimize import minimize

from relapse.core.forecast import Kinds, masked_softmax
from relapse.core.recipe import STRICT, Count
from relapse.core.rows import Unit
from relapse.model.columns import columns_of

Floats = NDArray[np.float64]
FILE = "kinds.json"
_BLOCK = 8_192  # rows in double precision at once
_LOW, _HIGH = 1, 99  # percentiles at which numbers are clipped, as the plain regression does


@plain_dataclass(frozen=True, eq=False)
class Entries:
    """Entries that were known, of whatever kind.

    Args:
        names: of the columns.
        matrix: (entries, columns) features at the origin, those that differ by lead left out.
        lead: (entries,) periods ahead at which each came.
        possible: (entries, kinds) which kinds it could have been.
        kind: (entries,) number of the kind that it was.
    """

    names: Sequence[str]
    matrix: NDArray[np.float32]
    lead: NDArray[np.int32]
    possible: NDArray[np.bool_]
    kind: NDArray[np.int8]


@plain_dataclass(frozen=True, eq=False)
class FittedKinds:
    """Fitted shares.

    Args:
        kinds: names.
        names: of the columns; none where there were too few entries, and the shares are those of all entries alike.
        low, high, mean, scale: (columns,) clipping bounds and standardisation.
        weight: (columns + 2, kinds): of each column, of ln lead, and the level.
    """

    kinds: tuple[str, ...]
    names: tuple[str, ...]
    low: Floats
    high: Floats
    mean: Floats
    scale: Floats
    weight: Floats

    def of(self, unit: Unit) -> Kinds | None:
        """Of a unit's households; None where it is not known which kinds they can have.

        Raises:
            InputError: a column that they were fitted on is not there.
        """
        if unit.possible is None:
            return None
        columns = columns_of(unit.table.entries, self.names)
        level, values = np.empty((len(unit.members), len(self.kinds))), unit.table.values
        for begin in range(0, len(level), _BLOCK):
            standard = self._standard(values[begin : begin + _BLOCK][:, columns])
            level[begin : begin + _BLOCK] = standard @ self.weight[:-2] + self.weight[-1]
        return Kinds(self.kinds, level, np.log(unit.leads)[:, None] * self.weight[-2], unit.possible)

    def dump(self) -> bytes:
        """The shares as JSON."""
        arrays = {key: getattr(self, key).tolist() for key in _ARRAYS}
        return json.dumps({"kinds": self.kinds, "names": self.names, **arrays}, indent=1).encode()

    @staticmethod
    def restore(content: bytes) -> FittedKinds:
        """The shares from their JSON."""
        said = json.loads(content)
        arrays = (np.array(said[key], np.float64) for key in _ARRAYS)
        return FittedKinds(tuple(said["kinds"]), tuple(said["names"]), *arrays)

    def _standard(self, matrix: NDArray[np.float32]) -> Floats:
        clipped = np.clip(matrix.astype(np.float64), self.low, self.high)
        return np.where(np.isnan(clipped), 0, (clipped - self.mean) / self.scale)


_ARRAYS = ("low", "high", "mean", "scale", "weight")


@dataclass(frozen=True, config=STRICT)
class KindShares:
    """How the shares of kinds are fitted.

    Args:
        penalty: strength of the quadratic penalty on the standardised weights, in entries.
        least_entries: entries that could have been of more than one kind; with fewer, all get the same shares.
        prior_entries: entries of each kind that are added to the counts, so that none is ruled out by chance.
    """

    penalty: Annotated[float, Field(gt=0)]
    least_entries: Count
    prior_entries: Annotated[float, Field(gt=0)]

    def alike(self) -> KindShares:
        """The recipe of shares that tell nothing but how often each kind came."""
        return replace(self, least_entries=sys.maxsize)

    def fit(self, kinds: Sequence[str], entries: Entries) -> FittedKinds:
        """The shares fitted on known entries.

        Args:
            kinds: names, in the order of the columns of `possible`.
            entries: that were known; those that could be of one kind only tell nothing.
        """
        open_ = np.flatnonzero(entries.possible.sum(axis=1) > 1)
        kind, possible, lead = entries.kind[open_], entries.possible[open_], entries.lead[open_]
        level = _common_level(kind, possible, self.prior_entries)
        if len(open_) < self.least_entries:
            none = np.empty(0)
            return FittedKinds(tuple(kinds), (), none, none, none, none, np.vstack([np.zeros(len(kinds)), level]))
        matrix = entries.matrix[open_].astype(np.float64)
        told = np.flatnonzero((~np.isnan(matrix)).any(axis=0))
        low, high = np.nanpercentile(matrix[:, told], [_LOW, _HIGH], axis=0)
        clipped = np.clip(matrix[:, told], low, high)
        mean, scale = np.nanmean(clipped, axis=0), np.nanstd(clipped, axis=0)
        vary = scale > 1e-9
        chosen = told[vary]
        blank = FittedKinds(
            tuple(kinds), tuple(entries.names[k] for k in chosen), low[vary], high[vary], mean[vary], scale[vary],
            np.empty(0),
        )  # fmt: skip
        design = np.column_stack([blank._standard(entries.matrix[open_][:, chosen]), np.log(lead), np.ones(len(lead))])
        weight = _fit(design, kind, possible, level, self.penalty)
        return FittedKinds(blank.kinds, blank.names, blank.low, blank.high, blank.mean, blank.scale, weight)


def _common_level(kind: NDArray[np.int8], possible: NDArray[np.bool_], prior: float) -> Floats:
    """(kinds,) log-odds of each kind among the entries that could have been it, the same for everybody."""
    count = np.bincount(kind, minlength=possible.shape[1]) + prior
    return np.asarray(np.log(count) - np.log(possible.sum(axis=0) + possible.shape[1] * prior))


def _fit(design: Floats, kind: NDArray[np.int8], possible: NDArray[np.bool_], level: Floats, penalty: float) -> Floats:
    """(columns, kinds): penalised maximum likelihood; the level, last, is free."""
    shape = (design.shape[1], possible.shape[1])
    came = np.zeros(possible.shape)
    came[np.arange(len(kind)), kind] = 1
    strength = np.full(shape, penalty)
    strength[-1] = 1e-3  # of the levels only their differences are told

    def loss(flat: Floats) -> tuple[float, Floats]:
        weight = flat.reshape(shape)
        shares = masked_softmax(design @ weight, possible)
        value = -np.log(np.maximum(shares[np.arange(len(kind)), kind], 1e-300)).sum()
        gradient = design.T @ (shares - came) + strength * weight
        return float(value + 0.5 * (strength * weight**2).sum()), gradient.ravel()

    start = np.zeros(shape)
    start[-1] = level
    return np.asarray(minimize(loss, start.ravel(), jac=True, method="L-BFGS-B").x.reshape(shape))


def restored(files: Mapping[str, bytes]) -> FittedKinds | None:
    """The shares among a version's files; None where it has none."""
    return FittedKinds.restore(files[FILE]) if FILE in files else None
