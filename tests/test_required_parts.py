"""Skips become failures where the part is required, and nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLE = """
import pytest

def test_browser():
    pytest.skip("needs Debian's chromium and chromium-driver on the path")

@pytest.mark.skipif(True, reason="LibreOffice is not installed")
def test_office():
    raise AssertionError

def test_other():
    pytest.skip("root may write everywhere")
"""


def outcome(folder: Path, required: str) -> str:
    (folder / "test_sample.py").write_text(SAMPLE)
    own = {"PYTHONPATH": str(Path(__file__).parent), "RELAPSE_REQUIRE": required, "PYTEST_ADDOPTS": ""}
    environment = {**os.environ, **own}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "required_parts", "-p", "no:cacheprovider", str(folder)]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr


@pytest.mark.parametrize(
    ("required", "told"),
    [("", "3 skipped"), ("browser", "1 failed, 2 skipped"), ("browser,libreoffice", "1 failed, 1 skipped, 1 error")],
)
def test_required_parts__fail_where_they_are_skipped(required, told, tmp_path):
    assert outcome(tmp_path, required).startswith(told)


def test_required_parts__refuse_a_part_that_nobody_knows(tmp_path):
    assert "no part brwoser" in outcome(tmp_path, "brwoser")
