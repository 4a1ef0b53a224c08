"""The income model on panels: banked periods by hand, the very process drawn and asked, thin and irregular reports."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, ndtr

from panels import Case, histories, read, table, unit_of, values
from relapse import config
from relapse.core.panel import Panel

BELOW, FIRST = "structural__log_odds_below", "structural__log_odds_first"
MONTHS = [f"{2000 + month // 12}-{month % 12 + 1:02d}" for month in range(60)]


def block(**settings):
    return config.option("features", "structural", **settings)


def process(window: int, frequency: str, households=4000, periods=60, own=0.0, seed=3, gone=0.0) -> pd.DataFrame:
    """Incomes by the block's own process, the line is `window`; every period's season is known from the process.

    Args:
        own: standard deviation of what a household's own seasons add.
        gone: share of the reports that are missing.
    """
    rng = np.random.default_rng(seed)
    year = {"monthly": 12, "quarterly": 4, "annual": 1}[frequency]
    season = 1 + (0.3 * np.sin(2 * np.pi * np.arange(year) / year) if year > 1 else 0)
    each = np.maximum(season + rng.normal(0, own, (households, year)), 0.05)
    spread = 0.5 if window > 1 else 0.3
    lasting = rng.normal(0.35, 0.3, (households, 1)) + np.cumsum(rng.normal(0, 0.2 / year, (households, periods)), 1)
    passing = np.exp(rng.normal(-(spread**2) / 2, spread, (households, periods)))
    income = np.exp(lasting) * passing * each[:, np.arange(periods) % year]
    first = {"monthly": MONTHS, "quarterly": [f"{2000 + q // 4}Q{q % 4 + 1}" for q in range(60)]}
    names = first.get(frequency, [str(1940 + k) for k in range(60)])[:periods]
    frame = pd.DataFrame(
        {
            "hh": np.repeat([f"h{k:04d}" for k in range(households)], periods),
            "period": np.tile(names, households),
            "income": income.ravel(),
            "village": np.repeat([f"v{k % 40}" for k in range(households)], periods),
        }
    )
    return frame[rng.random(len(frame)) >= gone]


def asked(panel: Panel, as_of: int, leads: list[int]):
    """Chances of states and of first falls, and what came of them."""
    unit = unit_of(panel, as_of, {"structural": block()}, leads)
    span = panel.as_of(panel.last).histories(unit.members, end=as_of + max(leads), lags=max(leads))
    came = span.below[:, ::-1]
    return unit, came


WINDOWS = {
    "one year": (1, "annual", 14, [1, 2, 3], {"frequency": "annual"}),
    "four quarters": (4, "quarterly", 40, [1, 2, 4, 6], {"frequency": "quarterly", "window": 4, "lookback": 16}),
    "twelve months": (12, "monthly", 60, [1, 3, 6, 12], {"frequency": "monthly", "window": 12, "lookback": 30}),
    "a quarter": (1, "quarterly", 24, [1, 2, 4], {"frequency": "quarterly", "lookback": 16}),
}


@pytest.mark.parametrize("name", WINDOWS)
@pytest.mark.parametrize("gone", [0.0, 0.15])
def test_chances__are_those_of_the_process_that_made_the_incomes(name, gone):
    """As many fall below as the chances say, of all and of the riskiest fifth, with reports missing at random too."""
    window, frequency, periods, leads, settings = WINDOWS[name]
    whole = process(window, frequency, periods=periods)
    told = whole if not gone else process(window, frequency, periods=periods, gone=gone)
    share = {"reported_share": 0.5} if window > 1 else {}
    truth, panel = (read(frame, float(window), village="village", **settings, **share) for frame in (whole, told))
    as_of = panel.last - max(leads)
    unit, _ = asked(panel, as_of, leads)
    places = np.searchsorted(truth.household_ids, unit.household_ids)
    span = truth.as_of(truth.last).histories(places.astype(np.int32), end=as_of + max(leads), lags=max(leads))
    below = span.below[:, ::-1]
    for place, lead in enumerate(leads):
        chance = expit(unit.column(BELOW, place))
        assert chance.mean() == pytest.approx(below[:, lead - 1].mean(), abs=0.02)
        worst = np.argsort(-chance)[: len(chance) // 5]
        assert chance[worst].mean() == pytest.approx(below[worst, lead - 1].mean(), abs=0.06)
        first = expit(unit.column(FIRST, place))
        above = below[:, lead - 2] == 0 if lead > 1 else np.ones(len(below), dtype=bool)
        assert first[above].mean() == pytest.approx(below[above, lead - 1].mean(), abs=0.02)


def test_chance__with_banked_months_by_hand():
    """Four months of 30 against a line of 100: at lead 1, 90 are banked and 10 must come, where 30 are usual.

    Nothing ever changed in anybody's income, so what passes has the least variance, 0.0025, and the level is as certain
    as 27 months make it.
    """
    frame = table({f"h{k}": [30.0] * 30 for k in range(200)})
    frame["period"] = frame["period"].map(lambda year: MONTHS[int(year) - 2000])
    known = histories(read(frame, frequency="monthly", window=4, lookback=24), MONTHS[29])
    made = values(block(), known, [1, 2, 3, 4])[BELOW][0]
    # 4 months: 120 expected where 100 are needed, variance of the logarithm 0.0025 / 4 and that of the level
    doubt = 0.0025 / 27
    spread = np.sqrt(doubt + np.log1p(0.0025 / 4))
    expected = (np.log(100 / 120) + spread**2 / 2) / spread
    assert expected == pytest.approx(-6.8, abs=0.1)
    assert made[3] == pytest.approx(np.log(ndtr(expected)), abs=0.3)
    # 10 of the usual 30, 40 of 60 and 70 of 90 must come: far beyond what can be told apart, and no infinite number
    assert made[0] == made[1] < -30
    assert np.isfinite(made).all()


def test_banked__decides_where_two_households_differ_in_nothing_else():
    """Both earned as much in a year; one earned it in the months that stay in the window."""
    rng = np.random.default_rng(5)
    months = 24
    frame = process(12, "monthly", households=60, periods=months)
    lately = np.where(np.arange(12) < 6, 0.4, 1.9)
    for name, bonus in (("late", lately), ("soon", lately[::-1])):
        usual = np.append(rng.uniform(1.1, 1.2, 12), bonus)
        mine = pd.DataFrame({"hh": name, "period": MONTHS[:months], "income": usual, "village": "v1"})
        frame = pd.concat([frame, mine], ignore_index=True)
    panel = read(frame, 12.0, frequency="monthly", window=12, village="village", lookback=12)
    known = panel.as_of(panel.last).everyone
    made = values(block(), known, [6])[BELOW]
    late, soon = (made[list(panel.household_ids).index(name)][0] for name in ("late", "soon"))
    assert late < soon - 1


def test_a_household_seen_once__is_believed_to_be_much_like_those_around_it():
    frame = process(1, "annual", households=300, periods=10)
    poor = frame["village"] == "v1"
    frame.loc[poor, "income"] *= 0.5
    once = [{"hh": f"new{village}", "period": "1949", "income": 1.2, "village": village} for village in ("v1", "v2")]
    strange = {"hh": "newv3", "period": "1949", "income": 1e9, "village": "v3"}
    panel = read(pd.concat([frame, pd.DataFrame([*once, strange])]), 1.0, frequency="annual", village="village")
    made = values(block(shrink_households=1), panel.as_of(panel.last).everyone, [1])[BELOW]
    chance = dict(zip(panel.household_ids, expit(np.array(made)[:, 0]), strict=True))
    assert 0.02 < chance["newv2"] < chance["newv1"] < 0.9
    assert 0 <= chance["newv3"] < 1e-3


def test_own_seasons__are_learned_where_households_differ_in_them():
    """A year of harvests to come: who harvests within the lead is safer than who did not use to."""
    frame = process(12, "monthly", households=1500, periods=54, own=0.8)
    panel = read(frame, 12.0, frequency="monthly", window=12, village="village", lookback=36)
    known = panel.as_of(panel.last - 3).everyone
    learned = block()._moves(known, block().tally(known))
    assert learned.own == pytest.approx(0.8**2, rel=0.4)
    unit, below = asked(panel, panel.last - 3, [3])
    chance = expit(unit.column(BELOW, 0))
    assert chance.mean() == pytest.approx(below[:, 2].mean(), abs=0.02)


def test_line__that_is_known_to_rise_counts_at_its_lead():
    frame = process(1, "annual", households=200, periods=12)
    frame["period"] = (frame["period"].astype(int) + 70).astype(str)  # 2010 … 2021
    rows = [
        {"region_code": "00", "valid_from": f"{year}-01-01", "line": line, "announced_on": f"{year - 2}-06-30",
         "source": "test", "assumed": True}
        for year, line in ((2005, 1.0), (2022, 1.0), (2023, 1.5))
    ]  # fmt: skip
    line = config.option("line", "county", rows=rows, holds_months=240)
    panel = read(frame, line, frequency="annual", region="210727", lookback=10)
    same = read(frame, 1.0, frequency="annual", lookback=10)
    rising, flat = (values(block(), each.as_of(each.last).everyone, [1, 2])[BELOW] for each in (panel, same))
    np.testing.assert_allclose(np.array(rising)[:, 0], np.array(flat)[:, 0], atol=1e-5)
    assert (np.array(rising)[:, 1] > np.array(flat)[:, 1]).all()


def test_irregular_waves__and_panels_of_one_period_stay_finite(cases: dict[str, Case]):
    waves = cases["waves"].panel()
    made = values(block(), waves.as_of(waves.last).everyone, [1, 2, 4])
    assert np.isfinite(made[BELOW]).all()
    assert np.isfinite(made[FIRST]).all()
    once = read(table({"a": [None, 1.5], "b": [None, 2.0], "c": [None, 0.5], "d": [1.0, None]}), 1.0)
    chance = expit(np.array(values(block(), histories(once, "2001"), [1, 9])[BELOW]))
    assert (chance[2] > chance[0]).all()
    assert (chance[0] > chance[1]).all()
