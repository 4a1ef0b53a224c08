"""What the documents say is so: commands are one line, links lead somewhere, examples run, the catalogue is current."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from folders import LINE, home, plain, write, year
from folders import county as folder_of
from relapse import helps

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "data" / "README.md"])

pytestmark = pytest.mark.skipif(not (ROOT / "docs").is_dir(), reason="not run from a checkout")


def blocks(document: str, language: str) -> list[str]:
    """Fenced blocks of a document."""
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / document).read_text(encoding="utf-8"), re.S)


@pytest.mark.parametrize("document", ["README.md", "README.zh-CN.md"])
def test_readme__begins_with_its_two_commands(document):
    job, tests = blocks(document, "bash")[:2]
    for command in (job, tests):
        assert command.count("\n") == 1
        assert command.startswith("python3 -m venv .venv && .venv/bin/pip install ")
        assert "-c constraints.txt -e " in command
    assert job.endswith(".venv/bin/relapse run\n")
    assert " && .venv/bin/pytest " in tests


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_documents__link_to_what_is_there(document):
    text = document.read_text(encoding="utf-8")
    links = [*re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text), *re.findall(r'src="([^"]+)"', text)]
    missing = [link for link in links if "://" not in link and not (document.parent / link).exists()]
    assert not missing


def test_commands__are_all_described():
    told = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert not [name for name in helps.commands() if f"| `{name}" not in told]


def test_constraints__are_exact_and_name_no_place():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.!+]+", line) for line in pins)
    assert not [line for line in pins if line.split("==")[0].lower() in ("relapse", "relapse-forecast", "torch")]


@pytest.mark.parametrize("name", ["make_feature_catalogue.py", "make_audit_catalogue.py"])
def test_catalogues__are_current(name):
    command = [sys.executable, str(ROOT / "docs" / name), "--check"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_townships_that_are_drawn__are_whole_and_can_be_read(tmp_path, monkeypatch):
    ids = [f"h{number}" for number in range(12)]
    homes = [home(each, township=f"t{place % 4}", village=f"v{place % 4}") for place, each in enumerate(ids)]
    write(tmp_path / "county", plain(households=homes, income=[row for each in ids for row in year(each)]), "parquet")
    monkeypatch.chdir(tmp_path)
    document = "docs/county-folder.md"
    exec(compile(blocks(document, "python")[0].replace("100_000", "7"), document, "exec"), {})
    drawn = folder_of(tmp_path / "sample").read(LINE).household_ids.tolist()
    assert len(drawn) == 6
    assert {int(each[1:]) % 4 for each in ids} > (towns := {int(each[1:]) % 4 for each in drawn})
    assert len(towns) == 2


def test_own_feature_block__runs_as_the_document_says(tmp_path):
    pytest.importorskip("linearmodels", reason="the panel of the example comes with linearmodels")
    document = "docs/own-feature-block.md"
    package, features = tmp_path / "mycounty", tmp_path / "conf" / "features"
    package.mkdir()
    features.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "droughts.py").write_text(blocks(document, "python")[0], encoding="utf-8")
    for name, text in zip(("droughts", "mine"), blocks(document, "yaml"), strict=True):
        (features / f"{name}.yaml").write_text(text, encoding="utf-8")
    words = blocks(document, "bash")[0].split()
    quick = ["models=[distance_to_line,logit]", "origins=[1985]", "horizons=[1]", "evaluation.draws=20"]
    done = subprocess.run(
        [sys.executable, "-m", *words, *quick],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert set(pd.read_csv(tmp_path / "outputs" / "backtest" / "metrics.csv")["model"]) == {"distance_to_line", "logit"}
    refused = subprocess.run(
        [sys.executable, "-m", *(word for word in words if "allow_targets" not in word)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert refused.returncode == 2
    assert "mycounty.droughts.Droughts" in refused.stderr
    assert "allow_targets" in refused.stderr
