"""The sealed copy of a county's key: eight short lines with a check each, to be printed, typed and read back."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from relapse.core.errors import InputError
from relapse.data.pseudonyms import BYTES, Key

LINES = 8
_WIDTH = 2 * BYTES // LINES  # hexadecimal signs of a line
_HALF = rf"([0-9a-f]{{{_WIDTH // 2}}})"
_LINE = re.compile(rf"(?<![0-9a-f])([1-{LINES}])[ .:\t]+{_HALF} ?{_HALF}[ \t]+([0-9a-f]{{2}})(?![0-9a-f])")


def copy_lines(key: Key) -> list[str]:
    """The key as eight lines: number, eight signs in two halves, and two signs that check them.

    Example:
        >>> copy_lines(Key(bytes(32)))[0]
        '1  0000 0000  55'
    """
    text = key.secret.hex()
    parts = [text[place * _WIDTH : (place + 1) * _WIDTH] for place in range(LINES)]
    half = _WIDTH // 2
    return [
        f"{number}  {part[:half]} {part[half:]}  {_check(number, part)}" for number, part in enumerate(parts, start=1)
    ]


def read_copy(text: str, name: str) -> Key:
    """The key from its printed or typed copy, whatever else stands around its lines.

    Args:
        text: of the file.
        name: of the file, for messages.

    Raises:
        InputError: a line is missing, stands there twice with other signs, or does not fit its check: which ones.
    """
    found: dict[int, set[str]] = {}
    wrong = set()
    for number, left, right, check in _LINE.findall(text.lower()):
        if _check(int(number), left + right) == check:
            found.setdefault(int(number), set()).add(left + right)
        else:
            wrong.add(int(number))
    missing = [number for number in range(1, LINES + 1) if number not in found]
    unclear = [number for number, parts in found.items() if len(parts) > 1]
    if mistyped := sorted(wrong.intersection(missing)):
        raise InputError(f"{name}: line {_listed(mistyped)} does not fit its check: compare it with the sheet")
    if missing or unclear:
        why = f"has no line {_listed(missing)}" if missing else f"has line {_listed(unclear)} twice, each another"
        raise InputError(f"{name}: {why} of the key's eight; is it the sealed copy?")
    return Key(bytes.fromhex("".join(found[number].pop() for number in range(1, LINES + 1))))


def _check(number: int, part: str) -> str:
    return hashlib.sha256(f"{number} {part}".encode()).hexdigest()[:2]


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))
