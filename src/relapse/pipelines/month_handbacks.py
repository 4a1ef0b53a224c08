"""Handed-back lists in an office's month: read, kept, and taken out of the inbox once they are kept."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from relapse.core.errors import InputError
from relapse.core.handback import HandBackSettings
from relapse.core.results import Language
from relapse.data.county_files import FEEDBACK
from relapse.data.county_folder import CountyFolder
from relapse.data.inbox import Received
from relapse.outputs import Paths, write_all
from relapse.pipelines.feedback import take_feedback
from relapse.pipelines.receipts import Receipt, kept_file
from relapse.terminal import Stages


@dataclass(frozen=True, eq=False)
class Back:
    """What came back.

    Args:
        digests: of the handed-back files that were read.
        refused: by digest, why a file could not be read, in the note's language.
        files: of the report, by name.
        told: households that were answered, those verified, and rows that were not matched.
    """

    digests: frozenset[str] = frozenset()
    refused: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    told: Mapping[str, int] = field(default_factory=dict)


def hand_back_stage(
    stages: Stages,
    county: CountyFolder,
    settings: HandBackSettings,
    receipts: Sequence[Receipt],
    received: Sequence[Received],
    paths: Paths,
    as_of: str | None,
    language: Language,
) -> Back:
    """Read handed-back lists into the county's data and report on them; those that are kept leave the inbox.

    They are read from where they lie by now: the inbox, or, after a run that was killed, what the county has kept.

    Args:
        stages: of the run.
        county: into whose folder they go.
        settings: how they are read.
        receipts: of the hand-backs to read.
        received: what lies in the inbox.
        paths: of outputs; the report goes to `feedback/`.
        as_of: of the recognitions that are told; None for all that is known.
        language: of the report.
    """
    if not receipts:
        return Back()
    folder = Path(county.path).expanduser()
    there = [each for each in received if each.kind == "hand_back" and each.path.exists()]  # not kept by now
    waiting = {each.digest: each.path for each in there}
    with tempfile.TemporaryDirectory() as place:
        papers = {
            receipt.digest: _laid_out(Path(place) / str(number), receipt, waiting.get(receipt.digest), folder)
            for number, receipt in enumerate(receipts)
        }
        try:
            taken = take_feedback(
                stages, county, settings, tuple(map(str, papers.values())), None, False, paths, as_of, language
            )
        except InputError as error:  # of none of them; each stays where it lies, and the note says why
            return Back(refused=dict.fromkeys(papers, str(error).splitlines()[-1]))
    write_all(paths.outputs / "feedback", taken.files)
    read = frozenset(taken.came.files["digest"])
    for digest, path in waiting.items():
        if digest in read and kept_file(folder, _receipt(receipts, digest)) is not None:
            path.unlink()
    why = "why_zh" if language == "zh" else "why"
    refused = {note.file: note.details.get(why, note.details["why"]) for note in taken.came.refused}
    names = {receipt.digest: receipt.name for receipt in receipts}
    households = taken.came.rows.groupby("clue_id")["verified"].any()  # several files may tell of one
    return Back(
        read,
        {digest: refused.get(name, "") for digest, name in names.items() if digest not in read},
        taken.files,
        {
            "rows": len(households),
            "verified": int(households.sum()),
            "unmatched": len(taken.came.unmatched),
        },
    )


def without_refused(receipts: Sequence[Receipt], back: Back) -> list[Receipt]:
    """The receipts of what was taken: a list that could not be read was not."""
    return [receipt for receipt in receipts if receipt.digest not in back.refused]


def left_after(received: Sequence[Received], back: Back) -> list[Received]:
    """What still lies in the inbox, and why."""
    told = []
    for each in received:
        if each.kind == "hand_back" and each.digest in back.refused:
            told.append(replace(each, kind="left", why="refused", details=back.refused[each.digest]))
        elif each.kind == "hand_back" and each.path.exists():
            told.append(replace(each, kind="left", why="read_before"))
        elif each.kind == "left":
            told.append(each)
    return told


def _laid_out(place: Path, receipt: Receipt, waiting: Path | None, folder: Path) -> Path:
    """A copy of a handed-back file under the name that it came with, as the report calls it.

    Raises:
        InputError: what was kept of it is gone.
    """
    source = waiting or kept_file(folder, receipt)
    if source is None:
        raise InputError(
            f"{receipt.name} was read before, and what was kept of it under {folder / FEEDBACK} is gone; put it back "
            "from a safe copy, or put the workbook into the inbox again"
        )
    place.mkdir()
    copy = place / receipt.name
    copy.write_bytes(source.read_bytes())
    return copy


def _receipt(receipts: Sequence[Receipt], digest: str) -> Receipt:
    return next(receipt for receipt in receipts if receipt.digest == digest)
