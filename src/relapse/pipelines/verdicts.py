"""The verdict on a version, kept for the lists to come: it belongs to county and version, and a new version clears it.

It lies in `paths.state`/monitor/COUNTY.json, and in the version's tags where there is a registry, so that others who
share it heed it too. Of several, that of the newest month holds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from relapse.core.errors import GateError, InputError
from relapse.core.panel import Panel
from relapse.core.protocols import Registry
from relapse.core.results import Language
from relapse.core.verdict_words import leading_reasons
from relapse.flows.listing import Origin
from relapse.flows.stopped import by_the_rule
from relapse.flows.version import Version
from relapse.monitors.verdict import STOP, VERDICTS, Verdict
from relapse.outputs import locked, write_all
from relapse.pipelines.common import WAIT_SECONDS, say

FOLDER = "monitor"
TAG, TAG_AS_OF, TAG_TOLD = "verdict", "verdict_as_of", "verdict_told"
AfterStop = Literal["refuse", "rule", "go_on"]


@dataclass(frozen=True)
class Kept:
    """A verdict as it was kept.

    Args:
        as_of: label of the month of the monitor.
        verdict: `name` and `reasons`, as `monitors.verdict.Verdict.told` gives them.
    """

    as_of: str
    verdict: Mapping[str, Any]

    @property
    def stops(self) -> bool:
        """Whether the version makes no more lists."""
        return bool(self.verdict["name"] == STOP)


def keep_verdict(state: Path, county: str, digest: str, as_of: str, verdict: Verdict) -> None:
    """Keep the verdict of a month on a version, instead of one of the same month.

    Raises:
        InputError: the file is damaged.
    """
    with locked(state / FOLDER, WAIT_SECONDS, say):
        every = _read(state, county)
        mine = {**every.get(digest, {}), as_of: verdict.told()}
        every[digest] = dict(sorted(mine.items()))
        content = json.dumps(dict(sorted(every.items())), indent=1, ensure_ascii=False)
        write_all(state / FOLDER, {f"{county}.json": f"{content}\n".encode()})


def kept_verdicts(state: Path, county: str, digest: str) -> list[Kept]:
    """The verdicts on a version, by month; none where it was not watched yet.

    Raises:
        InputError: the file is damaged.
    """
    return [Kept(as_of, told) for as_of, told in sorted(_read(state, county).get(digest, {}).items())]


def tags_of(as_of: str, verdict: Verdict) -> dict[str, str]:
    """The same as tags of a version."""
    told = json.dumps(verdict.told(), ensure_ascii=False)
    return {TAG: verdict.name, TAG_AS_OF: as_of, TAG_TOLD: told if len(told) <= 4000 else ""}


def in_force(
    state: Path, registry: Registry, panel: Panel, version: Version, origin: Origin, period: int
) -> Kept | None:
    """The verdict that holds for a list: the newest one, unless it is of a month after the list's.

    Args:
        state: folder of the state.
        registry: asked where the version stands in it.
        panel: of the county.
        version: as it was opened.
        origin: of it.
        period: month of the list.
    """
    found = kept_verdicts(state, panel.name, version.digest)
    if origin.number:
        tags = registry.tags(panel.name, origin.number)
        if tags.get(TAG) in VERDICTS and tags.get(TAG_AS_OF):
            told = json.loads(tags.get(TAG_TOLD) or "null") or {"name": tags[TAG], "reasons": []}
            found.append(Kept(tags[TAG_AS_OF], told))
    held = [each for each in found if panel.calendar.parse(each.as_of) <= period]
    return max(held, key=lambda each: panel.calendar.parse(each.as_of)) if held else None


def heed(
    version: Version, origin: Origin, kept: Kept | None, after_stop: AfterStop, language: Language
) -> tuple[Version, Origin]:
    """The version that orders the list, and what the list says of it.

    Raises:
        GateError: the version was stopped, and nobody said to go on.
    """
    if kept is None or not kept.stops:
        return version, origin
    why = leading_reasons(kept.verdict, language)
    stopped = replace(origin, stopped=after_stop, when=kept.as_of, why=why, digest=version.digest)
    if after_stop == "rule":
        return by_the_rule(version, kept.as_of), stopped
    if after_stop == "go_on":
        return version, stopped
    raise GateError(
        f"`relapse monitor` stopped this version at {kept.as_of}: {leading_reasons(kept.verdict, 'en')} Bring what is "
        f"missing and run `relapse monitor` again, or train and promote another version; until then after_stop=rule "
        f"orders the list by the plain rule, and after_stop=go_on by this version all the same (the list says so)"
    )


def _read(state: Path, county: str) -> dict[str, dict[str, Any]]:
    """By digest and month."""
    file = state / FOLDER / f"{county}.json"
    if not file.is_file():
        return {}
    try:
        told = json.loads(file.read_bytes())
        every = [each for by_month in told.values() for each in by_month.values()]
        whole = all({"name", "reasons"} <= set(each) and each["name"] in VERDICTS for each in every)
    except (ValueError, AttributeError, TypeError):
        whole = False
    if not whole:
        raise InputError(f"{file} is damaged: delete it and run `relapse monitor` again")
    return dict(told)
