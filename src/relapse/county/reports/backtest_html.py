"""The report of a backtest: the verdict first, then figures with the distance rule beside each, then pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from relapse.core.results import Language
from relapse.core.texts import money_word, text, text_or
from relapse.county.reports.backtest_further import PlainTable
from relapse.county.reports.backtest_tables import blocks, differences, list_words
from relapse.county.reports.pages import data_uri, page


@dataclass(frozen=True, eq=False)
class BacktestPage:
    """What is told of a backtest.

    Args:
        panel: its name.
        frequency: of its periods, for the words of a horizon.
        label: key of the kind of label, such as `label.first_entry`.
        horizons: periods ahead, in the order of the page.
        origins: labels of the origins, earliest first.
        metrics: rows of `metrics.csv`: model, outcome, horizon, origin (`all` or a label), metric, value, ci_low,
            ci_high, n, events.
        comparisons: paired differences: model, against, outcome, horizon, metric, difference, ci_low, ci_high,
            range_low, range_high.
        list_key: length of the list as in the names of metrics, such as `5pct` or `300`.
        pictures: by name (`picture.<name>` in the catalogue, else shown as it is), SVG or PNG.
        sentences: the verdict in words, in the page's language.
        assumed: what was assumed while reading.
        simulated: whether the data are.
        language: of the page.
        money: what money is called.
        not_applicable: models that the panel tells too little for.
        further: tables below those of all models.
    """

    panel: str
    frequency: str
    label: str
    horizons: tuple[int, ...]
    origins: tuple[str, ...]
    metrics: pd.DataFrame
    comparisons: pd.DataFrame
    list_key: str
    pictures: Mapping[str, bytes]
    sentences: tuple[str, ...]
    assumed: tuple[str, ...]
    simulated: bool
    language: Language
    money: str
    not_applicable: tuple[str, ...] = ()
    further: tuple[PlainTable, ...] = ()


def render(report: BacktestPage) -> bytes:
    """The page, at most 880 px wide, with every picture inside it."""
    language = report.language
    return page(
        "backtest.html.j2",
        language,
        report=report,
        setting=_setting(report),
        money=text("backtest.money", language, money=money_word(report.money, language)),
        listed=list_words(report.list_key, language),
        blocks=blocks(
            report.metrics, report.horizons, report.list_key, report.frequency, language, report.not_applicable
        ),
        differences=differences(report.comparisons, report.frequency, language),
        pictures=[
            (text_or(f"picture.{name}", language, name), data_uri(data)) for name, data in report.pictures.items()
        ],
    )


def _setting(report: BacktestPage) -> str:
    first, last = (report.origins[0], report.origins[-1]) if report.origins else ("–", "–")
    return text(
        "backtest.setting", report.language,
        origins=len(report.origins), first=first, last=last, label=text(report.label, report.language),
    )  # fmt: skip
