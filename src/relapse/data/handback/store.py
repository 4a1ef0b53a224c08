"""What a county keeps of hand-backs: every version of every answer, the one that holds, and the files themselves."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from relapse.core.errors import InputError
from relapse.core.handback import ANSWERS
from relapse.data.county_files import FEEDBACK, VISITS
from relapse.data.handback.papers import Paper
from relapse.data.read_export import NoRowsError, read_text

VERSIONS, RECEIVED, SETTLED = "versions.parquet", "received", "settled.csv"
_KEY = ["month", "household_id"]
_CONTENT = [*ANSWERS, "verified"]
_TEXT, _REAL, _YES, _INT = pa.string(), pa.float64(), pa.bool_(), pa.int64()
_SCHEMA = pa.schema(
    [
        *((name, _TEXT) for name in ("month", "clue_id", "household_id", "township", "village", "tier", "source")),
        ("rank", _REAL), ("listing_probability", _REAL),
        *((name, _REAL if name == "income_found" else _TEXT) for name in ANSWERS),
        ("verified", _YES), ("visitor", _TEXT), ("known_at", _TEXT), ("digest", _TEXT), ("saved", _TEXT),
        ("order", _INT),
    ]
)  # fmt: skip
_OF_VISITS = {  # columns of visits.parquet, and the version's column that each is
    "household_id": "household_id", "clue_id": "clue_id", "visited_at": "visited_at", "way": "way",
    "verdict": "verdict", "cause_found": "cause_found", "action": "action", "not_included": "not_included",
    "income_found": "income_found", "referred_to": "referred_to", "visitor": "visitor", "list_month": "month",
    "tier": "tier", "source": "source", "listing_probability": "listing_probability", "verified": "verified",
    "not_met_twice": "not_met_twice", "handed_in": "digest", "known_at": "known_at",
}  # fmt: skip
NOT_MET = "not_met"


@dataclass(frozen=True, eq=False)
class Kept:
    """What lies in a county's `feedback/`.

    Args:
        versions: every answer that ever came, oldest first; `_SCHEMA`.
        settled: digest of the file whose answer holds, by month and household, where the office decided by hand.
    """

    versions: pd.DataFrame
    settled: Mapping[tuple[str, str], str]


def read_kept(county: Path) -> Kept:
    """What a county keeps; nothing at first.

    Raises:
        InputError: a file there is damaged.
    """
    folder = county / FEEDBACK
    file = folder / VERSIONS
    versions = _SCHEMA.empty_table().to_pandas()
    if file.is_file():
        try:
            versions = pq.read_table(file).select(_SCHEMA.names).to_pandas()
        except (pa.ArrowException, OSError, ValueError, KeyError) as error:
            raise InputError(f"{file} is damaged; put it back from the office's safe copy") from error
    return Kept(_plain(versions), _settled(folder / SETTLED))


def with_rows(kept: Kept, rows: pd.DataFrame) -> pd.DataFrame:
    """The versions with those of a hand-back; what was told before in the same words is not told again.

    Args:
        kept: before.
        rows: of `HandBack`.
    """
    new = rows.assign(order=int(kept.versions["order"].max() if len(kept.versions) else 0) + 1)
    new = new.sort_values(["saved", "visited_at", "digest", "sheet", "row"], kind="stable")
    both = pd.concat([kept.versions, _plain(new[_SCHEMA.names])], ignore_index=True)
    return both[~both.duplicated([*_KEY, *_CONTENT], keep="first")].reset_index(drop=True)


def holding(versions: pd.DataFrame, settled: Mapping[tuple[str, str], str]) -> pd.DataFrame:
    """The version of each row of a list that holds, by month and household.

    What the office settled by hand holds; else an answer that counts as verified before one that does not, then the
    one that was handed in last, saved last, visited last.
    """
    digests = [settled.get(key, "") for key in zip(versions["month"], versions["household_id"], strict=True)]
    chosen = [bool(want) and own.startswith(want) for want, own in zip(digests, versions["digest"], strict=True)]
    ordered = versions.assign(chosen=chosen).sort_values(
        [*_KEY, "chosen", "verified", "order", "saved", "visited_at", "digest"], kind="stable"
    )
    last: pd.DataFrame = ordered[~ordered.duplicated(_KEY, keep="last")].drop(columns="chosen")
    before = {(month, household) for month, household, verdict in
              zip(last["month"], last["household_id"], last["verdict"], strict=True) if verdict == NOT_MET}  # fmt: skip
    twice = [
        (month, household) in before and (_month_before(month), household) in before
        for month, household in zip(last["month"], last["household_id"], strict=True)
    ]
    return last.assign(not_met_twice=np.array(twice, dtype=bool)).reset_index(drop=True)


def conflicts(versions: pd.DataFrame, held: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Versions that contradict each other, of the rows that a hand-back answers.

    An answer that only completes another one contradicts nothing.

    Args:
        versions: all.
        held: of `holding`.
        rows: of `HandBack`.

    Returns:
        The versions with `holds`, by month and clue_id.
    """
    touched = pd.MultiIndex.from_frame(rows[_KEY].drop_duplicates())
    mine = versions[pd.MultiIndex.from_frame(versions[_KEY]).isin(touched)]
    told = mine[list(ANSWERS)].replace("", np.nan)
    differing = told.groupby([mine[name] for name in _KEY]).nunique().gt(1).any(axis=1)
    wrong = mine[pd.MultiIndex.from_frame(mine[_KEY]).isin(differing.index[differing])]
    keys = [*_KEY, *_CONTENT, "digest"]
    holds = pd.MultiIndex.from_frame(wrong[keys].astype(str)).isin(pd.MultiIndex.from_frame(held[keys].astype(str)))
    return wrong.assign(holds=holds).sort_values([*_KEY, "order"], kind="stable").reset_index(drop=True)


