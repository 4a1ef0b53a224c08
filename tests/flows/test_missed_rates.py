"""Missed rates of groups: the paired differences are what counting by hand gives."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from relapse import config
from relapse.core.results import Trial
from relapse.evaluation.slices import Listed, figures_by_slice
from relapse.flows import missed as module
from relapse.flows.missed import OTHERS, missed_differences


class _Task:
    def rng(self, *_: int) -> np.random.Generator:
        return np.random.default_rng(1)


def trial(rows: int = 400) -> Trial:
    """Half of the households are remote; the model lists the near ones first, the rule lists by their number."""
    rng = np.random.default_rng(3)
    number = np.arange(rows)
    remote = number % 2 == 1
    by_model = np.argsort(np.argsort(remote * rows + number)) + 1
    observed = (rng.random(rows) < 0.4).astype(float)
    chance = {name: 1 - place / (rows + 1) for name, place in (("model", by_model), ("rule", number + 1))}
    ranks = {"model": by_model.astype(np.int32), "rule": (number + 1).astype(np.int32)}
    ids = np.array([f"h{each}" for each in number], dtype=object)
    origin = np.full(rows, 7, np.int32)
    return Trial("below_line", 1, origin, (number % 40).astype(np.int32), ids, observed, chance, ranks)


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    one = trial()
    remote = np.where(np.arange(len(one.observed)) % 2 == 1, "yes", "no").astype(object)
    monkeypatch.setattr(module, "divisions", lambda *_: {"remote": remote})
    evaluation = config.option("evaluation", "default", draws=200)
    return missed_differences(_Task(), [], [one], evaluation, "model", "rule", 150)  # type: ignore[arg-type]


def rate(one: Trial, model: str, inside: np.ndarray) -> float:
    events = (one.observed > 0) & inside
    return float((one.rank[model][events] > 150).mean())


def test_missed_rates__are_what_counting_gives(table: pd.DataFrame) -> None:
    one = trial()
    remote = np.arange(len(one.observed)) % 2 == 1
    row = table[(table["slice_value"] == "yes") & (table["against"] == OTHERS)].iloc[0]
    gap = rate(one, "model", remote) - rate(one, "model", ~remote)
    assert row["difference"] == pytest.approx(gap)
    assert row["ci_low"] < gap < row["ci_high"]
    assert (row["events"], row["other_events"]) == (one.observed[remote].sum(), one.observed[~remote].sum())
    before = table[(table["slice_value"] == "yes") & (table["against"] == "rule")].iloc[0]
    assert before["difference"] == pytest.approx(rate(one, "model", remote) - rate(one, "rule", remote))


def test_missed_rates__tell_a_gap_that_the_reference_does_not_have(table: pd.DataFrame) -> None:
    row = table[(table["slice_value"] == "yes") & (table["against"] == OTHERS)].iloc[0]
    assert row["ci_low"] > 0.5
    assert row["wider_low"] > 0.4
    assert row["own_change"] > 0.2
    other = table[(table["slice_value"] == "no") & (table["against"] == OTHERS)].iloc[0]
    assert other["difference"] == pytest.approx(-row["difference"])


def test_missed_rates__a_model_against_itself_is_nowhere_wider(monkeypatch: pytest.MonkeyPatch) -> None:
    one = trial()
    monkeypatch.setattr(module, "divisions", lambda *_: {"half": np.where(one.cluster < 20, "a", "b").astype(object)})
    evaluation = config.option("evaluation", "default", draws=50)
    table = missed_differences(_Task(), [], [one], evaluation, "rule", "rule", 150)  # type: ignore[arg-type]
    assert (table.loc[table["against"] == OTHERS, "wider_low"] == 0).all()
    assert (table.loc[table["against"] == "rule", "difference"] == 0).all()


def test_missed_rates__of_slices_and_of_gates_are_the_same(table: pd.DataFrame) -> None:
    """`slices.csv`, from which pages tell, and the differences that gates judge by count one list's misses alike."""
    one = trial()
    remote = np.where(np.arange(len(one.observed)) % 2 == 1, "yes", "no").astype(object)
    listed = Listed.of(one, ["model", "rule"], 150)
    slices = figures_by_slice(one, remote, listed, 20, 1, np.random.default_rng(1), 20)
    rates = slices[slices["metric"] == "exclusion_error_at_150"].set_index(["model", "slice_value"])
    gaps = table.set_index(["slice_value", "against"])
    for part, rest in (("yes", "no"), ("no", "yes")):
        own, others, before = (rates["value"][key] for key in (("model", part), ("model", rest), ("rule", part)))
        assert gaps["difference"][part, OTHERS] == pytest.approx(own - others)
        assert gaps["difference"][part, "rule"] == pytest.approx(own - before)
        assert gaps["events"][part, OTHERS] == rates["events"]["model", part]
