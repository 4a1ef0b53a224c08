"""The built wheel, unpacked into a folder and called from another one."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from relapse import config, helps

ROOT = Path(__file__).resolve().parents[1]
COMMAND = next((name for name in ("train", "backtest", *helps.commands()) if name in helps.commands()), "")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("hatchling") is None, reason="building a wheel needs hatchling"),
    pytest.mark.skipif(not (ROOT / "pyproject.toml").is_file(), reason="not run from a checkout"),
]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which the wheel was installed."""
    wheels, target = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    done = subprocess.run(
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    wheel = next(wheels.glob("relapse_forecast-*.whl"))
    subprocess.run([*pip, "install", "--no-deps", "--target", str(target), str(wheel)], capture_output=True, check=True)
    return target


def relapse(installed: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    command = [sys.executable, "-m", "relapse", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_wheel__holds_every_config(installed):
    ours = {path.relative_to(config.conf_dir()) for path in config.conf_dir().rglob("*.yaml")}
    theirs = {
        path.relative_to(installed / "relapse" / "conf") for path in (installed / "relapse" / "conf").rglob("*.yaml")
    }
    assert theirs == ours


def test_wheel__helps(installed, tmp_path):
    done = relapse(installed, tmp_path, "--help")
    assert done.returncode == 0, done.stderr
    assert all(f"  {name} " in done.stdout for name in helps.commands())


@pytest.mark.skipif(not COMMAND, reason="no commands yet")
def test_wheel__shows_its_config_from_another_folder(installed, tmp_path):
    done = relapse(installed, tmp_path, COMMAND, "--cfg", "job")
    assert done.returncode == 0, done.stderr
    assert "\nseed: 1\n" in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not COMMAND, reason="no commands yet")
def test_wheel__finds_the_users_own_configs(installed, tmp_path):
    (tmp_path / "own" / "model").mkdir(parents=True)
    (tmp_path / "own" / "model" / "mine.yaml").write_text("_target_: relapse.model.mine.Mine\nanswer: 42\n")
    choice = ["--config-dir", "own", "model=mine"]
    done = relapse(installed, tmp_path, COMMAND, *choice, "--cfg", "job")
    assert done.returncode == 0, done.stderr
    assert "answer: 42" in done.stdout
    done = relapse(installed, tmp_path, COMMAND, *choice, "seed=3,4", "-m", "--cfg", "job")
    assert done.returncode == 0, done.stderr
    assert "\nseed: 3\n" in done.stdout
