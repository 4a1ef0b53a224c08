"""`relapse score`: the list of an as_of, from the champion, a numbered version, or an exported folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from relapse.core.errors import InputError
from relapse.core.heads import NOBODY, Heads, NamesHeads
from relapse.core.parts import Numbered
from relapse.core.protocols import Auditor, Data, Registry
from relapse.core.recipe import PeriodText
from relapse.core.results import Language, RiskList
from relapse.core.texts import text
from relapse.county.reports import list_csv, list_html, list_xlsx, office_html, township_files
from relapse.county.reports.list_words import tiers
from relapse.county.risk_list.build import ListSettings
from relapse.flows.county_list import Office
from relapse.flows.listing import Origin, make_list
from relapse.flows.look import Looked, look
from relapse.flows.supplement import Before, supplement
from relapse.flows.version import Version, restore_version
from relapse.monitors.drift import in_bins
from relapse.monitors.feeds import feeds_from, parts_bearing_late_incomes
from relapse.outputs import Paths, locked, write_all
from relapse.pipelines.capacity_file import capacity_table
from relapse.pipelines.common import WAIT_SECONDS, chosen_period, open_existing, say
from relapse.pipelines.issued import MANIFEST, issued_lists
from relapse.pipelines.made_lists import remember
from relapse.pipelines.parts import opened_parts
from relapse.pipelines.previous_list import past_lists
from relapse.pipelines.verdicts import AfterStop, heed, in_force
from relapse.registry.aliases import CHALLENGER, CHAMPION
from relapse.terminal import Stages, closing_table


@dataclass(frozen=True, eq=False)
class Listed:
    """A list and where it lies.

    Args:
        risk_list: rows and head.
        folder: of its files.
        fresh: whether they were written now (False: the same list was there already).
    """

    risk_list: RiskList
    folder: Path
    fresh: bool


def score(
    data: Data,
    registry: Registry,
    version: PeriodText,
    audits: Auditor,
    risk_list: ListSettings,
    after_stop: AfterStop,
    paths: Paths,
    as_of: PeriodText | None,
    language: Language,
    allow_targets: list[str],
) -> None:
    """Make the list of households to look at first, with reasons in plain words.

    A line on it is a lead to check, never a finding. Equal content is written once; other content for the same period
    becomes a further edition beside it. A version that `relapse monitor` stopped makes none (status 3), unless
    after_stop=rule orders by its plain rule, or after_stop=go_on by itself; the list says so.

    Writes lists/NAME/PERIOD/: list.xlsx, list.html, list.csv, manifest.json; of a county also office.html, a page for
    the head of its office, and in townships/ a workbook and a page for each township, with its own rows alone.

    Examples:
        relapse score
        relapse score as_of=1986 language=en
        relapse score version=2 risk_list.length=100
        relapse score version=outputs/train/model
        relapse score after_stop=rule
    """
    stages = Stages()
    with locked(paths.outputs, WAIT_SECONDS, say), ExitStack() as stack:
        opened, origin = open_version(registry, data.panel_name, version, allow_targets)
        with stages.stage("read") as stage:
            parts = stack.enter_context(opened_parts(data, opened.line(allow_targets), paths))
            head = parts.part(0)
            period = chosen_period(head, as_of)
            parts = parts_bearing_late_incomes(parts, period)
            households = sum(len(parts.places(number)) for number in range(len(parts)))
            stage.say(panel=head.name, households=households, parts=len(parts), as_of=head.calendar.label(period))
        kept = in_force(paths.state, registry, head, opened, origin, period)
        opened, origin = heed(opened, origin, kept, after_stop, language)
        del head
        listed = score_stage(
            stages, data, parts, period, opened, origin, risk_list, audits, paths, language, allow_targets
        )
    close(listed)


def open_version(registry: Registry, name: str, version: str, allowed: Sequence[str]) -> tuple[Version, Origin]:
    """A version from the registry, or from an exported folder without MLflow.

    Raises:
        InputError: there is no such version or folder.
    """
    folder = Path(version).expanduser()
    if folder.is_dir():
        files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        try:
            return restore_version(files, allowed), Origin("", False)
        except InputError as error:
            raise InputError(f"version={version}: {error}") from error
    if "/" in version or "\\" in version:
        raise InputError(f"version={version}: no such folder; give champion, a number, or an exported version's folder")
    open_existing(registry)
    files = registry.files(name, version)
    aliases = {CHAMPION: registry.champion, CHALLENGER: registry.challenger}
    one = aliases[version](name) if version in aliases else None
    number = version if one is None else one.number
    return restore_version(files, allowed), Origin(number, registry.tags(name, number).get("reviewed") == "true")


def score_stage(
    stages: Stages,
    data: Data,
    parts: Numbered,
    period: int,
    version: Version,
    origin: Origin,
    settings: ListSettings,
    audits: Auditor,
    paths: Paths,
    language: Language,
    allowed: Sequence[str],
) -> Listed:
    """Forecast, rank, explain, write: a panel that is held whole is its only part."""
    with stages.stage("score") as stage:
        head = parts.part(0)
        issued = paths.outputs / "lists" / head.name
        before = past_lists(issued, head, period, 2 * settings.pooled_months, language)
        capacity = capacity_table(settings.capacity.file, period) if head.tables else {}
        office = Office(settings, data.list_length, before, capacity)
        looked = look(parts, period, version, version.features(allowed), audits, settings, before.draws)
        risk_list = with_freshness(make_list(looked, office, origin, language), looked)
        if head.tables:
            past = issued_before(issued, risk_list.head.as_of)
            beside = supplement(looked, risk_list, audits, past, settings.key(data.list_length))
            risk_list = replace(risk_list, supplement=beside)
        del looked
        stage.say(
            at_risk=risk_list.head.at_risk, listed=len(risk_list.rows), agreement=f"{risk_list.head.rank_agreement:.4f}"
        )
    with stages.stage("list") as stage:
        files = list_files(risk_list, heads_of(data, risk_list))
        folder, fresh = issue(issued / risk_list.head.as_of, files)
        if risk_list.head.county:
            remember(paths.state, head.name, folder)
        stage.say(folder=folder, written=fresh)
    return Listed(risk_list, folder, fresh)


def with_freshness(risk_list: RiskList, looked: Looked) -> RiskList:
    """The list that says how fresh a county's tables were and which are late, and how all chances lay."""
    head = risk_list.head
    feeds = feeds_from(looked.head, looked.as_of, looked.feeds)
    late = [
        text("feed.late", head.language, title=feed.called(head.language), newest=feed.newest, late=feed.late)
        for feed in feeds
        if feed.late
    ]
    chances = in_bins(looked.forecast.hazard.risk(head.horizon))
    return replace(risk_list, head=replace(head, assumed=(*head.assumed, *late), feeds=feeds, chances=chances))


