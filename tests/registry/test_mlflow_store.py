"""MLflow's store itself: made once and whole, refused when it is not ours, failing without leaving half a version."""

from __future__ import annotations

import errno
import multiprocessing
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import relapse
from relapse.core.errors import InputError, RelapseError
from relapse.core.record import Record
from relapse.registry import database, mlflow_run
from relapse.registry.database import absolute_uri, shown
from relapse.registry.mlflow_store import MlflowStore

Make = Callable[..., Record]


def _first_use(state: str, number: int, record: Record, answers: Any) -> None:
    try:
        store = MlflowStore(uri=None, state=state)
        store.prepare()
        answers.put((number, store.log(record, forbidden=[])))
    except BaseException as fault:
        answers.put((number, repr(fault)))


@pytest.mark.slow
def test_prepare__three_processes_on_a_fresh_store(tmp_path: Path, record: Make) -> None:
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    digests = ["a" * 64, "a" * 64, "b" * 64]
    workers = [
        context.Process(target=_first_use, args=(str(tmp_path / "state"), number, record(digest=digest), answers))
        for number, digest in enumerate(digests)
    ]
    for worker in workers:
        worker.start()
    told = dict(answers.get(timeout=120) for _ in workers)
    for worker in workers:
        worker.join()
    assert not [answer for answer in told.values() if isinstance(answer, str)], told
    assert sorted(answer.reused for answer in told.values()) == [False, False, True]
    assert len(MlflowStore(uri=None, state=str(tmp_path / "state")).versions("wage_panel")) == 2
    assert sorted(path.name for path in (tmp_path / "state").iterdir()) == ["artifacts", "mlflow.db", "mlflow.lock"]


