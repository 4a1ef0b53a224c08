"""Held-out places: nothing is learned of them, and a model that knows places by heart is found out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from panels import read, signal_case, table, task_of
from relapse import config
from relapse.core.catalogue import Feature, FeatureTable
from relapse.core.errors import InputError
from relapse.flows.backtest import test_origins as ask
from relapse.flows.fit import fit_hazard
from relapse.flows.held_out import differences, hold_out, homes
from relapse.flows.rows import kept_units, stack
from relapse.outcome.split import parts_of

EVALUATION = config.option("evaluation", "default", draws=200, lists=["5pct"])
MODEL = "lgbm_hazard"


@dataclass(frozen=True)
class Turned:
    """An outcome that says the contrary of some households."""

    whole: Any
    turned: np.ndarray

    def __getattr__(self, name):
        return getattr(self.whole, name)

    def labels(self, known, members, *rest):
        told = self.whole.labels(known, members, *rest)
        mine = self.turned[members][:, None]
        event, within = (np.where(mine, 1 - each, each) for each in (told.event, told.within))
        return replace(told, event=event, within=within)


@pytest.fixture(scope="module")
def task():
    return task_of(signal_case(households=600).panel(), [1, 2])


@pytest.fixture(scope="module")
def calibration():
    return config.option("calibration", "by_lead", draws=40, least_events=30)


def held_half(task):
    return parts_of(homes(task.panel, "village"), 2) == 1


def test_held_out__nothing_of_their_labels_reaches_the_model(task, rule, calibration, quick):
    held, as_of = held_half(task), task.panel.last - 2
    blind = replace(task, held_out=held)
    contrary = replace(blind, outcome=Turned(task.outcome, held))
    said = [fit_hazard(each, quick(MODEL), rule, calibration, as_of) for each in (blind, contrary)]
    assert said[0].evidence == said[1].evidence
    assert said[0].evidence.share > 0, "the later origins must have had a say"
    one, other = (fit.hazard.forecast(task.unit(as_of)) for fit in said)
    np.testing.assert_array_equal(one.chance, other.chance)
    seeing = replace(task, outcome=Turned(task.outcome, held))
    changed = fit_hazard(seeing, quick(MODEL), rule, calibration, as_of).hazard.forecast(task.unit(as_of))
    assert not np.allclose(one.chance, changed.chance)


def test_without_each__holds_out_each_part_once_and_keeps_what_is_held_out():
    task = task_of(read(table({name: [200, 200, 200] for name in "abcd"})), [1])
    task = replace(task, held_out=np.array([False, False, False, True]))
    parts = task.without_each(np.array([0, 1, -1, 0]))
    assert [each.held_out.tolist() for each in parts] == [[True, False, False, True], [False, True, False, True]]


def test_held_out__of_the_others_every_label_is_learned(task):
    held, as_of = held_half(task), task.panel.last - 2
    whole, blind, rest = (
        stack(each, as_of) for each in (task, replace(task, held_out=held), replace(task, held_out=~held))
    )
    assert len(blind.event) + len(rest.event) == len(whole.event)
    assert blind.events + rest.events == whole.events
    assert min(blind.events, rest.events) > 0


def test_parts__keep_places_whole_and_are_of_about_equal_size():
    home = np.random.default_rng(1).integers(0, 60, 3000)
    part = parts_of(home, 5)
    assert all(len(set(part[home == place])) == 1 for place in np.unique(home))
    sizes = np.bincount(part)
    assert len(sizes) == 5
    assert sizes.max() - sizes.min() < 60
    assert parts_of(np.array([4, 4, 9]), 5).tolist() == [0, 0, 1], "no more parts than places"


def test_homes__are_the_last_known__also_of_who_is_no_longer_there():
    frame = table({"a": [1, 1, None], "b": [1, None, None], "c": [1, 1, 1]})
    frame["village"] = ["w", "v", "v", "u", "u", "u"]
    told = homes(read(frame, village="village"), "village")
    assert told[1] == told[0] != told[2]


def test_homes__a_panel_without_places_is_refused(task):
    with pytest.raises(InputError, match="split.hold_out=township: the panel .* tells no two of them"):
        homes(read(table({"a": [1, 1], "b": [1, 1]})), "township")


class Now:
    """The distance to the line alone, without the past of a household, which tells of its village."""

    def table(self, known, leads):
        now = Feature("income__log_ratio_now", "log_ratio", "distance to the line", "distance", -1)
        return FeatureTable.of([(now, known.log_ratio[:, 0])], len(known.members))


def by_heart(seed=2, villages=50, of_each=20, years=9):
    """Apart from the distance to the line, only the number of a household's village tells how likely it falls."""
    rng = np.random.default_rng(seed)
    households = villages * of_each
    village = np.arange(households) % villages
    poor, number = (rng.random(villages) < 0.3)[village], rng.permutation(villages)[village].astype(float)
    parts = []
    for year in range(years):
        fell = rng.random(households) < np.where(poor, 0.3, 0.02)
        parts.append(pd.DataFrame({
            "hh": [f"k{k:05d}" for k in range(households)], "period": f"{2000 + year}",
            "income": np.exp(0.6 + rng.normal(0, 0.1, households) - 1.5 * fell) * 1000,
            "number": number, "village": [f"v{k}" for k in village],
        }))  # fmt: skip
    return read(pd.concat(parts, ignore_index=True), 1000.0, frequency="annual", village="village")


def lost(task, model, rule, calibration):
    origins = [task.panel.last - back for back in (2, 1)]
    results = list(ask(task, {rule.name: rule, MODEL: model}, rule, calibration, origins))
    held = hold_out(task, {MODEL: model}, rule, calibration, results, "village", 4)
    found = differences(held, task, EVALUATION)
    assert set(found["model"]) == {MODEL}, "only those asked for are fitted anew"
    return found.set_index(["against", "horizon", "metric"])


def test_differences__a_model_that_knows_villages_by_heart_loses_them(rule, calibration):
    task = task_of(by_heart(), [1])
    task = replace(task, features={"income": Now(), "covariates": task.features["covariates"]}, units=kept_units())
    fine = {
        "trees": 150, "learning_rate": 0.06, "leaves": 15, "l2": 5, "rows_per_leaf": 20, "events_per_leaf": 2,
        "feature_share": 1.0, "monotone": True,
    }  # fmt: skip
    found = lost(task, config.option("model", MODEL, **fine), rule, calibration)
    for against in ("everybody", "as_many"):
        row = found.loc[(against, 1, "pr_auc")]
        assert row["ci_low"] > 0.1
        assert row["value"] - row["without"] == pytest.approx(row["difference"])


def test_differences__a_model_that_knows_households_loses_no_more_than_by_fewer_households(
    task, rule, calibration, quick
):
    found = lost(task, quick(MODEL), rule, calibration)
    for horizon in (1, 2):  # of 60 or so events the area is told far more surely than the average precision
        row = found.loc[("as_many", horizon, "roc_auc")]
        assert row["ci_low"] < 0 < row["ci_high"]
        assert found.loc[("as_many", horizon, "pr_auc"), "difference"] < 0.1
