"""The hazard regression with durations: where each duration has its own level, the hazard is events over at risk."""

from __future__ import annotations

import numpy as np
import pytest

from relapse import config
from relapse.core.catalogue import Feature, FeatureTable
from relapse.core.rows import LEAD, TrainingRows, Unit

ENTRIES = (
    Feature("history__spell_above", "periods", "meaning", "history"),
    Feature("season__of_target", "count", "meaning", "season"),
    Feature("season__years_ahead", "own", "meaning", "season", modelled=False),
    Feature("season__period_years", "own", "meaning", "season", modelled=False),
    LEAD,
)
# months out of poverty: at risk, and how many fell; at lead 1 the duration is what it is at the origin
TOLD = {3: (200, 40), 9: (300, 30), 18: (400, 20), 30: (500, 10), 50: (600, 6)}


def rows(months=TOLD, season=lambda number: 5) -> TrainingRows:
    each = [(spell, fell < events) for spell, (count, events) in months.items() for fell in range(count)]
    spell, event = np.array([row[0] for row in each]), np.array([row[1] for row in each], np.float64)
    count = np.arange(len(each))
    columns = [spell, [season(number) for number in count], np.full(len(each), 1 / 12), np.full(len(each), 1 / 12)]
    matrix = np.stack([*columns, np.ones(len(each))], axis=1).astype(np.float32)
    ones, leads = np.ones(len(each)), np.array([1], np.int32)
    counts = (int(event.sum()), len(each), (0,))
    return TrainingRows(ENTRIES, matrix, event, ones, ones.astype(np.int32), leads, *counts, True, lambda: ones)


def asked(spells, leads, season=5) -> Unit:
    ahead = np.array(leads)
    common = np.stack([np.full(len(ahead), season), ahead / 12, np.full(len(ahead), 1 / 12)], axis=1)
    table = FeatureTable((ENTRIES[0],), np.array(spells, np.float32)[:, None])
    table = table.with_common(ENTRIES[1:4], common.astype(np.float32))
    count = len(spells)
    ids = np.array([f"h{k}" for k in range(count)], dtype=object)
    return Unit(
        0, np.arange(count, dtype=np.int32), ids, np.arange(count, dtype=np.int32), ahead.astype(np.int32), table
    )


def fit(link, told=None):
    model = config.option("model", "logit_duration", link=link, penalty=1e6, iterations=2000)
    return model.fit(rows() if told is None else told, np.random.default_rng(1))


@pytest.mark.parametrize("link", ["logit", "cloglog"])
def test_hazard__of_each_duration_is_events_over_at_risk(link):
    margin = fit(link).margin(asked(list(TOLD), [1]))[:, 0]
    hazards = [events / count for count, events in TOLD.values()]  # 0.2, 0.1, 0.05, 0.02, 0.01
    np.testing.assert_allclose(1 / (1 + np.exp(-margin)), hazards, rtol=2e-3)


def test_duration__moves_on_with_the_lead_over_the_next_step():
    # two months out of poverty: up to the end of month six the first level holds, then the second
    leads = [1, 4, 5, 6, 11]
    margins = fit("logit").margin(asked([2], leads))[0]  # of them, the fit has seen the first lead alone
    np.testing.assert_allclose(np.diff(margins)[[1, 3]], 0, atol=1e-9)
    first, second = (np.log(hazard / (1 - hazard)) for hazard in (0.2, 0.1))
    assert np.diff(margins)[2] == pytest.approx(second - first, abs=0.01)


def test_calendar_month__has_a_level_of_its_own():
    # half of each duration's households are forecast for May, half for June, and only in May does anybody fall
    told = rows({3: (400, 0), 50: (400, 0)}, season=lambda number: 5 + number % 2)
    event = ((told.column("season__of_target") == 5) & (np.arange(800) % 8 == 0)).astype(np.float64)
    fitted = fit("logit", TrainingRows(**{**vars(told), "event": event}))
    may, june = fitted.margin(asked([3], [1], 5)), fitted.margin(asked([3], [1], 6))
    assert 1 / (1 + np.exp(-may[0, 0])) == pytest.approx(0.25, abs=0.01)
    assert 1 / (1 + np.exp(-june[0, 0])) < 0.01


@pytest.mark.parametrize("link", ["logit", "cloglog"])
def test_contributions__with_the_base_sum_to_the_margin(link):
    fitted, unit = fit(link), asked([0, 3, 9, np.nan, 50], [1, 7, 30])
    places = np.arange(3)
    parts = fitted.contributions(unit, places)
    np.testing.assert_allclose(parts.sum(axis=1), fitted.margin(unit).mean(axis=1), rtol=0, atol=1e-9)
    assert (parts[:, 2:-1] == 0).all(), "duration counts for the clock, the season for the month"
