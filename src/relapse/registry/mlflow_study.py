"""A study written to MLflow: a run of the whole, and below it a run for each trial.

In: a `Study`. Out: its runs, each there once; a longer study of the same key adds its new trials.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from relapse.core.record import PlainRun, Study
from relapse.registry.database import quiet_mlflow
from relapse.registry.mlflow_run import NOTE, write_files

KEY, TRIAL = "study", "trial"
_PARENT = "mlflow.parentRunId"  # by which MLflow's pages fold runs below another


def write_study(client: Any, study: Study, experiment_id: str) -> None:
    """Write what is not there yet; a run that a killed process left open is closed with what belongs in it.

    Args:
        client: an `MlflowClient`.
        study: already searched for households.
        experiment_id: where its runs go.
    """
    kept = _kept(client, experiment_id, f"tags.{KEY} = '{study.key}'")
    by_trial = {run.data.tags.get(TRIAL, ""): run for run in kept}
    before = by_trial.get("")
    if before is not None and before.info.status == "FINISHED" and not study.trials:
        return  # a run without trials never becomes another
    whole = _opened(client, study.whole, before, experiment_id, {KEY: study.key})
    for number, trial in enumerate(study.trials):
        there = by_trial.get(str(number))
        if there is None or there.info.status != "FINISHED":
            tags = {KEY: study.key, TRIAL: str(number), _PARENT: whole}
            _write(client, trial, _opened(client, trial, there, experiment_id, tags))
    _write(client, study.whole, whole)


def _kept(client: Any, experiment_id: str, wanted: str) -> list[Any]:
    found: list[Any] = []
    token = None
    while True:
        page = client.search_runs([experiment_id], wanted, page_token=token)
        found, token = [*found, *page], page.token
        if not token:
            return found


def _opened(client: Any, run: PlainRun, there: Any, experiment_id: str, tags: dict[str, str]) -> str:
    if there is not None:
        return str(there.info.run_id)
    own = {**run.tags, **tags, "mlflow.source.name": "relapse"} | ({NOTE: run.description} if run.description else {})
    return str(client.create_run(experiment_id, tags=own, run_name=run.name).info.run_id)


def _write(client: Any, run: PlainRun, run_id: str) -> None:
    quiet_mlflow()
    from mlflow.entities import Metric, Param

    now = int(time.time() * 1000)
    metrics = [Metric(name, value, now, 0) for name, value in sorted(run.metrics.items())]
    metrics += [Metric(name, value, now, step) for name, curve in sorted(run.curves.items()) for step, value in curve]
    client.log_batch(run_id, metrics=metrics, params=[Param(name, value) for name, value in run.params.items()])
    if run.artifacts:
        with tempfile.TemporaryDirectory() as folder:
            write_files(Path(folder), run.artifacts)
            client.log_artifacts(run_id, folder)
    client.set_terminated(run_id, status="FINISHED")
