"""How fresh each of a county's tables is: a word that lists, monitors and the office's month share."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from relapse.core.name_texts import table_called


@dataclass(frozen=True)
class Feed:
    """One table of a county as it stood at an as_of.

    Args:
        table: its name in the contract.
        title: what people call it.
        newest: label of the newest month in which it told something, empty where it never did.
        silent: months from then to the as_of.
        usual: the most months that passed so between two of its last reports, 0 of one that comes every month; None
            where it told too seldom for a rhythm.
    """

    table: str
    title: str
    newest: str
    silent: int
    usual: int | None

    @property
    def late(self) -> int:
        """Months by which it is later than it ever was lately; 0 where it is in time, or has no rhythm."""
        return 0 if self.usual is None else max(0, self.silent - self.usual)

    def called(self, language: str) -> str:
        """What people call it, in a language."""
        return table_called(self.table, self.title, language)

    def told(self) -> dict[str, Any]:
        """As it stands in a manifest or among figures."""
        return {**asdict(self), "late": self.late}
