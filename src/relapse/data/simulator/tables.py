"""What was noted → the tables that a county folder holds, with invented names and numbers of a region that is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from relapse.data.simulator.books import HEALTHS, LABOURS, POSTS, TYPES
from relapse.data.simulator.kin import relation_names
from relapse.data.simulator.land import Land
from relapse.data.simulator.log import Batch, Log
from relapse.data.simulator.settings import World
from relapse.data.simulator.state import SCHOOLS, State

_TEXT, _NUMBER, _DATE = pa.string(), pa.float64(), pa.date32()
_WORDS = pa.dictionary(pa.int32(), pa.string())
_GRADES = ("a", "b", "c", "d")
_EDUCATION = {
    "junior": "junior",
    "senior": "senior",
    "vocational": "senior",
    "college": "college",
    "bachelor": "bachelor",
}
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECKS = pa.array(list("10X98765432"))  # GB 11643
_DAYS = 31
_KNOWN = {"clues": "pushed", "returns": "back"}  # column that tells when a row became known, where it is not `known`
_REPEATED = ("category", "cause_1", "cause_2")  # what a newer version of a recognition says again

SCHEMAS: Mapping[str, Mapping[str, pa.DataType]] = {
    "households": {
        "household_id": _TEXT, "as_of": _DATE, "region_code": _WORDS, "county": _WORDS, "township": _WORDS,
        "village": _WORDS, "village_group": _WORDS, "type": _WORDS, "head_name": _TEXT, "size": _NUMBER,
        "exit_year": _NUMBER, "first_listed_month": _WORDS, "lacks_labour": _NUMBER, "food_clothing": _NUMBER,
        "all_insured": _NUMBER, "dropout_child": _NUMBER, "dangerous_house": _NUMBER, "house_grade": _WORDS,
        "safe_water": _NUMBER, "electricity": _NUMBER, "road_distance": _NUMBER, "arable": _NUMBER, "product": _WORDS,
        "cooperative": _NUMBER, "relocated": _NUMBER, "known_at": _DATE, "withdrawn": _NUMBER,
    },
    "persons": {
        "household_id": _TEXT, "person_id": _TEXT, "as_of": _DATE, "name": _TEXT, "id_kind": _WORDS, "id_number": _TEXT,
        "birth_month": _WORDS, "sex": _WORDS, "ethnicity": _WORDS, "relation": _WORDS, "education": _WORDS,
        "school_status": _WORDS, "health": _WORDS, "disability_grade": _WORDS, "disability_certified_at": _DATE,
        "labour": _WORDS, "public_post": _WORDS, "insured_resident": _NUMBER, "pension": _NUMBER,
        "family_doctor": _NUMBER, "allowance": _WORDS, "support": _WORDS, "resident": _WORDS, "known_at": _DATE,
        "withdrawn": _NUMBER,
    },
    "income": {
        "household_id": _TEXT, "source": _WORDS, "item": _WORDS, "from": _WORDS, "to": _WORDS, "amount": _NUMBER,
        "known_at": _DATE,
    },
    "work": {
        "household_id": _TEXT, "person_id": _TEXT, "from": _WORDS, "to": _WORDS, "place": _WORDS, "channel": _WORDS,
        "monthly_wage": _NUMBER, "known_at": _DATE,
    },
    "claims": {
        "household_id": _TEXT, "person_id": _TEXT, "claim_id": _TEXT, "month": _WORDS, "total_cost": _NUMBER,
        "own_cost": _NUMBER, "relief_paid": _NUMBER, "care": _WORDS, "serious_disease": _NUMBER, "known_at": _DATE,
    },
    "events": {
        "household_id": _TEXT, "person_id": _TEXT, "kind": _WORDS, "happened_at": _DATE, "injury": _WORDS,
        "loss": _NUMBER, "payout": _NUMBER, "known_at": _DATE,
    },
    "measures": {
        "household_id": _TEXT, "kind": _WORDS, "item": _WORDS, "from": _WORDS, "to": _WORDS, "amount": _NUMBER,
        "known_at": _DATE,
    },
    "dividends": {
        "household_id": _TEXT, "project_id": _TEXT, "due_month": _WORDS, "paid_month": _WORDS, "amount": _NUMBER,
        "known_at": _DATE,
    },
    "project_members": {
        "project_id": _TEXT, "household_id": _TEXT, "role": _WORDS, "share": _NUMBER, "since": _WORDS,
        "known_at": _DATE,
    },
    "clues": {
        "household_id": _TEXT, "department": _WORDS, "item": _WORDS, "pushed_at": _DATE,
    },
    "recognitions": {
        "household_id": _TEXT, "category": _WORDS, "recognised_at": _WORDS, "cause_1": _WORDS, "cause_2": _WORDS,
        "removed": _NUMBER, "removed_at": _WORDS, "removed_how": _WORDS, "reopened_at": _WORDS, "known_at": _DATE,
    },
    "visits": {
        "household_id": _TEXT, "visited_at": _DATE, "verdict": _WORDS, "known_at": _DATE,
    },
    "returns": {"household_id": _TEXT, "person_id": _TEXT, "back_on": _DATE},
}  # fmt: skip


def block_tables(log: Log, state: State, members: NDArray[np.int32], land: Land) -> dict[str, pa.Table]:
    """All tables of a block's households, sorted by household.

    What became known after the last month is left out, and so is what was noted of households on no books.

    Args:
        log: all that was noted.
        state: at the end, for numbers of households and people.
        members: (households, 2) projects of each in the first month, -1 none.
        land: the county.
    """
    _end_allowances(log)
    _close_recognitions(log)
    writer = _Writer(state, land)
    found = {}
    named = np.zeros(len(state.homes), dtype=bool)
    small = np.uint16 if len(state.homes) < 2**16 else np.int32  # short numbers are sorted fast
    for name in SCHEMAS:
        columns = _gathered(log.batches.get(name, []))
        if columns:
            told = np.floor(columns[_KNOWN.get(name, "known")]) <= land.world.end
            if name == "households":
                named[columns["home"][told]] = True
            rows = np.flatnonzero((told | (name == "returns")) & named[columns["home"]])
            rows = rows[np.argsort(columns["home"][rows].astype(small), kind="stable")]  # as noted within a household
            columns = {key: _taken(values, rows) for key, values in columns.items()}
            found[name] = writer.table(name, columns)
    found["project_members"] = writer.members(np.where(named[:, None], members, -1))
    return found


Gathered = dict[str, Any]


def _gathered(batches: Sequence[tuple[int, Batch]]) -> Gathered:
    """Batches one after the other: numbers as they are (missing where a batch has none), texts as codes and words."""
    names = dict.fromkeys(name for _, batch in batches for name in batch)
    return {name: _column([(count, batch.get(name)) for count, batch in batches]) for name in names}


def _column(parts: Sequence[tuple[int, Any]]) -> Any:
    total = sum(count for count, _ in parts)
    if any(isinstance(value, str | tuple) for _, value in parts):
        words: dict[str, int] = {}
        codes, first = np.full(total, -1, np.int32), 0
        for count, value in parts:
            if isinstance(value, tuple):
                own = np.array([*(words.setdefault(word, len(words)) for word in value[1]), -1], dtype=np.int32)
                codes[first : first + count] = own[value[0]]
            elif value:
                codes[first : first + count] = words.setdefault(value, len(words))
            first += count
        return codes, tuple(words)
    whole = all(isinstance(value, np.ndarray) and value.dtype.kind == "i" for _, value in parts)
    numbers, first = np.empty(total, np.int64 if whole else np.float64), 0
    for count, value in parts:
        numbers[first : first + count] = np.nan if value is None else value
        first += count
    return numbers


def _taken(values: Any, order: NDArray[np.intp]) -> Any:
    return (values[0][order], values[1]) if isinstance(values, tuple) else values[order]


def _end_allowances(log: Log) -> None:
    """An allowance that ends closes the measure that began last."""
    begun: dict[int, float] = {}
    for batch in _batches(log, "measures"):
        if batch.get("item") == "allowance":
            begun.update(zip(batch["home"].tolist(), batch["first"].tolist(), strict=True))
    for batch in _batches(log, "allowance_ends", taken_out=True):
        known = np.array([each in begun for each in batch["home"].tolist()], dtype=bool)
        rows, ends = batch["home"][known], batch["last"][known]
        first = np.array([begun[each] for each in rows.tolist()])
        sound = first <= ends
        log.add(
            "measures", rows[sound], kind="support", item="allowance", first=first[sound], last=ends[sound],
            known=ends[sound] + 1.0,
        )  # fmt: skip


def _close_recognitions(log: Log) -> None:
    """A removal, and a reopening, are newer versions of the recognition's row: they repeat what it told."""
    told: dict[tuple[int, float], dict[str, Any]] = {}
    for batch in _batches(log, "recognitions"):
        for place, key in enumerate(zip(batch["home"].tolist(), batch["since"].tolist(), strict=True)):
            told[key] = {name: (int(batch[name][0][place]), batch[name][1]) for name in _REPEATED}
    removals = [(float(batch["removed"][0]), 0, batch) for batch in _batches(log, "removals", taken_out=True)]
    reopened = [(float(batch["reopened"][0]), 1, batch) for batch in _batches(log, "reopenings", taken_out=True)]
    for _, _, batch in sorted([*removals, *reopened], key=lambda each: each[:2]):  # each batch is of one month
        rows = [told[key] for key in zip(batch["home"].tolist(), batch["since"].tolist(), strict=True)]
        if "reopened" in batch:
            how = (np.array([row["removed"][1] for row in rows], dtype=np.int64), ("helped", "natural"))
            removed = np.array([row["removed"][0] for row in rows])
            _close(log, batch, rows, {"removed": removed, "how": how, "reopened": batch["reopened"]})
            continue
        for row, when, manner in zip(rows, batch["removed"].tolist(), batch["how"][0].tolist(), strict=True):
            row["removed"] = (when, manner)
        _close(log, batch, rows, {"removed": batch["removed"], "how": batch["how"]})


