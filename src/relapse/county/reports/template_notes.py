"""What the sheet of notes of a template says: rules for the whole table, and a line a field."""

from __future__ import annotations

from collections.abc import Sequence

from relapse.core.contract import Field, Table
from relapse.core.results import Language
from relapse.core.texts import text, text_or

HEADS = ("field", "needed", "how", "unit", "allowed", "meaning", "other", "english")


def rules(table: Table, language: Language) -> list[str]:
    """Rules for the whole table."""
    kept = ["row", "header", "text"]
    kept += ["identity"] if any(field.access == "identity" for field in table.fields.values()) else []
    kept += ["known"] if "known_at" in table.fields else []
    meaning = table.zh[0] if language == "zh" else table.meaning
    return [text(f"template.rule.{rule}", language, meaning=meaning, months=table.months_to_know) for rule in kept]


def field_notes(name: str, field: Field, options: Sequence[str], language: Language) -> tuple[str, ...]:
    """The cells of a field's line, in the order of `HEADS`."""
    joint = "、" if language == "zh" else ", "
    needed = field.required and field.access == "identity"
    use = text("template.use.identity_needed" if needed else f"template.use.{field.access}", language)
    return (
        field.zh[0] if language == "zh" else name,
        text("template.needed", language) if field.required else "",
        text(f"template.how.{field.kind}", language) + (text("template.several", language) if field.several else ""),
        text_or(f"unit.{field.unit}", language, field.unit) if field.unit else "",
        joint.join(options) or _range(field, language),
        use if language == "zh" else f"{field.meaning} ({use})",
        joint.join(field.zh[1:] if language == "zh" else field.zh),
        name,
    )


def _range(field: Field, language: Language) -> str:
    if field.low is None or field.high is None:
        return ""
    return text("template.range", language, low=f"{field.low:,.0f}".replace(",", ""), high=f"{field.high:.0f}")
