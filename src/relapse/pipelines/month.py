"""`relapse month`: the office's month in one go."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from relapse.core.errors import InputError
from relapse.core.handback import HandBackSettings
from relapse.core.parts import Numbered
from relapse.core.protocols import Auditor, Data, Examined, ExaminedParts, Registry
from relapse.core.recipe import Horizons, PeriodText
from relapse.core.results import Finding, Language
from relapse.county.reports import findings_csv, findings_html, month_html
from relapse.county.reports.month_html import Left, Note, Taken
from relapse.county.risk_list.build import ListSettings
from relapse.data.county_folder import CountyFolder
from relapse.data.inbox import Received, look_through, take
from relapse.data.pseudonyms import county_key, key_state
from relapse.evaluation.evaluate import Evaluation
from relapse.flows.examine import all_findings, stops
from relapse.flows.version import Version
from relapse.flows.watch import Rules
from relapse.monitors.feeds import parts_bearing_late_incomes
from relapse.monitors.marks import Marks
from relapse.monitors.verdict import Thresholds
from relapse.monitors.watch import Watch
from relapse.outputs import Folder, Paths, locked, write_all
from relapse.pipelines.common import WAIT_SECONDS, chosen_period, say
from relapse.pipelines.issued import MANIFEST
from relapse.pipelines.monitor import log_stage, monitor_stage, watch_stage
from relapse.pipelines.month_handbacks import Back, hand_back_stage, left_after, without_refused
from relapse.pipelines.parts import examined_parts
from relapse.pipelines.receipts import Receipt, handed_back, keep_receipts, of_month, read_receipts, told_in, with_new
from relapse.pipelines.score import Listed, issue, open_version, score_stage
from relapse.pipelines.verdicts import AfterStop, heed, in_force
from relapse.terminal import Stages, closing_table


def month(
    data: Data,
    registry: Registry,
    version: PeriodText,
    audits: Auditor,
    risk_list: ListSettings,
    handback: HandBackSettings,
    monitored: Horizons,
    evaluation: Evaluation,
    watch: Watch,
    verdict: Thresholds,
    marks: Marks,
    after_stop: AfterStop,
    inbox: Folder,
    paths: Paths,
    as_of: PeriodText | None,
    language: Language,
    allow_targets: list[str],
) -> None:
    """Do the office's month in one go: take in what came, check it, make the list, say what came of past ones.

    Exports with their day in the name (脱贫户信息_20250902.xlsx) go into the county's folder as they are, lists that
    townships hand back into its visits; what is neither stays where it lies, and the note says why. A table that is
    late marks the list and does not prevent it. Where the monitor stops the version, the plain rule orders the list
    (after_stop), and note and list say so. A run that was killed is simply started again.

    Writes outbox/PERIOD/: note.html to begin with, list/, feedback/, quality/, monitor/, manifest.json.

    Examples:
        relapse month --config-dir mycounty/conf data=mycounty inbox=mycounty/inbox
        relapse month as_of=2024-06
    """
    county = the_county(data)
    stages = Stages()
    with locked(paths.outputs, WAIT_SECONDS, say), ExitStack() as stack:
        opened, origin = open_version(registry, data.panel_name, version, allow_targets)
        receipts, received = take_stage(stages, county, inbox, paths)
        new = handed_back(receipts, "")
        back = hand_back_stage(stages, county, handback, new, received, paths, as_of, language)
        examined = examine_stage(stages, stack, county, opened, paths, allow_targets)
        parts, period, findings = check_stage(stages, examined, audits, as_of, paths, language)
        head = parts.part(0)
        label = head.calendar.label(period)
        whole = handed_back(receipts, label)
        if whole != new:  # an earlier run has read some of this month's
            back = hand_back_stage(stages, county, handback, whole, received, paths, as_of, language)
        receipts = without_refused(receipts, back)
        rules = Rules(watch, replace(evaluation, lists=[data.list_length]), verdict, marks, tuple(allow_targets))
        watched = watch_stage(stages, parts, period, opened, monitored, rules, paths)
        kept = in_force(paths.state, registry, head, opened, origin, period)
        ordering, said = heed(opened, origin, kept, after_stop, language)
        listed = score_stage(
            stages, data, parts, period, ordering, said, risk_list, audits, paths, language, allow_targets
        )
        figures, made = monitor_stage(stages, parts, period, opened, monitored, watched, paths, language)
        log_stage(stages, registry, parts, opened, origin, watched, figures, made, rules, language)
        with stages.stage("outbox") as stage:
            told, left = of_month(receipts, label), left_after(received, back)
            note = note_of(county, listed, told, left, findings, figures, back)
            folder, fresh = issue(
                paths.outputs / "outbox" / label, outbox_files(note, listed, findings, made, language)
            )
            keep_receipts(paths.state, county.panel_name, told_in(receipts, label))
            stage.say(folder=folder, written=fresh)
    if county.key_place is not None and not key_state(county.key_place).copied:
        say("the county's key has no sealed copy yet: `relapse key copy=FILE`, with FILE on a stick")
    closing_table("", [], [], [("note", str(folder / "note.html")), ("list", str(folder / "list"))])


def the_county(data: Data) -> CountyFolder:
    """The data, where they are a county's folder.

    Raises:
        InputError: they are one long table, or the county's key is lost.
    """
    if not isinstance(data, CountyFolder):
        raise InputError(
            f"a month is an office's, and '{data.panel_name}' is no county's folder; for one long table use "
            f"`relapse score` and `relapse monitor`"
        )
    data.prepare()
    if data.key_place is not None:
        county_key(data.key_place)  # a lost key stops before anything is taken in
    return data


def take_stage(stages: Stages, county: CountyFolder, inbox: Path, paths: Paths) -> tuple[list[Receipt], list[Received]]:
    """Move the exports into the county's folder; gives all that was taken, and what lay in the inbox.

    What is to be moved is written down first: whoever is killed then goes on with the same list of receipts.
    """
    with stages.stage("inbox") as stage:
        folder = Path(county.path).expanduser()
        received = look_through(inbox, folder, county.tables, county.columns)
        receipts = with_new(read_receipts(paths.state, county.panel_name), received, folder)
        keep_receipts(paths.state, county.panel_name, receipts)
        for each in received:
            if each.kind == "export":
                take(each, folder)
        counts = Counter(each.kind for each in received)
        stage.say(taken=counts["export"], handed_back=counts["hand_back"], left=counts["left"])
    return receipts, received


def examine_stage(
    stages: Stages, stack: ExitStack, county: CountyFolder, version: Version, paths: Paths, allowed: Sequence[str]
) -> Examined | ExaminedParts:
    """Read the county's folder, every fault noted; what is put down of a large one goes with the stack."""
    with stages.stage("read") as stage:
        examined = stack.enter_context(examined_parts(county, version.line(allowed), paths))
        stage.say(county=county.panel_name, findings=len(examined.findings))
    return examined