def _close(log: Log, batch: dict[str, Any], rows: list[dict[str, Any]], more: dict[str, Any]) -> None:
    again = {name: (np.array([row[name][0] for row in rows], dtype=np.int64), rows[0][name][1]) for name in _REPEATED}
    log.add("recognitions", batch["home"], since=batch["since"], known=batch["known"], **again, **more)


def _batches(log: Log, table: str, taken_out: bool = False) -> list[dict[str, Any]]:
    """What was noted of a table, batch by batch."""
    found = log.batches.pop(table, []) if taken_out else log.batches.get(table, [])
    return [dict(batch) for _, batch in found]


class _Writer:
    """Columns of a block as the files have them."""

    def __init__(self, state: State, land: Land) -> None:
        self.state, self.land, self.world = state, land, land.world
        self.ids = household_ids(land.world, state.homes.number)
        self.names = Names(land.world)

    def table(self, name: str, told: Gathered) -> pa.Table:
        """A table with all columns of its schema; those that nothing tells are empty."""
        rows = len(told["home"])
        told = {**told, "household_id": self.ids.take(pa.array(told["home"]))}
        columns = {
            field: cast(self._cell(name, field, told, rows), kind, rows) for field, kind in SCHEMAS[name].items()
        }
        return pa.table(columns)

    def members(self, projects: NDArray[np.int32]) -> pa.Table:
        """Who belongs to which project, since the first month or before."""
        homes, begin = self.state.homes, self.world.begin
        rows, place = np.nonzero((projects >= 0) & homes.ledger[:, None])
        project = projects[rows, place]
        since = np.maximum(self.land.project_begun[project], begin - 24)
        told = {
            "project_id": project_ids(project), "household_id": self.ids.take(pa.array(rows)),
            "role": words(np.zeros(len(rows), int), ("shareholder",)),
            "share": homes.stake[rows, place].astype(np.float64), "since": since.astype(np.float64),
            "known_at": np.full(len(rows), float(begin)),
        }  # fmt: skip
        schema = SCHEMAS["project_members"]
        return pa.table({field: cast(told[field], kind, len(rows)) for field, kind in schema.items()})

    def _cell(self, name: str, field: str, told: Gathered, rows: int) -> Any:
        maker = getattr(self, f"_{name}_{field}", None) or getattr(self, f"_any_{field}", None)
        return maker(told, rows) if maker is not None else told.get(_SHORT.get(field, field))

    def _any_person_id(self, told: Gathered, rows: int) -> pa.Array:
        if "member" not in told:
            return pa.nulls(rows, _TEXT)
        member = np.asarray(told["member"], dtype=np.float64)
        number = self.state.homes.number[told["home"]] * 1000 + np.nan_to_num(member).astype(np.int64)
        text = pc.binary_join_element_wise(pa.array([self.world.region] * 1).take(pa.array(np.zeros(rows, int))),
                                           pc.utf8_lpad(pa.array(number).cast(_TEXT), 12, "0"), "")  # fmt: skip
        return pc.if_else(pa.array(~np.isnan(member)), text, None)

    def _any_project_id(self, told: Gathered, rows: int) -> pa.Array:
        return project_ids(told["project"])

    def _households_region_code(self, told: Gathered, rows: int) -> pa.Array:
        return words(np.zeros(rows, int), (self.world.region,))

    def _households_county(self, told: Gathered, rows: int) -> pa.Array:
        return words(np.zeros(rows, int), (self.world.words.county,))

    def _households_township(self, told: Gathered, rows: int) -> pa.Array:
        return words(self.land.township[told["village"].astype(int)], self.names.townships)

    def _households_village(self, told: Gathered, rows: int) -> pa.Array:
        return words(told["village"].astype(int), self.names.villages)

    def _households_village_group(self, told: Gathered, rows: int) -> pa.Array:
        group = self.state.homes.number[told["home"]] % 6
        return words(group, tuple(f"{each + 1}{self.world.words.group}" for each in range(6)))

    def _households_type(self, told: Gathered, rows: int) -> pa.Array:
        return words(told["type"].astype(int), TYPES)

    def _households_head_name(self, told: Gathered, rows: int) -> pa.Array:
        return self.names.of(self.state.homes.number[told["home"]], np.zeros(rows, int))

    def _households_food_clothing(self, told: Gathered, rows: int) -> pa.Array:
        return pa.array(np.ones(rows))

    def _households_electricity(self, told: Gathered, rows: int) -> pa.Array:
        return pa.array(np.ones(rows))

    def _households_dangerous_house(self, told: Gathered, rows: int) -> pa.Array:
        return pa.array((told["grade"] >= 2).astype(float))

    def _households_house_grade(self, told: Gathered, rows: int) -> pa.Array:
        return words(told["grade"].astype(int), _GRADES)

    def _households_product(self, told: Gathered, rows: int) -> pa.Array:
        return words(_codes(told["product"]), tuple(self.world.farm.products))

    def _persons_name(self, told: Gathered, rows: int) -> pa.Array:
        return self.names.of(self.state.homes.number[told["home"]], told["member"].astype(int))

    def _persons_id_kind(self, told: Gathered, rows: int) -> pa.Array:
        return words(np.zeros(rows, int), ("identity_card",))

    def _persons_id_number(self, told: Gathered, rows: int) -> pa.Array:
        number = self.state.homes.number[told["home"]]
        return cards(
            self.world.region,
            told["born"].astype(np.int64),
            number,
            told["member"].astype(np.int64),
            told["female"] == 1,
        )

    def _persons_sex(self, told: Gathered, rows: int) -> pa.Array:
        return words(told["female"].astype(int), ("male", "female"))

    def _persons_ethnicity(self, told: Gathered, rows: int) -> pa.Array:
        return words(told["minority"].astype(int), self.world.words.nationalities)

    def _persons_relation(self, told: Gathered, rows: int) -> pa.Array:
        return words(told["relation"].astype(int), relation_names(self.world))

    def _persons_education(self, told: Gathered, rows: int) -> pa.Array:
        return words(_codes(told["education"]), tuple(_EDUCATION.get(name, name) for name in self.world.people.tracks))

    def _persons_school_status(self, told: Gathered, rows: int) -> pa.Array:
        return words(_codes(told["school"]), ("not_in_school", *SCHOOLS[1:]))

    def _persons_health(self, told: Gathered, rows: int) -> pa.Array:
        return words(told["health"].astype(int), HEALTHS)

    def _persons_disability_grade(self, told: Gathered, rows: int) -> pa.Array:
        return words(_codes(told["disability_grade"]), ("grade_1", "grade_2", "grade_3", "grade_4"))

    def _persons_labour(self, told: Gathered, rows: int) -> pa.Array:
        return words(told["labour"].astype(int), LABOURS)

    def _persons_public_post(self, told: Gathered, rows: int) -> pa.Array:
        return words(told["public_post"].astype(int), POSTS)

    def _persons_allowance(self, told: Gathered, rows: int) -> pa.Array:
        return words(told["allowance"].astype(int), ("not_covered", "rural"))

    def _persons_support(self, told: Gathered, rows: int) -> pa.Array:
        return words(told["support"].astype(int), ("not_covered", "dispersed"))

    def _persons_resident(self, told: Gathered, rows: int) -> pa.Array:
        return words(told["resident"].astype(int), ("home", "away"))

    def _claims_claim_id(self, told: Gathered, rows: int) -> pa.Array:
        parts = (self.state.homes.number[told["home"]], told["month"], told["member"], told["sent"])
        texts = [pa.array(np.asarray(part, dtype=np.int64)).cast(_TEXT) for part in parts]
        return pc.binary_join_element_wise(*texts, "-")

    def _recognitions_removed(self, told: Gathered, rows: int) -> pa.Array:
        if "removed" not in told:
            return pa.nulls(rows, _NUMBER)
        return pa.array(np.where(np.isnan(told["removed"]), np.nan, 1.0), from_pandas=True)


