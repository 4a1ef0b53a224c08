"""Slices of a backtest: what models reach among parts of the households, and whom of them a list misses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relapse.core.panel import HOUSEHOLDS
from relapse.core.recognitions import RECOGNITIONS, told_by
from relapse.core.results import Trial
from relapse.core.threads import side_by_side
from relapse.evaluation.evaluate import Evaluation
from relapse.evaluation.slices import COLUMNS, Listed, figures_by_slice
from relapse.flows.backtest import OriginResult
from relapse.flows.listed_before import listed_before, looked_at, part_of_trial
from relapse.flows.rows import Task

LEAST_ROWS = 20  # no rate of fewer rows is printed
MOST_DRAWS = 100  # resamples behind a slice's interval: many slices, each a hint where to look
_OF_HELD = ("roc_auc", "pr_auc", "observed_expected")

Texts = NDArray[np.object_]


def slices(
    task: Task,
    results: Sequence[OriginResult],
    trials: Sequence[Trial],
    evaluation: Evaluation,
    models: Sequence[str],
    length: int | str,
) -> pd.DataFrame:
    """Ranking, level and errors of the list by slice of the households, and every figure of those not listed before.

    Slice `listed`: who was on the model's own list in the months before (`evaluation.memory_years`), and who was not;
    each part is ranked anew, so that its list is as long as that of all. Slice `visited`: who was visited, or pushed by
    a department, in those months, where the county tells. `category` and `cause` are of entries alone: of whom does the
    list miss most. Slice `line`: `rises` are the windows in which the line rises, `stays` all others; `held` are all
    rows with the line that held at the origin, under which a rise of the line alone is no fall.

    Args:
        task: what was forecast.
        results: of all origins.
        trials: one a horizon.
        evaluation: what is measured.
        models: of which ones.
        length: of the list whose errors are told.

    Returns:
        Columns `slice`, `slice_value` and those of `metrics.csv`; pooled over origins; parts of fewer than 20 rows are
        left out.
    """
    draws = min(evaluation.draws, MOST_DRAWS)
    fewer = replace(evaluation.with_list(length), draws=draws)

    def of_trial(trial: Trial) -> list[pd.DataFrame]:
        tables = []
        rng, block = task.rng(trial.horizon, 5), max(trial.horizon, evaluation.block_periods or 1)
        listed = Listed.of(trial, models, length)
        for name, values in divisions(task, results, trial, evaluation).items():
            table = figures_by_slice(trial, values, listed, draws, block, rng, LEAST_ROWS)
            tables.append(table.assign(slice=name))
        held = held_trial(task, results, trial)
        if held is not None:
            every = np.full(len(held.observed), "held", dtype=object)
            table = figures_by_slice(held, every, Listed.of(held, models, length), draws, block, rng, LEAST_ROWS)
            tables.append(table[table["metric"].isin(_OF_HELD)].assign(slice="line"))
        return tables + [_by_last_lists(task, results, trial, fewer, model, length) for model in models]

    tables = [table for told in side_by_side(of_trial, trials) for table in told]
    joined = pd.concat([pd.DataFrame(columns=["slice", *COLUMNS]), *tables], ignore_index=True)
    return joined[["slice", *COLUMNS]]


def _by_last_lists(
    task: Task, results: Sequence[OriginResult], trial: Trial, evaluation: Evaluation, model: str, length: int | str
) -> pd.DataFrame:
    """Every figure of one model among those whom its own lists named lately, and among those whom they did not.

    But for how many of a list stay on it: these parts are of no list.
    """
    before = listed_before(task, results, trial, evaluation, model, length)
    parts = {"not_before": part_of_trial(trial, before == 0), "before": part_of_trial(trial, before == 1)}
    tables = [pd.DataFrame(columns=["slice", *COLUMNS])]
    for value, part in parts.items():
        if len(part.observed) >= LEAST_ROWS:
            table = evaluation.measure(part, task.rng(trial.horizon, 5), [model]).table()
            table = table[(table["origin"] == "all") & ~table["metric"].str.startswith("kept_at")]
            tables.append(table.assign(slice="listed", slice_value=value)[["slice", *COLUMNS]])
    return pd.concat(tables[1:] or tables, ignore_index=True)


def divisions(task: Task, results: Sequence[OriginResult], trial: Trial, evaluation: Evaluation) -> Mapping[str, Texts]:
    """(rows of the trial,) texts by name of the slice, empty for rows that belong to none of its parts."""
    units = {result.unit.as_of: result for result in results}
    place = int(np.flatnonzero(task.leads == trial.horizon)[0])
    asked = [units[origin] for origin in dict.fromkeys(trial.origin.tolist())]
    parts = [(result, ~np.isnan(result.within[:, place])) for result in asked]

    def feature(name: str) -> NDArray[np.float64]:
        return np.concatenate([result.unit.column(name)[told] for result, told in parts])

    seen = feature("history__periods_seen")
    columns: dict[str, Texts] = {
        "records": np.where(seen <= 1, "first_seen", np.where(seen <= np.median(seen), "short", "long"))
    }
    made = {entry.name for entry in parts[0][0].unit.entries}
    for name, division in evaluation.slices.items():
        if division.column in made:
            columns[name] = division.parts(feature(division.column))
    columns["township"] = np.concatenate([_townships(task, result)[told] for result, told in parts])
    columns["type"] = np.concatenate([_types(task, result)[told] for result, told in parts])
    columns["visited"] = looked_at(task, trial, evaluation)
    columns["category"] = np.concatenate([_categories(task, result, place)[told] for result, told in parts])
    columns["cause"] = _causes(task, trial)
    rising = {origin: _line_rises(task, origin, trial.horizon) for origin in dict.fromkeys(trial.origin.tolist())}
    if any(rising.values()):
        columns["line"] = np.where([rising[origin] for origin in trial.origin.tolist()], "rises", "stays")
    return {name: values.astype(object) for name, values in columns.items() if (values != "").any()}


def _townships(task: Task, result: OriginResult) -> Texts:
    """(n,) the township of each household, empty where the panel tells none."""
    known = task.panel.as_of(result.unit.as_of).histories(result.unit.members, lags=task.panel.max_age + 1)
    home = known.home("township")
    return np.full(len(result.unit.members), "", dtype=object) if home is None else home.texts()


def _types(task: Task, result: OriginResult) -> Texts:
    """(n,) exited or ordinary, as known at the origin; empty where the panel tells no types."""
    told = np.full(len(task.panel.household_ids), "", dtype=object)
    if HOUSEHOLDS in task.panel.tables:
        states = task.panel.as_of(result.unit.as_of).table(HOUSEHOLDS).newest
        told[states.household] = states.text("type").texts()
    return told[result.unit.members]


def _categories(task: Task, result: OriginResult, place: int) -> Texts:
    """(n,) the kind of each household's entry up to a lead; empty where none came, or there is one kind."""
    if result.kind is None:
        return np.full(len(result.unit.members), "", dtype=object)
    names = np.array([*task.outcome.kinds, ""], dtype=object)
    return np.where(result.within[:, place] == 1, names[result.kind], "")


