"""Is the printed number of households to whom the outcome will come within its range nine times of ten?

    python experiments/0007-count-range/run.py [WORLDS [PART OF]]

Writes counts.csv (worlds that are in it are not played again), coverage.csv and the README's tables. PART OF divides
the worlds among several processes, each with its own file; without it all files are put together.

Small counties like Yi County, each played with another seed and asked at one origin. The spread of the level between
years (`calibration.shock`) is chosen on the first 50 worlds and proved on the others.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from relapse import config
from relapse.core.counts import range_of
from relapse.flows.fit import fit_hazard
from relapse.pipelines.backtest import backtest as command
from relapse.pipelines.backtest import read_stage
from relapse.terminal import Stages

sys.path.append(str(Path(__file__).parents[1]))  # what the studies share
from pages import publish, save

HERE = Path(__file__).parent
FIRST_WORLD, CHOOSE = 1001, 50  # no other study plays these worlds
HOUSEHOLDS = 1500  # exited ones, some 5,000 in all
ORIGINS = ("2022-06", "2022-12", "2023-06")
HORIZONS, LISTED = (6, 12), 50
MODEL = "lgbm_hazard"
SHOCKS, DEFAULT = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3), 0.15


def main(worlds: int, part: int | None, parts: int) -> None:
    name = "counts.csv" if part is None else f"counts-{part}.csv"
    known = together()
    for world in range(FIRST_WORLD, FIRST_WORLD + worlds):
        mine = part is None or (world - FIRST_WORLD) % parts == part
        if mine and (known.empty or world not in set(known["world"])):
            table = pd.DataFrame(of_world(world))
            path = HERE / name
            table.to_csv(path, mode="a", header=not path.is_file(), index=False, float_format="%.6f")
            print(table.to_string(index=False, header=False), flush=True)
    if part is None:
        counts = together()
        for file in HERE.glob("counts-*.csv"):
            file.unlink()
        save(counts, HERE / "counts.csv")
        save(coverage(counts), HERE / "coverage.csv")
        tables()


def tables() -> None:
    """Make the page's tables from counts.csv and coverage.csv."""
    versions = by_version(pd.read_csv(HERE / "counts.csv"))
    publish(HERE, {"coverage": shown(pd.read_csv(HERE / "coverage.csv")), "versions": versions})


def together() -> pd.DataFrame:
    """All counts written so far."""
    files = [pd.read_csv(file) for file in sorted(HERE.glob("counts*.csv"))]
    told = pd.concat(files, ignore_index=True) if files else pd.DataFrame()
    return told if told.empty else told.sort_values(["world", "horizon", "of"], ignore_index=True)


def of_world(world: int) -> list[dict[str, object]]:
    """What was said of one county, and what came: a row a horizon and set of households."""
    label = ORIGINS[world % len(ORIGINS)]
    with tempfile.TemporaryDirectory() as folder:
        changes = [f"data.path={folder}/county", f"data.world_seed={world}", f"data.households={HOUSEHOLDS}"]
        asked = config.bind(command, config.compose("backtest", ["data=yi_2020", f"models=[{MODEL}]", *changes]))
        stage = ("data", "line", "label", "features", "split", "audits", "sensitive")
        task, _ = read_stage(Stages(), *(asked[key] for key in stage), None, asked["seed"])
    origin = task.panel.calendar.parse(label)
    unit, came = task.unit(origin), task.labels(task.panel.as_of(task.panel.latest), origin).within
    fit = fit_hazard(task, asked["models"][MODEL], asked["rule"], asked["calibration"], origin)
    forecast = fit.hazard.forecast(unit)
    shared = forecast.level_spread**2 - asked["calibration"].shock ** 2
    rows: list[dict[str, object]] = []
    for horizon in HORIZONS:
        chance, observed = forecast.risk(horizon), came[:, task.place(horizon)]
        order = np.argsort(-forecast.score(horizon), kind="stable")
        for of, places in (("listed", order[:LISTED]), ("all", order)):
            told = places[~np.isnan(observed[places])]
            rows.append(
                {
                    "world": world,
                    "origin": label,
                    "share": fit.evidence.share,
                    "horizon": horizon,
                    "of": of,
                    "households": len(told),
                    "expected": chance[told].sum(),
                    "variance": (chance[told] * (1 - chance[told])).sum(),
                    "events_spread": np.sqrt(max(shared, 0.0)),
                    "observed": int(observed[told].sum()),
                }
            )
    return rows


def coverage(counts: pd.DataFrame) -> pd.DataFrame:
    """How often what came lies within the range, by spread of the level: the worlds that choose, and the others."""
    chosen = counts["world"] < FIRST_WORLD + CHOOSE
    rows = []
    for which, mine in (("choose", counts[chosen]), ("prove", counts[~chosen])):
        for (horizon, of), group in mine.groupby(["horizon", "of"]):
            for shock in SHOCKS:
                spreads = np.hypot(group["events_spread"], shock)
                columns = (group["expected"], group["variance"], spreads, group["households"])
                ranges = np.array([range_of(*row) for row in zip(*columns, strict=True)])
                inside = (ranges[:, 0] <= group["observed"]) & (group["observed"] <= ranges[:, 1])
                rows.append(
                    {
                        "worlds": which,
                        "horizon": horizon,
                        "of": of,
                        "shock": shock,
                        "counties": len(group),
                        "covered": inside.mean(),
                        "standard_error": np.sqrt(inside.mean() * (1 - inside.mean()) / len(group)),
                        "observed_expected": group["observed"].sum() / group["expected"].sum(),
                        "mean_width": (ranges[:, 1] - ranges[:, 0]).mean(),
                    }
                )
    return pd.DataFrame(rows)


def by_version(counts: pd.DataFrame) -> pd.DataFrame:
    """The counties that prove by what their version is, at the default spread: a row a version, horizon and set."""
    rows = []
    for name, mine in (("rule", counts["share"] == 0), ("model, or half of it", counts["share"] > 0)):
        table = coverage(counts[mine & (counts["world"] >= FIRST_WORLD + CHOOSE)])
        for row in table[table["shock"] == DEFAULT].itertuples():
            head = [name, str(row.horizon), row.of, str(row.counties)]
            rows.append([*head, f"{row.observed_expected:.2f}", f"{row.covered:.2f} (± {row.standard_error:.2f})"])
    heads = ["version", "months ahead", "households", "counties", "observed / expected"]
    return pd.DataFrame(rows, columns=[*heads, f"covered, {DEFAULT:g}"])


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """A row for each horizon and set of households; a column a spread, of the worlds that prove."""
    heads = ["worlds", "months ahead", "households", "counties", "observed / expected"]
    lines = []
    for (which, horizon, of), mine in table.groupby(["worlds", "horizon", "of"], sort=False):
        first = mine.iloc[0]
        head = [which, horizon, of, first["counties"], f"{first['observed_expected']:.2f}"]
        lines.append([*map(str, head), *(f"{value:.2f}" for value in mine["covered"])])
    return pd.DataFrame(lines, columns=[*heads, *(f"covered, {shock:g}" for shock in SHOCKS)])


if __name__ == "__main__":
    words = [int(word) for word in sys.argv[1:]]
    main(words[0] if words else 250, words[1] if len(words) > 1 else None, words[2] if len(words) > 2 else 1)
