"""Pictures for review: enough households, nobody to be recognised, equal bytes, no boxes for Chinese labels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from relapse.core.errors import RelapseError
from relapse.explanation import canvas, curves, plots

TEXTS = {
    "contribution": "contribution",
    "value": "value",
    "low": "low",
    "high": "high",
    "others": "{n} others",
    "importance": "importance",
    "origin": "origin",
    "forecast": "forecast",
    "observed": "observed",
    "perfect": "perfect",
    "length": "length",
    "precision": "precision",
    "attainable": "attainable",
    "base_rate": "base rate",
}
CHINESE = "\u8fd1\u5341\u4e8c\u4e2a\u6708\u4eba\u5747\u7eaf\u6536\u5165"


def sample(households: int = 250, features: int = 16) -> plots.Sample:
    rng = np.random.default_rng(5)
    values = rng.normal(size=(households, features))
    values[:, 1] = rng.integers(0, 3, households)
    values[:, 3] = 1.0
    values[: households // 10, 2] = np.nan
    contributions = np.nan_to_num(values) * np.linspace(1, 0.1, features)
    labels = [f"feature {place}, in rather many words of one long line" for place in range(features)]
    return plots.Sample(contributions, values, labels, ["level", "change"] * (features // 2), frozenset({1}))


def origins() -> pd.DataFrame:
    index = [f"{year}Q1" for year in range(2005, 2020)]
    return pd.DataFrame(np.random.default_rng(1).random((15, 3)), index=index, columns=["level", "change", "health"])


def curve() -> pd.DataFrame:
    forecast = np.linspace(0.01, 0.3, 8)
    return pd.DataFrame(
        {"model": "lgbm_hazard", "forecast": forecast, "observed": forecast, "low": forecast * 0.8, "high": np.nan}
    )


def lengths() -> pd.DataFrame:
    length = np.arange(20, 200, 20)
    row = {"length": length, "precision": 10 / length, "low": 8 / length, "high": 12 / length}
    row |= {"attainable": np.minimum(1, 30 / length), "base_rate": np.full(length.size, 0.05)}
    return pd.concat([pd.DataFrame(row).assign(model=model) for model in ("lgbm_hazard", "distance_to_line")])


PICTURES: dict[str, Callable[[], bytes]] = {
    "beeswarm": lambda: plots.beeswarm(sample(), TEXTS, seed=1),
    "bars_by_feature": lambda: plots.bars_by_feature(sample(), TEXTS),
    "bars_by_group": lambda: plots.bars_by_group(sample(), TEXTS),
    "dependence": lambda: plots.dependence(sample(), 2, TEXTS, seed=1),
    "dependence_constant": lambda: plots.dependence(sample(), 3, TEXTS, seed=1),
    "importance_over_origins": lambda: curves.importance_over_origins(origins(), TEXTS),
    "calibration": lambda: curves.calibration(curve(), TEXTS),
    "precision_by_length": lambda: curves.precision_by_length(lengths(), TEXTS),
}


@pytest.mark.parametrize("name", PICTURES)
def test_pictures__equal_bytes_and_nothing_left_behind(name: str) -> None:
    before = np.random.get_state()[1].tolist()  # noqa: NPY002 - the state that shap would move
    settings = dict(plt.rcParams)
    first, second = PICTURES[name](), PICTURES[name]()
    assert first == second
    assert first.startswith(b"\x89PNG")
    assert int.from_bytes(first[16:20]) == round(canvas.WIDTH * canvas.DPI)
    assert b"matplotlib" not in first
    assert len(first) < 400_000
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002
    assert dict(plt.rcParams) == settings
    assert plt.get_fignums() == []


def words(monkeypatch: pytest.MonkeyPatch, draw: Callable[[], bytes]) -> set[str]:
    """All texts in a picture."""
    seen: set[str] = set()
    original = plots.png

    def read(drawn: object) -> bytes:
        made = original(drawn)  # type: ignore[arg-type]
        texts = drawn.findobj(plt.Text)  # type: ignore[attr-defined]
        seen.update(text.get_text() for text in texts if text.get_visible())
        return made

    monkeypatch.setattr(plots, "png", read)
    monkeypatch.setattr(curves, "png", read)
    draw()
    return seen


@pytest.mark.parametrize("name", PICTURES)
def test_pictures__speak_only_the_callers_words(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = words(monkeypatch, PICTURES[name])
    assert not [text for text in seen if "SHAP" in text or "Feature" in text or "other feat" in text]
    assert not {"High", "Low"} & seen
    assert seen & set(TEXTS.values())


@pytest.mark.skipif(canvas.cjk_font() is None, reason="no font with Chinese characters is installed")
@pytest.mark.parametrize("draw", [plots.bars_by_feature, plots.bars_by_group])
def test_pictures__chinese_labels_have_glyphs(draw: Callable[..., bytes]) -> None:
    chinese = replace(sample(), labels=[f"{CHINESE}{place}" for place in range(16)], groups=[CHINESE] * 16)
    draw(chinese, {**TEXTS, "importance": CHINESE, "others": f"{CHINESE}{{n}}"})
    plots.dependence(chinese, 0, {**TEXTS, "contribution": CHINESE}, seed=0)


def test_pictures__a_character_without_a_glyph_is_an_error() -> None:
    with pytest.raises(UserWarning, match="Glyph"):
        plots.bars_by_group(replace(sample(), groups=["\U000e0100\U0001f9ff\ue123"] * 16), TEXTS)


def test_cjk_font__none_where_no_known_file_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canvas, "_CJK_FONTS", ("/nowhere/font.ttc",))
    assert canvas.cjk_font() is None
    assert plots.bars_by_group(sample(), TEXTS).startswith(b"\x89PNG")


def test_points__are_never_fewer_than_200() -> None:
    with pytest.raises(RelapseError, match="199 households are too few"):
        plots.beeswarm(sample(199), TEXTS, seed=0)
    with pytest.raises(RelapseError, match="189 households with a value"):
        plots.dependence(sample(210), 2, TEXTS, seed=0)
    assert plots.beeswarm(sample(200), TEXTS, seed=0)


def test_points__are_moved_but_little() -> None:
    values = sample().contributions[:, :1]
    moved = plots._blurred(values, np.random.default_rng(0))
    assert not np.isclose(moved, values, rtol=0, atol=1e-9).any()
    assert np.abs(moved - values).mean() < 0.05 * np.ptp(values)


def test_beeswarm__other_seeds_move_points_otherwise() -> None:
    assert plots.beeswarm(sample(), TEXTS, seed=1) != plots.beeswarm(sample(), TEXTS, seed=2)


def test_bars_by_group__sums_a_household_before_taking_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    # two features that cancel within each household weigh nothing together
    contributions = np.array([[1.0, -1.0, 0.5], [-2.0, 2.0, 0.5]])
    told = plots.Sample(contributions, contributions, ["a", "b", "c"], ["both", "both", "alone"])
    seen = words(monkeypatch, lambda: plots.bars_by_group(told, TEXTS))
    assert {"0.00", "0.50"} <= seen


def test_bars_by_feature__the_rest_is_one_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    contributions = np.array([[4.0, -3.0, 2.0, 1.0]])
    told = plots.Sample(contributions, contributions, ["a", "b", "c", "d"], ["g"] * 4)
    seen = words(monkeypatch, lambda: plots.bars_by_feature(told, TEXTS, most=3))
    assert {"a", "b", "2 others", "4.00", "3.00"} <= seen
    assert not {"c", "d"} & seen


def test_bars_by_feature__features_with_the_same_label_both_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    contributions = np.array([[4.0, -3.0]])
    told = plots.Sample(contributions, contributions, ["same", "same"], ["g"] * 2)
    assert {"4.00", "3.00"} <= words(monkeypatch, lambda: plots.bars_by_feature(told, TEXTS))


def test_beeswarm__a_feature_known_of_nobody_is_drawn() -> None:
    whole = sample()
    values = whole.values.copy()
    values[:, :] = np.nan
    assert plots.beeswarm(replace(whole, values=values), TEXTS, seed=1)
