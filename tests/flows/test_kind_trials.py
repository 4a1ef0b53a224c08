"""A county's backtest tells each kind of entry beside any of them, on the same rows."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from counties import made_county
from relapse import config
from relapse.flows.backtest import backtest_origins, make_kind_trials, make_trials, predictions, usable_origins
from relapse.flows.backtest import test_origins as ask
from relapse.flows.rows import Task, make_task

RULE = "distance_to_line"


@pytest.fixture(scope="module")
def told(tmp_path_factory, rule, calibration):
    folder = made_county(tmp_path_factory.mktemp("kinds"), 300)
    panel = config.option("data", "county", path=str(folder)).read(config.option("line", "auto"))
    blocks = {name: config.option("features", name) for name in ("income", "season", "history", "place", "window")}
    split = config.option("split", "rolling_origin", origins=2)
    task: Task = make_task(panel, config.option("label", "recognition"), blocks, split, [3, 6], 1)
    origins = usable_origins(task, rule, calibration, backtest_origins(task, None))
    return task, list(ask(task, {RULE: rule}, rule, calibration, origins))


def test_kinds__add_up_to_any_for_every_household_and_horizon(told):
    task, results = told
    table = pa.concat_tables(predictions(task, results, [RULE])).to_pandas()
    assert set(table["outcome"]) == {"any", *task.outcome.kinds}
    wide = table.pivot_table(index=["household_id", "origin", "horizon"], columns="outcome", values="probability")
    np.testing.assert_allclose(wide[list(task.outcome.kinds)].sum(axis=1), wide["any"], atol=1e-14)
    came = table.dropna(subset=["observed"]).pivot_table(
        index=["household_id", "origin", "horizon"], columns="outcome", values="observed"
    )
    assert came["any"].sum() > 5
    np.testing.assert_array_equal(came[list(task.outcome.kinds)].sum(axis=1), came["any"])
    assert (came[list(task.outcome.kinds)].sum() > 0).any()
    wide = wide.unstack("horizon")
    assert (wide.xs(6, axis=1, level=1) >= wide.xs(3, axis=1, level=1)).all(axis=None)


def test_trials_of_kinds__are_of_those_who_can_have_the_kind(told):
    task, results = told
    whole = {trial.horizon: trial for trial in make_trials(task, results)}
    trials = make_kind_trials(task, results, [RULE])
    assert {trial.outcome for trial in trials} <= set(task.outcome.kinds)
    for trial in trials:
        assert trial.observed.sum() > 0
        assert len(trial.observed) <= len(whole[trial.horizon].observed)
        assert (trial.probability[RULE] > 0).all()
        for origin in np.unique(trial.origin):
            ranks = trial.rank[RULE][trial.origin == origin]
            assert sorted(ranks) == list(range(1, len(ranks) + 1))
