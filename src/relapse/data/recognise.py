"""Whether a file is one of a county's tables or exports, or one long panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from relapse.core.contract import Contract
from relapse.core.errors import InputError
from relapse.data.propose import Proposal, propose
from relapse.data.propose_county import CountyProposal, FileProposal, propose_file, propose_folder

_COUNTY_KINDS = (".csv", ".tsv", ".txt", ".parquet", ".pq", ".xlsx", ".xlsm", ".xls", ".et")


@dataclass(frozen=True)
class County:
    """A county's files.

    Args:
        proposal: what each is.
    """

    proposal: CountyProposal


def recognised(
    path: str, kind: str, contract: Contract, synonyms: Mapping[str, Sequence[str]]
) -> tuple[County | Proposal, str]:
    """What a file is, and a word on the doubt where it could be the other as well.

    A file with a column for the period and one for the income is a panel; one that holds every column that a table
    needs is a county's. Where both or neither hold, a name of the contract's decides, then the number of known columns.

    Args:
        path: of the file.
        kind: `county` where a person has said so, else `auto`.
        contract: of a county's tables.
        synonyms: see `propose`.

    Raises:
        InputError: there is no such file, or it cannot be read.
    """
    file = Path(path).expanduser().resolve()
    county, county_fault = _county(file, contract)
    if kind == "county":
        return _chosen(county, county_fault, file, contract), ""
    panel, panel_fault = _panel(path, synonyms)
    if county is not None and (panel is None or not _is_panel(panel)):
        sure = panel is None or county.complete or not county.rename
        return _chosen(county, None, file, contract), "" if sure else f"it resembles the table {county.name}"
    if panel is not None:
        return _panel_unless(county, panel, file, contract)
    told = county_fault if file.suffix.lower() in _COUNTY_KINDS and file.is_file() else panel_fault
    raise told or InputError(f"{file.name} cannot be read as a table")


def _panel_unless(
    county: FileProposal | None, panel: Proposal, file: Path, contract: Contract
) -> tuple[County | Proposal, str]:
    """The panel, unless both the file's name and all its needed columns are those of a county's table."""
    if county is None:
        return panel, "" if _is_panel(panel) else "it resembles none of a county's tables"
    if county.complete and not county.rename:
        return _chosen(county, None, file, contract), f"its name and columns are those of {county.name}"
    said = "it has a column for the period and one for the income"
    return panel, f"{said} (it resembles the county's {county.name}, too)"


def _is_panel(panel: Proposal) -> bool:
    """Period and income tell a panel from a county's tables, which have no such pair; the id may bear any name."""
    return "period" in panel.columns and bool({"income", "log_income"} & set(panel.columns))


def _chosen(county: FileProposal | None, fault: InputError | None, file: Path, contract: Contract) -> County:
    if county is None:
        raise fault or InputError(
            f"{file.name} resembles none of a county's tables; name it after one, such as 农户信息.xlsx"
        )
    whole = propose_folder(file.parent, contract)
    files = [each for each in whole.files if each.path.name == file.name or not each.rename]
    if all(each.path.name != file.name for each in files):  # an older one of several dated exports
        files.append(county)
    return County(CountyProposal(file.parent, tuple(files), ()))


def _county(file: Path, contract: Contract) -> tuple[FileProposal | None, InputError | None]:
    if not file.is_file():
        return None, InputError(f"there is no file or folder {file}")
    try:
        return propose_file(file, contract), None
    except InputError as error:
        return None, error


def _panel(path: str, synonyms: Mapping[str, Sequence[str]]) -> tuple[Proposal | None, InputError | None]:
    try:
        return propose(path, synonyms), None
    except InputError as error:
        return None, error
