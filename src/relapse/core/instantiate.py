"""Objects from `_target_` nodes, with every target checked before anything is imported or made.

In goes a plain tree of settings (dicts, lists, values); out comes the same tree with an object in place of each node
that holds a `_target_`. Faults of all nodes are collected and told at once, one line each.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from relapse.core.errors import InputError, RelapseError, nearest

if TYPE_CHECKING:
    from pydantic import ValidationError

OWN = "relapse"
_LONGEST_VALUE = 80  # characters of a value that a message may show
_TARGET = "_target_"
_HYDRA_ONLY = ("_args_", "_partial_", "_recursive_", "_convert_")
_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")
_EXAMPLES = {
    "int": "1",
    "float": "0.5",
    "bool": "true",
    "list": "[1,2]",
    "tuple": "[1,2]",
    "str": "TEXT",
    "date": "2020-03-31",
}


def instantiate(node: object, allowed: Iterable[str] = (), path: str = "") -> Any:
    """The objects that a tree of settings describes.

    Args:
        node: dicts, lists and values; a dict with `_target_` becomes an object of that class, made with its other keys.
        allowed: prefixes besides `relapse` with which a target may begin.
        path: where the tree stands in the config, for messages, such as `features.income`.

    Returns:
        The tree with objects in place of its nodes; `node` itself is not changed.

    Raises:
        InputError: a target is not allowed or not there, or settings do not fit (all faults, one a line).

    Example:
        >>> instantiate({"calendar": {"_target_": "relapse.core.periods.Calendar", "frequency": "annual"}})
        {'calendar': Calendar(frequency='annual')}
    """
    prefixes = tuple(allowed)
    check_targets(node, prefixes, path)
    faults: list[str] = []
    made = make(node, prefixes, path, faults)
    if faults:
        raise InputError("\n".join(faults))
    return made


def check_targets(node: object, allowed: Sequence[str] = (), path: str = "") -> None:
    """Refuse a tree with a target that is not allowed, or with a key that only Hydra's own instantiation knows.

    Args:
        node: see `instantiate`.
        allowed: prefixes besides `relapse` with which a target may begin.
        path: where the tree stands in the config.

    Raises:
        InputError: names the key and what stands there. Nothing has been imported.
    """
    if isinstance(node, Mapping):
        for key in _HYDRA_ONLY:
            if key in node:
                raise InputError(f"{_below(path, key)}: this key is not used here; remove it")
        if _TARGET in node:
            _check_target(node[_TARGET], allowed, _below(path, _TARGET))
        for key, value in node.items():
            check_targets(value, allowed, _below(path, key))
    elif isinstance(node, list | tuple):
        for place, value in enumerate(node):
            check_targets(value, allowed, f"{path}[{place}]")


def has_target(node: object) -> bool:
    """Whether a tree of settings holds a `_target_` anywhere."""
    if isinstance(node, Mapping):
        return _TARGET in node or any(has_target(value) for value in node.values())
    return isinstance(node, list | tuple) and any(has_target(value) for value in node)


def make(node: object, allowed: Sequence[str], path: str, faults: list[str]) -> Any:
    """As `instantiate`, for trees whose targets were checked; faults are added to `faults`, not raised."""
    if isinstance(node, Mapping):
        before = len(faults)
        parts = {key: make(value, allowed, _below(path, key), faults) for key, value in node.items() if key != _TARGET}
        if _TARGET not in node:
            return parts
        factory = _locate(str(node[_TARGET]), allowed, _below(path, _TARGET), faults)
        return None if factory is None or len(faults) > before else _call(factory, parts, path, faults)
    if isinstance(node, list | tuple):
        return [make(value, allowed, f"{path}[{place}]", faults) for place, value in enumerate(node)]
    return node


def faults_of(error: ValidationError, path: str, value: object, kind: object = None) -> list[str]:
    """What pydantic found, a line a fault: the full key, what stands there, what may, and the override that fits.

    Args:
        error: of a recipe or of one parameter.
        path: key of the whole, such as `features.income`.
        value: the settings that were refused.
        kind: the dataclass that they were meant for, where there is one; names what unknown keys may have meant.
    """
    lines: dict[str, list[str]] = {}
    fixes: dict[str, str] = {}
    for fault in error.errors(include_url=False):
        keys = _keys(fault["loc"], value, fault["type"])
        where = path + "".join(f"[{key}]" if isinstance(key, int) else f".{key}" if path else key for key in keys)
        if fault["type"] == "none_required":
            continue  # the other half of `X | None` says what is wanted
        lines.setdefault(where, []).append(_told(fault, keys, kind))
        fixes.setdefault(where, _fix(fault, where))
    return [f"{where}: {' or '.join(dict.fromkeys(told))}{fixes[where]}" for where, told in lines.items()]


def shown(value: object) -> str:
    """A value as a message may show it: never longer than 80 characters."""
    text = "null" if value is None else repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"<a {type(value).__name__} of {len(text)} characters>"


def shorten(text: str) -> str:
    """A message with every quoted or unbroken piece longer than 80 characters cut."""
    pieces = rf"'[^']{{{_LONGEST_VALUE + 1},}}'|\"[^\"]{{{_LONGEST_VALUE + 1},}}\"|\S{{{_LONGEST_VALUE + 1},}}"
    return re.sub(pieces, lambda found: found.group()[: _LONGEST_VALUE - 3] + "...", text)


def _below(path: str, key: object) -> str:
    return f"{path}.{key}" if path else str(key)


def _begins(dotted: str, allowed: Sequence[str]) -> bool:
    return any(f"{dotted}.".startswith(f"{prefix.rstrip('.')}.") for prefix in (OWN, *allowed) if prefix.strip(". "))


def _check_target(target: object, allowed: Sequence[str], where: str) -> None:
    if not isinstance(target, str) or not _DOTTED.fullmatch(target):
        raise InputError(f"{where}: {shown(target)} is no dotted name of a class, such as relapse.features.level.Level")
    if not _begins(target, allowed):
        raise InputError(
            f"{where}: {shown(target)} is not allowed; a target begins with '{OWN}.' or with a prefix that stands in "
            "your own config under allow_targets"
        )


def _locate(target: str, allowed: Sequence[str], where: str, faults: list[str]) -> Callable[..., Any] | None:
    """The class (in an allowed module also a function) of that name; None, with a fault added, where there is none."""
    module_name, _, name = target.rpartition(".")
    try:
        found = getattr(importlib.import_module(module_name), name, None)
    except ModuleNotFoundError as error:
        faults.append(f"{where}: cannot import {shown(module_name)} ({shorten(str(error))}); is it installed?")
        return None
    if found is None:
        classes = inspect.getmembers(importlib.import_module(module_name), inspect.isclass)
        own = [word for word, kind in classes if kind.__module__ == module_name]
        faults.append(f"{where}: nothing named '{name}' in {module_name}; {nearest(name, own)}")
        return None
    usable = inspect.isclass(found) or (inspect.isfunction(found) and not _begins(target, ()))
    if not usable or not _begins(str(found.__module__), allowed):
        faults.append(f"{where}: {shown(target)} is not a class of {OWN} or of an allowed module")
        return None
    return found  # type: ignore[no-any-return]


def _call(factory: Callable[..., Any], settings: dict[str, Any], path: str, faults: list[str]) -> Any:
    from pydantic import ValidationError

    if not hasattr(factory, "__pydantic_validator__"):
        unfit = _unfit_names(factory, settings, path)
        if unfit:
            faults.extend(unfit)
            return None
    try:
        return factory(**settings)
    except ValidationError as error:
        faults.extend(faults_of(error, path, settings, factory))
    except (RelapseError, ValueError) as error:
        faults.append(f"{path}: {error}" if path else str(error))
    return None


def _unfit_names(factory: Callable[..., Any], settings: Mapping[str, Any], path: str) -> list[str]:
    """Keys that a plain class or function does not take, or misses."""
    taken = inspect.signature(factory).parameters
    if any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in taken.values()):
        return []
    unknown = [f"{_below(path, key)}: no such key; {nearest(key, taken)}" for key in settings if key not in taken]
    needed = [name for name, parameter in taken.items() if parameter.default is inspect.Parameter.empty]
    return unknown + [f"{_below(path, name)}: missing" for name in needed if name not in settings]


def _keys(location: Sequence[int | str], value: object, kind: str) -> list[int | str]:
    """The part of pydantic's location that are keys of the settings (it also names branches of unions)."""
    keys: list[int | str] = []
    for part in location:
        inside = isinstance(part, int) and part < len(value) if isinstance(value, list | tuple) else False
        if inside or (isinstance(value, Mapping) and part in value):
            value = value[part]  # type: ignore[index]
        elif not (kind.startswith("missing") and part == location[-1]):
            continue
        keys.append(part)
    return keys


