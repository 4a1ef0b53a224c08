"""Alarms: a result that is too good to be a forecast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass
from scipy.stats import rankdata

from relapse.core.catalogue import Feature
from relapse.core.recipe import STRICT

Floats = NDArray[np.float64]


@dataclass(frozen=True, config=STRICT)
class LeakAlarm:
    """A single column that gives the outcome away.

    Args:
        margin: a column outside income and line that alone ranks better than the distance rule by more than this
            (ROC-AUC, lower end of its interval) is a leak until proven otherwise.
        bar_without_rule: ROC-AUC that takes the rule's place where distance to the line is no yardstick: for an outcome
            that does no harm.
        groups: of the catalogue whose columns are held against the rule.
        least_events: with fewer events nothing is said.

    Source:
        Bounds of the project's own (decision 0003): a rolling line is mechanical at short horizons, so the rule itself
        is the yardstick and no fixed ROC-AUC.
    """

    margin: Annotated[float, Field(ge=0, lt=0.5)]
    bar_without_rule: Annotated[float, Field(gt=0.5, lt=1)]
    groups: list[str]
    least_events: Annotated[int, Field(ge=1)]

    def check(
        self, entries: Sequence[Feature], values: Floats, rule: Floats, observed: Floats, *, harmful: bool
    ) -> tuple[str, ...]:
        """Names of the columns that give the outcome away.

        Args:
            entries: (columns,) catalogue entries.
            values: (n, columns) features at the origins.
            rule: (n,) score of the distance rule, higher is riskier.
            observed: (n,) 1.0 where the outcome came, 0.0 where not.
            harmful: whether the outcome is likelier the poorer a household is.

        Returns:
            One sentence a column, worst first; empty where all is well.
        """
        events = float((observed == 1).sum())
        if events < self.least_events or events == len(observed):
            return ()
        ruled = roc_auc(rule, observed)
        bar = ruled + self.margin if harmful else self.bar_without_rule
        found = []
        for place, entry in enumerate(entries):
            if entry.group not in self.groups or not entry.modelled:
                continue
            for what, alone in (("value", values[:, place]), ("blank", np.isnan(values[:, place]).astype(np.float64))):
                area = roc_auc(alone, observed)
                area = max(area, 1 - area)
                if area - 1.645 * auc_error(area, events, len(observed) - events) > bar:
                    found.append(
                        (
                            area,
                            f"column '{entry.name}' ({what}) alone has a ROC-AUC of {area:.3f}, "
                            f"the distance rule {ruled:.3f}: was it written after the event?",
                        )
                    )
        return tuple(sentence for _, sentence in sorted(found, reverse=True))


def roc_auc(score: Floats, observed: Floats) -> float:
    """ROC-AUC by ranks; a missing score counts as the mean of the known ones, ties as half."""
    known = ~np.isnan(score)
    filled = np.where(known, score, score[known].mean() if known.any() else 0.0)
    ranks = rankdata(filled)
    events = float((observed == 1).sum())
    others = len(observed) - events
    return float((ranks[observed == 1].sum() - events * (events + 1) / 2) / (events * others))


def auc_error(area: float, events: float, others: float) -> float:
    """Standard error of a ROC-AUC.

    Source:
        Hanley and McNeil (1982), Radiology 143:29-36.
    """
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    spread = area * (1 - area) + (events - 1) * (q1 - area**2) + (others - 1) * (q2 - area**2)
    return float(np.sqrt(spread / (events * others)))
