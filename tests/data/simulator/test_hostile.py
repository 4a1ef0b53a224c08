"""Settings that make no sense, and a simulator that is killed half-way."""

from __future__ import annotations

import subprocess
import sys

import pytest

from relapse import cli
from relapse.data.simulator import simulate as simulator
from relapse.data.simulator.simulate import simulate


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["data.households=0"], "households"),
        (["data.world.last=2016-12"], "two years"),
        (["data.world.place.vilages=3"], "vilages"),
        (["data.world.region=210727"], "region"),
        (["data.world.work.wage_spread=-1"], "wage_spread"),
        (["data=panel", "data.path=x.csv"], "data"),
    ],
)
def test_settings_that_make_no_sense__are_refused_with_one_message(tmp_path, words, says, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    status = cli.main(["simulate", *words, "paths.data=data"])
    told = capsys.readouterr().err
    assert status == 2, told
    assert says in told
    assert "Traceback" not in told
    assert not list((tmp_path / "data").glob("*")) if (tmp_path / "data").exists() else True


def test_a_process__is_refused_alike(tmp_path):
    command = [sys.executable, "-m", "relapse", "simulate", "data.households=0", "paths.data=data"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "households" in ran.stderr
    assert not list(tmp_path.iterdir())


def test_killed_half_way__leaves_what_lay_there(world, tmp_path, monkeypatch):
    simulate(world, 60, 1, tmp_path / "yi")
    before = {path.name: path.read_bytes() for path in (tmp_path / "yi").iterdir()}
    real, calls = simulator.pass_month, []

    def broken(*given, **more):
        calls.append(1)
        if len(calls) > 40:
            raise KeyboardInterrupt
        return real(*given, **more)

    monkeypatch.setattr(simulator, "pass_month", broken)
    with pytest.raises(KeyboardInterrupt):
        simulate(world, 90, 2, tmp_path / "yi", tmp_path / "yi.truth", [24270], 2)
    assert {path.name: path.read_bytes() for path in (tmp_path / "yi").iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["yi"], "no half folder, no stage"
