"""`relapse feedback`: handed-back workbooks into the county's data, and what there is to say of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from relapse.core.errors import InputError
from relapse.core.handback import Came, HandBackSettings, TakesFeedback
from relapse.core.heads import NOBODY, NamesHeads
from relapse.core.periods import Calendar
from relapse.core.protocols import Data
from relapse.core.recipe import Names, PeriodText
from relapse.core.results import Language
from relapse.county.feedback.figures import agreement, hits, printed, progress
from relapse.county.feedback.plausible import questions
from relapse.county.reports import feedback_csv, feedback_html, ledger_xlsx
from relapse.data.county_files import FEEDBACK
from relapse.data.handback import store
from relapse.data.handback.issued import Issued, read_issued
from relapse.data.handback.take import HandBack, find_papers, take
from relapse.outputs import Paths, locked, write_all
from relapse.pipelines.common import WAIT_SECONDS, say
from relapse.pipelines.issued import issued_lists, place_of
from relapse.terminal import Stages, closing_table

SUMMARY = "summary.json"


@dataclass(frozen=True, eq=False)
class Taken:
    """What a hand-back changed, and what is reported of it.

    Args:
        came: of the report.
        fresh: answers that were not known before.
        files: of the report, by name.
    """

    came: Came
    fresh: int
    files: Mapping[str, bytes]


def feedback(
    data: Data,
    handback: HandBackSettings,
    inbox: Names,
    received_on: date | None,
    ledger: bool,
    paths: Paths,
    as_of: PeriodText | None,
    language: Language,
) -> None:
    """Read handed-back lists into the county's data; say of every row and cell what cannot be used, and why.

    Any number of workbooks (.xlsx) and text files (.csv), from any township; columns may have moved, rows may be gone
    or sorted. Rows are known by the number of the lead and of the household; the county's own ledger is read as well.
    The same file twice changes nothing, every version is kept, and nothing in the inbox is moved or deleted. No verdict
    changes a label, and no model learns from it.

    Writes feedback/report.html, rows.csv, unmatched.csv, cells.csv, conflicts.csv, summary.json, and ledger.xlsx where
    asked for; into the county's folder, feedback/visits.parquet with every version beside it.

    Examples:
        relapse feedback inbox=inbox
        relapse feedback inbox=[east.xlsx,west.csv] received_on=2024-01-20
        relapse feedback --config-dir mycounty/conf data=mycounty inbox=/srv/inbox ledger=true
    """
    stages = Stages()
    with locked(paths.outputs, WAIT_SECONDS, say):
        taken = take_feedback(stages, data, handback, inbox, received_on, ledger, paths, as_of, language)
        folder = paths.outputs / "feedback"
        write_all(folder, taken.files)
    close(taken, folder)


def take_feedback(
    stages: Stages,
    data: Data,
    settings: HandBackSettings,
    inbox: Names,
    received_on: date | None,
    ledger: bool,
    paths: Paths,
    as_of: str | None,
    language: Language,
) -> Taken:
    """Read, keep, and report.

    Raises:
        InputError: the data are no county's, no list was issued, or no file can be read; nothing is kept then.
    """
    if not isinstance(data, TakesFeedback):
        raise InputError(
            "feedback is kept in a county's folder, and this panel is one file; choose a county with data="
        )
    data.prepare()
    county, kept_in = data.panel_name, data.place / FEEDBACK
    with stages.stage("read") as stage:
        issued = read_issued(paths.outputs / "lists" / county)
        names = data.heads if isinstance(data, NamesHeads) else lambda _: NOBODY
        came_on = received_on.isoformat() if received_on else ""
        back = take(find_papers(inbox), county, data.tables, settings, issued, names, data.visitor_code, came_on)
        stage.say(files=len(back.papers), refused=len(back.refused), rows=len(back.rows), unmatched=len(back.unmatched))
    if not back.papers:
        raise InputError(
            "\n".join(["no file could be read:", *(f"{n.file}: {n.details['why']}" for n in back.refused)])
        )
    with stages.stage("keep") as stage, locked(kept_in, WAIT_SECONDS, say):
        kept = store.read_kept(data.place)
        versions = store.with_rows(kept, back.rows)
        held = store.holding(versions, kept.settled)
        write_changed(kept_in, store.files_of(back.papers, back.rows, versions, held))
        fresh = len(versions) - len(kept.versions)
        stage.say(versions=len(versions), new=fresh, folder=kept_in)
    with stages.stage("report") as stage:
        place = place_of(issued_lists(paths.outputs / "lists" / county), county)
        came = _came(data, settings, issued, back, versions, held, place, as_of, language)
        files = {**feedback_csv.files(came), "report.html": feedback_html.render(came, settings)}
        if ledger:
            listed = names([str(each) for each in back.rows["household_id"]])
            files["ledger.xlsx"] = ledger_xlsx.render(came, listed)
        files[SUMMARY] = _summary(came)
        stage.say(verified=int(back.rows["verified"].astype(bool).sum()), questions=len(came.questions))
    return Taken(came, fresh, files)


def write_changed(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write those files of a set that are not there yet, or are other ones."""
    changed = {
        name: content
        for name, content in files.items()
        if not (folder / name).is_file() or (folder / name).read_bytes() != content
    }
    if changed:
        write_all(folder, changed)