_SHORT = {
    "known_at": "known", "first_listed_month": "listed", "birth_month": "born", "from": "first", "to": "last",
    "monthly_wage": "wage", "total_cost": "total", "own_cost": "own", "relief_paid": "relief",
    "serious_disease": "serious", "happened_at": "happened", "due_month": "due", "paid_month": "paid",
    "pushed_at": "pushed", "recognised_at": "since", "removed_at": "removed", "removed_how": "how",
    "reopened_at": "reopened", "visited_at": "visited", "back_on": "back", "disability_certified_at": "certified",
    "insured_resident": "insured",
}  # fmt: skip


def cast(values: Any, kind: pa.DataType, rows: int) -> pa.Array:
    """A column of the file's type."""
    if values is None:
        return pa.nulls(rows, kind)
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return values if values.type == kind else values.cast(kind)
    if isinstance(values, tuple):
        return words(values[0], values[1])
    numbers = np.asarray(values, dtype=np.float64)
    if kind == _DATE:
        return dates(numbers)
    if kind == _WORDS:
        return months(numbers)
    return pa.array(numbers, from_pandas=True)


def words(codes: NDArray[np.integer], told: Sequence[str]) -> pa.Array:
    """Texts by their codes, -1 for none."""
    plain = np.asarray(codes, dtype=np.int32)
    indices = pa.array(plain, mask=plain < 0)
    distinct = list(dict.fromkeys(told))
    if len(distinct) < len(told):
        place = np.array([distinct.index(word) for word in told] + [-1], dtype=np.int32)
        indices = pa.array(place[plain], mask=plain < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(distinct, _TEXT))


