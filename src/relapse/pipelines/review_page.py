"""The parts of a review page, in the order in which a reviewer asks."""

from __future__ import annotations

from relapse.core.texts import event_words, text_or
from relapse.county.reports import review_html, review_tables
from relapse.county.reports.backtest_further import PlainTable
from relapse.county.reports.backtest_tables import list_words
from relapse.county.reports.review_html import Answer, Part, ReviewPage
from relapse.flows.assess import line_sentences
from relapse.flows.drift import SCORE
from relapse.flows.explain import LEAST_PROFILE
from relapse.pipelines.backtest import backtest_page, label_key, not_applied, stand_ins, told_by_kind
from relapse.pipelines.drawings import decision_picture
from relapse.pipelines.further import held_out_sentences, page_tables, setting_sentences
from relapse.pipelines.record import environment, yaml_bytes
from relapse.pipelines.reviewed import (
    Reviewed,
    against_champion,
    alarm_sentences,
    better,
    drifted,
    fact_words,
    fair,
    honest,
    level_sentences,
    possible,
    reproduced_by,
    safe,
    sensitive_sentences,
)

WHY = ("bars_by_group", "bars_by_feature", "beeswarm", "dependence_1", "dependence_2", "dependence_3")


def render_review(told: Reviewed) -> bytes:
    """The whole page."""
    facts = told.version.facts
    model = text_or(f"model.{facts.model}", told.language, facts.model)
    questions = (("better", better), ("fair", fair), ("honest", honest), ("safe", safe))
    parts = (
        trained(told),
        figures(told),
        gain(told),
        calibration(told),
        missed(told),
        drivers(told),
        profiles(told),
        stability(told),
        champion(told),
        drift(told),
        sensitive(told),
        alarms(told),
        gates(told),
        reproduce(told),
    )
    page = ReviewPage(
        told.say("review.title", panel=facts.panel),
        told.say("review.subtitle", as_of=facts.as_of, model=model, digest=told.version.digest[:12]),
        (told.say("mark.simulated"),) if facts.simulated else (),
        tuple(Answer(told.say(f"review.{name}"), tuple(answer(told))) for name, answer in questions),
        parts,
        told.language,
    )
    return review_html.render(page)


def trained(told: Reviewed) -> Part:
    """On what it was trained."""
    task, language = told.report.task, told.language
    facts = told.version.facts
    sentences = [told.say(label_key(task))]
    sentences += [each.sentence(language) for each in task.panel.assumed]
    if facts.fallback:
        words = event_words(facts.outcome, language)
        sentences.append(told.say(f"fallback.{facts.fallback}", **facts.details, **words))
    sentences += facts.held_where(language)
    return Part(
        "trained",
        told.say("review.trained"),
        sentences=tuple(sentences),
        tables=(review_tables.facts(fact_words(told), told.setting),),
    )


def figures(told: Reviewed) -> Part:
    """How good it is at each horizon, beside rule and champion."""
    assessment = told.report.assessment
    base = {trial.horizon: assessment.base_rate(trial.horizon) for trial in assessment.trials}
    sentences = [possible(told)]
    sentences += line_sentences(told.report.task, told.report.results, assessment.trials, told.language)
    return Part(
        "figures",
        told.say("review.figures", list=list_words(told.list_key, told.language)),
        told.say("review.figures.words"),
        tuple(sentences),
        (
            review_tables.list_figures(told.metrics, told.models, base, told.setting),
            review_tables.order_figures(told.metrics, told.models, told.setting),
        ),
    )


def gain(told: Reviewed) -> Part:
    """What it gains, and by length of the list and price of a visit."""
    report, frequency = told.report, told.version.facts.frequency
    page = backtest_page(report, told.main, told.rule, told.evaluation, told.list_key, told.language)
    mine = page.comparisons[page.comparisons["against"] == told.rule]
    tables = [review_tables.gains(mine, told.setting)]
    if told.champion_comparisons is not None and not (told.beside is not None and told.beside.same_recipe):
        table = told.champion_comparisons
        wanted = table[table["metric"].isin(set(page.comparisons["metric"]))]
        tables.append(review_tables.gains(wanted, told.setting))
    worth, _, _ = _page_tables(told)
    shown = told_by_kind(told.rule, told.main)
    pictures = {"precision_by_length": page.pictures["precision_by_length"]}
    pictures |= decision_picture(told.further["decision_curve"], shown, told.language)
    sentences = setting_sentences(report.task, report.taught, told.language)
    sentences += held_out_sentences(report.held_out, told.main, frequency, told.language)
    sentences += not_applied(report, told.language)
    return Part(
        "gain",
        told.say("review.gain"),
        told.say("review.gain.words"),
        tuple(sentences),
        (*tables, worth),
        pictures,
    )


