"""Rows for what no one row of a file tells: a village, a month, a whole table; no household is named by them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from relapse.core.facts import NO_MONTH, Category, Facts, Floats
from relapse.county.audits.snapshot import Hits


def wholes(
    table: str,
    count: int,
    column: str = "",
    numbers: Mapping[str, Floats] | None = None,
    words: Mapping[str, NDArray[np.object_]] | None = None,
    tables: tuple[str, ...] = (),
) -> Hits:
    """Hits, each of which is a row of its own.

    Args:
        table: that is spoken of.
        count: number of hits.
        column: that the rule looks at.
        numbers: (count,) each, for placeholders of the rule's text.
        words: (count,) each: the same, texts.
        tables: where each hit is of a table of its own, their names, `count` of them.
    """
    nobody, nothing = np.full(count, -1, dtype=np.int32), np.full(count, NO_MONTH, dtype=np.int32)
    place, no = np.arange(count, dtype=np.int64), np.zeros(count, dtype=bool)
    file = Category(np.arange(count, dtype=np.int32) if tables else nobody, tables)
    facts = Facts(table, nobody, place, place, nothing, nothing, no, {}, {}, np.zeros(count, dtype=np.int64), file)
    return Hits(facts, np.arange(count), column, dict(numbers or {}), dict(words or {}))
