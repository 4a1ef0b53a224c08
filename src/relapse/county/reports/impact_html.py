"""The draft of an impact assessment of personal information: what the config tells, and what people must fill in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from relapse.core.contract import Table
from relapse.core.results import Language
from relapse.core.sensitive import ALL, Sensitive
from relapse.core.texts import text
from relapse.county.reports.pages import page

RISKS = ("missed", "disturbed", "exposed", "automatic", "unfair", "wrong", "other_use", "lost")


@dataclass(frozen=True)
class Impact:
    """What the config tells.

    Args:
        county, region: name and administrative code.
        simulated: whether the data are.
        tables: of the county's contract.
        folder: in which they lie.
        horizon: months ahead of the list.
        visits: households to visit in a month, a count or a share.
        reply_days: within which a household is answered.
        keep_months: until lists are deleted.
        keeps_key: whether the county keeps a key of its pseudonyms.
        sensitive: which groups of sensitive data features may read.
    """

    county: str
    region: str
    simulated: bool
    tables: Mapping[str, Table]
    folder: str
    horizon: int
    visits: str
    reply_days: int
    keep_months: int
    keeps_key: bool
    sensitive: Sensitive


def render(impact: Impact, language: Language) -> bytes:
    """The draft, to be printed, completed and signed."""
    return page(
        "impact.html.j2",
        language,
        impact=impact,
        marks=text("mark.simulated", language) if impact.simulated else "",
        tables=_tables(impact, language),
        groups=_groups(impact.sensitive, language),
        risks=[(text(f"impact.risk.{risk}", language), text(f"impact.guard.{risk}", language)) for risk in RISKS],
        key=text("impact.key.kept" if impact.keeps_key else "impact.key.none", language),
        never=text("cell.and", language).join(_titles(impact, language)),
        open=text("impact.open", language),
    )


def _tables(impact: Impact, language: Language) -> list[tuple[str, int, str]]:
    """Name of each table, number of its fields, and those that name somebody."""
    told = []
    for name, table in impact.tables.items():
        named = [
            field.zh[0] if language == "zh" else key
            for key, field in table.fields.items()
            if field.access == "identity"
        ]
        told.append((table.zh[0] if language == "zh" else name, len(table.fields), _joined(named, language)))
    return told


def _groups(sensitive: Sensitive, language: Language) -> list[tuple[str, str, str]]:
    """Name of each sensitive group, whether the model may read it, and what for."""
    return [
        (
            text(f"impact.group.{name}", language),
            text("impact.allowed" if group.allowed else "impact.closed", language),
            text(f"impact.need.{name}", language) if language == "zh" else group.need,
        )
        for name, group in sensitive.groups.items()
    ]


def _titles(impact: Impact, language: Language) -> list[str]:
    """What no feature may ever read, as the files call it."""
    titles = []
    for each in impact.sensitive.never:
        table, _, field = each.partition(".")
        known = impact.tables[table].fields if table in impact.tables else {}
        titles.append(known[field].zh[0] if language == "zh" and field != ALL and field in known else each)
    return titles


def _joined(names: list[str], language: Language) -> str:
    return text("cell.and", language).join(names) or text("impact.nobody", language)
