"""What is laid before the gates when a version is to be promoted: measured anew on today's data, and tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import pandas as pd

from relapse import __version__
from relapse.core.errors import InputError
from relapse.core.instantiate import instantiate
from relapse.core.panel import Line
from relapse.core.protocols import Auditor, Data, Registry
from relapse.core.results import Trial
from relapse.county.risk_list.build import ListSettings
from relapse.evaluation.alarms import Honesty
from relapse.evaluation.evaluate import Evaluation
from relapse.flows.again import forecast_changes, made_again, unlike, unmade_inputs
from relapse.flows.assess import Assessment, assess
from relapse.flows.backtest import OriginResult, backtest_origins, usable_origins
from relapse.flows.contest import CANDIDATE, CHAMPION, Contender, contest_origins, joint_trials
from relapse.flows.examine import audit_findings
from relapse.flows.honesty import raised_alarms, same_households
from relapse.flows.missed import missed_differences
from relapse.flows.rows import make_task
from relapse.flows.version import Version, restore_version
from relapse.pipelines.candidates import Candidate
from relapse.pipelines.common import chosen_origins, open_panel
from relapse.pipelines.fresh_process import fault_alone
from relapse.registry.gates.evidence import Evidence, Reproduction, SchemaChange
from relapse.registry.privacy import places_of_ids
from relapse.terminal import Stages


@dataclass(frozen=True, eq=False)
class Judged:
    """What was found of a candidate.

    Args:
        evidence: for the gates.
        assessment: figures of candidate, champion and rule on the same households.
        rule: name of the rule.
        household_ids: of the panel; none may enter the registry.
        as_of: last period of the data on which it was judged.
        origins: at which it was, and the champion with it.
    """

    evidence: Evidence
    assessment: Assessment
    rule: str
    household_ids: frozenset[str]
    as_of: str
    origins: tuple[str, ...]


def judge(
    data: Data,
    evaluation: Evaluation,
    alarm: Honesty,
    audits: Auditor,
    registry: Registry,
    candidate: Candidate,
    champion: str | None,
    risk_list: ListSettings,
    origins: Sequence[str] | None,
    allowed: Sequence[str],
) -> Judged:
    """Refit both recipes at the same origins, measure them on the same draws, and try the candidate.

    A version that learned from another panel is not refitted: it is asked as it is.

    Args:
        data: of today.
        evaluation: what is measured.
        alarm: bounds of the alarms.
        audits: rules on the data.
        registry: where the champion is.
        candidate: that may become champion.
        champion: number of the present one, None where there is none.
        risk_list: length of the list.
        origins: at which both are tested; rolling if None.
        allowed: packages whose classes recipes may name.
    """
    stages, name = Stages(), data.panel_name
    list_key = risk_list.key(data.list_length)
    with stages.stage("read") as stage:
        made, line = contender(data, audits, candidate.version, CANDIDATE, allowed)
        number = None if candidate.registered is None else candidate.registered.number
        other = None if champion in (None, number) else restore_version(registry.files(name, str(champion)), allowed)
        against = None if other is None else contender(data, audits, other, CHAMPION, allowed)[0]
        asked = chosen_origins(made.task.panel, origins)
        tested = usable_origins(made.task, made.rule, made.calibration, backtest_origins(made.task, asked))
        unmade = unmade_inputs(candidate.version, made.task.unit(tested[-1]))
        if made.fitted is not None and unmade:
            raise InputError(
                f"the version wants what '{name}' does not tell: {', '.join(unmade[:5])}; it cannot be used here"
            )
        stage.say(panel=name, origins=len(tested), champion=champion or "none")
    with stages.stage("contest") as stage:
        results = list(stage.track(tested, contest_origins(made, tested)))
        others: list[OriginResult] = (
            [] if against is None else list(stage.track(tested, contest_origins(against, tested)))
        )
        trials = joint_trials(made, results, against, others)
        wanted = evaluation.with_list(list_key)
        assessment = assess(made.task, trials, wanted, made.rule.name, CANDIDATE)
    with stages.stage("examine") as stage:
        same = same_households(made.task, alarm)
        recipes = {} if made.fitted is not None else {CANDIDATE: made.model}
        alarms = raised_alarms(made.task, results, assessment, alarm, made.rule.name, CANDIDATE, recipes, same)
        reference = made.rule.name if against is None else CHAMPION
        missed = missed_differences(made.task, results, trials, wanted, CANDIDATE, reference, list_key)
        ids = frozenset(map(str, made.task.panel.household_ids))
        kept = dict(candidate.files) if number is None else registry.kept(name, number)
        comparisons = assessment.comparisons
        ahead = comparisons[(comparisons["model"] == CANDIDATE) & (comparisons["against"] == made.rule.name)]
        evidence = Evidence(
            (*made.findings, *audit_findings(made.task.panel, audits, None)),
            len(made.task.panel.household),
            alarms,
            assessment.metrics[assessment.metrics["model"] == CANDIDATE],
            ahead,
            None if against is None else _beside(made, trials, wanted),
            _is_rule(ahead),
            missed,
            list_key,
            made.task.panel.calendar.frequency,
            places_of_ids(kept, ids),
            None if other is None else _schema(candidate.version, other, unmade),
            partial(_reproduction, candidate, made, line),
            partial(fault_alone, candidate.version),
        )
        stage.say(alarms=len(alarms), groups=len(missed))
    label = made.task.panel.calendar.label
    asked_at = tuple(label(origin) for origin in tested)
    return Judged(evidence, assessment, made.rule.name, ids, label(made.task.panel.last), asked_at)


def contender(
    data: Data, audits: Auditor, version: Version, name: str, allowed: Sequence[str]
) -> tuple[Contender, Line]:
    """A version's recipe on the data of today, and its line."""
    parts = cast("dict[str, Any]", instantiate(dict(version.recipe), allowed))
    panel, findings = open_panel(data, parts["line"])
    facts = version.facts
    made_of = (parts["label"], parts["features"], parts["split"])
    task = make_task(panel, *made_of, facts.horizons, facts.seed, audits, parts.get("sensitive"))
    fitted = version if facts.panel != panel.name else None
    made = Contender(name, task, findings, parts["model"], parts["rule"], parts["calibration"], fitted)
    return made, parts["line"]


