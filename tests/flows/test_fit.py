"""Held against the rule: where later origins do not bear the model out, the rule is used, and it is said why."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from own_features import VillageNumber
from panels import poisoned, read, signal_case, table, task_of, walk
from relapse import config
from relapse.core.errors import InputError
from relapse.core.texts import event_words, text
from relapse.flows.fit import _asked as asked_of
from relapse.flows.fit import fit_hazard, fit_tried, mapped
from relapse.flows.rows import kept_units
from relapse.model.calibration.by_lead import LeadMaps


@pytest.fixture(scope="module")
def boosted():
    return config.option("model", "lgbm_hazard", trees=40)


class Villages:
    """A model that learns nothing and writes down of which villages it was told, and about which it was asked."""

    name, guarded = "villages", True

    def __init__(self):
        self.fitted = []

    def fit(self, rows, rng):
        self.fitted.append(Told(set(rows.column("own__village").tolist())))
        return self.fitted[-1]


class Told:
    def __init__(self, learned):
        self.learned, self.asked = learned, set()

    def margin(self, unit):
        self.asked |= set(unit.column("own__village").tolist())
        return -unit.column("income__log_ratio_mean")[:, None] * np.ones(len(unit.leads))


def same_as_the_rule(task, fit, rule, calibration, as_of):
    ruled = fit_hazard(task, rule, rule, calibration, as_of).hazard.forecast(task.unit(as_of))
    ours = fit.hazard.forecast(task.unit(as_of))
    np.testing.assert_array_equal(ours.margin, ruled.margin)
    np.testing.assert_array_equal(ours.chance, ruled.chance)
    assert (fit.hazard.share, fit.hazard.model) == (0.0, None)


@pytest.mark.parametrize(("households", "years", "reason"), [(100, 6, "too_few_events"), (225, 8, "too_few_to_check")])
def test_small_panels__keep_the_rule_and_say_the_numbers(households, years, reason, boosted, rule, calibration):
    """600 rows and 1,800 rows: the forecast is the rule's, to the last bit."""
    task = task_of(walk(households, years), [1, 2])
    assert len(task.panel.income) in (600, 1800)
    as_of = task.panel.last
    fit = fit_hazard(task, boosted, rule, calibration, as_of)
    same_as_the_rule(task, fit, rule, calibration, as_of)
    assert fit.evidence.reason == reason
    events, needed = int(fit.evidence.details["events"]), int(fit.evidence.details["needed"])
    assert 0 < events < needed
    for language in ("zh", "en"):
        said = text(f"fallback.{reason}", language, **fit.evidence.details, **event_words("below_line", language))
        assert str(events) in said
        assert str(needed) in said


def test_where_the_rule_knows_all__it_stays(boosted, rule, calibration):
    """Enough events, but income is a random walk: later origins do not bear the model out."""
    task = task_of(walk(700, 12), [1, 2])
    calibration = replace(calibration, least_events=50)
    fit = fit_hazard(task, boosted, rule, calibration, task.panel.last)
    assert fit.events > 100
    same_as_the_rule(task, fit, rule, calibration, task.panel.last)
    assert fit.evidence.reason == "no_evidence"
    assert np.mean(list(fit.evidence.gain.values())) <= 0


def test_where_there_is_a_signal__the_model_is_used_and_calibrated(fitted, signal_task):
    fit = fitted("lgbm_hazard")
    assert fit.evidence.share > 0
    assert set(fit.evidence.gain) == {1, 2, 4}
    assert min(fit.evidence.gain.values()) > 0
    truth = signal_task.panel.as_of(signal_task.panel.latest)
    origin = signal_task.panel.last - 4
    observed = signal_task.labels(truth, origin).within[:, 3]
    known = ~np.isnan(observed)
    chance = fit.hazard.forecast(signal_task.unit(origin)).risk(4)
    assert 0.7 < observed[known].sum() / chance[known].sum() < 1.4


@pytest.fixture(scope="module")
def young_task(signal_task):
    """The signal panel where all events are too young to be divided by time."""
    return replace(signal_task, split=replace(signal_task.split, calibration_years=50.0))


def test_events_too_young_to_be_divided_by_time__other_places_bear_the_model_out(young_task, quick, rule, calibration):
    as_of = young_task.panel.last - 4
    fit = fit_hazard(young_task, quick("lgbm_hazard"), rule, calibration, as_of)
    assert (fit.evidence.share > 0, fit.evidence.places) == (True, True)
    assert min(fit.evidence.gain.values()) > 0
    truth = young_task.panel.as_of(young_task.panel.latest)
    observed = young_task.labels(truth, as_of).within[:, 3]
    known = ~np.isnan(observed)
    chance = fit.hazard.forecast(young_task.unit(as_of)).risk(4)
    assert 0.7 < observed[known].sum() / chance[known].sum() < 1.4


