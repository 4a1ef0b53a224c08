"""A simulated county: the same from the same seed, of the size that was stated, and possible."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from relapse.core.periods import Calendar
from relapse.data.simulator import simulate as simulator
from relapse.data.simulator.settings import World, month_of
from relapse.data.simulator.simulate import plans, simulate
from relapse.data.simulator.state import EXITED, NOT_EXITED, ORDINARY
from simulated_counties import Made, block, land_of, pass_until, world_of

HAPPENED = {  # when a row of each table happened, by its latest column
    "income": "to", "work": "from", "claims": "month", "events": "happened_at", "dividends": "due_month",
    "recognitions": "recognised_at", "visits": "visited_at", "persons": "disability_certified_at", "prices": "month",
}  # fmt: skip


def counts(world: World, households: int) -> tuple[int, int, int]:
    """Households not out of poverty, their persons, and exited households of a county's plan."""
    poor = persons = exited = 0
    for plan in plans(world, households, np.random.default_rng(1)):
        mine = plan.kind == NOT_EXITED
        poor, persons = poor + int(mine.sum()), persons + int(plan.persons[mine].sum())
        exited += int((plan.kind == EXITED).sum())
    return poor, persons, exited


def months_of(column: pd.Series) -> np.ndarray:
    """Months from year 0 of months or dates, NaN where there is none."""
    told = column.astype("string").str[:7]
    return told.map(lambda text: float(month_of(text)), na_action="ignore").to_numpy(dtype=float, na_value=np.nan)


def test_the_plan__has_just_the_households_that_the_speech_counts(world):
    assert counts(world, 14_000) == (186, 429, 14_000)
    assert counts(world, 700)[:2] == (9, 21)
    assert counts(world, 140_000)[:2] == (1860, 4290)


def test_those_not_out_of_poverty__are_as_many_persons_as_planned(world):
    land = land_of(world)
    state = block(world, land, 2_000)
    here = state.people.here(pd.Period("2016-01", "M").ordinal)  # any month: nobody has gone or come yet
    assert (state.homes.kind == NOT_EXITED).sum() == 27
    poor = state.homes.kind[state.people.home] == NOT_EXITED
    assert (poor & (state.people.since < 0)).sum() == round(30.643 * 2)
    assert len(here) == len(state.people)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.parquet"))}


