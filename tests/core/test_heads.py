"""A name on a page is its surname and signs; nothing prints it by accident."""

from __future__ import annotations

import pytest

from relapse.core.heads import Head


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王某某", "王**"), ("王某", "王*"), ("欧阳某", "欧阳*"), ("欧阳某某", "欧阳**"), ("欧阳", "欧*"), ("王", "王*"),
        ("阿某古某·买某某", "阿**"), ("=HYPERLINK(0)", "=**"), ("<b>x</b>", "<**"), ("", ""),
    ],
)  # fmt: skip
def test_masked__keeps_the_surname_and_no_more(name, masked):
    assert Head(name, "123X").masked == masked


def test_repr__tells_no_name():
    assert "王某某" not in f"{Head('王某某', '123X')!r} {[Head('王某某')]} {{'a': {Head('王某某')}}}"
    assert "123X" not in repr(Head("王某某", "123X"))