def _came(
    data: TakesFeedback,
    settings: HandBackSettings,
    issued: Issued,
    back: HandBack,
    versions: pd.DataFrame,
    held: pd.DataFrame,
    place: str,
    as_of: str | None,
    language: Language,
) -> Came:
    known = data.recognised(as_of)
    listed, months = issued.rows, sorted(set(back.rows["month"]))
    return Came(
        county=data.panel_name,
        place=place,
        language=language,
        simulated=data.simulated,
        files=_files(back),
        rows=back.rows.sort_values(["month", "clue_id", "file", "sheet", "row"], kind="stable", ignore_index=True),
        refused=back.refused,
        unmatched=back.unmatched,
        notes=back.notes,
        conflicts=store.conflicts(versions, held, back.rows),
        progress=progress(listed, held, months),
        hits=printed(hits(listed, held, known, settings), settings),
        agreement=agreement(held, listed, settings),
        questions=questions(back.rows, held, settings),
        known_month=Calendar("monthly").label(known.newest),
        blank=back.blank,
    )


def _files(back: HandBack) -> pd.DataFrame:
    """Files that were read, with what each brought."""
    made = []
    for paper in back.papers:
        mine = back.rows[back.rows["digest"] == paper.digest]
        mine = mine[mine["file"] == paper.name]
        made.append({
            "file": paper.name, "month": " ".join(sorted(set(mine["month"]))) or paper.meta.get("as_of", ""),
            "rows": len(mine), "verified": str(int(mine["verified"].astype(bool).sum())), "saved": paper.saved,
            "digest": paper.digest,
        })  # fmt: skip
    return pd.DataFrame(made)


def _summary(came: Came) -> bytes:
    """Counts for programs; nobody and no household is named."""
    told = {
        "county": came.county,
        "files": len(came.files),
        "refused": len(came.refused),
        "rows": len(came.rows),
        "verified": int(came.rows["verified"].astype(bool).sum()),
        "blank": came.blank,
        "unmatched": len(came.unmatched),
        "cells": len(came.notes),
        "conflicts": int(came.conflicts["clue_id"].nunique()),
        "questions": len(came.questions),
        "months": sorted(set(came.rows["month"])),
        "recognitions_known_until": came.known_month,
        "hits": json.loads(came.hits.to_json(orient="records")),
        "agreement": dict(came.agreement),
    }
    return (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode()


def close(taken: Taken, folder: Path) -> None:
    """What came back, and where it is told."""
    came = taken.came
    verified = int(came.rows["verified"].astype(bool).sum())
    say(
        f"{len(came.rows)} answers from {len(came.files)} files, {verified} of them verified; {taken.fresh} not known "
        f"before; {len(came.unmatched)} rows not matched, {len(came.refused)} files refused"
    )
    for note in came.refused:
        say(f"refused: {note.file}: {note.details['why']}")
    places = [(name.partition(".")[0], str(folder / name)) for name in ("report.html", "unmatched.csv", "cells.csv")]
    closing_table("", [], [], places)
