"""What of a county's tables no feature may read, and what features may read until their group is switched off."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache, partial
from types import SimpleNamespace
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest

import county_poison
from counties import made_county
from panels import blocks
from relapse import config
from relapse.core.catalogue import Sensitive as Kind
from relapse.core.errors import RelapseError
from relapse.core.facts import Category, Facts
from relapse.core.panel import Panel
from relapse.core.results import Language
from relapse.core.rows import Unit
from relapse.core.sensitive import Group, Sensitive
from relapse.core.texts import text
from relapse.core.told import has
from relapse.data.contract_file import read_contract
from relapse.flows.fit import fit_hazard
from relapse.flows.rows import Task, make_task
from relapse.flows.version import SUMS, Version, make_version, restore_version, sums_of
from relapse.pipelines.record import tags
from relapse.pipelines.reviewed import sensitive_sentences
from relapse.pipelines.train import train

GROUPS: tuple[Group, ...] = get_args(Group)
CONTRACT = read_contract("national")
NEVER = {"persons.ethnicity", "persons.sex"}


@cache
def said(**allowed: bool) -> Sensitive:
    """The national settings, with groups on or off."""
    words = [f"sensitive.groups.{group}.allowed={str(on).lower()}" for group, on in allowed.items()]
    chosen: Sensitive = config.bind(train, config.compose("train", words))["sensitive"]
    return chosen


@cache
def county() -> Panel:
    """A made county in which persons have every field that is sensitive, and events and claims are told."""
    tables = dict(county_poison.told())
    persons, rng = tables["家庭成员信息"], np.random.default_rng(5)
    tables["家庭成员信息"] = persons.assign(
        民族=rng.choice(["汉族", "甲族"], len(persons)), 残疾类别=rng.choice(["肢体", "视力", ""], len(persons)),
        残疾等级=rng.choice(["一级", "四级", ""], len(persons)), 是否失能=rng.choice(["是", "否"], len(persons)),
        签约医生=rng.choice(["是", "否"], len(persons)), 留守情况=rng.choice(["留守儿童", "否"], len(persons)),
    )  # fmt: skip
    return county_poison.read(tables)


def task_on(panel: Panel, sensitive: Sensitive | None) -> Task:
    parts = config.option("label", "auto"), blocks(), config.option("split", "rolling_origin")
    return make_task(panel, *parts, [3, 6], 1, None, sensitive)


def unit_on(panel: Panel, sensitive: Sensitive | None, as_of: str = "2022-10") -> Unit:
    return task_on(panel, sensitive).unit(panel.calendar.parse(as_of))


def scrambled(panel: Panel, fields: set[str]) -> Panel:
    """The panel with other values in some fields (of `table.*` in all), and in the amounts that are made of claims."""
    rng = np.random.default_rng(11)

    def other(values: Any) -> Any:
        if isinstance(values, Category):
            return Category(
                rng.integers(-1, max(len(values.levels), 1), len(values.codes)).astype(np.int32), values.levels
            )
        return np.where(rng.random(len(values)) < 0.5, 1.0, 0.0)

    def of(facts: Facts) -> Facts:
        columns = {
            name: other(values) if {f"{facts.name}.{name}", f"{facts.name}.*"} & fields else values
            for name, values in facts.columns.items()
        }
        return replace(facts, columns=columns)

    amounts = {name: values * 3 if "claims.*" in fields else values for name, values in panel.amounts.items()}
    return replace(panel, tables={name: of(facts) for name, facts in panel.tables.items()}, amounts=amounts)


def values_of(unit: Unit) -> Mapping[str, bytes]:
    return {entry.name: unit.column(entry.name, 0).tobytes() for entry in unit.entries}


@cache
def unit_of_all() -> Unit:
    """The county's unit with every group."""
    return unit_on(county(), said())


# what is set ----------------------------------------------------------------------------------------------------------


def test_settings__name_fields_of_the_contract():
    chosen = said()
    named = [*chosen.never, *(field for group in chosen.groups.values() for field in group.fields)]
    for name in named:
        table, _, field = name.partition(".")
        assert field == "*" or field in CONTRACT.tables[table].fields, name
    assert set(chosen.never) == NEVER
    assert set(chosen.groups) == set(GROUPS) == set(get_args(Kind)) - {""}
    assert all(group.need.endswith(".") and group.allowed for group in chosen.groups.values())


def test_settings__leave_no_field_of_health_disability_or_faith_unnamed():
    """Words that tell of it in the contract's names; a new field with such a name has to be put in its place here."""
    chosen = said()
    named = {*chosen.never, *(field for group in chosen.groups.values() for field in group.fields)}
    telling = ("ethnic", "sex", "relig", "faith", "party", "politic", "health", "disab", "medical", "doctor", "orphan",
               "school_status", "not_in_school", "left_behind", "dropout", "needs_care")  # fmt: skip
    free = {"recognitions", "claims"}  # no feature reads the ones; the other is named as a whole
    found = {
        f"{table}.{name}"
        for table, one in CONTRACT.tables.items()
        for name, field in one.fields.items()
        if table not in free and field.access != "identity" and any(word in name for word in telling)
    }
    assert found - named <= {"villages.doctor", "villages.disabled_persons"}  # of a village, and of nobody in it


def test_groups__are_switched_off_by_one_setting():
    assert said().closed == ()
    assert said(health=False).closed == ("health",)
    assert said(minors=False, disability=False).closed == ("disability", "minors")


