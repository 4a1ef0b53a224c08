"""The model card of a version: what it is for, what it is not for, on what it rests, and whom it serves less well."""

from __future__ import annotations

from relapse.core.texts import percent, text_or
from relapse.county.reports import review_tables
from relapse.county.reports.backtest_further import PlainTable
from relapse.county.reports.backtest_tables import list_words
from relapse.county.reports.markdown import bullets, escaped, table
from relapse.pipelines.further import page_tables
from relapse.pipelines.reviewed import (
    Reviewed,
    better,
    drifted,
    fact_words,
    fair,
    honest,
    possible,
    reproduced_by,
    sensitive_sentences,
)


def render_card(told: Reviewed) -> bytes:
    """The card as Markdown (Mitchell et al. 2019, Model cards for model reporting); no figure of a small cell."""
    facts = told.version.facts
    parts = [f"# {escaped(told.say('card.title', panel=facts.panel, as_of=facts.as_of))}"]
    if facts.simulated:
        parts.append(f"**{told.say('mark.simulated')}**")
    for name in ("use", "not_use"):
        parts += [f"## {told.say(f'card.{name}')}", told.say(f"card.{name}.words")]
    parts += [f"## {told.say('card.limits')}", bullets([*limits(told), possible(told), drifted(told)])]
    parts += [f"## {told.say('card.data')}", _table(review_tables.facts(fact_words(told), told.setting))]
    parts += [
        f"## {told.say('card.figures')}",
        told.say("review.figures.words"),
        bullets(better(told)),
        *_figures(told),
    ]
    parts += [f"## {told.say('review.honest')}", bullets(honest(told))]
    parts += [f"## {told.say('card.fairness')}", bullets(fair(told, most=20)), _slices(told)]
    parts += [f"## {told.say('card.sensitive')}", *_sensitive(told)]
    parts += [f"## {told.say('card.gates')}", _table(review_tables.gate_rows(told.verdicts, told.setting))]
    again = (told.say("review.reproduce.words"), f"`{reproduced_by(told.version)}`")
    parts += [f"## {told.say('review.reproduce')}", *again]
    parts += [f"## {told.say('card.contact')}", told.say("card.contact.words")]
    return ("\n\n".join(part for part in parts if part) + "\n").encode()


def limits(told: Reviewed) -> list[str]:
    """What the version does not know, in sentences."""
    sentences = [told.say(f"card.limit.{name}") for name in ("found", "shock", "cause")]
    assessment = told.report.assessment
    precision = assessment.figure(told.shown, told.longest, f"precision_at_{told.list_key}")
    base = assessment.base_rate(told.longest)
    if precision is not None and base is not None:
        values = {"precision": percent(precision[0]), "base": percent(base)}
        sentences.append(told.say("card.limit.chance", horizon=told.setting.ahead(told.longest), **values))
    sentences += told.version.facts.held_where(told.language)
    if told.version.facts.simulated:
        sentences.append(told.say("card.limit.simulated"))
    return sentences


def _figures(told: Reviewed) -> list[str]:
    assessment = told.report.assessment
    base = {trial.horizon: assessment.base_rate(trial.horizon) for trial in assessment.trials}
    tables = (
        review_tables.list_figures(told.metrics, told.models, base, told.setting),
        review_tables.order_figures(told.metrics, told.models, told.setting),
    )
    return [list_words(told.list_key, told.language), *(_table(each) for each in tables)]


def _slices(told: Reviewed) -> str:
    report, mine = told.report, told.report.assessment.metrics
    language, key = told.language, told.list_key
    _, sliced, _ = page_tables(told.further, report.task, mine, told.evaluation, told.shown, key, language)
    return _table(sliced)


def _sensitive(told: Reviewed) -> list[str]:
    """Which groups are in use, what for, and what they add."""
    used = told.version.sensitive
    sentences = sensitive_sentences(told) or [told.say("review.sensitive_none")]
    if used is not None:
        sentences.append(told.say("review.never", fields=told.say("sensitive.joint").join(used.never)))
        sentences += [
            f"{text_or(f'sensitive.{name}', told.language, name)}: {group.need}"
            for name, group in used.groups.items()
            if name in told.version.facts.sensitive
        ]
    table_of = told.explained.sensitive
    if table_of.empty:
        return [bullets(sentences)]
    counts = {name: f"{int(table_of[name].iloc[0]):,}" for name in ("households", "listed")}
    words = told.say("review.sensitive.words", **counts)
    return [bullets(sentences), _table(review_tables.sensitive_rows(table_of, told.setting)), words]


def _table(shown: PlainTable) -> str:
    return table(shown.heads, shown.rows) if shown.rows else ""
