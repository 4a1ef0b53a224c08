"""One training run written to MLflow: run, figures, artifacts, model, and last of all the version.

In: a `Record`. Out: a registered version, or a failed run and no version. No global state of MLflow is touched.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from relapse.core.record import Record, Registered
from relapse.registry.database import quiet_mlflow

METRICS_A_BATCH = 1000
REQUIREMENTS = ("lightgbm", "numpy", "pandas")
DIGEST = "digest"
NOTE = "mlflow.note.content"  # what the page of a run shows as its description


def write_run(client: Any, record: Record, experiment_id: str) -> Registered:
    """Write one run and register its version.

    Args:
        client: an `MlflowClient`.
        record: what to keep; already searched for households.
        experiment_id: where the run goes.

    Returns:
        The new version. If anything fails on the way the run is marked FAILED and no version is there.
    """
    tags = {**record.tags, DIGEST: record.digest}
    _bury(client, record.digest, experiment_id)
    shown = {NOTE: record.description, "mlflow.source.name": "relapse"}
    run_id: str = client.create_run(experiment_id, tags={**tags, **shown}, run_name=record.run_name).info.run_id
    try:
        model = _write_model(client, record, experiment_id, run_id)
        version = client.create_model_version(
            record.name,
            source=_source(model),
            run_id=run_id,
            tags=tags,
            description=record.description,
            model_id=model.model_id,
        )
        client.set_terminated(run_id, status="FINISHED")
    except BaseException:
        with contextlib.suppress(Exception):
            client.set_terminated(run_id, status="FAILED")
        raise
    link = json.dumps([{"name": record.name, "version": version.version}])
    client.set_logged_model_tags(model.model_id, {"mlflow.modelVersions": link})
    return Registered(record.name, str(version.version), run_id, record.digest, reused=False)


def _bury(client: Any, digest: str, experiment_id: str) -> None:
    """Mark runs of the same version whose process was killed; nobody else writes one while the store is held."""
    wanted = f"tags.{DIGEST} = '{digest}' and attributes.status = 'RUNNING'"
    for run in client.search_runs([experiment_id], wanted):
        client.set_terminated(run.info.run_id, status="FAILED")


def _write_model(client: Any, record: Record, experiment_id: str, run_id: str) -> Any:
    """Figures, artifacts and the model, in the order in which the review pages need them."""
    quiet_mlflow()
    from mlflow.entities import LoggedModelOutput

    model = client.create_logged_model(
        experiment_id, name=record.name, source_run_id=run_id, tags={DIGEST: record.digest}, model_type="pyfunc"
    )
    client.log_outputs(run_id, [LoggedModelOutput(model.model_id, step=0)])
    _write_figures(client, record, run_id, model.model_id)
    with tempfile.TemporaryDirectory() as folder:
        write_files(Path(folder) / "artifacts", record.artifacts)
        client.log_artifacts(run_id, str(Path(folder) / "artifacts"))
        write_files(Path(folder) / "version", record.files)
        _save_pyfunc(record, Path(folder), model, run_id)
        client.log_model_artifacts(model.model_id, str(Path(folder) / "model"))
    client.finalize_logged_model(model.model_id, "READY")
    return model


def _source(model: Any) -> str:
    """Where a version's files are. A server resolves its models itself; a database would ask MLflow's global store."""
    proxied = str(model.artifact_location).startswith(("mlflow-artifacts:", "http"))
    return f"models:/{model.model_id}" if proxied else str(model.artifact_location)


def _write_figures(client: Any, record: Record, run_id: str, model_id: str) -> None:
    """Params and final metrics in one batch, curves in batches as large as MLflow takes.

    Final metrics belong to the model too, curves to the run alone: a model's page shows a curve's first step only.
    """
    from mlflow.entities import Metric, Param

    now = int(time.time() * 1000)
    final = [Metric(name, value, now, 0, model_id=model_id) for name, value in sorted(record.metrics.items())]
    curves = [Metric(name, value, now, step) for name, curve in sorted(record.curves.items()) for step, value in curve]
    client.log_batch(run_id, metrics=final, params=[Param(name, value) for name, value in record.params.items()])
    for start in range(0, len(curves), METRICS_A_BATCH):
        client.log_batch(run_id, metrics=curves[start : start + METRICS_A_BATCH])


def _save_pyfunc(record: Record, folder: Path, model: Any, run_id: str) -> None:
    """The version as a model that any MLflow tool can call; its code is the file beside this one."""
    mlflow = quiet_mlflow()
    from mlflow.models import Model, ModelSignature
    from mlflow.types import ColSpec, ParamSchema, ParamSpec, Schema

    inputs = [ColSpec("double", name, required=False) for name in record.feature_names]
    outputs = [ColSpec("double", name) for name in record.output_names]
    outputs += [ColSpec("string", name) for name in record.output_texts]
    params = ParamSchema([ParamSpec("language", "string", "zh")])
    code = folder / "pyfunc_model.py"  # a copy: MLflow writes down where it took the code from
    code.write_bytes(Path(__file__).with_name(code.name).read_bytes())
    mlflow.pyfunc.save_model(
        str(folder / "model"),
        python_model=str(code),
        artifacts={"version": str(folder / "version")},
        signature=ModelSignature(Schema(inputs), Schema(outputs), params),
        input_example=record.input_example,
        pip_requirements=[f"{package}=={importlib.metadata.version(package)}" for package in REQUIREMENTS],
        mlflow_model=Model(
            artifact_path=model.artifact_location, model_uuid=model.model_id, run_id=run_id, model_id=model.model_id
        ),
    )


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files by path into a folder that is made."""
    folder.mkdir(parents=True, exist_ok=True)
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def read_files(folder: Path) -> dict[str, bytes]:
    """All files below a folder, by path, sorted."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}
