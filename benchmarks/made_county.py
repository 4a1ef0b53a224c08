"""A made-up county as a folder of Parquet tables, of any size: nobody in it exists, and a name is a sign and a number.

Region 99 is no region. Households report income by the month and by the quarter, late by one to three months; some
reports are corrected later, a few are taken back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

FIRST = 2022 * 12  # January 2022
REGION, HOUSEHOLD, VILLAGE_SIZE, VILLAGES_A_TOWN = "990101", 990_100_000_000, 250, 12
CHECKS = pa.array(list("10X98765432"))
WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
SOURCES = {  # share of the households that have it, months of a report, yuan
    "wage": (0.8, 1, 1_500),
    "transfer": (0.6, 1, 250),
    "business": (0.6, 3, 3_000),
    "business_cost": (0.6, 3, 900),
}
CORRECTED, WITHDRAWN = 0.02, 0.001
Columns = Mapping[str, object]


def write(folder: Path, households: int, months: int, *, names: bool = False) -> None:
    """All tables of a county of so many households over so many months.

    Args:
        folder: that exists.
        households: some number, a village for each 250.
        months: of reported income, from January 2022.
        names: whether persons have names.
    """
    rng = np.random.default_rng(households)
    size = np.clip(rng.poisson(1.6, households) + 1, 1, 8)  # 2.6 persons a household
    _households(folder, size, months, rng)
    person = _persons(folder, size, months, rng, names)
    _income(folder, households, months, rng)
    _work(folder, person, months, rng)
    _claims(folder, person, months, rng)
    _help(folder, households, months, rng)
    _places(folder, households)


def _households(folder: Path, size: np.ndarray, months: int, rng: np.random.Generator) -> None:
    """A first state of every household, and a newer one of some."""
    again = _some(len(size), 0.05, rng)
    who = np.r_[np.arange(len(size)), again]
    asked = np.r_[np.full(len(size), FIRST - 6), FIRST + rng.integers(0, months - 4, len(again))]
    _save(folder, "households", {
        "household_id": _ids(who), "region_code": _always(REGION, len(who)), "township": _towns(who),
        "village": _villages(who), "type": _pick(["exited", "ordinary"], [0.8, 0.2], len(who), rng),
        "size": size[who], "dangerous_house": _pick(["是", "否"], [0.01, 0.99], len(who), rng),
        "safe_water": _pick(["是", "否"], [0.99, 0.01], len(who), rng), "house_area": rng.integers(30, 200, len(who)),
        "electricity": _pick(["是"], [1.0], len(who), rng), "toilet": _pick(["是", "否"], [0.9, 0.1], len(who), rng),
        "hard_road": _pick(["是", "否"], [0.95, 0.05], len(who), rng), "arable": rng.gamma(2, 2, len(who)).round(1),
        "forest": rng.gamma(1, 3, len(who)).round(1), "road_distance": rng.gamma(1, 0.4, len(who)).round(2),
        "net_income_pc": rng.lognormal(9.4, 0.5, len(who)).round(), "updated_on": _days(asked, rng),
        "as_of": _days(asked, rng).cast(pa.string()), "known_at": _days(asked + 2, rng),
    })  # fmt: skip


def _persons(
    folder: Path, size: np.ndarray, months: int, rng: np.random.Generator, names: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Place of the household and number in it of every person."""
    home = np.repeat(np.arange(len(size)), size)
    member = np.arange(len(home)) - np.repeat(np.cumsum(size) - size, size)
    count, born = len(home), rng.integers(1940 * 12, 2023 * 12, len(home))
    asked = FIRST - 6 + np.zeros(count, dtype=np.int64)
    age = (FIRST + months - born) // 12
    pupil = np.where((age >= 6) & (age < 12), "primary", np.where((age >= 12) & (age < 16), "junior", None))
    sex = rng.integers(0, 2, count)
    named = {"name": pc.binary_join_element_wise("甲", pa.array(np.arange(count)).cast(pa.string()), "")}
    _save(folder, "persons", {
        **(named if names else {}),
        "household_id": _ids(home), "person_id": _persons_ids(home, member), "id_number": _cards(born, sex, rng),
        "birth_month": _months(born), "sex": pa.array(["female", "male"]).take(pa.array(sex)),
        "relation": pa.array(["head", "spouse", "son", "other"]).take(pa.array(np.minimum(member, 3))),
        "health": _pick(["健康", "长期慢性病", "患有大病", "残疾"], [0.85, 0.1, 0.02, 0.03], count, rng),
        "labour": _pick(["ordinary", "skilled", "weak", "unable"], [0.5, 0.1, 0.2, 0.2], count, rng),
        "school_status": pa.array(pupil),
        "education": _pick(["primary", "junior", "senior"], [0.4, 0.4, 0.2], count, rng),
        "ethnicity": _pick(["汉族", "甲族"], [0.7, 0.3], count, rng), "phone": _phones(count, rng),
        "insured_resident": _pick(["是", "否"], [0.98, 0.02], count, rng),
        "insured_critical": _pick(["是", "否"], [0.98, 0.02], count, rng),
        "pension": _pick(["是", "否"], [0.8, 0.2], count, rng),
        "allowance": _pick(["未享受", "农村低保"], [0.92, 0.08], count, rng),
        "as_of": _days(asked, rng).cast(pa.string()), "known_at": _days(asked + 2, rng),
    })  # fmt: skip
    return home, member


