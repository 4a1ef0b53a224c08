"""What every registry promises, asked of MLflow's and of the one in memory."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from relapse.core.errors import GateError, InputError, RelapseError
from relapse.core.protocols import Registry
from relapse.core.record import Record, Registered
from relapse.registry.memory_store import MemoryStore

Make = Callable[..., Record]


@pytest.fixture(params=["mlflow", "memory"])
def registry(request: pytest.FixtureRequest) -> Registry:
    return MemoryStore() if request.param == "memory" else request.getfixturevalue("store")


def test_log__keeps_files_artifacts_and_tags(registry: Registry, record: Make) -> None:
    kept = record()
    first = registry.log(kept, forbidden=[])
    assert (first.name, first.number, first.digest, first.reused) == ("wage_panel", "1", "a" * 64, False)
    assert registry.files("wage_panel", "1") == dict(kept.files)
    assert registry.artifact("wage_panel", "1", "eval/by_horizon.csv") == kept.artifacts["eval/by_horizon.csv"]
    assert registry.tags("wage_panel", "1") == {**kept.tags, "digest": "a" * 64}


def test_log__an_equal_digest_is_the_same_version(registry: Registry, record: Make) -> None:
    first = registry.log(record(), forbidden=[])
    registry.log(record(digest="b" * 64), forbidden=[])
    again = registry.log(record(tags={"as_of": "other"}), forbidden=[])
    assert again == Registered("wage_panel", "1", first.run_id, "a" * 64, reused=True)
    assert [version.number for version in registry.versions("wage_panel")] == ["1", "2"]
    assert registry.tags("wage_panel", "1")["as_of"] == "2021Q4"


def test_log__the_same_digest_of_another_model_is_another_version(registry: Registry, record: Make) -> None:
    registry.log(record(), forbidden=[])
    assert not registry.log(record(name="other panel"), forbidden=[]).reused


def test_champion__is_none_until_one_is_set(registry: Registry, record: Make) -> None:
    assert registry.champion("wage_panel") is None
    assert registry.versions("wage_panel") == []
    registry.log(record(), forbidden=[])
    assert registry.champion("wage_panel") is None
    registry.set_champion("wage_panel", "1", {"reviewer": "Li"})
    champion = registry.champion("wage_panel")
    assert champion is not None
    assert champion.number == "1"
    assert registry.tags("wage_panel", "champion")["reviewer"] == "Li"
    assert registry.files("wage_panel", "champion") == registry.files("wage_panel", "1")


def test_rollback__walks_back_through_the_champions(registry: Registry, record: Make) -> None:
    for digest in "abc":
        registry.log(record(digest=digest * 64), forbidden=[])
    for number in ("1", "2", "2", "3"):
        registry.set_champion("wage_panel", number, {})
    assert registry.rollback("wage_panel").number == "2"
    assert registry.rollback("wage_panel").number == "1"
    with pytest.raises(InputError, match=r"no champion before the present one \(1\)"):
        registry.rollback("wage_panel")
    champion = registry.champion("wage_panel")
    assert champion is not None
    assert champion.number == "1"


def challenger(registry: Registry) -> str | None:
    found = registry.challenger("wage_panel")
    return None if found is None else found.number


def test_challenger__is_the_newest_that_may_still_become_champion(registry: Registry, record: Make) -> None:
    registry.log(record(), forbidden=[])
    assert challenger(registry) == "1"
    registry.set_champion("wage_panel", "1", {}, None)
    assert challenger(registry) is None
    for digest in "bc":
        registry.log(record(digest=digest * 64), forbidden=[])
    assert challenger(registry) == "3"
    assert registry.files("wage_panel", "challenger") == registry.files("wage_panel", "3")
    registry.set_champion("wage_panel", "3", {}, "1")
    assert challenger(registry) is None
    registry.rollback("wage_panel")
    assert challenger(registry) == "2"  # the third was withdrawn


def test_challenger__is_none_that_was_refused__and_a_better_one_and_a_rollback_still_work(
    registry: Registry, record: Make
) -> None:
    registry.log(record(), forbidden=[])
    registry.set_champion("wage_panel", "1", {}, None)
    registry.log(record(digest="b" * 64), forbidden=[])
    registry.log(record(digest="c" * 64, tags={"refused_by": "alarms"}), forbidden=[])
    assert challenger(registry) == "2"  # an alarm was raised where the third was trained
    registry.tag("wage_panel", "2", {"refused_by": "beats_rule", "gate_beats_rule": "refused: -0.09"})
    assert challenger(registry) is None
    registry.log(record(digest="d" * 64, tags={"refused_by": "none"}), forbidden=[])
    assert challenger(registry) == "4"
    registry.set_champion("wage_panel", "2", {"refused_by": "beats_rule", "override": "true"}, "1")
    assert challenger(registry) == "4"
    registry.rollback("wage_panel")
    assert challenger(registry) == "4"
    registry.tag("wage_panel", "4", {"gate_beats_rule": "refused: -0.09", "refused_by": "beats_rule"})
    assert challenger(registry) is None
    registry.tag("wage_panel", "3", {"refused_by": "none"})
    assert challenger(registry) == "3"


def test_challenger__an_older_decision_that_a_gate_tells_of_counts(registry: Registry, record: Make) -> None:
    registry.log(record(), forbidden=[])
    registry.set_champion("wage_panel", "1", {}, None)
    registry.log(record(digest="b" * 64), forbidden=[])
    registry.tag("wage_panel", "2", {"gate_alarms": "holds: 0"})
    assert challenger(registry) == "2"
    registry.tag("wage_panel", "2", {"gate_beats_rule": "refused: -0.09"})
    assert challenger(registry) is None


def test_set_champion__refuses_what_was_judged_against_another_champion(registry: Registry, record: Make) -> None:
    for digest in "abc":
        registry.log(record(digest=digest * 64), forbidden=[])
    registry.set_champion("wage_panel", "1", {}, None)
    registry.set_champion("wage_panel", "2", {}, "1")
    with pytest.raises(GateError, match="version 2 became champion of 'wage_panel' while the comparison with 1"):
        registry.set_champion("wage_panel", "3", {"reviewer": "Li"}, "1")
    assert "reviewer" not in registry.tags("wage_panel", "3")
    registry.set_champion("wage_panel", "2", {}, "1")  # by two at once: it is the same in the end
    assert registry.tags("wage_panel", "champion")["digest"] == "b" * 64


def test_kept__is_all_that_could_tell_of_somebody(registry: Registry, record: Make) -> None:
    registry.log(record(), forbidden=[])
    registry.tag("wage_panel", "1", {"reason": "told by HH-1"})
    registry.keep_decision("wage_panel", "1", b"{}", "Refused by Li: told by HH-2.")
    kept = registry.kept("wage_panel", "1")
    assert re.search(rb"\d{4}-\d\d-\d\d \d\d:\d\d UTC: Refused by Li", kept["texts"])  # by the registry's own clock
    everything = b"\n".join(kept.values())
    for piece in (
        b"tree",
        b"<h1>Report</h1>",
        b"told by HH-1",
        b"told by HH-2",
        b"Trained on 545 households",
        b"lgbm_hazard",
    ):
        assert piece in everything


@pytest.mark.parametrize("version", ["7", "champion", "latest", "-1", ""])
def test_files__an_unknown_version_is_refused_with_those_there_are(
    registry: Registry, record: Make, version: str
) -> None:
    registry.log(record(), forbidden=[])
    registry.log(record(digest="b" * 64), forbidden=[])
    with pytest.raises(InputError, match="there are: 1, 2"):
        registry.files("wage_panel", version)


def test_files__a_model_without_versions_says_what_to_do(registry: Registry) -> None:
    with pytest.raises(InputError, match="run `relapse train` first"):
        registry.files("wage_panel", "champion")
    with pytest.raises(InputError, match="cannot name a model"):
        registry.files("wage' OR name LIKE '%", "1")


def test_artifact__an_unknown_one_is_refused_with_those_there_are(registry: Registry, record: Make) -> None:
    registry.log(record(), forbidden=[])
    with pytest.raises(InputError, match=r"no artifact model_card\.md; there are: .*report\.html"):
        registry.artifact("wage_panel", "1", "model_card.md")


def test_tag__others_stay(registry: Registry, record: Make) -> None:
    registry.log(record(), forbidden=[])
    registry.tag("wage_panel", "1", {"gate.alarms": "holds"})
    assert registry.tags("wage_panel", "1")["gate.alarms"] == "holds"
    assert registry.tags("wage_panel", "1")["as_of"] == "2021Q4"


def test_log__a_household_in_the_record_leaves_nothing(registry: Registry, record: Make) -> None:
    with pytest.raises(RelapseError, match=r"1 household ids stand in report\.html"):
        registry.log(record(artifacts={"report.html": b"<td>HH00042</td>"}), forbidden=["HH00042", "HH00043"])
    assert registry.versions("wage_panel") == []