@pytest.fixture(scope="module")
def tiny(world, tmp_path_factory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("tiny") / "yi"
    simulate(world, 150, 3, folder)
    yield folder


def test_the_same_seed__gives_the_same_bytes_and_another_seed_others(world, tiny, tmp_path):
    simulate(world, 150, 3, tmp_path / "again")
    simulate(world, 150, 4, tmp_path / "other")
    assert contents(tmp_path / "again") == contents(tiny)
    other = contents(tmp_path / "other")
    same = [name for name, content in contents(tiny).items() if other[name] == content]
    assert same == ["lines.parquet"]


def test_the_truth__changes_no_byte_of_the_county(world, tiny, tmp_path):
    simulate(world, 150, 3, tmp_path / "yi", tmp_path / "yi.truth", [month_of("2021-06")], paths=2)
    assert contents(tmp_path / "yi") == contents(tiny)
    assert not (tmp_path / "yi" / "truth").exists()


def test_blocks__are_parts_of_one_county(world, tmp_path, monkeypatch):
    """Blocks are no setting (each has its own randomness); however many there are, no household or person comes twice."""
    monkeypatch.setattr(simulator, "_BLOCK", 300)
    simulate(world, 150, 3, tmp_path / "yi")
    homes = pd.read_parquet(tmp_path / "yi" / "households.parquet")
    first = homes.sort_values("as_of").drop_duplicates("household_id")
    assert not homes.duplicated(["household_id", "known_at"]).any()
    assert first.groupby("village", observed=True)["township"].nunique().max() == 1
    persons = pd.read_parquet(tmp_path / "yi" / "persons.parquet")
    assert persons.groupby("person_id")["household_id"].nunique().max() == 1
    assert (first["type"] == "exited").sum() == pytest.approx(150, abs=6)


def test_facts__are_known_no_earlier_than_they_happened(small: Made):
    for name, column in HAPPENED.items():
        table = small.table(name)
        known, happened = months_of(table["known_at"]), months_of(table[column])
        assert not (known < happened).any(), name
        if name == "events":
            assert (pd.to_datetime(table["known_at"]) >= pd.to_datetime(table["happened_at"])).all()
    removed = small.table("recognitions").dropna(subset=["removed_at"])
    assert (months_of(removed["known_at"]) >= months_of(removed["removed_at"])).all()


def test_an_office__knows_nothing_of_later_months(small: Made):
    for path in small.folder.glob("*.parquet"):
        table = pd.read_parquet(path)
        for column in {"known_at", "pushed_at"} & set(table):
            told = table[column].dropna()
            assert not len(told) or str(told.max())[:7] <= small.world.last, path.name


def test_every_row__speaks_of_a_household_on_the_books(small: Made):
    known = set(small.table("households")["household_id"])
    for path in small.folder.glob("*.parquet"):
        table = pd.read_parquet(path)
        if "household_id" in table:
            assert set(table["household_id"].dropna()) <= known, path.name


def test_recognitions__are_of_the_right_kind_and_in_their_time(small: Made):
    homes = small.table("households").sort_values("as_of").drop_duplicates("household_id").set_index("household_id")
    rows = small.table("recognitions")
    kind = homes["type"].astype(str).reindex(rows["household_id"]).to_numpy()
    category, since = rows["category"].astype(str), months_of(rows["recognised_at"])
    assert len(rows) > 30
    assert (kind[category == "edge"] == "ordinary").all()
    assert not (kind[category == "unstable"] == "ordinary").any()
    assert since.min() >= month_of(small.world.procedure.begins)
    assert since[category == "sudden"].min() >= month_of(small.world.procedure.sudden_begins)
    poor = rows[kind == "not_exited"]
    assert (months_of(poor["recognised_at"]) > month_of("2020-12")).all(), (
        "who is not out of poverty is no monitored household"
    )


def test_nobody__is_recognised_twice_without_a_removal(small: Made):
    rows = small.table("recognitions")
    rows["since"], rows["gone"] = months_of(rows["recognised_at"]), months_of(rows["removed_at"])
    spells = (
        rows.groupby(["household_id", "since"], as_index=False)["gone"].max().sort_values(["household_id", "since"])
    )
    before = spells.groupby("household_id")["gone"].shift()
    again = spells["household_id"].duplicated()
    assert (before[again] <= spells["since"][again]).all()
    month = small.world.procedure.months_before_removal
    how = rows.dropna(subset=["gone"]).drop_duplicates(["household_id", "since"])
    helped = how[how["removed_how"].astype(str) == "helped"]
    assert len(helped) > 10
    assert (helped["gone"] - helped["since"] >= month).all()


def test_households__are_possible(small: Made):
    """Spouses of either sex, parents older than children, school by age, nobody in two places."""
    persons = small.table("persons")
    last = persons[persons["withdrawn"] != 1].sort_values("as_of").drop_duplicates("person_id", keep="last")
    gone = set(persons.loc[persons["withdrawn"] == 1, "person_id"])
    last = last[~last["person_id"].isin(gone)]
    relation, sex = last["relation"].astype(str), last["sex"].astype(str)
    for words, wrong in (
        (("son", "grandson", "father", "husband"), "female"),
        (("daughter", "wife", "mother"), "male"),
    ):
        assert not (relation.isin(words) & (sex == wrong)).any()
    heads = (relation == "head").groupby(last["household_id"]).sum()
    assert (heads == 1).mean() > 0.99, "but where a head's death is told late"
    born = pd.Series(months_of(last["birth_month"]), index=last.index)
    head = born[relation == "head"].groupby(last["household_id"]).first().reindex(last["household_id"]).to_numpy()
    children = relation.isin(["son", "daughter"]).to_numpy()
    assert np.nanmin((born.to_numpy() - head)[children]) > 12 * 13
    age = (month_of(small.world.last) - born) / 12
    assert age.between(0, 115).all()
    assert not (last["public_post"].astype(str).eq("cleaning") & (age >= 71)).any()
    school = last["school_status"].astype(str)
    assert age[school == "primary"].between(5.5, 14).all()


def test_spells_of_work__do_not_overlap(small: Made):
    work = small.table("work").sort_values("known_at", kind="stable")
    told = work.drop_duplicates(["person_id", "from"], keep="last").copy()
    told["begins"], told["ends"] = months_of(told["from"]), months_of(told["to"])
    told = told.sort_values(["person_id", "begins"])
    before = told.groupby("person_id")["ends"].shift()
    later = told["person_id"].duplicated()
    assert (before[later] < told["begins"][later]).mean() > 0.995, "but for ends that are not known yet"


def test_the_mayors_line_and_the_regions_names__are_marked(small: Made):
    lines = small.table("lines")
    assert lines["region_code"].str.startswith("99").all()
    assert lines["source"].str.startswith("模拟").all()
    assert small.table("households")["household_id"].str.startswith("99").all()
    cards = small.table("persons")["id_number"].dropna().astype(str)
    assert cards.str.startswith("99").all() and cards.str.len().eq(18).all()


def test_migrants__go_away_again_on_the_four_dates_as_published(world):
    """Of exited households' members away before: stayed, and gone again by each date."""
    land = land_of(world)
    state = block(world, land, 2_500)
    assert world.epidemic.begins is not None
    begins = month_of(world.epidemic.begins)
    pass_until(state, land, begins - 2)
    people, homes = state.people, state.homes
    away_jobs = np.array(
        [job.place in ("prefecture", "province", "outside") for job in world.work.jobs.values()] + [False]
    )
    before = np.flatnonzero((homes.kind[people.home] == EXITED) & away_jobs[people.job] & people.here(begins - 2))
    pass_until(state, land, begins, first=begins - 1)
    at_home = (people.was[before] >= 0) & people.here(begins)[before]
    there = people.here(begins)[before] & (at_home | away_jobs[people.job[before]])
    back = np.where(at_home, people.back[before], -np.inf)[there]
    assert len(back) > 600
    for date, published in world.epidemic.away.items():
        day = month_of(date[:7]) + (int(date[8:]) - 1) / 31
        assert (np.nan_to_num(back, nan=np.inf) <= day).mean() == pytest.approx(published, abs=0.03), date


def test_ordinary_households_elsewhere__come_onto_the_books_when_a_department_names_them(small: Made):
    first = small.table("households").sort_values("as_of").drop_duplicates("household_id")
    later = first[
        (first["type"] == "ordinary") & first["as_of"].astype(str).between("2018", "2024-08")
    ]  # later pushes are not known yet
    named = set(small.table("clues")["household_id"]) | set(small.table("recognitions")["household_id"])
    assert len(later) > 20
    assert set(later["household_id"]) <= named


@pytest.mark.parametrize("name", ["mountain_2020", "project_2020", "coast_2020"])
def test_the_other_counties__can_be_made(name, tmp_path):
    simulate(world_of(name), 60, 1, tmp_path / name)
    homes = pd.read_parquet(tmp_path / name / "households.parquet")
    assert homes["household_id"].str.startswith(world_of(name).region).all()
    assert len(pd.read_parquet(tmp_path / name / "recognitions.parquet")) > 2


def test_the_calendar__is_the_panels():
    assert Calendar("monthly").parse("2020-02") == 2020 * 12 + 1 == month_of("2020-02")
    assert ORDINARY == 2