def _income(folder: Path, households: int, months: int, rng: np.random.Generator) -> None:
    """Reports in the order in which they came in, a block a month, so that the file is not sorted by household."""
    who = {source: _some(households, share, rng) for source, (share, _, _) in SOURCES.items()}
    with _Writer(folder / "income.parquet") as writer:
        for month in range(FIRST, FIRST + months):
            for source, (_, span, _) in SOURCES.items():
                if (month - FIRST + 1) % span == 0:
                    writer.write(_reports(who[source], source, month, FIRST + months, rng))


def _reports(who: np.ndarray, source: str, month: int, end: int, rng: np.random.Generator) -> pa.Table:
    """One month's reports of one source, with the corrections and withdrawals that came later."""
    _, span, yuan = SOURCES[source]
    later = _some(len(who), CORRECTED + WITHDRAWN, rng)
    back = rng.random(len(later)) < WITHDRAWN / (CORRECTED + WITHDRAWN)
    row = np.r_[np.arange(len(who)), later]
    known = month + rng.choice([1, 2, 3], len(row), p=[0.8, 0.15, 0.05])
    known[len(who) :] = np.maximum(known[later], known[len(who) :]) + 1
    known = np.minimum(known, end)
    withdrawn = np.r_[np.zeros(len(who), dtype=bool), back]
    return pa.table({
        "household_id": _ids(who[row]), "source": _always(source, len(row)),
        "from": _months(np.full(len(row), month - span + 1)), "to": _months(np.full(len(row), month)),
        "amount": (yuan * rng.lognormal(0, 0.5, len(row))).round(2), "known_at": _days(known, rng),
        "withdrawn": withdrawn,
    })  # fmt: skip


def _work(folder: Path, person: tuple[np.ndarray, np.ndarray], months: int, rng: np.random.Generator) -> None:
    rows = _some(len(person[0]), 0.25, rng)
    begun = FIRST + rng.integers(-12, months - 3, len(rows))
    ended = np.where(rng.random(len(rows)) < 0.4, begun + rng.integers(1, 12, len(rows)), 0)
    _save(folder, "work", {
        **_whose(person, rows), "phone": _phones(len(rows), rng), "from": _months(begun),
        "to": pc.if_else(pa.array(ended > 0), _months(np.maximum(ended, 1)), None),
        "place": _pick(["县内", "省内市外", "省外"], [0.4, 0.2, 0.4], len(rows), rng),
        "county": _pick(["甲县", "乙县", "丙市"], [0.5, 0.3, 0.2], len(rows), rng),
        "monthly_wage": rng.lognormal(8.1, 0.3, len(rows)).round(-1), "known_at": _days(begun + 1, rng),
    })  # fmt: skip