def _codes(values: NDArray[np.float64]) -> NDArray[np.int32]:
    return np.where(np.isnan(values), -1, np.nan_to_num(values)).astype(np.int32)


def months(numbers: NDArray[np.floating] | NDArray[np.integer]) -> pa.Array:
    """Months as `2023-05`."""
    numbers = np.asarray(numbers, dtype=np.float64)
    there = ~np.isnan(numbers)
    if not there.any():
        return words(np.full(len(numbers), -1), ("",))
    whole = np.where(there, np.floor(np.nan_to_num(numbers)), 0).astype(np.int64)
    low, high = int(whole[there].min()), int(whole[there].max())
    told = [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(low, high + 1)]
    return words(np.where(there, whole - low, -1), told)


def dates(numbers: NDArray[np.floating]) -> pa.Array:
    """Dates of months with the part that is over."""
    there = ~np.isnan(numbers)
    whole = np.where(there, np.floor(np.nan_to_num(numbers)), 0).astype(np.int64)
    day = np.clip(np.round((np.nan_to_num(numbers) - whole) * _DAYS), 0, 27).astype(np.int64)
    days = (whole - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]") + day
    return pa.array(days, mask=~there)


def household_ids(world: World, number: NDArray[np.int64]) -> pa.Array:
    """Numbers of households in the national system's form."""
    padded = pc.utf8_lpad(pa.array(number).cast(_TEXT), 9, "0")
    return pc.binary_join_element_wise(pa.array([world.region]).take(pa.array(np.zeros(len(number), int))), padded, "")


