"""A record that breaks a promise is never made."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from relapse.core.errors import InputError, RelapseError
from relapse.core.record import Record


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"run_name": "a name that the runs table cuts"}, "longer than 20"),
        ({"files": {"model.pkl": b""}}, "never holds a pickle"),
        ({"files": {}}, "no files"),
        ({"params": {f"p{number}": "" for number in range(61)}}, "61 params"),
        ({"params": {"p": "x" * 6001}}, "too long"),
        ({"metrics": {"eval/roc_auc": float("nan")}}, "not finite"),
        ({"metrics": {"precision@300": 0.5}}, "other than letters"),
        ({"curves": {"fit/loss": [(0, float("inf"))]}}, "not finite"),
        ({"description": "## Changes"}, "plain sentence"),
        ({"feature_names": ["income__other"]}, "not the features"),
    ],
)
def test_record__refuses(record: Callable[..., Record], changes: dict[str, object], why: str) -> None:
    with pytest.raises(RelapseError, match=why):
        record(**changes)


@pytest.mark.parametrize("name", ["a/b", "a:b", "", " a", "it's", "a.b"])
def test_record__refuses_a_name_that_mlflow_would_not_take(record: Callable[..., Record], name: str) -> None:
    with pytest.raises(InputError, match="cannot name a model"):
        record(name=name)
