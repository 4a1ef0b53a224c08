"""A version becomes champion by its gates and a reviewer, or not at all."""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from calls import FIT, Ran, finished, on, start, words_of

from relapse.core.texts import text
from relapse.registry.mlflow_store import MlflowStore

SIGNED = ("reviewer=Li", "reason='figures checked'")
QUICK = ("~gates.fresh_process",)  # a process of its own costs seconds: asked once
WEAK = ("model.trees=1", "model.learning_rate=0.01", "model.guarded=false", "seed=3")


@pytest.fixture
def copied(won: Ran, tmp_path: Path) -> Path:
    """A folder with the store of the finished run, whose champion is a good model."""
    shutil.copytree(won.folder / "state", tmp_path / "state")
    return tmp_path


def store(folder: Path) -> MlflowStore:
    return MlflowStore(uri=None, state=str(folder / "state"))


def champion(folder: Path, name: str = "hidden") -> str:
    found = store(folder).champion(name)
    assert found is not None
    return found.number


def decision(folder: Path) -> dict[str, object]:
    told: dict[str, object] = json.loads((folder / "outputs/promote/decision.json").read_text())
    return told


@pytest.mark.parametrize("words", [(), ("reviewer=Li",), ("reason=good",), ("reviewer=' '", "reason=good")])
def test_promote__nobody_is_champion_without_a_name_and_a_reason(words, copied, hidden_csv):
    done = on("promote", hidden_csv, *words, cwd=copied)
    assert done.status == 2
    assert "reviewer=NAME reason=" in done.told
    assert not (copied / "outputs").exists()


def test_promote__every_gate_has_its_figure_in_the_decision_and_on_the_version(copied, hidden_csv):
    assert on("promote", hidden_csv, *SIGNED, cwd=copied).status == 0
    gates = {gate["gate"]: gate for gate in decision(copied)["gates"]}
    assert {"beats_rule", "not_behind_champion", "calibration", "missed_groups", "missed_coverage", "alarms", "privacy",
            "list_stability", "schema", "reproduces", "fresh_process", "data_quality"} == set(gates)  # fmt: skip
    assert all(gate["holds"] and gate["figure"] and gate["threshold"] and gate["why"] for gate in gates.values())
    assert all(re.search("[\u4e00-\u9fff]", gate["why"]) for gate in gates.values())  # as all that a reviewer reads
    assert gates["reproduces"]["figure"] == decision(copied)["digest"][:12]
    tags = store(copied).tags("hidden", "1")
    for name, gate in gates.items():
        assert tags[f"gate_{name}"] == f"holds: {gate['figure']} ({gate['threshold']})"
    kept = json.loads(store(copied).artifact("hidden", "1", "decisions/001.json"))
    when = datetime.fromisoformat(kept.pop("decided_at"))
    assert timedelta(0) <= datetime.now(UTC) - when < timedelta(minutes=30)
    assert kept == decision(copied)
    assert (decision(copied)["as_of"], decision(copied)["origins"]) == ("2014", ["2012"])
    told = store(copied)._client.get_model_version("hidden", "1").description
    assert told.startswith(f"{when:%Y-%m-%d %H:%M} UTC: ")
    first = (copied / "outputs/promote/decision.json").read_bytes()
    assert on("promote", hidden_csv, *SIGNED, *QUICK, cwd=copied).status == 0  # no clock in what is written outside
    again = decision(copied)
    assert {**json.loads(first), "gates": []} == {**again, "gates": []}


def test_promote__a_version_that_names_somebody_or_cannot_be_made_again_is_refused(copied, hidden_csv):
    held = store(copied)
    held.tag("hidden", "1", {"note": "see HH-ZX81-00007"})
    changed = copied / "hidden.csv"
    lines = hidden_csv.read_text().splitlines()
    changed.write_text("\n".join(line for line in lines if "HH-ZX81-00123" not in line) + "\n")
    refused = on("promote", changed, *SIGNED, *QUICK, cwd=copied)
    assert refused.status == 3
    told = {gate["gate"]: gate["why"] for gate in decision(copied)["gates"] if not gate["holds"]}
    assert told["privacy"] == text("gate.privacy.found", "zh", places="texts")
    assert text("gate.again.data", "zh") in told["reproduces"]
    assert "privacy: An id stands in texts." in refused.told
    assert "HH-ZX81" not in refused.err + json.dumps(decision(copied))
    named = on("promote", hidden_csv, "reviewer=Li", "reason='as HH-ZX81-00007 says'", cwd=copied)
    assert (named.status, "leave it out" in named.told) == (2, True)
    number = on("promote", hidden_csv, "reviewer=Li", "reason='see 990101199001011234'", cwd=copied)
    assert (number.status, "an ID number" in number.told) == (2, True)


def test_promote__the_champion_itself_is_reviewed_and_the_next_list_no_longer_says_trial(copied, hidden_csv):
    assert on("score", hidden_csv, cwd=copied).status == 0
    done = on("promote", hidden_csv, *SIGNED, *QUICK, cwd=copied)
    assert done.status == 0, done.err
    told = decision(copied)
    assert (told["promoted"], told["version"], told["reviewer"], told["reason"]) == (True, "1", "Li", "figures checked")
    tags = store(copied).tags("hidden", "1")
    assert (tags["reviewed"], tags["reviewer"]) == ("true", "Li")
    assert on("score", hidden_csv, cwd=copied).status == 0
    first, second = (copied / "outputs/lists/hidden/2014" / part for part in ("", "edition-2"))
    assert "试运行" in (first / "list.html").read_text()
    assert "试运行" not in (second / "list.html").read_text()
    assert json.loads((second / "manifest.json").read_text())["reviewed"] is True
    assert json.loads((second / "changes.json").read_text())["changed"]["reviewed"] == {"before": False, "now": True}


