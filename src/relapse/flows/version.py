"""A version: what was fitted, on which data, as of when; a folder of text and JSON that any machine can read again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, cast

import numpy as np
import pandas as pd
from omegaconf import OmegaConf

from relapse.core.catalogue import Feature, FeatureTable
from relapse.core.errors import InputError
from relapse.core.forecast import HazardForecast
from relapse.core.instantiate import instantiate
from relapse.core.panel import Line, Panel
from relapse.core.parts import Numbered, Whole
from relapse.core.recipe import describe
from relapse.core.results import Language
from relapse.core.rows import Unit
from relapse.core.sensitive import Sensitive
from relapse.core.texts import text
from relapse.explanation.contributions import Contributions
from relapse.explanation.reasons import MOST_REASONS, reasons
from relapse.flows.fit import TOO_FEW_TO_CHECK, Calibration, Fit, HazardModel, beside_rule
from relapse.flows.rows import FeatureBlock, Task, make_unit
from relapse.flows.streamed import Chosen, shown, units_of, whole_unit
from relapse.model.blend import Blend, restore_blend
from relapse.outcome.label.labels import Kind, Outcome

FORMAT = 2  # of the files of a version; a reader refuses others
REASONS = tuple(f"reason_{place}" for place in range(1, MOST_REASONS + 1))
SUMS = "sums.json"  # SHA-256 of every other file: LightGBM ends the whole process when its text is cut short


@dataclass(frozen=True)
class Facts:
    """What a version says of itself; nothing of any household.

    Args:
        format: of the files.
        relapse: version of the package that made it.
        panel: name of the panel.
        data_digest: SHA-256 of the input.
        as_of: label of the period; nothing that became known later was used.
        outcome, kind: what is forecast, and how (`first_entry` or `at_horizon`).
        horizons, leads: periods ahead that are reported, that are modelled.
        frequency, window: of the panel.
        model: what orders the list: the model's name, or the rule's where the version fell back.
        share: of the model in the margin.
        fallback, details, gain: why (see `flows.fit.Evidence`).
        places: whether model and rule were held against each other in other villages, not at later origins.
        events, households, origins: that it was fitted on (origins: first and last label).
        simulated: whether the data are.
        seed: of all that was drawn.
        sensitive: groups of sensitive data that its features tell of.
        money: unit of money of the panel.
    """

    format: int
    relapse: str
    panel: str
    data_digest: str
    as_of: str
    outcome: str
    kind: Kind
    horizons: tuple[int, ...]
    leads: tuple[int, ...]
    frequency: str
    window: int
    model: str
    share: float
    fallback: str
    details: Mapping[str, str]
    gain: Mapping[str, float]
    events: int
    households: int
    origins: tuple[str, str]
    simulated: bool
    seed: int
    sensitive: tuple[str, ...] = ()  # versions of before had no such features
    money: str = "yuan"  # versions of before did not say
    places: bool = False  # nor this

    def held_where(self, language: Language) -> tuple[str, ...]:
        """A sentence where model and rule were compared in other villages; none where at later origins, or not."""
        compared = self.places and self.fallback != TOO_FEW_TO_CHECK
        return (text("held.places", language),) if compared else ()


@dataclass(frozen=True, eq=False)
class Version:
    """A fitted, calibrated version.

    Args:
        facts: see `Facts`.
        recipe: settings of line, label, features, split, model, rule and calibration, each with its `_target_`.
        entries: the catalogue of its features that are the same at every lead.
        lead_entries: of those that differ by lead, for each household or for all alike.
        hazard: the fitted parts.
        figures: what lists print above themselves: figures of the backtest at the list's length, by horizon.
    """

    facts: Facts
    recipe: Mapping[str, Any]
    entries: tuple[Feature, ...]
    lead_entries: tuple[Feature, ...]
    hazard: Blend
    figures: Mapping[str, Any] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 over the files: equal data, config, seed and code give an equal digest."""
        return content_digest(self.files())

    def files(self) -> dict[str, bytes]:
        """The whole version as text and JSON, by file name."""
        return dict(self._files)

    @cached_property
    def _files(self) -> Mapping[str, bytes]:  # asked for again and again: for the digest, the record, the folder
        catalogue = {
            "features": [asdict(entry) for entry in self.entries],
            "by_lead": [asdict(entry) for entry in self.lead_entries],
        }
        files = {
            "version.json": _json(asdict(self.facts)),
            "recipe.yaml": OmegaConf.to_yaml(OmegaConf.create(dict(self.recipe))).encode(),
            "catalogue.json": _json(catalogue),
            "figures.json": _json(self.figures),
            **self.hazard.dump(),
        }
        return {**files, SUMS: _json(sums_of(files))}

    def features(self, allowed: Sequence[str] = ()) -> dict[str, FeatureBlock]:
        """The feature blocks it was fitted with; user-made ones must be on the allow-list."""
        return cast("dict[str, FeatureBlock]", instantiate(self.recipe["features"], allowed))

    @property
    def harmful(self) -> bool:
        """Whether what it forecasts is likelier the poorer a household is."""
        return self.outcome.harmful

    def line(self, allowed: Sequence[str] = ()) -> Line:
        """The line it was fitted with."""
        return cast("Line", instantiate(self.recipe["line"], allowed))

    @property
    def sensitive(self) -> Sensitive | None:
        """What its features may not read; None where nothing was closed when it was made."""
        said = self.recipe.get("sensitive")
        return None if said is None else cast("Sensitive", instantiate(said))

    @property
    def outcome(self) -> Outcome:
        """What it forecasts, as it was taken on the panel it was fitted on."""
        return cast("Outcome", instantiate(self.recipe["label"]))

    @property
    def gap(self) -> int:
        """Periods between an as_of and the first lead."""
        return int(self.recipe["split"]["gap"])

    @property
    def is_rule(self) -> bool:
        """Whether the plain rule orders its lists: its own, or one that was asked for as the model."""
        same = self.recipe["model"]["_target_"] == self.recipe["rule"]["_target_"]
        return same or self.hazard.model is None or self.hazard.share == 0

    def unit(
        self,
        panel: Panel,
        as_of: int,
        features: Mapping[str, FeatureBlock],
        chosen: Chosen | None = None,
    ) -> Unit:
        """The households at risk at an as_of, with the version's features.

        Args:
            panel: that is asked.
            as_of: period.
            features: of the version.
            chosen: says of (n,) ids of the households at risk which are wanted; None for all.
        """
        shown = panel if self.sensitive is None else self.sensitive.on(panel)
        known, leads = shown.as_of(as_of), np.array(self.facts.leads, np.int32)
        risk = None
        if chosen is not None:
            risk = self.outcome.at_risk(known).copy()
            places = np.flatnonzero(risk)
            risk[places[~chosen(panel.household_ids[known.observed[places]])]] = False
        return make_unit(known, self.outcome, features, leads, self.gap, risk=risk)

    def forecast_features(self, frame: pd.DataFrame, language: Language | None = None) -> pd.DataFrame:
        """Forecasts from feature rows, as the registered model takes them.

        Args:
            frame: one row a household, a column for each name of `feature_names`; missing columns count as not known.
            language: of the reasons; without one they are not told.

        Returns:
            (rows,) `score` at the longest horizon, `chance_<h>` for each horizon, and `reason_1` to `reason_3`: what
            raised the score most, strongest first; empty where there is no more to say.
        """
        unit, longest = self._unit_of(frame), max(self.facts.horizons)
        forecast = self.hazard.forecast(unit)
        chances = {f"chance_{horizon}": forecast.risk(horizon) for horizon in self.facts.horizons}
        told = pd.DataFrame({"score": forecast.score(longest), **chances}, index=frame.index)
        if language is None:
            return told
        said = self._reasons(unit, longest, language)
        return told.assign(**{name: [each[place] for each in said] for place, name in enumerate(REASONS)})

    def _reasons(self, unit: Unit, horizon: int, language: Language) -> list[tuple[str, ...]]:
        """(rows,) as many texts as a list tells, the last ones empty; no sentence speaks for a removal."""
        if not (self.harmful and len(unit.members)):
            return [("",) * MOST_REASONS] * len(unit.members)
        place = int(np.flatnonzero(unit.leads == horizon)[0])
        added = Contributions.of(unit.entries, self.hazard.contributions(unit, horizon))
        values = unit.matrix(place).astype(np.float64)
        said = reasons(added, values, self.facts.money, language, self.facts.frequency)
        return [(*each, *[""] * (MOST_REASONS - len(each))) for each in said]

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Columns of `forecast_features`: features, and those that differ by lead once a lead (`name__lead_k`)."""
        by_lead = (f"{entry.name}__lead_{lead}" for lead in self.facts.leads for entry in self.lead_entries)
        return (*(entry.name for entry in self.entries), *by_lead)

    def example(self) -> pd.DataFrame:
        """Made-up feature rows: two of plain numbers, and one of which nothing is known."""
        names = list(self.feature_names)
        return pd.DataFrame([[0.5] * len(names), [0.1] * len(names), [np.nan] * len(names)], columns=names)

    def _unit_of(self, frame: pd.DataFrame) -> Unit:
        rows, leads = len(frame), len(self.facts.leads)
        told = frame.reindex(columns=list(self.feature_names)).to_numpy(dtype=np.float32, na_value=np.nan)
        fixed = len(self.entries)
        by_lead = told[:, fixed:].reshape(rows, leads, len(self.lead_entries)) if self.lead_entries else None
        table = FeatureTable(self.entries, told[:, :fixed], self.lead_entries, by_lead)
        places = np.arange(rows, dtype=np.int32)
        return Unit(0, places, places.astype(object), places, np.array(self.facts.leads, np.int32), table)


@dataclass(frozen=True, eq=False)
class Forecast:
    """What a version says of the households at risk at an as_of.

    Args:
        unit: the households and their features.
        hazard: margins and chances by lead.
    """

    unit: Unit
    hazard: HazardForecast


def make_version(
    task: Task,
    line: Line,
    model: HazardModel,
    rule: HazardModel,
    calibration: Calibration,
    as_of: int,
    fit: Fit,
    package: str,
) -> Version:
    """The version of a fit, with all that is needed to make it again, and the fitted rule for when it is stopped."""
    panel = task.panel
    label = panel.calendar.label
    unit = task.unit(as_of)
    facts = Facts(
        FORMAT,
        package,
        panel.name,
        panel.digest,
        label(as_of),
        task.outcome.outcome,
        task.kind,
        task.horizons,
        tuple(int(lead) for lead in task.leads),
        panel.calendar.frequency,
        panel.window,
        rule.name if fit.hazard.share == 0 else model.name,
        fit.hazard.share,
        fit.evidence.reason,
        fit.evidence.details,
        {str(horizon): gain for horizon, gain in fit.evidence.gain.items()},
        fit.events,
        fit.households,
        (label(fit.origins[0]), label(fit.origins[-1])),
        panel.simulated,
        task.seed,
        tuple(sorted({entry.sensitive for entry in unit.table.every_entry} - {""})),
        panel.money,
        fit.evidence.places,
    )
    parts = {
        "line": line,
        "label": task.outcome,
        "features": dict(task.features),
        "split": task.split,
        "model": model,
        "rule": rule,
        "calibration": calibration,
        "sensitive": task.sensitive,
    }
    recipe = {name: describe(part) for name, part in parts.items() if part is not None}
    by_lead = (*unit.table.lead_entries, *unit.table.common_entries)
    hazard = beside_rule(task, fit.hazard, model, rule, calibration, as_of)
    return Version(facts, recipe, unit.table.entries, by_lead, hazard)


def restore_version(files: Mapping[str, bytes], allowed: Sequence[str] = ()) -> Version:
    """A version from its files; runs no code of theirs.

    Raises:
        InputError: files are missing, damaged, or of another format.
    """
    try:
        facts = json.loads(files["version.json"])
        if facts["format"] != FORMAT:
            newer = facts["format"] > FORMAT
            what = "install the newer relapse-forecast" if newer else f"run `relapse train as_of={facts['as_of']}`"
            raise InputError(
                f"the version was written by relapse {facts['relapse']} in format {facts['format']}; "
                f"this one reads format {FORMAT}: {what}"
            )
        _check_sums(files)
        recipe = OmegaConf.to_container(OmegaConf.create(files["recipe.yaml"].decode()))
        catalogue, figures = json.loads(files["catalogue.json"]), json.loads(files["figures.json"])
        parts = instantiate({"model": recipe["model"], "rule": recipe["rule"]}, allowed)  # type: ignore[index,call-overload]
        hazard = restore_blend(files, parts["model"], parts["rule"])
        entries, by_lead = (tuple(Feature(**entry) for entry in catalogue[key]) for key in ("features", "by_lead"))
        lists = {key: tuple(facts[key]) for key in ("horizons", "leads", "origins", "sensitive") if key in facts}
        said = Facts(**{**facts, **lists})
    except InputError:
        raise
    except Exception as error:  # a damaged file can make any library raise anything
        raise InputError(
            f"this is no version of relapse, or a damaged one ({type(error).__name__}: {str(error)[:200]}); "
            f"export it again with `relapse train`"
        ) from error
    return Version(said, cast("Mapping[str, Any]", recipe), entries, by_lead, hazard, figures)


def sums_of(files: Mapping[str, bytes]) -> dict[str, str]:
    """SHA-256 of each file but the sums themselves, by name."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items() if name != SUMS}


