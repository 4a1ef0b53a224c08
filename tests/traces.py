"""Looks for what names a person in all that lies in folders: inside archives, tables, databases and encodings too."""

from __future__ import annotations

import base64
import binascii
import gzip
import html
import io
import re
import sqlite3
import urllib.parse
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pandas as pd

_DEEPEST = 4
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")
_ESCAPED = re.compile(rb"\\+u([0-9a-fA-F]{4})")
_ENTITY = re.compile(rb"&#?\w+;")
_GROUPS = re.compile(rb"(?<=\d),(?=\d{3}(?!\d))")
_PERCENT = re.compile(rb"%[0-9a-fA-F]{2}")
_DIGITS = 14  # of a document's number so many tell whose it is
_LETTERS = 8  # of a long text so many tell it


class Traces:
    """What is looked for.

    Args:
        texts: names, addresses, remarks; of a long one its begin and its end count as well.
        numbers: of documents, cards, telephones.
        digits: of a long number so many count.
    """

    def __init__(self, texts: Collection[str], numbers: Collection[str], digits: int = _DIGITS) -> None:
        parts = {part for text in texts for part in (text[:_LETTERS], text[-_LETTERS:])}
        self._texts = [
            _Wanted({part.encode(way): part for part in parts}, lambda part, way=way: len(part[0].encode(way)))  # type: ignore[misc]
            for way in ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
        ]
        self._numbers = _Wanted({number[:digits].encode(): number[:digits] for number in numbers}, lambda _: 4)

    def inside(self, data: bytes) -> set[str]:
        """Everything that is found in some bytes, as they are and in every usual encoding."""
        return {hit for view in _views(data) for hit in self._plain(view)}

    def _plain(self, data: bytes) -> Iterator[str]:
        for texts in self._texts:
            yield from texts.inside(data)
        for digits in {data, data.replace(b"\0", b""), _GROUPS.sub(b"", data)}:  # UTF-16; 990,101,198
            yield from self._numbers.inside(digits)


class _Wanted:
    """Many pieces of bytes, looked for at once: where one may begin, pieces of every length are looked up.

    Args:
        pieces: with what each says.
        begin: bytes of what a piece says by which places are found.
    """

    def __init__(self, pieces: Mapping[bytes, str], begin: Callable[[str], int]) -> None:
        self._pieces, self._sizes = pieces, sorted({len(piece) for piece in pieces})
        begins: dict[bytes, set[bytes]] = {}
        for piece, said in pieces.items():
            head = piece[: begin(said)]
            begins.setdefault(head[:1], set()).add(head[1:])
        branches = [
            re.escape(first) + b"(?:" + b"|".join(sorted(map(re.escape, more))) + b")" for first, more in begins.items()
        ]
        self._begins = re.compile(b"(?=" + b"|".join(branches) + b")", re.DOTALL) if branches else None

    def inside(self, data: bytes) -> Iterator[str]:
        for found in self._begins.finditer(data) if self._begins else ():
            start = found.start()
            for size in self._sizes:
                if (piece := data[start : start + size]) in self._pieces:
                    yield self._pieces[piece]


def _views(data: bytes) -> Iterator[bytes]:
    yield data
    if _ESCAPED.search(data):
        yield _ESCAPED.sub(lambda found: chr(int(found[1], 16)).encode("utf-8", "ignore"), data)
    if _PERCENT.search(data):
        yield urllib.parse.unquote_to_bytes(data)
    if _ENTITY.search(data):
        yield html.unescape(data.decode("utf-8", "ignore")).encode()
    runs = []
    for run in _BASE64.findall(data):
        plain = run.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
        try:
            runs.append(base64.b64decode(plain[: len(plain) // 4 * 4] + b"", validate=True))
        except binascii.Error:
            continue
    yield b"\n".join(runs)


def contents(data: bytes, name: str, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """All bytes of a file by place: as they lie there, and what is packed in them."""
    yield name, data
    if depth > _DEEPEST:
        return
    if data.startswith(b"PK") and zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for inner in archive.namelist():
                yield f"{name}!name", inner.encode()
                yield from contents(archive.read(inner), f"{name}!{inner}", depth + 1)
    elif data.startswith(b"\x1f\x8b"):
        yield from contents(gzip.decompress(data), f"{name}!gz", depth + 1)
    elif data.startswith(b"PAR1"):
        yield f"{name}!rows", pd.read_parquet(io.BytesIO(data)).to_csv().encode()
    elif data.startswith(b"SQLite format 3"):
        with closing(sqlite3.connect(":memory:")) as base:
            base.deserialize(data)
            yield from _database(base, name, depth)
    elif data.startswith(b"\x89PNG"):
        yield f"{name}!chunks", _chunks(data)


def _database(base: sqlite3.Connection, name: str, depth: int) -> Iterator[tuple[str, bytes]]:
    base.text_factory = bytes
    tables = [row[0].decode() for row in base.execute("select name from sqlite_master where type = 'table'")]
    for table in tables:
        for row in base.execute(f'select * from "{table}"'):
            for cell in row:
                if isinstance(cell, bytes):
                    yield from contents(cell, f"{name}!{table}", depth + 1)
                elif cell is not None:
                    yield f"{name}!{table}", str(cell).encode()


def _chunks(data: bytes) -> bytes:
    """The texts of a picture."""
    found, place = b"", 8
    while place + 8 <= len(data):
        size, kind = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + 8]
        body = data[place + 8 : place + 8 + size]
        if kind in (b"tEXt", b"iTXt"):
            found += body
        elif kind == b"zTXt":
            found += zlib.decompress(body.split(b"\0", 1)[1][1:])
        place += size + 12
    return found


def hits(folders: Collection[Path], traces: Traces) -> dict[str, set[str]]:
    """By file (and place inside it), what was found; names of files count as well."""
    found: dict[str, set[str]] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            parts = [("name", path.name.encode())]
            parts += list(contents(path.read_bytes(), "")) if path.is_file() else []
            for place, data in parts:
                if inside := traces.inside(data):
                    found.setdefault(f"{path}{place}", set()).update(inside)
    return found
