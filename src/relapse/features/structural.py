"""A model of how incomes move, and what it says of the line: the chance to lie below it, and to fall below it, by lead.

Income is an own level, which drifts, times the season, times what passes. Level, spread and own season of a household
are drawn to those around it: who was seen once is believed to be much like its village. What lies in the window
already is banked; the rest is a sum whose distribution is known in closed form (see `core.crossing`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass as plain_dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass
from scipy.optimize import nnls

from relapse.core.catalogue import Feature, FeatureTable, by_entry
from relapse.core.crossing import Ahead, log_odds_below, log_odds_first
from relapse.core.facts import Category
from relapse.core.panel import Floats, Histories, Panel, first_known, over_lags
from relapse.core.recipe import STRICT
from relapse.core.tallies import Sums, means, sums_of, tally

Ints = NDArray[np.int32]
Positive = Annotated[float, Field(gt=0)]


@dataclass(frozen=True, config=STRICT)
class Structural:
    """Settings of the income model; what it does not say here is worked out anew at each as_of.

    Args:
        shrink_households: a village's mean level is drawn to everybody's as if by so many more households.
        shrink_periods: a spread is drawn to that around it as if by so many more periods.
        usual_spread: standard deviation of the passing part of a whole window's income where nothing tells it.
        usual_drift: variance that the permanent part gains in a year over that of what passes in a year, where changes
            over one gap alone cannot tell them apart.
    """

    shrink_households: Positive
    shrink_periods: Positive
    usual_spread: Positive
    usual_drift: Positive

    def table(self, known: Histories, leads: Ints) -> FeatureTable:
        """Features of one unit, by lead.

        Args:
            known: histories of (n,) members as known at as_of.
            leads: (leads,) periods ahead.

        Returns:
            (n, leads, 2): log-odds; NaN where nobody's income, or no line, is known.
        """
        return self.table_among(known, leads, self.tally(known.view.everyone))

    def reach(self, panel: Panel) -> int:
        """Periods of everybody's history that the sums are made of."""
        return panel.lookback

    def tally(self, everyone: Histories) -> Sums:
        """Sums over everyone observed: of levels by place, of deviations by period, of squared changes by gap.

        Args:
            everyone: histories of them, over `reach` periods at least.
        """
        past, home = _Past.of(everyone), _home(everyone)
        where, places = home.codes, len(home.levels)
        told = ~np.isnan(past.base)
        sums: dict[str, Floats] = {
            "level": tally(where, places, past.base),
            "periods": _exact(past.apart),
            "levels": _exact(np.stack([past.base**2, np.where(told, 1 / np.maximum(past.count, 1), np.nan)], axis=1)),
        }
        for gap in _gaps(everyone):
            steps = past.steps(gap)
            squares, pairs = _squares(steps)
            sums[f"steps.{gap}"] = np.concatenate([_exact(steps), _exact(np.minimum(steps**2, _WILDEST))])
            sums[f"squares.{gap}"], sums[f"pairs.{gap}"] = tally(where, places, squares), tally(where, places, pairs)
        return sums

    def table_among(self, known: Histories, leads: Ints, sums: Sums) -> FeatureTable:
        """The same features, of a part of the households.

        Args:
            known: histories of (n,) members as known at as_of.
            leads: (leads,) periods ahead.
            sums: of everyone, see `tally`.
        """
        moves = self._moves(known, sums)
        past, home = _Past.of(known), _home(known)
        passing = self._passing(past, home, sums, moves, known)
        own = _own_seasons(past, known, moves, passing)
        level, doubt = self._levels(past, known, home, sums, moves, passing, own)
        if past.in_logs:
            level, passing = level + (doubt + passing) / 2, np.expm1(passing)
        ends = tuple(sorted({int(end) for lead in leads for end in (lead - 1, lead) if end >= 1}))
        ahead = _ahead(known, ends, np.exp(level), doubt, passing, moves, own)
        return FeatureTable((), np.empty((len(known.members), 0), np.float32), _ENTRIES, _values(ahead, leads))

    def _moves(self, known: Histories, sums: Sums) -> _Moves:
        """What is common to all: seasons, drift, spread and how much own seasons differ, from changes over each gap.

        Half the mean squared change over a gap is the passing variance, half the drift of so many periods and, where
        the two are of other seasons, the variance of own seasons; what all have in common in a period is left out.
        """
        calendar, window = known.view.panel.calendar, known.view.panel.window
        rows, seen = [], []
        for gap in _gaps(known):
            other = window > 1 and gap % calendar.per_year != 0
            halved, pairs = _changes(sums[f"steps.{gap}"])
            rows.append(np.array([1, gap / 2, other, halved]) * np.sqrt(pairs))
            seen.append(pairs)
        drift = self.usual_drift / calendar.per_year**2  # a year's mean has so much less of what passes in a period
        prior = np.array([[1, 0, 0, window * self.usual_spread**2], [-drift, 1, 0, 0], [0, 0, 1, 0]])
        stacked = np.vstack([*rows, prior])
        passing, drift, own = nnls(stacked[:, :3], stacked[:, 3])[0]
        return _Moves(_seasons(known, sums["periods"]), float(max(passing, _STEADIEST)), float(drift), float(own))

    def _passing(self, past: _Past, home: Category, sums: Sums, moves: _Moves, known: Histories) -> Floats:
        """(n,) variance of the passing part: the household's changes against everybody's, drawn to its place's."""
        count = len(home.levels)
        squares, pairs = np.zeros(len(past.base)), np.zeros(len(past.base))
        around, seen = np.zeros(count), np.zeros(count)
        for gap in _gaps(known):
            squares_here, pairs_here = sums_of(sums[f"squares.{gap}"]), sums_of(sums[f"pairs.{gap}"])
            total, usual = float(pairs_here.sum()), float(squares_here.sum())
            if usual <= 0:
                continue
            mine = _squares(past.steps(gap))
            squares, pairs = squares + mine[0] * (total / usual), pairs + mine[1]
            around, seen = around + squares_here * (total / usual), seen + pairs_here
        drawn = self.shrink_periods * self.shrink_households
        place = np.append((around + drawn) / (seen + drawn), 1.0)[home.codes]
        free = np.where(pairs > 0, past.count - 1, 0)  # pairs over several gaps are made of the same few periods
        own = (free * squares / np.maximum(pairs, 1) + self.shrink_periods * place) / (free + self.shrink_periods)
        return np.asarray(np.maximum(moves.passing * own, _STEADIEST))

    def _levels(
        self, past: _Past, known: Histories, home: Category, sums: Sums, moves: _Moves, passing: Floats, own: Floats
    ) -> tuple[Floats, Floats]:
        """(n,) logarithm of the level at as_of and its variance: what was seen, newer counting more, and the place's.

        Source:
            Kalman (1960), Journal of Basic Engineering 82(1):35-45, for a level that is a random walk.
        """
        seasons = _at_lags(known, moves.season, past.apart.shape[1])
        mean, certain = np.zeros(len(past.base)), np.zeros(len(past.base))
        for lag in reversed(range(past.apart.shape[1])):
            certain /= 1 + moves.drift * certain
            mine = past.apart[:, lag] - seasons[lag] - _own_at(own, known, -lag)
            told = ~np.isnan(mine)
            gain = np.where(told, 1 / passing, 0.0)
            certain += gain
            mean += np.where(told, (mine - mean) * gain / np.maximum(certain, 1e-12), 0.0)
        everybody = means(sums["level"].sum(axis=1)[:, None], np.zeros_like(home.codes), 0)
        around = means(sums["level"], home.codes, self.shrink_households)
        around = np.where(np.isnan(around), everybody, around)
        seen = mean if past.in_logs else np.log1p(np.maximum(mean, _POOREST - 1))
        seen = np.where(np.isnan(past.base), 0.0, past.base + seen)
        between = _between(sums, moves.passing)
        share = between * certain / (between * certain + 1)
        return around + share * (seen - around), between / (between * certain + 1)


