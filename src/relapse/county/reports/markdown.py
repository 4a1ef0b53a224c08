"""Tables in Markdown, as the registry's pages and any viewer show them."""

from __future__ import annotations

import re
from collections.abc import Sequence

_SIGNS = re.compile(r"([\\`*_{}\[\]<>|#])")


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], gap: str = "") -> str:
    """A table; what its cells hold is text and no Markdown.

    Args:
        heads: of the columns.
        rows: of as many cells each.
        gap: behind each cell, where a viewer sets columns without any space between them.
    """
    lines = [_line(heads, gap), "|" + " --- |" * len(heads), *(_line(row, gap) for row in rows)]
    return "\n".join(lines)


def bullets(sentences: Sequence[str]) -> str:
    """A list of sentences, which are no Markdown."""
    return "\n".join(f"- {escaped(sentence)}" for sentence in sentences)


def escaped(text: str) -> str:
    r"""A text whose signs mean nothing to Markdown, on one line.

    Example:
        >>> print(escaped("a|b_c"))
        a\|b\_c
    """
    return _SIGNS.sub(r"\\\1", " ".join(text.split()))


def _line(cells: Sequence[str], gap: str = "") -> str:
    return "| " + " | ".join(escaped(cell) + gap for cell in cells) + " |"
