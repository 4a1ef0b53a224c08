"""A new version beside the champion: what is set differently, how both do at the same origins, and whose names move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, cast

import pandas as pd
from pydantic import Field
from pydantic.dataclasses import dataclass as settings

from relapse.core.errors import InputError
from relapse.core.instantiate import instantiate
from relapse.core.recipe import STRICT
from relapse.evaluation.evaluate import Evaluation
from relapse.flows.assess import Assessment
from relapse.flows.backtest import OriginResult
from relapse.flows.contest import CANDIDATE, CHAMPION, Contender, contest_origins, joint_trials
from relapse.flows.fit import Calibration, HazardModel
from relapse.flows.moves import Moves, list_moves
from relapse.flows.rows import Task, make_task
from relapse.flows.version import Version

SAME_HOUSEHOLDS = ("line", "label")  # parts of a recipe that decide who is at risk and what comes of them


@settings(frozen=True, config=STRICT)
class Review:
    """What a review holds a version against, and from where on it speaks up.

    Args:
        against_champion: whether a champion with another recipe is fitted again at every origin of the backtest.
        months: in which the lists of both are compared: the as_of, and origins before it.
        drift_noticed, drift_large: population stability index from which a feature's move is noticed, is large.
    """

    against_champion: bool
    months: Annotated[int, Field(ge=1)]
    drift_noticed: Annotated[float, Field(gt=0)]
    drift_large: Annotated[float, Field(gt=0)]


@dataclass(frozen=True, eq=False)
class Champion:
    """The version in use, as a new one finds it.

    Args:
        number: in the registry.
        version: restored.
    """

    number: str
    version: Version


@dataclass(frozen=True)
class Changed:
    """One setting in which two versions differ; empty where it is not there."""

    setting: str
    before: str
    now: str


@dataclass(frozen=True, eq=False)
class Beside:
    """What a new version is beside the champion.

    Args:
        champion: the one in use.
        changed: settings that differ, by name; none where the recipes are equal.
        metrics: rows of `metrics.csv` of the champion's recipe at the same origins; None where there are none.
        comparisons: paired differences, new version less champion, on the same draws; None likewise.
        moves: on and off the list; None where the two cannot be asked about the same households.
        obstacle: why there are no figures or no moves, key of `core.review_texts` (`beside.<obstacle>`); empty.
        detail: for its placeholder.
    """

    champion: Champion
    changed: tuple[Changed, ...]
    metrics: pd.DataFrame | None = None
    comparisons: pd.DataFrame | None = None
    moves: Moves | None = None
    obstacle: str = ""
    detail: str = ""

    @property
    def same_recipe(self) -> bool:
        """Whether the two differ in their data alone."""
        return not self.changed


@dataclass(frozen=True, eq=False)
class Tested:
    """The new version's backtest.

    Args:
        results: one an origin.
        assessment: of them.
        shown: name of the model that the version is: the main model's, or the rule's where it fell back.
        rule: the plain rule's recipe.
        model: the main model's recipe.
        calibration: of both.
        evaluation: what is measured.
        horizon: that orders the list.
        list_key: length of the list.
    """

    results: Sequence[OriginResult]
    assessment: Assessment
    shown: str
    rule: HazardModel
    model: HazardModel
    calibration: Calibration
    evaluation: Evaluation
    horizon: int
    list_key: str


def beside_champion(
    task: Task, version: Version, champion: Champion, tested: Tested, review: Review, allowed: Sequence[str] = ()
) -> Beside:
    """Hold a new version against the champion.

    Args:
        task: what the new version was fitted on.
        version: the new one.
        champion: the one in use.
        tested: the new version's backtest.
        review: how far to go.
        allowed: packages beside relapse that the champion's recipe may name.
    """
    old = champion.version
    changed = changed_settings(_settings(old), _settings(version))
    fits = (old.facts.frequency, old.facts.window) == (version.facts.frequency, version.facts.window)
    other = [key for key in SAME_HOUSEHOLDS if old.recipe.get(key) != version.recipe.get(key)]
    if other or not fits:
        return Beside(champion, changed, obstacle="other_households", detail=", ".join(other or ["data"]))
    months = [*(result.unit.as_of for result in tested.results), task.panel.calendar.parse(version.facts.as_of)]
    months = sorted(set(months))[-review.months :]
    try:
        moves = list_moves(task, version, old, months, tested.horizon, tested.list_key, allowed)
        if changed and not review.against_champion:
            return Beside(champion, changed, moves=moves, obstacle="not_asked")
        metrics, comparisons = _figures(task, old, tested, allowed) if changed else _same_figures(old, tested)
    except InputError as fault:  # a recipe of before may need what these data do not tell
        return Beside(champion, changed, obstacle="not_possible", detail=str(fault))
    return Beside(champion, changed, metrics, comparisons, moves)


def changed_settings(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[Changed, ...]:
    """The settings in which two recipes differ, by name; of a part that only one of them has, its name and kind alone.

    Example:
        >>> changed_settings({"model": {"trees": 60, "seed": 1}}, {"model": {"trees": 90, "seed": 1}})
        (Changed(setting='model.trees', before='60', now='90'),)
    """
    old, new = _flat("", before), _flat("", now)
    names = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
    alone = [[name for name in names if name not in other] for other in (old, new)]
    inside = {name for side in alone for name in side if any(name.startswith(f"{part}.") for part in side)}
    whole = [name for name in names if name not in inside]
    return tuple(Changed(name, old.get(name, ""), new.get(name, "")) for name in whole)


def _settings(version: Version) -> dict[str, Any]:
    return {**version.recipe, "horizons": list(version.facts.horizons), "seed": version.facts.seed}


def _flat(path: str, node: Any) -> dict[str, str]:
    if isinstance(node, Mapping) and node:
        parts = [_flat(f"{path}.{key}" if path else str(key), inner) for key, inner in node.items()]
        return {name: value for part in parts for name, value in part.items()}
    return {path.removesuffix("._target_"): str(node)}


def _same_figures(old: Version, tested: Tested) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Of an equal recipe, which fitted again at the same origins gives what it gave: nothing is fitted."""
    rule, main = tested.rule.name, tested.model.name
    theirs = rule if old.facts.model == rule else main
    metrics, table = tested.assessment.metrics, tested.assessment.comparisons
    mine = metrics[metrics["model"] == theirs].assign(model=CHAMPION).reset_index(drop=True)
    apart = table[(table["model"] == main) & (table["against"] == rule)].assign(model=tested.shown, against=CHAMPION)
    columns = ["difference", "ci_low", "ci_high", "range_low", "range_high"]
    if theirs == tested.shown:
        apart[columns] = apart[columns].where(apart[columns].isna(), 0.0)
    elif tested.shown == rule:  # the version fell back, the champion did not
        apart[columns] = -apart[["difference", "ci_high", "ci_low", "range_high", "range_low"]].to_numpy()
    return mine, apart.reset_index(drop=True)


