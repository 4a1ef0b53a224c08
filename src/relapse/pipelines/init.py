"""`relapse init DIR`: a folder for a county's tables, or for a user's own panel."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from relapse.core.conf_dir import conf_dir
from relapse.core.contract import Contract
from relapse.core.errors import InputError
from relapse.core.results import Language
from relapse.core.texts import text
from relapse.county.reports import templates_xlsx
from relapse.data.contract_file import read_contract
from relapse.data.propose import Proposal, propose
from relapse.data.propose_county import CountyProposal, propose_folder
from relapse.data.recognise import County, recognised
from relapse.outputs import write_all
from relapse.pipelines.common import say
from relapse.pipelines.init_config import county_config, panel_config
from relapse.pipelines.init_start import start_files
from relapse.terminal import closing_table

Kind = Literal["auto", "county", "panel"]
_PANEL_HEADER = "household_id,period,income,township,village,known_at\n"
_MANY = 20  # rows that the terminal shows


def init(
    folder: Path,
    from_: str | None,
    kind: Kind,
    name: str | None,
    contract: str,
    synonyms: Mapping[str, Sequence[str]],
    language: Language,
) -> None:
    """Make a folder for your own county: a config to fill in, a template a table, and a guide.

    With from=FILE or from=FOLDER the columns of what you have are matched with those of the tables; confirm the
    proposal in the config before you go on. The files stay where they are. kind=panel makes a folder for one long
    table instead, a row a household and period. Nothing that is there is overwritten.

    Examples:
        relapse init mycounty
        relapse init mycounty language=en
        relapse init mycounty from=exports
        relapse validate --config-dir mycounty/conf data=mycounty
        relapse init mypanel from=incomes.csv kind=panel
    """
    tables = read_contract(contract)
    found = _found(from_, kind, tables, synonyms)

    if isinstance(found, County) or (found is None and kind != "panel"):
        proposal = None if found is None else found.proposal
        named = _sound(name or "mycounty")
        files = _county_files(folder, named, proposal, tables, language)
        _write(folder, files)
        _tell_county(folder, named, proposal)
    else:
        named = _sound(name or "mypanel")
        _write(folder, _panel_files(folder, named, from_, found, language))
        _tell_panel(folder, named, found)


def _found(
    from_: str | None, kind: Kind, contract: Contract, synonyms: Mapping[str, Sequence[str]]
) -> County | Proposal | None:
    """What is in the file or folder given; None where none is."""
    if from_ is None:
        return None
    path = Path(from_).expanduser().resolve()
    if kind == "panel":
        return propose(from_, synonyms)
    if path.is_dir():
        return County(propose_folder(path, contract))
    found, doubt = recognised(from_, kind, contract, synonyms)
    if doubt:
        taken, other = ("county", "panel") if isinstance(found, County) else ("panel", "county")
        say(f"taken as {taken}: {doubt}; if it is not, say kind={other}")
    return found


def _sound(name: str) -> str:
    """The name, where `data=NAME` can be written with it as it stands, and it is none that is shipped."""
    if re.fullmatch(r"[A-Za-z][\w-]*", name, re.ASCII) is None:
        raise InputError(
            f"name={name[:80]!r}: begin with a letter, then letters a to z, digits, - and _; commands bear it"
        )
    if (conf_dir() / "data" / f"{name}.yaml").exists():
        raise InputError(f"name={name}: relapse has data of this name already; choose another")
    return name


def _county_files(
    folder: Path, name: str, proposal: CountyProposal | None, contract: Contract, language: Language
) -> dict[str, bytes]:
    """Config, guide, and templates where there are no files yet."""
    tables = (folder / "tables").resolve() if proposal is None else proposal.folder
    step = text(f"init.guide.county.{'fill' if proposal is None else 'from'}", language, name=name, tables=tables)
    start = text("start.file.bat", language)
    home = shlex.quote(folder.resolve().as_posix())
    guide = text("init.guide.county", language, name=name, folder=home, first=step, start=start)
    files = {
        f"conf/data/{name}.yaml": county_config(name, tables, proposal, contract, language),
        "README.md": guide.encode("utf-8", "replace"),
        **start_files(folder, name, tables, language),
    }
    if proposal is None:
        for key, table in contract.tables.items():
            files[f"tables/{templates_xlsx.file_name(key, table, language)}"] = templates_xlsx.render(
                key, table, language
            )
    return files


def _panel_files(
    folder: Path, name: str, from_: str | None, proposal: Proposal | None, language: Language
) -> dict[str, bytes]:
    """Config, guide, and an empty table where there is none yet."""
    table = (folder / f"{name}.csv").resolve() if from_ is None else Path(from_).expanduser().resolve()
    files = {
        f"conf/data/{name}.yaml": panel_config(name, str(table), proposal, language),
        "README.md": text("init.guide", language, name=name, folder=folder.as_posix()).encode("utf-8", "replace"),
    }
    return files if from_ is not None else {**files, f"{name}.csv": _PANEL_HEADER.encode("utf-8-sig")}


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    there = [path for path in files if (folder / path).exists() or (folder / path).is_symlink()]
    if there:
        raise InputError(
            f"{folder / there[0]} is there already; nothing was written: choose another folder or move it away"
        )
    write_all(folder, files)


def _tell_county(folder: Path, name: str, proposal: CountyProposal | None) -> None:
    rows = []
    for file in () if proposal is None else proposal.files:
        guessed = [f"{table}.{field}" for table, fields in file.guessed.items() for field in fields]
        todo = [f"rename to {file.rename}"] if file.rename else []
        todo += [f"confirm {field}" for field in guessed]
        todo += [f"no column for {table}.{field}" for table, field in file.missing]
        rows.append([file.path.name, file.name, str(file.known), "; ".join(todo) or "-"])
    places = [("config", str(folder / "conf" / "data" / f"{name}.yaml")), ("guide", str(folder / "README.md"))]
    closing_table("Files", ["file", "read as", "columns known", "to do"], rows[:_MANY], places)


def _tell_panel(folder: Path, name: str, proposal: Proposal | None) -> None:
    rows = [] if proposal is None else [[role, column] for role, column in proposal.columns.items()]
    closing_table(
        "Proposed columns", ["role", "column"], rows, [("config", str(folder / "conf" / "data" / f"{name}.yaml"))]
    )
