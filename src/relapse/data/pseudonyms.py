"""Pseudonyms of persons: HMAC-SHA256 with the county's key, and the file in which the office keeps that key."""

from __future__ import annotations

import hmac
import json
import os
import re
import secrets
import stat
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from relapse.core.errors import InputError
from relapse.core.facts import Floats

BYTES = 32
_FINGERPRINT = b"relapse: fingerprint of the county's key"
_SHIFT = 12  # of the first 64 bits as many are kept as a float64 holds exactly


@dataclass(frozen=True)
class Key:
    """The secret with which numbers become pseudonyms. It is shown nowhere.

    Args:
        secret: bytes drawn at random.
    """

    secret: bytes = field(repr=False)

    def pseudonym(self, number: str) -> str:
        """What stands for a number: 64 hexadecimal signs.

        Source:
            RFC 2104 (HMAC) with SHA-256.

        Example:
            >>> Key(b"k" * 32).pseudonym("99") == Key(b"k" * 32).pseudonym("99") != Key(b"l" * 32).pseudonym("99")
            True
        """
        return self._digest(number).hex()

    def signs(self, numbers: Sequence[str]) -> Floats:
        """(numbers,) the first 52 bits of each pseudonym: equal for equal numbers, for matching alone."""
        told = (int.from_bytes(self._digest(number)[:8], "big") >> _SHIFT for number in numbers)
        return np.fromiter(told, dtype=np.float64, count=len(numbers))

    @property
    def fingerprint(self) -> str:
        """By which a key is known again; tells nothing of it."""
        return hmac.digest(self.secret, _FINGERPRINT, "sha256").hex()[:32]

    def _digest(self, number: str) -> bytes:
        return hmac.digest(self.secret, number.encode(), "sha256")


PASSING = Key(secrets.token_bytes(BYTES))  # of this process alone, where a county has no key of its own


@dataclass(frozen=True)
class KeyPlace:
    """Where the key of a county lies.

    Args:
        file: in which the office keeps it.
        name: of the county.
        state: folder that remembers the fingerprint of the key.
        outside: folders in which no key may lie.
    """

    file: Path
    name: str
    state: Path
    outside: tuple[Path, ...]

    @property
    def path(self) -> Path:
        """Of the file, whole."""
        return self.file.expanduser().resolve()

    @property
    def marker(self) -> Path:
        """The file that remembers which key was used, and whether its copy was checked."""
        return self.state.expanduser() / "keys" / f"{self.name}.json"


@dataclass(frozen=True)
class KeyState:
    """How it stands with a county's key; reading it makes none.

    Args:
        used: whether one was used before.
        there: whether the file is there.
        same: whether it is the one used before; True where none was.
        copied: whether a sealed copy of it was made and read back.
    """

    used: bool
    there: bool
    same: bool
    copied: bool

    @property
    def lost(self) -> bool:
        """Whether a key that was used is gone."""
        return self.used and not self.there


def key_state(place: KeyPlace) -> KeyState:
    """How it stands with a county's key.

    Raises:
        InputError: the file or what remembers it is damaged.
    """
    known, there = _known(place.marker), place.path.exists()
    mine = _read(place.path).fingerprint if there else None
    copied = known is not None and _told(place.marker).get(_COPIED) == known
    return KeyState(known is not None, there, known in (None, mine) or not there, copied)


def existing_key(place: KeyPlace) -> Key:
    """The key that is there; none is made.

    Raises:
        InputError: it is lost, another, or was never made.
    """
    if not place.path.exists() and _known(place.marker) is None:
        raise InputError(
            f"{place.name} has no key yet: it is made when the county's tables are read first, such as by "
            "`relapse validate`"
        )
    return county_key(place)


def remember_copy(place: KeyPlace, key: Key) -> None:
    """Write down that a copy of the key was made and read back."""
    told = {"fingerprint": key.fingerprint, _COPIED: key.fingerprint}
    _write(place.marker, json.dumps(told) + "\n", replace=True)