@plain_dataclass(frozen=True)
class _Moves:
    """What is common to all households.

    Args:
        season: (seasons,) deviation of each season from the level; one 0 where a period is a year or more.
        passing, drift, own: variances of the passing part, of the permanent part's step, of own seasons.
    """

    season: Floats
    passing: float
    drift: float
    own: float


@plain_dataclass(frozen=True, eq=False)
class _Past:
    """Incomes over the line as levels and deviations from them.

    Args:
        base: (n,) logarithm of the usual income over the line, NaN where none was reported.
        count: (n,) periods reported.
        apart: (n, lags) deviation from it, in logarithms or as a share of it; NaN where not reported.
        in_logs: deviations are logarithms where the window is one period. In a longer one a period may bring nothing.
    """

    base: Floats
    count: Floats
    apart: Floats
    in_logs: bool

    @staticmethod
    def of(known: Histories) -> _Past:
        """Of the members' whole lookback."""
        panel = known.view.panel
        in_logs, lags = panel.window == 1, panel.lookback
        if in_logs:
            values = known.log_ratio[:, :lags]
        else:
            values = known.income[:, : lags + panel.window - 1] / _grown_line(known, lags + panel.window - 1)
        told = ~np.isnan(values)
        count = over_lags(told)
        total = over_lags(np.where(told, values, 0.0))
        mean = np.divide(total, count, out=np.full(len(total), np.nan), where=count > 0)
        if in_logs:
            return _Past(mean, count, values - mean[:, None], in_logs)
        base = np.maximum(mean, _POOREST)
        return _Past(np.log(base), count, values / base[:, None] - 1, in_logs)

    def steps(self, gap: int) -> Floats:
        """(n, lags - gap) changes over a gap."""
        return self.apart[:, :-gap] - self.apart[:, gap:]