def project_ids(number: NDArray[np.integer]) -> pa.Array:
    """Numbers of projects."""
    padded = pc.utf8_lpad(pa.array(np.asarray(number, dtype=np.int64)).cast(_TEXT), 5, "0")
    return pc.binary_join_element_wise(pa.array(["XM"]).take(pa.array(np.zeros(len(number), int))), padded, "")


def cards(
    region: str,
    born: NDArray[np.int64],
    number: NDArray[np.int64],
    member: NDArray[np.int64],
    female: NDArray[np.bool_],
) -> pa.Array:
    """Identity numbers of 18 characters with the right check character, of a region that is none."""
    mixed = number * 131 + member * 37
    day = (born // 12) * 10_000 + (born % 12 + 1) * 100 + mixed % 28 + 1
    body = (int(region) * 10**8 + day) * 1_000 + mixed % 499 * 2 + ~female
    total = sum(int(_WEIGHTS[place]) * (body // 10 ** (16 - place) % 10) for place in range(17))
    return pc.binary_join_element_wise(pa.array(body).cast(_TEXT), _CHECKS.take(pa.array(total % 11)), "")


class Names:
    """Invented names of people and places, the same for the same number.

    Args:
        world: its words.
    """

    def __init__(self, world: World) -> None:
        signs = world.words
        self._surnames, self._given = pa.array(list(signs.surnames)), pa.array(list(signs.given))
        self.townships = tuple(
            _pair(signs.townships, each) + signs.township_ends[each % len(signs.township_ends)]
            for each in range(world.place.townships)
        )
        self.villages = tuple(_pair(signs.villages, each) + signs.village_end for each in range(world.place.villages))

    def of(self, number: NDArray[np.int64], member: NDArray[np.integer]) -> pa.Array:
        """(rows,) names: the household's surname and two signs."""
        mixed = number * 7919 + np.asarray(member, dtype=np.int64) * 104_729
        picks = [
            self._surnames.take(pa.array(number % len(self._surnames))),
            self._given.take(pa.array(mixed % len(self._given))),
            self._given.take(pa.array(mixed // 61 % len(self._given))),
        ]
        return pc.binary_join_element_wise(*picks, "")


def _pair(signs: str, place: int) -> str:
    """Two signs that no other place has."""
    count = len(signs)
    first, step = place % count, 1 + place // count
    return signs[first] + signs[(first + step) % count]
