"""What every block of features promises; the blocks are found in conf/features/, so a new one is tested at once.

A block of one's own keeps the same promises: it is named by `_target_`, from a package that `allow_targets` names.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

import county_poison
import own_features
from panels import CASES, Case, dense, poisoned, unit_of
from relapse import config
from relapse.core.catalogue import Feature, FeatureTable, Unit
from relapse.core.errors import InputError
from relapse.core.feature_texts import feature_named
from relapse.core.instantiate import instantiate
from relapse.core.panel import Panel
from relapse.core.texts import TEXTS
from relapse.flows.rows import FeatureBlock
from relapse.pipelines.train import train

LEADS = np.array([1, 2, 3, 13], np.int32)
OWN = {"_target_": "own_features.Worst", "periods": 3}
BLOCKS = [*config.options("features"), "own"]
AROUND = {
    "place",
    "around",
    "feeds",
    "permanent",
    "structural",
}  # blocks that speak of other households; of the covariates only the texts do


def block_of(name: str) -> FeatureBlock:
    made: FeatureBlock = instantiate(OWN, ["own_features"]) if name == "own" else config.option("features", name)
    return made


def is_named(entry: Feature) -> bool:
    """Whether people are told it by a name in both languages; of a user's own column by that of the column."""
    own = entry.label if entry.modelled else entry.name.startswith("sources__")
    return bool(own) or feature_named(entry.name, entry.label).key in TEXTS


def made_at(panel: Panel, as_of: int, block: FeatureBlock) -> dict[str, dict[str, bytes]]:
    """The bytes of every value, by household and feature."""
    unit = unit_of(panel, as_of, {"block": block}, LEADS.tolist())
    matrices = np.stack([unit.matrix(place) for place in range(len(LEADS))], axis=1)
    names = [entry.name for entry in unit.entries]
    return {
        household: {name: matrices[row, :, column].tobytes() for column, name in enumerate(names)}
        for row, household in enumerate(unit.household_ids)
    }


@cache
def panel_of(name: str, variant: str = "clean", as_of: int = 0, seed: int = 0) -> Panel:
    """A panel of every kind, and what may have happened to its table; each is read once."""
    case = CASES[name]()
    if variant == "clean":
        return case.panel()
    if variant == "poisoned":
        return case.panel(poisoned(case, as_of, seed))
    if variant == "shuffled":
        return case.panel(case.frame.sample(frac=1, random_state=3))
    kept = case.frame["hh"].isin(sorted(set(case.frame["hh"]))[:: 2 if variant == "half" else 1])
    line = case.line if case.line != "relative" else 900.0  # a relative line is a median of everybody
    return case.panel(case.frame[kept], line=line, exclude=list(case.texts))  # and texts are means of their kind


@pytest.fixture(params=list(CASES))
def case(request: pytest.FixtureRequest, cases: Mapping[str, Case]) -> Case:
    return cases[request.param]


@pytest.mark.parametrize("name", BLOCKS)
def test_features__do_not_know_what_became_known_later(name, case):
    """Later values change, rows go, rows, corrections, new households and new texts come: not a bit may differ."""
    block = block_of(name)
    for seed, as_of in enumerate(case.periods()):
        clean = made_at(panel_of(case.name), as_of, block)
        assert len(clean) > 10
        assert made_at(panel_of(case.name, "poisoned", as_of, seed), as_of, block) == clean


@pytest.mark.parametrize("name", BLOCKS)
def test_features__do_not_depend_on_the_order_of_the_rows(name, case):
    block = block_of(name)
    for as_of in case.periods():
        clean = made_at(panel_of(case.name), as_of, block)
        assert made_at(panel_of(case.name, "shuffled"), as_of, block) == clean


@pytest.mark.parametrize("name", [name for name in BLOCKS if name not in AROUND])
def test_features__do_not_depend_on_other_households(name, case):
    block = block_of(name)
    for as_of in case.periods():
        everybody, half = (made_at(panel_of(case.name, variant), as_of, block) for variant in ("whole", "half"))
        assert 5 < len(half) < len(everybody)
        assert half == {household: everybody[household] for household in half}


