"""What the page of a monitor leaves out, and how it words it."""

from __future__ import annotations

from typing import Any

from relapse.core.texts import periods, text
from relapse.county.reports.monitor_html import block_lines, cause_lines, group_lines, named_lines


def effect(name: str, now: float, usual: float | None) -> dict[str, Any]:
    return {"group": name, "block": name, "effect": now, "effect_usual": usual, "features": 0, "moved": 0,
            "psi": None, "usual": None}  # fmt: skip


def watch(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"drift": {"causes": rows, "blocks": rows}, "effect": {"shift": sum(row["effect"] for row in rows)}}


def test_causes__that_did_nothing_to_scores_are_summed_up_and_not_listed():
    told = watch(effect("distance", 0.2, 0.1), effect("illness", 0.0, 0.0), effect("base", 0.0001, 0.4))
    names = [line[0] for line in cause_lines(told, "en")]
    assert names == [
        text("group.distance", "en"),
        text("watch.base", "en"),
        text("watch.others", "en"),
        text("watch.total", "en"),
    ]


def test_columns__are_called_by_their_names_and_no_zero_has_a_sign():
    row = {"label": "", "psi": 0.2, "usual": None, "missing_then": 0.0, "missing_now": 0.1, "effect": -0.0004}
    named = [
        {**row, "feature": "register__removed_months"},
        {**row, "feature": "facts__debt_12m", "label": "债务"},
        {**row, "feature": "facts__debt_12m"},
    ]
    lines = named_lines({"drift": {"named": named}}, "en")
    assert [line[0] for line in lines] == ["months since risk was removed", "债务", "debt 12m"]
    assert lines[0][1:] == ("0.200", "–", "0% → 10%", "0.000")


def test_blocks__without_a_column_and_an_effect_are_no_rows():
    told = watch(effect("income", 0.2, 0.1), effect("around", 0.0, None), {**effect("work", 0.0, 0.0), "features": 3})
    assert len(block_lines(told, "en")) == 2


def test_groups__a_random_check_is_a_tier_and_a_source():
    rows = [
        {"group": group, "value": "random", "lists": 2, "n": 100, "expected": 0.1, "hits": None, "few": False,
         "rate": None}
        for group in ("tier", "source")
    ]  # fmt: skip
    told = [line[0] for line in group_lines(rows, "zh")]
    assert len(set(told)) == 2


def test_horizons__are_told_in_whole_words():
    assert text("monitor.horizon", "en", horizon=periods(1, "monthly", "en")) == "Within 1 month of the list"
    assert text("monitor.horizon", "zh", horizon=periods(6, "monthly", "zh")) == "清单发出后6个月内"
