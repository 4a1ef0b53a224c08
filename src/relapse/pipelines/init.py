"""`relapse init DIR`: a folder for a user's own panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from relapse.core.errors import InputError
from relapse.core.results import Language
from relapse.core.texts import text
from relapse.data.propose import Proposal, propose
from relapse.outputs import write_all
from relapse.terminal import closing_table


def init(folder: Path, from_: str | None, name: str, synonyms: Mapping[str, Sequence[str]], language: Language) -> None:
    """Make a folder for your own panel: a config to fill in, an empty table, and a guide.

    With from=FILE the columns of a file you have are matched with the roles they can have; confirm the proposal in the
    config before you go on. Nothing that is there is overwritten.

    Examples:
        relapse init mycounty
        relapse init mycounty from=incomes.csv
        relapse validate --config-dir mycounty/conf data=mypanel
    """
    proposal = None if from_ is None else propose(from_, synonyms)
    table = f"{name}.csv" if from_ is None else str(Path(from_).expanduser().resolve())
    files = {
        f"conf/data/{name}.yaml": data_config(
            name, table if from_ else str((folder / table).resolve()), proposal, language
        ),
        "README.md": text("init.guide", language, name=name, folder=folder.as_posix()).encode(),
    }
    if from_ is None:
        files[table] = "household_id,period,income,township,village,known_at\n".encode("utf-8-sig")
    there = [path for path in files if (folder / path).exists()]
    if there:
        raise InputError(
            f"{folder / there[0]} is there already; nothing was written: choose another folder or move it away"
        )
    write_all(folder, files)
    rows = [] if proposal is None else [[role, column] for role, column in proposal.columns.items()]
    closing_table(
        "Proposed columns", ["role", "column"], rows, [("config", str(folder / "conf" / "data" / f"{name}.yaml"))]
    )


def data_config(name: str, path: str, proposal: Proposal | None, language: Language) -> bytes:
    """The config of a panel, with what is proposed filled in and what is open marked `???`."""
    blank = Proposal(
        {role: role for role in ("household_id", "period", "income", "township", "village", "known_at")}, "monthly", ()
    )
    told = proposal or blank
    columns = [f"  {role}: {told.columns.get(role, '???')}" for role in ("household_id", "period", "income")]
    columns += [
        f"  {role}: {column}"
        for role, column in told.columns.items()
        if role not in ("household_id", "period", "income")
    ]
    lines = [
        f"# {text('init.confirm', language)}",
        "defaults:",
        "  - panel",
        "  - _self_",
        "",
        f"path: {_quoted(path)}",
        f"name: {name}",
        f"frequency: {told.frequency or '???'}",
        "",
        "columns:",
        *columns,
        "",
        f"exclude: []  # {text('init.others', language)}: {', '.join(told.others) or '-'}",
    ]
    return ("\n".join(lines) + "\n").encode()


def _quoted(path: str) -> str:
    return "'" + path.replace("'", "''") + "'"
