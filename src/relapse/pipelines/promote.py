"""`relapse promote`: a version is held against the champion and the rule; gates advise, a reviewer decides."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from relapse.core.errors import GateError, InputError
from relapse.core.protocols import Auditor, Data, Registry
from relapse.core.recipe import Periods, PeriodText
from relapse.core.record import Registered
from relapse.core.results import Language, Verdict
from relapse.core.texts import DASH, in_words, text, text_or, verdict_words
from relapse.county.reports.markdown import bullets, escaped
from relapse.county.risk_list.build import ListSettings
from relapse.evaluation.alarms import Honesty
from relapse.evaluation.evaluate import Evaluation
from relapse.outputs import Paths, locked, write_all
from relapse.pipelines.candidates import Candidate, find_candidate
from relapse.pipelines.common import WAIT_SECONDS, open_existing, say, show_results
from relapse.pipelines.imported import imported_record
from relapse.pipelines.judgement import Judged, judge
from relapse.pipelines.record import refused_tag
from relapse.pipelines.train import Gate
from relapse.registry.privacy import places_of_ids
from relapse.terminal import closing_table

LONGEST_WORDS = 2000  # of a name or a reason: what a registry's tag surely holds


def promote(
    data: Data,
    evaluation: Evaluation,
    alarm: Honesty,
    audits: Auditor,
    gates: Mapping[str, Gate],
    registry: Registry,
    risk_list: ListSettings,
    paths: Paths,
    version: PeriodText | None,
    digest: str | None,
    reviewer: str | None,
    reason: str | None,
    override: bool,
    rollback: bool,
    origins: Periods | None,
    language: Language,
    allow_targets: list[str],
) -> None:
    """Hold a version against the champion and the rule on the same splits; make it champion if every gate holds.

    Both recipes are refitted at the same origins of today's data; the version is made again, searched for ids, and
    loaded in a process without MLflow and shap. A refused gate ends with 3 and leaves the champion, unless
    override=true, which is kept with its reason. Promoting the champion itself records a reviewer's judgement.

    A folder that train left elsewhere is imported: checked, asked as it is about the households here, and registered.

    Writes promote/decision.json.

    Examples:
        relapse promote reviewer=Li reason='ahead of the rule at both horizons'
        relapse promote version=3 reviewer=Li reason='figures checked' override=true
        relapse promote version=FOLDER digest=DIGEST reviewer=Li reason='sent by the province'
        relapse promote rollback=true reviewer=Li reason='list of March unusable'
    """
    who, why = _signed(reviewer, reason)
    name = data.panel_name
    with locked(paths.outputs, WAIT_SECONDS, say):
        if rollback:
            open_existing(registry)
            _return(registry, name, who, why, paths, language)
            return
        candidate, champion = _opened(registry, name, version, digest, allow_targets)
        before = None if champion is None else champion.number
        judged = judge(data, evaluation, alarm, audits, registry, candidate, before, risk_list, origins, allow_targets)
        _refuse_ids(who, why, judged)
        verdicts = [gate.check(judged.evidence) for gate in gates.values()]
        promoted = override or all(verdict.holds for verdict in verdicts)
        told = _gate_tags(verdicts, language) | refused_tag(verdicts, bool(judged.evidence.alarms))
        chosen = candidate.registered or _import(registry, name, candidate, judged, verdicts, language)
        if promoted:
            signed = {"reviewed": "true", "reviewer": who, "reason": why, "override": str(override).lower()}
            registry.set_champion(name, chosen.number, signed | told, before)
        else:
            registry.tag(name, chosen.number, told)
        decision = {
            "action": "promote",
            "model": name,
            "version": chosen.number,
            "digest": chosen.digest,
            "imported": candidate.registered is None,
            "champion_before": before,
            "promoted": promoted,
            "override": override,
            "reviewer": who,
            "reason": why,
            "as_of": judged.as_of,
            "origins": list(judged.origins),
            "gates": [verdict_words(verdict, language) for verdict in verdicts],
        }
        said = _said(decision, verdicts, language)
        _leave(registry, name, chosen.number, decision, said, paths)
    _close(judged, verdicts, paths)
    if not promoted:
        refused = " ".join(f"{one.gate}: {in_words(one.why, 'en')}" for one in verdicts if not one.holds)
        raise GateError(f"version {chosen.number} of '{name}' was not promoted: {refused}")


def _signed(reviewer: str | None, reason: str | None) -> tuple[str, str]:
    if not (reviewer and reviewer.strip() and reason and reason.strip()):
        raise InputError("promote needs who judged and why: reviewer=NAME reason='TEXT'")
    who, why = reviewer.strip(), reason.strip()
    for key, words in (("reviewer", who), ("reason", why)):
        if len(words) > LONGEST_WORDS:
            raise InputError(f"{key}: {len(words):,} characters, at most {LONGEST_WORDS:,}; keep the rest elsewhere")
        if places_of_ids({key: words.encode()}, ()):
            raise InputError(f"{key}: an ID number stands in it, and the registry keeps these words; leave it out")
    return who, why


def _opened(
    registry: Registry, name: str, version: str | None, digest: str | None, allowed: Sequence[str]
) -> tuple[Candidate, Registered | None]:
    """The candidate and the champion; a folder may be the first version that a new registry gets."""
    if registry.is_there() or version is None or not Path(version).expanduser().is_dir():
        open_existing(registry)
    candidate = find_candidate(registry, name, version, digest, allowed)
    return candidate, registry.champion(name) if registry.is_there() else None


def _refuse_ids(who: str, why: str, judged: Judged) -> None:
    found = places_of_ids({"reviewer": who.encode(), "reason": why.encode()}, judged.household_ids)
    if found:
        raise InputError(f"{found[0]}: a household's id stands in it, and the registry keeps these words; leave it out")


def _import(
    registry: Registry,
    name: str,
    candidate: Candidate,
    judged: Judged,
    verdicts: Sequence[Verdict],
    language: Language,
) -> Registered:
    """Register a version that came as a folder, with what was measured of it here."""
    record = imported_record(name, candidate, judged.assessment, judged.evidence, verdicts, judged.rule, language)
    registry.prepare()
    return registry.log(record, judged.household_ids)


def _return(registry: Registry, name: str, who: str, why: str, paths: Paths, language: Language) -> None:
    """Make the champion before champion again, and keep on both versions who said so and why."""
    left = registry.champion(name)
    chosen = registry.rollback(name)
    registry.tag(name, chosen.number, {"returned_by": who, "returned_reason": why})
    if left is not None:
        registry.tag(name, left.number, {"withdrawn_by": who, "withdrawn_reason": why})
    before = None if left is None else left.number
    decision = {
        "action": "rollback",
        "model": name,
        "champion": chosen.number,
        "digest": chosen.digest,
        "champion_before": before,
        "reviewer": who,
        "reason": why,
    }
    words = {"reviewer": who, "reason": why, "version": chosen.number, "before": before or DASH}
    if left is not None:
        registry.keep_decision(name, left.number, _bytes(decision), _sentence("withdrawn", words, language))
    _leave(registry, name, chosen.number, decision, _sentence("returned", words, language), paths)
    say(f"version {chosen.number} of '{name}' is champion again")


def _gate_tags(verdicts: Sequence[Verdict], language: Language) -> dict[str, str]:
    """What each gate said, for the version's page; `holds` and `refused` stay, since runs are filtered by them."""
    told = [verdict_words(verdict, language) for verdict in verdicts]
    return {
        f"gate_{one['gate']}": f"{'holds' if one['holds'] else 'refused'}: {one['figure']} ({one['threshold']})"[:500]
        for one in told
    }