def test_features__are_made_alike_whatever_was_asked_before(case):
    """Histories remember what they worked out; a block must not find them changed by another."""
    first, last = case.periods()[0], case.periods()[-1]
    used = panel_of(case.name)
    for name in BLOCKS:
        made_at(used, last, block_of(name))
    together = unit_of(used, first, {name: block_of(name) for name in reversed(BLOCKS)}, LEADS.tolist())
    for name in BLOCKS:
        alone = unit_of(case.panel(), first, {name: block_of(name)}, LEADS.tolist())
        for entry in alone.table.every_entry:
            for place in range(len(LEADS)):
                np.testing.assert_array_equal(alone.column(entry.name, place), together.column(entry.name, place))


@pytest.mark.parametrize("name", BLOCKS)
def test_every_value_has_an_entry__with_unit_group_and_wording(name, case):
    unit = unit_of(panel_of(case.name), case.periods()[-1], {name: block_of(name)}, LEADS.tolist())
    table = unit.table
    names = [entry.name for entry in unit.entries]
    assert table.values.shape == (len(unit.members), len(table.entries))
    assert len(names) == len(set(names))
    for entry in table.every_entry:
        assert entry.name.startswith(f"{name}__"), f"features of a block begin with its name: {entry.name}"
        assert entry.unit in get_args(Unit)
        assert entry.direction in (-1, 0, 1)
        assert all(TEXTS[f"group.{entry.group}"]), f"no words for the group of {entry.name}"
        assert is_named(entry) or name == "own", f"no name for {entry.name} in core/feature_texts.py"
        for words in TEXTS[entry.wording] if entry.wording else ():
            asked = {field for _, field, _, _ in string.Formatter().parse(words) if field}
            assert asked <= {*names, "money", "periods", "value", "label"}, (
                f"{entry.wording} needs what {name} does not make"
            )
        assert not entry.true_of or entry.true_of in names


@pytest.mark.parametrize("name", BLOCKS)
def test_values__are_numbers_or_missing__never_infinite(name, case):
    unit = unit_of(panel_of(case.name), case.periods()[-1], {name: block_of(name)}, LEADS.tolist())
    assert unit.table.values.dtype == np.float32
    assert not np.isinf(unit.table.values).any()
    by_lead = dense(unit.table, len(unit.members))
    assert by_lead.dtype == np.float32
    assert by_lead.shape == (len(unit.members), len(LEADS), len(unit.table.every_entry) - len(unit.table.entries))
    assert not np.isinf(by_lead).any()


def test_all_blocks_together__have_no_name_twice(case):
    together = {name: block_of(name) for name in BLOCKS}
    names = [entry.name for entry in unit_of(panel_of(case.name), case.periods()[-1], together).entries]
    assert len(names) == len(set(names)) > 15


def test_columns_whose_names_resemble_each_other__do_not_collide(cases):
    """A file with `land` and `land_change`: the change of the one is not the other."""
    annual = cases["annual"]
    panel = annual.panel(annual.frame.assign(land_change=1.0))
    names = [entry.name for entry in unit_of(panel, annual.periods()[0], {"c": block_of("covariates")}).table.entries]
    assert {"covariates__land_change", "covariates__land_change_change", "covariates__land_now"} <= set(names)


# a county's tables ---------------------------------------------------------------------------------------------------


MONTHS = ("2021-03", "2022-10")
OF_A_COUNTY = {
    "guarantees", "facts", "events", "measures", "projects", "prices", "register", "around", "calendar", "feeds",
    "people", "work", "health",
}  # fmt: skip


def county_block(name: str) -> FeatureBlock:
    """The block; of a county's own facts with entries, since without it makes nothing."""
    if name != "facts":
        return block_of(name)
    made: FeatureBlock = config.option("features", "facts", entries=county_poison.ENTRIES)
    return made


@cache
def county_of(variant: str, as_of: str = "") -> Panel:
    tables = county_poison.told()
    if variant == "poisoned":
        return county_poison.read(county_poison.poisoned(tables, as_of, MONTHS.index(as_of)))
    changes = {"clean": lambda same: same, "shuffled": county_poison.shuffled, "half": county_poison.half}
    return county_poison.read(changes[variant](tables))


@cache
def county_features(name: str, variant: str, as_of: str) -> dict[str, dict[str, bytes]]:
    panel = county_of(variant, as_of if variant == "poisoned" else "")
    return made_at(panel, panel.calendar.parse(as_of), county_block(name))


@pytest.mark.parametrize("as_of", MONTHS)
@pytest.mark.parametrize("name", BLOCKS)
def test_features_of_a_county__do_not_know_what_became_known_later(name, as_of):
    """In every file: states, persons, income, claims, recognitions, lines and facts of its own."""
    clean = county_features(name, "clean", as_of)
    assert len(clean) > 10
    assert not OF_A_COUNTY & {name} or all(len(values) > 1 for values in clean.values())
    assert county_features(name, "poisoned", as_of) == clean


