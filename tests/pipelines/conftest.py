"""Runs that many tests look at, and folders with an MLflow store that is ready."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from calls import FIT, RULE_ONLY, Ran, call, hidden, plain, words_of, written

from relapse.registry.mlflow_store import MlflowStore


@pytest.fixture(scope="session")
def ready_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new database costs seconds: made once, copied by each test."""
    folder = tmp_path_factory.mktemp("store")
    MlflowStore(uri=None, state=str(folder)).prepare()
    return folder / "mlflow.db"


def settled(folder: Path, db: Path) -> Path:
    """A folder in which commands can be called: an empty store in `state`."""
    (folder / "state").mkdir(parents=True)
    shutil.copy(db, folder / "state" / "mlflow.db")
    return folder


@pytest.fixture
def home(tmp_path: Path, ready_db: Path) -> Path:
    return settled(tmp_path / "home", ready_db)


@pytest.fixture(scope="session")
def hidden_csv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("hidden"), hidden(), "hidden.csv")


@pytest.fixture(scope="session")
def plain_csv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("plain"), plain(), "plain.csv")


@pytest.fixture(scope="session")
def won(tmp_path_factory: pytest.TempPathFactory, ready_db: Path, hidden_csv: Path) -> Ran:
    """`relapse run` where the model is ahead of the rule; nobody changes it."""
    folder = settled(tmp_path_factory.mktemp("won") / "home", ready_db)
    words = words_of("run", hidden_csv)
    return Ran(folder, call(*words, cwd=folder), words)


@pytest.fixture(scope="session")
def wage(tmp_path_factory: pytest.TempPathFactory, ready_db: Path) -> Ran:
    """`relapse run` on the panel that the README runs, with fewer draws; nobody changes it."""
    folder = settled(tmp_path_factory.mktemp("wage") / "home", ready_db)
    words = ["run", "data=wage_panel", "evaluation.draws=20", "origins=[1984,1985]", RULE_ONLY, *FIT]
    return Ran(folder, call(*words, cwd=folder), words)
