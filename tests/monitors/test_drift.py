"""How far two lists lie apart, and which counts may be told."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

from relapse.monitors.drift import EDGES, in_bins, stability
from relapse.monitors.first_figures import drift, told_hits


def test_bins__count_everybody_once():
    chances = np.random.default_rng(1).random(5000) ** 4
    counts = in_bins(chances)
    assert sum(counts) == 5000
    assert counts[0] == int((chances < EDGES[0]).sum())
    assert counts[-1] == int((chances >= EDGES[-1]).sum())


def test_stability__is_small_for_two_samples_of_one_county_and_grows_as_they_part():
    rng = np.random.default_rng(2)
    one, other = (in_bins(rng.beta(1, 60, 4000)) for _ in range(2))
    moved = [stability(one, in_bins(rng.beta(1, 60 / factor, 4000))) for factor in (1.2, 2, 4)]
    assert stability(one, other) < 0.02
    assert moved == sorted(moved)
    assert moved[-1] > 0.25
    assert stability(one, moved_to := in_bins(rng.beta(1, 15, 4000))) == pytest.approx(stability(moved_to, one))


def manifest(as_of: str, counts: tuple[int, ...], horizon: int = 6, digest: str = "a") -> dict[str, object]:
    return {"as_of": as_of, "chances": list(counts), "horizon": horizon, "version_digest": digest}


def test_drift__compares_the_last_two_lists_that_tell_their_chances():
    steady, other = (100, 50, 10), (10, 50, 100)
    lists = [manifest("2023-01", other), manifest("2023-02", steady), {"as_of": "2023-03"}, manifest("2023-04", steady)]
    assert drift(lists) == {
        "before": "2023-02", "now": "2023-04", "horizon": 6, "stability": 0.0, "verdict": "steady",
        "same_version": True,
    }  # fmt: skip
    told = drift([manifest("1", steady), manifest("2", other, digest="b")])
    assert told is not None
    assert (told["verdict"], told["same_version"]) == ("much", False)
    assert drift([manifest("1", steady)]) is None
    assert drift([manifest("1", steady), manifest("2", steady, horizon=12)]) is None


def came(base: tuple[int, int], tiers: tuple[tuple[int, int], ...]) -> pd.DataFrame:
    """Rows as `what_came` gives them: (households, hits) of all at risk and of each tier."""
    listed = (sum(n for n, _ in tiers), sum(hits for _, hits in tiers))
    rows = [
        ("base", "", *base),
        ("all", "", *listed),
        *(("tier", f"t{place}", *each) for place, each in enumerate(tiers)),
    ]
    return pd.DataFrame(
        [(6, group, value, 3, n, hits, hits / n, 0.0, 1.0) for group, value, n, hits in rows],
        columns=["horizon", "group", "value", "lists", "n", "hits", "rate", "low", "high"],
    )


def test_hits__no_small_count_can_be_told_or_worked_out():
    """Whatever is printed fits other counts for every small one: tried for all of a small county's tables."""
    sizes = (30, 40, 25)
    printed: dict[str, set[tuple[int, ...]]] = {}
    for hits in product((0, 1, 2, 4, 5, 6), repeat=3):
        told = told_hits(came((2000, 60), tuple(zip(sizes, hits, strict=True))))
        key = str([(row["group"], row["value"], row["hits"], row["rate"], row["low"], row["few"]) for row in told])
        printed.setdefault(key, set()).add(hits)
    for same in printed.values():
        for place in range(3):
            values = {each[place] for each in same}
            assert len(values) > 1 or not values & {1, 2, 3, 4}


def test_hits__of_many_are_told_with_their_rates():
    told = told_hits(came((2000, 60), ((100, 20), (100, 10))))
    assert [row["hits"] for row in told] == [60, 30, 20, 10]
    assert [row["rate"] for row in told] == [0.03, 0.15, 0.2, 0.1]
    assert told_hits(came((2000, 60), ((10, 5), (100, 0))))[2]["rate"] is None  # of fewer than 20
    none = told_hits(came((2000, 60), ((100, 10), (100, 0))))[3]
    assert (none["rate"], none["low"]) == (0.0, 0.0)
    assert none["high"] is not None  # no hit at all does not say that there can be none