def _figures(task: Task, old: Version, tested: Tested, allowed: Sequence[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The champion's recipe fitted again at the same origins, and measured on the same draws."""
    parts = cast("dict[str, Any]", instantiate(dict(old.recipe), allowed))
    theirs = make_task(
        task.panel, parts["label"], parts["features"], parts["split"], old.facts.horizons, old.facts.seed,
        task.audits, parts.get("sensitive"),
    )  # fmt: skip
    against = Contender(CHAMPION, theirs, (), parts["model"], parts["rule"], parts["calibration"])
    mine = Contender(CANDIDATE, task, (), tested.model, tested.rule, tested.calibration)
    asked = list(contest_origins(against, [result.unit.as_of for result in tested.results]))
    wanted = tested.evaluation.with_list(tested.list_key)
    measured = [
        wanted.measure(trial, task.rng(trial.horizon, 4), [tested.shown, CHAMPION])
        for trial in joint_trials(mine, tested.results, against, asked)
    ]
    metrics = pd.concat([figures.table() for figures in measured], ignore_index=True)
    metrics = metrics[metrics["model"] == CHAMPION].reset_index(drop=True)
    label = task.panel.calendar.label
    metrics["origin"] = [origin if origin == "all" else label(int(origin)) for origin in metrics["origin"]]
    return metrics, pd.concat([each.compare(tested.shown, CHAMPION) for each in measured], ignore_index=True)
