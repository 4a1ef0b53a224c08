"""The county that experiments/0015 plays: twins, help, what an office may see; and the figures of its lists."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from relapse import config
from relapse.data.simulator.settings import month_of
from relapse.data.simulator.simulate import simulate
from relapse.evaluation.metrics import average_precision, roc_auc

STUDY = Path(__file__).resolve().parents[1] / "experiments" / "0015-played-history"
pytestmark = pytest.mark.skipif(not STUDY.is_dir(), reason="not run from a checkout")
FIRST, SEED, HOUSEHOLDS, NEVER = month_of("2020-02"), 7, 1000, 10**6


@pytest.fixture(scope="module")
def study():
    """The study's own modules."""
    sys.path[:0] = [str(STUDY), str(STUDY.parent)]
    try:
        import run as study
    finally:
        del sys.path[:2]
        del sys.modules["run"]
    return study


@pytest.fixture(scope="module")
def county(study):
    return study.make_county(study.world_of(), HOUSEHOLDS, SEED, FIRST)


def everybody(month: int, folder: Path):
    """All households that the tables name."""
    return np.unique(pq.read_table(folder / "households.parquet")["household_id"].to_pandas().to_numpy(dtype=object))


def at_first(choose):
    """Visits after the first list alone."""
    return lambda month, folder: choose(month, folder) if month == FIRST - 1 else np.empty(0, dtype=object)


def every_third(month: int, folder: Path):
    return everybody(month, folder)[::3]


@pytest.fixture(scope="module")
def alone(study, county):
    return study.play(county, 24, 0.0, None)


@pytest.fixture(scope="module")
def helped(study, county):
    return study.play(county, 24, 1.0, at_first(every_third))


def test_county__is_that_of_the_simulator_up_to_the_play(county, tmp_path):
    simulate(county.world, HOUSEHOLDS, SEED, tmp_path / "county")
    before = "2020-02-01"
    for name in ("income", "claims", "events", "visits", "recognitions", "measures", "persons"):
        mine, theirs = county.tables[name].to_pandas(), pd.read_parquet(tmp_path / "county" / f"{name}.parquet")
        known = [each[each["known_at"].astype(str) < before].reset_index(drop=True) for each in (mine, theirs)]
        pd.testing.assert_frame_equal(*(each.astype(str) for each in known))
        assert len(known[0]) > 50
    later = pd.to_datetime(county.tables["visits"]["known_at"].to_pandas()) >= "2020-03-01"
    assert not later.any()


def test_twins__agree_on_all_that_nobody_touched(alone, helped):
    np.testing.assert_array_equal(alone.alone, helped.alone)
    touched = helped.visited.any(axis=1)
    assert 100 < touched.sum() < len(touched) / 2
    for name in ("fallen", "recognised", "told", "by_visit"):
        np.testing.assert_array_equal(getattr(alone, name)[~touched], getattr(helped, name)[~touched])
    first = np.where(alone.alone.any(axis=1), FIRST + alone.alone.argmax(axis=1), NEVER)
    free = (alone.fallen >= FIRST) & (alone.fallen < NEVER)
    assert (first[free] == alone.fallen[free]).mean() > 0.9  # the others' procedures ran when the play began
    assert free.sum() > 20


def test_help_that_always_works__leaves_no_fall_within_its_year(alone, helped):
    touched = helped.visited.any(axis=1)
    would = touched & (alone.fallen >= FIRST + 3) & (alone.fallen < FIRST + 12)  # procedures that ran are over by then
    assert would.sum() >= 5
    assert not ((helped.fallen >= FIRST + 3) & (helped.fallen < FIRST + 12) & touched).any()
    assert helped.averted[would].any()  # others are lifted so far that nothing strikes them
    assert helped.helped.any()
    assert not helped.helped[~touched].any()
    assert not alone.averted.any()


def test_help_that_never_works__changes_no_fall_and_shows_more_of_them(study, county, alone):
    shown = study.play(county, 24, 0.0, every_third)
    np.testing.assert_array_equal(alone.fallen, shown.fallen)
    assert (shown.recognised <= alone.recognised).all()
    assert (shown.recognised < alone.recognised).sum() >= 5
    assert shown.by_visit.any()
    assert not shown.by_visit[~shown.visited.any(axis=1)].any()
    assert not shown.helped.any()


def test_help__prevents_the_share_of_falls_that_it_is_told(study, county, alone):
    some = study.play(county, 24, 0.4, at_first(everybody))
    would = some.visited.any(axis=1) & (alone.fallen >= FIRST + 3) & (alone.fallen < FIRST + 12)
    share = (some.fallen != alone.fallen)[would].mean()
    assert would.sum() >= 20
    assert share == pytest.approx(0.4, abs=3 * np.sqrt(0.24 / would.sum()))


def test_play__is_the_same_twice(study, county, helped):
    again = study.play(county, 24, 1.0, at_first(every_third))
    for name, values in vars(helped).items():
        np.testing.assert_array_equal(values, getattr(again, name))


