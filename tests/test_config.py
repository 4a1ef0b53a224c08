"""From a config to a call: targets, types, names, several models."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol

import pydantic.dataclasses
import pytest
from pydantic import Field

from relapse import config
from relapse.core.errors import InputError
from relapse.core.instantiate import check_targets, instantiate
from relapse.core.recipe import STRICT, Count, Horizons, Names, Periods, PeriodText

HERE = [__name__]


@pydantic.dataclasses.dataclass(frozen=True, config=STRICT)
class Trees:
    trees: Count
    rate: Annotated[float, Field(gt=0, le=1)] = 0.1
    kind: Literal["hazard", "logit"] = "hazard"
    seed: int = 0


@pydantic.dataclasses.dataclass(frozen=True, config=STRICT)
class Columns:
    household_id: str
    period: str | None = None


@pydantic.dataclasses.dataclass(frozen=True, config=STRICT)
class Panel:
    columns: Columns
    maps: Trees | None = None
    windows: dict[str, tuple[Count, ...]] | None = None


@dataclass(frozen=True)
class Plain:
    size: int

    def __post_init__(self) -> None:
        if self.size > 9:
            raise InputError("size is at most 9")


class Model(Protocol):
    def fit(self) -> None: ...


def make_plain(size: int = 1) -> Plain:
    return Plain(size)


TREES = {"_target_": f"{__name__}.Trees", "trees": 3}


@pytest.fixture
def conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A conf folder with the real settings, three models and a composed group."""
    files = {
        "settings.yaml": (config.conf_dir() / "settings.yaml").read_text(encoding="utf-8"),
        "backtest.yaml": """
defaults: [settings, model: trees, features: default, _self_]
allow_targets: [test_config]
models: [trees, logit]
""",
        "model/trees.yaml": "_target_: test_config.Trees\ntrees: 30\nseed: ${seed}\n",
        "model/small.yaml": "defaults: [trees, _self_]\ntrees: 5\n",
        "model/logit.yaml": "_target_: test_config.Trees\ntrees: 1\nkind: logit\nseed: ${seed}\n",
        "features/default.yaml": "defaults: [income]\n",
        "features/income.yaml": "income:\n  _target_: test_config.Plain\n  size: 3\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text.replace("test_config", __name__), encoding="utf-8")
    monkeypatch.setattr(config, "conf_dir", lambda: tmp_path)
    return tmp_path


def backtest(
    models: dict[str, Any], features: dict[str, Any], horizons: Horizons | None, resolved: dict[str, Any]
) -> Any:
    return models, features, horizons, resolved


def test_instantiate__makes_objects_and_leaves_the_tree_alone():
    tree = {"a": TREES, "b": [TREES, 1], "c": {"d": "text"}}
    assert instantiate(tree, HERE) == {"a": Trees(3), "b": [Trees(3), 1], "c": {"d": "text"}}
    assert tree["a"] == {"_target_": f"{__name__}.Trees", "trees": 3}


def test_instantiate__nested_recipes_and_mappings():
    node = {
        "_target_": f"{__name__}.Panel",
        "columns": {"household_id": "hhid"},
        "maps": TREES,
        "windows": {"annual": [1, 2]},
    }
    assert instantiate(node, HERE) == Panel(Columns("hhid"), Trees(3), {"annual": (1, 2)})


def test_instantiate__tells_all_faults_at_once_with_full_keys():
    tree = {
        "model": {"_target_": f"{__name__}.Trees", "tres": 3, "kind": "hazrd", "rate": 0},
        "data": {"_target_": f"{__name__}.Panel", "columns": {"household_idd": "x"}, "windows": {"annual": [1, 0]}},
        "plain": {"_target_": f"{__name__}.Plain", "sizes": 3},
        "big": {"_target_": f"{__name__}.Plain", "size": 10},
    }
    with pytest.raises(InputError) as told:
        instantiate(tree, HERE)
    lines = str(told.value).splitlines()
    for expected in (
        "model.tres: no such key; did you mean 'trees'?",
        "model.trees: missing; write +model.trees=VALUE",
        "model.kind: 'hazrd' is not allowed: input should be 'hazard' or 'logit'; for example model.kind=hazard",
        "model.rate: 0 is not allowed: input should be greater than 0",
        "data.columns.household_idd: no such key; did you mean 'household_id'?",
        "data.columns.household_id: missing",
        "data.windows.annual[1]: 0 is not allowed",
        "plain.sizes: no such key; did you mean 'size'?",
        "plain.size: missing",
        "big: size is at most 9",
    ):
        assert any(line.startswith(expected) for line in lines), (expected, lines)


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("os.system", "not allowed"),
        ("relapsed.thing.Thing", "not allowed"),
        (f"{__name__}_evil.Thing", "not allowed"),
        ("relapse", "no dotted name"),
        ("relapse..config.call", "no dotted name"),
        (3, "no dotted name"),
        ("relapse.config.os.system", "cannot import"),
        ("relapse.config.Path", "not a class of relapse"),
        ("relapse.config.call", "not a class of relapse"),
        (f"{__name__}.Path", "not a class"),
        ("relapse.core.periods.Calender", "did you mean 'Calendar'?"),
    ],
)
def test_targets__outside_are_refused(target, reason):
    with pytest.raises(InputError, match=reason.replace("?", r"\?")):
        instantiate({"model": {"_target_": target}}, HERE)


