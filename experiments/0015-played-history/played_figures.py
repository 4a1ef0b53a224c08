"""What came of plays, as the office sees it and as it is: figures with 90 % intervals over villages of all worlds.

Of each household on a month's list **seen** is a recognition within the horizon; **true** is that it has fallen and
the office has not seen it, or that it would fall within the horizon if nobody was visited from the list on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

HORIZON, DRAWS = 6, 200
NEVER = 10**6  # from this month on nothing comes any more
VILLAGES = 240  # of a world: a village of one world is none of another
LOW, HIGH = 5, 95
_SINGLE, _TOGETHER = (
    2_000,
    50,
)  # rows of the highest chances are steps of a curve by themselves; so many further down are one
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Lists:
    """The lists of one way of playing, of all worlds: (rows,) households at risk at a list, each.

    Args:
        number: of the list, from 0.
        place: number of the village, of all worlds.
        chance: that was forecast.
        seen, true: 1 where it is so, see above.
        coming: of true, the falls that were still to come.
        listed, drawn: visited because the model named them; because they were drawn.
    """

    number: NDArray[np.int64]
    place: NDArray[np.int64]
    chance: Floats
    seen: Floats
    true: Floats
    coming: Floats
    listed: NDArray[np.bool_]
    drawn: NDArray[np.bool_]

    def of(self, numbers: Sequence[int]) -> Lists:
        """Some of the lists."""
        rows = np.isin(self.number, numbers)
        return Lists(**{name: values[rows] for name, values in vars(self).items()})


@dataclass(frozen=True, eq=False)
class Falls:
    """Falls as they would come if nobody was visited, in the months after some lists: (falls,) each.

    Args:
        place: number of the village, of all worlds.
        month: of the fall, from 0 in the month after the first list.
        visited: in the last half a year up to the fall.
        averted: did not come.
        known: months after it in which the office knew, NaN for never (of those that came).
    """

    place: NDArray[np.int64]
    month: NDArray[np.int64]
    visited: NDArray[np.bool_]
    averted: NDArray[np.bool_]
    known: Floats


def read_lists(paths: Sequence[Path]) -> Lists:
    """The lists of one way of playing, a file a world."""
    parts = []
    for world, path in enumerate(paths):
        with np.load(path) as kept:
            alone, fallen, recognised = (kept[f"played_{name}"] for name in ("alone", "fallen", "recognised"))
            first, village = int(kept["played_months"][0]), kept["played_village"]
            for number, as_of in enumerate(kept["as_of"].tolist()):
                home, begin = kept[f"said_{number}_home"], as_of + 1 - first
                ahead = recognised[home] - as_of
                coming = alone[home, begin : begin + HORIZON].any(axis=1) & (fallen[home] > as_of)
                unseen = (fallen[home] <= as_of) & (ahead > 0)
                parts.append(
                    Lists(
                        np.full(len(home), number),
                        world * VILLAGES + village[home],
                        kept[f"said_{number}_chance"][:, -1].astype(float),
                        ((ahead > 0) & (ahead <= HORIZON)).astype(float),
                        (coming | unseen).astype(float),
                        coming.astype(float),
                        kept[f"said_{number}_listed"],
                        kept[f"said_{number}_drawn"],
                    )
                )
    return Lists(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in vars(parts[0])})


def read_falls(paths: Sequence[Path]) -> Falls:
    """A household's first fall if nobody was visited, and what became of it."""
    parts = []
    for world, path in enumerate(paths):
        with np.load(path) as kept:
            alone, visited = kept["played_alone"], kept["played_visited"]
            first, lists = int(kept["played_months"][0]), len(kept["as_of"])
            home = np.flatnonzero(alone[:, :lists].any(axis=1))
            month = alone[home].argmax(axis=1)
            back = np.arange(visited.shape[1])[None, :]
            lately = (back <= month[:, None]) & (back > month[:, None] - HORIZON)
            came = kept["played_fallen"][home] <= first + month  # or had come before, in this play
            late = np.where(kept["played_recognised"][home] < NEVER, kept["played_recognised"][home], np.nan)
            parts.append(
                Falls(
                    world * VILLAGES + kept["played_village"][home],
                    month,
                    (visited[home] & lately).any(axis=1),
                    ~came,
                    np.where(came, late - first - month, np.nan),
                )
            )
    return Falls(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in vars(parts[0])})


def weights(worlds: int, seed: int = 1) -> Floats:
    """(draws + 1, places): how often each village is drawn; at first each once."""
    rng, of_villages = np.random.default_rng(seed), np.full(VILLAGES, 1 / VILLAGES)
    drawn = [rng.multinomial(VILLAGES, of_villages, DRAWS) for _ in range(worlds)]
    return np.vstack([np.ones(worlds * VILLAGES), np.hstack(drawn)])


