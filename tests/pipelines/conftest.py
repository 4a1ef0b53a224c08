"""Runs that many tests look at, and folders with an MLflow store that is ready."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
from calls import FIT, RULE_ONLY, Called, Ran, call, hidden, plain, settled, words_of, written
from office import make_office

Once = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture
def home(tmp_path: Path, ready_db: Path) -> Path:
    return settled(tmp_path / "home", ready_db)


@pytest.fixture(scope="session")
def hidden_csv(once: Once) -> Path:
    return once("hidden", lambda folder: written(folder, hidden(), "hidden.csv")) / "hidden.csv"


@pytest.fixture(scope="session")
def plain_csv(once: Once) -> Path:
    return once("plain", lambda folder: written(folder, plain(), "plain.csv")) / "plain.csv"


@pytest.fixture(scope="session")
def won(tmp_path_factory: pytest.TempPathFactory, ready_db: Path, hidden_csv: Path) -> Ran:
    """`relapse run` where the model is ahead of the rule; nobody changes it.

    Not made once for all workers: runs in a copy of its store leave their artifacts beside those of the first.
    """
    folder = settled(tmp_path_factory.mktemp("won") / "home", ready_db)
    words = words_of("run", hidden_csv)
    return Ran(folder, call(*words, cwd=folder), words)


@pytest.fixture(scope="session")
def wage(once: Once, ready_db: Path) -> Ran:
    """`relapse run` on the panel that the README runs, with fewer draws; nobody changes it."""
    words = ["run", "data=wage_panel", "evaluation.draws=20", "origins=[1984,1985]", RULE_ONLY, *FIT]

    def make(place: Path) -> None:
        done = call(*words, cwd=settled(place / "home", ready_db))
        (place / "called.json").write_text(json.dumps(asdict(done)))

    place = once("wage", make)
    return Ran(place / "home", Called(**json.loads((place / "called.json").read_text())), words)


@pytest.fixture(scope="session")
def small_office(once: Once) -> Path:
    """An office before its month (see `office`); nobody changes it."""
    return once("office", make_office)
