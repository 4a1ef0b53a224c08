"""What every model promises, plain rules included; they are found in conf/model/, so a new one is tested at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from panels import COUNTY_MODELS, signal, signal_case, task_of
from relapse import config
from relapse.core.errors import InputError
from relapse.core.rows import TrainingRows, Unit
from relapse.evaluation.alarms import roc_auc
from relapse.evaluation.compare import paired_difference
from relapse.flows.explain import agreement, contributions_of
from relapse.flows.fit import Fit, fit_hazard
from relapse.flows.rows import Task, stack
from relapse.model.blend import Blend, restore_blend

MODELS = [name for name in config.options("model") if name not in COUNTY_MODELS]  # those: test_county_rules.py
LEARNERS = [name for name in MODELS if not hasattr(config.option("model", name), "needs")]
SHARES = [(name, 1.0) for name in MODELS] + [(name, 0.5) for name in LEARNERS]
Fitter = Callable[[str], Fit]


@pytest.fixture(scope="module")
def unit(signal_task: Task) -> Unit:
    """Households that the models have not seen: a year after the last label of their fit."""
    return signal_task.unit(signal_task.panel.last)


@pytest.fixture(scope="module")
def rows(signal_task: Task) -> TrainingRows:
    return stack(signal_task, signal_task.panel.last - 4, 8000)


@pytest.fixture(scope="module")
def states() -> Task:
    """The same panel with the state at each horizon as its outcome."""
    return task_of(signal_case(households=300).panel(), [1, 4], "at_horizon")


@pytest.fixture(scope="module")
def mixed(fitted: Fitter, rule, calibration, rows) -> Callable[[str, float], Blend]:
    """A model with a share of the margin, the rule with the rest; calibrated as a version is."""
    ruled = fitted(rule.name).hazard.model

    def mix(name: str, share: float) -> Blend:
        hazard = fitted(name).hazard
        model = hazard.model
        assert model is not None, f"{name} was not used on a panel on which it should be"
        return Blend(model, ruled, share, hazard.maps, True)

    return mix


def changed(unit: Unit, values: np.ndarray, entries=None) -> Unit:
    table = unit.table
    return replace(unit, table=replace(table, entries=entries or table.entries, values=values))


@pytest.mark.parametrize(("name", "share"), SHARES)
def test_chances__are_chances_and_never_fall_with_the_horizon(name, share, mixed, unit):
    forecast = mixed(name, share).forecast(unit)
    assert np.isfinite(forecast.margin).all()
    assert ((forecast.chance > 0) & (forecast.chance < 1)).all()
    risks = np.stack([forecast.risk(int(lead)) for lead in unit.leads])
    assert (np.diff(risks, axis=0) >= 0).all()


@pytest.mark.parametrize("name", MODELS)
def test_no_chance__runs_far_beyond_what_the_fit_has_seen(name, signal_task, mixed):
    """One household's income jumps between almost nothing and a fortune, and its illness has no end.

    Its hazard stays within what some group of real households has; nor do its neighbours' run away.
    """
    frame = signal()
    madness = frame[frame["hh"] == "s00000"].assign(hh="mad", ill=1e30, noise=-1e30)
    madness["income"] = np.where(np.arange(len(madness)) % 2 == 0, 1e11, 1e-3)
    madness.iloc[-1, madness.columns.get_loc("income")] = 1000.0
    panel = signal_case().panel(pd.concat([frame, madness], ignore_index=True))
    wild = task_of(panel, [1, 2, 4]).unit(panel.last)
    calm = mixed(name, 1.0).forecast(signal_task.unit(signal_task.panel.last))
    forecast = mixed(name, 1.0).forecast(wild)
    mad = wild.household_ids == "mad"
    assert mad.any()
    highest = np.quantile(calm.chance, 0.999, axis=0)
    assert (forecast.chance[mad] <= np.minimum(2.5 * highest, 0.9)).all()
    assert (forecast.chance[~mad].max(axis=0) <= calm.chance.max(axis=0) * 1.2).all()


@pytest.mark.parametrize("name", MODELS)
def test_fit__same_seed_same_bytes(name, quick, rows):
    dumps = [quick(name).fit(rows, np.random.default_rng(seed)).dump() for seed in (3, 3, 4)]
    assert dumps[0] == dumps[1]
    assert (dumps[0] == dumps[2]) == (not name.startswith("lgbm")), (
        "the seed must reach what is drawn, and nothing else"
    )


@pytest.mark.parametrize(("name", "share"), SHARES)
def test_dumped_and_restored__forecasts_are_equal_bit_for_bit(name, share, mixed, quick, rule, unit):
    hazard = mixed(name, share)
    files = hazard.dump()
    assert all(file.endswith((".json", ".txt")) for file in files)
    again = restore_blend(files, quick(name), rule)
    one, other = hazard.forecast(unit), again.forecast(unit)
    np.testing.assert_array_equal(one.margin, other.margin)
    np.testing.assert_array_equal(one.chance, other.chance)
    np.testing.assert_array_equal(hazard.contributions(unit, 4), again.contributions(unit, 4))
    assert again.dump() == files


@pytest.mark.parametrize("name", LEARNERS)
def test_shuffled_labels__teach_nothing(name, quick, rows, unit):
    rng = np.random.default_rng(8)
    shuffled = replace(rows, event=rng.permutation(rows.event))
    score = quick(name).fit(shuffled, rng).margin(unit).mean(axis=1)
    drawn = (rng.random((200, len(score))) < 0.1).astype(np.float64)
    areas = [roc_auc(score, observed) for observed in drawn]
    assert abs(np.mean(areas) - 0.5) < 0.02
    assert score.std() < 0.5 * quick(name).fit(rows, rng).margin(unit).mean(axis=1).std()


@pytest.mark.parametrize(("name", "share"), SHARES)
@pytest.mark.parametrize("horizon", [1, 4])
def test_contributions__with_the_base_sum_to_the_score_that_orders_the_list(name, share, horizon, mixed, unit):
    hazard = mixed(name, share)
    parts = contributions_of(hazard, unit, horizon)
    score = hazard.forecast(unit).score(horizon)
    np.testing.assert_allclose(parts.values.sum(axis=1) + parts.base, score, rtol=0, atol=1e-9)
    np.testing.assert_allclose(parts.by_group().sum(axis=1) + parts.base, score, rtol=0, atol=1e-9)


@pytest.mark.parametrize("name", MODELS)
def test_contributions__go_to_features_that_the_model_reads(name, mixed, unit):
    parts = contributions_of(mixed(name, 1.0), unit, 4)
    silent = [k for k, entry in enumerate(parts.entries) if not entry.modelled]
    needs = getattr(config.option("model", name), "needs", None)
    if needs is None:
        assert (parts.values[:, silent] == 0).all()
    else:
        touched = [parts.entries[k].name for k in np.flatnonzero((parts.values != 0).any(axis=0))]
        assert set(touched) <= set(needs)


@pytest.mark.parametrize(("name", "share"), SHARES)
def test_the_order_of_the_list__agrees_with_the_chances(name, share, mixed, unit):
    forecast = mixed(name, share).forecast(unit)
    for horizon in (1, 2, 4):
        assert agreement(forecast, horizon) >= 0.99


@pytest.mark.parametrize(("name", "share"), SHARES)
def test_columns_in_another_order__change_nothing(name, share, mixed, unit):
    order = np.random.default_rng(1).permutation(len(unit.table.entries))
    entries = tuple(unit.table.entries[k] for k in order)
    moved = changed(unit, unit.table.values[:, order], entries)
    hazard = mixed(name, share)
    np.testing.assert_array_equal(hazard.forecast(moved).chance, hazard.forecast(unit).chance)


@pytest.mark.parametrize("name", MODELS)
def test_a_column_that_is_missing__is_named(name, mixed, unit):
    needs = getattr(config.option("model", name), "needs", ("covariates__ill_now",))
    table = unit.table
    kept = [k for k, entry in enumerate(table.entries) if entry.name != needs[0]]
    by_lead = [k for k, entry in enumerate(table.lead_entries) if entry.name != needs[0]]
    poorer = replace(
        unit,
        table=replace(
            table,
            entries=tuple(table.entries[k] for k in kept),
            values=table.values[:, kept],
            lead_entries=tuple(table.lead_entries[k] for k in by_lead),
            lead_values=table.lead_values[:, :, by_lead],
        ),
    )
    with pytest.raises(InputError, match=needs[0]):
        mixed(name, 1.0).forecast(poorer)
    with pytest.raises(InputError, match=needs[0]):
        mixed(name, 1.0).contributions(poorer, 4)


def test_expected_directions__bind_the_boosted_model(mixed, unit):
    """Nearer to the line is never safer: for every feature whose direction the catalogue states, all else equal."""
    hazard = mixed("lgbm_hazard", 1.0)
    before = hazard.forecast(unit).margin
    bound = [(k, entry) for k, entry in enumerate(unit.table.entries) if entry.direction and entry.modelled]
    assert len(bound) > 5
    for k, entry in bound:
        for step in (0.05, 0.5):
            values = unit.table.values.copy()
            values[:, k] += step
            raised = hazard.forecast(changed(unit, values)).margin - before
            assert (entry.direction * raised >= -1e-12).all(), entry.name


@pytest.mark.parametrize("name", MODELS)
def test_states_at_horizons__are_forecast_too(name, states, quick, rule, calibration):
    as_of = states.panel.last - 4
    hazard = fit_hazard(states, quick(name), rule, calibration, as_of).hazard
    unit = states.unit(as_of)
    forecast = hazard.forecast(unit)
    assert forecast.margin.shape == (len(unit.members), 2)
    for horizon in (1, 4):
        assert ((forecast.risk(horizon) > 0) & (forecast.risk(horizon) < 1)).all()
        parts = contributions_of(hazard, unit, horizon)
        np.testing.assert_allclose(parts.values.sum(axis=1) + parts.base, forecast.score(horizon), rtol=0, atol=1e-9)


@pytest.mark.parametrize("horizon", [1, 4])
def test_the_shipped_preset__beats_the_rule_where_there_is_a_signal(horizon, signal_task, rule):
    """LightGBM with its own defaults loses to a ruler on many panels; ours must not, and here it must be ahead.

    Fitted on labels that had closed a year before the end, asked about the year after; resampled by village.
    """
    task, cut = signal_task, signal_task.panel.last - 4
    rows = stack(task, cut, 200_000)
    models = [config.option("model", "lgbm_hazard"), rule]
    fits = [Blend(model.fit(rows, task.rng(cut)), None, 1.0, None, True) for model in models]
    truth = task.panel.as_of(task.panel.latest)
    asked = [(origin, task.unit(origin)) for origin in range(cut, task.panel.last - horizon + 1)]
    observed = np.concatenate([task.labels(truth, origin).within[:, horizon - 1] for origin, _ in asked])
    ours, rules = (np.concatenate([fit.forecast(unit).score(horizon) for _, unit in asked]) for fit in fits)
    cluster = np.concatenate([unit.cluster for _, unit in asked])
    origin = np.concatenate([np.full(len(unit.members), at, np.int32) for at, unit in asked])
    known = ~np.isnan(observed)
    rng = np.random.default_rng(1)
    gain, low, _ = paired_difference(
        observed[known], ours[known], rules[known], cluster[known], origin[known], horizon, draws=200, rng=rng
    )
    assert gain > 0.05
    assert low > 0
