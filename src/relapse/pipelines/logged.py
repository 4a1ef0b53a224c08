"""A run of the registry taken up again: its logged settings, on the data that lie here."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, get_type_hints

from omegaconf import OmegaConf
from pydantic import ConfigDict, TypeAdapter, ValidationError

from relapse.core.errors import GateError, InputError
from relapse.core.instantiate import has_target, instantiate
from relapse.core.protocols import Data, Registry
from relapse.core.recipe import describe
from relapse.core.record import Registered

CONFIG = "config/resolved.yaml"
_SHORTEST_DIGEST = 8
_PLACES = ("path", "key_file", "key_state", "key_outside")  # of the data: those of the machine that reads


def find_run(registry: Registry, name: str, said: str) -> Registered:
    """The version whose run is meant.

    Args:
        registry: where it is kept.
        name: of the panel.
        said: the run's id, the version's number, or its digest (at least 8 characters), as a list's manifest has it.

    Raises:
        InputError: there is none.
    """
    there = registry.versions(name)
    for one in there:
        by_digest = len(said) >= _SHORTEST_DIGEST and one.digest.startswith(said)
        if by_digest or said in (one.number, one.run_id):
            return one
    numbers = ", ".join(one.number for one in there) or "none"
    raise InputError(
        f"run={said}: no version of '{name}' has this run, number or digest; there are versions {numbers}. A version "
        f"that comes from elsewhere was trained there"
    )


def logged_config(registry: Registry, one: Registered) -> dict[str, Any]:
    """The settings with which a run was made.

    Raises:
        InputError: it has none, such as that of an imported version.
    """
    try:
        content = registry.artifact(one.name, one.number, CONFIG).decode()
    except InputError as error:
        raise InputError(f"version {one.number} of '{one.name}' was not trained here: {error}") from error
    plain = OmegaConf.to_container(OmegaConf.create(content))
    assert isinstance(plain, dict)
    return {str(key): value for key, value in plain.items()}


def logged_arguments(
    pipeline: Callable[..., object], config: Mapping[str, Any], left_out: Collection[str], allowed: Sequence[str]
) -> dict[str, Any]:
    """The arguments of a pipeline that a logged config says.

    Args:
        pipeline: its annotations are the schema of its plain parameters.
        config: of `logged_config`.
        left_out: parameters that are not taken from it.
        allowed: packages whose classes it may name.

    Raises:
        InputError: a setting is missing or does not fit: an older relapse logged it.
    """
    hints = get_type_hints(pipeline, include_extras=True)
    found: dict[str, Any] = {}
    for name in inspect.signature(pipeline).parameters:
        if name in left_out:
            continue
        try:
            node = config[name]
            found[name] = instantiate(node, allowed, name) if has_target(node) else _checked(node, hints[name])
        except (KeyError, InputError, ValidationError) as error:
            raise InputError(
                f"the settings of that run do not fit this relapse ({name}: {error}); install the version that its tag "
                f"relapse_version names, or train anew with `relapse train`"
            ) from error
    return found


def _checked(node: object, hint: Any) -> Any:
    return TypeAdapter(hint, config=ConfigDict(arbitrary_types_allowed=True)).validate_python(node)


def logged_data(data: Data, config: Mapping[str, Any], allowed: Sequence[str]) -> Data:
    """The data as a run read them, from where they lie here.

    Args:
        data: as this command names them: where they lie.
        config: of `logged_config`: how they are read.
        allowed: packages whose classes it may name.

    Raises:
        InputError: the two are of different kinds.
    """
    here, logged = describe(data), config.get("data")
    assert isinstance(here, dict)
    if not isinstance(logged, dict) or logged.get("_target_") != here["_target_"]:
        kind = logged.get("_target_") if isinstance(logged, dict) else None
        raise InputError(
            f"that run read its data with {kind}, this command with {here['_target_']}: name the data as then, such as "
            f"data=panel data.path=FILE"
        )
    places = {key: here[key] for key in _PLACES if key in here}
    made: Data = instantiate({**_placed(logged, here), **places}, allowed, "data")
    return made


def _placed(logged: Any, here: Any) -> Any:
    """A logged setting, with the place of this machine where a run keeps only a path's last name."""
    if isinstance(logged, Mapping):
        known = here if isinstance(here, Mapping) else {}
        return {key: _placed(value, known.get(key)) for key, value in logged.items()}
    if isinstance(logged, str) and isinstance(here, str) and re.split(r"[/\\]", here.rstrip("/\\"))[-1] == logged:
        return here
    return logged


def require_same(
    one: Registered, tags: Mapping[str, str], digest: str, data_digest: str, package: str, code: str
) -> None:
    """Refuse a training that did not give the version of its run.

    Args:
        one: the version of the run.
        tags: of it.
        digest: of the version that was made again.
        data_digest: of the data that it was made from.
        package: version of relapse that made it.
        code: digest of its source.

    Raises:
        GateError: says what differs.
    """
    if digest == one.digest:
        return
    then = {"data": tags.get("data_digest"), "relapse": tags.get("relapse_version"), "code": tags.get("code")}
    now = {"data": data_digest, "relapse": package, "code": code}
    others = [f"{what} {str(then[what])[:12]} then, {now[what][:12]} now" for what in now if then[what] != now[what]]
    why = "; ".join(others) or "data and code are the same: packages (config/environment.txt) or the machine are others"
    raise GateError(
        f"the run of version {one.number} was not reproduced: digest {one.digest[:12]} then, {digest[:12]} now ({why})"
    )