@pytest.mark.parametrize("name", BLOCKS)
def test_features_of_a_county__do_not_depend_on_the_order_of_the_rows(name):
    for as_of in MONTHS:
        assert county_features(name, "shuffled", as_of) == county_features(name, "clean", as_of)


@pytest.mark.parametrize("name", [name for name in BLOCKS if name not in AROUND])
def test_features_of_a_county__do_not_depend_on_other_households(name):
    for as_of in MONTHS:
        some, everybody = county_features(name, "half", as_of), county_features(name, "clean", as_of)
        assert 5 < len(some) < len(everybody)
        assert some == {household: everybody[household] for household in some}


@pytest.mark.parametrize("name", BLOCKS)
def test_every_value_of_a_county_has_an_entry__and_is_a_number_or_missing(name):
    panel = county_of("clean")
    unit = unit_of(panel, panel.calendar.parse(MONTHS[-1]), {name: county_block(name)}, LEADS.tolist())
    names = [entry.name for entry in unit.entries]
    assert len(names) == len(set(names))
    assert not np.isinf(unit.table.values).any()
    for entry in unit.table.entries:
        assert entry.name.startswith(f"{name}__")
        assert all(TEXTS[f"group.{entry.group}"]), f"no words for the group of {entry.name}"
        assert is_named(entry) or name == "own", f"no name for {entry.name} in core/feature_texts.py"
        for words in TEXTS[entry.wording] if entry.wording else ():
            asked = {field for _, field, _, _ in string.Formatter().parse(words) if field}
            assert asked <= {*names, "money", "periods", "value", "label"}, (
                f"{entry.wording} needs what {name} does not make"
            )
        assert not entry.true_of or entry.true_of in names


def test_the_contract__catches_a_block_that_looks_at_a_county_s_tables_round_the_view():
    as_of = MONTHS[0]
    clean, spoilt = county_of("clean"), county_of("poisoned", as_of)
    period = clean.calendar.parse(as_of)
    assert made_at(clean, period, own_features.LeakOfTables()) != made_at(spoilt, period, own_features.LeakOfTables())


# a block of one's own ------------------------------------------------------------------------------------------------


@pytest.fixture
def own_conf(tmp_path: Path) -> Path:
    (tmp_path / "features").mkdir()
    (tmp_path / "features" / "own.yaml").write_text("own:\n  _target_: own_features.Worst\n  periods: 3\n")
    return tmp_path


def test_own_block__is_chosen_by_its_file_and_allowed_by_name(own_conf, cases):
    cfg = config.compose("train", ["features=[income,own]", "allow_targets=[own_features]"], own_conf)
    blocks = config.bind(train, cfg)["features"]
    assert list(blocks) == ["income", "own"]
    assert blocks["own"] == own_features.Worst(3)
    waves = cases["waves"]
    unit = unit_of(waves.panel(), waves.periods()[0], blocks)
    np.testing.assert_array_equal(unit.column("own__log_ratio_worst"), unit.column("income__log_ratio_lowest_recent"))


def test_own_block__is_refused_where_nobody_allowed_it(own_conf):
    cfg = config.compose("train", ["features=[income,own]"], own_conf)
    with pytest.raises(InputError, match=r"own_features.Worst' is not allowed"):
        config.bind(train, cfg)


def test_the_contract__catches_a_block_that_goes_round_the_view(cases):
    annual = cases["annual"]
    as_of = annual.periods()[0]
    spoilt = made_at(annual.panel(poisoned(annual, as_of)), as_of, own_features.Leak())
    assert spoilt != made_at(annual.panel(), as_of, own_features.Leak())


def test_a_column_without_an_entry__stops_the_work(cases):
    annual = cases["annual"]
    with pytest.raises(InputError, match="2 columns of features for 1 catalogue entries"):
        unit_of(annual.panel(), annual.periods()[0], {"own": own_features.Unlisted()})


def test_a_missing_column__is_named_by_what_asked_for_it(cases):
    annual = cases["annual"]
    unit = unit_of(annual.panel(), annual.periods()[0], {"income": block_of("income")})
    with pytest.raises(
        InputError, match=re.escape("the features lack 'income__log_ratio_nwo', which this model needs; did")
    ):
        unit.column("income__log_ratio_nwo")
    assert isinstance(unit.table, FeatureTable)
