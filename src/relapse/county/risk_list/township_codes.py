"""Codes of townships for names of files: three digits, as an administrative code has them after the county's six."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

_COUNTY, _DIGITS = 6, 3


def township_codes(names: Iterable[str], official: Mapping[str, str]) -> dict[str, str]:
    """The code of each township: its official one where the data tell it, else one worked out from its name.

    A worked-out code does not depend on which other townships there are, but where two names give the same one; then
    the name that comes later in order takes the next free one. Where there are more names than three digits tell apart,
    as in a panel of a whole province, worked-out codes have as many digits as it takes.

    Args:
        names: of townships.
        official: by name, an administrative code of nine digits or more.

    Example:
        >>> township_codes(["甲镇", "乙镇"], {"甲镇": "990727104"})
        {'乙镇': '186', '甲镇': '104'}
    """
    told = {
        name: code[_COUNTY : _COUNTY + _DIGITS] for name, code in official.items() if len(code) >= _COUNTY + _DIGITS
    }
    codes: dict[str, str] = {}
    every, taken = sorted(set(names)), set(told.values())
    digits = max(_DIGITS, len(str(len(taken) + sum(name not in told for name in every) - 1)))
    for name in every:
        code = told.get(name)
        if code is None:
            number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) % 10**digits
            while f"{number:0{digits}d}" in taken:
                number = (number + 1) % 10**digits
            code = f"{number:0{digits}d}"
        codes[name] = code
        taken.add(code)
    return codes