def issued_before(lists: Path, as_of: str) -> Before:
    """Rows of all lists of earlier months, and what the newest edition of the last one says of itself.

    A list that is not as its manifest says counts as none.

    Args:
        lists: folder of the county's lists.
        as_of: month of the list that is made.
    """
    whole = [each for each in issued_lists(lists) if each.as_of < as_of and each.is_whole]
    rows = [each.rows().assign(month=each.as_of) for each in whole]
    if not rows:
        return Before()
    return Before(pd.concat(rows, ignore_index=True), whole[-1].manifest)


def heads_of(data: Data, risk_list: RiskList) -> Heads:
    """Who heads the households of a county's list, where its data can tell it; for the office's files alone."""
    if not (risk_list.head.county and isinstance(data, NamesHeads)):
        return NOBODY
    return data.heads(risk_list.households)


def list_files(risk_list: RiskList, heads: Heads) -> dict[str, bytes]:
    """The files of a list; the manifest, last, holds the hash of every other.

    Args:
        risk_list: knows households by their ids alone.
        heads: their names, for the workbook, and masked for the page; the CSV file has none.
    """
    head = risk_list.head
    files = {
        "list.csv": list_csv.render(risk_list),
        "list.html": list_html.render(risk_list, heads),
        "list.xlsx": list_xlsx.render(risk_list, heads),
        **township_files.render(risk_list, heads),
        **({"office.html": office_html.render(risk_list)} if head.county else {}),
    }
    manifest: Mapping[str, Any] = {
        "panel": head.panel,
        "place": head.place,
        "as_of": head.as_of,
        "horizon": head.horizon,
        "horizons": head.horizons,
        "model": head.model,
        "version_digest": head.digest,
        "data_digest": head.data_digest,
        "version": head.version,
        "reviewed": head.reviewed,
        **({"stopped": head.stopped} if head.stopped else {}),
        "simulated": head.simulated,
        "language": head.language,
        "at_risk": head.at_risk,
        "listed": len(risk_list.rows),
        "tiers": {tier: int((risk_list.rows["tier"] == tier).sum()) for tier in tiers(head)},
        **({"previous": {"as_of": head.previous, "digest": head.previous_digest}} if head.previous_digest else {}),
        "rank_agreement": round(head.rank_agreement, 6),
        **({"lines": risk_list.supplement.lines} if head.county else {}),
        "feeds": [feed.told() for feed in head.feeds],
        "chances": head.chances,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    return {**files, MANIFEST: (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode()}


def issue(first: Path, files: Mapping[str, bytes]) -> tuple[Path, bool]:
    """Write an edition; nothing issued is ever overwritten.

    Args:
        first: folder of the first edition; further ones lie in `edition-2/` … inside it.
        files: with a manifest.

    Returns:
        The folder that holds these files, and whether they were written now.
    """
    edition = 1
    while True:
        folder = first if edition == 1 else first / f"edition-{edition}"
        manifest = folder / MANIFEST
        if not manifest.is_file():
            changed = {} if edition == 1 else {"changes.json": changes(first, edition, files)}
            write_all(folder, {**changed, **files})
            return folder, True
        if manifest.read_bytes() == files[MANIFEST] and all((folder / name).is_file() for name in files):
            return folder, False
        edition += 1


def changes(first: Path, edition: int, files: Mapping[str, bytes]) -> bytes:
    """What differs from the edition before: keys of the manifest, old and new."""
    before = first if edition == 2 else first / f"edition-{edition - 1}"
    old, new = json.loads((before / MANIFEST).read_bytes()), json.loads(files[MANIFEST])
    told = {
        key: {"before": old.get(key), "now": new[key]} for key in new if new[key] != old.get(key) and key != "files"
    }
    return (json.dumps({"edition": edition, "changed": told}, indent=1, ensure_ascii=False) + "\n").encode()


def close(listed: Listed) -> None:
    """Where the list lies."""
    head = listed.risk_list.head
    note = "" if head.reviewed else "; the version is not reviewed, which every page says"
    say(f"{len(listed.risk_list.rows)} of {head.at_risk} households listed{note}")
    closing_table("", [], [], [(name, str(listed.folder / name)) for name in ("list.xlsx", "list.html", "list.csv")])
