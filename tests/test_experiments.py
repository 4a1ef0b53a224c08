"""The studies' tables are those that their commands make of the figures stored beside them, and what they share works."""

from __future__ import annotations

import importlib.util
import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from relapse import config
from relapse.core.forecast import HazardForecast
from relapse.core.results import Trial
from relapse.core.texts import text

ROOT = Path(__file__).resolve().parents[1]
STUDIES = sorted(path.name for path in (ROOT / "experiments").glob("0*") if (path / "run.py").is_file())
MEASURED = [name for name in STUDIES if list((ROOT / "experiments" / name).glob("*.csv"))]

pytestmark = pytest.mark.skipif(not STUDIES, reason="not run from a checkout")


def module(path: Path):
    """A script of the studies, with what it imports from beside it."""
    sys.path[:0] = [str(path.parent), str(ROOT / "experiments")]
    try:
        spec = importlib.util.spec_from_file_location(f"study_{path.parent.name[:4]}_{path.stem}", path)
        loaded = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = loaded  # dataclasses look their module up
        spec.loader.exec_module(loaded)
        return loaded
    finally:
        del sys.path[:2]
        sys.modules.pop("study", None)  # two studies have a module of this name


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """A copy of the studies and of the page that shows some of their tables."""
    home = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "experiments", home / "experiments", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "README.md", home)
    return home


def written(home: Path) -> dict[str, bytes]:
    """Pages and tables, by path; pictures depend on the machine's fonts."""
    files = [home / "README.md", *(home / "experiments").rglob("*")]
    return {str(path.relative_to(home)): path.read_bytes() for path in files if path.suffix in (".md", ".tex", ".csv")}


@pytest.mark.parametrize("name", MEASURED)
def test_study__shows_what_its_figures_say(name, copied, capsys):
    study, before = module(copied / "experiments" / name / "run.py"), written(copied)
    study.tables()
    assert written(copied) == before
    told = list((copied / "experiments" / name).glob("*.tex"))
    assert told
    assert all(path.read_text(encoding="utf-8").startswith(r"\begin{tabular}") for path in told)
    assert list((copied / "experiments" / name).glob("*.csv"))
    if name not in ("0001-real-panels", "0003-yi-county-forecast"):  # these say less than they write
        assert capsys.readouterr().out.startswith("| ")


def test_cuts_of_real_panels__are_shown_as_stored(copied):
    study, before = module(copied / "experiments" / "0001-real-panels" / "cuts.py"), written(copied)
    study.tables()
    assert written(copied) == before


@pytest.mark.parametrize("name", STUDIES)
def test_study__is_named_in_the_index(name):
    index = (ROOT / "experiments" / "README.md").read_text(encoding="utf-8")
    assert f"({name}/README.md)" in index
    page = (ROOT / "experiments" / name / "README.md").read_text(encoding="utf-8")
    assert f"experiments/{name}/run.py" in page
    for link in re.findall(r"\]\(([^)#]+)\)", page):
        assert (ROOT / "experiments" / name / link).exists()


def test_latex__compiles_whatever_stands_in_a_cell():
    pages = module(ROOT / "experiments" / "pages.py")
    table = pd.DataFrame({"a_b": ["5 %", "R&D", "#1 {x} $2 \\ ~ ^"]})
    lines = pages.latex(table).splitlines()
    assert lines[2] == r"a\_b \\"
    assert lines[4] == r"5 \% \\"
    assert lines[5] == r"R\&D \\"
    assert lines[6] == r"\#1 \{x\} \$2 \textbackslash{} \textasciitilde{} \textasciicircum{} \\"


def test_ranged__says_no_interval_that_there_is_not():
    ranged = module(ROOT / "experiments" / "pages.py").ranged
    assert ranged(0.5, 0.25, 0.75) == "0.500 (0.250 to 0.750)"
    assert ranged(-0.5, -1, 0, 1, "+") == "-0.5 (-1.0 to +0.0)"
    assert ranged(0.5, np.nan, np.nan) == "0.500"
    assert ranged(np.nan, np.nan, np.nan) == ""


