"""Wrong use of the command line and faulty configs, told in our words with the nearest right name.

In go the errors of Hydra, OmegaConf and YAML; out come `InputError`s.
Values longer than 80 characters are never printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relapse.composition import first_of_sweep, load, options
from relapse.core.errors import InputError, nearest
from relapse.core.instantiate import shorten, shown

if TYPE_CHECKING:
    from omegaconf import DictConfig

_SIGNS = re.compile(r"^[+~]*")
_SAYINGS = (
    (r"An item is already at '([^']*)'", "'{0}' is there already: write {0}=VALUE without the +"),
    (r"Multiple values for ([^.\s]+)\.", "'{0}' is chosen already: write {0}=NAME without the +"),
    (
        r"Ambiguous value for argument '([^'=]*)=",
        "{0}: several values; write '{0}=[A,B]' for a list, or add -m to run once with each",
    ),
    (r"Interpolation key '([^']*)' not found\s+full_key: (\S+)", "{1}: refers to '{0}', which is not in the config"),
)


def composed(
    command: str, overrides: Sequence[str], folders: Sequence[str | Path], *, sweep: bool = False
) -> DictConfig:
    """What `composition.load` composes; of a sweep its first job.

    Args:
        command: name of the root config, such as `train`.
        overrides: as on the command line.
        folders: where configs lie; the first that has a file wins.
        sweep: whether values may be swept over (`a=1,2`).

    Raises:
        InputError: anything that does not compose, with the nearest right name.
    """
    try:
        return load(command, first_job(overrides, folders) if sweep else overrides, folders)
    except Exception as error:  # Hydra raises its own errors, OmegaConf's, YAML's and bare ValueErrors alike
        raise translate(error, command, overrides, folders) from error


def first_job(overrides: Sequence[str], folders: Sequence[str | Path]) -> list[str]:
    """As `composition.first_of_sweep`.

    Raises:
        InputError: an override that cannot be read.
    """
    try:
        return first_of_sweep(overrides, folders)
    except Exception as error:  # see `composed`
        raise translate(error, "", overrides, folders) from error


def translate(
    error: BaseException, command: str, overrides: Sequence[str], folders: Sequence[str | Path]
) -> InputError:
    """An error of Hydra, OmegaConf or YAML as one message that names the nearest right key or option."""
    from hydra.errors import MissingConfigException, OverrideParseException
    from yaml import YAMLError

    text = str(error)
    missed = re.search(r"Could not override '([^']*)'|Could not delete from config\. '([^']*)'", text)
    if isinstance(error, InputError):
        return error
    if isinstance(error, OverrideParseException):
        return InputError(_unread(error.override))
    if isinstance(error, MissingConfigException):
        return _no_such_file(error, text, folders)
    if isinstance(error, YAMLError):
        return InputError(f"a config file is not valid YAML: {shorten(' '.join(text.split()))}")
    if missed:
        return _no_such_key(missed[1] or missed[2], command, overrides, folders)
    return InputError(_said(text or type(error).__name__, overrides, folders))


def _said(text: str, overrides: Sequence[str], folders: Sequence[str | Path]) -> str:
    """What Hydra said, in our words where we know the sentence."""
    if "Config group override must be" in text:
        return _not_an_option(overrides, folders)
    for pattern, words in _SAYINGS:
        if found := re.search(pattern, text):
            return shorten(words.format(*found.groups()))
    return f"the config cannot be composed: {shorten(text.splitlines()[0])}"


def _unread(override: str) -> str:
    if "=" not in override and not override.startswith("~"):
        return f"{shown(override)} is no override; settings are written KEY=VALUE"
    return (
        f"cannot read the override {shown(override)}; a value with spaces, commas or signs is written 'KEY=\"VALUE\"'"
    )


def _no_such_file(error: Any, text: str, folders: Sequence[str | Path]) -> InputError:
    group, _, name = str(error.missing_cfg_file or "").removesuffix(".yaml").rpartition("/")
    given = list(error.options or options(group, folders))
    known = [word for word in given if word != "default"] or given
    if group:
        return InputError(f"{group}: no option {shown(name)}; {nearest(name, known)}".rstrip("; "))
    if name:
        return InputError(f"no config {shown(name + '.yaml')}; {nearest(name, known)}".rstrip("; "))
    return InputError(shorten(text.splitlines()[0]))


def _no_such_key(key: str, command: str, overrides: Sequence[str], folders: Sequence[str | Path]) -> InputError:
    """Says which key was meant: one beside it, else one elsewhere in the config."""
    from omegaconf import DictConfig, OmegaConf

    written = {_SIGNS.sub("", text).partition("=")[0]: text.partition("=")[2] for text in overrides}
    if key not in written and "experiment" in written:
        return InputError(
            f"experiment={written['experiment']} chooses a '{key}', which {command} does not take; "
            "name its data alone: data=NAME"
        )
    if key in written and options(key, folders):
        return InputError(f"{key}: choose an option, {key}=NAME, and set its keys one by one, {key}.KEY=VALUE")
    cfg = _without(key, command, overrides, folders)
    parent, _, word = key.rpartition(".")
    beside = OmegaConf.select(cfg, parent) if parent else None
    if isinstance(beside, DictConfig) and word in beside:
        return InputError(f"'{key}': this cannot stand here as a whole; give its keys one by one")
    if isinstance(beside, DictConfig):
        return InputError(f"'{parent}' has no key {shown(word)}; {nearest(word, map(str, beside))}".rstrip("; "))
    groups = [str(group) for group in cfg.hydra.runtime.choices if not str(group).startswith("hydra/")]
    own = [] if key.startswith("hydra") else ["hydra"]
    dotted = [*groups, *_dotted(OmegaConf.to_container(cfg, resolve=False), "", own)]
    inside = [name for name in dotted if name.endswith(f".{key}")]
    top = [name for name in dotted if "." not in name]
    hint = f"did you mean '{inside[0]}'?" if inside else nearest(key, [] if parent else top)
    if "did you mean" not in hint:
        elsewhere = nearest(key, dotted).partition(" There are")[0]
        hint = elsewhere if "did you mean" in elsewhere else hint
    return InputError(f"no key {shown(key)} in the config of {command}; {hint}".rstrip("; "))


def _without(key: str, command: str, overrides: Sequence[str], folders: Sequence[str | Path]) -> DictConfig:
    """The config with the other choices, or with none where those fail too."""
    others = [text for text in overrides if _SIGNS.sub("", text).partition("=")[0] != key and "." not in text]
    try:
        return load(command, first_of_sweep(others, folders), folders)
    except Exception:  # they have a fault of their own, told once this one is mended
        return load(command, [], folders)


def _dotted(node: object, path: str, hidden: Sequence[str] = ()) -> Iterator[str]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key not in hidden:
                below = f"{path}.{key}" if path else str(key)
                yield below
                yield from _dotted(value, below)


def _not_an_option(overrides: Sequence[str], folders: Sequence[str | Path]) -> str:
    for text in overrides:
        key, _, value = _SIGNS.sub("", text).partition("=")
        names = options(key.partition("@")[0], folders) if key else []
        if names and value not in names:
            return f"{key}: no option {shown(value)}; {nearest(value, names)}"
    return "a config group takes the name of an option, GROUP=NAME"