def test_other_places__where_the_rule_knows_all_it_stays(boosted, rule, calibration):
    task = task_of(walk(1500, 6), [1])
    task = replace(task, split=replace(task.split, calibration_years=50.0))
    fit = fit_hazard(task, boosted, rule, calibration, task.panel.last)
    same_as_the_rule(task, fit, rule, calibration, task.panel.last)
    assert (fit.evidence.reason, fit.evidence.places) == ("no_evidence", True)


def test_other_places__nobody_is_asked_about_whom_the_fit_has_learned(young_task, rule, calibration):
    """The labels of a village's households and what is asked about them never meet in one fit."""
    task = replace(young_task, features={**young_task.features, "village": VillageNumber()}, units=kept_units())
    probe = Villages()
    fit_hazard(task, probe, rule, replace(calibration, required_gain=-1.0), task.panel.last - 4)
    *parts, whole = probe.fitted
    assert len(parts) == calibration.folds
    assert len(whole.learned) == 40
    for part in parts:
        assert part.asked
        assert not part.asked & part.learned
    assert set.union(*(part.asked for part in parts)) == whole.learned


def test_other_places__do_not_know_what_became_known_later(young_task, quick, rule, calibration):
    as_of = young_task.panel.last - 4
    case = replace(signal_case(), as_of=(young_task.panel.calendar.label(as_of),))
    spoilt = task_of(case.panel(poisoned(case, as_of)), [1, 2, 4])
    spoilt = replace(spoilt, split=young_task.split)
    fits = [fit_hazard(task, quick("lgbm_hazard"), rule, calibration, as_of) for task in (young_task, spoilt)]
    assert fits[0].evidence.places and fits[0].evidence.share > 0
    assert fits[0].evidence == fits[1].evidence
    assert fits[0].hazard.dump() == fits[1].hazard.dump()


def test_one_village_at_one_origin__is_no_evidence(boosted, rule, calibration):
    """Nothing can be resampled, so no interval exists: that is not the same as a gain."""
    rng = np.random.default_rng(1)
    years, households = 8, 400
    frame = pd.DataFrame(
        {
            "hh": np.repeat([f"k{k:04d}" for k in range(households)], years),
            "period": np.tile(np.arange(2000, 2000 + years).astype(str), households),
            "income": np.exp(rng.normal(0.8, 0.5, households * years)) * 1000,
            "village": "the only one",
        }
    )
    task = task_of(read(frame, 1000.0, village="village"), [1])
    model = replace(boosted, least_events=20, trees=5, regression=None)
    fit = fit_hazard(task, model, rule, replace(calibration, least_events=5), task.panel.last)
    assert fit.evidence.share == 0
    assert fit.evidence.reason == "no_evidence"


@pytest.mark.parametrize("falls", [0, 3])
def test_no_event_or_too_few__says_how_many_and_how_many_are_needed(falls, boosted, rule, calibration):
    fates = {f"{k}": [200, 200, 200, 50 if k < falls else 200] for k in range(30)}
    task = task_of(read(table(fates)), [1])
    for model in (boosted, rule):
        with pytest.raises(InputError) as told:
            fit_hazard(task, model, rule, calibration, 2003)
        assert str(told.value).startswith(
            f"{falls} falls below the line had closed and were known at 2003 among 30 households"
        )
        assert str(told.value).endswith("at least 5 are needed: take a later as_of, a higher line or more data")


def test_too_few_events_of_a_state_that_stands_in_the_file__no_line_is_advised(rule, calibration):
    frame = table({f"{k}": [200, 200, 200, 200] for k in range(9)}).assign(poor=0)
    task = task_of(read(frame, label="poor"), [1])
    with pytest.raises(InputError, match="at least 5 are needed: take a later as_of or more data"):
        fit_hazard(task, rule, rule, calibration, 2003)


def test_before_there_are_labels__the_same(rule, calibration):
    task = task_of(read(table({f"{k}": [200, 50, 200, 50] for k in range(9)})), [1])
    with pytest.raises(InputError, match="0 falls below the line had closed and were known at 2000"):
        fit_hazard(task, rule, rule, calibration, 2000)


def test_fit__same_seed_same_bytes__other_seed_other_model(signal_task, quick, rule, calibration, fitted):
    as_of = signal_task.panel.last - 4
    first = fitted("lgbm_hazard").hazard.dump()
    other = fit_hazard(replace(signal_task, seed=2), quick("lgbm_hazard"), rule, calibration, as_of).hazard.dump()
    assert first["model/lightgbm_0.txt"] != other["model/lightgbm_0.txt"]
    assert first["rule/maps.json"] == other["rule/maps.json"]


def test_fit__does_not_depend_on_what_was_fitted_before(quick, rule, calibration):
    """Origins of a backtest share their units; the order in which they are asked must not show."""
    panel = signal_case(households=200).panel()
    one, other = task_of(panel, [1, 2]), task_of(panel, [1, 2])
    for as_of in (panel.last - 2, panel.last - 6):
        fit_hazard(one, quick("logit"), rule, calibration, as_of)
    alone = fit_hazard(other, quick("logit"), rule, calibration, panel.last - 6)
    again = fit_hazard(one, quick("logit"), rule, calibration, panel.last - 6)
    assert alone.hazard.dump() == again.hazard.dump()


