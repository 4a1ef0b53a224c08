"""Which column of a file is which field of the contract: by its header, English or Chinese, as it stands there."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from relapse.core.contract import Field, Table, Words
from relapse.data.cell_values import normal_header

_CLOSE = 0.8  # headers that resemble each other so much may be meant for one another


@dataclass(frozen=True)
class Match:
    """Columns of a file that hold fields of a table.

    Args:
        columns: by field, the place of its column.
        missing: required fields without a column.
        near: by missing field, the header that resembles it most, where one does.
        twice: headers that name a field for which there is a column already.
    """

    columns: Mapping[str, int]
    missing: tuple[str, ...]
    near: Mapping[str, str]
    twice: tuple[str, ...]


def shown(path: Sequence[str]) -> str:
    """A column's header rows as one text."""
    return "/".join(path)


def match(paths: Sequence[tuple[str, ...]], table: Table, words: Words, own: Mapping[str, str]) -> Match:
    """The fields of a table among the columns of a file.

    A column is known by all its header rows joined, else by the last one alone; where a row above names another stage
    (at recognition, after removal), by the stage and the last one, so that it is never taken for the plain one.

    Args:
        paths: header rows of each column, the topmost first.
        table: of the contract.
        words: that name stages.
        own: by field, the header that a county's own config gives it.
    """
    names = field_names(table, own)
    columns: dict[str, int] = {}
    twice = []
    said = {normal_header(header): field for field, header in own.items()}
    for place, path in enumerate(paths):  # what the county itself says comes first
        for mine in (said[name] for name in readings(path, words) if name in said):
            columns.setdefault(mine, place)
    for place, path in enumerate(paths):
        field = next((names[name] for name in readings(path, words) if name in names), None)
        if field is not None and columns.setdefault(field, place) != place:
            twice.append(shown(path))
    missing = tuple(field for field in table.required if field not in columns)
    left = {normal_header(path[-1]): shown(path) for place, path in enumerate(paths) if place not in columns.values()}
    return Match(columns, missing, _near(missing, table.fields, left), tuple(twice))


def field_names(table: Table, own: Mapping[str, str]) -> dict[str, str]:
    """All names of all fields as headers are compared; a county's own names come first."""
    names: dict[str, str] = {}
    for field, header in own.items():
        names[normal_header(header)] = field
    for field, told in table.fields.items():
        for name in (field, *told.zh):
            names.setdefault(normal_header(name), field)
    return names


def readings(path: Sequence[str], words: Words) -> list[str]:
    """What a column may be called: all its header rows, the last two, the last one under the stage that it is of."""
    parts = [part for part in path if part]
    if not parts:
        return []
    above = "".join(parts[:-1])
    stage = next((stage for stage in words.stages if stage in above), "")
    return [normal_header(way) for way in ("".join(parts), "".join(parts[-2:]), stage + parts[-1])]


def _near(missing: Sequence[str], fields: Mapping[str, Field], left: Mapping[str, str]) -> dict[str, str]:
    near = {}
    for field in missing:
        for name in (field, *fields[field].zh):
            close = difflib.get_close_matches(normal_header(name), list(left), n=1, cutoff=_CLOSE)
            if close:
                near[field] = left[close[0]]
                break
    return near
