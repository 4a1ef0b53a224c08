"""Who went → a code. A visitor's name is personal data: it stays in the file that was handed in."""

from __future__ import annotations

import re
from collections.abc import Sequence

from relapse.core.handback import NamesVisitors

_CODE = re.compile(r"(?=.*\d)[A-Za-z0-9_-]{1,8}")
_MANY_DIGITS = re.compile(r"\d{7,}")
_OF_DIGEST = 6


def codes_of(names: Sequence[str], digest: str, visitor_code: NamesVisitors | None) -> list[str]:
    """(names,) a code each, empty for an empty name.

    What is a code already stays. A name becomes a pseudonym under the county's key; without a key its place among
    the names of its file, which links nobody across files and can be undone by nobody.

    Args:
        names: as written, without spaces.
        digest: of the file.
        visitor_code: makes pseudonyms; None where the county has no key.

    Example:
        >>> codes_of(["王某某", "A012", "", "王某某"], "f00ba4", None)
        ['f00ba4-1', 'A012', '', 'f00ba4-1']
    """
    unknown = [name for name in dict.fromkeys(names) if name and not is_code(name)]
    if visitor_code is None:
        told = {name: f"{digest[:_OF_DIGEST]}-{place}" for place, name in enumerate(unknown, start=1)}
    else:
        told = dict(zip(unknown, visitor_code(unknown), strict=True))
    return [told.get(name, name) for name in names]


def is_code(name: str) -> bool:
    """Whether it is a code that the office gave: short, with a digit, and no number of a person."""
    return _CODE.fullmatch(name) is not None and _MANY_DIGITS.search(name) is None