def test_picture__is_drawn_with_a_row_without_interval(tmp_path):
    rows = pd.DataFrame(
        {"name": ["a", "b", "a"], "series": ["6", "6", "12"], "value": [0.1, 0.2, 0.3], "ci_low": [0.0, np.nan, 0.2]}
    )
    target = tmp_path / "drawn.png"
    module(ROOT / "experiments" / "pages.py").picture(target, rows.assign(ci_high=rows["ci_low"] + 0.2), "t", "x", 0.0)
    assert target.read_bytes().startswith(b"\x89PNG")


@pytest.fixture(scope="module")
def worlds():
    return module(ROOT / "experiments" / "worlds.py")


def said_of_a_world(worlds, seed: int, better: float = 3.0):
    """Two orders of 400 households in 20 villages at one origin: one knows the chances, one guesses."""
    rng = np.random.default_rng(seed)
    chance = rng.beta(1, 9, 400)
    observed = (rng.random(400) < chance).astype(float)
    said = {"knows": chance, "guesses": np.clip(rng.random(400) / better, 0, 1)}
    rank = {name: (np.argsort(np.argsort(-each)) + 1).astype(np.int32) for name, each in said.items()}
    origin = np.full(400, 24_270, np.int32)
    village = np.repeat(np.arange(20), 20).astype(np.int32)
    ids = np.array([f"h{number}" for number in range(400)], dtype=object)
    return {6: worlds.Said(Trial("any", 6, origin, village, ids, observed, said, rank), chance)}


def test_worlds__keep_what_was_said(worlds, tmp_path):
    said = said_of_a_world(worlds, 1)
    worlds.keep(tmp_path / "one.npz", said)
    assert [path.name for path in tmp_path.iterdir()] == ["one.npz"]
    again = worlds.kept(tmp_path / "one.npz")[6]
    np.testing.assert_array_equal(again.truth, said[6].truth)
    for name in ("origin", "cluster", "household_id", "observed"):
        np.testing.assert_array_equal(getattr(again.trial, name), getattr(said[6].trial, name))
    np.testing.assert_array_equal(again.trial.rank["guesses"], said[6].trial.rank["guesses"])
    assert list(again.trial.probability) == ["knows", "guesses"]


def test_worked_out__a_world_that_was_kept_is_not_worked_out_again(worlds, tmp_path):
    made = []

    def of_world(world, path):
        made.append(world)
        worlds.keep(path, said_of_a_world(worlds, world))

    worlds.worked_out(tmp_path / "some", (1, 2), of_world)
    said = worlds.worked_out(tmp_path / "some", (1, 2, 3), of_world)
    assert made == [1, 2, 3]
    assert len(said[6].trial.observed) == sum(len(said_of_a_world(worlds, each)[6].trial.observed) for each in made)


def test_worlds_together__list_each_for_itself(worlds):
    parts = [said_of_a_world(worlds, seed) for seed in (1, 2, 3)]
    both = worlds.together(parts)[6]
    assert len(np.unique(both.trial.origin)) == 3
    assert len(np.unique(both.trial.cluster)) == 60
    assert len(np.unique(both.trial.household_id)) == 1200
    table = worlds.figures({6: both}, "guesses", 40, ("precision_at_40", "pr_auc"), draws=50)
    told = table.set_index(["order", "metric"])
    best = np.mean([np.sort(part[6].truth)[-40:].mean() for part in parts])
    assert told.loc[("knows", "true_precision_at_40"), "value"] == pytest.approx(best)
    hits = sum(part[6].trial.observed[part[6].trial.rank["guesses"] <= 40].sum() for part in parts)
    assert told.loc[("guesses", "precision_at_40"), "value"] == pytest.approx(hits / 120)
    gain = told.loc[("knows", "true_precision_at_40")]
    assert gain["less_low"] > 0
    assert gain["less_low"] < gain["less_base"] < gain["less_high"]
    base = told.loc[("guesses", "true_precision_at_40")]
    assert (base[["less_base", "less_low", "less_high"]] == 0).all()


def test_worlds__measure_nothing_of_a_truth_that_is_not_known(worlds):
    said = said_of_a_world(worlds, 4)[6]
    blind = worlds.Said(said.trial, np.full(400, np.nan))
    table = worlds.figures({6: blind}, "knows", 40, ("pr_auc",), draws=20)
    assert set(table["metric"]) == {"pr_auc"}


