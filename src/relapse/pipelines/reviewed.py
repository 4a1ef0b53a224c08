"""What stands behind a review: a version, its backtest, what drives it, and what it is beside the champion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from relapse.core.protocols import Registry
from relapse.core.results import Finding, Language, Verdict
from relapse.core.texts import event_words, feature_called, finding_sentence, in_words, percent, text, text_or
from relapse.county.reports.backtest_further import slice_names
from relapse.county.reports.review_tables import Setting
from relapse.evaluation.evaluate import Evaluation
from relapse.evaluation.missed_groups import MissedGroups, groups_missed_more
from relapse.evaluation.small_cells import comparisons_of, without_small_cells
from relapse.flows.assess import verdict_sentences
from relapse.flows.beside import Beside, Champion, Review
from relapse.flows.contest import CHAMPION
from relapse.flows.drift import SCORE
from relapse.flows.left_out import RULE as LEFT_OUT
from relapse.flows.version import Version, restore_version
from relapse.pipelines.backtest import Backtest, stand_ins
from relapse.pipelines.drawings import Explained

SHORT_DIGEST = 12  # characters; eight are enough for `run=`


@dataclass(frozen=True, eq=False)
class Reviewed:
    """All that a reviewer is told of.

    Args:
        version: fitted.
        report: its backtest, without small cells.
        evaluation: what was measured.
        explained: what drives it.
        beside: it and the champion; None where there is no other champion.
        drift: of its inputs (see `flows.drift`).
        verdicts: of the gates.
        findings: of the data.
        review: from where on to speak up.
        resolved: the whole config.
        rule, main: names of the rule, and of the model that the backtest is about.
        list_key: length of the list.
        language: of all that is told.
    """

    version: Version
    report: Backtest
    evaluation: Evaluation
    explained: Explained
    beside: Beside | None
    drift: pd.DataFrame
    verdicts: Sequence[Verdict]
    findings: Sequence[Finding]
    review: Review
    resolved: Mapping[str, Any]
    rule: str
    main: str
    list_key: str
    language: Language

    @property
    def setting(self) -> Setting:
        """What all tables share."""
        return Setting(self.list_key, self.version.facts.frequency, self.language)

    @property
    def shown(self) -> str:
        """The model that the version is: the rule's name where it fell back."""
        return self.rule if self.version.facts.model == self.rule else self.main

    @property
    def models(self) -> list[str]:
        """Whose figures stand side by side, the rule first."""
        return list(dict.fromkeys([self.rule, self.shown, *([] if self.champion_metrics is None else [CHAMPION])]))

    @property
    def longest(self) -> int:
        """The longest horizon with an outcome that is known."""
        return max(trial.horizon for trial in self.report.assessment.trials)

    @cached_property
    def champion_metrics(self) -> pd.DataFrame | None:
        """The champion's figures at the same origins, without small cells."""
        told = None if self.beside is None else self.beside.metrics
        return None if told is None else without_small_cells(told)

    @cached_property
    def metrics(self) -> pd.DataFrame:
        """Figures of all that were tested, the champion's among them."""
        mine = self.report.assessment.metrics
        return mine if self.champion_metrics is None else pd.concat([mine, self.champion_metrics], ignore_index=True)

    @cached_property
    def champion_comparisons(self) -> pd.DataFrame | None:
        """Paired differences from the champion, of figures that may be told."""
        told = None if self.beside is None else self.beside.comparisons
        return None if told is None else comparisons_of(told, self.metrics)

    @cached_property
    def further(self) -> dict[str, pd.DataFrame]:
        """Slices and the like that may be told."""
        told = dict(self.report.further(self.evaluation, self.main, self.list_key))
        return {**told, "slices": without_small_cells(told["slices"])}

    @cached_property
    def missed(self) -> MissedGroups:
        """Of which groups the list misses more."""
        return groups_missed_more(self.metrics, self.further["slices"], self.shown, self.longest, self.list_key)

    @cached_property
    def inputs(self) -> pd.DataFrame:
        """How far the inputs have moved that push anybody's place, but those that tell the month; and the score."""
        return self._used[~self._used["clock"].astype(bool)]

    @cached_property
    def clocks(self) -> int:
        """How many of the inputs in use tell the month by construction, and so are not called moved."""
        return int(self._used["clock"].sum())

    @cached_property
    def _used(self) -> pd.DataFrame:
        used = {*self.explained.strength["feature"], SCORE}
        return self.drift[self.drift["feature"].isin(used)]

    @cached_property
    def labels(self) -> dict[str, str]:
        """What features are called."""
        unit = self.report.task.unit(self.report.task.panel.calendar.parse(self.version.facts.as_of))
        return {entry.name: feature_called(entry.name, self.language, entry.label) for entry in unit.entries}

    def say(self, key: str, **values: object) -> str:
        """A wording in the page's language."""
        return text(key, self.language, **values)


