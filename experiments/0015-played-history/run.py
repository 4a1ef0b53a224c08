"""Twenty-four months of lists, visits and refits, with help that works or not: writes figures.csv, tables and pictures.

    python experiments/0015-played-history/run.py [FOLDER [WORLD ...]]

FOLDER keeps what came of each play, so that a run that was stopped goes on; WORLD plays some worlds alone and leaves
the figures as they are.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from relapse import config
from relapse.data.simulator.settings import World, month_of
from relapse.pipelines.backtest import backtest as command

sys.path.append(str(Path(__file__).parents[1]))  # what the studies share
from pages import picture, publish, ranged, save
from played import County, Played, make_county, play
from played_figures import fall_figures, list_figures, read_falls, read_lists, table_of, weights
from playing_office import HORIZONS, NEVER, VERDICT, YEARLY, Office

HERE = Path(__file__).parent
WORLDS = (31, 32)  # nothing was chosen on them
HOUSEHOLDS, LISTS = 4_000, 24
FIRST_LIST, REGISTER = "2020-01", "2017-01"  # the month of the first list; since when there are recognitions
PAUSED = ("2020-02", "2020-03")  # the first months of the epidemic, in which nobody is visited: as in the simulator
COUNTY = "yi_2020"
CHANGED = (
    "data.world.last=2022-07", f"data.world.procedure.begins={REGISTER}", f"data.world.help.begins={REGISTER}",
    "data.world.procedure.visited=1.0", "data.world.place.ordinary_per_exited=1.0",
    "data.world.procedure.notices={not_exited: 0.0, exited: 0.062, ordinary: 0.0104}",
    "data.world.procedure.sudden_notices=0.2",
)  # fmt: skip
MODEL, MOST_ROWS = "lgbm_hazard", 60_000  # fewer rows than the default, so that a fit takes seconds
PREVENTS = (0.0, 0.3, 0.6)
VISITS, NOBODY, UNWRITTEN = "visits", "nobody is visited", "nothing written down"
Arm = tuple[str, float, str]
ARMS: tuple[Arm, ...] = (
    (NOBODY, 0.0, NEVER),
    *((VISITS, prevents, policy) for policy in (NEVER, YEARLY, VERDICT) for prevents in PREVENTS),
    (UNWRITTEN, 0.6, YEARLY),
)


YEARS = {"2020": range(2, 12), "2021": range(12, 24)}  # lists, from 0, after which there were visits
LISTED = {NEVER: "never", YEARLY: "every year", VERDICT: "by verdict"}


def main(folder: str | None, worlds: list[int]) -> None:
    with tempfile.TemporaryDirectory() as own:
        where = Path(folder or own)
        for world in worlds or WORLDS:
            of_world(world, where)
        if worlds:
            return
        save(pd.concat(figures_of(where), ignore_index=True), HERE / "figures.csv")
        save(pd.concat(monthly_of(where), ignore_index=True), HERE / "months.csv")
        save(pd.DataFrame(refits_of(where)), HERE / "refits.csv")
    tables()


def figures_of(where: Path) -> Iterator[pd.DataFrame]:
    """Of each way of playing and each year: figures of its lists and falls, held against another way."""
    weight, found = weights(len(WORLDS)), {}
    for arm in ARMS:
        paths = [kept_at(where, world, arm) for world in WORLDS]
        lists, falls = read_lists(paths), read_falls(paths)
        base = held_against(arm)
        for year, numbers in YEARS.items():
            measured = list_figures(lists.of(numbers), weight) | fall_figures(falls, numbers, weight)
            found[arm, year] = measured
            table = table_of(measured, None if base is None else found[base, year])
            yield named(arm).merge(
                table.assign(year=year, base="" if base is None else ", ".join(map(str, base))), "cross"
            )


def monthly_of(where: Path) -> Iterator[pd.DataFrame]:
    """The same of each list by itself."""
    weight = weights(len(WORLDS))
    for arm in ARMS:
        lists = read_lists([kept_at(where, world, arm) for world in WORLDS])
        for number in range(LISTS):
            month = month_of(FIRST_LIST) + number
            table = table_of(list_figures(lists.of([number]), weight))
            yield named(arm).assign(as_of=f"{month // 12}-{month % 12 + 1:02d}").merge(table, "cross")


def refits_of(where: Path) -> Iterator[dict[str, Any]]:
    """A row a fit after the first one: when, and the verdict that asked for it."""
    for arm in ARMS:
        for world in WORLDS:
            with np.load(kept_at(where, world, arm)) as kept:
                new = np.flatnonzero(np.diff(kept["version"], prepend=kept["version"][0]))
                for number in new.tolist():
                    month = int(kept["as_of"][number])
                    told = {"world": world, "as_of": f"{month // 12}-{month % 12 + 1:02d}"}
                    yield named(arm).iloc[0].to_dict() | told | {"verdict": str(kept["verdict"][number])}


def named(arm: Arm) -> pd.DataFrame:
    return pd.DataFrame([dict(zip(("play", "prevents", "refits"), arm, strict=True))])


def held_against(arm: Arm) -> Arm | None:
    """Another way of refitting against never, help against none, an unwritten play against the written one."""
    kind, prevents, policy = arm
    if kind == NOBODY:
        return None
    if kind == UNWRITTEN:
        return VISITS, prevents, policy
    return (kind, prevents, NEVER) if policy != NEVER else (NOBODY, 0.0, NEVER) if prevents == 0 else (kind, 0.0, NEVER)


def of_world(world: int, where: Path) -> None:
    """Play every arm of a world that was not kept by an earlier run."""
    paths = {arm: kept_at(where, world, arm) for arm in ARMS}
    if all(path.is_file() for path in paths.values()):
        return
    first = month_of(FIRST_LIST)
    county = make_county(world_of(), HOUSEHOLDS, world, first + 1)
    settings = settings_of(county)
    fitted: dict[int, Any] = {}  # all arms begin with the same tables
    for arm, path in paths.items():
        if not path.is_file():
            kind, prevents, policy = arm
            office = Office(
                settings, first, policy, world, config.option("model", MODEL, guarded=False, most_rows=MOST_ROWS),
                None if kind == NOBODY else frozenset(map(month_of, PAUSED)), judge if policy == VERDICT else None,
                dict(fitted),
            )  # fmt: skip
            played = play(county, LISTS, prevents, office, kind != UNWRITTEN)
            keep(path, office, played)
            fitted = {first: office.fitted[first]}
            versions = sorted({each.version - first for each in office.said})
            print(f"world {world}, {arm}: fitted after {versions} months", flush=True)


def judge(figures: dict[str, Any]) -> str:
    """The monitor's verdict."""
    from relapse.monitors.verdict import judge as verdict

    return verdict(figures, config.option("verdict", "default")).name


