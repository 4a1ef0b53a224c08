"""Shares of kinds in the one hazard: they add up, what cannot be is exactly nothing, and they find what there is."""

from __future__ import annotations

import numpy as np
import pytest

from relapse.core.catalogue import Feature, FeatureTable
from relapse.core.forecast import HazardForecast, Kinds, masked_softmax
from relapse.core.rows import Unit
from relapse.model.kinds import Entries, FittedKinds, KindShares

KINDS = ("unstable", "edge", "sudden")
RECIPE = KindShares(penalty=1.0, least_entries=50, prior_entries=1.0)
ILL = Feature("health__ill", "count", "whether somebody is ill", "health")
ROWS = 3000


def entries(seed: int = 0) -> Entries:
    """Exited households become unstable or sudden, others edge or sudden; the ill suddenly, at near leads more."""
    rng = np.random.default_rng(seed)
    ill, exited = rng.random(ROWS) < 0.5, rng.random(ROWS) < 0.6
    lead = rng.integers(1, 13, ROWS).astype(np.int32)
    sudden = rng.random(ROWS) < chance_of_sudden(ill, lead)
    kind = np.where(sudden, 2, np.where(exited, 0, 1)).astype(np.int8)
    return Entries([ILL.name], ill[:, None].astype(np.float32), lead, can(exited), kind)


def chance_of_sudden(ill: np.ndarray, lead: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(1.5 - 2 * ill + 0.6 * np.log(lead)))


def can(exited: np.ndarray) -> np.ndarray:
    return np.stack([exited, ~exited, np.ones_like(exited)], axis=1)


def unit(ill: list[float], possible: np.ndarray | None, leads: tuple[int, ...] = (1, 6, 12)) -> Unit:
    places = np.arange(len(ill), dtype=np.int32)
    table = FeatureTable((ILL,), np.array(ill, np.float32)[:, None])
    return Unit(0, places, places.astype(object), places, np.array(leads, np.int32), table, possible)


def shares_of(fitted: FittedKinds, asked: Unit) -> np.ndarray:
    told = fitted.of(asked)
    assert told is not None
    return told.shares()


def test_shares__find_what_there_is_and_rule_out_what_cannot_be():
    fitted = RECIPE.fit(KINDS, entries())
    asked = unit([1, 0, 1], can(np.array([True, True, False])))
    shares = shares_of(fitted, asked)
    assert shares.shape == (3, 3, 3)
    np.testing.assert_allclose(shares.sum(axis=2), 1, atol=1e-12)
    assert (shares[[0, 1], :, 1] == 0).all()
    assert (shares[2, :, 0] == 0).all()
    for row, ill in enumerate([1, 0, 1]):
        np.testing.assert_allclose(shares[row, :, 2], chance_of_sudden(np.array(ill), asked.leads), atol=0.06)


def test_shares__with_few_entries_are_the_same_for_all_who_can_have_them():
    few = entries()
    few = Entries(few.names, few.matrix[:40], few.lead[:40], few.possible[:40], few.kind[:40])
    for fitted in (RECIPE.fit(KINDS, few), RECIPE.alike().fit(KINDS, entries())):
        shares = shares_of(fitted, unit([1, 0], can(np.array([True, True]))))
        assert fitted.names == ()
        assert (shares[0] == shares[1]).all()
        assert (shares[:, 0] == shares[:, 2]).all()
    usual = entries().kind[entries().possible[:, 0]]
    assert shares[0, 0, 2] == pytest.approx((usual == 2).mean(), abs=0.04)


def test_shares__are_not_made_up_where_it_is_not_known_who_can_have_what():
    assert RECIPE.fit(KINDS, entries()).of(unit([1], None)) is None


def test_shares__come_back_from_their_file():
    fitted = RECIPE.fit(KINDS, entries())
    again = FittedKinds.restore(fitted.dump())
    asked = unit([1, 0, float("nan")], can(np.array([True, False, True])))
    np.testing.assert_array_equal(shares_of(again, asked), shares_of(fitted, asked))
    assert again.dump() == fitted.dump()


def test_masked_softmax__where_nothing_is_possible_there_is_no_share():
    odds = np.array([[0.0, 1000.0, -1000.0], [5.0, 5.0, 5.0]])
    shares = masked_softmax(odds, np.array([[True, False, True], [False, False, False]]))
    np.testing.assert_allclose(shares, [[1, 0, 0], [0, 0, 0]])


def test_chances_of_kinds__by_hand__add_up_and_never_fall_with_the_horizon():
    hazards = np.array([[0.1, 0.5]])
    odds = np.log([[0.25, 0.75], [0.8, 0.2]])  # shares at lead 1, at lead 2
    kinds = Kinds(("unstable", "sudden"), np.zeros((1, 2)), odds, np.ones((1, 2), bool))
    forecast = HazardForecast(np.array([1, 2], np.int32), hazards, hazards, True, kinds)
    # entries at lead 1: 0.1; at lead 2: 0.9 * 0.5 = 0.45
    np.testing.assert_allclose(forecast.entries(2), [[0.1, 0.45]])
    assert forecast.risk_of("unstable", 2) == pytest.approx(0.025 + 0.36)
    assert forecast.risk_of("sudden", 2) == pytest.approx(0.075 + 0.09)
    assert forecast.risk_of("sudden", 1) == pytest.approx(0.075)
    for horizon in (1, 2):
        added = forecast.risk_of("unstable", horizon) + forecast.risk_of("sudden", horizon)
        np.testing.assert_allclose(added, forecast.risk(horizon), rtol=1e-12)
    assert forecast.expected_lead(2) == pytest.approx((0.1 + 2 * 0.45) / 0.55)
    with pytest.raises(ValueError, match="does not tell kinds"):
        HazardForecast(np.array([1], np.int32), hazards[:, :1], hazards[:, :1], True).risk_of("edge", 1)