def test_epidemic__looks_at_one_origin_of_all_worlds(worlds):
    study = module(ROOT / "experiments" / "0011-epidemic" / "run.py")
    parts = []
    for seed in (1, 2):
        said = said_of_a_world(worlds, seed)[6]
        later = replace(said.trial, origin=said.trial.origin + np.arange(400, dtype=np.int32) % 2)
        parts.append({6: worlds.Said(later, said.truth)})
    both = worlds.together(parts)[6]
    first, second = (study.at_month(both, month) for month in (24_270, 24_271))
    assert len(first.trial.observed) == len(second.trial.observed) == 400
    assert set(first.trial.origin % study.OTHER_WORLD) == {24_270}
    assert len(np.unique(first.trial.origin)) == 2
    every = np.sort(np.concatenate([first.truth, second.truth]))
    np.testing.assert_array_equal(every, np.sort(both.truth))
    assert len(first.trial.rank["knows"]) == len(first.trial.probability["guesses"]) == 400


def test_formulation__counts_chances_that_fall_with_the_horizon(worlds):
    study = module(ROOT / "experiments" / "0012-formulation" / "run.py")
    near, far = (said_of_a_world(worlds, 5)[6] for _ in range(2))
    ids, orders = near.trial.household_id, (study.POOLED, study.EACH, study.KINDS)

    def at(horizon: int, chance: np.ndarray, kept: slice):
        trial = near.trial
        rows = {name: getattr(trial, name)[kept] for name in ("origin", "cluster", "household_id", "observed")}
        said = dict.fromkeys(orders, chance[kept])
        return study.Said(Trial("any", horizon, *rows.values(), said, said), far.truth[kept])

    chance = np.linspace(0.1, 0.2, len(ids))
    lower = chance + np.where(np.arange(len(ids)) % 4 == 0, -0.01, 0.01)
    shares = study.falling({6: at(6, chance, slice(None)), 12: at(12, lower, slice(0, 200))})
    assert shares == dict.fromkeys(orders, 0.25)


def test_rows_of_one_horizon__have_the_columns_that_they_name(signal_task):
    study = module(ROOT / "experiments" / "0012-formulation" / "run.py")
    as_of, horizon = signal_task.panel.latest, max(signal_task.horizons)
    rows = study.rows_within(signal_task, as_of, horizon)
    assert rows.matrix.shape == (len(rows.event), len(rows.entries))
    assert [entry.name for entry in rows.entries] == [entry.name for entry in signal_task.unit(as_of).entries]
    assert (rows.matrix[:, [entry.name for entry in rows.entries].index("lead__periods")] == horizon).all()
    known, came, asked = signal_task.panel.as_of(as_of), 0, 0
    for origin in signal_task.training_origins(as_of):
        within = signal_task.labels(known, origin).within[:, signal_task.place(horizon)]
        came, asked = came + int((within == 1).sum()), asked + int((~np.isnan(within)).sum())
    assert rows.events == rows.event.sum() == came
    assert rows.weight.sum() == pytest.approx(asked, rel=0.05)


def test_forecast_of_horizons__speaks_of_each_by_itself():
    study = module(ROOT / "experiments" / "0012-formulation" / "run.py")
    margin = np.array([[-3.0, -2.0, -4.0, -1.0]])
    forecast: HazardForecast = study.at_horizons(margin)
    assert [forecast.score(horizon)[0] for horizon in study.HORIZONS] == margin[0].tolist()
    assert forecast.risk(3)[0] == pytest.approx(1 / (1 + np.exp(2)))


@pytest.fixture(scope="module")
def records():
    return module(ROOT / "experiments" / "0013-records" / "run.py")


def ledger() -> pd.DataFrame:
    """Two sources of a household from 2020-09 to 2021-10; one month was corrected later."""
    months = [str(month) for month in pd.period_range("2020-09", "2021-10", freq="M")]
    rows = pd.DataFrame({"household_id": "a", "source": "wage", "item": None, "from": months, "to": months})
    rows = rows.assign(amount=100.0, known_at=[f"{month}-28" for month in months])
    again = rows[rows["from"] == "2021-03"].assign(amount=400.0, known_at="2021-06-15")
    return pd.concat([rows, again], ignore_index=True)