def watching(seen):
    def choose(month, folder):
        tables = {path.stem: pd.read_parquet(path) for path in folder.glob("*.parquet")}
        seen[month] = tables
        return np.sort(tables["households"]["household_id"].unique()).astype(object)[:40]

    return choose


def test_office__sees_nothing_that_is_not_known_yet(study, county):
    seen = {}
    played = study.play(county, 6, 1.0, watching(seen))
    assert sorted(seen) == list(range(FIRST - 1, FIRST + 5))
    for month, tables in seen.items():
        end = f"{(month + 1) // 12}-{(month + 1) % 12 + 1:02d}-01"
        for name, table in tables.items():
            when = table[sys.modules["played"].KNOWN.get(name, "known_at")].astype(str)
            assert (when < end).all(), name
            if "household_id" in table and name != "households":
                assert table["household_id"].isin(tables["households"]["household_id"]).all()
    newest = seen[FIRST + 4]
    mine = set(played.household_ids[played.visited[:, :5].any(axis=1)])
    written = newest["visits"][newest["visits"]["visited_at"].astype(str) >= "2020-02-01"]
    assert set(written["household_id"]) == mine
    assert len(written) == 5 * 40
    assert (
        sorted(seen[FIRST]["visits"]["visited_at"].astype(str))[-40:] == sorted(written["visited_at"].astype(str))[:40]
    )
    told = newest["recognitions"][newest["recognitions"]["recognised_at"].astype(str) >= "2020-02"]
    assert told["cause_1"].notna().all()
    assert len(told) >= 3
    paid = newest["income"][newest["income"]["item"].astype(str) == "relief"]
    assert set(paid["household_id"]) <= mine


def test_what_is_not_written_down__is_in_no_table(study, county):
    seen = {}
    study.play(county, 6, 1.0, watching(seen), recorded=False)
    last = seen[FIRST + 4]
    assert last["visits"]["visited_at"].astype(str).max() < "2020-02"
    by_itself = county.tables["measures"].to_pandas()
    there = by_itself["known_at"].astype(str) < "2020-07"
    assert (last["measures"]["item"] == "temporary_relief").sum() == (
        by_itself["item"][there] == "temporary_relief"
    ).sum()


def of_office(study, county, policy, judge=None, paused=frozenset(), lists=6):
    office = study.Office(
        study.settings_of(county), FIRST - 1, policy, SEED, config.option("model", "distance_to_line"), paused, judge
    )
    return office, study.play(county, lists, 0.3, office)


def test_office__visits_whom_it_lists_and_some_at_random(study, county):
    office, played = of_office(study, county, study.NEVER, lists=4)
    place = pd.Series(np.arange(len(played.household_ids)), index=played.household_ids)
    for number, said in enumerate(office.said):
        assert said.listed.sum() == 77
        assert said.drawn.sum() == 9
        assert not (said.listed & said.drawn).any()
        chosen = place.loc[said.household_ids[said.listed | said.drawn]].to_numpy()
        assert set(np.flatnonzero(played.visited[:, number])) == set(chosen)
        assert not played.visited[chosen, max(number - 3, 0) : number].any()
        assert not (played.told[place.loc[said.household_ids].to_numpy()] <= said.as_of).any()
        assert said.version == FIRST - 1
    best = office.said[0]
    assert best.chance[best.listed, 1].min() >= np.delete(best.chance[:, 1], np.flatnonzero(best.listed)).max()


def test_office__fits_anew_as_its_policy_says(study, county):
    asked = []

    def judge(figures):
        asked.append(figures)
        return "retrain" if len(asked) == 2 else "watch"

    office, _ = of_office(study, county, study.VERDICT, judge)
    assert [each.version - FIRST + 1 for each in office.said] == [0, 0, 0, 0, 0, 5]
    told = asked[0]["horizons"][3]
    came = office.said[0]
    assert told["expected"] == pytest.approx(came.chance[:, 0].sum())
    assert set(told) >= {"events", "observed_expected", "roc_auc", "slope", "backtest"}
    assert told["backtest"]["events"] >= 5


def test_office__fits_anew_every_year_or_never(study):
    def due(policy, verdict=""):
        office = study.Office({}, FIRST, policy, SEED, None)
        assert office._is_due(FIRST, verdict)
        office.hazard, office.version = "fitted", FIRST
        return [month for month in range(25) if office._is_due(FIRST + month, verdict)]

    assert due(study.NEVER, "stop") == []
    assert due(study.YEARLY) == list(range(12, 25))
    assert due(study.VERDICT, "watch") == due(study.VERDICT, "keep") == []
    assert due(study.VERDICT, "recalibrate") == due(study.VERDICT, "stop") == list(range(25))


def test_office__visits_nobody_in_months_that_are_left_out(study, county):
    office, played = of_office(study, county, study.NEVER, paused=frozenset([FIRST + 1]), lists=3)
    assert (played.visited.sum(axis=0)[:3] == [86, 0, 86]).all()
    assert office.said[1].listed.sum() == 77
    _, nobody = of_office(study, county, study.NEVER, paused=None, lists=3)
    assert not nobody.visited.any()


