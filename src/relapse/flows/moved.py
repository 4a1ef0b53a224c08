"""Whether inputs have moved since a version was made, what that did to scores, and whether more than is usual.

Then is the month in which the version was made, now the as_of. What is usual is told by months of the training window
that lie as far apart: a column that always moved so is not named, whatever moves it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relapse.core.facts import Floats
from relapse.core.parts import Numbered
from relapse.core.rows import Unit
from relapse.evaluation.intervals import interval, resample
from relapse.evaluation.metrics import roc_auc
from relapse.evaluation.weighted import areas
from relapse.explanation.contributions import Contributions
from relapse.flows.drift import SEASON, tells_calendar
from relapse.flows.explain import contributions_of, values_at
from relapse.flows.months_after import Interval, sampled
from relapse.flows.version import Version, unit_of_parts
from relapse.model.told_apart import ToldApart, tell_apart
from relapse.monitors.feeds import Months, known_by, parts_bearing_late_incomes
from relapse.monitors.input_drift import population_stability
from relapse.monitors.watch import Watch

LEAST_SIDE = 50  # households then and now: of fewer nobody can say what moved
LEAST_SHARE = 0.005  # of the gain: a column that less was asked of is not named
BASE = "base"


@dataclass(frozen=True, eq=False)
class _Look:
    """A sample of the households at risk of one month.

    Args:
        unit: features.
        values: (n, entries) at the horizon.
        pushes: what each adds to the score.
        score: (n,) the score: base and pushes add up to it.
    """

    unit: Unit
    values: Floats
    pushes: Contributions
    score: Floats


@dataclass(frozen=True, eq=False)
class Moved:
    """What has moved between then and now.

    Args:
        then, now: labels of the months.
        months: between them.
        apart: months between those that tell what is usual; fewer than `months` where the training window is too short.
        pairs: how many such pairs there are.
        features: a row a feature: `feature`, `label` (of its entry), `block`, `group`, `psi`, `by_chance`, `usual` (the
            most of the pairs, NaN without one), `clock` (it tells the month by construction), `moved`, `missing_then`,
            `missing_now`, `effect` (difference of the mean push, log-odds), farthest first.
        blocks: a row a block of features: `block`, `features`, `moved`, `psi` (mean), `usual`, `effect`,
            `effect_usual` (the largest of the pairs).
        causes: a row a cause (group) with `effect` and `effect_usual`; with `base` they sum to the score's difference.
        score: `psi`, `by_chance`, `usual` of the score.
        effect: `shift` of the mean score, and the largest `usual` one of the pairs.
        told_apart: `roc_auc` and `usual` (intervals), and `columns`: those that tell, with their share of the gain.
    """

    then: str
    now: str
    months: int
    apart: int
    pairs: int
    features: pd.DataFrame
    blocks: pd.DataFrame
    causes: pd.DataFrame
    score: Mapping[str, Any]
    effect: Mapping[str, Any]
    told_apart: Mapping[str, Any]


def moved(
    parts: Numbered,
    version: Version,
    as_of: int,
    horizon: int,
    watch: Watch,
    feeds: Mapping[str, Months],
    allowed: Sequence[str] = (),
) -> Moved | None:
    """What has moved since the version was made; None in the month in which it was made, and of too few households.

    Args:
        parts: of the county, or a whole panel.
        version: that is watched.
        as_of: nothing that became known later is used.
        horizon: months ahead of the score.
        watch: how much is looked at.
        feeds: by table, the months in which it told something by the as_of.
        allowed: packages whose feature blocks a version may name.
    """
    panel, features = parts.part(0), version.features(allowed)
    parse = panel.calendar.parse
    made = max(parse(version.facts.as_of), panel.first)
    first = max(parse(version.facts.origins[0]), panel.first)
    if as_of <= made:
        return None
    before = _pairs(first, made, as_of - made, watch.pairs)
    looks = {
        month: _look(parts, version, month, horizon, features, watch.households, known_by(feeds, month))
        for month in sorted({made, as_of, *(month for pair in before for month in pair)})
    }
    if min(len(looks[month].score) for month in (made, as_of)) < LEAST_SIDE:
        return None
    usual = [
        (looks[one], looks[other]) for one, other in before if min(map(len, (looks[one].score, looks[other].score)))
    ]
    then, now = looks[made], looks[as_of]
    kept = np.array([entry.modelled and entry.group != SEASON for entry in now.unit.entries])
    clock = _clock(then, now)
    table = _features(then, now, usual, kept, clock, watch)
    label = panel.calendar.label
    return Moved(
        label(made),
        label(as_of),
        as_of - made,
        before[0][1] - before[0][0] if before else 0,
        len(usual),
        table,
        _blocks(table, then, now, usual),
        _causes(then, now, usual),
        _score(then, now, usual),
        _effect(then, now, usual),
        _told_apart(then, now, usual[-1:], kept & ~clock, watch, version.facts.seed),
    )


def told(moved_: Moved, named: int) -> dict[str, Any]:
    """As it stands among figures: blocks and causes, and so many of the features that moved or pushed most."""
    features = moved_.features
    far = features[features["moved"]].head(named)
    strong = features.reindex(features["effect"].abs().sort_values(ascending=False, kind="stable").index).head(named)
    return {
        "then": moved_.then,
        "now": moved_.now,
        "months": moved_.months,
        "apart": moved_.apart,
        "pairs": moved_.pairs,
        "features": len(features),
        "clocks": int(features["clock"].sum()),
        "moved": int(features["moved"].sum()),
        "named": _records(far),
        "pushed": _records(strong[strong["effect"] != 0]),
        "blocks": _records(moved_.blocks),
        "causes": _records(moved_.causes),
    }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(key): (None if pd.isna(value) else round(value, 6) if isinstance(value, float) else value)
         for key, value in row.items()}
        for row in table.to_dict("records")
    ]  # fmt: skip


def _pairs(first: int, made: int, apart: int, most: int) -> list[tuple[int, int]]:
    """Pairs of months of the training window, spread from its begin to its end, as far apart as may be."""
    apart = min(apart, made - first)
    if apart < 1:
        return []
    begins = np.unique(np.linspace(first, made - apart, most).round().astype(int))
    return [(int(begin), int(begin) + apart) for begin in begins]


def _look(
    parts: Numbered,
    version: Version,
    month: int,
    horizon: int,
    features: Mapping[str, Any],
    households: int,
    feeds: Mapping[str, Months],
) -> _Look:
    chosen = sampled(households, version.facts.seed)
    unit = unit_of_parts(version, parts_bearing_late_incomes(parts, month, feeds), month, features, chosen)
    pushes = contributions_of(version.hazard, unit, horizon)
    return _Look(unit, values_at(unit, horizon), pushes, version.hazard.forecast(unit).score(horizon))


def _clock(then: _Look, now: _Look) -> NDArray[np.bool_]:
    return tells_calendar(then.unit, then.values, now.unit, now.values)


def _features(
    then: _Look, now: _Look, usual: Sequence[tuple[_Look, _Look]], kept: NDArray[np.bool_], clock: NDArray[np.bool_],
    watch: Watch,
) -> pd.DataFrame:  # fmt: skip
    table = population_stability(then.values[:, kept], now.values[:, kept])
    before = [population_stability(one.values[:, kept], other.values[:, kept])["psi"] for one, other in usual]
    most = np.max(before, axis=0) if before else np.full(len(table), np.nan)
    entries = [entry for entry, mine in zip(now.unit.entries, kept, strict=True) if mine]
    effect = now.pushes.values.mean(axis=0) - then.pushes.values.mean(axis=0)
    enough = (table["psi"] >= watch.moved) & (table["psi"] > table["by_chance"])
    beyond = enough & ~(table["psi"] <= watch.times_usual * most)
    features = pd.DataFrame(
        {
            "feature": [entry.name for entry in entries],
            "label": [entry.label for entry in entries],
            "block": [entry.name.partition("__")[0] for entry in entries],
            "group": [entry.group for entry in entries],
            "psi": table["psi"],
            "by_chance": table["by_chance"],
            "usual": most,
            "clock": clock[kept],
            "moved": beyond & ~clock[kept],
            "missing_then": table["missing_before"],
            "missing_now": table["missing_now"],
            "effect": effect[kept],
        }
    )
    return features.sort_values(["psi", "feature"], ascending=[False, True], kind="stable", ignore_index=True)


def _blocks(features: pd.DataFrame, then: _Look, now: _Look, usual: Sequence[tuple[_Look, _Look]]) -> pd.DataFrame:
    blocks = np.array([entry.name.partition("__")[0] for entry in now.unit.entries], dtype=object)
    told_by = features[~features["clock"]].groupby("block", sort=True)
    rows = []
    for block in dict.fromkeys(blocks[[name != "lead" for name in blocks]].tolist()):
        mine = blocks == block
        some = told_by.get_group(block) if block in told_by.groups else features.iloc[:0]
        shifts = [abs(_push(other, mine) - _push(one, mine)) for one, other in usual]
        rows.append(
            {
                "block": block,
                "features": len(some),
                "moved": int(some["moved"].sum()),
                "psi": float(some["psi"].mean()) if len(some) else np.nan,
                "usual": float(some["usual"].mean()) if len(some) else np.nan,
                "effect": _push(now, mine) - _push(then, mine),
                "effect_usual": max(shifts) if shifts else np.nan,
            }
        )
    table = pd.DataFrame(rows, columns=["block", "features", "moved", "psi", "usual", "effect", "effect_usual"])
    return table.sort_values(["psi", "block"], ascending=[False, True], kind="stable", ignore_index=True)


def _causes(then: _Look, now: _Look, usual: Sequence[tuple[_Look, _Look]]) -> pd.DataFrame:
    """What each cause added to the difference of the mean score; so does the base value, which no input moves."""
    groups = np.array([entry.group for entry in now.unit.entries], dtype=object)
    rows = []
    for group in now.pushes.groups():
        mine = groups == group
        shifts = [abs(_push(other, mine) - _push(one, mine)) for one, other in usual]
        rows.append((group, _push(now, mine) - _push(then, mine), max(shifts) if shifts else np.nan))
    bases = [abs(float(other.pushes.base.mean() - one.pushes.base.mean())) for one, other in usual]
    rows.append((BASE, float(now.pushes.base.mean() - then.pushes.base.mean()), max(bases) if bases else np.nan))
    table = pd.DataFrame(rows, columns=["group", "effect", "effect_usual"])
    return table.reindex(table["effect"].abs().sort_values(ascending=False, kind="stable").index).reset_index(drop=True)


def _push(look: _Look, mine: NDArray[np.bool_]) -> float:
    return float(look.pushes.values[:, mine].sum(axis=1).mean())


def _score(then: _Look, now: _Look, usual: Sequence[tuple[_Look, _Look]]) -> dict[str, Any]:
    found = population_stability(then.score[:, None], now.score[:, None]).iloc[0]
    before = [population_stability(one.score[:, None], other.score[:, None])["psi"].iloc[0] for one, other in usual]
    return {
        "psi": round(float(found["psi"]), 6),
        "by_chance": round(float(found["by_chance"]), 6),
        "usual": round(float(max(before)), 6) if before else None,
    }


def _effect(then: _Look, now: _Look, usual: Sequence[tuple[_Look, _Look]]) -> dict[str, Any]:
    shifts = [abs(float(other.score.mean() - one.score.mean())) for one, other in usual]
    shift = float(now.score.mean() - then.score.mean())
    return {"shift": round(shift, 6), "usual": round(max(shifts), 6) if shifts else None}


def _told_apart(
    then: _Look, now: _Look, usual: Sequence[tuple[_Look, _Look]], kept: NDArray[np.bool_], watch: Watch, seed: int
) -> dict[str, Any]:
    """How well then is told from now without the columns that tell the month, and months of training likewise."""
    if not kept.any():
        return {"roc_auc": None, "usual": None, "columns": []}
    apart = _apart(then, now, kept, watch, seed)
    before = [_area(_apart(one, other, kept & ~_clock(one, other), watch, seed), watch, seed) for one, other in usual]
    entries = [entry for entry, mine in zip(now.unit.entries, kept, strict=True) if mine]
    order = np.argsort(-apart.gain, kind="stable")[: watch.named]
    columns = [
        {"feature": entries[at].name, "label": entries[at].label, "share": round(float(apart.gain[at]), 4)}
        for at in order
        if apart.gain[at] >= LEAST_SHARE
    ]
    return {"roc_auc": _area(apart, watch, seed), "usual": before[0] if before else None, "columns": columns}


def _apart(then: _Look, now: _Look, kept: NDArray[np.bool_], watch: Watch, seed: int) -> ToldApart:
    clusters = then.unit.cluster, now.unit.cluster
    return tell_apart(then.values[:, kept], now.values[:, kept], clusters, watch.folds, watch.trees, watch.leaves, seed)


def _area(apart: ToldApart, watch: Watch, seed: int) -> Interval | None:
    """ROC-AUC with its interval over villages."""
    value = roc_auc(apart.is_now, apart.looks_now)
    origin = np.zeros(len(apart.is_now), np.int32)
    draws = resample(apart.cluster, origin, 1, watch.draws, np.random.default_rng([seed, 23]))
    drawn = areas(draws, apart.is_now, apart.looks_now)[0][-1]
    low, high = interval(value, drawn, (0.0, 1.0))
    ends = (round(value, 6), round(low, 6), round(high, 6))
    return ends if np.isfinite(ends).all() else None
