"""A panel written as a store of parts and read again: the same to the bit, whole or part by part."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from panel_equality import assert_same_panel
from panels import CASES
from relapse import config
from relapse.core.errors import InputError, RelapseError
from relapse.data.panel_store import STORE, open_store, parts_of, write_store

COUNTIES = ("tiny", "made", "dated")


@pytest.fixture(scope="module")
def panels(tmp_path_factory):
    import counties
    import tiny_county

    line, made = config.option("line", "auto"), {}
    made["tiny"] = tiny_county.read(tmp_path_factory.mktemp("tiny"))
    made["made"] = config.option(
        "data", "county", path=str(counties.made_county(tmp_path_factory.mktemp("made")))
    ).read(line)
    folder = tiny_county.write(tmp_path_factory.mktemp("dated"))
    (folder / "农户信息.csv").rename(folder / "农户信息_20201231.csv")
    text = (folder / "农户信息_20201231.csv").read_text(encoding="gb18030")
    rows = [line.split(",") for line in text.splitlines()]
    fewer = [[*row[:4], *row[5:]] for row in rows]  # the later export has no column of villages
    later = "\n".join(",".join(row) for row in fewer)
    (folder / "农户信息_20220430.csv").write_text(later, encoding="gb18030")
    made["dated"] = config.option("data", "county", path=str(folder)).examine(line).panel
    return made


@pytest.mark.parametrize("size", [1, 5, 10_000])
@pytest.mark.parametrize("county", COUNTIES)
def test_a_store__gives_back_the_panel_to_the_bit(panels, county, size, tmp_path):
    panel = panels[county]
    write_store(tmp_path / "store", panel, size)
    store = open_store(tmp_path / "store", panel.line)
    assert store.households == len(panel.household_ids)
    assert (len(store) == 1) == (size == 10_000)
    assert_same_panel(panel, store.whole())


@pytest.mark.parametrize("name", list(CASES))
def test_a_store__also_holds_a_long_table(name, cases, tmp_path):
    panel = cases[name].panel()
    write_store(tmp_path / "store", panel, 30)
    assert_same_panel(panel, open_store(tmp_path / "store", panel.line).whole())


@pytest.mark.parametrize("county", COUNTIES)
def test_histories__of_a_part_are_those_of_the_panel(panels, county, tmp_path):
    panel = panels[county]
    write_store(tmp_path / "store", panel, 5)
    store = open_store(tmp_path / "store", panel.line, traced=False)
    for as_of in (panel.latest - 7, panel.latest):
        whole = panel.as_of(as_of)
        seen = 0
        for places, part in store.parts():
            there = part.as_of(as_of)
            assert places[there.observed].tolist() == np.intersect1d(whole.observed, places).tolist()
            mine = whole.histories(places[there.observed])
            for matrix in ("income", "window_income", "reported", "measured", "below", "log_ratio"):
                np.testing.assert_array_equal(getattr(there.everyone, matrix), getattr(mine, matrix))
            for source in panel.sources:
                np.testing.assert_array_equal(there.everyone.column(source), mine.column(source))
            seen += len(there.observed)
        assert seen == len(whole.observed)


def test_parts__are_whole_villages_in_the_order_of_townships(panels):
    panel = panels["made"]
    part = parts_of(panel, 60)
    assert part.min() == 0
    assert (np.diff(np.unique(part)) == 1).all()
    homes = panel.as_of(panel.latest).table("households").newest
    village, township = homes.text("village").codes, homes.text("township")
    for each in np.unique(village):
        assert len(np.unique(part[homes.household[village == each]])) == 1
    assert np.bincount(part).max() <= 60
    first = {}
    for number, town in zip(part[homes.household], township.texts(), strict=True):
        first.setdefault(town, set()).add(number)
    ordered = [min(numbers) for _, numbers in sorted(first.items())]
    assert ordered == sorted(ordered)


def test_a_store__knows_ids_of_households_and_no_names(panels, tmp_path):
    panel = panels["made"]
    write_store(tmp_path / "store", panel, 100)
    content = b"".join(path.read_bytes() for path in sorted((tmp_path / "store").rglob("*")) if path.is_file())
    assert b"\xe8\x99\x9a\xe6\x8b\x9f" not in content, "names of persons in the made county begin so"


@pytest.mark.parametrize("county", COUNTIES)
def test_a_part__counts_the_months_of_its_feeds_without_reading_them(panels, county, tmp_path):
    panel = panels[county]
    write_store(tmp_path / "store", panel, 5)
    store = open_store(tmp_path / "store", panel.line)
    tables = [name for name, table in panel.tables.items() if not table.ends and (table.household >= 0).any()]
    assert {"income", "claims"} <= set(tables)
    for as_of in (panel.first, panel.latest - 3, panel.latest):
        for name in tables:
            told: Counter[tuple[int, int]] = Counter()
            for number in range(len(store)):
                table = store.part(number).tables[name]
                for happened, known, rows in zip(*table.months_at(as_of), strict=True):
                    told[happened, known] += rows
                assert table.held == 0, "columns of rows were read"
            believed = panel.tables[name].at(as_of)
            assert told == Counter(zip(believed.happened.tolist(), believed.known.tolist(), strict=True)), name


def test_a_part__cannot_be_cut_on_its_own(panels, tmp_path):
    panel = panels["tiny"]
    write_store(tmp_path / "store", panel, 5)
    with pytest.raises(RelapseError, match="cut the whole one"):
        open_store(tmp_path / "store", panel.line).part(0).until(panel.latest - 1)


def test_write_store__replaces_a_store_and_leaves_other_folders_alone(panels, tmp_path):
    panel, folder = panels["tiny"], tmp_path / "store"
    write_store(folder, panel, 5)
    write_store(folder, panel, 7)
    assert_same_panel(panel, open_store(folder, panel.line).whole())
    assert [path.name for path in tmp_path.iterdir()] == ["store"]
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="left alone"):
        write_store(other, panel)


def test_write_store__that_fails_leaves_what_was_there(panels, tmp_path, monkeypatch):
    panel, folder = panels["tiny"], tmp_path / "store"
    write_store(folder, panel, 5)
    monkeypatch.setattr("relapse.data.panel_store._Writer._said", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_store(folder, panel, 7)
    monkeypatch.undo()
    assert [path.name for path in tmp_path.iterdir()] == ["store"]
    assert_same_panel(panel, open_store(folder, panel.line).whole())


def test_open_store__says_what_is_wrong(panels, tmp_path):
    panel, folder = panels["tiny"], tmp_path / "store"
    with pytest.raises(InputError, match="holds no panel"):
        open_store(folder, panel.line)
    write_store(folder, panel)
    said = json.loads((folder / STORE).read_text(encoding="utf-8"))
    (folder / STORE).write_text(json.dumps({**said, "format": 99}), encoding="utf-8")
    with pytest.raises(InputError, match="format 99"):
        open_store(folder, panel.line)
    (folder / STORE).write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="damaged"):
        open_store(folder, panel.line)
    (folder / STORE).write_text(json.dumps(said), encoding="utf-8")
    Path(next(folder.glob("part-*/*rows.parquet"))).write_bytes(b"no")
    with pytest.raises(InputError, match="damaged"):
        open_store(folder, panel.line).part(0)