def _check_sums(files: Mapping[str, bytes]) -> None:
    """Refuse files that are not those that were written.

    Raises:
        ValueError: names them.
    """
    wanted, found = json.loads(files[SUMS]), sums_of(files)
    wrong = sorted(name for name in wanted if found.get(name) != wanted[name])
    if wrong:
        raise ValueError(f"changed or missing: {', '.join(wrong[:3])}")


def unit_of_parts(
    version: Version, parts: Numbered, as_of: int, features: Mapping[str, FeatureBlock], chosen: Chosen
) -> Unit:
    """The households at risk at an as_of that are chosen, of a county in parts; the same as of the whole panel.

    Args:
        version: whose features they have.
        parts: of the county, or a whole panel.
        as_of: period.
        features: of the version.
        chosen: says of (n,) ids of the households at risk which are wanted.
    """
    if isinstance(parts, Whole):
        return version.unit(parts.panel, as_of, features, chosen)
    seen, leads = shown(parts, version.sensitive), np.array(version.facts.leads, np.int32)
    units = list(units_of(seen, as_of, version.outcome, features, leads, version.gap, chosen))
    if not units:  # nobody is at risk: no row, with all columns
        return version.unit(parts.part(0), as_of, features, lambda ids: np.zeros(len(ids), dtype=bool))
    return whole_unit(iter(units))


def check_fits(version: Version, panel: Panel) -> None:
    """Refuse a panel that a version cannot speak of.

    Raises:
        InputError: it is of another frequency, or sums incomes over another window.
    """
    fits = {
        "frequency": (version.facts.frequency, panel.calendar.frequency),
        "window": (version.facts.window, panel.window),
    }
    for what, (trained, given) in fits.items():
        if trained != given:
            raise InputError(f"the version was fitted with data.{what}={trained}, the data have {given}; use the same")


def forecast_at(version: Version, panel: Panel, as_of: int, features: Mapping[str, FeatureBlock]) -> Forecast:
    """What a version says at an as_of: the one way from a panel to a forecast.

    Raises:
        InputError: the panel does not fit the version.
    """
    check_fits(version, panel)
    unit = version.unit(panel, as_of, features)
    return Forecast(unit, version.hazard.forecast(unit))


def content_digest(files: Mapping[str, bytes]) -> str:
    """SHA-256 over names and contents in the order of the names."""
    summed = hashlib.sha256()
    for name in sorted(files):
        summed.update(f"{name}\0{len(files[name])}\0".encode())
        summed.update(files[name])
    return summed.hexdigest()


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()