def champion_of(registry: Registry, name: str, digest: str, allowed: Sequence[str]) -> Champion | None:
    """The champion that a new version meets; None where there is none, or it is the version itself."""
    there = registry.champion(name) if registry.is_there() else None
    if there is None or there.digest == digest:
        return None
    return Champion(there.number, restore_version(registry.files(name, there.number), allowed))


def reproduced_by(version: Version) -> str:
    """The command that makes the version again from its run's settings, and says whether it is the same."""
    return f"relapse train run={version.digest[:SHORT_DIGEST]}"


def fact_words(told: Reviewed) -> list[tuple[str, str]]:
    """What it was trained on, each fact with its name."""
    facts, panel = told.version.facts, told.report.task.panel
    joint, label = told.say("sensitive.joint"), panel.calendar.label
    fix = sum(finding.severity == "fix" for finding in told.findings)
    told_facts = [
        ("review.fact.panel", facts.panel),
        ("review.fact.periods", f"{label(panel.first)} – {facts.as_of}"),
        ("review.fact.origins", f"{facts.origins[0]} – {facts.origins[1]}"),
        ("review.fact.households", f"{facts.households:,}"),
        ("review.fact.events", f"{facts.events:,}"),
        ("review.fact.horizons", joint.join(told.setting.ahead(horizon) for horizon in facts.horizons)),
        ("review.fact.model", text_or(f"model.{facts.model}", told.language, facts.model)),
        ("review.fact.share", f"{facts.share:.0%}"),
        ("review.fact.findings", told.say("review.findings", count=f"{len(told.findings):,}", fix=f"{fix:,}")),
        *(
            ("review.fact.left_out", finding_sentence(each, told.language))
            for each in told.findings
            if each.rule == LEFT_OUT
        ),
        ("review.fact.data_digest", facts.data_digest),
        ("review.fact.digest", told.version.digest),
        ("review.fact.relapse", facts.relapse),
        ("review.fact.seed", str(facts.seed)),
    ]
    words = event_words(facts.outcome, told.language)
    return [(told.say(key, **words), value) for key, value in told_facts if value]


def possible(told: Reviewed) -> str:
    """What is known of the best that any method could reach."""
    return told.say("review.possible_simulated" if told.version.facts.simulated else "review.possible_unknown")


def better(told: Reviewed) -> list[str]:
    """Whether it is ahead of rule and champion, a sentence a horizon."""
    assessment, facts = told.report.assessment, told.version.facts
    sentences = [*verdict_sentences(assessment, told.main, told.rule, facts.frequency, told.language)]
    if told.shown == told.rule:
        sentences.append(told.say("review.is_rule"))
    return [*sentences, *against_champion(told)]


def against_champion(told: Reviewed) -> list[str]:
    """What it is beside the champion in sentences: figures, or why there are none; and how many move."""
    if told.beside is None:
        return [told.say("review.first_version")]
    sentences = []
    if told.beside.obstacle:
        sentences.append(told.say(f"beside.{told.beside.obstacle}", detail=told.beside.detail))
    elif told.beside.same_recipe and told.beside.champion.version.facts.model == told.version.facts.model:
        sentences.append(told.say("review.same_recipe"))
    elif told.champion_comparisons is not None:
        beside = replace(told.report.assessment, comparisons=told.champion_comparisons)
        sentences += verdict_sentences(beside, told.shown, CHAMPION, told.version.facts.frequency, told.language)
    return [*sentences, *moved(told)]


def moved(told: Reviewed) -> list[str]:
    """How many households a month move on and off the list."""
    if told.beside is None or told.beside.moves is None:
        return []
    months = told.beside.moves.months
    on, off = float(months["on"].mean()), float(months["off"].mean())
    listed = f"{round(float(months['listed'].mean())):,}"
    if on == off == 0:
        return [told.say("review.none_moves")]
    if max(on, off) < 5:
        return [told.say("review.moves_few", months=len(months), listed=listed)]
    return [told.say("review.moves_total", months=len(months), listed=listed, on=f"{on:,.0f}", off=f"{off:,.0f}")]


