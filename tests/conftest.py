"""What the tests of several folders share; the panels themselves are made in `panels.py`."""

from __future__ import annotations

import gc
import os
import pickle
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded: two threads on a busy machine are slower

import pytest
from filelock import FileLock
from omegaconf import OmegaConf

from panels import CASES, Case, signal_case, task_of
from rare_county import RareCounty
from rare_county import make as rare_county_made
from relapse import config
from relapse.core.panel import Panel
from relapse.flows.fit import Calibration, Fit, HazardModel, fit_hazard
from relapse.flows.rows import Task
from relapse.registry.mlflow_store import MlflowStore

Fitter = Callable[[str], Fit]
Once = Callable[[str, Callable[[Path], object]], Path]

collect_ignore_glob = ["**/conftest.py"]  # no doctests there, and their common name would collide

# Python looks for circles of garbage among all that lives, here all tests and libraries, after every 70,000 new objects:
# up to an eighth of the time of tests that call commands. Here after 2.5 million.
gc.set_threshold(5_000, 10, 50)


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Makes a folder by name, once for all workers of xdist; nobody changes it."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "once"
    shared.mkdir(exist_ok=True)

    def folder_of(name: str, make: Callable[[Path], object]) -> Path:
        folder, done = shared / name, shared / f"{name}.done"
        with FileLock(shared / f"{name}.lock"):
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)  # of a worker whose making of it failed
                folder.mkdir()
                make(folder)
                done.touch()
        return folder

    return folder_of


@pytest.fixture(scope="session", autouse=True)
def each_config_text_parsed_once() -> Iterator[None]:
    """A command reads some fifty files of conf/, the same as the command before: a fifth of what its start costs.

    Who asks gets a copy of what OmegaConf made of the same text; a process of its own parses as ever.
    """
    real, made = OmegaConf.load, dict[str, bytes]()

    def load(file: Any) -> Any:
        if not isinstance(file, str | Path):  # an open file, at its start
            text = file.read()
            file.seek(0)
        else:
            text = Path(file).read_text(encoding="utf-8")
        if text not in made:
            made[text] = pickle.dumps(real(file))  # read back three times as fast as `deepcopy` copies
        return pickle.loads(made[text])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OmegaConf, "load", staticmethod(load))
        yield


@pytest.fixture(scope="session")
def ready_db(once: Once) -> Path:
    """A new database costs seconds: made once, copied by each test."""
    return once("store", lambda folder: MlflowStore(uri=None, state=str(folder)).prepare()) / "mlflow.db"


@pytest.fixture(scope="session")
def rare_county(once: Once) -> RareCounty:
    """A small simulated county in which everything happens that a list can tell."""
    return RareCounty(once("rare_county", rare_county_made))


@pytest.fixture(scope="session")
def cases() -> Mapping[str, Case]:
    """One small panel of every kind."""
    return {name: make() for name, make in CASES.items()}


@pytest.fixture(scope="session")
def signal_county() -> Panel:
    """A panel in which a model can beat the rule."""
    return signal_case().panel()


@pytest.fixture(scope="session")
def signal_task(signal_county: Panel) -> Task:
    return task_of(signal_county, [1, 2, 4])


@pytest.fixture(scope="session")
def rule() -> HazardModel:
    made: HazardModel = config.option("model", "distance_to_line")
    return made


@pytest.fixture(scope="session")
def calibration() -> Calibration:
    made: Calibration = config.option("calibration", "by_lead", draws=40)
    return made


@pytest.fixture(scope="session")
def quick() -> Callable[[str], HazardModel]:
    """Models of conf/model/ by name; learners with fewer trees or rows, so that a test takes no minute."""
    small = {"most_rows": 8000}
    smaller = {"lgbm_hazard": {"trees": 60}, "logit": small, "logit_duration": small, "proxy_means": small}
    return lambda name: config.option("model", name, **smaller.get(name, {}))


@pytest.fixture(scope="session")
def fitted(
    signal_task: Task, rule: HazardModel, calibration: Calibration, quick: Callable[[str], HazardModel]
) -> Fitter:
    """Models fitted on the whole signal panel but its last year, each once."""
    done: dict[str, Fit] = {}

    def fit(name: str) -> Fit:
        if name not in done:
            done[name] = fit_hazard(signal_task, quick(name), rule, calibration, signal_task.panel.last - 4)
        return done[name]

    return fit