def put_back(place: KeyPlace, key: Key) -> None:
    """Write a lost key's file again, from its copy.

    Raises:
        InputError: a key is there already, or it is another than the one used before.
    """
    _refuse_place(place.path, place.outside)
    if place.path.exists():
        raise InputError(f"{place.path} is there; a key is put back only where it is lost. Move it away first")
    known = _known(place.marker)
    if known not in (None, key.fingerprint):
        raise InputError(f"the copy is of another key than {place.name} used before (see {place.marker})")
    place.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(place.path, key.secret.hex() + "\n", replace=False)


def refuse_place(file: Path, place: KeyPlace) -> None:
    """Refuse a copy that would lie where no key may, or beside the key itself.

    Raises:
        InputError: it would.
    """
    file = file.expanduser().resolve()
    _refuse_place(file, place.outside)
    if file.parent == place.path.parent:
        raise InputError(f"{file} lies beside the key: what takes one would take both. Choose a stick, or another disk")


def county_key(place: KeyPlace) -> Key:
    """The key of a county; made at its first use, and never a second time.

    Args:
        place: of its file.

    Raises:
        InputError: the file lies where it must not, others may read it, it is damaged, or the key is lost or another.
    """
    file, name, marker = place.path, place.name, place.marker
    _refuse_place(file, place.outside)
    known = _known(marker)
    if known is None and not file.exists():
        _make(file)
    if not file.exists():
        raise InputError(
            f"the key of {name} is lost: {file} is not there, but {marker} says that one was used. {_BACK}"
        )
    key = _read(file)
    if known is None:
        _write(marker, json.dumps({"fingerprint": key.fingerprint}) + "\n", replace=True)
    elif known != key.fingerprint:
        raise InputError(f"{file} is another key of {name} than the one used before (see {marker}). {_BACK}")
    return key


_COPIED = "copied"
_BACK = (
    "Put it back from its sealed copy: `relapse key restore=FILE`. If there is none, remove the marker to begin with a "
    "new key: pseudonyms made before match no new ones"
)


def _refuse_place(file: Path, outside: Sequence[Path]) -> None:
    repository = next((folder for folder in file.parents if (folder / ".git").exists()), None)
    places = [place.expanduser().resolve() for place in outside] + ([repository] if repository else [])
    for place in places:
        if file.is_relative_to(place):
            raise InputError(
                f"data.key_file: {file} lies in {place}; a key lies apart from outputs, data and repositories, "
                "such as ~/.config/relapse/county.key"
            )


def _known(marker: Path) -> str | None:
    if not marker.exists():
        return None
    told = _told(marker)
    if not isinstance(told.get("fingerprint"), str):
        raise InputError(f"{marker} is damaged: it tells no key's fingerprint. Put it back from a safe copy")
    return str(told["fingerprint"])


def _told(marker: Path) -> dict[str, object]:
    try:
        told = json.loads(marker.read_text(encoding="utf-8"))
    except (ValueError, UnicodeDecodeError):
        return {}
    return told if isinstance(told, dict) else {}


def _read(file: Path) -> Key:
    if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise InputError(f"data.key_file: others than its owner may read {file}; chmod 600 it")
    text = file.read_bytes().strip()
    if re.fullmatch(rb"[0-9a-fA-F]{%d}" % (2 * BYTES), text) is None:
        raise InputError(f"data.key_file: {file} holds no key of {2 * BYTES} hexadecimal signs. {_BACK}")
    return Key(bytes.fromhex(text.decode()))


def _make(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(file, secrets.token_hex(BYTES) + "\n", replace=False)


def _write(file: Path, text: str, *, replace: bool) -> None:
    """A file for its owner alone, whole or not at all; without `replace`, one that is there by now stays."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, made = tempfile.mkstemp(dir=file.parent)  # mode 600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        if replace:
            Path(made).replace(file)
        elif not file.exists():
            _link(Path(made), file)
    except FileExistsError:
        pass
    finally:
        Path(made).unlink(missing_ok=True)


def _link(made: Path, file: Path) -> None:
    """Give a whole file its name unless it is taken; sticks and shares without links get it moved there."""
    try:
        os.link(made, file)
    except FileExistsError:
        raise
    except OSError:
        if file.exists():
            raise FileExistsError(file) from None
        made.replace(file)
