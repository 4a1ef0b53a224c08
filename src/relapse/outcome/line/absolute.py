"""`line=absolute`: one fixed line."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from relapse.core.panel import Floats, Histories
from relapse.core.recipe import STRICT


@dataclass(frozen=True, config=STRICT)
class Absolute:
    """The same line for everyone at all times.

    Args:
        value: money per person over one window.
    """

    value: Annotated[float, Field(gt=0, allow_inf_nan=False)]

    def values(self, known: Histories) -> Floats:
        """(1, lags): the line."""
        return np.full((1, known.lags), self.value)