def _causes(task: Task, trial: Trial) -> Texts:
    """(rows of the trial,) the first cause that the register gives for the recognition that came; empty elsewhere."""
    causes = np.full(len(trial.observed), "", dtype=object)
    if not told_by(task.panel) or trial.ahead is None or "cause_1" not in task.panel.tables[RECOGNITIONS]:
        return causes
    table = task.panel.as_of(task.panel.latest).whole_table(RECOGNITIONS)
    who = pd.MultiIndex.from_arrays([task.panel.household_ids[table.household], table.happened.astype(np.int64)])
    given = pd.Series(table.text("cause_1").texts(), index=who)
    given = given[~given.index.duplicated()]
    came = np.flatnonzero(~np.isnan(trial.ahead))
    when = (trial.origin[came] + trial.ahead[came]).astype(np.int64)
    found = given.reindex(pd.MultiIndex.from_arrays([trial.household_id[came], when]))
    causes[came] = found.fillna("").to_numpy(dtype=object)
    return causes


def _line_rises(task: Task, origin: int, horizon: int) -> bool:
    """Whether a policy's line rises inside the label window of an origin over what was announced at the origin."""
    panel, anybody, ahead = task.panel, np.zeros(1, np.int32), task.split.gap + horizon
    if not panel.region:
        return False
    then = panel.as_of(origin).histories(anybody, lags=1).line[0, 0]
    later = panel.as_of(panel.latest).histories(anybody, end=origin + ahead, lags=ahead).line
    return bool((later > then).any())


def held_trial(task: Task, results: Sequence[OriginResult], trial: Trial) -> Trial | None:
    """A trial with what had come if the line of each origin had stayed; None where no policy's line decides."""
    if any(result.held is None for result in results):
        return None
    place = int(np.flatnonzero(task.leads == trial.horizon)[0])
    held = [each.held[~np.isnan(each.within[:, place]), place] for each in results if each.held is not None]
    observed = np.concatenate(held)
    part = part_of_trial(trial, ~np.isnan(observed))
    return replace(part, observed=observed[~np.isnan(observed)])
