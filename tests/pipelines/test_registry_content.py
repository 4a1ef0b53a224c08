"""What a run leaves in MLflow: no household, no small cell, and a model that any MLflow tool can call."""

from __future__ import annotations

import io
import json
import os
import re
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from calls import SOURCE, Ran, on, plain, written

import relapse
from relapse.registry.mlflow_store import MlflowStore

ID = re.compile(rb"HH-ZX81|ZX81-?\d", re.IGNORECASE)

PREDICT = """
import sys, json
import mlflow, pandas as pd
mlflow.set_tracking_uri(sys.argv[1])
mlflow.set_registry_uri(sys.argv[1])
model = mlflow.pyfunc.load_model(sys.argv[2])
rows = pd.read_parquet(sys.argv[3])
model.predict(rows).to_parquet(sys.argv[4])
example = model.input_example
print(len(model.predict(example)), sorted(model.metadata.signature.outputs.input_names()))
"""


@pytest.fixture(params=["won", "wage"])
def ran(request: pytest.FixtureRequest) -> Ran:
    found: Ran = request.getfixturevalue(request.param)
    return found


def store(ran: Ran) -> MlflowStore:
    return MlflowStore(uri=None, state=str(ran.folder / "state"))


def artifact(ran: Ran, path: str) -> bytes:
    return store(ran).artifact(ran.told["model_name"], "1", path)


def png_texts(data: bytes) -> bytes:
    """The texts of a picture's chunks, unpacked."""
    found, place = b"", 8
    while place < len(data):
        size, kind = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + 8]
        body = data[place + 8 : place + 8 + size]
        if kind == b"tEXt":
            found += body
        elif kind == b"zTXt":
            found += zlib.decompress(body.split(b"\0", 1)[1][1:])
        elif kind == b"iTXt":
            found += body
        place += size + 12
    return found


def kept(ran: Ran) -> Iterator[tuple[str, bytes]]:
    """All that lies in the store, by place: rows of the database, files, texts of pictures."""
    with closing(sqlite3.connect(ran.folder / "state" / "mlflow.db")) as base:
        yield "the database", "\n".join(base.iterdump()).encode()
    for path in (ran.folder / "state").rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            yield str(path.relative_to(ran.folder)), data
            if data.startswith(b"\x89PNG"):
                yield f"texts of {path.name}", png_texts(data)


def test_registry__no_household_is_in_it_nor_in_what_is_told_at_the_terminal(won):
    places = dict(kept(won))
    assert len(places) > 20
    assert [place for place, data in places.items() if ID.search(data)] == []
    assert not ID.search((won.called.out + won.called.err).encode())
    assert ID.search((won.list_folder / "list.csv").read_bytes())


def test_registry__no_count_of_so_few_that_somebody_could_be_told(ran):
    table = pd.read_csv(io.BytesIO(artifact(ran, "eval/metrics.csv")))
    assert len(table)
    assert (table["n"] >= 20).all()
    assert (table["events"] >= 5).all()
    profiles = pd.read_csv(io.BytesIO(artifact(ran, "shap/profiles.csv")))
    assert (profiles["households"] >= 10).all()
    for path in ("eval/comparisons.csv", "eval/gates.csv", "shap/importance.csv"):
        told = pd.read_csv(io.BytesIO(artifact(ran, path)))
        for column in {"n", "events", "households"} & set(told):
            assert not told[column].between(1, 4).any(), (path, column)


def test_registry__a_small_panel_leaves_out_what_is_of_few(home):
    frame = plain(households=60, years=8)
    assert on("run", written(home, frame, "tiny.csv"), "horizons=[1,2]", "origins=null", cwd=home).status == 0
    ran_metrics = MlflowStore(uri=None, state=str(home / "state")).artifact("tiny", "1", "eval/metrics.csv")
    told = pd.read_csv(io.BytesIO(ran_metrics))
    assert (told["n"] >= 20).all()
    assert (told["events"] >= 5).all()
    own = pd.read_csv(home / "outputs/backtest/metrics.csv")
    assert len(own) > len(told)


def test_registry__the_description_begins_with_a_plain_sentence_and_has_whole_tables(ran):
    with closing(sqlite3.connect(ran.folder / "state" / "mlflow.db")) as base:
        (text,) = base.execute("select description from model_versions").fetchone()
    first, *others = text.split("\n\n")
    assert "|" not in first
    assert first.endswith(("。", "."))
    assert ran.told["as_of"] in first
    tables = [part for part in others if part.startswith("|")]
    assert len(tables) >= 2
    for table in tables:
        assert len({line.count("|") for line in table.splitlines()}) == 1
        assert set(table.splitlines()[1]) <= set("| -:")
    assert "nan" not in text.lower().replace("finance", "")
    assert relapse.load(ran.folder / "outputs/train/model").digest[:12] in text


