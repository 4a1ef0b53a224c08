"""What a list says of the rules that a household hits, and of what is new: every number worked out again from the tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from printed_sentences import agrees, patterns
from raw_county import RawCounty, month
from relapse import config
from relapse.core.panel import Panel
from relapse.core.tones import lead_sentence
from relapse.core.triggered import Raised
from relapse.county.risk_list.previous import PreviousRow, what_changed
from simulated_counties import county

AS_OF, HORIZON, HALF_YEAR = "2024-12", 6, 6
MISSED = config.option("risk_list", "default").missed
Numbers = Mapping[str, float | str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = county(path=str(tmp_path_factory.mktemp("rules")), households=500)
    made.prepare()
    return Path(made.path)


@pytest.fixture(scope="module")
def panel(folder: Path) -> Panel:
    made: Panel = county(path=str(folder), households=500).read(config.option("line", "auto"))
    return made


@pytest.fixture(scope="module")
def raw(folder: Path, panel: Panel) -> RawCounty:
    return RawCounty(folder, AS_OF, panel.max_age, HORIZON)


@pytest.fixture(scope="module")
def raised(panel: Panel) -> Raised:
    return config.option("audits", "national").raised(panel.as_of(month(AS_OF)), MISSED)


def claims_of(raw: RawCounty, who: str) -> pd.DataFrame:
    """Claims of the household, those of this year marked; of one that tells no person, the household's."""
    rows = raw.claims_of[who]
    return rows.assign(person=rows["person_id"].fillna("-"), this_year=rows["month"].str[:4] == AS_OF[:4])


def cost_of_year(raw: RawCounty, who: str, *care: str) -> Numbers:
    rows = claims_of(raw, who).query("this_year")
    rows = rows[rows["care"].isin(care)] if care else rows
    return {"amount": rows.groupby("person")["own_cost"].sum().max()}


def cost_of_month(raw: RawCounty, who: str) -> Numbers:
    rows = claims_of(raw, who)
    rows = rows[(rows["ago"] < 3) & rows["care"].isin(["outpatient", "special"])]
    return {"amount": rows.groupby(["person", "month"])["own_cost"].sum().max()}


def costly_stay(raw: RawCounty, who: str) -> Numbers:
    rows = claims_of(raw, who)
    return {"amount": rows.loc[(rows["ago"] < 3) & (rows["care"] == "inpatient"), "own_cost"].max()}


def household_cost(raw: RawCounty, who: str) -> Numbers:
    return {"cost": claims_of(raw, who).query("this_year")["own_cost"].sum()}


def below_line(raw: RawCounty, who: str) -> Numbers:
    home = raw.household(who)
    assert home.income < home.line
    return {"income": home.income, "line": home.line}


def nobody_works(raw: RawCounty, who: str) -> Numbers:
    people = raw.people[who]
    assert not people["labour"].isin(["ordinary", "skilled"]).any()
    return {"members": len(people)}


def worked(raw: RawCounty, who: str, last: int) -> pd.Series:
    """By person, months of the half year up to `last` in which they worked: every month once."""
    rows = raw.work[who]
    spells = zip(rows["person_id"], rows["first"], rows["last"].fillna(np.inf), strict=True)
    every = [
        (person, when)
        for person, first, end in spells
        for when in range(last - HALF_YEAR + 1, last + 1)
        if first <= when <= end
    ]
    counted = pd.Series([person for person, _ in set(every)], dtype=object).value_counts()
    return counted.reindex(sorted(set(rows["person_id"])), fill_value=0)


def fewer_months(raw: RawCounty, who: str) -> list[Numbers]:
    """Of any person whose months fell by three at least."""
    now, before = worked(raw, who, raw.as_of), worked(raw, who, raw.as_of - 12)
    return [{"months": now[each], "before": before[each]} for each in now.index if before[each] - now[each] >= 3]


def nobody_since(raw: RawCounty, who: str) -> Numbers:
    assert worked(raw, who, raw.as_of).sum() == 0
    rows, span = raw.work[who], range(raw.as_of - 2 * HALF_YEAR + 1, raw.as_of - HALF_YEAR + 1)
    return {
        "months": sum(
            first <= when <= end
            for first, end in zip(rows["first"], rows["last"].fillna(np.inf), strict=True)
            for when in span
        )
    }


def work_ended(raw: RawCounty, who: str) -> list[Numbers]:
    return [{"month": each[:7]} for each in raw.work[who]["to"].dropna()]


def reported(*kinds: str) -> Callable[[RawCounty, str], list[Numbers]]:
    def told(raw: RawCounty, who: str) -> list[Numbers]:
        rows = raw.events[who]
        return [
            {"month": each[:7]}
            for each in rows.loc[rows["kind"].isin(kinds) & (rows["ago"] < 3), "happened_at"].astype(str)
        ]

    return told


def relief(raw: RawCounty, who: str) -> list[Numbers]:
    return [{"month": str(each)[:7]} for each in raw.measures[who]["from"]]


def serious(raw: RawCounty, who: str) -> list[Numbers]:
    return [{"month": each} for each in claims_of(raw, who).query("serious_disease == 1")["month"]]


TRUE = {
    "T01": cost_of_year, "T02": lambda raw, who: cost_of_year(raw, who, "inpatient"), "T03": cost_of_month, "T04": costly_stay,
    "T05": serious, "T06": reported("illness"), "T14": relief, "T15": relief, "T18": reported("job_loss"), "T19": work_ended,
    "T20": fewer_months, "B05": below_line, "B08": nobody_works, "B10": household_cost, "B12": nobody_since,
}  # fmt: skip


def numbers_in(rule: str, sentence: str) -> dict[str, str]:
    found = patterns("lead.", "exact")[f"lead.{rule}"].fullmatch(sentence)
    assert found, sentence
    return found.groupdict()


def test_rules__say_what_the_tables_say(raised, panel, raw):
    faults, seen = [], Counter[str]()
    for place, rule, hit in zip(raised.household, raised.rule, raised.findings, strict=True):
        if rule not in TRUE:
            continue
        who, sentence = str(panel.household_ids[place]), lead_sentence(hit, "exact", "zh")
        told = TRUE[rule](raw, who)
        seen[rule] += 1
        said = numbers_in(rule, sentence)
        if not any(
            all(agrees(said[name], each[name]) for name in said)
            for each in (told if isinstance(told, list) else [told])
        ):
            faults.append(f"{who}: {sentence} {told}")
    assert not faults, f"{len(faults)} of {sum(seen.values())}:\n" + "\n".join(faults[:30])
    assert {"T01", "T02", "T03", "T19", "T20", "B05", "B08", "B10", "B12"} <= set(seen)
    assert sum(seen.values()) > 300


@pytest.mark.parametrize(("income", "before", "amount"), [(9000.4, 9640.6, "640"), (12_500.0, 9000.0, "3,500")])
def test_what_is_new__tells_the_difference_of_both_months_incomes(income, before, amount):
    now = PreviousRow("visit", 2, income, "", "")
    (told,) = what_changed(now, PreviousRow("visit", 1, before, "", ""), "zh")
    assert amount in told
    assert ("少" if income < before else "多") in told
