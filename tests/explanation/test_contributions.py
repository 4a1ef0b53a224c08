"""Contributions: exact, in log-odds, summed to the catalogue's groups."""

from __future__ import annotations

import numpy as np
import pytest

from relapse.core.catalogue import Feature
from relapse.explanation.contributions import Contributions
from relapse.flows.explain import contributions_of, part_of

ENTRIES = [Feature(f"a__{k}", "share", "meaning", group) for k, group in enumerate(["near", "place", "near"])]


@pytest.fixture
def parts() -> Contributions:
    return Contributions.of(ENTRIES, np.array([[0.5, -1.0, 0.25, -3.0], [0.0, 2.0, -0.5, -3.0]]))


def test_groups__stand_in_the_order_of_the_catalogue(parts):
    assert parts.groups() == ("near", "place")
    np.testing.assert_array_equal(parts.by_group(), [[0.75, -1.0], [-0.5, 2.0]])


def test_the_last_column__is_the_base(parts):
    np.testing.assert_array_equal(parts.base, [-3, -3])
    assert parts.values.shape == (2, 3)


def test_take__some_households(parts):
    part = parts.take(np.array([1]))
    np.testing.assert_array_equal(part.values, [[0, 2, -0.5]])
    np.testing.assert_array_equal(part.base, [-3])


def test_contributions__of_a_household_do_not_depend_on_the_others(fitted, signal_task):
    """The list asks about its own households only, a person may ask about one."""
    hazard, unit = fitted("lgbm_hazard").hazard, signal_task.unit(signal_task.panel.last)
    whole = contributions_of(hazard, unit, 4)
    some = np.array([7, 3, 100])
    part = contributions_of(hazard, part_of(unit, some), 4)
    np.testing.assert_array_equal(part.values, whole.values[some])
    np.testing.assert_array_equal(part.base, whole.base[some])
