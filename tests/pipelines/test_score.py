"""The list from the champion, a number or an exported folder; and the page for one household."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from calls import COLUMNS, SOURCE, Called, Ran, files, households_of, on

WITHOUT = """
import sys

class Refused:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {forbidden}:
            raise ImportError(f"{{name}} must not be needed here")

sys.meta_path.insert(0, Refused())
from relapse.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def beside(won: Ran, tmp_path: Path) -> Path:
    """A folder without outputs, with the store of the finished run."""
    shutil.copytree(won.folder / "state", tmp_path / "state")
    return tmp_path


def rows(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "list.csv", dtype=str)


def without(forbidden: set[str], *words: str, cwd: Path) -> Called:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT.format(forbidden=forbidden), *words],
        cwd=cwd, capture_output=True, text=True, env={"PYTHONPATH": str(SOURCE), "PATH": ""},
    )  # fmt: skip
    return Called(done.returncode, done.stdout, done.stderr)


def test_score__from_the_champion_a_number_and_a_folder_the_same_list(won, beside, hidden_csv):
    shutil.copytree(won.folder / "outputs/train/model", beside / "exported")
    wanted = rows(won.list_folder)
    for version in ("champion", "1", "exported", str(beside / "exported")):
        out = f"paths.outputs=out_{len(version)}"
        done = on("score", hidden_csv, f"version={version}", out, cwd=beside)
        assert done.status == 0, done.err
        made = beside / out.partition("=")[2] / "lists/hidden/2014"
        pd.testing.assert_frame_equal(rows(made), wanted)
        assert json.loads((made / "manifest.json").read_text())["reviewed"] is False


def test_score__an_exported_folder_needs_neither_mlflow_nor_shap(won, tmp_path, hidden_csv):
    exported = won.folder / "outputs/train/model"
    words = ["score", *COLUMNS, f"data.path={hidden_csv}", f"version={exported}"]
    done = without({"mlflow", "shap", "sklearn", "matplotlib"}, *words, cwd=tmp_path)
    assert done.status == 0, done.err
    pd.testing.assert_frame_equal(rows(tmp_path / "outputs/lists/hidden/2014"), rows(won.list_folder))
    assert not (tmp_path / "state").exists()


def test_score__another_period(beside, hidden_csv):
    done = on("score", hidden_csv, "as_of=2011", cwd=beside)
    assert done.status == 0, done.err
    made = beside / "outputs/lists/hidden/2011"
    manifest = json.loads((made / "manifest.json").read_text())
    assert (manifest["as_of"], manifest["horizons"]) == ("2011", [1])
    assert len(households_of(made)) == manifest["listed"]
    assert set(manifest["tiers"]) == {"visit", "next"}


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("as_of=1990", "lies outside the data of 'hidden': choose a period from 2006 to 2014"),
        ("as_of=2030", "choose a period from 2006 to 2014"),
        ("as_of=spring", "'spring' is no annual period; write it like 2020"),
        ("version=9", "has no version '9'"),
        ("version=champoin", "has no version 'champoin'"),
        ("version=nowhere/model", "no such folder"),
        ("version=.", "version=.: "),
        ("risk_list.horizon=7", "risk_list.horizon=7: the forecast is for [1]"),
        ("risk_list.length=0", "write a count such as 300 or a share such as 5pct"),
    ],
)
def test_score__what_is_not_there_is_refused_and_leaves_nothing(word, message, beside, hidden_csv):
    done = on("score", hidden_csv, word, cwd=beside)
    assert done.status == 2
    assert message in done.told
    assert done.told.count("\n") == 0
    assert not (beside / "outputs").exists()


def test_score__without_a_registry_says_what_to_do_and_makes_none(tmp_path, hidden_csv):
    done = on("score", hidden_csv, cwd=tmp_path)
    assert done.status == 2
    assert "run `relapse train` first" in done.told
    assert not list(tmp_path.iterdir())


def test_score__a_panel_without_the_columns_that_the_version_learnt_from(won, beside, hidden_csv, tmp_path):
    pd.read_csv(hidden_csv).drop(columns=["debt", "village"]).to_csv(tmp_path / "hidden.csv", index=False)
    done = on("score", "hidden.csv", "data.columns.village=null", cwd=beside)
    assert done.status == 2
    assert "debt" in done.told


def test_score__a_damaged_version_is_refused(won, tmp_path, hidden_csv):
    broken = tmp_path / "broken"
    shutil.copytree(won.folder / "outputs/train/model", broken)
    tree = next(broken.rglob("*.txt"))
    tree.write_text(tree.read_text()[:500])
    done = on("score", hidden_csv, f"version={broken}", cwd=tmp_path)
    assert (done.status, (tmp_path / "outputs").exists()) == (2, False)
    assert done.told.startswith(f"version={broken}: ")
    assert len(done.told) < 500


def test_explain__a_page_of_one_household_that_agrees_with_the_list(won, beside, hidden_csv):
    household = won.listed[0]
    done = on("explain", hidden_csv, f"household={household}", cwd=beside)
    assert done.status == 0, done.err
    page = beside / "outputs/explain" / f"2014-{household}.html"
    assert list(files(beside / "outputs/explain")) == [page.name]
    text = page.read_text()
    assert household in text
    assert "试运行" in text
    for reason in str(rows(won.list_folder).iloc[0, 8]).strip("。").split("。")[:1]:
        assert reason.lstrip("①") in text
    assert str(page.relative_to(beside)) in done.err


@pytest.mark.parametrize(
    ("household", "message"), [("nobody", "is not in it"), ("HH-ZX81-0000", "is not in it"), ("=1+1", "is not in it")]
)
def test_explain__a_household_that_is_not_there(household, message, beside, hidden_csv):
    done = on("explain", hidden_csv, f"household='{household}'", cwd=beside)
    assert done.status == 2
    assert message in done.told
    assert not (beside / "outputs").exists()


def test_score__beside_a_list_of_an_older_layout_lies_a_further_edition_and_the_old_one_stays(beside, hidden_csv):
    assert on("score", hidden_csv, cwd=beside).status == 0
    first = beside / "outputs/lists/hidden/2014"
    told = json.loads((first / "manifest.json").read_text())
    older = {key: value for key, value in told.items() if key not in ("tiers", "reviewed", "version_digest")}
    (first / "manifest.json").write_text(json.dumps({**older, "of_before": 1}))
    (first / "list.csv").write_text("rank,household_id\n1,HH-ZX81-00001\n")
    before = {path.name: path.read_bytes() for path in first.iterdir() if path.is_file()}
    assert on("score", hidden_csv, cwd=beside).status == 0
    assert {path.name: path.read_bytes() for path in first.iterdir() if path.is_file()} == before
    changed = json.loads((first / "edition-2/changes.json").read_text())["changed"]
    assert changed["version_digest"] == {"before": None, "now": told["version_digest"]}
