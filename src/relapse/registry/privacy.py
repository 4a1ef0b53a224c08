"""No household in the registry: records are searched for household ids before anything is written."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from relapse.core.errors import RelapseError
from relapse.core.record import PlainRun, Record, Study

SHORTEST_ID = 5
SHORTEST_NUMBER = 8
_EMBEDDED = re.compile(r"data:[\w/+.\-]+;base64,[A-Za-z0-9+/=\s]+")
_WORD = re.compile(r"[A-Za-z0-9_]+")
_TOKEN = re.compile(r"(?<!\d\.)\b[A-Za-z0-9_]+\b(?!\.\d)", re.ASCII)
_ID_NUMBER = re.compile(r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]", re.ASCII)
_PNG = b"\x89PNG\r\n\x1a\n"
_PARQUET = b"PAR1"


def check_privacy(record: Record, forbidden: Collection[str]) -> None:
    """Refuse a record in which a household's id stands.

    Searched are tags, params, names, description, the input example, the version's files and all text artifacts
    (pictures embedded in pages and PNG files are passed over; other artifacts that are no text are refused, because
    they cannot be searched). An id counts where it stands as a word of its own. Ids that nobody could tell from a count
    or a year are left out: those under 5 characters, and plain numbers under 8 digits.

    Args:
        record: what is about to be kept.
        forbidden: ids of households, as in the input.

    Raises:
        RelapseError: an id stands in the record, or an artifact cannot be searched; says where, never which.
    """
    _refuse_ids(_texts(record), record.run_name, forbidden)


def places_of_ids(kept: Mapping[str, bytes], forbidden: Collection[str]) -> tuple[str, ...]:
    """Where in what is kept of a version a household's id stands, an ID number, or a table of rows.

    Args:
        kept: content by what it is; pictures are passed over.
        forbidden: ids of households, as in the input.

    Returns:
        Places, never whose id it is; empty where all is clean.
    """
    wanted = _Ids.of(forbidden)
    found = []
    for place, data in kept.items():
        text = f"{place}\n{_text(place, data)}"
        if wanted.hits(text) or any(_ID_NUMBER.fullmatch(token) for token in _TOKEN.findall(text)):
            found.append(place)
    return tuple(found)


def check_study(study: Study, forbidden: Collection[str]) -> None:
    """As `check_privacy`, of all runs of a study."""
    for run in (study.whole, *study.trials):
        _refuse_ids(_texts_of_run(run), run.name, forbidden)


def _refuse_ids(texts: Iterator[tuple[str, str]], run_name: str, forbidden: Collection[str]) -> None:
    wanted = _Ids.of(forbidden)
    for place, text in texts:
        hits = wanted.hits(text)
        if hits:
            raise RelapseError(
                f"{hits} household ids stand in {place} of '{run_name}': no household may enter the registry; "
                "nothing was written"
            )


@dataclass(frozen=True, eq=False)
class _Ids:
    """Ids that are looked for.

    Args:
        single: of one word.
        compound: of several, each with its longest word, which is looked up first.
    """

    single: frozenset[str]
    compound: Mapping[str, str]

    @staticmethod
    def of(forbidden: Collection[str]) -> _Ids:
        searched = {one for one in forbidden if _can_be_told(one)}
        single = {one for one in searched if _WORD.fullmatch(one)}
        compound = {one: max(_WORD.findall(one), key=len, default="") for one in searched - single}
        return _Ids(frozenset(single), compound)

    def hits(self, text: str) -> int:
        """How many of them stand in a text."""
        return len(self.single.intersection(_TOKEN.findall(text))) + _count_compound(self.compound, text)


def _can_be_told(household_id: str) -> bool:
    digits = household_id.replace(".", "")
    return len(household_id) >= SHORTEST_ID and (not digits.isdigit() or len(digits) >= SHORTEST_NUMBER)


def _count_compound(compound: Mapping[str, str], text: str) -> int:
    """How many ids of several words stand in a text; their longest words are looked up first."""
    if not compound:
        return 0
    words = {"", *_WORD.findall(text)}
    likely = [whole for whole, longest in compound.items() if longest in words]
    return sum(bool(re.search(rf"(?<!\w){re.escape(whole)}(?!\w)", text, re.ASCII)) for whole in likely)


def _texts(record: Record) -> Iterator[tuple[str, str]]:
    yield "the tags", "\n".join([*record.tags, *record.tags.values()])
    yield "the params", "\n".join([*record.params, *record.params.values()])
    yield "the names", "\n".join([record.name, record.experiment, record.run_name, *record.metrics, *record.curves])
    yield "the features' names", "\n".join([*record.feature_names, *record.output_names])
    yield "the description", record.description
    yield "the input example", record.input_example.to_csv()
    for path, data in record.artifacts.items():
        if data.startswith(_PARQUET):
            raise RelapseError(f"{path} is a table of rows and may not enter the registry; nothing was written")
        yield path, f"{path}\n{_text(path, data)}"
    for path, data in record.files.items():
        yield path, f"{path}\n{_text(path, data)}"


def _texts_of_run(run: PlainRun) -> Iterator[tuple[str, str]]:
    yield "the tags", "\n".join([*run.tags, *run.tags.values()])
    yield "the params", "\n".join([*run.params, *run.params.values()])
    yield "the names", "\n".join([run.name, *run.metrics, *run.curves])
    yield "the description", run.description
    for path, data in run.artifacts.items():
        yield path, f"{path}\n{_text(path, data)}"


def _text(path: str, data: bytes) -> str:
    if data.startswith(_PNG):
        return ""
    if data.startswith(_PARQUET):
        return str(pd.read_parquet(io.BytesIO(data)).to_csv())
    try:
        return _EMBEDDED.sub("", data.decode("utf-8"))
    except UnicodeDecodeError:
        raise RelapseError(f"{path} is neither text nor PNG: it cannot be searched for household ids") from None
