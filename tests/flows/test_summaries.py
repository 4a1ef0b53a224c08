"""What stands in the summaries of a list: right where it is printed, and nothing small can be worked out of the rest."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from relapse.core.supplement import FEW, HELD_BACK
from relapse.flows.summaries import Summaries, by_department, merged_villages, summaries

HORIZONS = (1, 6)
PLAN = ("eligible", "visit", "next", "phone", "random", "beyond")
BEFORE = ("listed_before", "verified", "overdue", "confirmed")


def made(seed: int, townships: int = 3) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Counts of a small county, many of them small."""
    rng = np.random.default_rng(seed)
    names = [f"{place}镇" for place in range(townships)]
    villages = pd.DataFrame([
        {
            "township": name, "village": f"{name}{place}村", "eligible": int(rng.integers(1, 60)),
            "visit": int(rng.poisson(1.6)), "doubts": int(rng.poisson(6)),
            "causes": {"illness": int(rng.poisson(4)), "work": int(rng.poisson(4)), "place": int(rng.poisson(1))},
        }
        for name in names for place in range(int(rng.integers(1, 6)))
    ])  # fmt: skip
    by = villages.groupby("township")[["eligible", "visit"]].sum()
    table = pd.DataFrame({"township": names, **{key: by.loc[names, key].to_numpy() for key in ("eligible", "visit")}})
    table = table.assign(
        **{key: rng.poisson(5, townships) for key in ("next", "phone", "random", "beyond")}, capacity=9
    )
    listed = rng.poisson(9, townships)
    verified = rng.binomial(listed, 0.7)
    answered = pd.DataFrame(
        {"listed_before": listed, "verified": verified, "overdue": listed - verified,
         "confirmed": rng.binomial(verified, 0.2)}, index=pd.Index(names, name="township"),
    )  # fmt: skip
    results = pd.DataFrame({"base": 500, "base_hits": rng.poisson(4, townships)}, index=answered.index)
    for horizon in HORIZONS:
        visits = rng.integers(10, 60, townships)
        results[f"visits_{horizon}"], results[f"hits_{horizon}"] = visits, rng.binomial(visits, 0.1)
    return table, villages, answered, results


def printed(seed: int) -> tuple[Summaries, dict[str, np.ndarray], pd.DataFrame]:
    """The summaries, the true counts by column with the county's last, and the merged villages."""
    table, villages, answered, results = made(seed)
    found = summaries(table, villages, answered, results, HORIZONS, "zh")
    whole = table.join(answered, on="township").join(results, on="township").drop(columns="township")
    truth = {key: np.append(whole[key], whole[key].sum()) for key in whole}
    return found, truth, merged_villages(villages)


def system(found: Summaries, truth: dict[str, np.ndarray], merged: pd.DataFrame):
    """Unknowns with their bounds, and equations, as somebody has them who holds the printed tables alone.

    Of a share that is printed the numerator counts as known; denominators are taken to be known anyway.
    """
    cells: dict[tuple[str, int], int | None] = {}
    bounds: dict[tuple[str, int], tuple[int, int]] = {}
    sums: list[tuple[tuple[str, int], list[tuple[str, int]]]] = []

    def add(key: tuple[str, int], value: object, count: int) -> None:
        cells[key] = value if isinstance(value, int) else None
        if value == FEW:
            bounds[key] = (1, 4)
        elif not isinstance(value, int):
            bounds[key] = (5 if count >= 5 else 1, 10**6) if value == HELD_BACK else (0, 10**6)

    rows = len(found.townships)
    for column in (*PLAN, *BEFORE):
        for row, value in enumerate(found.townships[column]):
            add((column, row), value, int(truth[column][row]))
        sums.append(((column, rows - 1), [(column, row) for row in range(rows - 1)]))
    for horizon in HORIZONS:
        for row, share in enumerate(found.townships[f"hit_{horizon}"]):
            told = None if share is None or np.isnan(share) else int(truth[f"hits_{horizon}"][row])
            add((f"hits_{horizon}", row), told, 0)
        sums.append(((f"hits_{horizon}", rows - 1), [(f"hits_{horizon}", row) for row in range(rows - 1)]))
    for row in range(rows):
        sums.append((("listed_before", row), [("verified", row), ("overdue", row)]))
    for column in ("eligible", "visit"):
        for row, value in enumerate(found.villages[column]):
            add((f"village_{column}", row), value, int(merged[column][row]))
        for row, name in enumerate(found.townships["township"][:-1]):
            mine = np.flatnonzero(merged["township"] == name)
            sums.append(((column, row), [(f"village_{column}", int(each)) for each in mine]))
    return cells, bounds, sums


@pytest.mark.parametrize("seed", range(6))
def test_summaries__no_hidden_count_can_be_worked_out_of_the_printed_tables(seed):
    found, truth, merged = printed(seed)
    cells, bounds, sums = system(found, truth, merged)
    unknown = list(bounds)
    place = {key: at for at, key in enumerate(unknown)}
    left, right = np.zeros((len(sums), len(unknown))), np.zeros(len(sums))
    for row, (total, parts) in enumerate(sums):
        for key, sign in [(total, -1), *((part, 1) for part in parts)]:
            if cells[key] is None:
                left[row, place[key]] += sign
            else:
                right[row] -= sign * (cells[key] or 0)
    limits = [bounds[key] for key in unknown]
    for key in unknown:
        aim = np.zeros(len(unknown))
        aim[place[key]] = 1
        low, high = (linprog(sign * aim, A_eq=left, b_eq=right, bounds=limits) for sign in (1, -1))
        assert low.success
        assert -high.fun - low.fun > 0.5, f"{key} must be {low.fun}"


