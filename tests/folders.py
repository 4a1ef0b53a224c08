"""Folders of a county for the tests of reading, written row by row, and what is believed of them, the slow and obvious way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from relapse import config
from relapse.core.panel import Panel
from relapse.core.protocols import Examined
from relapse.core.results import Finding

Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]
LINE = config.option("line", "absolute", value=6000)


def home(household: str = "h1", **more: Any) -> dict[str, Any]:
    told = {"household_id": household, "township": "t1", "village": "v1", "type": "exited", "size": 2}
    return {**told, "as_of": "2023-01-01", "known_at": "2023-01-05", **more}


def report(household: str = "h1", first: str = "2023-05", amount: Any = 100, **more: Any) -> dict[str, Any]:
    """Wages of a month, known on the 5th of the next."""
    told = {"household_id": household, "source": "wage", "from": first, "to": first, "amount": amount}
    return {**told, "known_at": f"{pd.Period(more.get('to', first), 'M') + 1}-05", **more}


def year(household: str = "h1", amount: Any = 100, **more: Any) -> list[dict[str, Any]]:
    """Wages of each month of 2023."""
    return [report(household, f"2023-{month:02d}", amount, **more) for month in range(1, 13)]


def plain(**changed: Sequence[Row]) -> dict[str, Sequence[Row]]:
    """Two households with a year's wages."""
    return {"households": [home("h1"), home("h2")], "income": [*year("h1", 100), *year("h2", 200)], **changed}


def write(folder: Path, tables: Tables, kind: str = "csv") -> Path:
    """Tables by the name of their file."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        frame = pd.DataFrame(list(rows))
        path = folder / (name if "." in name else f"{name}.{kind}")
        if path.suffix == ".parquet":
            frame.to_parquet(path, index=False)
        elif path.suffix == ".xlsx":
            frame.to_excel(path, index=False)
        else:
            frame.to_csv(path, index=False)
    return folder


def county(folder: Path, **settings: Any) -> Any:
    return config.option("data", "county", path=str(folder), **{"region": "99", **settings})


def read(folder: Path, tables: Tables, kind: str = "csv", **settings: Any) -> Panel:
    panel: Panel = county(write(folder, tables, kind), **settings).read(LINE)
    return panel


def examine(folder: Path, tables: Tables, **settings: Any) -> Examined:
    told: Examined = county(write(folder, tables), **settings).examine(LINE)
    return told


def month(text: str) -> int:
    return int(text[:4]) * 12 + int(text[5:7]) - 1


def believed(panel: Panel, household: str, period: str, as_of: str, what: str = "income") -> float | None:
    """What was known at the end of a month of a household's month: its last row by then; None where nothing."""
    values = panel.income if what == "income" else {"measured": panel.measured, **panel.sources, **panel.amounts}[what]
    assert values is not None
    place = panel.household_ids.tolist().index(household)
    rows = np.flatnonzero((panel.household == place) & (panel.period == month(period)) & (panel.known <= month(as_of)))
    if not len(rows):
        return None
    value = float(values[rows[np.argmax(panel.known[rows])]])
    return None if np.isnan(value) else value


def rules(findings: Sequence[Finding], *, notes: bool = False) -> list[tuple[str, str]]:
    """Rule and severity of each finding, once, sorted."""
    return sorted({(each.rule, each.severity) for each in findings if notes or each.severity != "note"})


def of(findings: Sequence[Finding], rule: str) -> list[Finding]:
    return [each for each in findings if each.rule == rule]


def doubted(panel: Panel) -> list[str]:
    """Households of which a row must be corrected."""
    return panel.household_ids[np.unique(panel.tables["doubts"].household)].tolist()


def state(panel: Panel, household: str, column: str, as_of: str, table: str = "households") -> Any:
    """The newest believed state of a household; None where it is not there."""
    facts = panel.as_of(month(as_of)).whole_table(table).newest
    rows = np.flatnonzero(facts.household == panel.household_ids.tolist().index(household))
    if not len(rows):
        return None
    values = facts.columns[column]
    return facts.text(column).texts()[rows[0]] if hasattr(values, "levels") else float(facts.number(column)[rows[0]])
