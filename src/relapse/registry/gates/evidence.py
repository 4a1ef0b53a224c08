"""What is laid before the gates: faults of the data, alarms, figures against rule and champion, and what was tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from relapse.core.results import Finding
from relapse.core.worded import Worded


@dataclass(frozen=True)
class SchemaChange:
    """What another program that calls the model would notice, against the champion.

    Args:
        changed: of what it forecasts: outcome, label, frequency, window.
        lost: columns of the champion's forecast that it lacks.
        added, removed: inputs that are new, and that are no longer there.
        unmade: inputs that today's data do not give.
    """

    changed: tuple[Worded, ...]
    lost: tuple[str, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    unmade: tuple[str, ...]


@dataclass(frozen=True)
class Reproduction:
    """What came of making a version again from its own settings.

    Args:
        unlike: its files that came out otherwise; empty where the digest is the same.
        digest: SHA-256 of the version that was made again; empty where it could not be tried.
        data_changed: whether the input is another than the one it was made from.
        vouched: whether the data are not here, but the sender's digest was told and is that of the version.
    """

    unlike: tuple[str, ...]
    digest: str
    data_changed: bool
    vouched: bool = False


@dataclass(frozen=True, eq=False)
class Evidence:
    """All that gates may look at.

    Args:
        findings: faults of the input tables.
        rows: of the input, from 1.
        alarms: that were raised, see `evaluation.alarms`.
        metrics: the candidate's rows of `metrics.csv`.
        against_rule: paired differences, candidate minus distance to the line, with columns model, against, outcome,
            horizon, metric, difference, ci_low, ci_high.
        against_champion: the same against the champion's recipe on the same splits; None where there is no champion.
        is_rule: whether the candidate is the distance rule itself.
        missed: paired differences of missed rates by group, see `flows.missed.missed_differences`.
        list_key: length of the list, as in the names of metrics.
        frequency: of the panel; horizons are told in its periods.
        private: where a household's id or an ID number stands in what is kept.
        schema: against the champion; None where there is none, or it was not looked at.
        reproduction: makes it again when asked, which takes as long as its fit; None where that cannot be asked.
        alone: says when asked why it does not load and score in a process without MLflow and shap, None where it does;
            None itself where that cannot be asked.
    """

    findings: Sequence[Finding]
    rows: int
    alarms: tuple[Worded, ...]
    metrics: pd.DataFrame
    against_rule: pd.DataFrame
    against_champion: pd.DataFrame | None
    is_rule: bool
    missed: pd.DataFrame
    list_key: str
    frequency: str
    private: tuple[str, ...]
    schema: SchemaChange | None = None
    reproduction: Callable[[], Reproduction] | None = None
    alone: Callable[[], Worded | None] | None = None
