"""Exact figures of forecasts: order (areas), chances (Brier, log loss, calibration).

In go arrays with one entry a row, or their sums; out come numbers. A figure that is not defined (no row, no event, one
class) is NaN. Functions that end in `_of` take weighted sums or counts with a last axis of draws, so that point values
and resampled values come from one formula.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Numbers = NDArray[np.floating]
Ints = NDArray[np.intp]

LOSS_FLOOR = 1e-15  # chances nearer to 0 or 1 count as this far from it in the log loss, which else is infinite
SLOPE_FLOOR = 1e-6  # the same for the log-odds of the calibration slope
BOUNDS: Mapping[str, tuple[float, float]] = {  # values that a figure cannot leave, by the first words of its name
    "roc_auc": (0, 1), "pr_auc": (0, 1), "brier": (0, 1), "brier_skill": (-np.inf, 1), "ece": (0, 1),
    "brier_reliability": (0, 1), "brier_resolution": (0, 1), "brier_uncertainty": (0, 0.25),
    "log_loss": (0, np.inf), "observed_expected": (0, np.inf), "precision_at": (0, 1), "recall_at": (0, 1),
    "attainable_at": (0, 1), "lift_at": (0, np.inf), "exclusion_error_at": (0, 1), "inclusion_error_at": (0, 1),
    "visits_per_fall_at": (1, np.inf), "cost_per_early_fall_at": (0, np.inf), "lead_time_mean_at": (0, np.inf),
    "lead_time_median_at": (0, np.inf), "kept_at": (0, 1),
}  # fmt: skip
_LOSSES = ("rows", "events", "expected", "squared", "loss")
_HONEST = ("pull_0", "pull_1", "bend_00", "bend_01", "bend_11", "pull", "bend")
_OF_A_BAND = 3  # columns: observed - p, rows, events
LOSS_WIDTH = len(_LOSSES)


def ratio(above: Numbers, below: Numbers) -> Floats:
    """Elementwise above / below, NaN where `below` is 0."""
    empty = below == 0
    return np.where(empty, np.nan, above / np.where(empty, 1, below)).astype(np.float64)


def roc_auc(observed: Floats, score: Floats) -> float:
    """Chance that an event scores higher than a row without one; a tie counts half.

    Args:
        observed: (n,) 1.0 or 0.0.
        score: (n,) higher is riskier.

    Returns:
        0-1, NaN without an event or without a row that has none.

    Example:
        >>> roc_auc(np.array([1.0, 0.0, 0.0]), np.array([0.5, 0.5, 0.1]))
        0.75
    """
    return float(roc_auc_of(*tie_groups(observed, score))[0])


def average_precision(observed: Floats, score: Floats, weight: Floats | None = None) -> float:
    """Mean, over the events, of the precision of the list that ends with all rows tied with it.

    Args:
        observed: (n,) 1.0 or 0.0.
        score: (n,) higher is riskier.
        weight: (n,) how many rows each stands for; 1 by default.

    Returns:
        0-1 (the base rate where every row is tied), NaN without an event.

    Example:
        >>> average_precision(np.array([1.0, 0.0, 1.0]), np.array([0.9, 0.8, 0.8]))
        0.8333333333333333
    """
    return float(average_precision_of(*tie_groups(observed, score, weight))[0])


def tie_groups(observed: Floats, score: Floats, weight: Floats | None = None) -> tuple[Floats, Floats]:
    """Counts of events and of other rows, each (groups, 1), of the groups of equal score from the riskiest down."""
    _, group = np.unique(-score, return_inverse=True)
    counted = np.ones_like(observed) if weight is None else weight
    events = np.bincount(group, observed * counted).astype(np.float64)
    return events[:, None], (np.bincount(group, counted) - events)[:, None]


def roc_auc_of(events: Numbers, others: Numbers) -> Floats:
    """(draws,): area under the ROC curve from counts (groups, draws) of groups from the riskiest down."""
    total = others.sum(axis=0, dtype=np.float64)
    below = total - np.cumsum(others, axis=0) + 0.5 * others
    return ratio((events * below).sum(axis=0, dtype=np.float64), events.sum(axis=0, dtype=np.float64) * total)


def average_precision_of(events: Numbers, others: Numbers) -> Floats:
    """(draws,): average precision from counts (groups, draws) of groups from the riskiest down."""
    found = np.cumsum(events, axis=0)
    listed = found + np.cumsum(others, axis=0)
    precision = found / np.maximum(listed, np.finfo(np.float32).tiny)
    return ratio((events * precision).sum(axis=0, dtype=np.float64), events.sum(axis=0, dtype=np.float64))


def equal_bands(probability: Floats, bands: int) -> Ints:
    """(n,): number of the risk band, 0 the least risk; bands of equal size, save that equal chances stay together."""
    _, group, size = np.unique(probability, return_inverse=True, return_counts=True)
    middle = np.cumsum(size) - 0.5 * size
    return np.asarray(np.floor(middle * bands / max(len(probability), 1))[group], dtype=np.intp)


def loss_columns(observed: Floats, probability: Floats) -> Floats:
    """(n, 5): one, observed, p, squared loss and log loss of each row."""
    safe = np.clip(probability, LOSS_FLOOR, 1 - LOSS_FLOOR)
    loss = -np.where(observed > 0, np.log(safe), np.log1p(-safe))
    return np.column_stack([np.ones_like(observed), observed, probability, (probability - observed) ** 2, loss])


@dataclass(frozen=True, eq=False)
class Honesty:
    """What calibration is measured against: risk bands, and the logistic regression of outcomes on log-odds.

    Args:
        band: (n,) risk band of each row.
        bands: how many were wanted.
        level: of the regression, NaN where it has no solution.
        slope: of the regression, NaN where it has no solution.
        intercept: of the regression with a slope of 1, NaN where it has no solution.
    """

    band: Ints
    bands: int
    level: float
    slope: float
    intercept: float

    @staticmethod
    def of(observed: Floats, probability: Floats, bands: int) -> Honesty:
        """Bands and regressions of n rows with outcomes (0.0, 1.0) and chances (0-1)."""
        odds = log_odds(probability)
        level, slope = recalibration(observed, odds)
        return Honesty(equal_bands(probability, bands), bands, level, slope, intercept(observed, odds))

    @property
    def width(self) -> int:
        """Columns that `columns` gives."""
        return len(_HONEST) + _OF_A_BAND * self.bands

    def columns(self, observed: Floats, probability: Floats, rows: Ints | slice) -> Floats:
        """(rows, width): pull and bend of both regressions at their solution; then by band observed - p, rows, events.

        The first five are of the regression with a slope of its own (pull 2, bend 3), the next two of that without.
        """
        seen, chance = observed[rows], probability[rows]
        odds = log_odds(chance)
        fitted = _logistic(self.level + self.slope * odds) if np.isfinite(self.slope) else seen
        pull, bend = seen - fitted, fitted * (1 - fitted)
        shifted = _logistic(self.intercept + odds) if np.isfinite(self.intercept) else seen
        mine = self.band[rows][:, None] == np.arange(self.bands)
        by_band = [mine * part[:, None] for part in (seen - chance, np.ones_like(seen), seen)]
        honest = [pull, pull * odds, bend, bend * odds, bend * odds**2, seen - shifted, shifted * (1 - shifted)]
        return np.column_stack([*honest, *by_band])


def chance_figures_of(sums: Numbers, slope: float, intercept: float) -> dict[str, Floats]:
    """Figures of chances, each (draws,).

    Args:
        sums: (columns, draws) weighted sums of `loss_columns` and of the columns of `Honesty`.
        slope: of all rows; a draw's slope is one Newton step away from it (Davidson & MacKinnon 1999, International
            Economic Review 40(2)).
        intercept: likewise.

    Returns:
        brier, and its parts over the risk bands (Murphy 1973, Journal of Applied Meteorology 12(4)): brier_reliability
        - brier_resolution + brier_uncertainty + brier_within, the last because chances differ within a band
        (Stephenson, Coelho and Jolliffe 2008, Weather and Forecasting 23(4)); brier_skill, 1 - Brier score over that of
        the same rows' base rate given to all; ece, mean absolute gap between forecast and observed over risk bands;
        log_loss; observed_expected, events over Σp; calibration_slope; calibration_intercept, with a slope of 1.
    """
    first = LOSS_WIDTH + len(_HONEST)
    of = dict(zip(_LOSSES + _HONEST, np.asarray(sums[:first], dtype=np.float64), strict=True))
    gaps, rows, events = np.asarray(sums[first:], dtype=np.float64).reshape(_OF_A_BAND, -1, sums.shape[1])
    brier, base = ratio(of["squared"], of["rows"]), ratio(of["events"], of["rows"])
    reliability = ratio(np.nansum(ratio(gaps**2, rows), axis=0), of["rows"])
    resolution = ratio(np.nansum(rows * (ratio(events, rows) - base) ** 2, axis=0), of["rows"])
    step = ratio(
        of["bend_00"] * of["pull_1"] - of["bend_01"] * of["pull_0"], of["bend_00"] * of["bend_11"] - of["bend_01"] ** 2
    )
    return {
        "brier": brier,
        "brier_reliability": reliability,
        "brier_resolution": resolution,
        "brier_uncertainty": base * (1 - base),
        "brier_within": brier - reliability + resolution - base * (1 - base),
        "brier_skill": 1 - ratio(brier, base * (1 - base)),
        "ece": ratio(np.abs(gaps).sum(axis=0), of["rows"]),
        "log_loss": ratio(of["loss"], of["rows"]),
        "observed_expected": ratio(of["events"], of["expected"]),
        "calibration_slope": slope + step,
        "calibration_intercept": intercept + ratio(of["pull"], of["bend"]),
    }


def chance_figures(observed: Floats, probability: Floats, bands: int) -> dict[str, float]:
    """The figures of `chance_figures_of` for n rows, each counted once."""
    honesty = Honesty.of(observed, probability, bands)
    columns = np.hstack([loss_columns(observed, probability), honesty.columns(observed, probability, slice(None))])
    figures = chance_figures_of(columns.sum(axis=0)[:, None], honesty.slope, honesty.intercept)
    return {name: float(value[0]) for name, value in figures.items()}


def log_odds(probability: Floats) -> Floats:
    """(n,): ln(p / (1 - p)), with p kept 1e-6 from 0 and 1."""
    safe = np.clip(probability, SLOPE_FLOOR, 1 - SLOPE_FLOOR)
    return np.asarray(np.log(safe) - np.log1p(-safe))


def recalibration(observed: Floats, odds: Floats) -> tuple[float, float]:
    """Level and slope of the logistic regression of outcomes on log-odds (0 and 1 if the chances are honest).

    Args:
        observed: (n,) 1.0 or 0.0.
        odds: (n,) log-odds of the forecast.

    Returns:
        (level, slope), NaN where there is none: one class, all chances equal, or classes that a threshold separates.
    """
    if len(odds) == 0 or np.ptp(observed) == 0 or np.ptp(odds) == 0 or _separated(observed, odds):
        return np.nan, np.nan
    theta, value = np.array([0.0, 1.0]), _log_likelihood(observed, odds)
    for _ in range(60):
        fitted = _logistic(theta[0] + theta[1] * odds)
        pull, bend = observed - fitted, fitted * (1 - fitted)
        b00, b01, b11 = bend.sum(), (bend * odds).sum(), (bend * odds**2).sum()
        g0, g1 = pull.sum(), (pull * odds).sum()
        step = np.array([b11 * g0 - b01 * g1, b00 * g1 - b01 * g0]) / (b00 * b11 - b01**2)
        while (gained := _log_likelihood(observed, theta[0] + step[0] + (theta[1] + step[1]) * odds)) < value - 1e-9:
            step /= 2
        theta, value = theta + step, gained
        if np.abs(step).max() < 1e-9:
            break
    return float(theta[0]), float(theta[1])


def intercept(observed: Floats, odds: Floats) -> float:
    """Level of the logistic regression of outcomes on log-odds with a slope of 1 (0 where the level is honest).

    Args:
        observed: (n,) 1.0 or 0.0.
        odds: (n,) log-odds of the forecast.

    Returns:
        The shift of all log-odds at which as many events are expected as came (calibration in the large: Cox 1958,
        Biometrika 45); NaN where there is none, as only one class is there.
    """
    if len(odds) == 0 or np.ptp(observed) == 0:
        return np.nan
    rate = np.log(observed.mean()) - np.log1p(-observed.mean())
    low, high = rate - odds.max(), rate - odds.min()  # all rows are expected to fall more rarely, or more often
    shift = min(max(0.0, low), high)
    for _ in range(60):
        fitted = _logistic(shift + odds)
        missing = observed.sum() - fitted.sum()
        low, high = (shift, high) if missing > 0 else (low, shift)
        tried = shift + missing / (fitted * (1 - fitted)).sum()
        moved = tried if low < tried < high else (low + high) / 2
        if abs(moved - shift) < 1e-10:
            break
        shift = moved
    return float(shift)


def _separated(observed: Floats, odds: Floats) -> bool:
    with_event, without = odds[observed > 0], odds[observed == 0]
    return bool(with_event.min() >= without.max() or with_event.max() <= without.min())


def _log_likelihood(observed: Floats, odds: Floats) -> float:
    return float((observed * odds - np.logaddexp(0, odds)).sum())


def _logistic(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-odds)))
