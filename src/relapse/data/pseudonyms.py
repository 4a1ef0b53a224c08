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


def county_key(file: Path, name: str, state: Path, outside: Sequence[Path]) -> Key:
    """The key of a county; made at its first use, and never a second time.

    Args:
        file: in which the office keeps it.
        name: of the county.
        state: folder that remembers the fingerprint of the key.
        outside: folders in which no key may lie.

    Raises:
        InputError: the file lies where it must not, others may read it, it is damaged, or the key is lost or another.
    """
    file = file.expanduser().resolve()
    _refuse_place(file, outside)
    marker = state.expanduser() / "keys" / f"{name}.json"
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


_BACK = (
    "Put the file back from the office's safe copy. If there is none, remove the marker to begin with a new key: "
    "pseudonyms made before match no new ones"
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
    try:
        told = json.loads(marker.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (ValueError, UnicodeDecodeError):
        told = None
    if not isinstance(told, dict) or not isinstance(told.get("fingerprint"), str):
        raise InputError(f"{marker} is damaged: it tells no key's fingerprint. Put it back from a safe copy")
    return str(told["fingerprint"])


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
            os.link(made, file)
    except FileExistsError:
        pass
    finally:
        Path(made).unlink(missing_ok=True)
