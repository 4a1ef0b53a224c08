"""The score of weighted past income, worked out by hand from the numbers of tests/features/test_permanent.py."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest

from relapse import config
from relapse.core.errors import InputError
from relapse.model.zhang_wan import score

LN2 = math.log(2)
COLUMNS = {
    "permanent__log_ratio_mean": [0.626681, 0.2, 0.2, np.nan],
    "permanent__log_ratio_variance": [0.401476, np.nan, 0.0, np.nan],
    "permanent__log_ratio_median": [LN2, 0.2, 0.2, np.nan],
    "permanent__log_ratio_mad": [1.4826 * LN2, np.nan, 0.0, np.nan],
    "permanent__years_known": [3, 1, 3, 0],
    "permanent__village_variance": [0.200738, 0.09, 0.0, 0.09],
    "place__growth_log_1y": [0.346574, 0, 0, 0],
    "season__years_ahead": [1, 1, 1, 1],
}


def scores(centre, **changed):
    columns = {name: np.array(values, dtype=np.float64) for name, values in {**COLUMNS, **changed}.items()}
    return score(columns.__getitem__, centre, village_weight=4)


def test_score__is_the_distance_of_the_line_in_standard_deviations():
    """Variance (4 x 0.200738 + 3 x 0.401476) / 7 = 0.286769, deviation 0.535508.

    Expected at the lead: 0.626681 + 0.346574 = 0.973255, which is 1.817443 deviations above the line; without growth
    1.170255, and the chance to be below the line Phi(-1.170255) = 0.1209.
    """
    assert scores("mean")[0] == pytest.approx(-1.817443, abs=1e-5)
    still = scores("mean", place__growth_log_1y=[0, 0, 0, 0])[0]
    assert still == pytest.approx(-1.170255, abs=1e-5)
    assert NormalDist().cdf(still) == pytest.approx(0.1209, abs=1e-4)


def test_score__of_one_known_year_the_villages_variance_is_all_there_is():
    assert scores("mean")[1] == pytest.approx(-0.2 / 0.3)


def test_score__no_income_is_so_steady_that_nothing_can_happen():
    assert scores("mean")[2] == pytest.approx(-0.2 / 0.05)
    assert math.isnan(scores("mean")[3])


def test_score__the_median_variant_takes_the_middle_year_and_the_absolute_deviation():
    """(1.4826 ln 2)^2 = 1.056078; (4 x 0.200738 + 3 x 1.056078) / 7 = 0.567313, deviation 0.753201.

    -(0.693147 + 0.346574) / 0.753201 = -1.380403.
    """
    assert scores("median")[0] == pytest.approx(-1.380403, abs=1e-5)


def test_settings__other_centres_are_refused():
    assert config.option("model", "zhang_wan", centre="median").centre == "median"
    with pytest.raises(InputError, match="centre"):
        config.option("model", "zhang_wan", centre="mode")
