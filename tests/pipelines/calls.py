"""Commands called as at the command line, and the small made-up panels on which they are tried."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from relapse import cli

SOURCE = Path(cli.__file__).parents[1]
STRONG = "alarm.gain=0.45"  # what the made panel's columns tell is far more than is plausible of a real one
COLUMNS = (
    "data=panel", "data.columns.household_id=hhid", "data.columns.period=year", "data.columns.income=income_pc",
    "data.columns.village=village", "data.frequency=annual",
)  # fmt: skip
LINE = ("line=absolute", "line.value=9000")
FIT = ("calibration.draws=40", "calibration.least_events=50", "model.trees=60", "model.seeds=1")
TEST = ("evaluation.draws=20", "horizons=1")
ONE_ORIGIN = "origins=[2012]"
RULE_ONLY = "models=[distance_to_line]"
WORDS: Mapping[str, Sequence[str]] = {
    "run": (*COLUMNS, *LINE, *TEST, *FIT, RULE_ONLY, ONE_ORIGIN, STRONG),
    "backtest": (*COLUMNS, *LINE, *TEST, *FIT, RULE_ONLY, ONE_ORIGIN, STRONG),
    "train": (*COLUMNS, *LINE, *TEST, *FIT, ONE_ORIGIN, STRONG),
    "promote": (*COLUMNS, "evaluation.draws=20", ONE_ORIGIN, STRONG),
    "validate": (*COLUMNS, *LINE),
    "tune": (*COLUMNS, *LINE),
    "score": COLUMNS,
    "explain": COLUMNS,
}


@dataclass(frozen=True)
class Called:
    """What a command left at the terminal."""

    status: int
    out: str
    err: str

    @property
    def told(self) -> str:
        """The message of an error: what stands after `relapse COMMAND: `."""
        found = re.search(r"^relapse(?: \w+)?: (.*)", self.err, re.MULTILINE | re.DOTALL)
        return found[1].strip() if found else ""


@dataclass(frozen=True)
class Ran:
    """A `relapse run` that went well."""

    folder: Path
    called: Called
    words: Sequence[str]

    def __post_init__(self) -> None:
        assert self.called.status == 0, self.called.err

    @property
    def told(self) -> dict[str, Any]:
        """The content of run.json."""
        content: dict[str, Any] = json.loads((self.folder / self.called.out.splitlines()[-1]).read_text())
        return content

    @property
    def list_folder(self) -> Path:
        return (self.folder / self.told["list"]["csv"]).parent

    @property
    def listed(self) -> list[str]:
        """Ids on the list, in its order."""
        return households_of(self.list_folder)


def settled(folder: Path, db: Path) -> Path:
    """A folder in which commands can be called: an empty store in `state`."""
    (folder / "state").mkdir(parents=True)
    shutil.copy(db, folder / "state" / "mlflow.db")
    return folder


def call(*words: str, cwd: Path) -> Called:
    """A command in this process: quick, since libraries are loaded once."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(cwd), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = cli.main(list(words))
    return Called(status, out.getvalue(), err.getvalue())


def on(command: str, path: Path | str, *more: str, cwd: Path) -> Called:
    """A command on a small panel, with settings that make it quick."""
    given = {word.partition("=")[0].lstrip("+") for word in more}
    usual = [word for word in WORDS[command] if word.partition("=")[0] not in given]
    return call(command, *usual, f"data.path={path}", *more, cwd=cwd)


def start(*words: str, cwd: Path, **environment: str) -> subprocess.Popen[str]:
    """A command in a process of its own, which an interrupt reaches also where the tests themselves run in the background.

    A shell starts background jobs with interrupts ignored, and children would inherit that.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    return subprocess.Popen(
        [sys.executable, "-m", "relapse", *words],
        cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE), **environment},
    )  # fmt: skip


def finished(process: subprocess.Popen[str]) -> Called:
    out, err = process.communicate(timeout=300)
    return Called(process.returncode, out, err)


def words_of(command: str, path: Path | str, *more: str) -> list[str]:
    """What `on` would call."""
    given = {word.partition("=")[0] for word in more}
    return [
        command,
        *(word for word in WORDS[command] if word.partition("=")[0] not in given),
        f"data.path={path}",
        *more,
    ]


def households_of(folder: Path) -> list[str]:
    """Ids on the list of a folder, in its order (the head of that column is in the list's language)."""
    return list(pd.read_csv(folder / "list.csv", dtype=str).iloc[:, 1])


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, but locks."""
    found = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(".lock"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def hidden(households: int = 900, years: int = 9, seed: int = 5) -> pd.DataFrame:
    """Who is ill, indebted and without land falls a year later, whatever the distance to the line: a model can win."""
    rng = np.random.default_rng(seed)
    level = rng.normal(0.4, 0.3, households)
    fell = np.zeros(households, dtype=bool)
    rows = []
    for year in range(years):
        debt, land, ill = rng.random(households), rng.random(households), rng.random(households) < 0.5
        rows.append(
            pd.DataFrame(
                {
                    "hhid": [f"HH-ZX81-{number:05d}" for number in range(households)],
                    "year": 2006 + year,
                    "income_pc": (np.exp(level + rng.normal(0, 0.12, households) - 1.2 * fell) * 10_000).round(2),
                    "debt": debt.round(4),
                    "land": land.round(3),
                    "ill": ill.astype(int),
                    "village": [f"V{number % 40:02d}" for number in range(households)],
                }
            )
        )
        fell = rng.random(households) < np.where((debt > 0.55) & ill & (land < 0.45), 0.7, 0.005)
    return pd.concat(rows, ignore_index=True)


def plain(households: int = 150, years: int = 8, seed: int = 3) -> pd.DataFrame:
    """Only the distance to the line tells who falls: the rule cannot be beaten."""
    rng = np.random.default_rng(seed)
    level = rng.normal(0.35, 0.3, households)
    return pd.concat([
        pd.DataFrame({
            "hhid": [f"{number:04d}" for number in range(households)],
            "year": 2007 + year,
            "income_pc": (np.exp(level + rng.normal(0, 0.25, households)) * 10_000).round(2),
            "rooms": rng.integers(1, 6, households),
            "village": [f"V{number % 15:02d}" for number in range(households)],
        })
        for year in range(years)
    ], ignore_index=True)  # fmt: skip


def written(folder: Path, frame: pd.DataFrame, name: str = "panel.csv", **how: Any) -> Path:
    """A table as a file."""
    path = folder / name
    frame.to_csv(path, index=False, **how)
    return path