def _claims(folder: Path, person: tuple[np.ndarray, np.ndarray], months: int, rng: np.random.Generator) -> None:
    rows = rng.integers(0, len(person[0]), int(0.6 * len(person[0])))
    month = FIRST + rng.integers(0, months, len(rows))
    cost = rng.lognormal(6, 1.3, len(rows)).round(2)
    _save(folder, "claims", {
        **_whose(person, rows), "claim_id": pa.array(np.arange(len(rows))).cast(pa.string()), "month": _months(month),
        "total_cost": (3 * cost).round(2), "own_cost": cost,
        "known_at": _days(np.minimum(month + 1, FIRST + months), rng),
    })  # fmt: skip


def visit(folder: Path, household_ids: Sequence[str], clue_ids: Sequence[str], month: int) -> None:
    """Visits of a list that came back in a month: a third finds a risk.

    Args:
        folder: of a county that was written.
        household_ids, clue_ids: of the households visited.
        month: counted from year 0.
    """
    rng, count, path = np.random.default_rng(month), len(household_ids), folder / "visits.parquet"
    day = _days(np.full(count, month), rng)
    came = pa.table({
        "household_id": pa.array(household_ids), "clue_id": pa.array(clue_ids), "visited_at": day,
        "verdict": _pick(["存在风险", "不存在风险"], [0.3, 0.7], count, rng), "known_at": day,
    })  # fmt: skip
    pq.write_table(pa.concat_tables([pq.read_table(path), came], promote_options="default"), path)


def _help(folder: Path, households: int, months: int, rng: np.random.Generator) -> None:
    """Recognitions, measures, visits and clues."""
    who = _some(households, 0.02, rng)
    when = FIRST + rng.integers(0, months - 2, len(who))
    causes = ["illness", "disability", "job", "schooling", "industry"]
    _save(folder, "recognitions", {
        "household_id": _ids(who), "category": _pick(["unstable", "edge", "sudden"], [0.4, 0.4, 0.2], len(who), rng),
        "recognised_at": _months(when), "cause_1": _pick(causes, [0.2] * 5, len(who), rng),
        "recognised_net_income_pc": rng.lognormal(8.7, 0.3, len(who)).round(),
        "recognised_own_cost": rng.lognormal(8, 1, len(who)).round(), "known_at": _days(when + 1, rng),
    })  # fmt: skip
    who = rng.integers(0, households, int(0.3 * households))
    when = FIRST + rng.integers(0, months - 2, len(who))
    _save(folder, "measures", {
        "household_id": _ids(who), "kind": _pick(["industry", "job", "health", "support"], [0.25] * 4, len(who), rng),
        "item": _pick(["planting", "training", "medical_relief", "allowance"], [0.25] * 4, len(who), rng),
        "from": _months(when), "amount": rng.lognormal(7, 1, len(who)).round(), "known_at": _days(when + 1, rng),
    })  # fmt: skip
    who = _some(households, 0.03, rng)
    when = FIRST + rng.integers(0, months - 2, len(who))
    _save(folder, "clues", {
        "household_id": _ids(who), "department": _pick(["medical_insurance", "labour"], [0.6, 0.4], len(who), rng),
        "item": _pick(["own_cost", "wage"], [0.6, 0.4], len(who), rng), "pushed_at": _days(when, rng),
    })  # fmt: skip
    _save(folder, "visits", {
        "household_id": _ids(who), "visited_at": _days(when + 1, rng),
        "verdict": _pick(["存在风险", "不存在风险"], [0.3, 0.7], len(who), rng), "known_at": _days(when + 1, rng),
    })  # fmt: skip


