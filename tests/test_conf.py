"""Every file in conf/: it composes, becomes an object, and fits the pipeline that takes it."""

from __future__ import annotations

import importlib
import inspect
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from relapse import config
from relapse.core.recipe import describe

CONF = config.conf_dir()
COMMANDS = sorted(path.stem for path in CONF.glob("*.yaml") if path.stem != config.SETTINGS)
GROUPS = sorted(path.name for path in CONF.iterdir() if path.is_dir())
APART = ("experiment", "contract", "measures", "rules", "world")  # overrides of other groups; plain data
OPTIONS = [(group, name) for group in GROUPS for name in config.options(group) if group not in APART]
NEEDED = {  # what a person must say, with something to say
    ("line", "absolute"): {"value": 6000.0},
    ("line", "column"): {"column": "line"},
    ("data", "county"): {"path": "FOLDER"},
    ("data", "panel"): {
        "path": "FILE.csv",
        "frequency": "annual",
        "columns": {"household_id": "hh", "period": "year", "income": "income"},
    },
}  # fmt: skip
PARTS = {"formula": "county"}  # groups that are a part of an option of data
SAID = {"explain": ["household=0012"], "init": ["folder=DIR"]}


@cache
def option(group: str, name: str) -> Any:
    """Made once for all tests of it: recipes are frozen."""
    return config.option(group, name, **NEEDED.get((group, name), {}))


def overrides(group: str, name: str) -> list[str]:
    def flat(prefix: str, settings: dict[str, Any]) -> list[str]:
        pairs = [(f"{prefix}.{key}", value) for key, value in settings.items()]
        return [
            text
            for key, value in pairs
            for text in (flat(key, value) if isinstance(value, dict) else [f"{key}={value}"])
        ]

    return flat(group, NEEDED.get((group, name), {}))


def pipeline(command: str) -> Any:
    return getattr(importlib.import_module(f"relapse.pipelines.{command}"), command)


def takes(command: str, group: str) -> bool:
    return f"- {group}:" in (CONF / f"{command}.yaml").read_text(encoding="utf-8")


def test_there_are_commands_and_groups():
    assert {"run", "init", "validate", "backtest", "train", "promote", "score", "explain", "ui"} <= set(COMMANDS)
    assert {"data", "line", "label", "features", "split", "model", "calibration", "evaluation", "gates"} <= set(GROUPS)
    assert len(OPTIONS) > 30


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command__binds_its_pipelines_signature(command):
    arguments = config.bind(pipeline(command), config.compose(command, SAID.get(command, ())))
    wanted = set(inspect.signature(pipeline(command)).parameters)
    assert set(arguments) == wanted, "each parameter comes from YAML: a default in code would be a second truth"


@pytest.mark.parametrize(("group", "name"), OPTIONS)
def test_every_option__becomes_an_object(group, name):
    made = option(group, name)
    assert made is not None
    if group not in ("synonyms",):
        assert type(made).__module__.startswith("relapse."), f"conf/{group}/{name}.yaml names no _target_"


def is_chosen_alone(group: str) -> bool:
    return not (CONF / group / "default.yaml").is_file()


def chosen_together() -> dict[str, tuple[str, list[str]]]:
    """Commands with one option of each group they take, until each option was chosen: composing one by one is slow."""
    by_command: dict[str, dict[str, list[str]]] = {}
    for each, option in OPTIONS:
        group, name = ("data", PARTS[each]) if each in PARTS else (each, option)
        command = next((command for command in ("train", *COMMANDS) if takes(command, group)), "")
        names = by_command.setdefault(command, {}).setdefault(group, [])
        if is_chosen_alone(group) and name not in names:
            names.append(name)
    rows: dict[str, tuple[str, list[str]]] = {}
    for command, groups in by_command.items():
        for place in range(max(map(len, groups.values()))):
            chosen = [(group, names[place]) for group, names in groups.items() if place < len(names)]
            words = [word for group, name in chosen for word in (f"{group}={name}", *overrides(group, name))]
            rows[" ".join([command, *(f"{group}={name}" for group, name in chosen)])] = (command, words)
    return rows


TOGETHER = chosen_together()


@pytest.mark.parametrize("row", TOGETHER)
def test_every_option__fits_the_pipeline_that_takes_it(row):
    command, words = TOGETHER[row]
    assert command, "no command takes it"
    cfg = config.compose(command, [*words, *SAID.get(command, ())])
    assert config.bind(pipeline(command), cfg)


@pytest.mark.parametrize("name", config.options("experiment"))
def test_every_experiment__fits_the_pipeline_that_trains(name):
    assert config.bind(pipeline("train"), config.compose("train", [f"experiment={name}"]))


@pytest.mark.parametrize(("group", "name"), OPTIONS)
def test_a_recipe__says_itself_again(group, name):
    """A version keeps its recipe as settings: they must make the same recipe."""
    made = option(group, name)
    again = config.instantiate(describe(made))
    assert describe(again) == describe(made)


def test_every_choice__bears_the_name_of_its_module():
    """`model=lgbm_hazard` is conf/model/lgbm_hazard.yaml is relapse/model/lgbm_hazard.py; a group can be one module."""
    free = {"data", "synonyms", "risk_list", "alarm", "evaluation", "registry", "calibration"}
    for group, name in OPTIONS:
        if group not in free and name != "default":
            made = option(group, name)
            assert {name, group} & set(type(made).__module__.split(".")[-2:]), f"conf/{group}/{name}.yaml"


@pytest.mark.parametrize("path", sorted(CONF.rglob("*.yaml")), ids=lambda path: path.relative_to(CONF).as_posix())
def test_every_file__is_small_text_without_tabs_or_foreign_paths(path: Path):
    text = path.read_text(encoding="utf-8")
    assert "\t" not in text
    assert not any(word in text for word in ("/home/", "/tmp/", "C:\\"))
    assert all(len(line) <= 130 for line in text.splitlines())
