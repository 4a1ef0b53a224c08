"""A registry that dies half-way, and promotions at once: the alias never points at something incomplete."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from relapse.core.errors import GateError, RelapseError
from relapse.core.record import Record
from relapse.pipelines.first_judgement import first_champion
from relapse.registry.mlflow_store import MlflowStore

Make = Callable[..., Record]
NAME = "wage_panel"
WRITES = ("set_", "create_", "delete_", "log_", "finalize_")
KILLED = """
import os, sys
from pathlib import Path
sys.path[:0] = [{tests!r}]
from relapse.registry import mlflow_run
from relapse.registry.mlflow_store import MlflowStore
from conftest import record

def die(*_):
    os._exit(9)

mlflow_run.write_files = die
MlflowStore(uri=None, state={state!r}).log(record.__wrapped__()(), forbidden=[])
"""


class Death(BaseException):
    """Nothing is written after it, as when the power goes."""


class Dying:
    """MLflow's client, until the n-th writing call: that one and all later ones are never made."""

    def __init__(self, client: Any, living: int) -> None:
        self._client, self._living = client, living

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)
        if not name.startswith(WRITES):
            return method

        def call(*args: Any, **more: Any) -> Any:
            if self._living == 0:
                raise Death
            self._living -= 1
            return method(*args, **more)

        return call


@contextmanager
def dying(store: MlflowStore, living: int) -> Iterator[None]:
    real = store._client
    store.__dict__["_client"] = Dying(real, living)
    try:
        yield
    finally:
        store.__dict__["_client"] = real


def deaths(store: MlflowStore, work: Callable[[], object]) -> Iterator[int]:
    """Let the work die at its first writing call, its second …, until it is done; yields after each death."""
    for living in range(100):
        try:
            with dying(store, living):
                work()
        except Death:
            yield living
        else:
            return
    raise AssertionError("it never came to an end")


def champion(store: MlflowStore) -> str:
    found = store.champion(NAME)
    assert found is not None
    return found.number


@pytest.fixture
def judged(store: MlflowStore, record: Make) -> MlflowStore:
    """Three versions; the first is champion."""
    for digest in "abc":
        store.log(record(digest=digest * 64), forbidden=[])
    store.set_champion(NAME, "1", {"reviewer": "Li", "reason": "first"}, None)
    return store


def test_set_champion__whoever_dies_at_any_call_leaves_a_champion_with_all_its_tags(judged: MlflowStore) -> None:
    signed = {"1": ("Li", "first"), "2": ("Wang", "better")}
    work = lambda: judged.set_champion(NAME, "2", {"reviewer": "Wang", "reason": "better"}, champion(judged))  # noqa: E731
    died = 0
    for _ in deaths(judged, work):
        died += 1
        tags = judged.tags(NAME, "champion")
        assert (tags["reviewer"], tags["reason"]) == signed[champion(judged)]
        assert judged.files(NAME, "champion")
    assert died >= 4, "two tags, the memory of the one before, the alias"
    assert champion(judged) == "2"
    assert judged.rollback(NAME).number == "1"


def test_rollback__whoever_dies_at_any_call_can_go_on(judged: MlflowStore) -> None:
    judged.set_champion(NAME, "2", {"reviewer": "Wang", "reason": "better"}, "1")
    judged.set_champion(NAME, "3", {"reviewer": "Zhao", "reason": "best"}, "2")
    with pytest.raises(Death), dying(judged, 0):
        judged.rollback(NAME)
    assert champion(judged) == "3"
    with pytest.raises(Death), dying(judged, 1):  # the alias is moved, the memory is not
        judged.rollback(NAME)
    assert champion(judged) == "2"
    assert judged.tags(NAME, "champion")["reviewer"] == "Wang"
    assert judged.rollback(NAME).number == "1"


def test_log__whoever_dies_at_any_call_leaves_no_half_version(store: MlflowStore, record: Make) -> None:
    made, died = record(curves={}), 0
    for _ in deaths(store, lambda: store.log(made, forbidden=[])):
        died += 1
        there = store.versions(NAME)
        assert len(there) <= 1
        for one in there:
            assert store.files(NAME, one.number) == dict(made.files)
            assert store.artifact(NAME, one.number, "report.html") == made.artifacts["report.html"]
    assert died >= 8
    assert [one.number for one in store.versions(NAME)] == ["1"]


def test_log__a_run_whose_process_was_killed_is_not_running_for_ever(store: MlflowStore, record: Make) -> None:
    script = KILLED.format(tests=str(Path(__file__).parent), state=store.state)
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True)
    assert done.returncode == 9, done.stderr

    def statuses() -> list[str]:
        experiment = store._client.get_experiment_by_name("wage panel")
        return sorted(run.info.status for run in store._client.search_runs([experiment.experiment_id]))

    assert (store.versions(NAME), statuses()) == ([], ["RUNNING"])
    assert store.log(record(), forbidden=[]).number == "1"
    assert statuses() == ["FAILED", "FINISHED"]


def test_set_champion__of_two_at_once_one_is_told_that_the_other_was_first(judged: MlflowStore) -> None:
    begin, told = threading.Barrier(2), dict[str, object]()

    def promote(number: str) -> None:
        own = MlflowStore(uri=None, state=judged.state)
        begin.wait()
        try:
            told[number] = own.set_champion(NAME, number, {"reviewer": number}, "1")
        except GateError as refused:
            told[number] = refused

    threads = [threading.Thread(target=promote, args=(number,)) for number in ("2", "3")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (lost,) = [number for number, answer in told.items() if isinstance(answer, GateError)]
    (won,) = {"2", "3"} - {lost}
    assert champion(judged) == won
    assert judged.tags(NAME, "champion")["reviewer"] == won
    assert "reviewer" not in judged.tags(NAME, lost)
    assert judged.rollback(NAME).number == "1"


def test_first_champion__of_two_runs_at_once_the_second_is_a_candidate(store: MlflowStore, record: Make) -> None:
    first, second = (store.log(record(digest=digest * 64), forbidden=[]) for digest in "ab")

    class Late:
        """A run that looked before the other's version was champion."""

        def champion(self, name: str) -> None:
            return None

        def set_champion(self, *args: Any) -> object:
            return store.set_champion(*args)

    assert first_champion(store, first, [])
    assert not first_champion(Late(), second, [])  # type: ignore[arg-type]
    assert first_champion(Late(), first, [])  # type: ignore[arg-type]
    assert champion(store) == "1"


def test_set_champion__a_version_without_its_files_is_refused(judged: MlflowStore) -> None:
    for path in Path(judged.state).rglob("version.json"):
        path.unlink()
    with pytest.raises(RelapseError, match="is not whole"):
        judged.set_champion(NAME, "2", {"reviewer": "Wang"}, "1")
    assert champion(judged) == "1"
