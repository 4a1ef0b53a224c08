"""What `relapse backtest` tells besides figures of all: slices, choices over time, net benefit, places held out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from relapse.core.results import Language, Trial
from relapse.core.texts import money_word, periods, signed, text, text_or
from relapse.core.threads import side_by_side
from relapse.county.reports.backtest_further import PlainTable, Worth, selection_table, slice_table, worth_table
from relapse.county.reports.backtest_tables import list_words
from relapse.evaluation.curves import decision_curves
from relapse.evaluation.evaluate import Evaluation
from relapse.evaluation.small_cells import without_small_cells
from relapse.flows.backtest import OriginResult
from relapse.flows.fit import Calibration, HazardModel
from relapse.flows.held_out import differences, hold_out, lost_precision
from relapse.flows.listed_before import memory
from relapse.flows.rows import Task
from relapse.flows.selection import selection
from relapse.flows.slices import slices
from relapse.terminal import Stages


def further_tables(
    task: Task,
    results: Sequence[OriginResult],
    trials: Sequence[Trial],
    evaluation: Evaluation,
    models: Sequence[str],
    list_key: str,
) -> dict[str, pd.DataFrame]:
    """Tables by the name of their file.

    Args:
        task: what was forecast.
        results: of all origins.
        trials: one a horizon.
        evaluation: what is measured.
        models: the rule, and the model that the report is about: slices are of these.
        list_key: length of the list.
    """
    return {
        "slices": slices(task, results, trials, evaluation, models, list_key),
        "selection": selection(task, results, trials, evaluation, models[0]),
        "decision_curve": net_benefit(task, trials, evaluation),
    }


def net_benefit(task: Task, trials: Sequence[Trial], evaluation: Evaluation) -> pd.DataFrame:
    """Decision curves of every model at every horizon."""

    def of_trial(trial: Trial) -> pd.DataFrame:
        models, rng = list(trial.probability), task.rng(trial.horizon, 11)
        curves = decision_curves(trial, models, evaluation.thresholds, evaluation, rng)
        return curves.assign(outcome=trial.outcome, horizon=trial.horizon)

    tables = side_by_side(of_trial, trials)
    head = ["model", "outcome", "horizon"]
    return pd.concat(tables, ignore_index=True).set_index(head).reset_index()


def page_tables(
    tables: Mapping[str, pd.DataFrame],
    task: Task,
    metrics: pd.DataFrame,
    evaluation: Evaluation,
    main: str,
    list_key: str,
    language: Language,
) -> tuple[PlainTable, ...]:
    """The same as the page shows them: small cells stay in the files.

    Args:
        tables: of `further_tables`.
        task: what was forecast.
        metrics: rows of `metrics.csv`.
        evaluation: what was measured.
        main: the model that the report is about.
        list_key: length of the list.
        language: of the page.
    """
    frequency, panel = task.panel.calendar.frequency, task.panel
    worth = Worth(
        list_key,
        list_words(list_key, language),
        memory(panel, evaluation),
        evaluation.visit_cost,
        money_word(panel.money, language),
        frequency,
    )
    sliced = tables["slices"]
    shown = without_small_cells(sliced)
    longest = int(sliced["horizon"].max()) if len(sliced) else max(task.horizons)
    return (
        worth_table(metrics, sliced, worth, language),
        slice_table(shown, main, longest, list_key, frequency, language),
        selection_table(tables["selection"], frequency, language),
    )


def setting_sentences(task: Task, taught: Task | None, language: Language) -> list[str]:
    """Where and until when the models learned, if not anew at each origin from the panel itself."""
    cut, label = task.split.cut_on(task.panel), task.panel.calendar.label
    told = [] if cut is None else [text("backtest.cut", language, cut=label(cut))]
    if taught is not None:
        last = taught.panel.latest if cut is None else min(cut, taught.panel.latest)
        names = {"taught": taught.panel.name, "last": label(last), "panel": task.panel.name}
        told.append(text("backtest.taught", language, **names))
    return told


def held_out_sentences(held_out: pd.DataFrame | None, model: str, frequency: str, language: Language) -> list[str]:
    """What a model loses in places of which it learned nothing, a sentence a horizon."""
    if held_out is None:
        return []
    return [
        text(
            "backtest.held_out",
            language,
            horizon=periods(int(row["horizon"]), frequency, language),
            model=text_or(f"model.{model}", language, model),
            places=text(f"place.{row['held_out']}", language),
            difference=signed(row["difference"], 3),
            low=signed(row["ci_low"], 3),
            high=signed(row["ci_high"], 3),
        )
        for row in lost_precision(held_out, model)
    ]


def held_out_stage(
    stages: Stages,
    task: Task,
    models: Mapping[str, HazardModel],
    rule: HazardModel,
    calibration: Calibration,
    evaluation: Evaluation,
    results: Sequence[OriginResult],
) -> pd.DataFrame | None:
    """Fit every model once more without each part of the villages or townships, where the split says so."""
    place = task.split.hold_out
    if place is None:
        return None
    with stages.stage("hold out") as stage:
        held = hold_out(task, models, rule, calibration, results, place, task.split.folds)
        stage.say(places=place, fits=2 * task.split.folds * len(models))
        return differences(held, task, evaluation)
