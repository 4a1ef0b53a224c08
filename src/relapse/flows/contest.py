"""Candidate against champion: both recipes refitted at the same origins, asked of the same households."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from relapse.core.errors import InputError
from relapse.core.results import Finding, Trial
from relapse.flows.backtest import OriginResult, make_trials, test_origins
from relapse.flows.fit import Calibration, HazardModel
from relapse.flows.rows import Task
from relapse.flows.version import Version

CANDIDATE, CHAMPION = "candidate", "champion"


@dataclass(frozen=True, eq=False)
class Contender:
    """One version's recipe on the data of today.

    Args:
        name: `candidate` or `champion`.
        task: panel, outcome, features, split and horizons.
        findings: what is odd about the panel's files.
        model, rule, calibration: recipes.
        fitted: the version as it is, where it learned from another panel: it is asked instead of its recipe refitted.
    """

    name: str
    task: Task
    findings: Sequence[Finding]
    model: HazardModel
    rule: HazardModel
    calibration: Calibration
    fitted: Version | None = None


def contest_origins(contender: Contender, origins: Sequence[int]) -> Iterator[OriginResult]:
    """The contender and its rule at each origin."""
    models = {contender.rule.name: contender.rule}
    if contender.fitted is None:
        models[contender.name] = contender.model
    for result in test_origins(contender.task, models, contender.rule, contender.calibration, origins):
        if contender.fitted is None:
            yield result
        else:
            said = contender.fitted.hazard.forecast(result.unit)
            yield replace(result, forecasts={**result.forecasts, contender.name: said})


def joint_trials(
    candidate: Contender,
    asked: Sequence[OriginResult],
    champion: Contender | None,
    champion_asked: Sequence[OriginResult],
) -> list[Trial]:
    """One trial a horizon, with the rule, the candidate and (where there is one) the champion.

    Raises:
        InputError: the two do not forecast the same outcome of the same households.
    """
    trials = [trial for trial in make_trials(candidate.task, asked) if len(trial.observed)]
    if champion is None:
        return trials
    others = {trial.horizon: trial for trial in make_trials(champion.task, champion_asked)}
    missing = [trial.horizon for trial in trials if trial.horizon not in others]
    if missing:
        raise InputError(f"the champion does not forecast horizons {missing}; train the candidate with those it has")
    return [_joined(trial, others[trial.horizon]) for trial in trials]


def _joined(trial: Trial, other: Trial) -> Trial:
    key = pd.MultiIndex.from_arrays([trial.origin, trial.household_id])
    there = pd.MultiIndex.from_arrays([other.origin, other.household_id])
    place = there.get_indexer(key)
    if len(key) != len(there) or (place < 0).any() or not np.array_equal(trial.observed, other.observed[place]):
        raise InputError(
            "candidate and champion have another line or another outcome, so their households at risk differ and "
            "their figures do not compare: promote with override=true and say why in reason="
        )
    return replace(
        trial,
        probability={**trial.probability, CHAMPION: other.probability[CHAMPION][place]},
        rank={**trial.rank, CHAMPION: other.rank[CHAMPION][place]},
    )
