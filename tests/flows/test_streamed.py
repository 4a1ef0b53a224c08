"""A county worked on part by part gives what the whole gives, to the bit, in whatever parts it is cut."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pytest

from counties import made_county
from own_features import Clock
from panels import CASES, blocks
from relapse import config
from relapse.core.errors import InputError
from relapse.core.panel import Ints, Panel
from relapse.core.rows import Unit
from relapse.data.panel_store import open_store, write_store
from relapse.flows import streamed
from relapse.flows.rows import SpeaksOfOthers, make_unit
from relapse.flows.streamed import shown, survey, units_of, whole_unit

LEADS = np.array([1, 2, 6], np.int32)
OUTCOMES = ("first_entry", "recognition")


@dataclass(frozen=True)
class Cut:
    """A panel that is cut as it is asked for."""

    panel: Panel
    part: Ints

    def parts(self) -> Iterator[tuple[Ints, Panel]]:
        return self.panel.split(self.part)


def cut(panel: Panel, parts: int, seed: int = 1) -> Cut:
    """Parts of whatever households: sums are exact, so that they need not be villages."""
    part = np.random.default_rng(seed).integers(0, parts, len(panel.household_ids)).astype(np.int32)
    return Cut(panel, np.unique(part, return_inverse=True)[1].astype(np.int32))


@pytest.fixture(scope="module")
def county(tmp_path_factory) -> Panel:
    made = config.option("data", "county", path=str(made_county(tmp_path_factory.mktemp("county"), households=300)))
    panel: Panel = made.read(config.option("line", "auto"))
    return panel


def assert_same_unit(one: Unit, other: Unit) -> None:
    assert one.entries == other.entries
    assert one.as_of == other.as_of
    for name in ("members", "household_ids", "cluster", "leads"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
    for place, entry in enumerate(one.table.entries):
        np.testing.assert_array_equal(one.table.values[:, place], other.table.values[:, place], err_msg=entry.name)
    np.testing.assert_array_equal(one.table.lead_values, other.table.lead_values)
    np.testing.assert_array_equal(one.table.common_values, other.table.common_values)


@pytest.mark.parametrize("parts", [1, 2, 7, 60])
@pytest.mark.parametrize("label", OUTCOMES)
def test_units__of_parts_of_a_county_are_those_of_the_whole(county, label, parts):
    features, outcome = blocks(), config.option("label", label).on(county, None)
    for as_of in (county.latest - 9, county.latest):
        whole = make_unit(county.as_of(as_of), outcome, features, LEADS, 0)
        made = whole_unit(units_of(cut(county, parts), as_of, outcome, features, LEADS, 0))
        assert len(whole.members) > 100
        assert_same_unit(whole, made)


@pytest.mark.parametrize("size", [30, 110])
def test_units__of_a_store_are_those_of_the_panel(county, size, tmp_path):
    write_store(tmp_path / "store", county, size)
    features, outcome = blocks(), config.option("label", "first_entry").on(county, None)
    store = open_store(tmp_path / "store", county.line, traced=False)
    whole = make_unit(county.as_of(county.latest), outcome, features, LEADS, 1)
    assert_same_unit(whole, whole_unit(units_of(store, county.latest, outcome, features, LEADS, 1)))


@pytest.mark.parametrize("room", [0, 1 << 20, 1 << 30])
def test_units__are_the_same_whatever_was_kept_from_the_first_pass(county, room, tmp_path, monkeypatch):
    write_store(tmp_path / "store", county, 60)
    features, outcome = blocks(), config.option("label", "first_entry").on(county, None)
    store, sensitive = open_store(tmp_path / "store", county.line, traced=False), config.option("sensitive", "national")
    parts = shown(store, sensitive)
    assert isinstance(parts, streamed.Numbered)
    monkeypatch.setattr(streamed, "ROOM", room)
    kept = survey(parts, county.latest, outcome, features, room).kept
    assert sum(panel.held for _, panel in kept.values()) <= room
    assert len(kept) == len(store) if room == 1 << 30 else len(kept) < len(store)
    whole = make_unit(sensitive.on(county).as_of(county.latest), outcome, features, LEADS, 0)
    assert_same_unit(whole, whole_unit(units_of(parts, county.latest, outcome, features, LEADS, 0)))


@pytest.mark.parametrize("name", list(CASES))
def test_units__of_parts_of_a_long_table_are_those_of_the_whole(name, cases):
    panel: Panel = cases[name].panel()
    features, outcome = blocks(), config.option("label", "first_entry").on(panel, None)
    for as_of in cases[name].periods():
        if cases[name].line == "relative":  # a median of everybody: the whole panel works it out, its parts remember
            with pytest.raises(InputError, match="median of everybody"):
                whole_unit(units_of(cut(panel, 4), as_of, outcome, features, LEADS, 0))
        whole = make_unit(panel.as_of(as_of), outcome, features, LEADS, 0)
        assert_same_unit(whole, whole_unit(units_of(cut(panel, 4), as_of, outcome, features, LEADS, 0)))


def test_sums__add_up_to_the_same_in_any_parts(county):
    features, outcome = blocks(), config.option("label", "first_entry").on(county, None)
    one, other = (
        survey(cut(county, parts, seed), county.latest, outcome, features).sums for parts, seed in ((1, 1), (23, 5))
    )
    assert {"place", "around", "feeds"} <= set(one)
    assert one.keys() == other.keys() == {k for k, block in features.items() if isinstance(block, SpeaksOfOthers)}
    for block in one:
        assert one[block].keys() == other[block].keys()
        for name in one[block]:
            np.testing.assert_array_equal(one[block][name], other[block][name], err_msg=f"{block} {name}")


def test_parts__are_let_go_of_one_after_the_other(county):
    """Panels and views that held each other would stay until Python looks for such circles: memory would grow."""
    outcome, seen = config.option("label", "first_entry").on(county, None), list[weakref.ref[Panel]]()

    @dataclass(frozen=True)
    class Watched:
        cut: Cut

        def parts(self) -> Iterator[tuple[Ints, Panel]]:
            for places, panel in self.cut.parts():
                seen.append(weakref.ref(panel))
                yield places, panel
                del panel

    gc.collect()
    gc.disable()
    try:
        for part in units_of(Watched(cut(county, 6)), county.latest, outcome, blocks(), LEADS, 0):
            assert len(part.unit.members)
        del part
        assert len(seen) == 12, "two passes over six parts"
        assert not [each for each in seen if each() is not None]
    finally:
        gc.enable()


def test_a_block_without_sums__works_as_it_is(county):
    outcome = config.option("label", "first_entry").on(county, None)
    features = {"clock": Clock()}
    assert survey(cut(county, 3), county.latest, outcome, features).sums == {}
    made = whole_unit(units_of(cut(county, 3), county.latest, outcome, features, LEADS, 0))
    assert (made.column("own__as_of") == county.latest).all()


def test_units__of_a_county_in_which_nobody_is_at_risk(county):
    outcome = config.option("label", "first_entry").on(county, None)
    poor = replace(county, income=county.income * 0, tables=county.tables)
    with pytest.raises(InputError, match="nobody is at risk"):
        whole_unit(units_of(cut(poor, 3), county.latest, outcome, blocks(), LEADS, 0))
