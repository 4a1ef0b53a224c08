"""What a reviewer reads of a version: page, card and description; and it beside the champion."""

from __future__ import annotations

import html
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from calls import Ran, on

from relapse.core.record import LONGEST_DESCRIPTION
from relapse.core.texts import text
from relapse.registry.mlflow_store import MlflowStore

PARTS = ("trained", "figures", "gain", "calibration", "slices", "why", "profiles", "stability", "champion", "drift",
         "sensitive", "alarms", "gates", "reproduce")  # fmt: skip


@pytest.fixture(scope="module")
def second(won: Ran, hidden_csv: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a second version with other settings met the first as champion."""
    folder = tmp_path_factory.mktemp("second") / "home"
    shutil.copytree(won.folder, folder)
    done = on("train", hidden_csv, "model.trees=5", "language=en", cwd=folder)
    assert done.status == 0, done.err
    return folder


def words(page: str) -> str:
    return html.unescape(re.sub("<[^>]+>", " ", page))


def test_page__has_every_part_within_three_megabytes_and_runs_nothing(won):
    data = (won.folder / "outputs/train/review.html").read_bytes()
    page = data.decode()
    assert len(data) < 3_000_000
    assert re.findall(r'<h2 id="(\w+)">', page) == list(PARTS)
    assert "<script" not in page
    assert set(re.findall(r'<img src="([^;]+)', page)) == {"data:image/png"}
    for question in ("better", "fair", "honest", "safe"):
        assert text(f"review.{question}", "zh") in page
    assert text("review.possible_unknown", "zh") in page
    assert text("review.first_version", "zh") in page
    assert "seed: 1" in page
    assert "nan" not in words(page.split('id="reproduce"')[0]).lower()


def test_page__in_mlflow_is_that_of_the_folder(won):
    kept = MlflowStore(uri=None, state=str(won.folder / "state")).artifact("hidden", "1", "review.html")
    assert kept == (won.folder / "outputs/train/review.html").read_bytes()


def test_card__says_what_it_is_not_for_and_has_whole_tables(won):
    card = (won.folder / "outputs/train/model_card.md").read_text()
    assert text("card.not_use.words", "zh") in card
    tables = re.findall(r"(?:^\|.*\n)+", card, re.MULTILINE)
    assert len(tables) >= 4
    for table in tables:
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1


def test_page_card_and_description__tell_the_one_command_that_makes_it_again(won):
    store = MlflowStore(uri=None, state=str(won.folder / "state"))
    command = f"relapse train run={store.versions('hidden')[0].digest[:12]}"
    page = (won.folder / "outputs/train/review.html").read_text()
    assert command in words(page.split('id="reproduce"')[1])
    assert f"`{command}`" in (won.folder / "outputs/train/model_card.md").read_text()
    assert f"`{command}`" in store._client.get_model_version("hidden", "1").description


def test_second_version__is_held_beside_the_champion(second):
    page = words((second / "outputs/train/review.html").read_text())
    assert "Beside the champion (version 1)" in page
    assert "model.trees 60 5" in re.sub(r"\s+", " ", page)
    assert "under 5" in page or re.search(r"on average \d+ move on", page)
    store = MlflowStore(uri=None, state=str(second / "state"))
    found = pd.read_csv(pd.io.common.BytesIO(store.artifact("hidden", "2", "eval/comparisons.csv")))
    assert (found["against"] == "champion").any()


def test_description__fits_the_database_and_tells_of_the_champion(second):
    client = MlflowStore(uri=None, state=str(second / "state"))._client
    told = client.get_model_version("hidden", "2").description
    assert len(told) <= LONGEST_DESCRIPTION
    assert "settings differ from version 1" in told
    assert "the champion" in told
    metrics = client.get_run(client.get_model_version("hidden", "2").run_id).data.metrics
    assert {"eval/h01_pr_auc", "eval_rule/h01_pr_auc", "eval_champion/h01_pr_auc", "gain_champion/h01_pr_auc"} <= set(
        metrics
    )


def test_same_recipe__on_other_data_is_called_so_and_fits_nothing_again(second, hidden_csv):
    done = on("train", hidden_csv, "as_of=2013", "language=en", cwd=second)
    assert done.status == 0, done.err
    page = words((second / "outputs/train/review.html").read_text())
    assert text("review.same_recipe", "en") in page
