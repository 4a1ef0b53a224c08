"""What lies in an office's inbox: exports for the county's folder, workbooks handed back, and what is neither.

Files are told apart by what stands in them. Only `take` moves one, with its bytes as they are.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from relapse.core.contract import Contract
from relapse.core.errors import InputError
from relapse.core.texts import TEXTS
from relapse.data.cell_values import normal_header
from relapse.data.county_files import KINDS, date_in_name, named_source
from relapse.data.propose_county import FileProposal, propose_file

Kind = Literal["export", "hand_back", "left"]
_IGNORED = (".", "~$", "README")
_WORKBOOKS, _TEXTS, _OLD = (".xlsx",), (".csv",), (".xls", ".et", ".wps", ".xlsm")
_CLUE = TEXTS["clue.clue_id"]  # with one of the next, the head of a list that was given out
_OF_A_LIST = (*TEXTS["clue.tier"], *TEXTS["clue.verdict"])
_META = ('name="_meta"',)  # the hidden sheet of a list's workbook
_PARTS = ("xl/workbook.xml", "xl/sharedStrings.xml", "xl/worksheets/")
_HEAD_BYTES = 1 << 20  # of each part of a workbook, or of a text: heads stand in the first rows


@dataclass(frozen=True)
class Received:
    """One file of the inbox.

    Args:
        path: where it lies.
        digest: SHA-256 of its bytes.
        kind: `export` (of a table, for the county's folder), `hand_back`, or `left` where it lies.
        table: of an export, the table's or export's name in the contract.
        target: of an export, the name that it gets in the county's folder.
        why: of one that is left, a key of `inbox.` texts.
        details: for that text.
    """

    path: Path
    digest: str
    kind: Kind
    table: str = ""
    target: str = ""
    why: str = ""
    details: str = ""


def look_through(
    inbox: Path, folder: Path, contract: Contract, columns: Mapping[str, Mapping[str, str]]
) -> list[Received]:
    """What every file of the inbox is, in the order of their names; hidden ones, notes and folders are passed over.

    Args:
        inbox: a folder; one that is not there holds nothing.
        folder: of the county's tables.
        contract: of its tables.
        columns: by table and field, the county's own headers.

    Raises:
        InputError: the inbox is a file.
    """
    if inbox.exists() and not inbox.is_dir():
        raise InputError(f"inbox={inbox} is a file; name the folder in which files arrive")
    found: list[Received] = []
    for path in sorted(inbox.iterdir()) if inbox.is_dir() else ():
        if path.is_file() and not path.name.startswith(_IGNORED):
            found.append(_looked_at(path, folder, contract, columns, found))
    return found


def take(received: Received, folder: Path) -> None:
    """Move an export into the county's folder under its dated name, its bytes as they are.

    Whoever is killed in between leaves the file in the inbox, whole, and finds it there again.

    Raises:
        InputError: another file has that name by now, or there is no permission.
    """
    target = folder / received.target
    try:
        if not target.exists():
            _move(received.path, target)
        elif file_digest(target) == received.digest:
            received.path.unlink()
        else:
            raise InputError(f"{target} is there already with other content; nothing was moved")
    except OSError as error:
        raise InputError(f"cannot move {received.path.name} to {target}: {error.strerror or error}") from error


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _looked_at(
    path: Path, folder: Path, contract: Contract, columns: Mapping[str, Mapping[str, str]], before: Sequence[Received]
) -> Received:
    digest = file_digest(path)
    if path.suffix.lower() in _OLD:
        return Received(path, digest, "left", why="old_kind")
    try:
        if named_source(path, contract) is None and _is_hand_back(path):
            return Received(path, digest, "hand_back")
        found = propose_file(path, contract) if path.suffix.lower() in KINDS else None
    except InputError:
        return Received(path, digest, "left", why="unreadable")
    if found is None:
        return Received(path, digest, "left", why="unknown")
    told = contract.exports[found.name] if found.export else contract.tables[found.name]
    target = f"{told.zh[0]}_{date_in_name(path).replace('-', '') or 'YYYYMMDD'}{path.suffix.lower()}"
    why, details = _why_left(found, digest, folder / target, contract, columns, before)
    return Received(path, digest, "left" if why else "export", found.name, target, why, details)


def _why_left(
    found: FileProposal,
    digest: str,
    target: Path,
    contract: Contract,
    columns: Mapping[str, Mapping[str, str]],
    before: Sequence[Received],
) -> tuple[str, str]:
    """Why an export cannot be taken, and what the text on it needs; empty where it can."""
    if lacking := _lacking(found, contract, columns):
        return "columns", ", ".join(lacking)
    if not date_in_name(found.path):
        return "no_date", target.name
    taken = {each.target: each.digest for each in before if each.kind == "export"}
    if taken.get(target.name, digest) != digest or (target.exists() and file_digest(target) != digest):
        return "name_taken", target.name
    return ("twice", target.name) if digest in taken.values() else ("", "")


def _lacking(found: FileProposal, contract: Contract, columns: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Needed columns that the file has under no header that is known, as the templates call them."""
    headers = {normal_header(header) for header in found.ignored}
    headers |= {normal_header(header) for fields in found.guessed.values() for header in fields.values()}
    wanted = [*found.missing, *((table, field) for table, fields in found.guessed.items() for field in fields)]
    return [
        contract.tables[table].fields[field].zh[0]
        for table, field in wanted
        if normal_header(columns.get(table, {}).get(field, "")) not in headers
    ]


def _is_hand_back(path: Path) -> bool:
    """Whether it is a list that was given out, by its hidden sheet or by the heads of its columns."""
    heads = list(_heads(path))
    if any(word in head for head in heads for word in _META):
        return True
    whole = "".join(heads)
    return any(word in whole for word in _CLUE) and any(word in whole for word in _OF_A_LIST)


def _heads(path: Path) -> Iterator[str]:
    """The beginnings of the parts of a workbook, or of a text; nothing of what is neither."""
    if path.suffix.lower() in _TEXTS:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
        yield from (head.decode(encoding, "ignore") for encoding in ("utf-8", "gb18030"))
    elif path.suffix.lower() in _WORKBOOKS and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.startswith(_PARTS):
                    with archive.open(name) as part:
                        yield part.read(_HEAD_BYTES).decode("utf-8", "ignore")


def _move(source: Path, target: Path) -> None:
    """Move a file, also to another disk: there it is copied beside its place first, and never seen half."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if _same_disk(source, target.parent):
        source.replace(target)
        return
    handle, made = tempfile.mkstemp(dir=target.parent, prefix=".taking-")
    try:
        with os.fdopen(handle, "wb") as copy, source.open("rb") as original:
            shutil.copyfileobj(original, copy)
            copy.flush()
            os.fsync(copy.fileno())
        Path(made).replace(target)
    finally:
        Path(made).unlink(missing_ok=True)
    source.unlink()


def _same_disk(one: Path, other: Path) -> bool:
    return one.stat().st_dev == other.stat().st_dev