def test_levelled__expects_as_many_events_as_came():
    rng = np.random.default_rng(0)
    margin = rng.normal(-3, 1, (4000, 3))
    chance = 1 / (1 + np.exp(-margin))
    event = (rng.random(margin.shape) < chance / 2).astype(float)
    event[:100, 2] = np.nan
    maps = LeadMaps(np.array([1, 2, 3], np.int32), np.zeros(3), np.ones(3))
    levelled = maps.levelled(margin, event, np.ones(4000), prior_events=1)
    told = ~np.isnan(event)
    assert maps.chance(margin)[told].sum() > 1.8 * event[told].sum()
    assert levelled.chance(margin)[told].sum() == pytest.approx(event[told].sum(), rel=0.01)
    assert (levelled.slope == maps.slope).all()  # the order within a lead stays
    untold = maps.levelled(margin, np.full_like(event, np.nan), np.ones(4000), prior_events=1)
    assert untold.level.tolist() == maps.level.tolist()
    assert untold.slope is maps.slope
    twice = np.concatenate([np.arange(4000), np.arange(0, 4000, 2)])
    counted = maps.levelled(margin, event, np.tile([2.0, 1.0], 2000), prior_events=1)
    np.testing.assert_allclose(counted.level, maps.levelled(margin[twice], event[twice], np.ones(6000), 1).level)


def test_asked__all_with_an_event_and_a_weighted_sample_of_the_others(signal_task):
    known, origins = (
        signal_task.panel.as_of(signal_task.panel.latest),
        signal_task.training_origins(signal_task.panel.last)[-3:],
    )
    everyone, some = (asked_of(signal_task, known, origins, most) for most in (10**6, 400))
    assert all((each.weight == 1).all() for each in everyone)
    for whole, part in zip(everyone, some, strict=True):
        fell, met = ((each.event == 1).any(axis=1) for each in (whole, part))
        assert part.unit.household_ids[met].tolist() == whole.unit.household_ids[fell].tolist()
        assert (part.weight[met] == 1).all()
        assert len(set(part.weight[~met])) == 1
        assert part.weight.sum() == pytest.approx(len(whole.weight), rel=0.15)
        place = np.searchsorted(whole.unit.members, part.unit.members)
        np.testing.assert_array_equal(part.event, whole.event[place])
        np.testing.assert_array_equal(part.unit.matrix(0), whole.unit.matrix(0)[place])
    sizes = [sum(len(each.weight) for each in parts) for parts in (some, everyone)]
    assert sizes[0] < 0.5 * sizes[1]


def test_a_sample_of_later_origins__tells_what_all_of_them_tell(signal_task, quick, rule, calibration, fitted):
    as_of = signal_task.panel.last - 4
    sampled = fit_hazard(signal_task, quick("lgbm_hazard"), rule, replace(calibration, most_asked=1500), as_of)
    unit, whole = signal_task.unit(as_of), fitted("lgbm_hazard")
    assert sampled.evidence.share > 0
    chances = [fit.hazard.forecast(unit).risk(4).mean() for fit in (sampled, whole)]
    assert chances[0] == pytest.approx(chances[1], rel=0.08)  # 1,500 of several thousand tell the level so well
    assert chances[0] != chances[1]


def test_slope_kept__turns_the_maps_of_a_model(signal_task, quick, rule, calibration):
    """The same order and the same number expected at the newest origins, and slopes nearer to 1."""
    fit, tried = fit_tried(signal_task, quick("lgbm_hazard"), rule, calibration, signal_task.panel.last - 4)
    ways = [mapped(fit.hazard, tried, replace(calibration, slope_kept=kept)) for kept in (1.0, 0.5)]
    common = [np.exp(np.log(each.maps.slope).mean()) for each in ways]
    assert common[1] == pytest.approx(common[0] ** 0.5)
    assert common[0] != pytest.approx(1, abs=0.02)
    newest = [np.concatenate([each.forecast(one.unit).chance for one in tried.newest()]) for each in ways]
    weight = np.concatenate([one.weight for one in tried.newest()])[:, None]
    told = ~np.isnan(np.concatenate([one.event for one in tried.newest()]))
    expected = [float((each * weight)[told].sum()) for each in newest]
    assert expected[1] == pytest.approx(expected[0], rel=0.02)


def test_the_level_of_the_chances__is_the_less_sure_the_fewer_events_it_was_taken_at(rule, calibration):
    spreads = {}
    for households in (225, 900):
        task = task_of(walk(households, 8), [1, 2])
        fit = fit_hazard(task, rule, rule, calibration, task.panel.last)
        spreads[households] = fit.hazard.level_spread
        assert spreads[households] == pytest.approx(np.hypot(fit.events**-0.5, calibration.shock))
    assert spreads[225] > spreads[900] > calibration.shock
