"""The columns that a fitted model reads, found by name in whatever order they come."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from relapse.core.catalogue import Feature
from relapse.core.errors import InputError


def columns_of(entries: Sequence[Feature], names: Sequence[str]) -> NDArray[np.intp]:
    """Where the model's columns stand; chosen by name, since LightGBM takes reordered columns without a word.

    Args:
        entries: catalogue entries of the columns at hand.
        names: of the columns that the model was fitted on.

    Raises:
        InputError: a column that the model was fitted on is not made by the configured blocks.
    """
    place = {entry.name: k for k, entry in enumerate(entries)}
    missing = [name for name in names if name not in place]
    if missing:
        raise InputError(
            f"the data lack {len(missing)} of the {len(names)} columns that the version was fitted on: "
            f"{', '.join(missing[:5])}; use the same data settings and feature blocks"
        )
    return np.array([place[name] for name in names], dtype=np.intp)
