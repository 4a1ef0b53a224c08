"""A model beside the rule it has to beat: their margins mixed by how far later origins bear the model out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from relapse.core.forecast import HazardForecast, Kinds
from relapse.core.rows import Unit
from relapse.model.calibration.by_lead import LeadMaps
from relapse.model.kinds import FILE as KINDS
from relapse.model.kinds import FittedKinds, restored

Floats = NDArray[np.float64]


class FittedHazard(Protocol):
    """What every fitted model can do."""

    def margin(self, unit: Unit) -> Floats:
        """(n, leads) log-odds of the event at each lead, before calibration."""
        ...

    def contributions(self, unit: Unit, places: NDArray[np.intp]) -> Floats:
        """(n, entries + 1) shares of the mean margin over the leads at `places`; the last column is the base value."""
        ...

    def dump(self) -> Mapping[str, bytes]:
        """The fitted parts as text or JSON, by file name."""
        ...


@dataclass(frozen=True, eq=False)
class Blend:
    """A fitted hazard with its share against the rule, and its calibration.

    Args:
        model: the fitted model; None where the version is the rule.
        rule: the fitted rule, beside the model also where its share is none; None where a fit alone is asked.
        share: of the model in the margin; 0 is the rule, 1 the model.
        maps: from margin to chance by lead; None where the margin is its own log-odds (rules, regression).
        cumulative: whether the chances are hazards that add up over the leads.
        kinds: shares of kinds in the hazard; None where there is one kind.
        level_spread: relative standard deviation of the level of the chances; 0 where nothing is known of it.
    """

    model: FittedHazard | None
    rule: FittedHazard | None
    share: float
    maps: LeadMaps | None
    cumulative: bool
    kinds: FittedKinds | None = None
    level_spread: float = 0.0

    def forecast(self, unit: Unit) -> HazardForecast:
        """Margins and calibrated chances of a unit's households at each lead."""
        return self.calibrated(unit.leads, self.margin(unit), None if self.kinds is None else self.kinds.of(unit))

    def margin(self, unit: Unit) -> Floats:
        """(n, leads) log-odds of a unit's households before calibration."""
        return np.asarray(sum((share * part.margin(unit) for share, part in self._parts()), np.zeros(1)))

    def calibrated(self, leads: NDArray[np.int32], margin: Floats, kinds: Kinds | None = None) -> HazardForecast:
        """The forecast of margins.

        Args:
            leads: (leads,) periods ahead.
            margin: (n, leads) of `margin`.
            kinds: of which an entry can be, where that is wanted.
        """
        chance = expit(margin) if self.maps is None else self.maps.chance(margin)
        return HazardForecast(leads, margin, np.asarray(chance), self.cumulative, kinds, self.level_spread)

    def contributions(self, unit: Unit, horizon: int) -> Floats:
        """(n, entries + 1): with the base value (last column) they sum to the score that orders the list.

        Args:
            unit: households at risk.
            horizon: periods ahead; leads up to it count, or it alone where chances do not add up.
        """
        chosen = unit.leads <= horizon if self.cumulative else unit.leads == horizon
        places = np.flatnonzero(chosen)
        parts = [share * part.contributions(unit, places) for share, part in self._parts()]
        return np.asarray(sum(parts[1:], parts[0]))

    def dump(self) -> dict[str, bytes]:
        """All fitted parts as text and JSON, by file name."""
        said = {"share": self.share, "cumulative": self.cumulative, "level_spread": self.level_spread}
        files = {"blend.json": json.dumps(said).encode()}
        for folder, part in (("model", self.model), ("rule", self.rule)):
            if part is not None:
                files |= {f"{folder}/{name}": content for name, content in part.dump().items()}
        if self.maps is not None:
            files["calibration.json"] = self.maps.dump()
        if self.kinds is not None:
            files[KINDS] = self.kinds.dump()
        return files

    def _parts(self) -> list[tuple[float, FittedHazard]]:
        both = ((self.share, self.model), (1 - self.share, self.rule))
        return [(share, part) for share, part in both if part is not None and share > 0]


class Restorable(Protocol):
    """A recipe that makes its fitted model from files."""

    def restore(self, files: Mapping[str, bytes]) -> FittedHazard:
        """The fitted model from its files; runs no code of theirs."""
        ...


def restore_blend(files: Mapping[str, bytes], model: Restorable, rule: Restorable) -> Blend:
    """A blend from the files that `Blend.dump` left."""

    def inside(folder: str) -> dict[str, bytes]:
        return {name[len(folder) + 1 :]: content for name, content in files.items() if name.startswith(f"{folder}/")}

    said = json.loads(files["blend.json"])
    fitted = model.restore(inside("model")) if inside("model") else None
    ruled = rule.restore(inside("rule")) if inside("rule") else None
    maps = LeadMaps.restore(files["calibration.json"]) if "calibration.json" in files else None
    spread = said.get("level_spread", 0.0)  # blends of before did not tell
    return Blend(fitted, ruled, said["share"], maps, said["cumulative"], restored(files), spread)