def fair(told: Reviewed, most: int = 5) -> list[str]:
    """Which groups it misses more, the worst first, and how many would stand out by chance."""
    missed = told.missed
    if missed.overall is None or not missed.compared:
        return [told.say("review.fair_untold")]
    overall = percent(missed.overall)
    if not missed.more:
        return [told.say("review.fair_none", count=missed.compared, all=overall)]
    sentences = [
        told.say(
            "review.fair_more",
            **dict(zip(("slice", "part"), slice_names(one.division, one.part, told.language), strict=True)),
            events=f"{one.events:,}",
            missed=percent(one.rate),
            low=percent(one.low),
            high=percent(one.high),
            all=overall,
        )
        for one in missed.more[:most]
    ]
    return [*sentences, told.say("review.fair_chance", count=missed.compared, expected=missed.by_chance)]


def honest(told: Reviewed) -> list[str]:
    """Alarms, level of the chances, and where the rule stood in."""
    return [*alarm_sentences(told), *level_sentences(told), *stand_ins(told.report, told.main, told.language)]


def alarm_sentences(told: Reviewed) -> list[str]:
    """What speaks against the backtest, or that nothing does."""
    sentences = [told.say("review.alarm", alarm=in_words(alarm, told.language)) for alarm in told.report.alarms]
    return sentences or [told.say("review.no_alarm")]


def level_sentences(told: Reviewed) -> list[str]:
    """Whether as many events came as were forecast, a sentence a horizon; a rule forecasts no number."""
    sentences = []
    for trial in told.report.assessment.trials:
        level = told.report.assessment.figure(told.shown, trial.horizon, "observed_expected")
        if level is not None and told.shown != told.rule:
            value, low, high = (f"{figure:.2f}" for figure in level)
            ahead = told.setting.ahead(trial.horizon)
            sentences.append(told.say("review.level", horizon=ahead, value=value, low=low, high=high))
    return sentences


def safe(told: Reviewed) -> list[str]:
    """Gates, sensitive data, privacy and drift."""
    refused = [text_or(f"gate.{one.gate}", told.language, one.gate) for one in told.verdicts if not one.holds]
    joint = told.say("sensitive.joint")
    gates = (
        told.say("review.gates_refuse", gates=joint.join(refused))
        if refused
        else told.say("review.gates_hold", count=len(told.verdicts))
    )
    return [gates, *sensitive_sentences(told), told.say("review.private"), drifted(told)]


def sensitive_sentences(told: Reviewed) -> list[str]:
    """Which groups of sensitive data push anybody's place, were given for nothing, and were switched off."""
    version, pushes = told.version, told.explained.sensitive
    pushing = set(pushes.loc[pushes["features"] > 0, "group"])
    groups: dict[str, Sequence[str]] = {
        "record.sensitive": [group for group in version.facts.sensitive if group in pushing],
        "record.sensitive_idle": [group for group in version.facts.sensitive if group not in pushing],
        "record.sensitive_off": () if version.sensitive is None else version.sensitive.closed,
    }
    joint = told.say("sensitive.joint")
    return [
        told.say(key, groups=joint.join(told.say(f"sensitive.{group}") for group in named))
        for key, named in groups.items()
        if named
    ]


def drifted(told: Reviewed) -> str:
    """How many of the inputs that are used have moved, noticeably and beyond what comes by chance."""
    limits = {"noticed": f"{told.review.drift_noticed:g}", "large": f"{told.review.drift_large:g}"}
    inputs = told.inputs[told.inputs["feature"] != SCORE]
    far = inputs[(inputs["psi"] >= told.review.drift_noticed) & (inputs["psi"] > inputs["by_chance"])]
    if far.empty:
        return told.say("review.drift_none", **limits, count=len(inputs))
    return told.say(
        "review.drift_some",
        count=len(inputs),
        noticed_count=len(far),
        large_count=int((far["psi"] >= told.review.drift_large).sum()),
        feature=told.labels[far["feature"].iloc[0]],
        psi=f"{far['psi'].iloc[0]:.2f}",
        **limits,
    )