def test_what_the_office_writes__can_be_learned_from(study, county):
    tasks = []

    def choose(month, folder):
        if month == FIRST + 6:
            tasks.append(sys.modules["playing_office"].read(study.settings_of(county), folder))
        return everybody(month, folder)

    study.play(county, 8, 0.0, choose)
    known = tasks[0].panel.as_of(tasks[0].panel.latest)
    table = known.whole_table("recognitions")
    new = np.unique(table.household[table.happened >= FIRST])
    assert len(new) >= 10
    assert tasks[0].audits.doubtful(known)[new].mean() < 0.1  # else only those who did not fall would teach


def test_plays__are_kept_whole_and_read_again(study, county, tmp_path):
    office, played = of_office(study, county, study.NEVER, lists=4)
    path = study.kept_at(tmp_path, SEED, (study.VISITS, 0.3, study.NEVER))
    study.keep(path, office, played)
    assert [each.name for each in tmp_path.iterdir()] == [f"played_{SEED}_visits_30_never.npz"]
    lists, falls = study.read_lists([path, path]), study.read_falls([path])
    assert len(lists.seen) == 2 * sum(len(each.household_ids) for each in office.said)
    third = lists.of([2])
    rows, month = len(office.said[2].household_ids), FIRST + 1
    home = pd.Series(np.arange(len(played.household_ids)), index=played.household_ids)
    mine = home.loc[office.said[2].household_ids].to_numpy()
    seen = (played.recognised[mine] > month) & (played.recognised[mine] <= month + 6)
    np.testing.assert_array_equal(third.seen[:rows], seen)
    coming = played.alone[mine, 2:8].any(axis=1) & (played.fallen[mine] > month)
    unseen = (played.fallen[mine] <= month) & (played.recognised[mine] > month)
    np.testing.assert_array_equal(third.true[:rows], coming | unseen)
    assert third.place[rows:].min() >= 240 > third.place[:rows].max()
    assert len(falls.month) == played.alone[:, :4].any(axis=1).sum()


def test_areas__are_those_of_the_package_village_by_village(study):
    figures = sys.modules["played_figures"]
    rng = np.random.default_rng(3)
    chance, place = np.round(rng.random(300), 2), rng.integers(0, 6, 300)
    came = (rng.random(300) < chance / 3).astype(float)
    weight = np.array([[1.0] * 6, [0, 2, 1, 0, 3, 1]])
    roc, average = figures._areas(chance, came, place, weight)
    for number, drawn in enumerate(weight[:, place].astype(int)):
        again = np.repeat(np.arange(300), drawn)
        assert roc[number] == pytest.approx(roc_auc(came[again], chance[again]))
        assert average[number] == pytest.approx(average_precision(came[again], chance[again]))


def test_list_figures__are_those_counted_by_hand(study):
    figures = sys.modules["played_figures"]
    ones = np.ones(8)
    lists = figures.Lists(
        number=np.zeros(8, int), place=np.array([0, 0, 0, 0, 1, 1, 1, 1]), chance=ones / 4,
        seen=np.array([1, 1, 0, 0, 1, 0, 0, 0.0]), true=np.array([1, 1, 1, 0, 1, 0, 1, 0.0]),
        coming=np.array([1, 0, 1, 0, 0, 0, 1, 0.0]), listed=np.array([1, 1, 1, 1, 0, 0, 0, 0], bool),
        drawn=np.array([0, 0, 0, 0, 1, 1, 0, 0], bool),
    )  # fmt: skip
    told = figures.list_figures(lists, np.array([[1.0, 1.0], [2.0, 1.0]]))
    assert told["precision_seen"].tolist() == [2 / 4, 4 / 8]
    assert told["precision_true"].tolist() == [3 / 4, 6 / 8]
    assert told["precision_coming"][0] == 2 / 4
    assert told["observed_expected_seen"].tolist() == [3 / 2, 5 / 3]
    assert told["drawn_seen"][0] == 1 / 2
    assert told["missed_rate_true"][0] == 2 / 4
    assert told["recall_true"][0] == 3 / 5
    assert told["recall_told"][0] == 2 / (2 + 4 / 2)
    less = figures.table_of(told, told).set_index("metric")
    assert (less["less_base"].dropna() == 0).all()


def test_fall_figures__count_what_was_reached(study):
    figures = sys.modules["played_figures"]
    falls = figures.Falls(
        place=np.array([0, 0, 1, 1]), month=np.array([2, 3, 4, 30]), visited=np.array([True, False, True, True]),
        averted=np.array([True, False, False, False]), known=np.array([np.nan, 2, 5, 0]),
    )  # fmt: skip
    told = figures.fall_figures(falls, range(2, 12), np.ones((1, 2)))
    assert told["falls"][0] == 3
    assert told["visited_before"][0] == pytest.approx(2 / 3)
    assert told["averted"][0] == pytest.approx(1 / 3)
    assert told["known_in_3"][0] == pytest.approx(1 / 3)
    assert told["averted_or_known_in_3"][0] == pytest.approx(2 / 3)
