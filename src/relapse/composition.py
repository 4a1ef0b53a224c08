"""What Hydra composes from `conf/`, looked through before Hydra acts on it, with its faults told in our words.

Hydra would run code that a config names (callbacks, logging factories) and unpickle a file on request. Both are refused
here, by composing once before anything is called. Nothing in this module makes an object from a config.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from relapse.core.errors import InputError, nearest
from relapse.core.instantiate import shorten, shown

if TYPE_CHECKING:
    import argparse

    from hydra.core.config_loader import ConfigLoader
    from omegaconf import DictConfig

_SIGNS = re.compile(r"^[+~]*")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Hydra's own flags and the overrides, in any order.

    Raises:
        InputError: an unknown flag, a flag without its value, or the one flag that loads a pickle.
    """
    from hydra._internal.utils import get_args_parser

    parser = get_args_parser()
    flags = [flag for action in parser._actions for flag in action.option_strings if flag.startswith("--")]

    def refuse(message: str) -> None:
        unknown = re.match(r"unrecognized arguments: (\S+)", message)
        raise InputError(f"unknown flag {unknown[1]}; {nearest(unknown[1], flags)}" if unknown else shorten(message))

    parser.error = refuse  # type: ignore[assignment,method-assign]
    parsed = parser.parse_intermixed_args(list(arguments))
    if parsed.experimental_rerun is not None:
        raise InputError("--experimental-rerun loads a pickle, which could run any code; give the overrides instead")
    if parsed.resolve and not parsed.cfg:
        raise InputError("--resolve goes with --cfg job")
    if parsed.cfg and parsed.info:
        raise InputError("--cfg and --info: give one of them")
    if parsed.config_dir is not None and not Path(parsed.config_dir).is_dir():
        raise InputError(f"--config-dir {shown(parsed.config_dir)}: no such folder")
    return parsed


def load(command: str, overrides: Sequence[str], folders: Sequence[str | Path]) -> DictConfig:
    """The composed config with Hydra's own node, interpolations unresolved.

    Args:
        command: name of the root config, such as `train`.
        overrides: as on the command line, without sweeps.
        folders: where configs lie; the first that has a file wins.

    Raises:
        Exception: Hydra's, OmegaConf's or YAML's own; `misuse.composed` tells it in our words.
    """
    from hydra.types import RunMode

    return _loader(folders).load_configuration(command, list(overrides), RunMode.RUN)


def first_of_sweep(overrides: Sequence[str], folders: Sequence[str | Path]) -> list[str]:
    """The overrides of a sweep's first job: the first of several values of each key.

    Raises:
        Exception: see `load`.
    """
    from hydra.core.override_parser.overrides_parser import OverridesParser

    single = []
    for override in OverridesParser.create(config_loader=_loader(folders)).parse_overrides(list(overrides)):
        first = next(override.sweep_string_iterator(), None) if override.is_discrete_sweep() else None
        text = str(override.input_line)
        single.append(text if first is None else f"{text.partition('=')[0]}={first}")
    return single


def check(cfg: DictConfig, folders: Sequence[str | Path], allowed: Sequence[str]) -> None:
    """Refuse a composed config by which Hydra itself would run code, or which chooses several where one is wanted.

    Raises:
        InputError: a callback, a logging factory, or a list of options for a group of which one is chosen.
    """
    from omegaconf import OmegaConf

    own = OmegaConf.to_container(cfg.hydra, resolve=False, throw_on_missing=False)
    assert isinstance(own, dict)
    if own.get("callbacks"):
        raise InputError("hydra.callbacks: Hydra would run what is named here; remove it")
    for part in ("job_logging", "hydra_logging"):
        _check_logging(own.get(part), f"hydra.{part}")
    swept = own.get("sweeper", {}).get("params") or {}
    for key in swept:
        if _SIGNS.sub("", str(key)).startswith("hydra"):
            raise InputError(f"hydra.sweeper.params: '{key}' may not be swept over")
    if any(not str(prefix).strip(". ") for prefix in allowed):
        raise InputError("allow_targets: an empty prefix would allow everything; name a package")
    for text in own["overrides"]["task"]:
        group, _, chosen = _SIGNS.sub("", text).partition("=")
        names = options(group.partition("@")[0], folders) if chosen.startswith("[") else []
        several = any((Path(folder) / group / "default.yaml").is_file() for folder in folders)
        if names and not several:
            raise InputError(f"{group}: choose one, {group}=NAME; there are: {', '.join(names)}")


def run(command: str, cfg: DictConfig, folders: Sequence[str | Path], task: Callable[[DictConfig], None]) -> None:
    """Call a task as Hydra calls the one job of a plain run, with the config that was looked through.

    `hydra.main` would compose it twice more, once only to ask whether it is a sweep: two thirds of a command's start.

    Args:
        command: name of the job.
        cfg: from `load`, and checked.
        folders: where it was composed from.
        task: takes the config without Hydra's own node.

    Raises:
        Exception: what the task raises.
    """
    from hydra._internal.callbacks import Callbacks
    from hydra.core.utils import JobRuntime, run_job
    from hydra.types import HydraContext, RunMode

    cfg.hydra.mode = RunMode.RUN
    JobRuntime.instance().set("name", command)
    context = HydraContext(config_loader=_loader(folders), callbacks=Callbacks())
    _ = run_job(task, cfg, "hydra.run.dir", None, context).return_value  # raises what the task raised


