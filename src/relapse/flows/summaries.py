"""A county's list summed up by township and village, as it may be printed: no small count can be worked out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relapse.core.results import Language
from relapse.core.supplement import FEW as FEW_WORD
from relapse.core.supplement import HELD_BACK as HELD_BACK_WORD
from relapse.core.texts import text, text_or
from relapse.evaluation.hidden_counts import FEW, SHOWN, Sum, hidden
from relapse.evaluation.small_cells import LEAST_COUNT, LEAST_ROWS

LEAST_ELIGIBLE = 10  # households at risk of a village that is told by itself (risk_list design, small cells)
_PLAN = ("eligible", "visit", "next", "phone", "random", "beyond")
_PLANNED = ("households", "now", "later", "beyond", "rest")
_VISITED = ("listed_before", "verified", "overdue")
_ANSWERED = (*_VISITED, "confirmed")
Ints = NDArray[np.int64]


@dataclass(eq=False)
class _Cells:
    """Counts of several tables and the sums between them, put together as one system while the tables are laid out."""

    counts: list[int] = field(default_factory=list)
    sums: list[Sum] = field(default_factory=list)

    def column(self, values: Sequence[int], *, summed: bool = False) -> Ints:
        """Places of a column's counts; of a summed one the total comes last."""
        told = [int(value) for value in values] + ([int(sum(values))] if summed else [])
        places = np.arange(len(self.counts), len(self.counts) + len(told))
        self.counts += told
        if summed:
            self.sums.append(Sum(int(places[-1]), tuple(places[:-1].tolist())))
        return places

    def state(self) -> NDArray[np.int8]:
        return hidden(np.array(self.counts, dtype=np.int64), self.sums)


@dataclass(frozen=True, eq=False)
class Summaries:
    """Both tables as they may be printed; see `core.supplement.Supplement`."""

    townships: pd.DataFrame
    villages: pd.DataFrame


def summaries(
    townships: pd.DataFrame,
    villages: pd.DataFrame,
    answered: pd.DataFrame,
    results: pd.DataFrame,
    horizons: Sequence[int],
    language: Language,
) -> Summaries:
    """Sum a list up.

    Args:
        townships: of the `RiskList`.
        villages: of the `RiskList`.
        answered: by township (index) `listed_before`, `verified`, `overdue`, `confirmed` of last month's list; no row
            where there was none.
        results: of `flows.past_visits.by_township`.
        horizons: of the hit rates.
        language: of causes.
    """
    merged = merged_villages(villages)
    whole = townships.join(answered.reindex(columns=list(_ANSWERED)), on="township").join(results, on="township")
    keys = [*_PLAN, *_ANSWERED, *(f"hits_{each}" for each in horizons), "base_hits"]
    whole = whole.assign(**{key: whole[key].fillna(0).astype(np.int64) for key in whole.columns if key != "township"})
    cells = _Cells()
    places = {key: cells.column(whole[key].tolist(), summed=True) for key in keys if key in whole}
    for row in range(len(whole) + 1):
        listed, *parts = (int(places[key][row]) for key in _VISITED)
        cells.sums.append(Sum(listed, tuple(parts)))
    by_village = {key: cells.column(merged[key].tolist()) for key in ("eligible", "visit", "doubts")}
    for row, name in enumerate(whole["township"]):
        mine = merged["township"].to_numpy() == name
        for key in ("eligible", "visit"):
            cells.sums.append(Sum(int(places[key][row]), tuple(by_village[key][mine].tolist())))
    state = cells.state()
    return Summaries(
        _townships(whole, {key: state[at] for key, at in places.items()}, horizons, asked=len(answered) > 0),
        _villages(merged, {key: state[at] for key, at in by_village.items()}, language),
    )


def by_department(triggered: pd.DataFrame) -> pd.DataFrame:
    """How many households the rules of each department, and those of missed inclusion, hit, and what was planned.

    A household that several departments tell of counts at each of them, and once in the last row.

    Args:
        triggered: of the `RiskList`.

    Returns:
        See `core.supplement.Supplement.departments`; no row where no rule is hit.
    """
    if not len(triggered):
        return pd.DataFrame(columns=["department", *_PLANNED])
    whole = triggered.assign(department="")
    rows = pd.concat([triggered, whole], ignore_index=True).drop_duplicates(["department", "household_id"])
    planned = rows["tier"].map({"visit": "now", "random": "now", "next": "later", "phone": "later", "beyond": "beyond"})
    counted = pd.crosstab(rows["department"], planned.fillna("rest")).reindex(columns=list(_PLANNED[1:]), fill_value=0)
    counted.insert(0, "households", counted.sum(axis=1))
    most = {str(name): int(count) for name, count in counted["households"].items()}
    order = sorted(most, key=lambda name: (name == "", -most[name], name))
    counted = counted.loc[order]
    cells = _Cells()
    places = {key: cells.column(counted[key].tolist()) for key in _PLANNED}
    for total, *parts in np.stack(list(places.values()), axis=1).tolist():
        cells.sums.append(Sum(total, tuple(parts)))
    state = cells.state()
    told: dict[str, list[object]] = {"department": list(order)}
    return pd.DataFrame(told | {key: _printed(counted[key].tolist(), state[at]) for key, at in places.items()})