@pytest.mark.parametrize("seed", range(6))
def test_summaries__print_no_small_count_and_what_they_print_is_so(seed):
    found, truth, merged = printed(seed)
    for column in (*PLAN, *BEFORE):
        for told, count in zip(found.townships[column], truth[column], strict=True):
            assert told == count if isinstance(told, int) else told in (FEW, HELD_BACK)
            assert told not in (1, 2, 3, 4)
            assert told != FEW or 1 <= count <= 4
            assert told != HELD_BACK or count >= 1
    for column in ("eligible", "visit", "doubts"):
        for told, count in zip(found.villages[column], merged[column], strict=True):
            assert told == count if isinstance(told, int) else told in (FEW, HELD_BACK)
            assert told not in (1, 2, 3, 4)
    for horizon in HORIZONS:
        hits, visits = truth[f"hits_{horizon}"], truth[f"visits_{horizon}"]
        for share, hit, rows in zip(found.townships[f"hit_{horizon}"], hits, visits, strict=True):
            assert share is None or np.isnan(share) or (share == hit / rows and rows >= 20 and hit not in (1, 2, 3, 4))


def test_summaries__a_county_without_small_counts_is_told_whole():
    table, villages, answered, results = made(0)
    big = {key: table[key] + 20 for key in PLAN}
    villages = villages.assign(eligible=villages["eligible"] + 20, visit=villages["visit"] + 20)
    sums = villages.groupby("township")[["eligible", "visit"]].sum().loc[table["township"]]
    table = table.assign(**{**big, "eligible": sums["eligible"].to_numpy(), "visit": sums["visit"].to_numpy()})
    found = summaries(table, villages, answered.iloc[:0], results.iloc[:0], HORIZONS, "zh")
    assert found.townships["visit"].tolist() == [*table["visit"], table["visit"].sum()]
    assert found.villages["eligible"].tolist() == villages["eligible"].tolist()
    assert found.townships["verified"].isna().all()  # nothing was handed back: nothing is said
    assert found.townships["township"].iloc[-1] == ""


def test_merged_villages__small_ones_go_to_their_neighbour_of_the_same_township():
    told = pd.DataFrame({
        "township": ["甲镇"] * 4 + ["乙镇"] * 2, "village": list("一二三四五六"), "eligible": [3, 8, 12, 9, 2, 4],
        "visit": [1, 1, 0, 2, 1, 0], "doubts": 1, "causes": [{"work": 2}, {"work": 3}, {}, {"place": 1}, {}, {}],
    })  # fmt: skip
    found = merged_villages(told)
    assert found["village"].tolist() == ["一、二", "三、四", "五、六"]
    assert found["eligible"].tolist() == [11, 21, 6]
    assert found["causes"].tolist() == [{"work": 5}, {"place": 1}, {}]


def test_causes__only_of_five_households_and_never_a_small_rest():
    told = pd.DataFrame({
        "township": "甲镇", "village": ["一", "二", "三"], "eligible": 30, "visit": 8, "doubts": 9,
        "causes": [{"work": 7, "illness": 5}, {"work": 7, "illness": 2}, {"work": 9, "illness": 6, "place": 3}],
    })  # fmt: skip
    table = pd.DataFrame(
        {"township": ["甲镇"], "eligible": 90, "visit": 24, **dict.fromkeys(("next", "phone", "random", "beyond"), 9)}
    )
    nothing = pd.DataFrame(index=pd.Index([], name="township"))
    found = summaries(table, told, nothing, nothing, HORIZONS, "en").villages["causes"].tolist()
    assert found[0].count("7") == 1
    assert found[0].count("5") == 1
    assert found[1] == ""  # beside 7 the reader would know that two have another cause
    assert "9" in found[2]
    assert "6" not in found[2]  # 9 and 6 would leave three


def hits(department: str, tiers: dict[str, int], first: int = 0) -> pd.DataFrame:
    """Households in order that a department's rules hit, each by two of them, with their tiers."""
    tier = [each for each, count in tiers.items() for _ in range(count)]
    rows = pd.DataFrame({"household_id": [f"h{first + place}" for place in range(len(tier))], "tier": tier})
    return pd.concat([rows, rows]).assign(department=department, township="1镇", village="1村")


def test_by_department__counts_each_household_once_and_tells_no_small_count():
    labour = hits("人社", {"visit": 6, "random": 1, "next": 9, "phone": 11, "beyond": 40, "": 2})
    medical = hits("医保", {"beyond": 5, "visit": 8, "phone": 7}, first=62)  # seven of them are labour's as well
    told = by_department(pd.concat([medical, labour])).set_index("department")
    assert told.index.tolist() == ["人社", "医保", ""]
    assert told.loc["医保"].tolist() == [20, 8, 7, 5, 0]
    assert told.loc["人社", "rest"] == FEW
    assert (
        told.loc["人社", ["households", "now", "later", "beyond"]] == HELD_BACK
    ).sum() == 1  # else 2 is a difference
    assert told.columns.tolist() == ["households", "now", "later", "beyond", "rest"]
    everybody = set(medical["household_id"]) | set(labour["household_id"])
    assert len(everybody) == 82
    assert told.loc["", "households"] == 82


def test_by_department__of_no_hit_is_empty():
    assert by_department(hits("医保", {}).iloc[:0]).empty