def options(group: str, folders: Sequence[str | Path]) -> list[str]:
    """Names of the files of a config group, sorted; `_…` and, beside others, `default` are left out."""
    found = {file.stem for folder in folders for file in (Path(folder) / group).glob("*.yaml")}
    return sorted(name for name in found - {"default"} if not name.startswith("_")) or sorted(found)


def option_file(group: str, name: str, folders: Sequence[str | Path]) -> DictConfig:
    """The YAML of one option, with the options of its group that its own defaults list names; made without Hydra.

    Raises:
        InputError: no such option (the nearest is named), or no YAML in it.
    """
    from omegaconf import DictConfig, OmegaConf
    from yaml import YAMLError

    file = next(
        (path for path in (Path(folder) / group / f"{name}.yaml" for folder in folders) if path.is_file()), None
    )
    if file is None or Path(name).name != name:
        raise InputError(f"{group}: no option {shown(name)}; {nearest(name, options(group, folders))}".rstrip("; "))
    try:
        node = OmegaConf.load(file)
    except YAMLError as error:
        raise InputError(f"{file}: no valid YAML: {shorten(' '.join(str(error).split()))}") from error
    if not isinstance(node, DictConfig):
        raise InputError(f"{file}: holds no keys")
    bases = node.pop("defaults", [])
    layers = [node if base == "_self_" else _base(group, base, file, folders) for base in bases]
    merged = OmegaConf.merge(*layers, *([] if "_self_" in bases else [node]))
    assert isinstance(merged, DictConfig)
    return merged


def _base(group: str, base: object, file: Path, folders: Sequence[str | Path]) -> DictConfig:
    """One entry of an option's defaults list: `name`, `name@key`, or `/other_group@key: name`."""
    from omegaconf import DictConfig, OmegaConf

    if isinstance(base, DictConfig) and len(base) == 1:
        place, name = str(next(iter(base))), str(next(iter(base.values())))
        other, _, key = place.removeprefix("/").partition("@")
        if place.startswith("/") and key:
            return OmegaConf.create({key: option_file(other, name, folders)})
    if not isinstance(base, str):
        raise InputError(f"{file}: its defaults list may name other options: NAME, NAME@KEY or /GROUP@KEY: NAME")
    name, _, key = base.partition("@")
    layer = option_file(group, name, folders)
    return OmegaConf.create({key: layer}) if key else layer


def refuse_hidden(folders: Sequence[str | Path]) -> None:
    """Stop where a file of the user's own has the name of one of ours, which Hydra would take without a word.

    Args:
        folders: ours first, then the user's.

    Raises:
        InputError: names the file and what to do.
    """
    ours = Path(folders[0])
    for folder in map(Path, folders[1:]):
        for file in sorted(folder.rglob("*.yaml")):
            inside = file.relative_to(folder)
            if (ours / inside).is_file() and not file.samefile(ours / inside):
                named = f", such as {inside.parent.as_posix()}=my_{inside.stem}" if inside.parent.name else ""
                raise InputError(
                    f"{file}: relapse has a config {inside.as_posix()} of its own, which would be taken instead; give "
                    f"yours another name and choose it{named}"
                )


def job_title() -> str:
    """Number and overrides of the job of a sweep that runs now."""
    from hydra.core.hydra_config import HydraConfig

    own = HydraConfig.get()
    told = [text for text in own.overrides.task if not text.startswith("hydra.")]
    return shorten(f"job {own.job.num}: {' '.join(told)}")


def quoted(text: str) -> str:
    """A text as Hydra's grammar reads it back unchanged: quotes, backslashes before them and `${` escaped."""
    escaped = re.sub(r"(\\*)('|$)", lambda end: end[1] * 2 + ("\\'" if end[2] else ""), text.replace("${", "\\${"))
    return f"'{escaped}'"


@contextmanager
def as_current(cfg: DictConfig) -> Iterator[None]:
    """Let `${hydra:…}` look into `cfg` for a while."""
    from hydra.core.hydra_config import HydraConfig

    holder = HydraConfig.instance()
    before = holder.cfg
    holder.set_config(cfg)
    try:
        yield
    finally:
        holder.cfg = before


def _check_logging(node: object, path: str) -> None:
    if isinstance(node, Mapping):
        for key, value in node.items():
            foreign = key == "class" and not str(value).startswith("logging.")
            outside = str(value).startswith("ext://") and value not in ("ext://sys.stdout", "ext://sys.stderr")
            if key == "()" or foreign or outside:
                raise InputError(
                    f"{path}.{key}: logging would load {shown(value)}; only classes of Python's logging are used"
                )
            _check_logging(value, f"{path}.{key}")


def _loader(folders: Sequence[str | Path]) -> ConfigLoader:
    from hydra import version
    from hydra._internal.config_loader_impl import ConfigLoaderImpl
    from hydra._internal.utils import create_config_search_path
    from hydra.core.config_search_path import SearchPathQuery
    from hydra.core.utils import setup_globals

    setup_globals()
    version.setbase("1.3")
    search = create_config_search_path(str(Path(folders[0]).absolute()))
    for folder in folders[1:]:
        path = f"file://{Path(folder).absolute()}"
        search.prepend(provider="command-line", path=path, anchor=SearchPathQuery(provider="schema", path=None))
    return ConfigLoaderImpl(search)
