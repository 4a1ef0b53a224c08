"""A Markov chain over bands of income: what comes of a household is what came of those in its band.

The chain steps period by period among the bands, and leaves them for good with the outcome: monitored where official
recognitions are forecast, below the line elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator
from pydantic.dataclasses import dataclass

from relapse.core.recipe import STRICT
from relapse.core.rows import LEAD, TrainingRows
from relapse.model.calibration.by_lead import ByLead
from relapse.model.ranked import RankedHazard, fit_ranked, restore_ranked

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

NOW, BEFORE = "income__log_ratio_now", "history__log_ratio_previous_list"
_FILE = "chain.json"


@dataclass(frozen=True, config=STRICT)
class Markov:
    """The chance to have met the outcome by the lead, of a chain that starts in the household's band.

    Steps among the bands are those from one list to the next of households that stayed at risk; the step into the
    outcome is the share of a band that met it at the first lead. Households are parted in two by one feature, and the
    matrix of each part is drawn to that of all.

    Args:
        bands: where one band of income over line ends and the next begins, rising.
        apart_by: a feature; households in which it is above 0 have a matrix of their own, as have the others.
        kappa: transitions' worth of the matrix of all that each row of a part's matrix is drawn to.
        maps: how its score is mapped to chances by lead.

    Source:
        M_ab = (n_ab + kappa m_ab) / (n_a + kappa), m of all; h periods: M^h. Parting the chain by what befell the
        household: Zhou and Wang (2019), Journal of Finance and Economics (Shanghai) 45(11).
    """

    bands: Sequence[Annotated[float, Field(gt=0)]]
    apart_by: str
    kappa: Annotated[float, Field(gt=0)]
    maps: ByLead

    name = "markov"
    guarded = False

    @field_validator("bands")
    @classmethod
    def _rises(cls, bands: Sequence[float]) -> Sequence[float]:
        if not bands or list(bands) != sorted(set(bands)):
            raise ValueError("bands must rise, as in [1.0, 1.5, 2.0]")
        return bands

    @property
    def needs(self) -> tuple[str, ...]:
        """The features that it reads."""
        return (NOW, BEFORE, self.apart_by)

    def fit(self, rows: TrainingRows, rng: np.random.Generator) -> RankedHazard:
        """The chain and its maps, fitted on closed labels.

        Raises:
            InputError: the blocks that are configured do not make what it needs.
        """
        chain = self._chain(rows)
        learned = {_FILE: json.dumps({"matrices": chain.tolist()}, indent=1).encode()}
        return fit_ranked(self.name, self.needs, self._score(chain), rows, self.maps, learned)

    def restore(self, files: Mapping[str, bytes]) -> RankedHazard:
        """The fitted chain from its files."""
        chain = np.array(json.loads(files[_FILE])["matrices"], dtype=np.float64)
        return restore_ranked(self.name, self.needs, self._score(chain), files, (_FILE,))

    def _score(self, chain: Floats) -> Callable[[Callable[[str], Floats]], Floats]:
        return partial(score, chain=chain, bands=np.array(self.bands), apart_by=self.apart_by)

    def _chain(self, rows: TrainingRows) -> Floats:
        """(parts, states, states) of the households without and with what parts them; the last state is the outcome."""
        step = int(rows.leads.min())
        first = rows.lead == step
        now, before = (band_of(rows.column(name)[first], np.array(self.bands)) for name in (NOW, BEFORE))
        part = (rows.column(self.apart_by)[first] > 0).astype(np.intp)
        weight, event, count = rows.weight[first], rows.event[first], len(self.bands) + 1
        moves = counted(part, before, now, weight, count)
        met, asked = (counted(part, now, np.zeros_like(now), each, count)[:, :, 0] for each in (weight * event, weight))
        stays = drawn(moves, self.kappa, np.eye(count))
        share = drawn(np.stack([met, asked - met], axis=2), self.kappa, np.array([[0.0, 1.0]] * count))[:, :, 0]
        return with_outcome(stays, 1 - (1 - share) ** (1 / step))


def band_of(log_ratio: Floats, bands: Floats) -> Ints:
    """(rows,) number of the band of income over line, -1 where it is not known."""
    unknown = np.isnan(log_ratio)
    band = np.searchsorted(np.log(bands), np.where(unknown, 0.0, log_ratio), side="right")
    return np.where(unknown, -1, band).astype(np.intp)


def counted(part: Ints, start: Ints, end: Ints, weight: Floats, states: int) -> Floats:
    """(2, states, states) weights of the moves by part, start and end; moves with an unknown end are left out."""
    told = (start >= 0) & (end >= 0)
    made = np.zeros((2, states, states))
    np.add.at(made, (part[told], start[told], end[told]), weight[told])
    return made


def drawn(counts: Floats, kappa: float, otherwise: Floats) -> Floats:
    """Rows of chances by part, drawn to those of all parts together.

    Args:
        counts: (parts, starts, ends).
        kappa: moves' worth of the chances of all.
        otherwise: (starts, ends) chances of a start that nobody was in.

    Returns:
        (parts, starts, ends): (n_ab + kappa m_ab) / (n_a + kappa), each row sums to 1.
    """
    whole = counts.sum(axis=0)
    total = whole.sum(axis=1, keepdims=True)
    pooled = np.where(total > 0, whole / np.where(total > 0, total, 1), otherwise)
    return np.asarray((counts + kappa * pooled) / (counts.sum(axis=2, keepdims=True) + kappa))


def with_outcome(stays: Floats, met: Floats) -> Floats:
    """(parts, states + 1, states + 1): the chain among the bands with the outcome as a last state that nobody leaves.

    Args:
        stays: (parts, states, states) chances among those who do not meet the outcome.
        met: (parts, states) chance to meet it in one period.
    """
    parts, states = met.shape
    chain = np.zeros((parts, states + 1, states + 1))
    chain[:, :-1, :-1] = (1 - met)[:, :, None] * stays
    chain[:, :-1, -1] = met
    chain[:, -1, -1] = 1
    return chain


def score(column: Callable[[str], Floats], chain: Floats, bands: Floats, apart_by: str) -> Floats:
    """(rows,) chance to have met the outcome by the lead, NaN where the income is not known."""
    band, part = band_of(column(NOW), bands), (column(apart_by) > 0).astype(np.intp)
    lead = column(LEAD.name).astype(np.intp)
    chance = np.full(len(band), np.nan)
    for ahead in np.unique(lead):
        mine = (lead == ahead) & (band >= 0)
        chance[mine] = np.linalg.matrix_power(chain, int(ahead))[part[mine], band[mine], -1]
    return chance
