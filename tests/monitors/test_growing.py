"""Columns that tell the month by construction, and columns that really moved and must not be taken for such."""

from __future__ import annotations

import numpy as np
import pytest

from relapse.monitors.growing import tells_month

N = 400
VILLAGE = np.arange(N) // 10


def tells(before: np.ndarray, now: np.ndarray) -> bool:
    return bool(tells_month(before[:, None].astype(float), now[:, None].astype(float), VILLAGE)[0])


def columns(seed: int) -> dict[str, tuple[np.ndarray, np.ndarray, bool]]:
    """Then, now, and whether the column tells the month."""
    rng = np.random.default_rng(seed)
    since, reset = rng.integers(0, 60, N), rng.random(N) < 0.3
    income = rng.normal(9000, 3000, N)
    township = np.repeat(rng.normal(size=4), N // 4)
    count = rng.poisson(1.5, N)
    return {
        "months since, 30 % with a new event": (since, np.where(reset, rng.integers(0, 9, N), since + 9), True),
        "age, in years": (since / 12, since / 12 + 0.75, True),
        "a line, the same for all": (np.full(N, 6000), np.full(N, 6600), True),
        "a late feed, the same for all": (np.zeros(N), np.ones(N), True),
        "a price by product": (np.tile([1.0, 2.0, 3.0, 5.0], N // 4), np.tile([1.1, 2.3, 2.9, 5.2], N // 4), True),
        "a mean of the township": (township, township + rng.normal(0, 0.2, 4)[np.arange(N) // (N // 4)], True),
        "the same without the household itself": (
            township + rng.normal(0, 0.001, N), township + 0.1 + rng.normal(0, 0.001, N), True,
        ),
        "income, a tenth more": (income, income * 1.1 + rng.normal(0, 500, N), False),
        "income halved": (income, income / 2, False),
        "a yes or no that turned to yes": (rng.random(N) < 0.3, np.ones(N), False),
        "debts that came": (rng.random(N) < 0.5, rng.random(N) < 0.9, False),
        "persons": (count, np.maximum(count + rng.integers(-1, 2, N), 0), False),
        "nothing moved": (income, income, False),
    }  # fmt: skip


@pytest.mark.parametrize("name", columns(0))
@pytest.mark.parametrize("seed", range(5))
def test_each_column__is_told_for_what_it_is(name, seed):
    before, now, wanted = columns(seed)[name]
    assert tells(before, now) is wanted


def test_of_too_few_households__nothing_is_said():
    few = np.arange(10.0)[:, None]
    assert tells_month(few, few + 1, np.arange(10)).tolist() == [False]
    missing = np.where(np.arange(N) < 15, np.arange(N), np.nan).astype(float)
    assert not tells(missing, missing + 1)