def world_of() -> World:
    """Yi County with a register that is older and fuller, and with fewer ordinary households."""
    asked = config.bind(command, config.compose("backtest", [f"data={COUNTY}", "data.path=nowhere", *CHANGED]))
    return asked["data"].world


def settings_of(county: County) -> dict[str, Any]:
    """What `relapse backtest` would have on a folder of the county's tables."""
    begins = [f"label.official.begins.{kind}={REGISTER}" for kind in ("unstable", "edge")]
    named = ["data=county", "data.path=nowhere", f"data.name={COUNTY}", f"data.region={county.world.region}"]
    return config.bind(command, config.compose("backtest", [*named, *begins, f"horizons={list(HORIZONS)}"]))


def kept_at(where: Path, world: int, arm: Arm) -> Path:
    kind, prevents, policy = arm
    return where / f"played_{world}_{kind.replace(' ', '-')}_{round(100 * prevents)}_{policy}.npz"


def keep(path: Path, office: Office, played: Played) -> None:
    """Write what came of a play, whole or not at all."""
    arrays = {f"played_{each.name}": np.asarray(getattr(played, each.name)) for each in fields(played)}
    place = {each: number for number, each in enumerate(played.household_ids.tolist())}
    for number, said in enumerate(office.said):
        home = np.array([place[each] for each in said.household_ids.tolist()], dtype=np.int32)
        arrays |= {f"said_{number}_home": home, f"said_{number}_chance": said.chance.astype(np.float32)}
        arrays |= {f"said_{number}_listed": said.listed, f"said_{number}_drawn": said.drawn}
    arrays["as_of"] = np.array([each.as_of for each in office.said])
    arrays["version"] = np.array([each.version for each in office.said])
    arrays["verdict"] = np.array([each.verdict for each in office.said])
    arrays["played_household_ids"] = played.household_ids.astype(str)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}")  # ends in .npz too, else numpy adds it
    np.savez_compressed(unfinished, **arrays)
    unfinished.replace(path)


