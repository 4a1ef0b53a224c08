"""What an office's month has taken in so far, kept so that a run that was killed goes on where it stood."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from relapse.core.errors import InputError
from relapse.data.inbox import Received, file_digest
from relapse.outputs import write_all

FOLDER = "month"


@dataclass(frozen=True, order=True)
class Receipt:
    """A file that was taken.

    Args:
        kind: `export` or `hand_back`.
        name: that it had in the inbox.
        digest: SHA-256 of its bytes.
        table: of an export, the table's or export's name in the contract.
        target: of an export, the name that it got in the county's folder.
        month: label of the list whose note first told it, empty until that is out.
    """

    kind: str
    name: str
    digest: str
    table: str
    target: str
    month: str = ""


def read_receipts(state: Path, county: str) -> list[Receipt]:
    """All that a county's months have taken, sorted.

    Raises:
        InputError: the file is damaged.
    """
    file = state / FOLDER / f"{county}.json"
    try:
        return sorted(Receipt(**entry) for entry in json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return []
    except (ValueError, TypeError) as error:
        raise InputError(
            f"{file} is damaged: it tells what earlier months took in. Put it back from a safe copy, or move it away: "
            f"notes of earlier months stay as they are"
        ) from error


def keep_receipts(state: Path, county: str, receipts: Sequence[Receipt]) -> None:
    """Write them down, whole or not at all."""
    told = [asdict(receipt) for receipt in sorted(receipts)]
    content = (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode()
    write_all(state / FOLDER, {f"{county}.json": content})


def with_new(receipts: Sequence[Receipt], received: Sequence[Received], folder: Path) -> list[Receipt]:
    """What was taken before and what is to be taken now.

    One that was about to be taken when a run was killed, and lies neither in the inbox nor in the county's folder now,
    was never taken: somebody took it away in between.

    Args:
        receipts: of before.
        received: what lies in the inbox.
        folder: of the county's tables.
    """
    there = {each.digest for each in received}
    kept = [each for each in receipts if each.month or each.digest in there or _is_taken(each, folder)]
    known = {(each.digest, each.target) for each in kept}
    new = [
        Receipt(each.kind, each.path.name, each.digest, each.table, each.target)
        for each in received
        if each.kind == "export" and (each.digest, each.target) not in known
    ]
    return sorted([*kept, *new])


def of_month(receipts: Sequence[Receipt], month: str) -> list[Receipt]:
    """What a month's note tells: what was first told in it, and what was taken since."""
    return [receipt for receipt in receipts if receipt.month in ("", month)]


def told_in(receipts: Sequence[Receipt], month: str) -> list[Receipt]:
    """The receipts once a month's note is out."""
    return [replace(receipt, month=receipt.month or month) for receipt in receipts]


def _is_taken(receipt: Receipt, folder: Path) -> bool:
    target = folder / receipt.target
    return bool(receipt.target) and target.is_file() and file_digest(target) == receipt.digest