def test_promote__a_worse_version_is_refused_may_be_overridden_and_gives_way_to_a_better(copied, hidden_csv):
    assert on("train", hidden_csv, *WEAK, cwd=copied).status == 0
    assert champion(copied) == "1"
    refused = on("promote", hidden_csv, *SIGNED, *QUICK, cwd=copied)
    assert refused.status == 3
    assert "version 2 of 'hidden' was not promoted" in refused.told
    told = decision(copied)
    assert (told["promoted"], told["champion_before"], champion(copied)) == (False, "1", "1")
    assert any(not gate["holds"] for gate in told["gates"])
    assert all(gate["why"] for gate in told["gates"] if not gate["holds"])
    assert store(copied).challenger("hidden") is None
    assert store(copied).tags("hidden", "2")["refused_by"] == "not_behind_champion"
    none = on("score", hidden_csv, "version=challenger", cwd=copied)
    assert (none.status, "there are: 1, 2" in none.told) == (2, True), none.told
    assert on("score", hidden_csv, "version=2", "paths.outputs=tried", cwd=copied).status == 0
    assert json.loads((copied / "tried/lists/hidden/2014/manifest.json").read_text())["version"] == "2"
    assert on("promote", hidden_csv, *SIGNED, *QUICK, "override=true", "version=2", cwd=copied).status == 0
    assert champion(copied) == "2"
    assert store(copied).challenger("hidden") is None
    assert (decision(copied)["override"], store(copied).tags("hidden", "2")["override"]) == (True, "true")
    assert on("promote", hidden_csv, *SIGNED, "rollback=true", cwd=copied).status == 0
    assert champion(copied) == "1"
    assert decision(copied)["action"] == "rollback"
    assert decision(copied)["champion_before"] == "2"
    assert store(copied).tags("hidden", "2")["withdrawn_by"] == store(copied).tags("hidden", "1")["returned_by"] == "Li"
    assert on("promote", hidden_csv, *SIGNED, "rollback=true", cwd=copied).status == 2
    assert on("promote", hidden_csv, *SIGNED, *QUICK, "override=true", "version=2", cwd=copied).status == 0
    better = on("promote", hidden_csv, *SIGNED, *QUICK, "version=1", cwd=copied)
    assert better.status == 0, better.err
    assert champion(copied) == "1"
    assert (decision(copied)["champion_before"], decision(copied)["override"]) == ("2", False)


def test_train__what_a_gate_refuses_or_an_alarm_speaks_against_challenges_nobody(copied, hidden_csv):
    assert on("train", hidden_csv, "as_of=2013", cwd=copied).status == 0
    assert store(copied).challenger("hidden").number == "2"
    assert on("score", hidden_csv, "version=challenger", "paths.outputs=tried", cwd=copied).status == 0
    assert json.loads((copied / "tried/lists/hidden/2014/manifest.json").read_text())["version"] == "2"
    quiet = ("alarm.gain=0.01", "~gates.alarms")  # an alarm, and no gate that would say so
    assert on("train", hidden_csv, "model.trees=40", *quiet, cwd=copied).status == 3
    assert "alarms" in store(copied).tags("hidden", "3")["refused_by"].split(",")
    assert on("train", hidden_csv, *WEAK, cwd=copied).status == 0
    assert "not_behind_champion" in store(copied).tags("hidden", "4")["refused_by"]
    assert store(copied).challenger("hidden").number == "2"
    assert on("promote", hidden_csv, *SIGNED, *QUICK, "version=challenger", cwd=copied).status == 0
    assert (champion(copied), store(copied).challenger("hidden")) == ("2", None)
    assert store(copied).tags("hidden", "2")["refused_by"] == "none"


def test_promote__unknown_and_missing_versions(copied, hidden_csv, tmp_path):
    assert "there are 1" in on("promote", hidden_csv, *SIGNED, "version=7", cwd=copied).told
    empty = on("promote", hidden_csv, *SIGNED, "paths.state=nowhere", cwd=copied)
    assert (empty.status, (copied / "nowhere").exists()) == (2, False)
    none = on("promote", hidden_csv, *SIGNED, "rollback=true", cwd=copied)
    assert none.status == 2
    assert "no champion before" in none.told


def test_promote__two_at_once_leave_one_whole_decision(copied, hidden_csv):
    words = [
        words_of("promote", hidden_csv, f"reviewer={who}", "reason=checked", *QUICK, f"paths.outputs=out_{who}")
        for who in ("Li", "Wang")
    ]
    both = [finished(process) for process in [start(*each, cwd=copied) for each in words]]
    assert [done.status for done in both] == [0, 0], both
    assert champion(copied) == "1"
    assert store(copied).tags("hidden", "1")["reviewer"] in ("Li", "Wang")


def test_train__the_recipe_in_a_version_needs_nothing_of_the_caller(copied, hidden_csv):
    assert FIT  # promote refits with the settings in the version, whatever the caller's model settings are
    done = on("promote", hidden_csv, *SIGNED, "model.trees=5", cwd=copied)
    assert done.status == 2
    assert "no key 'model" in done.told
