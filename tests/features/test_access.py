"""What is written down at a recognition or after it, and what names a person, can never reach a feature."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import relapse
import tiny_county
from counties import made_county
from county_poison import ENTRIES, NAMES
from handbacks import keep_visits
from panels import blocks, dense, unit_of
from relapse import config
from relapse.core.catalogue import Feature, FeatureTable
from relapse.core.contract import Field
from relapse.core.errors import RelapseError
from relapse.core.facts import Category, Column, Facts
from relapse.core.panel import Histories, Panel
from relapse.core.recognitions import HISTORY
from relapse.data.contract_file import read_contract
from relapse.flows.rows import FeatureBlock
from snapshots import county_of, facts_of

FEATURES = Path(relapse.__file__).parent / "features"


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Panel:
    """The tiny county, with what is known of a household when it is recognised and when its risk is removed."""
    told = tiny_county.tables()
    homes = [
        {**row, "合规自付支出": 3000, "致贫原因1": "因病", "户主姓名": "虚拟甲", "户联系电话": "13900000000"}
        for row in told["农户信息"]
    ]
    persons = [
        {**row, "民族": "汉族", "姓名": "虚拟乙", "证件号码": "990101198005011234"} for row in told["家庭成员信息"]
    ]
    return tiny_county.read(tmp_path_factory.mktemp("tiny"), {"农户信息": homes, "家庭成员信息": persons})


_HISTORY = {("recognitions", column) for column in HISTORY}  # read by functions of the core alone
READ = {"register": _HISTORY, "triggers": _HISTORY}  # of earlier spells; and who is monitored, whom no trigger is about


def hidden(facts: Facts, block: str) -> set[str]:
    """Columns of a table that a block may not use; one reads the ends of recognitions that are over (see the core)."""
    closed = {name for name in facts.columns if facts.access[name] != "known"}
    return {name for name in closed if (facts.name, name) not in READ.get(block, set())}


def scrambled(facts: Facts, block: str = "") -> Facts:
    closed = hidden(facts, block)
    return replace(
        facts, columns={name: other(values) if name in closed else values for name, values in facts.columns.items()}
    )


def changed(panel: Panel, change: Any, block: str) -> Panel:
    return replace(panel, tables={name: change(facts, block) for name, facts in panel.tables.items()})


def other(values: Column) -> Column:
    if isinstance(values, Category):
        return Category(np.full(len(values.codes), 0, np.int32), ("scrambled",))
    return np.full(len(values), -12345.0)


def test_features__do_not_change_with_columns_that_are_not_known_beforehand(panel):
    closed = {f"{name}.{column}" for name, facts in panel.tables.items() for column in hidden(facts, "")}
    assert {
        "households.own_cost_year",
        "households.cause_registered",
        "persons.ethnicity",
        "recognitions.cause_1",
        "recognitions.removed_at",
    } <= closed
    as_of = panel.calendar.parse("2022-07")
    leads = np.array([1, 3], np.int32)
    for name, block in blocks().items():
        spoilt = changed(panel, scrambled, name)
        clean, dirty = (block.table(each.as_of(as_of).everyone, leads) for each in (panel, spoilt))
        assert clean.values.tobytes() == dirty.values.tobytes(), name


def test_what_names_a_person__is_not_in_the_panel_at_all(panel):
    named = {
        name
        for table in read_contract("national").tables.values()
        for name, field in table.fields.items()
        if field.access == "identity"
    }
    for facts in panel.tables.values():
        assert not set(facts.columns) & (named - {"visitor"})
        assert all(
            facts.access[column] != "known"
            for column in facts.columns
            if column.startswith(("id_", "phone_", "person_"))
        )
        for column in facts.columns.values():
            if isinstance(column, Category):
                assert not {"虚拟甲", "虚拟乙", "13900000000", "990101198005011234"} & set(column.levels)


def test_a_view__refuses_what_is_not_known_beforehand(panel):
    known = panel.as_of(panel.calendar.parse("2022-07"))
    assert "removed_at" in known.whole_table("recognitions")
    for table, column in (
        ("recognitions", "removed_at"),
        ("recognitions", "cause_1"),
        ("households", "own_cost_year"),
        ("persons", "ethnicity"),
    ):
        with pytest.raises(RelapseError, match=f"no column '{column}'"):
            known.table(table)._column(column)


# all fields of the contract -------------------------------------------------------------------------------------------


CONTRACT = read_contract("national")
AS_OF = "2022-07"
FACTS = config.option("features", "facts", entries=ENTRIES)


def hidden_fields() -> list[tuple[str, str]]:
    """Every field of the contract that a feature may not use."""
    return [
        (name, column)
        for name, table in CONTRACT.tables.items()
        for column, field in table.fields.items()
        if field.access != "known"
    ]


def cell(field: Field, rng: np.random.Generator) -> str | float:
    """Something that may stand in a field."""
    if field.kind in ("money", "number", "count", "flag"):
        return float(rng.integers(0, 2 if field.kind == "flag" else 9))
    if field.kind in ("month", "date"):
        return f"{rng.integers(2014, 2022)}-{rng.integers(1, 13):02d}"
    return str(rng.choice(list(field.choices))) if field.kind == "choice" else f"text {rng.integers(9)}"


def county_of_all_fields(households: int = 30, states: int = 3) -> Panel:
    """A county in which every field of every table is told, with what the contract says a field may be used for.

    Fields that name a person never come so far from a file; here even they do.
    """
    rng = np.random.default_rng(4)
    tables: dict[str, list[dict[str, Any]]] = {name: [] for name in CONTRACT.tables}
    for (name, table), place, _ in product(CONTRACT.tables.items(), range(households), range(states)):
        row = {column: cell(field, rng) for column, field in table.fields.items() if column != "withdrawn"}
        own = {"household_id": f"h{place:02d}", "person_id": f"h{place:02d}-{rng.integers(2)}"}
        own |= {"name": str(rng.choice(NAMES)), "value": str(rng.choice(["有", "7,000"]))} if name == "facts" else {}
        if name == "households":
            own |= {"village": f"v{place % 3}", "township": "t", "type": str(rng.choice(["exited", "ordinary"]))}
        tables[name].append({**row, **{key: value for key, value in own.items() if key in row}})
    costs = {"own_cost": {"h00": [2000.0] * 36}, "payout": {"h01": [10.0] * 36}}
    homes = {"households": tables["households"]}
    panel = county_of(as_of=AS_OF, line=9000.0, amounts=costs, **homes).known.panel
    made = {name: facts_of(name, rows, list(panel.household_ids)) for name, rows in tables.items()}
    classed = {
        name: replace(facts, access={column: CONTRACT.tables[name].fields[column].access for column in facts.columns})
        for name, facts in made.items()
    }
    return replace(panel, tables=classed)


@pytest.fixture(scope="module")
def told() -> Panel:
    return county_of_all_fields()


def dropped(facts: Facts, block: str = "") -> Facts:
    closed = hidden(facts, block)
    return replace(facts, columns={name: values for name, values in facts.columns.items() if name not in closed})


def of(panel: Panel, block: FeatureBlock) -> list[bytes]:
    made = block.table(panel.as_of(panel.calendar.parse(AS_OF)).everyone, np.array([1, 3], np.int32))
    return [made.values.tobytes(), dense(made, len(made.values)).tobytes()]


def test_the_county_of_all_fields__has_them_all(told):
    there = {(name, column) for name, facts in told.tables.items() for column in facts.columns}
    assert set(hidden_fields()) <= there
    assert len(hidden_fields()) > 40


@pytest.mark.parametrize("change", [scrambled, dropped])
def test_features__are_bit_by_bit_the_same_whatever_all_hidden_fields_hold(told, change):
    for name, block in {**blocks(), "facts": FACTS}.items():
        assert of(told, block) == of(changed(told, change, name), block), name
    assert of(told, Peeping()) != of(changed(told, change, ""), Peeping())


def test_the_register__reads_the_ends_of_recognitions_and_nothing_else_of_them(told):
    assert of(told, blocks()["register"]) != of(changed(told, scrambled, ""), blocks()["register"])
    assert set(HISTORY) == {"removed", "removed_at", "reopened_at"}


class Peeping:
    """What no block should do: it looks at the whole table, in which a recognition tells its cause."""

    def table(self, known: Histories, leads: NDArray[np.int32]) -> FeatureTable:
        homes = known.view.whole_table("households")
        cost = np.full(len(known.members), np.nan)
        if "own_cost_year" in homes:
            cost[homes.household] = homes.number("own_cost_year")
        return FeatureTable.of([(Feature("own__cost", "money", "own cost", "illness"), cost)], len(cost))


@pytest.mark.parametrize(("table", "column"), hidden_fields(), ids=[".".join(field) for field in hidden_fields()])
def test_a_view__refuses_each_field_that_is_not_known_beforehand(told, table, column):
    known = told.as_of(told.calendar.parse(AS_OF))
    facts = known.table(table)
    assert column in known.whole_table(table)
    assert column not in facts
    for asked in (facts.number, facts.text, facts.since, facts.newest.number, facts.newest.text):
        with pytest.raises(RelapseError, match=f"no column '{column}'"):
            asked(column)


# by the text of the modules ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(FEATURES.glob("*.py")), ids=lambda path: path.stem)
def test_feature_blocks__look_at_tables_through_the_view_alone(path):
    """Neither at whole tables, nor at the panel's without the view's as_of; whether there is one may be asked."""
    faults = round_the_view(path.read_text())
    assert not faults, f"{path.name}: {faults}"


@pytest.mark.parametrize(
    "line",
    [
        "known.view.whole_table('recognitions')",
        "known.view.panel.tables['households'].newest",
        "known.view.panel.tables.get('households')",
        "panel.tables.values()",
        "facts.at(5)",
        "from relapse.data.county_read import read",
        "import relapse.county.audits.snapshot",
        "known.view.table('visits')",
        "PUSHED = 'clues'",
    ],
)
def test_what_goes_round_the_view__is_found(line):
    assert round_the_view(line)


def round_the_view(module: str) -> list[str]:
    """What a module does that a block of features must not, by line.

    Who was visited and who was pushed is no feature: it would tell what was suspected, and not how the household is.
    """
    tree = ast.parse(module)
    asked = {
        id(side)
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare) and all(isinstance(sign, ast.In | ast.NotIn) for sign in node.ops)
        for side in node.comparators
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            wrong = node.attr in ("whole_table", "at", "until") or (node.attr == "tables" and id(node) not in asked)
            found += [f"line {node.lineno}: .{node.attr}"] if wrong else []
        if isinstance(node, ast.Constant) and node.value in ("visits", "clues"):
            found.append(f"line {node.lineno}: reads {node.value}")
        names = [f"{node.module}.{alias.name}" for alias in node.names] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        ours = [name for name in names if name.split(".")[0] == "relapse"]
        found += [f"imports {name}" for name in ours if not name.startswith(("relapse.core.", "relapse.features."))]
    return found


# told later ----------------------------------------------------------------------------------------------------------


def test_facts__told_later_change_nothing_before():
    rows = [{"household_id": "a", "name": "n", "value": "1", "happened_at": "2023-01", "known_at": "2023-02"}]
    late = [*rows, {"household_id": "a", "name": "n", "value": "9", "happened_at": "2023-03", "known_at": "2023-11"}]
    made = [
        unit_of(
            county_of(households=[{"household_id": "a"}], facts=each, as_of="2023-12").known.panel,
            2023 * 12 + 9,
            blocks(),
        )
        for each in (rows, late)
    ]
    assert made[0].table.values.tobytes() == made[1].table.values.tobytes()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Panel:
    folder = made_county(tmp_path_factory.mktemp("made") / "county", households=150)
    return config.option("data", "county", path=str(folder)).read(config.option("line", "auto"))


def poisoned(panel: Panel, as_of: int) -> Panel:
    """Everything that became known after a month is something else: every amount, flag and text."""
    late = panel.known > as_of
    tables = {}
    for name, facts in panel.tables.items():
        mine = facts.known > as_of
        columns = {}
        for key, values in facts.columns.items():
            if isinstance(values, Category):
                columns[key] = Category(np.where(mine, 0, values.codes).astype(np.int32), values.levels)
            else:
                columns[key] = np.where(mine, 777.0, values)
        tables[name] = replace(facts, columns=columns, withdrawn=facts.withdrawn & ~mine)
    return replace(
        panel,
        income=np.where(late, 1e6, panel.income),
        sources={name: np.where(late, 1e6, values) for name, values in panel.sources.items()},
        amounts={name: np.where(late, 1e6, values) for name, values in panel.amounts.items()},
        measured=np.where(late, 0.5, panel.measured),
        tables=tables,
        remembered={},
    )


@pytest.mark.parametrize("month", ["2020-06", "2022-03", "2023-05"])
def test_features_of_a_county__do_not_know_what_became_known_later(made, month):
    as_of, leads = made.calendar.parse(month), np.array([1, 6], np.int32)
    spoilt = poisoned(made, as_of)
    outcomes = [config.option("label", name) for name in ("below_line", "recognition")]
    for outcome in outcomes:
        at_risk = [outcome.at_risk(each.as_of(as_of)) for each in (made, spoilt)]
        assert at_risk[0].sum() > 10
        assert np.array_equal(*at_risk)
    for name, block in blocks().items():
        clean, dirty = (block.table(each.as_of(as_of).everyone, leads) for each in (made, spoilt))
        assert clean.values.tobytes() == dirty.values.tobytes(), name
        assert dense(clean, len(clean.values)).tobytes() == dense(dirty, len(clean.values)).tobytes(), name


def test_labels_of_a_county__know_nothing_that_became_known_after_the_training(made):
    origin, train = made.calendar.parse("2022-01"), made.calendar.parse("2022-12")
    members, leads = made.as_of(origin).observed, np.array([1, 3, 6], np.int32)
    for name in ("first_entry", "recognition"):
        outcome = config.option("label", name).on(made, None)
        clean, dirty = (
            outcome.labels(each.as_of(train), members, origin, leads, "first_entry", 0).within
            for each in (made, poisoned(made, train))
        )
        assert np.array_equal(clean, dirty, equal_nan=True)
        assert np.nansum(clean) > 0


# visits and pushes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["visits", "clues"])
def test_features__do_not_change_with_who_was_visited_or_pushed(told, table):
    tables = {**told.tables, table: told.tables[table].take(np.zeros(len(told.tables[table]), dtype=bool))}
    without = {name: facts for name, facts in told.tables.items() if name != table}
    for name, block in {**blocks(), "facts": FACTS}.items():
        for other_tables in (tables, without):
            assert of(told, block) == of(replace(told, tables=other_tables), block), name


@pytest.fixture(scope="module")
def with_and_without(tmp_path_factory: pytest.TempPathFactory) -> tuple[Panel, Panel]:
    """A county before and after lists were handed back: of its first households, in a month that it knows."""
    folder, line = made_county(tmp_path_factory.mktemp("back") / "county", households=80), config.option("line", "auto")
    before = config.option("data", "county", path=str(folder)).read(line)
    keep_visits(folder)
    return before, config.option("data", "county", path=str(folder)).read(line)


@pytest.mark.parametrize("as_of", ["2023-11", "2023-12"])
def test_what_came_back_from_visits__changes_no_feature_and_nobody_at_risk(with_and_without, as_of):
    before, after = with_and_without
    period, leads = before.calendar.parse(as_of), np.array([1, 6], np.int32)
    assert len(after.as_of(period).table("visits")) == 2
    assert "visits" not in before.tables
    for name, block in {**blocks(), "facts": FACTS}.items():
        tables = [block.table(each.as_of(period).everyone, leads) for each in with_and_without]
        assert [entry.name for entry in tables[0].entries] == [entry.name for entry in tables[1].entries], name
        assert np.array_equal(*(dense(table, len(table.values)) for table in tables), equal_nan=True), name
    for name in ("below_line", "recognition"):
        at_risk = [config.option("label", name).at_risk(each.as_of(period)) for each in with_and_without]
        assert np.array_equal(*at_risk), name


def test_what_came_back_from_visits__changes_no_label(with_and_without):
    origin, leads = with_and_without[0].calendar.parse("2023-09"), np.array([1, 2, 3], np.int32)
    for name in ("first_entry", "recognition"):
        told = []
        for panel in with_and_without:
            members, known = panel.as_of(origin).observed, panel.calendar.parse("2023-12")
            outcome = config.option("label", name).on(panel, None)
            told.append(outcome.labels(panel.as_of(known), members, origin, leads, "first_entry", 0).within)
        assert np.array_equal(*told, equal_nan=True), name


@pytest.mark.parametrize("room", ["features", "outcome", "model"])
def test_no_feature_label_or_model__names_the_tables_of_visits_and_pushes(room):
    for path in (FEATURES.parent / room).rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        words = {
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        assert not words & {"visits", "clues", "feedback", "listing_probability", "not_met_twice"}, path.name


def test_no_config_of_features__names_visits_or_clues():
    for path in sorted((config.conf_dir() / "features").glob("*.yaml")):
        words = set(re.findall(r"[a-z_]+", "\n".join(line.split("#")[0] for line in path.read_text().splitlines())))
        assert not words & {"visits", "clues"}, path.name