def test_annual_sums__are_told_once_for_a_year_that_is_over(records):
    told = records.yearly({"income": ledger()}, np.random.default_rng(1))["income"].set_index("to")
    assert told.loc["2021-09", "amount"] == 11 * 100 + 400
    assert told.loc["2021-09", "from"] == "2020-10"
    assert told.loc["2021-09", "known_at"] == "2021-10-31"
    assert told.loc["2020-09", ["from", "amount"]].tolist() == ["2020-09", 100]


def test_later__moves_all_but_the_register(records):
    tables = {"income": ledger(), "recognitions": ledger(), "prices": ledger().drop(columns="known_at")}
    moved = records.later(3)(tables, np.random.default_rng(1))
    assert moved["recognitions"] is tables["recognitions"]
    assert moved["prices"] is tables["prices"]
    assert moved["income"]["known_at"].iloc[0] == "2020-12-28"
    late = ledger().assign(known_at="2024-11-30")
    assert records.later(3)({"income": late}, np.random.default_rng(1))["income"].empty


def test_incomplete__loses_whole_months(records):
    rows = pd.concat([ledger().assign(household_id=str(number)) for number in range(200)], ignore_index=True)
    rows = pd.concat([rows, rows.assign(source="business")], ignore_index=True)
    left = records.incomplete("income", "from", 1 / 3)({"income": rows}, np.random.default_rng(1))["income"]
    before, after = (table.groupby(["household_id", "from"]).size() for table in (rows, left))
    assert (after == before.loc[after.index]).all()
    assert len(after) / len(before) == pytest.approx(2 / 3, abs=0.03)


def test_rough__keeps_the_mean(records):
    rows = pd.concat([ledger()] * 500, ignore_index=True).assign(amount=10_000.0)
    off = records.rough(0.3)({"income": rows}, np.random.default_rng(1))["income"]["amount"]
    assert off.mean() == pytest.approx(10_000, rel=0.02)
    assert np.log(off).std() == pytest.approx(0.3, abs=0.02)


def test_aligned__puts_who_is_not_there_last(records):
    class Members:
        def __init__(self, ids):
            self.household_ids = np.array(ids, dtype=object)

    margin = np.array([[1.0, 2.0], [3.0, 4.0]])
    put = records.aligned(margin, Members(["a", "b"]), Members(["b", "c", "a"]))
    assert put.tolist() == [[3.0, 4.0], [1.0, 2.0], [1.0, 2.0]]


def test_blocks__are_all_in_a_group():
    study = module(ROOT / "experiments" / "0010-feature-blocks" / "run.py")
    grouped = [block for blocks in study.GROUPS.values() for block in blocks]
    assert len(set(grouped)) == len(grouped)
    assert set(config.option("features", "default")) <= set(grouped)
    names = [f"{block}__x" for block in grouped]
    wanted = study.settings(names)
    for name in names:
        mine = [group for group, blocks in study.GROUPS.items() if name.split("__")[0] in blocks]
        without = [group for group in study.GROUPS if not wanted[f"without {group}"](name)]
        only = [group for group in study.GROUPS if f"only {group}" in wanted and wanted[f"only {group}"](name)]
        assert without == mine
        assert only in (mine, [])
    assert all(reads(study.LEAD.name) for reads in wanted.values())
    with pytest.raises(ValueError, match="weather"):
        study.settings([*names, "weather__rain_mm_12m"])
    with pytest.raises(ValueError, match="groups without a column: work"):
        study.settings([name for name in names if not name.startswith("work__")])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_pages_say_of_sensitive_data__is_what_the_study_measured(language):
    figures = pd.read_csv(ROOT / "experiments" / "0004-sensitive-groups" / "figures.csv")
    found = figures[figures["metric"] == "precision_at_300"].set_index(["read", "horizon"])["value"]
    said = text("review.sensitive.words", language, households="1", listed="1")
    for months in (6, 12):
        whole, without = (f"{100 * found[read, months]:.1f}%" for read in ("all groups", "without health"))
        assert said.index(whole) < said.index(without)