_POOREST = 0.02  # our choice: a usual income of less of the line counts as this
_STEADIEST = 0.0025  # our choice: nobody's passing part has less variance (a standard deviation of a twentieth)
_WILDEST = 25.0  # our choice: a squared change counts as this at most
_UNIT = 2.0**20  # sums of whole numbers are exact in any order; to a millionth is enough of everybody's


def _exact(values: Floats) -> Floats:
    """(2, columns) count and sum of each column, in whole numbers."""
    told = ~np.isnan(values)
    return np.stack([told.sum(axis=0).astype(np.float64), np.rint(np.where(told, values, 0) * _UNIT).sum(axis=0)])


def _squares(steps: Floats) -> tuple[Floats, Floats]:
    """(n,) sum of the squared changes, and how many."""
    told = ~np.isnan(steps)
    return over_lags(np.minimum(np.where(told, steps, 0.0) ** 2, _WILDEST)), over_lags(told)


def _changes(steps: Floats) -> tuple[float, float]:
    """Half the mean squared change, apart from what all had in common in a period; and from how many pairs."""
    count, total, squares = steps[0], steps[1] / _UNIT, steps[3] / _UNIT
    use = count > 1
    pairs = float((count[use] - 1).sum())
    if not pairs:
        return 0.0, 0.0
    return float((squares[use] - total[use] ** 2 / count[use]).sum()) / pairs / 2, pairs


def _gaps(known: Histories) -> tuple[int, ...]:
    """Over which changes are looked at: neighbours, and a year and two where a period is less."""
    panel = known.view.panel
    year = panel.calendar.per_year
    wanted = {1, 2, 3, 4, 5, year, 2 * year} if panel.window == 1 else {1, year, 2 * year}
    return tuple(sorted(gap for gap in wanted if gap < panel.lookback + panel.window - 1))


def _between(sums: Sums, passing: float) -> float:
    """Variance of levels between households of one place, without what chance adds to the mean of few periods."""
    count, total = sums["level"][0], sums_of(sums["level"])
    use = count > 0
    squares, inverse = sums["levels"][1] / _UNIT
    everyone, homed = float(sums["levels"][0, 0]), float(count.sum())
    if everyone < 2:
        return 1.0
    mean = float(total.sum()) / max(homed, 1)
    within = squares - float((total[use] ** 2 / count[use]).sum()) - (everyone - homed) * mean**2
    free = max(everyone - float(use.sum()), 1)
    return max(float(within) / free - passing * float(inverse) / everyone, 0.01)


def _seasons(known: Histories, periods: Floats) -> Floats:
    """(seasons,) mean deviation of each season; nothing where a period is a year, or a season was never seen."""
    calendar = known.view.panel.calendar
    number = calendar.per_year
    lag = np.arange(periods.shape[1])
    season = np.array([calendar.season(known.view.as_of - int(each)) - 1 for each in lag]) if number > 1 else 0 * lag
    count, total = (np.bincount(season, weights=part, minlength=number) for part in (periods[0], periods[1] / _UNIT))
    if number == 1 or not (count > 0).all():
        return np.zeros(number)
    mean = total / count
    return np.asarray(mean - mean.mean())


def _season_of(known: Histories, ahead: int) -> int:
    calendar = known.view.panel.calendar
    return calendar.season(known.view.as_of + ahead) - 1 if calendar.per_year > 1 else 0


def _at_lags(known: Histories, season: Floats, lags: int) -> Floats:
    return np.array([season[_season_of(known, -lag)] for lag in range(lags)])


def _own_at(own: Floats, known: Histories, ahead: int) -> Floats | float:
    return own[:, _season_of(known, ahead)] if own.shape[1] else 0.0


def _own_seasons(past: _Past, known: Histories, moves: _Moves, passing: Floats) -> Floats:
    """(n, seasons) what a household's own seasons add to everybody's, as far as it was seen to; (n, 0) where nothing.

    Source:
        The best linear unbiased prediction of a mean with a known variance between and within.
    """
    number = known.view.panel.calendar.per_year
    if past.in_logs or number == 1 or moves.own == 0:
        return np.empty((len(past.base), 0))
    total, count = np.zeros((number, len(past.base))), np.zeros((number, len(past.base)))
    for lag, common in enumerate(_at_lags(known, moves.season, past.apart.shape[1])):
        mine, season = past.apart[:, lag] - common, _season_of(known, -lag)
        told = ~np.isnan(mine)
        total[season] += np.where(told, mine, 0.0)
        count[season] += told
    return (moves.own * total / (moves.own * count + passing)).T


