"""The Python interface: the functions that the commands call, with the defaults of `conf/`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd

from relapse import __version__, config
from relapse.core.errors import InputError
from relapse.core.panel import Line, Panel
from relapse.core.results import Language
from relapse.flows.assess import assess
from relapse.flows.backtest import backtest_origins, make_trials, test_origins, usable_origins
from relapse.flows.explain import contributions_of, part_of
from relapse.flows.fit import Calibration, fit_hazard
from relapse.flows.listing import ranks
from relapse.flows.rows import FeatureBlock, Task, make_task
from relapse.flows.version import Forecast, Version, forecast_at, make_version, restore_version
from relapse.outputs import write_all

RULE = "distance_to_line"
SEED = 1
HORIZONS = {12: (1, 3, 6, 12), 4: (1, 2, 4)}  # by periods in a year, as conf/data/ has them


@dataclass(frozen=True, eq=False)
class FittedVersion:
    """A fitted, calibrated version.

    Args:
        version: its parts.
    """

    version: Version

    @property
    def digest(self) -> str:
        """SHA-256 over its files: equal data, settings, seed and code give an equal digest."""
        return self.version.digest

    def save(self, folder: str | Path) -> None:
        """Write the version as a folder of text and JSON.

        Raises:
            InputError: the folder cannot be written.
        """
        write_all(Path(folder), self.version.files())

    def forecast(self, panel: Panel, as_of: str | int | None = None) -> pd.DataFrame:
        """The chance of each household at risk, riskiest first.

        Args:
            panel: with the version's frequency and window.
            as_of: a period; the last closed one by default.

        Returns:
            One row a household: household_id, score (orders the list), chance_<h> for each horizon; where hazards add
            up, expected_<h>: the period in which the entry is expected if it comes within the longest horizon; where an
            entry can be of several kinds, chance_<kind>_<h>, which add up to chance_<h>.

        Raises:
            InputError: the panel does not fit the version, or the period lies outside it.
        """
        forecast = forecast_at(self.version, panel, _period(panel, as_of), self._features())
        horizons = self.version.facts.horizons
        table = pd.DataFrame(
            {
                "household_id": forecast.unit.household_ids.astype(str),
                "score": forecast.hazard.score(max(horizons)),
                **{f"chance_{horizon}": forecast.hazard.risk(horizon) for horizon in horizons},
                **_expected(panel, forecast, max(horizons), int(self.version.recipe["split"]["gap"])),
                **{
                    f"chance_{kind}_{horizon}": forecast.hazard.risk_of(kind, horizon)
                    for kind in (forecast.hazard.kinds.names if forecast.hazard.kinds else ())
                    for horizon in horizons
                },
            }
        )
        return table.iloc[np.argsort(ranks(self.version, forecast, max(horizons)))].reset_index(drop=True)

    def explain(
        self, panel: Panel, as_of: str | int | None = None, households: Iterable[str] | None = None
    ) -> pd.DataFrame:
        """What each cause adds to the score of households at risk, in log-odds.

        Args:
            panel: with the version's frequency and window.
            as_of: a period; the last closed one by default.
            households: ids; all at risk by default.

        Returns:
            One row a household: household_id, score, base and a column for each group of features; base and groups sum
            to the score.

        Raises:
            InputError: a household is not at risk at that period.
        """
        forecast = forecast_at(self.version, panel, _period(panel, as_of), self._features())
        unit, horizon = forecast.unit, max(self.version.facts.horizons)
        places = _places(unit.household_ids, households)
        parts = contributions_of(self.version.hazard, part_of(unit, places), horizon)
        sums = pd.DataFrame(parts.by_group(), columns=list(parts.groups()))
        sums.insert(0, "base", parts.base)
        sums.insert(0, "score", forecast.hazard.score(horizon)[places])
        sums.insert(0, "household_id", unit.household_ids[places].astype(str))
        return sums

    def forecast_features(self, frame: pd.DataFrame, language: Language | None = None) -> pd.DataFrame:
        """Forecasts from feature rows, as the registered model takes them (see `flows.version.Version`)."""
        return self.version.forecast_features(frame, language)

    def _features(self) -> dict[str, FeatureBlock]:
        return self.version.features()


def read(source: str | Path, line: Line | str | float | None = None, **settings: Any) -> Panel:
    """A panel from a county's folder, from a file, or one that `conf/data/` names.

    Args:
        source: a folder with a county's tables, a name of `conf/data/` (such as `wage_panel`), or a CSV, Parquet or
            xlsx file.
        line: as in `panel`; of a county the monitoring line of its region by default.
        settings: of the file, as in `panel`; of a county those of `conf/data/county.yaml` (`region=` …).

    Raises:
        InputError: no such folder, file or name, or a fault that stops the work.
    """
    if Path(source).expanduser().is_dir():
        county = config.option("data", "county", path=str(source), **settings)
        return cast("Panel", county.read(config.option("line", "auto") if line is None else _line(line)))
    if str(source) in config.options("data"):
        return cast("Panel", config.option("data", str(source), **settings).read(_line(line)))
    return cast("Panel", _panel_file(str(source), settings).read(_line(line)))


def panel(frame: pd.DataFrame, line: Line | str | float | None = None, **settings: Any) -> Panel:
    """A panel from a table, one row a household and period.

    Args:
        frame: any long table.
        line: a number (money per person and window), the name of a column, `relative` (60 % of each period's median,
            the default), or a line object of `relapse.outcome.line`.
        settings: `household_id=`, `period=`, `income=` and the other columns of `conf/data/panel.yaml`, and its other
            settings (`frequency=`, `window=`, `exclude=` …; frequency is annual by default).

    Raises:
        InputError: a fault that stops the work.
    """
    return cast("Panel", _panel_file("panel", settings).of_frame(frame, _line(line)))


def backtest(
    panel: Panel,
    models: Sequence[str] = (RULE, "lgbm_hazard"),
    horizons: Sequence[int] | None = None,
    origins: Sequence[str] | None = None,
    seed: int = SEED,
) -> pd.DataFrame:
    """Models and baselines at rolling origins, on the same households with the same labels.

    Args:
        panel: of `read` or `panel`.
        models: names of `conf/model/`.
        horizons: periods ahead; those usual for the panel's frequency by default.
        origins: periods; rolling by default.
        seed: of everything drawn.

    Returns:
        The rows of `metrics.csv`.

    Raises:
        InputError: a horizon, an origin or a model that is not there, or too few events.
    """
    task = _task(panel, horizons, seed)
    rule, calibration = config.option("model", RULE), _calibration()
    chosen = {name: config.option("model", name) for name in models}
    asked = None if origins is None else [panel.calendar.parse(origin) for origin in origins]
    tested = usable_origins(task, rule, calibration, backtest_origins(task, asked))
    results = list(test_origins(task, chosen, rule, calibration, tested))
    trials = [trial for trial in make_trials(task, results) if len(trial.observed)]
    return assess(task, trials, config.option("evaluation", "default"), *_rule_and_main(list(chosen))).metrics


def train(
    panel: Panel,
    as_of: str | int | None = None,
    model: str = "lgbm_hazard",
    horizons: Sequence[int] | None = None,
    seed: int = SEED,
) -> FittedVersion:
    """A version fitted on all that was known at an as_of.

    Args:
        panel: of `read` or `panel`.
        as_of: a period; the last closed one by default.
        model: a name of `conf/model/`; where later origins do not bear it out, the version is the distance rule.
        horizons: periods ahead; those usual for the panel's frequency by default.
        seed: of everything drawn.

    Raises:
        InputError: a period, a horizon or a model that is not there, or too few events.
    """
    task = _task(panel, horizons, seed)
    rule, calibration = config.option("model", RULE), _calibration()
    recipe, period = config.option("model", model), _period(panel, as_of)
    fit = fit_hazard(task, recipe, rule, calibration, period)
    return FittedVersion(make_version(task, panel.line, recipe, rule, calibration, period, fit, __version__))


def load(folder: str | Path) -> FittedVersion:
    """A version from its folder; needs neither MLflow nor shap, and runs no code of the folder.

    Raises:
        InputError: it is no version, or a damaged or newer one.
    """
    root = Path(folder)
    if not root.is_dir():
        raise InputError(f"{folder} is no folder of a version; `version.save(folder)` writes one")
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}
    return FittedVersion(restore_version(files))


def _task(panel: Panel, horizons: Sequence[int] | None, seed: int) -> Task:
    label, features = config.option("label", "auto"), config.option("features", "default")
    split, audits = config.option("split", "rolling_origin"), config.option("audits", "national")
    asked = HORIZONS.get(panel.calendar.per_year, (1, 2)) if horizons is None else horizons
    return make_task(panel, label, features, split, asked, seed, audits, config.option("sensitive", "national"))


def _expected(panel: Panel, forecast: Forecast, horizon: int, gap: int) -> dict[str, list[str]]:
    """The period in which the entry is expected, if it comes within the horizon."""
    if not forecast.hazard.cumulative:
        return {}
    ahead = np.rint(forecast.hazard.expected_lead(horizon)).astype(int)
    return {f"expected_{horizon}": [panel.calendar.label(forecast.unit.as_of + gap + int(each)) for each in ahead]}


def _rule_and_main(models: Sequence[str]) -> tuple[str, str]:
    """The model that the others are held against (the rule where it is among them), and the last other one."""
    rule = RULE if RULE in models else models[0]
    return rule, [name for name in models if name != rule or len(models) == 1][-1]


def _calibration() -> Calibration:
    return cast("Calibration", config.option("calibration", "by_lead"))


def _period(panel: Panel, as_of: str | int | None) -> int:
    return panel.latest if as_of is None else panel.as_of(panel.calendar.parse(as_of)).as_of


def _line(line: Line | str | float | None) -> Line:
    if line is None or line == "relative":
        return cast("Line", config.option("line", "relative"))
    if isinstance(line, int | float):
        return cast("Line", config.option("line", "absolute", value=float(line)))
    return cast("Line", config.option("line", "column", column=line)) if isinstance(line, str) else line


def _panel_file(path: str, settings: Mapping[str, Any]) -> Any:
    from relapse.data.panel_settings import Columns

    names = set(Columns.__dataclass_fields__)
    columns = {key: value for key, value in settings.items() if key in names}
    others = {key: value for key, value in settings.items() if key not in names}
    return config.option("data", "panel", **{"path": path, "frequency": "annual", **others, "columns": columns})


def _places(household_ids: np.ndarray, wanted: Iterable[str] | None) -> np.ndarray:
    if wanted is None:
        return np.arange(len(household_ids))
    index = {name: place for place, name in enumerate(household_ids)}
    names = [str(name) for name in wanted]
    missing = sum(name not in index for name in names)
    if missing:
        raise InputError(f"{missing} of {len(names)} households are not at risk at that period, or not in the panel")
    return np.array([index[name] for name in names], dtype=np.intp)
