"""The sealed copy of a county's key: one sheet to be printed, signed and kept apart from the computer."""

from __future__ import annotations

from collections.abc import Sequence

from relapse.core.results import Language
from relapse.county.reports.pages import page


def render(county: str, lines: Sequence[str], fingerprint: str, language: Language) -> bytes:
    """The sheet.

    Args:
        county: name of the county.
        lines: of the key, as `data.key_copy.copy_lines` gives them.
        fingerprint: by which the key is known again; tells nothing of it.
        language: of the wording.
    """
    return page("key.html.j2", language, county=county, lines=lines, fingerprint=fingerprint)