def test_log__touches_neither_the_working_folder_nor_mlflows_own_address(
    store: MlflowStore, record: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow

    empty = tmp_path / "elsewhere"
    empty.mkdir()
    monkeypatch.chdir(empty)
    before = mlflow.get_tracking_uri()
    store.log(record(), forbidden=[])
    store.set_champion("wage_panel", "1", {})
    store.files("wage_panel", "champion")
    assert mlflow.get_tracking_uri() == before
    assert "MLFLOW_TRACKING_URI" not in os.environ
    assert mlflow.active_run() is None
    assert list(empty.iterdir()) == []


def test_log__run_and_version_read_as_reviewers_need_them(store: MlflowStore, record: Make) -> None:
    import mlflow

    kept = store.log(record(), forbidden=[])
    client = mlflow.MlflowClient(store.tracking_uri(), store.tracking_uri())
    run = client.get_run(kept.run_id)
    version = client.get_model_version("wage_panel", "1")
    assert (run.info.run_name, run.info.status) == ("2021Q4 h4 lgbm 7f3a", "FINISHED")
    assert run.data.params == record().params
    assert run.data.metrics == {**record().metrics, "fit/log_loss": pytest.approx(1 / 1500)}
    assert len(client.get_metric_history(kept.run_id, "fit/log_loss")) == 1500
    assert run.data.tags["mlflow.note.content"] == version.description == record().description
    assert {metric.key for metric in client.get_logged_model(run.outputs.model_outputs[0].model_id).metrics} == {
        "eval/pr_auc",
        "eval/precision_at_300",
    }


def test_log__the_model_is_text_and_asks_for_no_package_of_ours(store: MlflowStore, record: Make) -> None:
    store.log(record(), forbidden=[])
    (home,) = [path.parent for path in Path(store.state).rglob("MLmodel")]
    texts = {path.name: path.read_text(encoding="utf-8") for path in home.iterdir() if path.is_file()}
    assert {"MLmodel", "input_example.json", "pyfunc_model.py", "requirements.txt"} <= set(texts)
    packages = {line.split("==")[0] for line in texts["requirements.txt"].split()}
    assert packages == {"mlflow", "lightgbm", "numpy", "pandas"}
    for name in ("requirements.txt", "conda.yaml", "python_env.yaml", "MLmodel"):
        assert "relapse" not in texts[name], name
    assert not [path for path in home.rglob("*") if path.suffix in (".pkl", ".pickle", ".skops")]


class _Loaded:
    def __init__(self, folder: str) -> None:
        self.files = sorted(path.name for path in Path(folder).rglob("*") if path.is_file())

    def forecast_features(self, frame: pd.DataFrame, language: str) -> pd.DataFrame:
        assert self.files == ["lightgbm_0.txt", "version.json"]
        chance = frame["income__gap_log_ratio"].fillna(0.0).to_numpy()
        return pd.DataFrame({"chance_1": chance, "chance_4": 2 * chance, "reason_1": language})


def test_log__mlflow_loads_the_model_without_pickles_and_takes_rows_in_any_order(
    store: MlflowStore, record: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow

    monkeypatch.setattr(relapse, "load", _Loaded, raising=False)
    assert os.environ["MLFLOW_ALLOW_PICKLE_DESERIALIZATION"] == "false"
    store.log(record(), forbidden=[])
    (home,) = [path.parent for path in Path(store.state).rglob("MLmodel")]
    model = mlflow.pyfunc.load_model(str(home))
    rows = pd.DataFrame({"income__trend_share_4p": [float("nan"), 1.0], "income__gap_log_ratio": [0.25, float("nan")]})
    chances = {"chance_1": [0.25, 0.0], "chance_4": [0.5, 0.0]}
    assert model.predict(rows).to_dict("list") == {**chances, "reason_1": ["zh", "zh"]}
    assert model.predict(rows, params={"language": "en"}).to_dict("list") == {**chances, "reason_1": ["en", "en"]}
    assert model.input_example["income__gap_log_ratio"].tolist() == [0.5]


def test_log__a_run_that_dies_is_failed_and_leaves_no_version(
    store: MlflowStore, record: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(mlflow_run, "_save_pyfunc", die)
        with pytest.raises(KeyboardInterrupt):
            store.log(record(), forbidden=[])
    assert store.versions("wage_panel") == []
    client = mlflow.MlflowClient(store.tracking_uri(), store.tracking_uri())
    experiment = client.get_experiment_by_name("wage panel")
    assert [run.info.status for run in client.search_runs([experiment.experiment_id])] == ["FAILED"]
    assert store.log(record(), forbidden=[]).number == "1"


def test_log__a_full_disk_is_wrong_use_and_leaves_no_version(
    store: MlflowStore, record: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(mlflow_run, "write_files", full)
        with pytest.raises(InputError, match="is full; free some space"):
            store.log(record(), forbidden=[])
    assert store.versions("wage_panel") == []


def test_prepare__a_killed_creation_leaves_nothing_half_made(tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").touch()
    store = MlflowStore(uri=None, state=str(tmp_path))
    store.prepare()
    store.prepare()
    assert store.versions("wage_panel") == []


def _not_a_database(path: Path) -> None:
    path.write_text("name,income\nZhang,1000\n" * 100, encoding="utf-8")


def _another_programs(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("create table accounts (number integer)")


def _half_made(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("create table alembic_version (version_num text)")


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (_not_a_database, "is no SQLite database"),
        (_another_programs, "no MLflow store"),
        (_half_made, "no MLflow store"),
    ],
)
def test_prepare__a_file_that_is_not_ours_is_refused_and_left_alone(
    tmp_path: Path, spoil: Callable[[Path], None], why: str
) -> None:
    path = tmp_path / "mlflow.db"
    spoil(path)
    before = path.read_bytes()
    with pytest.raises(InputError, match=why):
        MlflowStore(uri=None, state=str(tmp_path)).prepare()
    assert path.read_bytes() == before


def test_prepare__another_mlflows_store_is_refused_with_the_command_to_run(store: MlflowStore) -> None:
    with sqlite3.connect(Path(store.state) / "mlflow.db") as connection:
        connection.execute("update alembic_version set version_num = '0000000000ab'")
    with pytest.raises(InputError, match="made by a newer MLflow .* pip install -U mlflow"):
        MlflowStore(uri=None, state=store.state).prepare()


OLDER = "c3d9e7f1a2b4"  # tables of an MLflow of some releases ago


def taken_back(store: MlflowStore) -> bytes:
    """The store as an older MLflow would have left it, with all that was logged."""
    from alembic import command
    from mlflow.store.db.utils import _get_alembic_config, create_sqlalchemy_engine

    uri = store.tracking_uri()
    engine = create_sqlalchemy_engine(uri)
    settings = _get_alembic_config(uri)
    with engine.begin() as connection:
        settings.attributes["connection"] = connection
        command.downgrade(settings, OLDER)
    engine.dispose()
    return (Path(store.state) / "mlflow.db").read_bytes()


def test_prepare__an_older_store_is_backed_up_and_migrated_with_all_that_is_in_it(
    store: MlflowStore, record: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    store.log(record(), forbidden=[])
    store.set_champion("wage_panel", "1", {"reviewer": "Li"})
    taken_back(store)
    opened = MlflowStore(uri=None, state=store.state)
    opened.prepare()
    assert "were migrated" in capsys.readouterr().err
    champion = opened.champion("wage_panel")
    assert champion is not None
    assert (champion.digest, opened.tags("wage_panel", "1")["reviewer"]) == ("a" * 64, "Li")
    assert opened.files("wage_panel", "champion") == dict(record().files)
    assert not opened.log(record(digest="b" * 64), forbidden=[]).reused
    backup = Path(store.state) / f"mlflow.db.{OLDER}.bak"
    with sqlite3.connect(backup) as connection:
        assert connection.execute("select version_num from alembic_version").fetchall() == [(OLDER,)]
        assert connection.execute("select count(*) from model_versions").fetchone() == (1,)
    opened.prepare()
    assert capsys.readouterr().err == ""


def test_prepare__a_migration_that_dies_leaves_the_older_store(
    store: MlflowStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = taken_back(store)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(database, "_open", die)
        with pytest.raises(KeyboardInterrupt):
            MlflowStore(uri=None, state=store.state).prepare()
    assert (Path(store.state) / "mlflow.db").read_bytes() == before
    MlflowStore(uri=None, state=store.state).prepare()


def _left_by_earlier_code(store: MlflowStore, record: Make) -> MlflowStore:
    """A champion, two that followed it, and an alias at the last one although a gate refused it."""
    for digest in "abc":
        store.log(record(digest=digest * 64), forbidden=[])
    store.set_champion("wage_panel", "1", {})
    store._client.set_model_version_tag("wage_panel", "3", "gate_beats_rule", "refused: -0.09 (> 0)")
    assert store._client.get_registered_model("wage_panel").aliases == {"champion": 1, "challenger": 3}
    return MlflowStore(uri=None, state=store.state)


def test_prepare__no_refused_version_stays_challenger_in_a_store_of_before(store: MlflowStore, record: Make) -> None:
    opened = _left_by_earlier_code(store, record)
    opened.prepare()
    assert opened._client.get_registered_model("wage_panel").aliases == {"champion": 1, "challenger": 2}
    store._client.set_model_version_tag("wage_panel", "2", "refused_by", "alarms")
    opened.prepare()
    assert opened._client.get_registered_model("wage_panel").aliases == {"champion": 1}


def test_prepare__who_may_only_read_the_store_is_not_kept_from_it(
    store: MlflowStore, record: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    def denied(*_: object) -> None:
        raise MlflowException("Permission denied")

    opened = _left_by_earlier_code(store, record)
    monkeypatch.setattr(MlflowClient, "set_registered_model_alias", denied)
    opened.prepare()
    assert opened.champion("wage_panel").number == "1"


def test_prepare__a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    with pytest.raises(InputError, match="cannot be written"):
        MlflowStore(uri=None, state=str(tmp_path / "state" / "deeper")).prepare()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_prepare__a_folder_without_permission_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir(mode=0o500)
    with pytest.raises(InputError, match="cannot be written"):
        MlflowStore(uri=None, state=str(tmp_path / "state")).prepare()


@pytest.mark.parametrize(
    ("uri", "why"),
    [
        ("http://127.0.0.1:9", "no MLflow server answers"),
        ("postgres://host/db", "did you mean 'postgresql'"),
        ("mlflow.db", "write sqlite:///FILE"),
        ("file:///somewhere", "not an address"),
    ],
)
def test_prepare__an_address_that_leads_nowhere_is_refused(tmp_path: Path, uri: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        MlflowStore(uri=uri, state=str(tmp_path)).prepare()


def test_operations__a_store_that_is_taken_away_is_one_sentence(store: MlflowStore, record: Make) -> None:
    store.log(record(), forbidden=[])
    for path in Path(store.state).rglob("version.json"):
        path.unlink()
    for path in Path(store.state).rglob("lightgbm_0.txt"):
        path.unlink()
    for path in sorted(Path(store.state).rglob("artifacts/version"), reverse=True):
        path.joinpath("model").rmdir()
        path.rmdir()
    with pytest.raises(RelapseError, match="failed"):
        store.files("wage_panel", "1")


def test_absolute_uri__does_not_depend_on_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert absolute_uri(None, "my state") == f"sqlite:///{tmp_path}/my state/mlflow.db"
    assert absolute_uri("sqlite:///other.db", "state") == f"sqlite:///{tmp_path}/other.db"
    assert absolute_uri("http://host:5000/", "state") == "http://host:5000"
    with pytest.raises(InputError, match="not possible in its path"):
        absolute_uri(None, "what?")


def test_shown__hides_the_password() -> None:
    assert shown("postgresql://relapse:secret@host/db") == "postgresql://relapse:***@host/db"
    assert shown("sqlite:////state/mlflow.db") == "sqlite:////state/mlflow.db"