def list_figures(lists: Lists, weight: Floats) -> dict[str, Floats]:
    """(draws + 1,) each: what the office sees of its lists, and what is true of them."""
    place = lists.place
    total = {name: _sums(weight, place, values) for name, values in _counted(lists).items()}
    with np.errstate(invalid="ignore", divide="ignore"):  # of one list a draw may hold nobody who was drawn
        found = {f"precision_{name}": total[f"listed_{name}"] / total["listed"] for name in ("seen", "true", "coming")}
        found |= {f"observed_expected_{name}": total[name] / total["expected"] for name in ("seen", "true", "coming")}
        found |= {f"drawn_{name}": total[f"drawn_{name}"] / total["drawn"] for name in ("seen", "true")}
        found |= {f"rate_{name}": total[name] / total["rows"] for name in ("seen", "true")}
        found["missed_rate_true"] = total["others_true"] / total["others"]
        missed = found["drawn_seen"] * total["others"]
        found["recall_told"] = total["listed_seen"] / (total["listed_seen"] + missed)
        if not total["drawn_seen"][0]:  # of those drawn nobody was recognised, which tells no share
            found["recall_told"] = np.full(len(weight), np.nan)
        found["recall_seen"] = total["listed_seen"] / total["seen"]
        found["recall_true"] = total["listed_true"] / total["true"]
    for name, came in (("seen", lists.seen), ("true", lists.true)):
        found[f"roc_auc_{name}"], found[f"pr_auc_{name}"] = _areas(lists.chance, came, place, weight)
    return found


def fall_figures(falls: Falls, months: Sequence[int], weight: Floats) -> dict[str, Floats]:
    """(draws + 1,) each: what was reached of the falls of some months."""
    here = np.isin(falls.month, months)
    place, known = falls.place[here], falls.known[here]
    every = _sums(weight, place, np.ones(len(place)))
    shares = {
        "visited_before": falls.visited[here],
        "averted": falls.averted[here],
        "known_in_3": known <= 3,
        "known_in_6": known <= 6,
        "averted_or_known_in_3": falls.averted[here] | (known <= 3),
    }
    found = {name: _sums(weight, place, share.astype(float)) / every for name, share in shares.items()}
    return {"falls": every, **found}


def table_of(figures: Mapping[str, Floats], base: Mapping[str, Floats] | None = None) -> pd.DataFrame:
    """A row a figure: its value, its interval, and the difference from another way of playing, paired."""
    rows = []
    for name, values in figures.items():
        low, high = _ends(values)
        row = {"metric": name, "value": values[0], "ci_low": low, "ci_high": high}
        if base is not None:
            less = values - base[name]
            low, high = _ends(less)
            row |= {"less_base": less[0], "less_low": low, "less_high": high}
        rows.append(row)
    return pd.DataFrame(rows)


def _ends(values: Floats) -> tuple[float, float]:
    """Of the draws in which there is a figure."""
    told = values[1:][np.isfinite(values[1:])]
    low, high = np.percentile(told, [LOW, HIGH]) if len(told) else (np.nan, np.nan)
    return float(low), float(high)


def _counted(lists: Lists) -> dict[str, Floats]:
    others = ~lists.listed
    counted = {"rows": np.ones(len(lists.place)), "expected": lists.chance, "seen": lists.seen}
    counted |= {"true": lists.true, "coming": lists.coming}
    for group, rows in (("listed", lists.listed), ("drawn", lists.drawn), ("others", others)):
        counted[group] = rows.astype(float)
        counted |= {f"{group}_{name}": rows * getattr(lists, name) for name in ("seen", "true", "coming")}
    return counted


def _sums(weight: Floats, place: NDArray[np.int64], values: Floats) -> Floats:
    return np.asarray(weight @ np.bincount(place, values, minlength=weight.shape[1]))


def _areas(chance: Floats, came: Floats, place: NDArray[np.int64], weight: Floats) -> tuple[Floats, Floats]:
    """(draws + 1,) each: area under the ROC, and average precision; equal chances are one step, as are neighbours far
    down."""
    order, count = np.argsort(-chance, kind="stable"), np.arange(len(chance))
    step = np.where(count < _SINGLE, count, _SINGLE + (count - _SINGLE) // _TOGETHER)
    new = np.r_[True, np.diff(chance[order]) != 0]
    step = step[np.maximum.accumulate(np.where(new, count, 0))]  # equal chances are of the first one's step
    steps = np.unique(step, return_inverse=True)[1]
    size, villages = int(steps[-1]) + 1, weight.shape[1]
    cell = steps * villages + place[order]

    def by_step(values: Floats) -> Floats:
        return np.asarray(weight @ np.bincount(cell, values[order], minlength=size * villages).reshape(size, -1).T)

    events, others = by_step(came), by_step(1 - came)
    above, all_above = events.cumsum(axis=1), (events + others).cumsum(axis=1)
    positive, negative = above[:, -1], others.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        roc = ((above - events / 2) * others).sum(axis=1) / (positive * negative)
        share = np.where(all_above > 0, above / np.maximum(all_above, 1), 0)
        return roc, (share * events).sum(axis=1) / positive
