"""The sheet that is gone through when the officer changes: 交接清单."""

from __future__ import annotations

from collections.abc import Mapping

from relapse.core.results import Language
from relapse.core.texts import text
from relapse.county.reports.pages import page

_PARTS: Mapping[str, Mapping[str, str]] = {  # by part and line, what stands there already: a template or a text
    "machine": {"computer": "", "folder": "{folder}", "start": "{start}", "schedule": "", "backup": "backup.value"},
    "data": {
        "tables": "{tables}", "inbox": "inbox", "outbox": "outputs/outbox", "feeds": "", "region": "region.value",
    },
    "key": {"key": "key.value", "copy": "", "rights": ""},
    "month": {"last": "", "out": "", "late": "", "objections": "", "version": ""},
}  # fmt: skip
_RULES = (1, 2, 3, 4)


def render(county: str, facts: Mapping[str, str], language: Language) -> bytes:
    """The sheet with what is known filled in; the rest is written by hand.

    Args:
        county: its name.
        facts: folder, tables, start, config.
        language: of the wording.
    """
    parts = [
        (
            text(f"handover.part.{part}", language),
            [(text(f"handover.{line}", language), _filled(told, facts, language)) for line, told in lines.items()],
        )
        for part, lines in _PARTS.items()
    ]
    return page("handover.html.j2", language, county=county, parts=parts, rules=_RULES)


def _filled(told: str, facts: Mapping[str, str], language: Language) -> str:
    if told.endswith(".value"):
        return text(f"handover.{told}", language, **facts)
    return told.format(**facts) if told.startswith("{") else told