def check_stage(
    stages: Stages,
    examined: Examined | ExaminedParts,
    audits: Auditor,
    as_of: str | None,
    paths: Paths,
    language: Language,
) -> tuple[Numbered, int, list[Finding]]:
    """The panel, the month of the list, and what is wrong with the data.

    Raises:
        InputError: a fault stops the work; quality/ says where it is.
    """
    with stages.stage("validate") as stage:
        parts, period, findings = examined.parts, None, list(examined.findings)
        if parts is not None and not stops(findings):
            period = chosen_period(parts.part(0), as_of)
            parts = parts_bearing_late_incomes(parts, period)
            findings = all_findings(ExaminedParts(examined.findings, parts), audits, period)
        write_all(paths.outputs / "quality", quality_files(findings, language))
        counts = Counter(finding.severity for finding in findings)
        stage.say(findings=len(findings), **dict(sorted(counts.items())))
    if parts is None or period is None or stops(findings):
        raise InputError(
            f"{counts['stop']} faults stop the work; {paths.outputs / 'quality' / 'findings.csv'} lists every one with "
            "its file and row. Mend the file in the county's folder, then start again: what was taken in is kept"
        )
    return parts, period, findings


def quality_files(findings: Sequence[Finding], language: Language) -> dict[str, bytes]:
    """The findings as a page and as a table."""
    return {
        "findings.csv": findings_csv.render(findings, language),
        "report.html": findings_html.render(findings, language),
    }


def note_of(
    county: CountyFolder,
    listed: Listed,
    receipts: Sequence[Receipt],
    left: Sequence[Received],
    findings: Sequence[Finding],
    figures: Mapping[str, Any],
    back: Back,
) -> Note:
    """What the note of a month says."""
    contract = county.tables
    titles = {name: table.zh[0] for name, table in contract.tables.items()}
    titles |= {name: export.zh[0] for name, export in contract.exports.items()}
    taken = [Taken(each.name, titles.get(each.table, ""), each.table, each.target) for each in receipts]
    return Note(
        listed.risk_list,
        listed.folder.name if listed.folder.name.startswith("edition-") else "edition-1",
        taken,
        [Left(each.path.name, each.why, each.details) for each in left],
        Counter(finding.severity for finding in findings),
        figures,
        back.told,
        back.files,
    )


def outbox_files(
    note: Note, listed: Listed, findings: Sequence[Finding], monitored: Mapping[str, bytes], language: Language
) -> dict[str, bytes]:
    """All that a month leaves for the office; the manifest, last, holds the hash of every other file."""
    inside = [path for path in sorted(listed.folder.rglob("*")) if path.is_file()]
    within = [path.relative_to(listed.folder).as_posix() for path in inside]
    files = {
        f"list/{name}": path.read_bytes()
        for name, path in zip(within, inside, strict=True)
        if not name.startswith(("edition-", "."))
    }
    files |= {f"feedback/{name}": content for name, content in note.feedback.items()}
    files |= {f"quality/{name}": content for name, content in quality_files(findings, language).items()}
    files |= {f"monitor/{name}": content for name, content in monitored.items()}
    files = {"note.html": month_html.render(note), **files}
    head = note.risk_list.head
    manifest: dict[str, Any] = {
        "panel": head.panel,
        "as_of": head.as_of,
        "list": note.edition,
        "version_digest": head.digest,
        "data_digest": head.data_digest,
        "simulated": head.simulated,
        "reviewed": head.reviewed,
        "taken": {each.name: each.target for each in note.taken},
        "left": [each.name for each in note.left],
        "late": [feed.table for feed in head.feeds if feed.late],
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    return {**files, MANIFEST: (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode()}
