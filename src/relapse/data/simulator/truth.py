"""What nobody in a simulated county knows: the true chances. Only studies open it; nothing else in the package does."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from relapse.core.errors import InputError
from relapse.data.simulator.simulate import CHANCES, MARK


def read_truth(folder: Path) -> pa.Table:
    """The true chances that `relapse simulate truth_origins=[…]` wrote apart from a county's tables.

    Args:
        folder: of the truth, such as `data/yi_2020.truth`.

    Returns:
        One row a household at risk and origin: household_id, origin (a month such as 2022-06), and a column for each
        outcome and horizon, such as `any_6`: the chance within so many months, 0 … 1. `below_line_H` is empty where
        the household is below the line already.

    Raises:
        InputError: the folder does not bear a simulator's mark, or holds no chances.
    """
    mark = folder / MARK
    if not mark.is_file() or json.loads(mark.read_text(encoding="utf-8")).get("truth") is not True:
        raise InputError(
            f"{folder} is no truth of a simulated county; make one: relapse simulate truth_origins=[2022-06]"
        )
    chances = folder / CHANCES
    if not chances.is_file():
        raise InputError(f"{folder} holds no chances: it was made without origins")
    return pq.read_table(chances)
