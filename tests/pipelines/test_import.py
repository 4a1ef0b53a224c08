"""A version goes as a folder from one registry to another: checked, asked about the households there, registered."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from calls import Ran, hidden, on, written

from relapse.flows.version import content_digest
from relapse.pipelines.candidates import files_of_folder
from relapse.registry.mlflow_store import MlflowStore

SIGNED = ("reviewer=Wang", "reason='sent by the province'", "~gates.fresh_process")


@pytest.fixture
def sent(won: Ran, tmp_path: Path) -> Path:
    """The version as a folder, and its digest apart from it."""
    return Path(shutil.copytree(won.folder / "outputs/train/model", tmp_path / "sent"))


@pytest.fixture
def county_csv(home: Path) -> Path:
    """Other households of the same kind."""
    return written(home, hidden(households=700, seed=11), "county.csv")


def store(home: Path) -> MlflowStore:
    return MlflowStore(uri=None, state=str(home / "state"))


def decision(home: Path) -> dict[str, object]:
    told: dict[str, object] = json.loads((home / "outputs/promote/decision.json").read_text())
    return told


def test_import__a_provinces_version_becomes_a_countys_champion_and_makes_its_list(home, sent, county_csv):
    digest = content_digest(files_of_folder(sent))
    done = on("promote", county_csv, f"version={sent}", f"digest={digest}", *SIGNED, cwd=home)
    assert done.status == 0, done.err
    told = decision(home)
    assert (told["imported"], told["promoted"], told["digest"], told["version"]) == (True, True, digest, "1")
    champion = store(home).champion("county")
    assert champion is not None
    assert champion.digest == digest
    assert store(home).files("county", "champion") == files_of_folder(sent)
    tags = store(home).tags("county", "1")
    assert (tags["trained_on"], tags["stage"], tags["county"], tags["reviewer"]) == (
        "hidden",
        "import",
        "county",
        "Wang",
    )
    assert {gate["gate"] for gate in told["gates"]} >= {"beats_rule", "reproduces", "missed_coverage"}
    listed = on("score", county_csv, cwd=home)
    assert listed.status == 0, listed.err
    manifest = json.loads(next((home / "outputs/lists/county").rglob("manifest.json")).read_text())
    assert (manifest["version_digest"], manifest["reviewed"]) == (digest, True)
    again = on("promote", county_csv, f"version={sent}", f"digest={digest}", *SIGNED, cwd=home)
    assert again.status == 0, again.err
    assert (decision(home)["imported"], len(store(home).versions("county"))) == (False, 1)


def test_import__without_the_senders_digest_it_is_kept_as_refused_and_reached_by_number(home, sent, county_csv):
    refused = on("promote", county_csv, f"version={sent}", *SIGNED, cwd=home)
    assert refused.status == 3
    assert "give it as digest=" in refused.told
    assert store(home).champion("county") is None
    assert store(home).challenger("county") is None
    assert store(home).tags("county", "1")["refused_by"] == "reproduces"
    assert store(home).files("county", "1") == files_of_folder(sent)


def damaged(folder: Path) -> str:
    path = folder / "recipe.yaml"
    path.write_bytes(path.read_bytes().replace(b"rule:", b"rulf:"))
    return "changed or missing: recipe.yaml"


def richer(folder: Path) -> str:
    (folder / "model" / "helper.py").write_text("print('run me')\n")
    return "model/helper.py is no file of a version"


def poorer(folder: Path) -> str:
    (folder / "blend.json").unlink()
    return "changed or missing: blend.json"


def older(folder: Path) -> str:
    path = folder / "version.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 1}))
    return "in format 1; this one reads format 2: run `relapse train as_of=2014`"


def newer(folder: Path) -> str:
    path = folder / "version.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 9}))
    return "install the newer relapse-forecast"


def foreign(folder: Path) -> str:
    """Whole by its own sums, but its recipe names a class of another package."""
    from relapse.flows.version import SUMS, sums_of

    path = folder / "recipe.yaml"
    path.write_text(path.read_text().replace("relapse.model.lgbm_hazard.LgbmHazard", "os.system"))
    files = files_of_folder(folder)
    (folder / SUMS).write_text(json.dumps(sums_of(files)))
    return "os.system"


@pytest.mark.parametrize("spoil", [damaged, richer, poorer, older, newer, foreign])
def test_import__what_is_not_whole_is_refused_and_leaves_nothing(spoil, home, sent, county_csv):
    why = spoil(sent)
    shutil.rmtree(home / "state")
    done = on("promote", county_csv, f"version={sent}", *SIGNED, cwd=home)
    assert done.status == 2, done.err
    assert why in done.told
    assert not (home / "state").exists()
    assert not (home / "outputs").exists()


def test_import__another_digest_than_was_told_is_refused(home, sent, county_csv):
    done = on("promote", county_csv, f"version={sent}", f"digest={'0' * 64}", *SIGNED, cwd=home)
    assert (done.status, "it is not what was sent" in done.told) == (2, True)
    gone = on("promote", county_csv, "version=no/where", *SIGNED, cwd=home)
    assert (gone.status, "no such folder" in gone.told) == (2, True)


def test_import__data_that_lack_what_the_version_wants_are_refused(home, sent):
    poor = written(home, hidden(households=300, seed=4).drop(columns=["debt"]), "poor.csv")
    done = on("promote", poor, f"version={sent}", *SIGNED, cwd=home)
    assert done.status == 2, done.err
    assert "the version wants what 'poor' does not tell" in done.told
