"""Units stacked into training rows: labels beside the features of their own origin, sampled without bias."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from own_features import Clock
from panels import CASES, read, signal_case, table, task_of
from relapse.core.errors import InputError
from relapse.flows.rows import kept_units, make_task, stack

UP, LOW = 200.0, 50.0


def tiny(**settings):
    # at risk: a in 2000, 2001, 2002; b in 2000, 2002 (below in 2001); the newest year is 2003
    task = task_of(read(table({"a": [UP, UP, UP, LOW], "b": [UP, LOW, UP, UP]}), **settings), [2], "first_entry")
    return replace(task, features={"income": task.features["income"], "clock": Clock()}, units=kept_units())


def test_stack__of_two_households_by_hand():
    rows = stack(tiny(), 2003)
    found = sorted(zip(rows.column("own__as_of").astype(int), rows.lead.tolist(), rows.event.tolist(), strict=True))
    assert found == [
        (2000, 1, 0.0),  # a
        (2000, 1, 1.0),  # b falls in 2001 and is no longer at risk at lead 2
        (2000, 2, 0.0),  # a
        (2001, 1, 0.0),  # a
        (2001, 2, 1.0),  # a falls in 2003
        (2002, 1, 0.0),  # b
        (2002, 1, 1.0),  # a
    ]
    assert (rows.events, rows.households, rows.origins, rows.cumulative) == (3, 2, (2000, 2001, 2002), True)
    assert rows.entries[-1].name == "lead__periods"
    np.testing.assert_array_equal(rows.column("lead__periods"), rows.lead)


def test_stack__a_year_earlier_knows_a_year_less():
    rows = stack(tiny(), 2002)
    assert sorted(zip(rows.column("own__as_of").astype(int), rows.lead.tolist(), strict=True)) == [
        (2000, 1), (2000, 1), (2000, 2), (2001, 1),
    ]  # fmt: skip
    assert rows.events == 1


def test_stack__features_are_those_of_their_own_origin():
    """a has 200 at every origin, so its distance is the same; and none is that of 2003, where it has 50."""
    rows = stack(tiny(), 2003)
    np.testing.assert_allclose(rows.column("income__log_ratio_now"), np.log(2), rtol=1e-6)


def test_stack__keeps_all_events_and_weighs_the_sampled_others(signal_task):
    as_of = signal_task.panel.last - 4
    whole, part = stack(signal_task, as_of), stack(signal_task, as_of, 6000)
    assert part.event.sum() == whole.event.sum()
    assert 5500 < len(part.event) < 6500 < len(whole.event)
    assert part.events == whole.events
    assert part.weight.sum() == pytest.approx(whole.weight.sum(), rel=0.02)
    assert (part.weight[part.event == 1] == 1).all()
    for lead in (1, 4):  # of each lead alike
        share = (part.weight * (1 - part.event))[part.lead == lead].sum() / (1 - whole.event)[whole.lead == lead].sum()
        assert share == pytest.approx(1, abs=0.05)


def test_stack__is_the_same_again_and_another_with_another_seed(signal_task):
    as_of = signal_task.panel.last - 4
    one, same = stack(signal_task, as_of, 6000), stack(signal_task, as_of, 6000)
    np.testing.assert_array_equal(one.matrix, same.matrix)
    other = stack(replace(signal_task, seed=2, units=signal_task.units), as_of, 6000)
    assert len(other.event) != len(one.event) or not np.array_equal(other.event, one.event)


def test_stack__of_some_features_has_these_and_the_lead(signal_task):
    rows = stack(signal_task, signal_task.panel.last - 4, 3000, only=["income__log_ratio_now"])
    assert [entry.name for entry in rows.entries] == ["income__log_ratio_now", "lead__periods"]


def test_stack__before_any_label_has_closed_is_empty():
    rows = stack(tiny(), 2000)
    assert (len(rows.event), rows.events, rows.households, rows.origins) == (0, 0, 0, ())


@pytest.mark.parametrize("name", list(CASES))
def test_a_unit__is_the_households_at_risk_in_the_order_of_their_ids(name, cases):
    task = task_of(cases[name].panel(), cases[name].horizons)
    unit = task.unit(cases[name].periods()[-1])
    assert (np.diff(unit.members) > 0).all()
    assert unit.household_ids.tolist() == task.panel.household_ids[unit.members].tolist()
    assert (unit.column("income__log_ratio_now") >= 0).all(), "nobody at risk is below the line"
    for place, lead in enumerate(task.leads):
        matrix = unit.matrix(place)
        assert matrix.shape == (len(unit.members), len(unit.entries))
        assert (matrix[:, -1] == lead).all()
        some = unit.matrix(place, np.array([0, 2]), np.array([0, len(unit.entries) - 1]))
        np.testing.assert_array_equal(some, matrix[[0, 2]][:, [0, -1]])


def test_clusters__are_villages__and_households_where_none_is_known():
    frame = table({"a": [UP], "b": [UP], "c": [UP], "d": [UP], "z": [LOW, LOW]}).assign(
        v=["x", "y", "x", None, "y", "y"]
    )
    task = task_of(read(frame, village="v"), [1], "first_entry")
    a, b, c, d = task.unit(2000).cluster
    assert a == c
    assert len({a, b, d}) == 3
    alone = task_of(read(frame, exclude=["v"]), [1], "first_entry")
    assert len(set(alone.unit(2000).cluster)) == 4


def test_make_task__sorts_horizons_and_refuses_those_nobody_has():
    panel, known = signal_case(households=30).panel(), tiny()
    task = task_of(panel, [4, 1, 4])
    assert (task.horizons, task.leads.tolist(), task.kind) == ((1, 4), [1, 2, 3, 4], "first_entry")
    with pytest.raises(InputError, match=r"horizons=\[14\]"):
        make_task(panel, known.outcome, known.features, known.split, [1, 14], 1)
