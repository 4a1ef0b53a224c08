"""Panels for the tests: small ones of every kind, written out by rules; and a bigger one in which there is a signal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import relapse
from relapse import config
from relapse.core.catalogue import FeatureTable
from relapse.core.panel import Histories, Panel
from relapse.core.periods import Calendar
from relapse.core.rows import Unit
from relapse.flows.rows import FeatureBlock, Task, make_task, make_unit

NAMES = {"household_id": "hh", "period": "period"}
COUNTY_MODELS = ("distance_to_line_either", "distance_to_line_reference", "triggers")  # need a county's tables


@dataclass(frozen=True)
class Case:
    """A table with the settings by which it becomes a panel."""

    name: str
    frame: pd.DataFrame
    settings: Mapping[str, Any]
    line: Any
    horizons: tuple[int, ...]
    as_of: tuple[str, ...]
    texts: tuple[str, ...] = field(default=("trade",))

    def panel(self, frame: pd.DataFrame | None = None, line: Any = None, **changes: Any) -> Panel:
        rows = self.frame if frame is None else frame
        return read(rows, self.line if line is None else line, **{**self.settings, **changes})

    def known(self, frame: pd.DataFrame) -> NDArray[np.int32]:
        """(rows,) the period in which each row became known."""
        calendar = Calendar(self.settings["frequency"])
        if "known_at" in self.settings:
            return calendar.known_in(frame["known_at"])[0]
        clock = frame["year"] if "time" in self.settings else calendar.parse_all(frame["period"])[0]
        return np.asarray(clock, dtype=np.int32) + self.settings.get("delay", 0)

    def periods(self) -> list[int]:
        return [Calendar(self.settings["frequency"]).parse(text) for text in self.as_of]


def read(frame: pd.DataFrame, line: Any = 100.0, **settings: Any) -> Panel:
    """A panel of a table with the columns `hh`, `period` and, unless said otherwise, `income`."""
    own = {} if {"income", "sources", "log_income"} & set(settings) else {"income": "income"}
    return relapse.panel(frame, line, **{**NAMES, **own, **settings})


def table(rows: Mapping[str, Sequence[float | None]], first: int = 2000, **columns: Any) -> pd.DataFrame:
    """An annual table from the incomes of each household by year; None where there is no row at all."""
    long = [
        {"hh": name, "period": str(first + place), "income": income}
        for name, incomes in rows.items()
        for place, income in enumerate(incomes)
        if income is not None
    ]
    return pd.DataFrame(long).assign(**columns)


def blocks() -> dict[str, FeatureBlock]:
    """Every feature file of conf/features/ with its own settings."""
    return {name: config.option("features", name) for name in config.options("features")}


def histories(panel: Panel, as_of: str) -> Histories:
    """Of all observed households, in the order of their ids."""
    return panel.as_of(panel.calendar.parse(as_of)).everyone


def values(block: FeatureBlock, known: Histories, leads: Sequence[int] = (1,)) -> dict[str, list[Any]]:
    """The values of a block by name, a list of households each; by lead they are lists of lists."""
    made = block.table(known, np.array(leads, np.int32))
    fixed = {entry.name: made.values[:, k].tolist() for k, entry in enumerate(made.entries)}
    by_lead = dense(made, len(known.members))
    entries = (*made.lead_entries, *made.common_entries)
    return fixed | {entry.name: by_lead[:, :, k].tolist() for k, entry in enumerate(entries)}


def dense(made: FeatureTable, members: int) -> NDArray[np.float32]:
    """(members, leads, features) of all that differs by lead, for each household or for all alike."""
    parts = [] if made.lead_values is None else [made.lead_values]
    if made.common_values is not None:
        parts.append(np.broadcast_to(made.common_values, (members, *made.common_values.shape)))
    return np.concatenate(parts, axis=2) if parts else np.empty((members, 0, 0), np.float32)


def unit_of(panel: Panel, as_of: int, chosen: Mapping[str, FeatureBlock], leads: Sequence[int] = (1, 2)) -> Unit:
    outcome = config.option("label", "below_line")
    return make_unit(panel.as_of(as_of), outcome, chosen, np.array(leads, np.int32), gap=0)


def task_of(
    panel: Panel, horizons: Sequence[int], label: str = "auto", gap: int = 0, seed: int = 1, **outcome: Any
) -> Task:
    chosen = config.option("label", label, **outcome)
    return make_task(panel, chosen, blocks(), config.option("split", "rolling_origin", gap=gap), horizons, seed)


# small panels of every kind ------------------------------------------------------------------------------------------


def monthly(seed: int = 1, households: int = 36, months: int = 30) -> Case:
    """Twelve months summed; wages, a farm and its costs, persons; both clocks, with late reports and corrections."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(households):
        level = rng.uniform(180, 420)
        for month in range(months):
            if rng.random() < 0.06:
                continue
            wage = level * rng.uniform(0.3, 1.9) if rng.random() > 0.1 else None
            row = {
                "hh": f"m{number:03d}",
                "period": f"{2018 + month // 12}-{month % 12 + 1:02d}",
                "wage": wage,
                "farm sales": level * rng.uniform(0, 1.2),
                "cost": level * rng.uniform(0, 0.4),
                "persons": int(rng.integers(1, 5)) if month % 6 == 0 else None,
                "ill": float(rng.integers(0, 4)) if rng.random() > 0.2 else None,
                "trade": rng.choice(["farm", "shop", "none"]),
                "village": f"v{number % 5}",
                "township": f"t{number % 2}",
            }
            rows.append({**row, "known_at": _month_after(month, int(rng.integers(0, 3)))})
            if rng.random() < 0.1:  # corrected some months later
                rows.append({**row, "farm sales": level, "known_at": _month_after(month, int(rng.integers(3, 6)))})
    settings = {
        "frequency": "monthly", "window": 12, "sources": ["wage", "farm sales"], "costs": ["cost"], "size": "persons",
        "village": "village", "township": "township", "known_at": "known_at", "max_age": 2, "reported_share": 0.5,
        "lookback": 24,
    }  # fmt: skip
    return Case("monthly", pd.DataFrame(rows), settings, 1500.0, (1, 3, 6), ("2019-04", "2019-12"))