def tables() -> None:
    """Make the page's tables and pictures from the CSV files."""
    table = pd.read_csv(HERE / "figures.csv")
    refits = refits_table(pd.read_csv(HERE / "refits.csv", dtype={"as_of": str}, keep_default_na=False))
    shown = {"seen": seen_table(table), "reached": reached_table(table), "drawn": drawn_table(table), "refits": refits}
    publish(HERE, shown)
    draw(table)
    draw_months(pd.read_csv(HERE / "months.csv"))


def ways(table: pd.DataFrame, year: str) -> Iterator[tuple[dict[str, str], pd.DataFrame]]:
    """Each way of playing in a year: the head of its row, and its figures by name."""
    mine = table[table["year"].astype(str) == year]
    for (kind, prevents, policy), rows in mine.groupby(["play", "prevents", "refits"], sort=False):
        helps = "" if kind == NOBODY else f"{prevents:.0%}"
        yield {"year": year, "help prevents": helps, "fits anew": label(kind, policy)}, rows.set_index("metric")


def label(kind: str, policy: str) -> str:
    return LISTED[policy] if kind == VISITS else f"{LISTED[policy]} ({kind})"


def told(rows: pd.DataFrame, metric: str, digits: int = 3, times: float = 1, less: bool = False) -> str:
    columns = ["less_base", "less_low", "less_high"] if less else ["value", "ci_low", "ci_high"]
    return ranged(*(times * rows.loc[metric, columns].astype(float)), digits=digits, sign="+" if less else "")


def seen_table(table: pd.DataFrame) -> pd.DataFrame:
    """What the office sees of its lists, and what is true of them."""
    return pd.DataFrame(
        head
        | {
            "of 100 listed recognised": told(rows, "precision_seen", 1, 100),
            "of 100 listed true": told(rows, "precision_true", 1, 100),
            "seen / expected": told(rows, "observed_expected_seen", 2),
            "true / expected": told(rows, "observed_expected_true", 2),
            "to come / expected": told(rows, "observed_expected_coming", 2),
            "ROC-AUC seen": told(rows, "roc_auc_seen"),
            "ROC-AUC true": told(rows, "roc_auc_true"),
            "PR-AUC seen": told(rows, "pr_auc_seen"),
            "PR-AUC true": told(rows, "pr_auc_true"),
        }
        for year in YEARS
        for head, rows in ways(table, year)
    )


def reached_table(table: pd.DataFrame) -> pd.DataFrame:
    """What was reached of those who would fall."""
    return pd.DataFrame(
        head
        | {
            "would fall": f"{rows.loc['falls', 'value']:.0f}",
            "of 100 visited in the half year before": told(rows, "visited_before", 1, 100),
            "did not fall": told(rows, "averted", 1, 100),
            "known within 3 months": told(rows, "known_in_3", 1, 100),
            "prevented, or known within 3 months": told(rows, "averted_or_known_in_3", 1, 100),
            "less never": told(rows, "averted_or_known_in_3", 1, 100, True) if head["fits anew"] in FITTED_ANEW else "",
        }
        for year in YEARS
        for head, rows in ways(table, year)
    )