@pytest.mark.parametrize(
    "wrong", ["persons", "persons.*.sex", "households.size", "households.*", "recognitions.removed_at"]
)
def test_settings__that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError, match="is no field|cannot be closed"):
        Sensitive((wrong,), {})


# what features see ----------------------------------------------------------------------------------------------------


def test_never__fields_cannot_be_read_and_change_no_feature():
    panel = county()
    shown = said().on(panel).as_of(panel.calendar.parse("2022-10"))
    assert "sex" in panel.as_of(shown.as_of).table("persons")
    for column in ("sex", "ethnicity"):
        assert column not in shown.table("persons")
        for asked in (shown.table("persons").text, shown.table("persons").newest.text, shown.table("persons").since):
            with pytest.raises(RelapseError, match=f"no column '{column}'"):
                asked(column)
    assert values_of(unit_of_all()) == values_of(unit_on(scrambled(panel, NEVER), said()))


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_that_is_off__has_no_features_and_its_fields_change_none(group):
    panel, on, off = county(), said(), said(**{group: False})
    told_of = {entry.name for entry in unit_of_all().entries if entry.sensitive == group}
    without = unit_on(panel, off)
    assert told_of
    assert not told_of & {entry.name for entry in without.entries}
    assert not [entry for entry in without.entries if entry.sensitive == group]
    fields = set(on.groups[group].fields)
    assert values_of(without) == values_of(unit_on(scrambled(panel, fields), off))
    assert values_of(unit_of_all()) != values_of(unit_on(scrambled(panel, fields), on))


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_that_is_off__is_for_features_as_if_the_county_lacked_it(group):
    panel = county()
    view = said(**{group: False}).on(panel).as_of(panel.calendar.parse("2022-10"))
    for name in said().groups[group].fields:
        table, _, field = name.partition(".")
        assert not has(view, table) if field == "*" else field not in view.table(table)
    assert ("own_cost" in view.panel.amounts) == (group != "health")
    assert len(view.observed) == len(panel.as_of(view.as_of).observed)


def test_outcomes_and_audits__see_the_whole_panel():
    task = task_on(county(), said(health=False))
    assert "claims" in task.panel.tables
    assert "sex" in task.panel.as_of(task.panel.last).table("persons")
    assert task.shown is task.shown
    assert set(task.unit(task.panel.last).household_ids) == set(
        unit_on(county(), None, task.panel.calendar.label(task.panel.last)).household_ids
    )


def test_a_long_table__is_shown_as_it_is(cases):
    panel = cases["annual"].panel()
    assert said(health=False).on(panel) is panel


# what a version says --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Panel:
    folder = made_county(tmp_path_factory.mktemp("made") / "county", households=400)
    return config.option("data", "county", path=str(folder)).read(config.option("line", "auto"))


def version_on(panel: Panel, sensitive: Sensitive | None) -> Version:
    task, rule = task_on(panel, sensitive), config.option("model", "distance_to_line")
    calibration = config.option("calibration", "by_lead", draws=20)
    fit = fit_hazard(task, rule, rule, calibration, panel.latest)
    return make_version(task, panel.line, rule, rule, calibration, panel.latest, fit, "0.0.0")


def told_of(version: Version, language: Language, idle: tuple[str, ...] = ()) -> SimpleNamespace:
    """What the page tells of a version whose groups all push somebody's place, but those that are idle."""
    groups = version.facts.sensitive
    pushes = pd.DataFrame({"group": groups, "features": [0 if group in idle else 3 for group in groups]})
    explained = SimpleNamespace(sensitive=pushes)
    return SimpleNamespace(version=version, explained=explained, say=partial(said_in, language))


def said_in(language: Language, key: str, **values: str) -> str:
    return text(key, language, **values)


def test_a_version__says_which_groups_it_uses_and_keeps_to_them(made):
    on, off = version_on(made, said()), version_on(made, said(health=False))
    assert on.facts.sensitive == ("disability", "health", "minors")
    assert off.facts.sensitive == ("disability", "minors")
    again = restore_version(off.files())
    assert again.facts == off.facts
    assert again.sensitive == said(health=False)
    unit = again.unit(made, made.latest, again.features())
    assert [entry.name for entry in unit.table.entries] == [entry.name for entry in off.entries]
    assert not [entry for entry in unit.entries if entry.sensitive == "health"]
    assert tags(off, off.digest)["sensitive"] == "disability,minors"
    assert sensitive_sentences(told_of(off, "zh")) == [
        "用到的敏感信息：残疾、未成年人。",
        "已关闭、没有使用的敏感信息：健康和看病。",
    ]
    assert sensitive_sentences(told_of(on, "en")) == ["Sensitive data in use: disability, health, children."]
    assert sensitive_sentences(told_of(on, "en", idle=("health",))) == [
        "Sensitive data in use: disability, children.",
        "Sensitive data that the model was given, and that move nobody's place: health.",
    ]


def test_a_version_of_before__opens_and_says_nothing_of_it(made):
    files = version_on(made, None).files()
    assert "sensitive" not in files["recipe.yaml"].decode()
    facts = json.loads(files["version.json"])
    del facts["sensitive"]
    files["version.json"] = json.dumps(facts).encode()
    files[SUMS] = json.dumps(sums_of(files)).encode()
    old = restore_version(files)
    assert old.sensitive is None
    assert old.facts.sensitive == ()
    assert sensitive_sentences(told_of(old, "zh")) == []