def test_targets__are_checked_before_anything_is_made(tmp_path, monkeypatch):
    (tmp_path / "loud.py").write_text("open('seen', 'w').close()\nclass A: ...\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="not allowed"):
        instantiate([{"_target_": "loud.A"}, {"_target_": "os.system"}], ["loud"])
    assert not (tmp_path / "seen").exists()


@pytest.mark.parametrize("key", ["_args_", "_partial_", "_recursive_", "_convert_"])
def test_hydras_special_keys__are_refused(key):
    with pytest.raises(InputError, match=key):
        check_targets({"model": {**TREES, key: True}}, HERE)


def test_functions__only_of_the_users_own_modules():
    assert instantiate({"_target_": f"{__name__}.make_plain", "size": 2}, HERE) == Plain(2)


def test_call__plain_parameters_are_checked_by_their_annotations():
    def job(
        as_of: PeriodText | None, horizons: Horizons, origins: Periods | None, names: Names, share: float = 0.5
    ) -> Any:
        return as_of, horizons, origins, names, share

    given = {"as_of": 1987, "horizons": [3, 1, 3], "origins": 2019, "names": "logit", "seed": 2}
    assert config.call(job, given) == ("1987", (1, 3), ("2019",), ("logit",), 0.5)
    assert config.call(job, {**given, "as_of": "2020-03", "horizons": "6", "origins": None})[:3] == (
        "2020-03",
        (6,),
        None,
    )
    with pytest.raises(InputError, match="horizons: 'x' is not allowed"):
        config.call(job, {**given, "horizons": "x"})


def test_call__unknown_and_missing_keys_are_told_together():
    def job(model: object, share: float) -> None: ...

    with pytest.raises(InputError) as told:
        config.call(job, {"modle": 1, "shares": 2, "language": "fr", "paths": {"output": "x"}})
    text = str(told.value)
    assert "modle: no such key in job; did you mean 'model'?" in text
    assert "shares: no such key in job; did you mean 'share'?" in text
    assert "model: missing; conf/job.yaml or an override must set it: model=VALUE" in text
    assert "language: 'fr' is not allowed" in text
    assert "paths.output: no such key; did you mean 'outputs'?" in text


def test_call__a_protocol_wants_an_object():
    def job(model: Model, gates: dict[str, Model]) -> Any:
        return model, gates

    assert config.call(job, {"model": TREES, "gates": {}, "allow_targets": HERE}) == (Trees(3), {})
    with pytest.raises(InputError, match="model: 3 names no _target_"):
        config.call(job, {"model": 3, "gates": {}})


def test_call__an_object_in_a_plain_dict_is_passed_on():
    assert config.call(lambda model: model, {"model": Trees(3)}) == Trees(3)

    def job(gates: dict[str, Model], model: Model | None) -> Any:
        return gates, model

    assert config.call(job, {"gates": {"a": Trees(3)}, "model": None}) == ({"a": Trees(3)}, None)


def test_resolved__is_the_whole_config_as_dict_or_as_yaml():
    def as_yaml(resolved: str) -> str:
        return resolved

    assert (
        config.call(lambda resolved: resolved, {"seed": 1, "paths": {"outputs": "o${seed}"}})["paths"]["outputs"]
        == "o1"
    )
    assert config.call(as_yaml, {"seed": 1}) == "seed: 1\n"


def test_value_still_missing__names_the_override():
    with pytest.raises(InputError, match=r"data\.path: has no value yet; write data.path=VALUE"):
        config.call(lambda data: data, {"data": {"path": "???"}})


def test_models__the_chosen_one_as_composed_the_others_from_their_files(conf):
    composed = config.compose("backtest", ["model.trees=31", "seed=7", "horizons=6"])
    models, features, horizons, resolved = config.call(backtest, composed)
    assert models == {"trees": Trees(31, seed=7), "logit": Trees(1, kind="logit", seed=7)}
    assert (features, horizons) == ({"income": Plain(3)}, (6,))
    assert resolved["models"]["logit"]["kind"] == "logit"
    assert "hydra" not in resolved


def test_models__one_name_and_the_users_own_folder(conf, tmp_path):
    own = tmp_path / "own"
    (own / "model").mkdir(parents=True)
    (own / "model" / "mine.yaml").write_text("defaults: [small]\nkind: logit\n", encoding="utf-8")
    models = config.call(backtest, config.compose("backtest", ["models=mine"], own))[0]
    assert models == {"mine": Trees(5, kind="logit", seed=1)}


def test_models__may_refer_to_the_chosen_one(conf):
    (conf / "backtest.yaml").write_text(
        "defaults: [settings, model: trees, features: default, _self_]\n"
        f"allow_targets: [{__name__}]\nmodels: [logit, '${{hydra:runtime.choices.model}}']\n"
    )
    models = config.call(backtest, config.compose("backtest", ["model=small", "model.trees=6"]))[0]
    assert models == {"logit": Trees(1, kind="logit", seed=1), "small": Trees(6, seed=1)}


def test_models__unknown_name(conf):
    with pytest.raises(InputError, match="model: no option 'lgit'; did you mean 'logit'"):
        config.compose("backtest", ["models=[trees,lgit]"])


def test_compose__says_why_not(conf):
    with pytest.raises(InputError, match="did you mean 'trees'"):
        config.compose("backtest", ["model=tres"])


def test_option__makes_one_file_of_a_group_without_hydra(conf):
    (conf / "backtest.yaml").unlink()
    settings = conf / "settings.yaml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("allow_targets: []", f"allow_targets: [{__name__}]")
    )
    assert config.options("model") == ["logit", "small", "trees"]
    assert config.options("features") == ["income"]
    assert config.option("model", "small", kind="logit") == Trees(5, kind="logit", seed=1)
    assert config.option("features", "income", size=4) == Plain(4)
    with pytest.raises(InputError, match="model: no option 'tree'; did you mean 'trees'"):
        config.option("model", "tree")
    with pytest.raises(InputError, match=r"model\.sead: no such key; did you mean 'seed'"):
        config.option("model", "trees", sead=3)
    with pytest.raises(InputError, match="no option"):
        config.option("model", "../features/income")


def test_real_conf__has_settings_and_every_option_names_a_target_of_ours():
    assert config.compose("settings")["language"] == "zh"
    for file in config.conf_dir().glob("model/*.yaml"):
        assert file.stem in config.options("model") or file.stem == "default"