def rotating(seed: int = 2, households: int = 60, quarters: int = 16) -> Case:
    """Seen at q, q + 1, q + 4 and q + 5, as labour force surveys do; the line stands in the file."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(households):
        start, level = int(rng.integers(0, quarters - 3)), rng.normal(0.3, 0.4)
        for quarter in (start, start + 1, start + 4, start + 5):
            if quarter >= quarters or rng.random() < 0.05:
                continue
            rows.append(
                {
                    "hh": f"r{number:03d}",
                    "period": f"{2010 + quarter // 4}Q{quarter % 4 + 1}",
                    "income": float(np.exp(level + rng.normal(0, 0.5))) * 100 if rng.random() > 0.07 else None,
                    "pension": rng.uniform(0, 60),
                    "line": 90.0 + quarter,
                    "weight": rng.uniform(0.5, 2),
                    "rooms": float(rng.integers(1, 6)),
                    "trade": rng.choice(["farm", "shop", "none"]),
                    "town": f"t{number % 4}",
                }
            )
    settings = {
        "frequency": "quarterly",
        "sources": ["pension"],
        "income": "income",
        "weight": "weight",
        "township": "town",
    }
    return Case("rotating", pd.DataFrame(rows), settings, "line", (1, 4), ("2012Q2", "2013Q1"))


def annual(seed: int = 3, households: int = 50, years: int = 10) -> Case:
    """Reported a year late, with years and incomes missing; a relative line."""
    rng = np.random.default_rng(seed)
    rows = [
        {
            "hh": f"a{number:03d}",
            "period": str(2000 + year),
            "income": float(np.exp(rng.normal(0.3 + number % 7 / 10, 0.5))) * 1000 if rng.random() > 0.08 else None,
            "land": float(rng.integers(0, 9)),
            "debt share": rng.normal(),
            "trade": rng.choice(["farm", "shop", "none"]),
            "village": f"v{number % 6}",
        }
        for number in range(households)
        for year in range(years)
        if rng.random() > 0.1
    ]
    settings = {"frequency": "annual", "delay": 1, "village": "village"}
    return Case("annual", pd.DataFrame(rows), settings, "relative", (1, 2), ("2005", "2007"))


def waves(seed: int = 4, households: int = 50) -> Case:
    """Waves in unequal steps, on the axis of their years."""
    rng = np.random.default_rng(seed)
    rows = [
        {
            "hh": f"w{number:03d}",
            "period": str(wave),
            "year": year,
            "income": float(np.exp(rng.normal(0.4, 0.6))) * 1000 if rng.random() > 0.05 else None,
            "head_age": float(30 + number % 40 + year - 1993),
            "trade": rng.choice(["farm", "shop", "none"]),
        }
        for number in range(households)
        for wave, year in enumerate((1993, 1997, 1999, 2000, 2004, 2006), start=1)
        if rng.random() > 0.1
    ]
    settings = {"frequency": "wave", "time": "year"}
    return Case("waves", pd.DataFrame(rows), settings, "relative", (2, 4), ("2000", "2004"))


CASES: Mapping[str, Callable[[], Case]] = {"monthly": monthly, "rotating": rotating, "annual": annual, "waves": waves}


def poisoned(case: Case, as_of: int, seed: int = 0) -> pd.DataFrame:
    """The table with everything changed that became known after a period, and much added that did.

    Values change, rows go, rows come (of old and of new households, with texts never seen before); where the table says
    when a row became known, old rows are corrected later, and old periods are told of for the first time.
    """
    rng = np.random.default_rng(seed)
    frame = case.frame
    late = case.known(frame) > as_of
    assert late.any() and not late.all(), "there must be something to poison, and something to keep"
    future = _spoilt(frame[late], rng)
    newest = case.known(future) == case.known(future).max()
    future = future[newest | (rng.random(len(future)) > 0.3)]
    strangers = future.assign(hh="0new" + future["hh"], trade="never seen")
    added = [future, strangers]
    if "known_at" in case.settings:
        told = frame[~late].sample(frac=0.4, random_state=seed)
        after = frame.loc[late, "known_at"].max()
        added += [_spoilt(told, rng).assign(known_at=after), _spoilt(told, rng).assign(known_at=after, hh="zold")]
    keys = ["hh", "period", *(["known_at"] if "known_at" in case.settings else [])]
    return pd.concat([frame[~late], *(part.drop_duplicates(keys) for part in added)], ignore_index=True)


def _spoilt(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    changed = {}
    for name in frame.columns.difference(["hh", "period", "year", "known_at"]):
        if pd.api.types.is_numeric_dtype(frame[name]):
            wild = frame[name] * rng.uniform(2, 900, len(frame)) + 1
            changed[name] = wild.round().where(rng.random(len(frame)) > 0.1) if name != "weight" else wild
        else:
            changed[name] = rng.choice(["poison", "none", "v0", "t1"], len(frame))
    return frame.assign(**changed)


def _month_after(month: int, delay: int) -> str:
    told = month + delay
    return f"{2018 + told // 12}-{told % 12 + 1:02d}-15"


# a bigger panel in which there is something to learn ------------------------------------------------------------------


def signal(seed: int = 5, households: int = 900, quarters: int = 14, strength: float = 1.0) -> pd.DataFrame:
    """Income is a lasting level, a slow swing, a quarter's noise and the shocks that illness foretells.

    The distance of one quarter mixes all of them; who looks back, and at illness, knows more.
    """
    rng = np.random.default_rng(seed)
    number = np.arange(households)
    level = rng.normal(1.0, 0.4, households)
    swing = rng.normal(0, 0.2, households)
    ill = np.zeros(households)
    rows = []
    for quarter in range(quarters):
        swing = 0.8 * swing + rng.normal(0, 0.12, households)
        hurt = strength * 0.6 * (ill > 0)
        noise = rng.normal(0, 0.3, households)
        ill = np.where(rng.random(households) < 0.12, rng.integers(1, 4, households), np.maximum(ill - 1, 0))
        rows.append(
            pd.DataFrame(
                {
                    "hh": [f"s{k:05d}" for k in number],
                    "period": f"{2010 + quarter // 4}Q{quarter % 4 + 1}",
                    "income": np.exp(level + swing - hurt + noise) * 1000,
                    "ill": ill,
                    "noise": rng.normal(size=households),
                    "trade": np.where(number % 3 == 0, "farm", "shop"),
                    "village": [f"v{k % 40}" for k in number],
                    "township": [f"t{k % 4}" for k in number],
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def signal_case(**changes: Any) -> Case:
    settings = {"frequency": "quarterly", "village": "village", "township": "township", "lookback": 8}
    return Case("signal", signal(**changes), settings, 1000.0, (1, 2, 4), ("2012Q2",))


def walk(households: int, periods: int, seed: int = 7) -> Panel:
    """Income is a random walk, so today's distance to the line is all there is to know."""
    rng = np.random.default_rng(seed)
    level = rng.normal(0.4, 0.5, households)
    rows = []
    for year in range(periods):
        level = level + rng.normal(0, 0.15, households)
        names = [f"k{k:05d}" for k in range(households)]
        rows.append(pd.DataFrame({"hh": names, "period": f"{2000 + year}", "income": np.exp(level) * 1000}))
    return read(pd.concat(rows, ignore_index=True), 1000.0, frequency="annual")
