"""What the data can tell best: official recognition where there is such a table, else the fall below the line."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from relapse.core.panel import Panel
from relapse.core.periods import Calendar
from relapse.core.recipe import STRICT
from relapse.core.recognitions import told_by
from relapse.outcome.label.below_line import FallBelowLine
from relapse.outcome.label.labels import Outcome
from relapse.outcome.label.recognition import CATEGORIES, Recognition


@dataclass(frozen=True, config=STRICT)
class Auto:
    """Chooses between two outcomes by what the panel tells; `on` gives the chosen one.

    Args:
        official: taken where the panel has recognitions, unless a regime cut lies before they had begun for a year.
        fall: taken else.
    """

    official: Recognition
    fall: FallBelowLine

    def on(self, panel: Panel, before: int | None) -> Outcome:
        """The outcome that the panel tells best; see `Outcome.on`."""
        if told_by(panel) and not self._too_early(before):
            return self.official.on(panel, before)
        return self.fall.on(panel, before)

    def _too_early(self, before: int | None) -> bool:
        """Whether a regime cut leaves less than a year of official recognitions to train on."""
        calendar = Calendar("monthly")
        begin = min(calendar.parse(self.official.begins[kind]) for kind in CATEGORIES)
        return before is not None and before < begin + calendar.per_year
