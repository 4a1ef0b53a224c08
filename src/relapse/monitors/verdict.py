"""Keep, watch, recalibrate, retrain or stop a version: rules on figures, and nothing else.

In: what a monitor measured of a version in the months after it was made. Out: a verdict, and each reason with its
figures. No data are read and nothing is drawn: the same figures give the same verdict, in a month or in a study.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from dataclasses import dataclass as plain_dataclass
from typing import Annotated, Any

from pydantic import Field
from pydantic.dataclasses import dataclass

from relapse.core.errors import InputError
from relapse.core.recipe import STRICT, Count, Share

KEEP, WATCH, RECALIBRATE, RETRAIN, STOP = "keep", "watch", "recalibrate", "retrain", "stop"
VERDICTS = (KEEP, WATCH, RECALIBRATE, RETRAIN, STOP)
"""From the mildest to the gravest."""

LEAST_COUNT = 5  # risk_list design, small cells: counts of 1 to 4 are not told

Figures = Mapping[str, Any]
Above = Annotated[float, Field(gt=0)]


@dataclass(frozen=True, config=STRICT)
class Thresholds:
    """What figures are held against.

    Args:
        least_events: fewer events of closed windows decide nothing.
        low: events observed over expected, the least that is still right.
        high: the most that is still right.
        slope_low: the least calibration slope that is still right.
        slope_high: the largest that is still right.
        income_silent: months by which incomes are late, from which on nothing is forecast from them.
        score_moved: population stability index of the score that counts as a marked change.
        times_usual: how many times what came between months of the training window counts as more than usual.
        effect: log-odds by which a mean score may move.
        told_apart: ROC-AUC of telling then from now up to which nothing is said.

    Raises:
        InputError: a range is empty.
    """

    least_events: Count
    low: Above
    high: Above
    slope_low: Above
    slope_high: Above
    income_silent: Count
    score_moved: Above
    times_usual: Annotated[float, Field(ge=1)]
    effect: Above
    told_apart: Share

    def __post_init__(self) -> None:
        for what, low, high in (("", self.low, self.high), ("slope_", self.slope_low, self.slope_high)):
            if low > high:
                raise InputError(f"verdict: {what}low={low}, {what}high={high} is no range")


@plain_dataclass(frozen=True)
class Reason:
    """Why a verdict is as it is.

    Args:
        code: of its words, `watch.why.<code>` in `core.watch_texts`.
        verdict: that it leads to by itself.
        values: figures and thresholds, by the placeholders of its words.
    """

    code: str
    verdict: str
    values: Mapping[str, Any]

    def told(self) -> dict[str, Any]:
        """As it stands among figures."""
        return asdict(self)


@plain_dataclass(frozen=True)
class Verdict:
    """What is to become of a version.

    Args:
        name: the gravest that any reason leads to, one of `VERDICTS`.
        reasons: all that were found, the gravest first; where nothing is wrong, what holds.
    """

    name: str
    reasons: tuple[Reason, ...]

    def told(self) -> dict[str, Any]:
        """As it stands among figures."""
        return {"name": self.name, "reasons": [reason.told() for reason in self.reasons]}


def judge(figures: Figures, thresholds: Thresholds) -> Verdict:
    """The verdict on a version.

    Args:
        figures: as `flows.watch` measures them, of months after the version was made; an interval is (value, low,
            high), and what is not known is None or not there at all:
            `is_rule`: whether the version is the plain rule;
            `horizons`: by horizon, of closed windows alone, `events`, `expected`, `observed_expected` (interval),
            `slope` (interval), `roc_auc` (interval), `gain` (interval: average precision of the version less that of
            the plain rule on the same households), and `backtest`, with `roc_auc` and `gain` (intervals) as they were
            when the version was made;
            `early`: `observed` and `expected` so far in windows that are partly closed, and their `ratio` (interval);
            `late`: months by which a table is late, by its name; `labels`: name of the table that results come from;
            `score`: `psi`, `by_chance`, and `usual` (the most between months of training as far apart);
            `effect`: `shift` (log-odds by which inputs moved the mean score) and `usual`;
            `told_apart`: `roc_auc` (interval) of telling then from now, and `usual` (interval).
        thresholds: of `conf/verdict/`.

    Example:
        >>> from relapse.monitors.verdict import Thresholds, judge
        >>> limits = Thresholds(30, 0.8, 1.25, 0.5, 2.0, 6, 0.25, 2.0, 0.25, 0.6)
        >>> judge({"horizons": {3: {"events": 90, "observed_expected": (1.8, 1.5, 2.1)}}}, limits).name
        'recalibrate'
        >>> judge({"horizons": {3: {"events": 9, "observed_expected": (1.8, 1.5, 2.1)}}}, limits).name
        'watch'
    """
    found = [reason for rule in _RULES for reason in rule(figures, thresholds)]
    if not found:
        return Verdict(KEEP, tuple(_what_holds(figures, thresholds)))
    found.sort(key=lambda reason: -VERDICTS.index(reason.verdict))  # stable: rules in their order
    return Verdict(found[0].verdict, tuple(found))


def _income_silent(figures: Figures, limits: Thresholds) -> Iterator[Reason]:
    late = (figures.get("late") or {}).get("income", 0)
    if late >= limits.income_silent:
        yield Reason("income_silent", STOP, {"late": late, "limit": limits.income_silent})


def _worse_than_rule(figures: Figures, limits: Thresholds) -> Iterator[Reason]:
    """Surely worse at one horizon, and better at none."""
    gains = [] if figures.get("is_rule") else [(at, each["gain"]) for at, each in _judged(figures, limits, "gain")]
    if all(gain[0] < 0 for _, gain in gains):
        for horizon, gain in gains:
            if gain[2] < 0:
                yield Reason("worse_than_rule", STOP, {"horizon": horizon, **_ends(gain)})


def _ranking_fell(figures: Figures, limits: Thresholds) -> Iterator[Reason]:
    for horizon, told in _judged(figures, limits, "roc_auc"):
        before = _of_backtest(told, "roc_auc")
        if before is not None and told["roc_auc"][2] < before[1]:
            yield Reason(
                "ranking_fell", RETRAIN, {"horizon": horizon, **_ends(told["roc_auc"]), **_ends(before, "then_")}
            )


def _gain_lost(figures: Figures, limits: Thresholds) -> Iterator[Reason]:
    """No longer ahead of the rule, and surely less so than in the backtest.

    That the gain shrinks is not enough: it does so wherever fewer fall.
    """
    for horizon, told in [] if figures.get("is_rule") else _judged(figures, limits, "gain"):
        before, now = _of_backtest(told, "gain"), told["gain"]
        if before is not None and now[0] <= 0 and now[2] < before[1]:
            yield Reason("gain_lost", RETRAIN, {"horizon": horizon, **_ends(now), **_ends(before, "then_")})


def _level_off(figures: Figures, limits: Thresholds) -> Iterator[Reason]:
    for horizon, told in _judged(figures, limits, "observed_expected"):
        ratio = told["observed_expected"]
        if ratio[2] < limits.low or ratio[1] > limits.high:
            limit = {"least": limits.low, "most": limits.high}
            yield Reason("level_off", RECALIBRATE, {"horizon": horizon, **_ends(ratio), **limit})


def _slope_off(figures: Figures, limits: Thresholds) -> Iterator[Reason]:
    for horizon, told in _judged(figures, limits, "slope"):
        slope = told["slope"]
        if slope[2] < limits.slope_low or slope[1] > limits.slope_high:
            limit = {"least": limits.slope_low, "most": limits.slope_high}
            yield Reason("slope_off", RECALIBRATE, {"horizon": horizon, **_ends(slope), **limit})


def _few_events(figures: Figures, limits: Thresholds) -> Iterator[Reason]:
    horizons = figures.get("horizons") or {}
    if not any(told["events"] >= limits.least_events for told in horizons.values()):
        yield Reason("few_events", WATCH, {"least": limits.least_events})


def _early_off(figures: Figures, limits: Thresholds) -> Iterator[Reason]:
    early = figures.get("early") or {}
    ratio, came = early.get("ratio"), early.get("observed") or 0
    if ratio is None or max(came, early.get("expected") or 0) < limits.least_events:
        return
    if came < LEAST_COUNT and ratio[2] < limits.low:  # the ratio beside what was expected would tell the count
        yield Reason("early_few", WATCH, {"least": limits.low})
    elif ratio[2] < limits.low or ratio[1] > limits.high:
        yield Reason("early_off", WATCH, {**_ends(ratio), "least": limits.low, "most": limits.high})


def _late(figures: Figures, _: Thresholds) -> Iterator[Reason]:
    late = {name: months for name, months in (figures.get("late") or {}).items() if months > 0}
    if figures.get("labels") in late:
        yield Reason("labels_late", WATCH, {"late": late[figures["labels"]]})
    others = sorted(set(late) - {figures.get("labels")})
    if others:
        yield Reason("tables_late", WATCH, {"tables": others, "count": len(others)})


def _score_moved(figures: Figures, limits: Thresholds) -> Iterator[Reason]:
    score = figures.get("score")
    if score and score["psi"] >= limits.score_moved and score["psi"] > score.get("by_chance", 0):
        usual = score.get("usual")
        if usual is None or score["psi"] > limits.times_usual * usual:
            yield Reason("score_moved", WATCH, {"psi": score["psi"], "usual": usual, "limit": limits.score_moved})


def _inputs_moved(figures: Figures, limits: Thresholds) -> Iterator[Reason]:
    effect = figures.get("effect")
    if effect and abs(effect["shift"]) >= limits.effect:
        usual = effect.get("usual")
        if usual is None or abs(effect["shift"]) > limits.times_usual * usual:
            yield Reason("inputs_moved", WATCH, {"shift": effect["shift"], "usual": usual, "limit": limits.effect})
    apart = figures.get("told_apart")
    if apart and apart.get("roc_auc") and apart["roc_auc"][1] > limits.told_apart:
        usual = apart.get("usual")
        if usual is not None and apart["roc_auc"][1] > usual[2]:
            yield Reason("told_apart", WATCH, {**_ends(apart["roc_auc"]), **_ends(usual, "then_")})


_RULES: tuple[Callable[[Figures, Thresholds], Iterator[Reason]], ...] = (
    _income_silent,
    _worse_than_rule,
    _ranking_fell,
    _gain_lost,
    _level_off,
    _slope_off,
    _few_events,
    _early_off,
    _late,
    _score_moved,
    _inputs_moved,
)


def _what_holds(figures: Figures, limits: Thresholds) -> Iterator[Reason]:
    for horizon, told in _judged(figures, limits, "observed_expected"):
        band = {"least": limits.low, "most": limits.high}
        yield Reason("level_holds", KEEP, {"horizon": horizon, **_ends(told["observed_expected"]), **band})
    for horizon, told in _judged(figures, limits, "roc_auc"):
        before = _of_backtest(told, "roc_auc")
        if before is None:
            yield Reason("ranking_now", KEEP, {"horizon": horizon, **_ends(told["roc_auc"])})
        else:
            yield Reason(
                "ranking_holds", KEEP, {"horizon": horizon, **_ends(told["roc_auc"]), **_ends(before, "then_")}
            )


def _judged(figures: Figures, limits: Thresholds, name: str) -> Iterator[tuple[int, Figures]]:
    """Horizons, rising, with enough events, of which the figure and its interval are known."""
    horizons = figures.get("horizons") or {}
    for horizon in sorted(horizons, key=int):
        told = horizons[horizon]
        if told["events"] >= limits.least_events and told.get(name) is not None:
            yield int(horizon), told


def _of_backtest(told: Figures, name: str) -> Sequence[float] | None:
    found: Sequence[float] | None = (told.get("backtest") or {}).get(name)
    return found


def _ends(interval: Sequence[float], prefix: str = "") -> dict[str, float]:
    return {f"{prefix}{name}": end for name, end in zip(("value", "low", "high"), interval, strict=True)}
