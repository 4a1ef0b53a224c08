"""Names of persons in the wrong cells: what a finding shows of them.

Two rules. Where a number, a day, a yes or no or an id should stand, no words are needed to mend the cell: of words but
a contract's own the first sign is shown. And whatever the folder itself names a person by is shown nowhere, in
whichever file, row or column it stands.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pyarrow as pa
import pyarrow.compute as pc

from relapse.core.contract import Contract, Field, Words
from relapse.core.results import Finding
from relapse.core.texts import SURNAMES
from relapse.data.cell_values import normal_text
from relapse.data.panel_checks import HIDDEN, masked
from relapse.data.read_table import RawTable
from relapse.data.table_columns import is_text

_HAN = "〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"[{_HAN}](?:[\s·•・.]*[{_HAN}])*")
_NUMBER = re.compile(r"(?<!\w)(?:[A-Za-z]{1,2}\d{6,}|\d{11,}[A-Za-z]?)(?!\w)")  # of a passport, a card; of no amount
_MANY_DIGITS = re.compile(r"\d{11,}")
_UNITS = set("元万千百亿年月日号天次人个户岁亩约半余多第")
_CALENDARS = ("民国", "农历", "阴历")  # which day was meant; the office must know why it is none
_SHORTEST, _LONGEST = 2, 4  # signs of a name
_CUT = 39  # signs of a long text that a finding shows
_PERSONS = ("name", "head_name", "collector", "removal_collector", "visitor")  # other fields hold names among words
_WORDS = ("text", "choice")  # kinds in which words must stand


def shown_cell(value: object, field_: Field, words: Words) -> str:
    """A cell as a finding may show it: what may name somebody begins alone.

    Args:
        value: of the cell.
        field_: what should stand there.
        words: of flags and of empty cells: shown as they are.
    """
    text = "" if value is None else str(value)
    if field_.kind in _WORDS:
        return masked(text)
    if field_.kind != "id":
        text = _without_numbers(text)
    own = {normal_text(word) for word in (*words.yes, *words.no, *words.blank, field_.unit)}
    return masked(without_words(text, own))


def without_words(text: str, own: Collection[str]) -> str:
    """A text with the first sign alone of all Chinese words but a contract's own, units, and single signs.

    Example:
        >>> without_words("约3000元", ()), without_words("王某某", ()), without_words("无", ("无",))
        ('约3000元', '王**', '无')
    """

    def hidden(found: re.Match[str]) -> str:
        word = normal_text(found[0])
        return (
            found[0]
            if len(word) < _SHORTEST or word in (*own, *_CALENDARS) or _UNITS.issuperset(word)
            else word[0] + "**"
        )

    return _RUN.sub(hidden, text)


@dataclass(frozen=True)
class Named:
    """What a file names persons by.

    Args:
        persons: different names.
        others: different addresses, remarks and the like: they may hold names.
    """

    persons: list[pa.Array] = field(default_factory=list)
    others: list[pa.Array] = field(default_factory=list)

    def add(self, table: RawTable, columns: Mapping[str, tuple[str, Field]]) -> None:
        """Take what stands in some columns.

        Args:
            table: a file as it stands there.
            columns: by header, the field's name, and the field.
        """
        for header, (name, field_) in columns.items():
            if field_.kind == "text" and is_text(table.columns[header]):
                texts = pc.unique(table.columns[header].cast(pa.string()))
                (self.persons if name in _PERSONS else self.others).append(texts)


def hide(findings: Sequence[Finding], named: Iterable[Named], contract: Contract) -> list[Finding]:
    """Findings that show no name which stands in a folder's columns of names.

    Args:
        findings: of all files.
        named: what all files name persons by.
        contract: its own words stay.
    """
    told = list(named)
    texts = {text for finding in findings for text in _texts(finding)}
    plain = {text: normal_text(text) for text in texts}
    own = own_words(contract)
    persons = [array for each in told for array in each.persons]
    wholes = {text.removesuffix("…")[:_CUT] for text in plain.values()} - own
    hidden = _among(wholes, [*persons, *(array for each in told for array in each.others)])
    hidden = {text for text in hidden if len(text) >= _SHORTEST}
    inside = _among({part for text in plain.values() for part in _parts(text)} - own, persons)
    if not hidden and not inside:
        return list(findings)
    said = {text: _said(plain[text], text, inside) for text in texts}

    def value(text: str) -> str:
        return HIDDEN if plain[text].removesuffix("…")[:_CUT] in hidden else said[text]

    return [
        replace(
            finding,
            value=value(finding.value),
            column=said[finding.column],
            details={key: said[text] for key, text in finding.details.items()},
            household_id=said[finding.household_id],
            zh={key: said[text] for key, text in finding.zh.items()},
        )
        for finding in findings
    ]


def without_headers(findings: Sequence[Finding], headers: Sequence[str], known: Collection[str]) -> list[Finding]:
    """Findings of a file whose header may be a row of data: its words are shown as those of a cell.

    Args:
        findings: of the file.
        headers: of the file.
        known: headers of the contract: they stay.
    """
    if not any(_MANY_DIGITS.search(header) for header in headers):
        return list(findings)
    words = {
        header: masked(without_words(_without_numbers(header), ()))
        for header in headers
        if normal_text(header) not in known
    }

    def said(text: str) -> str:
        return ", ".join(words.get(part, part) for part in text.split(", "))

    return [
        replace(
            finding,
            column=said(finding.column),
            details={key: said(text) for key, text in finding.details.items()},
        )
        for finding in findings
    ]


def _without_numbers(text: str) -> str:
    return _NUMBER.sub(lambda found: found[0][:3] + "*" * (len(found[0]) - 3), text)


def own_words(contract: Contract) -> set[str]:
    """All that a contract itself says: headers, choices, words of flags and of empty cells."""
    words = [*contract.words.yes, *contract.words.no, *contract.words.blank]
    for table in contract.tables.values():
        for name, field_ in table.fields.items():
            words += [name, *field_.zh, *(word for choice in field_.choices.values() for word in choice)]
    return {normal_text(word) for word in words}


def _texts(finding: Finding) -> tuple[str, ...]:
    return (finding.value, finding.column, finding.household_id, *finding.details.values(), *finding.zh.values())


def _parts(text: str) -> set[str]:
    """What may be a name in a text: all parts of its Chinese words that are as long; two signs if a surname begins."""
    found: set[str] = set()
    for run in _RUN.findall(text):
        found.add(run)
        for size in range(_SHORTEST, _LONGEST + 1):
            found |= {run[place : place + size] for place in range(len(run) - size + 1)}
    return {part for part in found if len(part) > _SHORTEST or (len(part) == _SHORTEST and part[0] in SURNAMES)}


def _among(texts: Collection[str], named: Sequence[pa.Array]) -> set[str]:
    """Which texts are one of many, both without spaces."""
    wanted, found = pa.array(sorted(texts), type=pa.string()), set[str]()
    if len(wanted):
        for array in named:
            plain = pc.replace_substring_regex(pc.utf8_normalize(array, "NFKC"), r"\s+", "")
            plain = pc.utf8_slice_codeunits(plain, 0, _CUT)
            found |= set(pc.unique(plain.filter(pc.is_in(plain, value_set=wanted))).to_pylist())
    return found


def _said(plain: str, text: str, inside: Collection[str]) -> str:
    """A text without the names in it."""
    names = sorted((part for part in _parts(plain) if part in inside), key=len, reverse=True)
    if not names:
        return text
    return re.sub("|".join(map(re.escape, names)), lambda found: found[0][0] + "**", plain)