def visits_of(held: pd.DataFrame) -> pd.DataFrame:
    """Rows of the table `visits`: answers that tell a day and a verdict."""
    told = held[(held["visited_at"] != "") & (held["verdict"] != "")].sort_values(_KEY, kind="stable")
    return pd.DataFrame({name: told[of] for name, of in _OF_VISITS.items()}).reset_index(drop=True)


def files_of(
    papers: Sequence[Paper], rows: pd.DataFrame, versions: pd.DataFrame, held: pd.DataFrame
) -> dict[str, bytes]:
    """What is written into a county's `feedback/`: handed-in files by month and digest, versions, visits last."""
    months = rows.groupby("digest")["month"].max().to_dict() if len(rows) else {}
    received = {received_name(paper, months.get(paper.digest, "")): paper.path.read_bytes() for paper in papers}
    told = visits_of(held)
    days = {name: pd.to_datetime(told[name]).dt.date for name in ("visited_at", "known_at")}
    blanks = {name: told[name].replace("", None) for name in told.columns if told[name].dtype == object}
    visits = pa.Table.from_pandas(
        told.assign(**blanks).assign(**days), schema=_schema_of_visits(), preserve_index=False
    )
    kept = pa.Table.from_pandas(versions[_SCHEMA.names], schema=_SCHEMA, preserve_index=False)
    return {**received, VERSIONS: _parquet(kept), f"{VISITS}.parquet": _parquet(visits)}


def received_name(paper: Paper, month: str) -> str:
    """Where a handed-in file is kept; its own name may be somebody's and is not."""
    return f"{RECEIVED}/{month or paper.meta.get('as_of') or 'unmatched'}/{paper.digest}{paper.path.suffix.lower()}"


def _schema_of_visits() -> pa.Schema:
    kinds = {"income_found": _REAL, "listing_probability": _REAL, "verified": _YES, "not_met_twice": _YES,
             "visited_at": pa.date32(), "known_at": pa.date32()}  # fmt: skip
    return pa.schema([(name, kinds.get(name, _TEXT)) for name in _OF_VISITS])


def _parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


def _plain(versions: pd.DataFrame) -> pd.DataFrame:
    """The same with one kind a column, so that equal rows are equal wherever they were read."""
    kinds = {
        field.name: float if field.type == _REAL else bool if field.type == _YES else int
        for field in _SCHEMA
        if field.type != _TEXT
    }
    texts = {
        field.name: versions[field.name].fillna("").astype(str).astype(object)
        for field in _SCHEMA
        if field.type == _TEXT
    }
    return pd.DataFrame(versions.assign(**texts).astype(kinds)[_SCHEMA.names])


def _settled(file: Path) -> dict[tuple[str, str], str]:
    """What the office decided: month, household and the begin of a digest, a line each."""
    if not file.is_file():
        return {}
    try:
        columns, header, _, _ = read_text(file, {"month", *_KEY, "digest"}, ())
    except NoRowsError:
        return {}
    names = [path[-1] for path in header.paths]
    told = dict(zip(names, (column.to_pylist() for column in columns.columns), strict=False))
    if not {*_KEY, "digest"} <= set(told):
        raise InputError(f"{file}: it must have the columns {', '.join([*_KEY, 'digest'])}, as conflicts.csv has them")
    rows = zip(told["month"], told["household_id"], told["digest"], strict=True)
    return {(month or "", household or ""): digest or "" for month, household, digest in rows}


def _month_before(month: str) -> str:
    year, of_year = (int(part) for part in month.split("-"))
    return f"{year - (of_year == 1):04d}-{(of_year - 2) % 12 + 1:02d}"
