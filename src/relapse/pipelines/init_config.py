"""The configs that `relapse init` writes, as YAML with a comment a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from relapse.core.contract import Contract
from relapse.core.results import Language
from relapse.core.texts import text
from relapse.data.propose import Proposal
from relapse.data.propose_county import CountyProposal, FileProposal

_NEEDED = ("household_id", "period", "income")
_USUAL = (*_NEEDED, "township", "village", "known_at")
_OPEN = "??????"  # refused until it is filled in; Hydra's own ??? would give way to the shipped empty region
_PLAIN = re.compile(r"[A-Za-z_][\w.]*")
_YAML_WORDS = ("y", "n", "yes", "no", "on", "off", "true", "false", "null")
_LIST_LENGTH, _YEAR_ENDS_IN = 300, 9  # those of conf/data/county.yaml, shown so that an office sees what it may change


def panel_config(name: str, path: str, proposal: Proposal | None, language: Language) -> bytes:
    """The config of a panel, with what is proposed filled in and what is open marked `???`."""
    told = proposal or Proposal({role: role for role in _USUAL}, "monthly", ())
    columns = {role: told.columns.get(role, "") for role in _NEEDED} | dict(told.columns)
    lines = [
        f"# {text('init.confirm', language)}",
        "defaults:",
        "  - panel",
        "  - _self_",
        "",
        f"path: {quoted(path)}",
        f"name: {_scalar(name)}",
        f"frequency: {told.frequency or '???'}",
        "",
        "columns:",
        *(f"  {role}: {_scalar(column) if column else '???'}" for role, column in columns.items()),
        "",
        f"exclude: []  # {text('init.others', language)}: {_comment(', '.join(told.others)) or '-'}",
    ]
    return _written(lines)


def county_config(
    name: str, tables: Path, proposal: CountyProposal | None, contract: Contract, language: Language
) -> bytes:
    """The config of a county: what an office must say, what it may change, and which column is which."""

    def said(key: str, **values: object) -> str:
        return text(f"init.county.{key}", language, **values)

    names = {key: table.zh[0] if language == "zh" else key for key, table in contract.tables.items()}
    delays = ", ".join(f"{names[key]} {table.months_to_know}" for key, table in contract.tables.items())
    lines = [
        f"# {said('head')}",
        f"defaults:  # {said('defaults')}",
        "  - county",
        "  - _self_",
        "",
        f"path: {quoted(str(tables))}  # {said('path')}",
        f"name: {_scalar(name)}  # {said('name')}",
        f'region: "{_OPEN}"  # {said("region")}',
        f"list_length: {_LIST_LENGTH}  # {said('list_length')}",
        f"year_ends_in: {_YEAR_ENDS_IN}  # {said('year_ends_in')}",
        f"delays: {{}}  # {said('delays', told=delays)}",
        f"key_file: null  # {said('key_file', name=name)}",
        "",
        *_columns({} if proposal is None else proposal.columns, language),
    ]
    if proposal is not None:
        lines += ["", f"# {said('files')}", *_files(proposal, contract, language)]
    return _written(lines)


def _columns(columns: Mapping[str, Mapping[str, str]], language: Language) -> list[str]:
    about = text("init.county.columns", language)
    if not columns:
        return [f"columns: {{}}  # {about}; {text('init.county.none', language)}"]
    confirm = text("init.county.confirm", language)
    lines = [f"columns:  # {about}"]
    for table, fields in columns.items():
        lines.append(f"  {table}:")
        lines += [f"    {field}: {quoted(header)}  # {confirm}" for field, header in fields.items()]
    return lines


def _files(proposal: CountyProposal, contract: Contract, language: Language) -> Iterator[str]:
    for file in proposal.files:
        yield "#"
        yield from (f"# {_comment(line)}" for line in _file(file, contract, language))
    for name, why in proposal.unknown:
        told = why or text("init.county.why_unknown", language)
        yield f"# {_comment(text('init.county.unknown', language, file=name, why=told))}"


def _file(file: FileProposal, contract: Contract, language: Language) -> Iterator[str]:
    def said(key: str, **values: object) -> str:
        return text(f"init.county.{key}", language, **values)

    what = (contract.exports if file.export else contract.tables)[file.name]
    yield said("file", file=file.path.name, what=what.zh[0] if language == "zh" else what.meaning, name=file.name)
    if file.rename:
        yield said("rename", file=file.path.name, to=file.rename)
    if file.earlier:
        yield said("earlier", count=file.earlier)
    if file.empty:
        yield said("empty")
    for table, field in file.missing:
        yield said("missing", header=contract.tables[table].fields[field].zh[0], field=f"{table}.{field}")
    if any(file.taken.values()):
        yield said("taken")
    for table, fields in file.taken.items():
        for field, header in fields.items():
            told = contract.tables[table].fields[field]
            yield f"  {header} → {table}.{field}: {told.zh[0] if language == 'zh' else told.meaning}"
    if file.ignored:
        yield said("ignored", count=len(file.ignored), headers=", ".join(file.ignored))


def quoted(value: str) -> str:
    r"""A text as YAML that Hydra takes as it stands: quoted, and `${` no interpolation.

    Example:
        >>> quoted("it's"), quoted("${x}")
        ("'it''s'", "'\\${x}'")
    """
    kept = re.sub(r"(\\*)\$\{", lambda found: found[1] * 2 + "\\${", value)
    return "'" + kept.replace("'", "''") + "'" if kept.isprintable() else json.dumps(kept)


def _scalar(value: str) -> str:
    """A plain name as it stands, all else quoted: YAML has its own ideas of `1` and `no`."""
    return value if _PLAIN.fullmatch(value) and value.lower() not in _YAML_WORDS else quoted(value)


def _comment(words: str) -> str:
    """One line of signs that YAML allows, whatever a header or a file's name holds."""
    return "".join(sign if sign.isprintable() else "?" for sign in words)


def _written(lines: Sequence[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")
