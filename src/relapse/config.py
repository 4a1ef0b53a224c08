"""Where `conf/` is, and how a config becomes a call: settings are checked, objects made, the pipeline called.

In goes what Hydra composed (or a plain dict); out comes what the pipeline returns. Pipelines never see a `DictConfig`.
Hydra and pydantic are imported inside the functions, so that the command line's help stays instant.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from keyword import iskeyword
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_type_hints

from relapse import composition, misuse
from relapse.core.conf_dir import conf_dir as conf_dir  # noqa: PLC0414 - part of this module too
from relapse.core.errors import InputError, nearest
from relapse.core.instantiate import check_targets, faults_of, has_target, instantiate, make, shown

if TYPE_CHECKING:
    from omegaconf import DictConfig

T = TypeVar("T")

SETTINGS = "settings"
_RESOLVED = "resolved"  # a parameter of this name gets the whole config
_MANY, _ONE = "models", "model"  # names of several options of the group `model`


def call(pipeline: Callable[..., T], cfg: DictConfig | Mapping[str, Any]) -> T:
    """Call a pipeline with what a config says.

    Args:
        pipeline: a function whose parameters are keys of the config (see `bind`).
        cfg: composed by Hydra, by `compose`, or written by hand.

    Raises:
        InputError: a target that is not allowed, settings that do not fit (all faults, one a line).
    """
    return pipeline(**bind(pipeline, cfg))


def bind(pipeline: Callable[..., object], cfg: DictConfig | Mapping[str, Any]) -> dict[str, Any]:
    """The arguments with which a config calls a pipeline: nodes with a `_target_` as objects, values checked by type.

    A key that Python reserves goes to the parameter with an underscore after it (`from` to `from_`). A parameter
    `resolved: dict` gets the whole resolved config (`resolved: str`: as YAML); a list `models` becomes a
    dict of models by name.

    Args:
        pipeline: its annotations are the schema of its plain parameters.
        cfg: see `call`.

    Raises:
        InputError: see `call`; also a key that neither the pipeline nor `conf/settings.yaml` knows, or one that misses.
    """
    resolved = {f"{name}_" if iskeyword(name) else name: value for name, value in resolve(cfg).items()}
    allowed = _allowed(resolved)
    check_targets(resolved, allowed)
    hints = get_type_hints(pipeline, include_extras=True)
    taken = {name: par for name, par in inspect.signature(pipeline).parameters.items() if name != _RESOLVED}
    faults = _unfit_keys(pipeline.__name__, taken, resolved)
    types = {**_types_of_settings(), **hints}
    told = {line.partition(":")[0].partition(".")[0] for line in faults}
    values = {
        name: _argument(name, value, types.get(name, Any), allowed, faults)
        for name, value in resolved.items()
        if (name in taken or name in types) and name not in told
    }
    compared = resolved.get(_MANY)
    if _ONE not in taken and isinstance(compared, Mapping) and resolved.get(_ONE) not in list(compared.values()):
        make(
            resolved.get(_ONE), allowed, _ONE, faults
        )  # not asked for among `models`, but what was said of it must fit
    if faults:
        raise InputError("\n".join(faults))
    arguments = {name: value for name, value in values.items() if name in taken}
    if _RESOLVED in inspect.signature(pipeline).parameters:
        arguments[_RESOLVED] = yaml_text(resolved) if hints.get(_RESOLVED) is str else resolved
    return arguments


def resolve(cfg: DictConfig | Mapping[str, Any]) -> dict[str, Any]:
    """A config as a plain dict: interpolations resolved, `models` filled in, without Hydra's own node.

    Raises:
        InputError: a key without a value, an interpolation that leads nowhere, an unknown model.
    """
    from omegaconf import DictConfig, OmegaConf, open_dict, read_write
    from omegaconf.errors import OmegaConfBaseException

    own = _hydra_of(cfg)
    objects = {} if isinstance(cfg, DictConfig) else {key: value for key, value in cfg.items() if _has_object(value)}
    values = {key: value for key, value in cfg.items() if key not in objects} if objects else cfg
    tree = cfg.copy() if isinstance(cfg, DictConfig) else OmegaConf.create(dict(values))
    try:
        with read_write(tree), open_dict(tree):
            tree.pop("hydra", None)
            _fill_models(tree, own)
        empty = sorted(str(key) for key in OmegaConf.missing_keys(tree))
        if empty:
            raise InputError("\n".join(f"{key}: has no value yet; write {key}=VALUE" for key in empty))
        plain = OmegaConf.to_container(tree, resolve=True)
    except OmegaConfBaseException as error:
        raise misuse.translate(error, "", [], [conf_dir()]) from error
    assert isinstance(plain, dict)
    return {str(key): value for key, value in [*plain.items(), *objects.items()]}


def compose(command: str, overrides: Sequence[str] = (), config_dir: str | Path | None = None) -> dict[str, Any]:
    """The resolved config of a command, for notebooks and tests; `call` takes it.

    Args:
        command: such as `train`.
        overrides: as on the command line, such as `["model=logit", "seed=2"]`.
        config_dir: your own folder of configs.

    Raises:
        InputError: anything that does not compose, with the nearest right name.

    Example:
        >>> compose("settings", ["seed=7"])["seed"]
        7
    """
    folders = [conf_dir(), *([Path(config_dir)] if config_dir else [])]
    cfg = misuse.composed(command, [f"hydra.job.name={command}", *overrides], folders)
    with composition.as_current(cfg):
        return resolve(cfg)


def options(group: str, config_dir: str | Path | None = None) -> list[str]:
    """Names of the options of a config group, sorted.

    Example:
        >>> "lgbm_hazard" in options("model")
        True
    """
    return composition.options(group, [conf_dir(), *([Path(config_dir)] if config_dir else [])])


def option(group: str, name: str, /, config_dir: str | Path | None = None, **changes: Any) -> Any:
    """One option of a config group as an object, made without Hydra.

    Args:
        group: such as `model`.
        name: such as `lgbm_hazard`.
        config_dir: your own folder of configs, looked into after ours.
        changes: settings of that option that shall differ from its file; in groups of settings those that are named.

    Raises:
        InputError: no such option, or settings that do not fit.
    """
    from omegaconf import DictConfig, OmegaConf

    root = OmegaConf.load(conf_dir() / f"{SETTINGS}.yaml")
    node = composition.option_file(group, name, [conf_dir(), *([Path(config_dir)] if config_dir else [])])
    inner = node[name] if set(node) == {name} else node  # composed groups hold one key named as the file
    objects = {key: value for key, value in changes.items() if _has_object(value)}
    plain = {key: value for key, value in changes.items() if key not in objects}
    changed = OmegaConf.merge(inner, plain)
    assert isinstance(changed, DictConfig)
    for key in objects:
        changed.pop(key, None)
    settings = resolve(OmegaConf.merge(root, {group: changed}))  # type: ignore[arg-type]
    return instantiate({**settings[group], **objects}, _allowed(settings), group)


def allowed_targets(cfg: DictConfig | Mapping[str, Any]) -> tuple[str, ...]:
    """Packages besides `relapse` whose classes this config may name.

    Raises:
        InputError: something else than a list of names.
    """
    from omegaconf import OmegaConf

    allowed = cfg.get("allow_targets") or []
    return _allowed(
        {"allow_targets": OmegaConf.to_container(allowed, resolve=True) if OmegaConf.is_config(allowed) else allowed}
    )


def yaml_text(resolved: Mapping[str, Any]) -> str:
    """A resolved config as YAML, keys in their order."""
    from omegaconf import OmegaConf

    return OmegaConf.to_yaml(OmegaConf.create(dict(resolved)))


@cache
def _settings(folder: Path) -> dict[str, Any]:
    from omegaconf import OmegaConf

    plain = OmegaConf.to_container(OmegaConf.load(folder / f"{SETTINGS}.yaml"))
    assert isinstance(plain, dict)
    return {str(key): value for key, value in plain.items() if key not in ("defaults", "hydra")}


def _types_of_settings() -> dict[str, Any]:
    """What the settings of every command may be, also where a pipeline does not take them."""
    from typing import Literal

    from relapse.core.recipe import Horizons, Periods, PeriodText, Seed

    return {
        "seed": Seed,
        "as_of": PeriodText | None,
        "horizons": Horizons | None,
        "origins": Periods | None,
        "language": Literal["zh", "en"],
        "debug": bool,
        "paths": dict[str, str],
        "tracking": dict[str, str | None],
    }


def _allowed(resolved: Mapping[str, Any]) -> tuple[str, ...]:
    allowed = resolved.get("allow_targets") or []
    names = [allowed] if isinstance(allowed, str) else allowed
    if not isinstance(names, list) or not all(isinstance(name, str) and name.strip(". ") for name in names):
        raise InputError(f"allow_targets: {shown(allowed)} is no list of packages, such as [mycounty]")
    return tuple(names)


def _unfit_keys(command: str, taken: Mapping[str, inspect.Parameter], resolved: Mapping[str, Any]) -> list[str]:
    """Keys too many, of the config or inside its settings, and parameters for which there is no key."""
    settings = _settings(conf_dir())
    known = {*taken, *settings, *((_ONE,) if _MANY in taken else ())}
    faults = [f"{key}: no such key in {command}; {nearest(key, known)}" for key in resolved if key not in known]
    for key, inner in settings.items():
        here = resolved.get(key)
        if isinstance(inner, dict) and isinstance(here, dict):
            faults += [f"{key}.{word}: no such key; {nearest(word, inner)}" for word in here if word not in inner]
        elif isinstance(inner, dict) and key in resolved:
            faults.append(
                f"{key}: {shown(here)} stands where keys are wanted: {', '.join(f'{key}.{w}' for w in inner)}"
            )
    for name, parameter in taken.items():
        if name not in resolved and parameter.default is inspect.Parameter.empty:
            faults.append(f"{name}: missing; conf/{command}.yaml or an override must set it: {name}=VALUE")
    return faults


def _argument(name: str, node: object, hint: Any, allowed: Sequence[str], faults: list[str]) -> Any:
    """One argument: objects where the config names targets, else the value as its annotation wants it."""
    if has_target(node):
        return make(node, allowed, name, faults)
    from pydantic import PydanticUserError, TypeAdapter, ValidationError
    from pydantic_core import SchemaError

    try:
        try:
            adapter: TypeAdapter[Any] = TypeAdapter(hint, config={"arbitrary_types_allowed": True})
        except PydanticUserError:  # the type has a config of its own
            adapter = TypeAdapter(hint)
        return adapter.validate_python(node)
    except ValidationError as error:
        faults.extend(faults_of(error, name, node, hint))
    except SchemaError:  # a protocol: only an object will do
        if node in ({}, []) or (node is None and type(None) in get_args(hint)) or _has_object(node):
            return node
        faults.append(f"{name}: {shown(node)} names no _target_; choose an option: {name}=NAME")
    return None


def _has_object(node: object) -> bool:
    """Whether something stands in it that YAML could not say."""
    if isinstance(node, Mapping):
        return any(_has_object(value) for value in node.values())
    if isinstance(node, list | tuple):
        return any(_has_object(value) for value in node)
    return not isinstance(node, str | int | float | bool | None)


def _hydra_of(cfg: DictConfig | Mapping[str, Any]) -> Any:
    """Hydra's own node, from the config or from the job that runs; None where there is none."""
    from hydra.core.hydra_config import HydraConfig
    from omegaconf import DictConfig

    if isinstance(cfg, DictConfig):
        return cfg.get("hydra") or (HydraConfig.get() if HydraConfig.initialized() else None)
    return None


def _fill_models(tree: DictConfig, own: Any) -> None:
    """Replace the list `models` by a dict: the chosen model as composed, the others as in their files."""
    from omegaconf import OmegaConf

    names = tree.get(_MANY)
    if not isinstance(names, str) and not OmegaConf.is_list(names):
        return
    chosen = own.runtime.choices.get(_ONE) if own is not None else None
    found = own.runtime.config_sources if own is not None else ()
    folders: list[str | Path] = [source.path for source in found if source.schema == "file"] or [conf_dir()]
    wanted = [names] if isinstance(names, str) else [str(name) for name in names]
    tree[_MANY] = {
        name: tree[_ONE] if name == chosen and _ONE in tree else composition.option_file(_ONE, name, folders)
        for name in wanted
    }