def test_registry__tags_params_and_figures(ran):
    tags = store(ran).tags(ran.told["model_name"], "1")
    version = relapse.load(ran.folder / "outputs/train/model").version
    assert tags["digest"] == version.digest
    assert tags["as_of"] == ran.told["as_of"]
    assert tags["model"] == version.facts.model
    assert (tags["reviewed"], tags["simulated"]) == ("false", "false")
    with closing(sqlite3.connect(ran.folder / "state" / "mlflow.db")) as base:
        names = {name for (name,) in base.execute("select key from latest_metrics")}
        status = base.execute("select status from runs").fetchall()
    assert {"eval/h01_pr_auc", "eval_rule/h01_pr_auc", "eval/h01_base_rate"} <= names
    assert status == [("FINISHED",)]


def test_registry__neither_folders_of_this_machine_nor_its_users_stand_in_what_is_logged(ran):
    for path in ("config/resolved.yaml", "review.html"):
        text = artifact(ran, path).decode()
        assert str(ran.folder) not in text
        assert f"{Path.home()}/" not in text


def test_registry__every_picture_is_a_picture_and_is_shown_in_the_report(ran):
    run = next((ran.folder / "state/artifacts").rglob(ran.told["run_id"]))
    pictures = list(run.rglob("*.png"))
    assert {"beeswarm.png", "bars_by_feature.png", "bars_by_group.png", "calibration.png", "precision_by_length.png",
            "importance_over_origins.png"} <= {path.name for path in pictures}  # fmt: skip
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in pictures)
    report = artifact(ran, "review.html").decode()
    assert report.count("data:image/png;base64,") >= len(pictures) - 1
    assert "http://" not in report.replace("http://www.w3.org", "")
    assert "<script" not in report


def test_registry__mlflows_own_tools_call_the_model_without_a_pickle(won, hidden_csv, tmp_path):
    version = relapse.load(won.folder / "outputs/train/model")
    panel = relapse.read(hidden_csv, 9000, household_id="hhid", period="year", income="income_pc", village="village")
    from relapse.flows.version import forecast_at

    forecast = forecast_at(version.version, panel, panel.last, version.version.features())
    unit = forecast.unit
    names = version.version.feature_names
    flat = pd.DataFrame({name: np.asarray(unit.column(name), dtype=np.float64) for name in unit_names(unit)})
    for name in names:
        if name not in flat:
            flat[name] = np.nan
    flat[list(names)].to_parquet(tmp_path / "rows.parquet")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PREDICT, won.told["tracking_uri"], "models:/hidden@champion",
         str(tmp_path / "rows.parquet"), str(tmp_path / "out.parquet")],
        capture_output=True, text=True, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(SOURCE), "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "3 ['chance_1', 'reason_1', 'reason_2', 'reason_3', 'score']"
    made = pd.read_parquet(tmp_path / "out.parquet")
    assert np.allclose(made["chance_1"], forecast.hazard.risk(1), atol=1e-9)
    listed = pd.read_csv(won.list_folder / "list.csv", dtype=str)
    rows = made.set_index(unit.household_ids).loc[listed.iloc[:, 1]]
    said = rows[["reason_1", "reason_2", "reason_3"]].apply(lambda row: [each for each in row if each], axis=1)
    told = listed[next(name for name in listed if "原因" in name or "理由" in name)]
    assert [each for each in said if each], "the list gives reasons"
    for mine, theirs in zip(said, told.fillna(""), strict=True):
        assert all(sentence in theirs for sentence in mine)
    assert not list((won.folder / "state").rglob("*.pkl"))


def unit_names(unit: object) -> list[str]:
    """Names of a unit's features that are the same at every lead."""
    return [entry.name for entry in unit.table.entries]  # type: ignore[attr-defined]


def test_registry__the_input_example_is_made_up(won):
    example = next((won.folder / "state").rglob("input_example.json"))
    told = json.loads(example.read_text())
    made_up = [sorted(set(map(str, row))) for row in told["data"]]
    assert made_up == [["0.5"], ["0.1"], ["nan"]]