def _places(folder: Path, households: int) -> None:
    village = np.arange(0, households, VILLAGE_SIZE)
    day = pa.array(np.full(len(village), np.datetime64("2021-12-31")))
    _save(folder, "villages", {
        "village": _villages(village), "township": _towns(village), "households": np.full(len(village), VILLAGE_SIZE),
        "population": np.full(len(village), 3 * VILLAGE_SIZE), "arable": np.full(len(village), 1200.0),
        "as_of": day, "known_at": day,
    })  # fmt: skip
    years = np.arange(2020, 2026)
    begins = [f"{year}-01-01" for year in years]
    line = 5_400 + 300 * (years - 2020.0)
    _save(folder, "lines", {"region_code": _always("99", 6), "valid_from": begins, "line": line})


# ---- cells -----------------------------------------------------------------------------------------------------------


def _some(count: int, share: float, rng: np.random.Generator) -> np.ndarray:
    """Places of a share, in their order."""
    return np.flatnonzero(rng.random(count) < share)


def _pick(words: Sequence[str], shares: Sequence[float], count: int, rng: np.random.Generator) -> pa.Array:
    return pa.array(words).take(pa.array(np.searchsorted(np.cumsum(shares)[:-1], rng.random(count), side="right")))


def _always(word: str, count: int) -> pa.Array:
    return pa.array([word]).take(pa.array(np.zeros(count, dtype=np.int8)))


def _ids(who: np.ndarray) -> pa.Array:
    return pa.array(HOUSEHOLD + who.astype(np.int64)).cast(pa.string())


def _persons_ids(home: np.ndarray, member: np.ndarray) -> pa.Array:
    return pa.array((HOUSEHOLD + home.astype(np.int64)) * 100 + member).cast(pa.string())


def _whose(person: tuple[np.ndarray, np.ndarray], rows: np.ndarray) -> dict[str, pa.Array]:
    home, member = person[0][rows], person[1][rows]
    return {"household_id": _ids(home), "person_id": _persons_ids(home, member)}


def _villages(who: np.ndarray) -> pa.Array:
    return pc.binary_join_element_wise("村", pa.array(who // VILLAGE_SIZE).cast(pa.string()), "")


def _towns(who: np.ndarray) -> pa.Array:
    return pc.binary_join_element_wise("镇", pa.array(who // VILLAGE_SIZE // VILLAGES_A_TOWN).cast(pa.string()), "")


def _months(month: np.ndarray) -> pa.Array:
    """Months from year 0 as `2023-05`."""
    days = (month - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]")
    return pc.utf8_slice_codeunits(pa.array(days).cast(pa.string()), 0, 7)


def _days(month: np.ndarray, rng: np.random.Generator) -> pa.Array:
    """Some day of each month."""
    days = (month - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]")
    return pa.array(days + rng.integers(0, 28, len(month)))


def _phones(count: int, rng: np.random.Generator) -> pa.Array:
    return pa.array(rng.integers(13_000_000_000, 20_000_000_000, count)).cast(pa.string())


def _cards(born: np.ndarray, sex: np.ndarray, rng: np.random.Generator) -> pa.Array:
    """Numbers of 18 characters of a region that is none, with the right check character."""
    day = (born // 12) * 10_000 + (born % 12 + 1) * 100 + rng.integers(1, 29, len(born))
    body = (990_101 * 10**8 + day) * 1_000 + rng.integers(0, 500, len(born)) * 2 + sex
    total = sum(WEIGHTS[place] * (body // 10 ** (16 - place) % 10) for place in range(17))
    return pc.binary_join_element_wise(pa.array(body).cast(pa.string()), CHECKS.take(pa.array(total % 11)), "")


class _Writer:
    """A Parquet file that is written table by table."""

    def __init__(self, path: Path) -> None:
        self.path, self.file = path, None

    def write(self, table: pa.Table) -> None:
        self.file = self.file or pq.ParquetWriter(self.path, table.schema)
        self.file.write_table(table)

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, *_: object) -> None:
        if self.file is not None:
            self.file.close()


def _save(folder: Path, name: str, columns: Columns) -> None:
    pq.write_table(pa.table(dict(columns)), folder / f"{name}.parquet")
