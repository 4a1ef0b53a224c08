"""`line=auto`: the monitoring line of the region where the panel names one, else a share of the median."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from relapse.core.panel import Floats, Histories, Panel
from relapse.core.recipe import STRICT
from relapse.outcome.line.county import County
from relapse.outcome.line.relative import Relative


@dataclass(frozen=True, config=STRICT)
class Auto:
    """Chooses between two lines by what the panel tells.

    Args:
        county: for a panel with a region, or with tables of a county.
        relative: for any other.
    """

    county: County
    relative: Relative

    def values(self, known: Histories) -> Floats:
        """The line at each lag; see `core.panel.Line`.

        Raises:
            InputError: as the chosen line.
        """
        return self.on(known.view.panel).values(known)

    def on(self, panel: Panel) -> County | Relative:
        """The line that a panel gets."""
        return self.county if panel.region or panel.tables else self.relative