def merged_villages(villages: pd.DataFrame) -> pd.DataFrame:
    """Villages with fewer than ten households at risk put together with the next ones of their township.

    The last ones of a township go to those before them; a township with fewer than ten in all is one row.

    Args:
        villages: of the `RiskList`.
    """
    rows: list[dict[str, object]] = []
    for township, mine in villages.groupby("township", sort=False):
        groups: list[list[Mapping[str, object]]] = [[]]
        for village in mine.to_dict("records"):
            if groups[-1] and _eligible(groups[-1]) >= LEAST_ELIGIBLE:
                groups.append([])
            groups[-1].append({str(key): value for key, value in village.items()})
        if len(groups) > 1 and _eligible(groups[-1]) < LEAST_ELIGIBLE:
            last = groups.pop()
            groups[-1] += last
        rows += [_merged(str(township), group) for group in groups]
    columns = ["township", "village", "eligible", "visit", "causes", "doubts"]
    return pd.DataFrame(rows, columns=columns)


def _eligible(group: Sequence[Mapping[str, object]]) -> int:
    return sum(int(str(each["eligible"])) for each in group)


def _merged(township: str, group: Sequence[Mapping[str, object]]) -> dict[str, object]:
    frame = pd.DataFrame(group)
    causes: dict[str, int] = {}
    for each in frame["causes"]:
        for cause, count in each.items():
            causes[cause] = causes.get(cause, 0) + int(count)
    sums = {key: int(frame[key].sum()) for key in ("eligible", "visit", "doubts")}
    return {"township": township, "village": "、".join(frame["village"].astype(str)), "causes": causes, **sums}


def _townships(
    whole: pd.DataFrame, state: Mapping[str, NDArray[np.int8]], horizons: Sequence[int], *, asked: bool
) -> pd.DataFrame:
    sums = {key: int(whole[key].sum()) for key in whole.columns if key != "township"}
    table = pd.concat([whole, pd.DataFrame([{"township": "", **sums}])], ignore_index=True)
    told: dict[str, list[object]] = {"township": table["township"].tolist()}
    for key in (*_PLAN, *_ANSWERED):
        told[key] = _printed(table[key].tolist(), state[key]) if asked or key in _PLAN else [None] * len(table)
    both = np.where(state["listed_before"] == SHOWN, state["verified"], FEW)
    told["verified_share"] = _shares(table["verified"].tolist(), table["listed_before"].tolist(), both)
    for each in horizons:
        if f"hits_{each}" in state:
            hits = state[f"hits_{each}"]
            told[f"hit_{each}"] = _shares(table[f"hits_{each}"].tolist(), table[f"visits_{each}"].tolist(), hits)
    if "base_hits" in state:
        told["base_rate"] = _shares(table["base_hits"].tolist(), table["base"].tolist(), state["base_hits"])
    return pd.DataFrame(told)


def _villages(merged: pd.DataFrame, state: Mapping[str, NDArray[np.int8]], language: Language) -> pd.DataFrame:
    told: dict[str, list[object]] = {key: merged[key].tolist() for key in ("township", "village")}
    told |= {key: _printed(merged[key].tolist(), state[key]) for key in ("eligible", "visit", "doubts")}
    told["causes"] = [_causes(each, language) for each in merged["causes"]]
    return pd.DataFrame(told)


def _causes(causes: Mapping[str, int], language: Language) -> str:
    """Causes of five and more households; as many of them as leave no small rest."""
    shown = sorted(((count, group) for group, count in causes.items() if count >= LEAST_COUNT), reverse=True)
    while shown and 0 < sum(causes.values()) - sum(count for count, _ in shown) < LEAST_COUNT:
        shown.pop()
    words = [
        text("villages.cause", language, group=text_or(f"group.{group}", language, group), count=count)
        for count, group in shown
    ]
    return text("cell.and", language).join(words)


def _printed(counts: Sequence[int], state: NDArray[np.int8]) -> list[object]:
    words = {FEW: FEW_WORD}
    return [
        int(count) if told == SHOWN else words.get(int(told), HELD_BACK_WORD)
        for count, told in zip(counts, state, strict=True)
    ]


def _shares(parts: Sequence[int], wholes: Sequence[int], state: NDArray[np.int8]) -> list[object]:
    """Shares of whose numerators the counts may be told, of twenty and more, with no small rest."""
    return [
        part / whole if told == SHOWN and whole >= LEAST_ROWS and not 0 < whole - part < LEAST_COUNT else None
        for part, whole, told in zip(parts, wholes, state, strict=True)
    ]