def _leave(registry: Registry, name: str, number: str, decision: Mapping[str, Any], said: str, paths: Paths) -> None:
    """Keep a decision beside the version's run and above its description, and as a file."""
    registry.keep_decision(name, number, _bytes(decision), said)
    write_all(paths.outputs / "promote", {"decision.json": _bytes(decision)})


def _bytes(decision: Mapping[str, Any]) -> bytes:
    return (json.dumps(decision, indent=1, ensure_ascii=False) + "\n").encode()


def _said(decision: Mapping[str, Any], verdicts: Sequence[Verdict], language: Language) -> str:
    """What was decided, for whoever opens the version: a sentence, and each gate that refuses with why."""
    refused = [one for one in verdicts if not one.holds]
    before = decision["champion_before"]
    if not decision["promoted"]:
        what = "refused"
    elif refused:
        what = "overridden"
    else:
        what = {None: "first", decision["version"]: "confirmed"}.get(before, "promoted")
    count = {"count": str(len(verdicts)), "before": before or DASH}
    told = [_sentence(what, {**count, "reviewer": decision["reviewer"], "reason": decision["reason"]}, language)]
    if refused:
        named = [(text_or(f"gate.{one.gate}", language, one.gate), verdict_words(one, language)) for one in refused]
        told.append(bullets([text("decision.gate", language, **{**one, "gate": gate}) for gate, one in named]))
    return "\n\n".join(told)


def _sentence(what: str, words: Mapping[str, str], language: Language) -> str:
    """A decision in a plain sentence, which lists of versions show as it is."""
    return escaped(text("decision.said", language, what=text(f"decision.{what}", language, **words)))


def _close(judged: Judged, verdicts: Sequence[Verdict], paths: Paths) -> None:
    models = list(judged.assessment.trials[0].probability)
    title = "Candidate, champion and rule on the same splits"
    show_results(title, judged.assessment, judged.evidence.list_key, models, [])
    told = [verdict_words(verdict, "en") for verdict in verdicts]
    rows = [
        [str(one["gate"]), "holds" if one["holds"] else "REFUSED", str(one["figure"]), str(one["threshold"])]
        for one in told
    ]
    place = str(paths.outputs / "promote" / "decision.json")
    closing_table("Gates", ["gate", "verdict", "figure", "threshold"], rows, [("decision", place)])