FITTED_ANEW = (LISTED[YEARLY], LISTED[VERDICT])


def drawn_table(table: pd.DataFrame) -> pd.DataFrame:
    """What those drawn at random tell of those whom the list does not name."""
    return pd.DataFrame(
        head
        | {
            "of 100 drawn recognised": told(rows, "drawn_seen", 1, 100),
            "of 100 drawn true": told(rows, "drawn_true", 1, 100),
            "of 100 not listed true": told(rows, "missed_rate_true", 1, 100),
            "of 100 seen listed": told(rows, "recall_seen", 1, 100),
            "as the drawn tell": told(rows, "recall_told", 1, 100),
            "of 100 true listed": told(rows, "recall_true", 1, 100),
        }
        for year in YEARS
        for head, rows in ways(table, year)
        if head["help prevents"]
    )


def refits_table(table: pd.DataFrame) -> pd.DataFrame:
    """When a verdict asked for a fit: a row a share that help prevents, a column a world."""
    asked = table[(table["play"] == VISITS) & (table["refits"] == VERDICT)]
    asked = asked.assign(
        told=asked["as_of"] + " " + asked["verdict"], prevents=[f"{each:.0%}" for each in asked["prevents"]]
    )
    wide = asked.pivot_table(index="prevents", columns="world", values="told", aggfunc=", ".join)
    return wide.rename(columns="world {}".format).rename_axis(columns=None).reset_index(names="help prevents")


def draw_months(table: pd.DataFrame) -> None:
    """Month by month: of 100 listed, what is seen and what is true; the first model throughout."""
    from relapse.explanation.canvas import BLUE, FONT_SIZE, GREY, INK, RED, figure, plain, png

    mine = table[(table["play"] == VISITS) & (table["refits"] == NEVER)]
    with figure(3.4) as (drawn, axes):
        for (prevents, rows), style in zip(mine.groupby("prevents"), ("-", "--", ":"), strict=True):
            wide = 100 * rows.pivot_table(index="as_of", columns="metric", values="value")
            for metric, name, colour in (("precision_true", "true", RED), ("precision_seen", "recognised", BLUE)):
                axes.plot(wide.index, wide[metric], style, color=colour, label=f"{name}, help prevents {prevents:.0%}")
        for month, what in (("2020-02", "epidemic"), ("2021-01", "line rises")):
            axes.axvline(month, color=GREY, linewidth=1)
            axes.annotate(f" {what}", (month, 1), xycoords=("data", "axes fraction"), va="top", color=GREY)
        axes.set_xticks(range(0, LISTS, 3))
        axes.set_ylim(bottom=0)
        axes.set_title(
            "Of 100 listed by the first model, within six months (simulated)", loc="left", fontsize=FONT_SIZE, color=INK
        )
        plain(axes, "end of the month of the list", "of 100 listed")
        axes.legend(fontsize=FONT_SIZE - 2, labelcolor=INK, ncols=2, loc="upper left", bbox_to_anchor=(0, -0.25))
        (HERE / "months.png").write_bytes(png(drawn))


def draw(table: pd.DataFrame) -> None:
    """Of 100 listed in the second year, what is seen and what is true."""
    rows = []
    for head, mine in ways(table, "2021"):
        for name, metric in (("recognised: what the office sees", "precision_seen"), ("true", "precision_true")):
            ends = 100 * mine.loc[metric, ["value", "ci_low", "ci_high"]].astype(float)
            helps = f"help prevents {head['help prevents']}, " if head["help prevents"] else ""
            rows.append({"name": f"{helps}{head['fits anew']}", "series": name, **ends.to_dict()})
    title = "Of 100 listed in 2021 (simulated): within six months"
    picture(HERE / "seen.png", pd.DataFrame(rows), title, "of 100 listed", None)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None, [int(each) for each in sys.argv[2:]])
