"""Sensitive data are said to be in use only where they push somebody's place."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest

from relapse.core.texts import text
from relapse.pipelines.reviewed import Reviewed, sensitive_sentences


def reviewed(features: dict[str, int]) -> Reviewed:
    pushes = pd.DataFrame({"group": list(features), "features": list(features.values())})
    told: Any = SimpleNamespace(
        version=SimpleNamespace(
            facts=SimpleNamespace(sensitive=tuple(features)), sensitive=SimpleNamespace(closed=("disability",))
        ),
        explained=SimpleNamespace(sensitive=pushes),
        say=lambda key, **values: text(key, "en", **values),
    )
    return cast("Reviewed", told)


@pytest.mark.parametrize(
    ("features", "used", "idle"),
    [
        ({"health": 3, "minors": 0}, ["health"], ["minors"]),
        ({"health": 3}, ["health"], []),
        ({"health": 0}, [], ["health"]),
    ],
)
def test_sentences__tell_what_pushes_what_does_not_and_what_is_off(features, used, idle):
    def named(key: str, groups: list[str]) -> list[str]:
        names = text("sensitive.joint", "en").join(text(f"sensitive.{group}", "en") for group in groups)
        return [text(key, "en", groups=names)] if groups else []

    off = named("record.sensitive_off", ["disability"])
    assert sensitive_sentences(reviewed(features)) == [
        *named("record.sensitive", used), *named("record.sensitive_idle", idle), *off
    ]  # fmt: skip