def _told(fault: Any, keys: Sequence[int | str], kind: object) -> str:
    if fault["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
        return f"no such key; {nearest(str(keys[-1]), _names(kind, keys[:-1]))}"
    if fault["type"].startswith("missing"):
        return "missing"
    reason = str(fault["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    if type(fault["input"]).__name__ == "ArgsKwargs":  # pydantic's word for all settings together
        return f"{reason[:1].lower()}{shorten(reason[1:])}"
    return f"{shown(fault['input'])} is not allowed: {reason[:1].lower()}{shorten(reason[1:])}"


def _fix(fault: Any, where: str) -> str:
    """The override that would fit, as the end of a sentence; empty where there is none to offer."""
    if fault["type"] in ("unexpected_keyword_argument", "extra_forbidden") or where.startswith("models."):
        return ""
    if fault["type"].startswith("missing"):
        return f"; write +{where}=VALUE"
    limits = fault.get("ctx", {})
    example = next((str(limits[key]) for key in ("ge", "le") if key in limits), "")
    example = example or next((text for word, text in _EXAMPLES.items() if fault["type"].startswith(word)), "")
    if "expected" in limits:
        import difflib

        words = re.findall(r"'([^']*)'", str(limits["expected"]))
        close = difflib.get_close_matches(str(fault["input"]), words, n=1, cutoff=0.0)
        example = close[0] if close else example
    return f"; for example {where}={example}" if example and "[" not in where else ""


def _names(kind: object, keys: Sequence[int | str]) -> list[str]:
    """Field names of the dataclass at `keys` inside `kind`."""
    for key in keys:
        if is_dataclass(kind) and isinstance(key, str):
            hint = get_type_hints(kind).get(key)
            kind = next((part for part in (hint, *get_args(hint)) if is_dataclass(part)), None)
    return [field.name for field in fields(kind)] if is_dataclass(kind) else []
