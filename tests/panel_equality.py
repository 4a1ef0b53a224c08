"""Panels that are the same to the bit: numbers with their kind and sign, texts with their codes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from relapse.core.facts import Category, Facts
from relapse.core.panel import Panel


def assert_same(one: object, other: object, where: str) -> None:
    if isinstance(one, Category):
        assert isinstance(other, Category), where
        assert one.levels == other.levels, where
        assert_same(one.codes, other.codes, where)
    elif isinstance(one, np.ndarray):
        assert isinstance(other, np.ndarray), where
        assert one.dtype == other.dtype, where
        np.testing.assert_array_equal(one, other, err_msg=where)
        if one.dtype.kind == "f":
            assert (np.signbit(one) == np.signbit(other)).all(), where
    elif isinstance(one, Facts):
        for name in Facts.__dataclass_fields__:
            if not name.startswith("_") and name != "versions":  # counted by the store alone
                assert_same(getattr(one, name), getattr(other, name), f"{where}.{name}")
    elif isinstance(one, Mapping):
        assert list(one) == list(other), where
        for name in one:
            assert_same(one[name], other[name], f"{where}.{name}")
    else:
        assert one == other, where


def assert_same_panel(one: Panel, other: Panel) -> None:
    for name in Panel.__dataclass_fields__:
        if name != "remembered":
            assert_same(getattr(one, name), getattr(other, name), name)
    assert (one.first, one.last, one.latest) == (other.first, other.last, other.latest)