def _grown_line(known: Histories, lags: int) -> Floats:
    """(n or 1, lags) the newest line, a period's share of it, taken back at the pace at which it grew.

    A line that rises in steps would make an income that grows evenly fall at each of them.
    """
    window = known.view.panel.window
    line = np.where(known.line > 0, known.line, np.nan)
    newest, oldest = first_known(line), first_known(line[:, ::-1])
    steps = np.arange(line.shape[1])
    told = ~np.isnan(line)
    span = np.where(told, steps, -1).max(axis=1) - np.where(told, steps, line.shape[1]).min(axis=1)
    pace = np.where(span > 0, np.log(newest / oldest) / np.maximum(span, 1), 0.0)
    return np.asarray((newest / window)[:, None] * np.exp(-pace[:, None] * np.arange(lags)))


def _home(known: Histories) -> Category:
    """(n,) the village of each, or the township, or one place for all where neither is told."""
    for home in (known.home("village"), known.home("township")):
        if home is not None:
            return home
    return Category(np.zeros(len(known.members), np.int32), ("",))


def _ahead(
    known: Histories, ends: tuple[int, ...], level: Floats, doubt: Floats, passing: Floats, moves: _Moves, own: Floats
) -> Ahead:
    """What of each window that ends ahead is banked and what is still to come, in shares of a period of the line."""
    members, window = len(known.members), known.view.panel.window
    income, lines = _banked(known), _lines_ahead(known, ends)
    grown = np.exp(moves.drift * np.arange(1, ends[-1] + 1) / 2)
    coming = [_factor(moves, window, _season_of(known, k)) * grown[k - 1] for k in range(1, ends[-1] + 1)]
    begins = tuple(max(end - window, 0) + 1 for end in ends)
    need, ahead, past, squares = (np.zeros((len(ends), members)) for _ in range(4))
    for place, (begin, end) in enumerate(zip(begins, ends, strict=True)):
        need[place] = window * lines[end]
        for k in range(begin, end + 1):
            ahead[place] += coming[k - 1] + _own_at(own, known, k)
        ahead[place] = np.maximum(ahead[place], _LEAST_SEASON * sum(coming[begin - 1 : end]))
        for lag in range(max(window - end, 0)):
            told = ~np.isnan(income[:, lag])
            need[place] -= np.where(told, income[:, lag], 0.0)
            factor = np.maximum(_factor(moves, window, _season_of(known, -lag)) + _own_at(own, known, -lag), 0)
            missing = np.where(told, 0.0, factor)
            past[place] += missing
            squares[place] += missing**2
    return Ahead(need.T, level, doubt, passing, moves.drift, ends, begins, np.array(coming), ahead.T, past.T, squares.T)


_LEAST_SEASON = 0.05  # our choice: own seasons leave at least so much of what is usual


def _factor(moves: _Moves, window: int, season: int) -> float:
    """What the season makes of the level."""
    effect = float(moves.season[season])
    return float(np.exp(effect)) if window == 1 else max(1 + effect, _LEAST_SEASON)


def _banked(known: Histories) -> Floats:
    """(n, window) income of the periods up to as_of, as shares of a period of the newest line."""
    window = known.view.panel.window
    return known.income[:, :window] / _grown_line(known, 1)


def _lines_ahead(known: Histories, ends: tuple[int, ...]) -> Mapping[int, float]:
    """By periods ahead, the line that is known to hold then over the newest; 1 where lines stand in the file."""
    view, last = known.view, ends[-1]
    if known.line.shape[0] != 1 or view.panel.line_column is not None:
        return dict.fromkeys(ends, 1.0)
    line = view.histories(known.members[:1], end=view.as_of + last, lags=last + 1).line[0]
    newest = float(first_known(known.line)[0])
    return {end: float(line[last - end]) / newest if line[last - end] > 0 else 1.0 for end in ends}


def _values(ahead: Ahead, leads: Ints) -> NDArray[np.float32]:
    """(n, leads, 2) see `_ENTRIES`."""
    standing = ahead.standing()
    values = by_entry(len(standing), len(leads), len(_ENTRIES))
    for place, lead in enumerate(leads):
        now = ahead.ends.index(int(lead))
        values[:, place, 0] = below = log_odds_below(standing[:, now])
        values[:, place, 1] = below
        if lead > 1:
            before = ahead.ends.index(int(lead) - 1)
            values[:, place, 1] = log_odds_first(standing[:, before], standing[:, now], ahead.correlation(before, now))
    return values


_ENTRIES = (
    Feature(
        "structural__log_odds_below",
        "log_ratio",
        "log-odds that income lies below the line at the lead, by a model of how incomes move",
        "distance",
        1,
    ),
    Feature(
        "structural__log_odds_first",
        "log_ratio",
        "log-odds that it falls below the line at the lead, not being below it one period before, by the same model",
        "distance",
        1,
    ),
)
