"""Which version is to be judged: one of the registry, or a folder that comes from elsewhere; whole, or refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from relapse.core.errors import InputError
from relapse.core.protocols import Registry
from relapse.core.record import Registered
from relapse.flows.version import SUMS, Version, content_digest, restore_version
from relapse.registry.aliases import CHALLENGER, CHAMPION


@dataclass(frozen=True, eq=False)
class Candidate:
    """A version that may become champion.

    Args:
        version: restored from its files.
        files: as they were found, by path.
        registered: its place; None for a folder that is not registered here yet.
        vouched: whether its digest is the one that somebody told apart from the files.
    """

    version: Version
    files: Mapping[str, bytes]
    registered: Registered | None
    vouched: bool

    @property
    def digest(self) -> str:
        """SHA-256 over the files as they were found."""
        return content_digest(self.files)


def files_of_folder(folder: Path) -> dict[str, bytes]:
    """Every file of an exported version, by path."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def find_candidate(
    registry: Registry, name: str, version: str | None, digest: str | None, allowed: Sequence[str]
) -> Candidate:
    """The version that is meant; the newest where none is said.

    Args:
        registry: where versions of the panel are kept.
        name: of the panel.
        version: a number, `champion`, `challenger`, or the folder of an exported version.
        digest: that the version must have; None asks for none.
        allowed: packages whose classes its recipe may name.

    Raises:
        InputError: there is no such version, it is damaged, or it is not the one whose digest was told.
    """
    folder = None if version is None else Path(version).expanduser()
    if folder is not None and folder.is_dir():
        files, where = files_of_folder(folder), f"version={version}"
        there = registry.versions(name) if registry.is_there() else []
        registered = next((one for one in reversed(there) if one.digest == content_digest(files)), None)
    else:
        if version is not None and ("/" in version or "\\" in version):
            raise InputError(f"version={version}: no such folder; give a number, or an exported version's folder")
        registered = find_registered(registry, name, version)
        files, where = registry.files(name, registered.number), f"version {registered.number} of '{name}'"
    try:
        found = Candidate(restore_version(files, allowed), files, registered, bool(digest))
    except InputError as error:
        raise InputError(f"{where}: {error}") from error
    _require_whole(found, where)
    if digest and digest != found.digest:
        raise InputError(
            f"{where} has the digest {found.digest}, not digest={digest}: it is not what was sent; ask again"
        )
    return found


def find_registered(registry: Registry, name: str, version: str | None) -> Registered:
    """A version of the registry: the newest where none is said.

    Raises:
        InputError: there is no such version.
    """
    there = registry.versions(name)
    if not there:
        raise InputError(f"the registry has no version of '{name}'; make one with `relapse train`")
    if version is None:
        return there[-1]
    if version in (CHAMPION, CHALLENGER):
        alias = registry.champion(name) if version == CHAMPION else registry.challenger(name)
        if alias is None:
            raise InputError(
                f"version={version}: '{name}' has none; there are {', '.join(one.number for one in there)}"
            )
        return alias
    found = [one for one in there if one.number == version]
    if not found:
        raise InputError(
            f"version={version}: '{name}' has no such version; there are {', '.join(one.number for one in there)}"
        )
    return found[0]


def _require_whole(found: Candidate, where: str) -> None:
    """Refuse files that do not belong, and a registered version whose files are not those that were registered."""
    more = sorted(set(found.files) - {*found.version.files(), SUMS})
    if more:
        raise InputError(f"{where}: {', '.join(more[:3])} is no file of a version; take it away, or export it again")
    if found.registered is not None and found.registered.digest != found.digest:
        raise InputError(
            f"{where} was changed after it was registered: its digest is {found.digest[:12]}, registered was "
            f"{found.registered.digest[:12]}; train it again with `relapse train`"
        )
