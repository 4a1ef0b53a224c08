"""A figure that leaves nothing behind: its own font, its own size, equal bytes for equal input.

In: something that draws on axes. Out: the bytes of a PNG, as wide as a review page shows it.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import textwrap
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

if sys.prefix != sys.base_prefix:  # matplotlib's font cache stays in the virtual environment, not in the home folder
    os.environ.setdefault("MPLCONFIGDIR", str(Path(sys.prefix) / "share" / "relapse" / "matplotlib"))

WIDTH = 8.2  # inches: 820 px of a page
DPI = 160  # more than the page's 100, for sharp screens and print
FONT_SIZE = 11
WIDEST_LABEL = 36  # characters a line
INK = "#333333"
BLUE, RED, GREY = "#1e88e5", "#d81b60", "#777777"

_CJK_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJKsc-Regular.otf",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/wenquanyi/wqy-microhei/wqy-microhei.ttc",
    "/usr/share/fonts/wqy-microhei/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/System/Library/Fonts/PingFang.ttc",
    "/System/Library/Fonts/STHeiti Light.ttc",
    "C:/Windows/Fonts/msyh.ttc",
)


def cjk_font() -> str | None:
    """The file of an installed font with Chinese characters, None where there is none.

    Without one, Chinese labels would be boxes: the caller then draws with English labels.
    """
    return next((path for path in _CJK_FONTS if Path(path).is_file()), None)


@contextlib.contextmanager
def figure(height: float, seed: int = 0) -> Iterator[tuple[Figure, Axes]]:
    """One pair of axes to draw on; colours, fonts and the global random state are as before afterwards.

    Args:
        height: inches.
        seed: for libraries that draw with numpy's global random state.

    Yields:
        Figure and axes, `WIDTH` inches wide.

    Raises:
        UserWarning: a character has no glyph in the fonts (raised, not printed).
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as NewFigure

    before = np.random.get_state()  # noqa: NPY002 - shap knows no other
    with mpl.rc_context(_settings()), warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph")
        drawn = NewFigure(figsize=(WIDTH, height), dpi=DPI, layout="constrained")
        FigureCanvasAgg(drawn)
        np.random.seed(seed)  # noqa: NPY002
        try:
            yield drawn, drawn.add_subplot()
        finally:
            np.random.set_state(before)  # noqa: NPY002


def png(drawn: Figure) -> bytes:
    """The figure as PNG, without a clock or a program's name; must be called inside `figure`."""
    target = io.BytesIO()
    drawn.savefig(target, format="png", metadata={"Software": None})
    return target.getvalue()


def plain(axes: Axes, xlabel: str, ylabel: str) -> None:
    """Quiet axes with words of our own."""
    axes.set_xlabel(xlabel, fontsize=FONT_SIZE, color=INK)
    axes.set_ylabel(ylabel, fontsize=FONT_SIZE, color=INK)
    axes.tick_params(labelsize=FONT_SIZE - 1, labelcolor=INK)
    axes.spines[["right", "top"]].set_visible(False)


def two_lines(label: str) -> str:
    """A label on at most two lines; a Chinese character is as wide as two Latin ones."""
    wide = any(ord(character) > 0x2E80 for character in label)
    return "\n".join(textwrap.wrap(label, WIDEST_LABEL // (2 if wide else 1), max_lines=2, placeholder="…")) or label


def _settings() -> dict[str, object]:
    families = ["DejaVu Sans"]
    path = cjk_font()
    if path is not None:
        families.append(_registered(path))
    return {
        "font.family": families,
        "font.size": FONT_SIZE,
        "axes.unicode_minus": False,
        "axes.edgecolor": INK,
        "legend.frameon": False,
    }


def _registered(path: str) -> str:
    """Name of the font in a file, known to matplotlib from now on: its cache does not see fonts installed later."""
    from matplotlib.font_manager import FontProperties, fontManager

    if not any(entry.fname == path for entry in fontManager.ttflist):
        fontManager.addfont(path)
    return str(FontProperties(fname=path).get_name())