def calibration(told: Reviewed) -> Part:
    """Whether the chances can be trusted."""
    page = backtest_page(told.report, told.main, told.rule, told.evaluation, told.list_key, told.language)
    levels = (*level_sentences(told), *stand_ins(told.report, told.main, told.language))
    return Part(
        "calibration",
        told.say("review.calibration"),
        sentences=levels,
        pictures={"calibration": page.pictures["calibration"]},
    )


def missed(told: Reviewed) -> Part:
    """Whom the list misses."""
    _, sliced, _ = _page_tables(told)
    return Part("slices", told.say("review.slices"), sentences=tuple(fair(told, most=20)), tables=(sliced,))


def drivers(told: Reviewed) -> Part:
    """What drives it, by cause and by feature."""
    drawn = told.explained.pictures
    return Part(
        "why",
        told.say("review.why"),
        told.say("review.why.words", households=f"{told.explained.households:,}"),
        tables=(review_tables.strongest(told.explained.strength, told.labels, told.setting),),
        pictures={name: drawn[name] for name in WHY if name in drawn},
    )


def profiles(told: Reviewed) -> Part:
    """Means of households that have something in common."""
    words = {"least": LEAST_PROFILE}
    horizon = max(told.version.facts.horizons)
    return Part(
        "profiles",
        told.say("review.profiles", **words),
        told.say("review.profiles.words", **words),
        tables=(review_tables.profile_rows(told.explained.profiles, horizon, told.setting),),
    )


def stability(told: Reviewed) -> Part:
    """Whether it does as well at each origin, for the same causes."""
    _, _, chosen = _page_tables(told)
    name = "importance_over_origins"
    return Part(
        "stability",
        told.say("review.stability"),
        told.say("review.stability.words"),
        tables=(review_tables.by_origin(told.metrics, told.models, told.longest, told.setting), chosen),
        pictures={name: told.explained.pictures[name]},
    )


def champion(told: Reviewed) -> Part:
    """It and the champion side by side."""
    if told.beside is None:
        return Part("champion", told.say("review.no_champion"), sentences=tuple(against_champion(told)))
    changed = [(one.setting, one.before, one.now) for one in told.beside.changed]
    tables = [review_tables.settings_changed(changed, told.setting)]
    if told.beside.moves is not None:
        tables.append(review_tables.month_moves(told.beside.moves.months, told.setting))
        tables.append(review_tables.move_causes(told.beside.moves.causes, LEAST_PROFILE, told.setting))
    title = told.say("review.beside", number=told.beside.champion.number)
    return Part("champion", title, sentences=tuple(against_champion(told)), tables=tuple(tables))


def drift(told: Reviewed) -> Part:
    """How far the inputs have moved."""
    limits = {"noticed": f"{told.review.drift_noticed:g}", "large": f"{told.review.drift_large:g}"}
    origins = int(told.drift["origins"].max()) if len(told.drift) else 0
    return Part(
        "drift",
        told.say("review.drift"),
        told.say("review.drift.words", **limits, origins=origins, clocks=told.clocks),
        (drifted(told),),
        (review_tables.drift_rows(told.inputs, {**told.labels, SCORE: told.say("review.score")}, told.setting),),
    )


def sensitive(told: Reviewed) -> Part:
    """Which sensitive data are in use, and what they add to the order."""
    never = () if told.version.sensitive is None else told.version.sensitive.never
    table = told.explained.sensitive
    sentences = sensitive_sentences(told) or [told.say("review.sensitive_none")]
    if never:
        sentences.append(told.say("review.never", fields=told.say("sensitive.joint").join(never)))
    words = ""
    if len(table):
        counts = {name: f"{int(table[name].iloc[0]):,}" for name in ("households", "listed")}
        words = told.say("review.sensitive.words", **counts)
    tables = (review_tables.sensitive_rows(table, told.setting),)
    return Part("sensitive", told.say("review.sensitive"), words, tuple(sentences), tables)


def alarms(told: Reviewed) -> Part:
    """What speaks against the backtest."""
    return Part("alarms", told.say("review.alarms"), sentences=tuple(alarm_sentences(told)))


def gates(told: Reviewed) -> Part:
    """What the gates say."""
    return Part("gates", told.say("review.gates"), tables=(review_tables.gate_rows(told.verdicts, told.setting),))


def reproduce(told: Reviewed) -> Part:
    """How to come by the same version again."""
    return Part(
        "reproduce",
        told.say("review.reproduce"),
        told.say("review.reproduce.words"),
        commands=(reproduced_by(told.version),),
        folded=(
            (told.say("review.config"), yaml_bytes(told.resolved).decode()),
            (told.say("review.environment"), environment().decode()),
        ),
    )


def _page_tables(told: Reviewed) -> tuple[PlainTable, ...]:
    """The list's worth, missed rates by slice, choices over time."""
    mine = told.report.assessment.metrics
    return page_tables(told.further, told.report.task, mine, told.evaluation, told.shown, told.list_key, told.language)