def _beside(made: Contender, trials: Sequence[Trial], evaluation: Evaluation) -> pd.DataFrame:
    """Paired differences from the champion."""
    rng = made.task.rng
    tables = [evaluation.compare(trial, CANDIDATE, CHAMPION, rng(trial.horizon, 4)) for trial in trials]
    return pd.concat(tables, ignore_index=True)


def _is_rule(ahead: pd.DataFrame) -> bool:
    """Whether nothing at all differs from the rule."""
    figures = ahead[["difference", "ci_low", "ci_high"]].dropna()
    return bool((figures == 0).all().all())


def _schema(version: Version, champion: Version, unmade: tuple[str, ...]) -> SchemaChange:
    outputs = {f"chance_{horizon}" for horizon in version.facts.horizons}
    lost = [f"chance_{horizon}" for horizon in champion.facts.horizons if f"chance_{horizon}" not in outputs]
    now, before = set(version.feature_names), set(champion.feature_names)
    changed = forecast_changes(version, champion)
    return SchemaChange(changed, tuple(lost), tuple(sorted(now - before)), tuple(sorted(before - now)), unmade)


def _reproduction(candidate: Candidate, made: Contender, line: Line) -> Reproduction:
    version = candidate.version
    changed = version.facts.data_digest != made.task.panel.digest
    if made.fitted is not None:
        return Reproduction((), "", changed, candidate.vouched)
    again = made_again(version, made.task, line, made.model, made.rule, made.calibration, __version__)
    return Reproduction(unlike(version, again), again.digest, changed)
