"""Whether the model is ahead, in words: a sentence a horizon, and one alone where it is the rule."""

from __future__ import annotations

import pandas as pd
import pytest

from relapse.flows.assess import Assessment, verdict_sentences


def compared(*differences: tuple[float, float, float]) -> Assessment:
    rows = [
        {"model": "lgbm_hazard", "against": "distance_to_line", "metric": "pr_auc", "horizon": horizon,
         "difference": difference, "ci_low": low, "ci_high": high}
        for horizon, (difference, low, high) in zip((1, 3), differences, strict=True)
    ]  # fmt: skip
    return Assessment(pd.DataFrame(), pd.DataFrame(rows), [])


def said(assessment: Assessment) -> tuple[str, ...]:
    return verdict_sentences(assessment, "lgbm_hazard", "distance_to_line", "monthly", "en")


def test_verdict_sentences__the_same_at_every_horizon_is_said_once():
    (one,) = said(compared((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)))
    assert one.endswith(": the same average precision at every horizon.")
    assert "interval" not in one


@pytest.mark.parametrize("other", [(0.0, -0.01, 0.01), (0.02, 0.01, 0.03), (-0.02, -0.03, -0.01)])
def test_verdict_sentences__else_each_horizon_has_its_own(other):
    told = said(compared((0.0, 0.0, 0.0), other))
    assert len(told) == 2
    assert ("cannot be told apart" in told[1], "is better than" in told[1], "is worse than" in told[1]) == (
        other[1] < 0 < other[2],
        other[1] > 0,
        other[2] < 0,
    )
