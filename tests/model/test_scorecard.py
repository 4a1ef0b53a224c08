"""A card with one item and two, worked out by hand: 200 households, of which 30 fell."""

from __future__ import annotations

import json

import numpy as np
import pytest

from relapse import config
from relapse.core.catalogue import Feature, FeatureTable
from relapse.core.errors import InputError
from relapse.core.rows import LEAD, TrainingRows, Unit
from relapse.model.calibration.by_lead import ByLead
from relapse.model.scorecard import Item, Scorecard, Sign, weights_of_evidence

ILL = Feature("people__serious_count", "persons", "meaning", "illness")
GRADE = Feature("people__disability_grade", "count", "meaning", "disability")
WORK = Feature("work__months_6m_change", "periods", "meaning", "job")
SERIOUS = Item("serious", (Sign(ILL.name, (1, 2), "more"), Sign(GRADE.name, (2.5,), "less")))
LOST = Item("lost work", (Sign(WORK.name, (-2.5,), "less"),))


def rows(**columns) -> TrainingRows:
    entries = {entry.name.partition("__")[2]: entry for entry in (ILL, GRADE, WORK)}
    event = np.array(columns.pop("event"), np.float64)
    chosen = [entries[name] for name in columns]
    ones = np.ones(len(event))
    matrix = np.stack([*columns.values(), ones], axis=1).astype(np.float32)
    counts = (int(event.sum()), len(event), (0,))
    lead, leads = ones.astype(np.int32), np.array([1], np.int32)
    return TrainingRows((*chosen, LEAD), matrix, event, ones, lead, leads, *counts, True, lambda: ones)


def fell(*groups):
    """(rows,) events of groups of (events, others)."""
    return np.concatenate([[1.0] * events + [0.0] * others for events, others in groups])


def by_band(values, *groups):
    return np.repeat(np.array(values, float), [events + others for events, others in groups])


def card(*items) -> Scorecard:
    return Scorecard(items, 20, 100, ByLead(prior_events=20))


def unit(*columns) -> Unit:
    entries, values = zip(*columns, strict=True)
    made = np.stack(values, axis=1).astype(np.float32)
    count = len(made)
    ids = np.array([f"h{k}" for k in range(count)], dtype=object)
    leads = np.array([1], np.int32)
    numbers = np.arange(count, dtype=np.int32)
    return Unit(0, numbers, ids, numbers, leads, FeatureTable(tuple(entries), made))


GROUPS = ((10, 140), (5, 15), (15, 15))


def test_points__of_one_item_by_hand():
    # weights of evidence: ln(10.5/31) - ln(140.5/171) = -0.8862; ln(5.5/31) - ln(15.5/171) = 0.6716;
    # ln(15.5/31) - ln(15.5/171) = 1.7077. The regression's one coefficient is near 1 (evidence is the log-odds less
    # those of all, up to the halves that are added), so points are near 20 / ln 2 = 28.854 times these: -26, 19, 49
    told = rows(serious_count=by_band([0, 1, 2], *GROUPS), event=fell(*GROUPS))
    line = card(SERIOUS).fit(told, np.random.default_rng(1)).lines[0]
    np.testing.assert_allclose(line.evidence, [-0.8862, 0.6716, 1.7077], atol=1e-4)
    np.testing.assert_allclose(line.points, [0, 45, 76], atol=2)
    np.testing.assert_array_equal(line.points, np.rint(line.points))
    np.testing.assert_array_equal(line.events, [10, 5, 15])
    assert line.mean == pytest.approx((150 * 0 + 20 * line.points[1] + 30 * line.points[2]) / 200)


def test_score__is_100_at_the_odds_of_all_and_doubles_them_with_20_points():
    told = rows(serious_count=by_band([0, 1, 2], *GROUPS), event=fell(*GROUPS))
    fitted = card(SERIOUS).fit(told, np.random.default_rng(1))
    scores = fitted.lines[0].points + fitted.constant
    odds = np.array([10 / 140, 5 / 15, 1.0])
    np.testing.assert_allclose(scores, 100 + 20 * np.log2(odds / (30 / 170)), atol=2.5)


def test_bands__are_merged_until_risk_rises_with_them():
    # the middle band fell less often than the one before it: 10 of 100 and 2 of 50, together 12 of 150
    made = weights_of_evidence(np.array([10.0, 2, 18]), np.array([90.0, 48, 32]))
    assert made[0] == made[1] == pytest.approx(np.log(12.5 / 31) - np.log(138.5 / 171))
    assert made[2] == pytest.approx(np.log(18.5 / 31) - np.log(32.5 / 171))
    nobody = weights_of_evidence(np.array([10.0, 0, 18]), np.array([90.0, 0, 32]))
    assert nobody[0] == nobody[1] < nobody[2]


def test_items__count_the_gravest_sign_and_everybodys_odds_where_none_is_known():
    bands, sign = SERIOUS.bands(
        {ILL.name: np.array([0, 1, 2, np.nan, np.nan]), GRADE.name: np.array([1, 4, 2, 2, np.nan])}.__getitem__
    )
    assert bands.tolist() == [1, 1, 2, 1, -1]
    assert sign.tolist() == [1, 0, 0, 1, 0]
    told = rows(serious_count=by_band([0, 1, 2], *GROUPS), event=fell(*GROUPS))
    line = card(SERIOUS).fit(told, np.random.default_rng(1)).lines[0]
    assert line.points[0] < line.unknown < line.points[1]
    assert line.unknown + card(SERIOUS).fit(told, np.random.default_rng(1)).constant == pytest.approx(100, abs=2)


def test_items_that_the_data_do_not_tell__are_left_out_and_named():
    told = rows(serious_count=by_band([0, 1, 2], *GROUPS), months_6m_change=[np.nan] * 200, event=fell(*GROUPS))
    fitted = card(SERIOUS, LOST).fit(told, np.random.default_rng(1))
    table = json.loads(fitted.dump()["scorecard.json"])
    assert [item["item"] for item in table["items"]] == ["serious"]
    assert table["items"][0]["signs"] == [{"feature": ILL.name, "riskier": "more", "edges": [1, 2]}]
    assert table["left_out_since_the_data_do_not_tell"] == ["lost work"]
    with pytest.raises(InputError, match="the scorecard needs at least one of work__months_6m_change"):
        card(LOST).fit(told, np.random.default_rng(1))


def test_contributions__of_each_item_go_to_its_sign():
    lost = np.tile([-3.0, 0, 0, 0], 50)
    told = rows(
        serious_count=by_band([0, 1, 2], *GROUPS),
        disability_grade=[4.0] * 200,
        months_6m_change=lost,
        event=np.maximum(fell(*GROUPS), (lost < 0) & (np.arange(200) % 3 == 0)),
    )
    fitted = card(SERIOUS, LOST).fit(told, np.random.default_rng(1))
    asked = unit((ILL, [0.0, 2, 0]), (GRADE, [4.0, 4, 1]), (WORK, [0.0, 0, -3]))
    parts = fitted.contributions(asked, np.array([0]))
    np.testing.assert_allclose(parts.sum(axis=1), fitted.margin(asked)[:, 0], rtol=0, atol=1e-9)
    assert parts[1, 0] > 0 == parts[1, 1], "two seriously ill"
    assert parts[2, 1] > 0 == parts[2, 0], "disabled of grade 1"
    assert parts[2, 2] > 0 > parts[1, 2]


def test_the_shipped_card__has_ten_items():
    assert len(config.option("model", "scorecard").items) == 10
