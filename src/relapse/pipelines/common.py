"""What several commands begin and end with: opening the panel, choosing the period, naming things for the terminal."""

from __future__ import annotations

import math
import sys
from collections.abc import Collection, Sequence

import pandas as pd

from relapse.core.errors import InputError
from relapse.core.panel import Line, Panel
from relapse.core.protocols import Data, Registry
from relapse.core.results import Finding
from relapse.data.panel_checks import refuse
from relapse.flows.assess import Assessment
from relapse.terminal import closing_table

WAIT_SECONDS = 600  # for another run on the same outputs


def say(text: str) -> None:
    """One line to the person at the terminal."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def open_panel(data: Data, line: Line) -> tuple[Panel, tuple[Finding, ...]]:
    """The panel, and what is odd about its files.

    Raises:
        InputError: a fault stops the work.
    """
    examined = data.examine(line)
    refuse(examined.findings)
    assert examined.panel is not None, "a panel that cannot be made is a fault that stops"
    return examined.panel, examined.findings


def chosen_period(panel: Panel, as_of: str | None) -> int:
    """The period that is meant: the last closed one where none is said.

    Raises:
        InputError: it is no period, or lies outside the data.
    """
    if as_of is None:
        return panel.latest
    try:
        period = panel.calendar.parse(as_of)
    except InputError as error:
        raise InputError(f"as_of={as_of}: {error}") from error
    panel.as_of(period)
    return period


def chosen_origins(panel: Panel, origins: Sequence[str] | None) -> list[int] | None:
    """The periods at which the backtest shall stand; None where they are rolling.

    Raises:
        InputError: there is none among them, or one is no period.
    """
    if origins is None:
        return None
    if not origins:
        raise InputError("origins=[] names no period; write origins=[PERIOD,…], or leave it out for rolling ones")
    try:
        return [panel.calendar.parse(origin) for origin in origins]
    except InputError as error:
        raise InputError(f"origins: {error}") from error


def open_existing(registry: Registry) -> None:
    """Open a registry that must be there already.

    Raises:
        InputError: there is none, or it cannot be used.
    """
    if not registry.is_there():
        raise InputError(
            f"no version is registered: there is no registry at {registry.tracking_uri()} yet; run `relapse train` "
            "first, or name its folder with paths.state="
        )
    registry.prepare()


def show_results(
    title: str,
    assessment: Assessment,
    list_key: str,
    models: Sequence[str],
    places: Sequence[tuple[str, str]],
    sentences: Sequence[str] = (),
    not_applicable: Collection[str] = (),
) -> None:
    """The closing table of a backtest; on a narrow terminal the precision of the list and the ranking alone."""
    closing_table(title, *result_rows(assessment, list_key, models, not_applicable), places, (0, 1, 2, 5), sentences)


def result_rows(
    assessment: Assessment, list_key: str, models: Sequence[str], not_applicable: Collection[str] = ()
) -> tuple[list[str], list[list[str]]]:
    """Heads and rows of the closing table: the rule first, what a list of that length finds, with intervals."""
    heads = [
        "model",
        "horizon",
        f"precision at {list_key}",
        f"recall at {list_key}",
        "best possible",
        "PR-AUC",
        "ROC-AUC",
    ]
    rows = []
    for trial in assessment.trials:
        for model in models:
            if model in not_applicable:
                rows.append([model, str(trial.horizon), "not applicable", *[""] * (len(heads) - 3)])
                continue
            shown = [
                _with_interval(assessment.figure(model, trial.horizon, metric))
                for metric in (f"precision_at_{list_key}", f"recall_at_{list_key}")
            ]
            best = assessment.figure(model, trial.horizon, f"attainable_at_{list_key}")
            areas = [
                _with_interval(assessment.figure(model, trial.horizon, metric)) for metric in ("pr_auc", "roc_auc")
            ]
            rows.append([model, str(trial.horizon), *shown, "" if best is None else f"{best[0]:.2f}", *areas])
    return heads, rows


def _with_interval(figure: tuple[float, float, float] | None) -> str:
    if figure is None:
        return ""
    known = math.isfinite(figure[1]) and math.isfinite(figure[2])
    return f"{figure[0]:.3f} ({figure[1]:.3f}-{figure[2]:.3f})" if known else f"{figure[0]:.3f}"


def csv_bytes(table: pd.DataFrame) -> bytes:
    """A table as CSV, numbers at full precision."""
    return table.to_csv(index=False, lineterminator="\n").encode()
