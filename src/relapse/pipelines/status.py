"""`relapse status`: one screen on how the office's month stands."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from relapse.core.errors import InputError
from relapse.core.periods import Calendar
from relapse.core.protocols import Data
from relapse.core.results import Language
from relapse.core.texts import text
from relapse.core.verdict_words import leading_reasons
from relapse.county.reports.monitor_html import feed_lines
from relapse.data.county_folder import CountyFolder
from relapse.data.pseudonyms import key_state
from relapse.outputs import Folder, Paths
from relapse.pipelines.issued import Issued, issued_lists, place_of
from relapse.pipelines.verdicts import kept_verdicts
from relapse.registry.glance import champion_at_a_glance
from relapse.registry.mlflow_store import MlflowStore

_MONTHS = Calendar("monthly")
_NAMES = 5  # files of the inbox, and townships, that are named; the rest is counted
_IGNORED = (".", "~$", "README")


def status(data: Data, registry: MlflowStore, inbox: Folder, paths: Paths, language: Language) -> None:
    """Say on one screen how things stand: last list, what was not handed back, tables, version, key. Changes nothing.

    Examples:
        relapse status
        relapse status --config-dir mycounty/conf data=mycounty language=en
    """
    issued = issued_lists(paths.outputs / "lists" / data.panel_name)
    last = issued[-1] if issued else None
    lines = [
        ("county", place_of(issued, data.panel_name)),
        ("list", _last_list(last, language)),
        ("handed_back", _handed_back(data, last, language)),
        ("inbox", _waiting(inbox, language)),
        ("version", _version(registry, data.panel_name, language)),
        ("verdict", _verdict(registry, data.panel_name, last, paths, language)),
        ("key", _key(data, language)),
    ]
    for name, said in lines:
        print(f"{text(f'status.{name}', language)}{text('status.colon', language)}{said}")  # noqa: T201
    for line in _tables(last, language):
        print(line)  # noqa: T201


def _last_list(last: Issued | None, language: Language) -> str:
    if last is None:
        return text("status.list.none", language)
    told = last.manifest
    reviewed = text("status.reviewed" if told["reviewed"] else "mark.unreviewed", language)
    return text(
        "status.list.value", language, as_of=last.as_of, edition=last.edition, listed=f"{told['listed']:,}",
        visit=f"{told['tiers'].get('visit', 0):,}", reviewed=reviewed, folder=last.folder,
    )  # fmt: skip


def _handed_back(data: Data, last: Issued | None, language: Language) -> str:
    """Rows of the last list with a visit, and the townships that have handed back none."""
    if last is None:
        return text("status.list.none", language)
    rows = last.rows()
    if "clue_id" not in rows or not isinstance(data, CountyFolder):
        return text("status.handed_back.unknown", language)
    kept = Path(data.path).expanduser() / "feedback" / "visits.parquet"
    known = set(pc.unique(pq.read_table(kept, columns=["clue_id"])["clue_id"]).to_pylist()) if kept.is_file() else set()
    back = rows["clue_id"].isin(known)
    silent = sorted(set(rows["township"]) - set(rows.loc[back, "township"]))
    told = text(
        "status.handed_back.value", language, back=f"{int(back.sum()):,}", listed=f"{len(rows):,}", silent=len(silent)
    )
    return told + _named(silent, language)


def _waiting(inbox: Path, language: Language) -> str:
    if not inbox.is_dir():
        return text("status.inbox.none", language, folder=inbox)
    names = sorted(path.name for path in inbox.iterdir() if path.is_file() and not path.name.startswith(_IGNORED))
    return text("status.inbox.value", language, count=len(names)) + _named(names, language)


def _named(names: list[str], language: Language) -> str:
    if not names:
        return ""
    more = "…" if len(names) > _NAMES else ""
    return text("status.named", language, names=text("cell.and", language).join(names[:_NAMES]) + more)


def _version(registry: MlflowStore, name: str, language: Language) -> str:
    uri = registry.tracking_uri()
    if not uri.startswith("sqlite"):
        return text("status.version.server", language)
    found = champion_at_a_glance(uri, name)
    if found is None:
        return text("status.version.none", language)
    reviewed = text("status.reviewed" if found.reviewed else "mark.unreviewed", language)
    return text("status.version.value", language, number=found.number, digest=found.digest[:12], reviewed=reviewed)


def _verdict(registry: MlflowStore, name: str, last: Issued | None, paths: Paths, language: Language) -> str:
    """What the last monitor said of the champion; without a registry, of the version that made the last list."""
    found = champion_at_a_glance(registry.tracking_uri(), name)
    digest = found.digest if found is not None else str(last.manifest.get("version_digest", "")) if last else ""
    try:
        kept = kept_verdicts(paths.state, name, digest)
    except InputError as error:
        return str(error)
    if not kept:
        return text("status.verdict.none", language)
    word = text(f"watch.verdict.{kept[-1].verdict['name']}", language)
    why = leading_reasons(kept[-1].verdict, language)
    return text("status.verdict.value", language, verdict=word, as_of=kept[-1].as_of, why=why)


def _key(data: Data, language: Language) -> str:
    place = data.key_place if isinstance(data, CountyFolder) else None
    if place is None:
        return text("status.key.own", language)
    try:
        state = key_state(place)
    except InputError as error:
        return str(error)
    if state.lost:
        word = "lost"
    elif not state.there:
        word = "new"
    elif not state.same:
        word = "other"
    else:
        word = "copied" if state.copied else "not_copied"
    return text(f"status.key.{word}", language, file=place.path)


def _tables(last: Issued | None, language: Language) -> Iterator[str]:
    """A line a table: how fresh it was for the last list, and how old that is by the calendar."""
    if last is None or not last.manifest.get("feeds"):
        return
    today = datetime.date.today()  # a screen is no output
    this_month = today.year * 12 + today.month - 1
    yield text("status.tables", language, as_of=last.as_of)
    for title, newest, state, late in feed_lines(last.manifest["feeds"], language):
        told = re.fullmatch(r"\d{4}-\d{2}", newest)
        age = text("status.age", language, months=this_month - _MONTHS.parse(newest)) if told else ""
        yield f"  {'!' if late else ' '} {title}{text('status.colon', language)}{newest}{age} {state}"
