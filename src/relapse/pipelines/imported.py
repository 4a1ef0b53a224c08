"""What is kept of a version that was made elsewhere: its files, and what was measured of it here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from relapse.core.record import Record
from relapse.core.results import Language, Verdict
from relapse.core.texts import text, verdict_words
from relapse.county.reports.review_tables import Setting
from relapse.evaluation.small_cells import comparisons_of, without_small_cells
from relapse.flows.assess import Assessment, verdict_sentences
from relapse.flows.contest import CANDIDATE
from relapse.flows.version import REASONS
from relapse.pipelines.candidates import Candidate
from relapse.pipelines.common import csv_bytes
from relapse.pipelines.record import figures_for_log, gate_table, outputs_of, refused_tag, tags
from relapse.pipelines.reviewed import SHORT_DIGEST
from relapse.registry.gates.evidence import Evidence


def imported_record(
    name: str,
    candidate: Candidate,
    assessment: Assessment,
    evidence: Evidence,
    verdicts: Sequence[Verdict],
    rule: str,
    language: Language,
) -> Record:
    """The record of an imported version.

    Args:
        name: of the panel here.
        candidate: with its files.
        assessment: figures of it and the rule on the households here.
        evidence: that was laid before the gates.
        verdicts: of the gates.
        rule: name of the rule.
        language: of the description.
    """
    version, digest = candidate.version, candidate.digest
    facts = version.facts
    metrics = without_small_cells(assessment.metrics)
    shown = replace(assessment, metrics=metrics, comparisons=comparisons_of(assessment.comparisons, metrics))
    told = {"panel": name, "origin": facts.panel, "as_of": facts.as_of, "events": facts.events}
    first = text("record.imported", language, **told, households=facts.households)
    sentences = verdict_sentences(shown, CANDIDATE, rule, facts.frequency, language)
    setting = Setting(evidence.list_key, facts.frequency, language)
    lineage = {
        "digest": digest[:SHORT_DIGEST],
        "data_digest": facts.data_digest[:SHORT_DIGEST],
        "relapse": facts.relapse,
    }
    return Record(
        name,
        f"relapse-{name}",
        f"{facts.as_of} h{max(facts.horizons)} import {digest[:4]}"[:20],
        digest,
        candidate.files,
        {**tags(version, digest), "county": name, "trained_on": facts.panel, "stage": "import"}
        | refused_tag(verdicts, bool(evidence.alarms)),
        {},
        figures_for_log(shown, shown.metrics, CANDIDATE, rule, evidence.list_key),
        {},
        {
            "eval/metrics.csv": csv_bytes(shown.metrics),
            "eval/comparisons.csv": csv_bytes(shown.comparisons),
            "eval/gates.csv": csv_bytes(pd.DataFrame([verdict_words(verdict, language) for verdict in verdicts])),
        },
        "\n\n".join([first, *sentences, gate_table(verdicts, setting), text("record.lineage", language, **lineage)]),
        list(version.feature_names),
        outputs_of(version),
        REASONS,
        version.example(),
        text("describe.model", language, panel=name),
    )
