"""What a list says of the rules that a household hits, and of what is new: every number worked out again from the tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import get_args

import numpy as np
import pandas as pd
import pytest

from printed_sentences import are_right, patterns
from rare_county import RareCounty
from raw_county import RawCounty, month, months
from relapse import config
from relapse.core.results import Finding
from relapse.core.texts import TEXTS
from relapse.core.tones import Tone, lead_sentence
from relapse.county.risk_list.previous import PreviousRow, what_changed

AS_OFS = ("2022-03", "2022-12", "2023-06", "2024-12")
HALF_YEAR = 6
MISSED = config.option("risk_list", "default").missed
TAUGHT = ("home_teaching", "finished")
Numbers = Mapping[str, float | str]
Told = Numbers | list[Numbers]


def claims_of(raw: RawCounty, who: str) -> pd.DataFrame:
    """Claims of the household, those of this year marked; of one that tells no person, the household's."""
    rows = raw.claims_of[who]
    return rows.assign(person=rows["person_id"].fillna("-"), this_year=rows["month"].str[:4] == str(raw.as_of // 12))


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


def work_ended(raw: RawCounty, who: str) -> Told:
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


def is_so(holds: Callable[[RawCounty, str], bool], **numbers: float) -> Callable[[RawCounty, str], Told]:
    """A sentence that only says that something is so."""

    def told(raw: RawCounty, who: str) -> Told:
        assert holds(raw, who)
        return dict(numbers)

    return told


def home_is(column: str, *values: object) -> Callable[[RawCounty, str], Told]:
    return is_so(lambda raw, who: raw.newest.loc[who, column] in values)


def recent(raw: RawCounty, when: pd.Series, last: int) -> pd.Series:
    """Which months or dates lie in the last months."""
    ago = raw.as_of - months(when)
    return (ago >= 0) & (ago < last)


def newly(column: str, *codes: object) -> Callable[[RawCounty, str], bool]:
    """Whether of a member it is so now, was otherwise, and came to be so within half a year."""

    def told(raw: RawCounty, who: str) -> bool:
        states = raw.person_states[raw.person_states["household_id"] == who]
        for _, mine in states.dropna(subset=[column]).groupby("person_id"):
            yes = mine[column].isin(codes).tolist()
            if yes[-1] and not all(yes):
                first = len(yes) - yes[::-1].index(False)
                if recent(raw, mine["as_of"].astype(str).iloc[[first]], HALF_YEAR).all():
                    return True
        return False

    return told


def certified(raw: RawCounty, who: str, last: int, *grades: str) -> bool:
    people = raw.people[who]
    new = recent(raw, people["disability_certified_at"].astype(str).where(people["certified"].notna()), last)
    return bool((new & people["disability_grade"].isin(grades)).any() if grades else new.any())


def uninsured(raw: RawCounty, who: str) -> Told:
    return {"persons": (raw.people[who]["insured_resident"] == 0).sum()}


def children(raw: RawCounty, who: str) -> Told:
    out = raw.household(who).out_of_school & raw.people[who]["not_in_school_reason"].isna()
    assert out.any()
    return {"children": out.sum()}


def not_taught(raw: RawCounty, who: str) -> bool:
    out = raw.household(who).out_of_school
    return bool((out & ~raw.people[who]["not_in_school_reason"].isin(TAUGHT)).any())


def below_after_cost(raw: RawCounty, who: str) -> Told:
    home = raw.household(who)
    assert home.reference < home.line <= home.income
    return {"reference": home.reference, "line": home.line}


def unmet(raw: RawCounty, who: str) -> int:
    return sum(bool(raw.household(who).lacks[name]) for name in ("housing", "water", "medical", "schooling"))


def back_again(raw: RawCounty, who: str) -> Told:
    home = raw.household(who)
    assert raw.recognitions[who].sort_values("recognised_at")["over"].iloc[-1]
    return {"reasons": unmet(raw, who) + (np.fmin(home.income, home.reference) < home.line)}


def seen_since(raw: RawCounty, who: str, when: pd.Series) -> pd.Series:
    """Which dates were followed by a visit."""
    visits = raw.table("visits", "household_id", "visited_at").query("household_id == @who")["visited_at"].astype(str)
    return pd.Series([bool((visits >= each).any()) for each in when.astype(str)], when.index, dtype=bool)


def helped_unseen(raw: RawCounty, who: str) -> bool:
    rows = raw.measures[who]
    rows = rows[recent(raw, rows["from"], HALF_YEAR)]
    large = (rows["item"] == "temporary_relief") & (rows["amount"] >= 2000)
    counts = rows["item"].isin(["allowance", "extreme_support", "medical_relief"]) | large
    return bool((counts | (raw.newest.loc[who, "type"] == "ordinary")).any()) and who not in raw.recognitions


def harmed_unseen(raw: RawCounty, who: str) -> bool:
    rows = raw.events[who]
    rows = rows[rows["kind"].isin(["traffic", "crime"]) & (rows["ago"] < 3) & rows["injury"].notna()]
    return bool((~seen_since(raw, who, rows["happened_at"])).any())


def began(item: tuple[str, ...]) -> Callable[[RawCounty, str], Told]:
    def told(raw: RawCounty, who: str) -> Told:
        rows = raw.measures[who]
        rows = rows[rows["item"].isin(item) & recent(raw, rows["from"], 3)]
        return [{"month": each[:7]} for each in rows["from"].astype(str)]

    return told


def unsafe_house(raw: RawCounty, who: str) -> Told:
    states = raw.states[raw.states["household_id"] == who]
    grades = states["house_grade"].tolist()
    change = max(at for at in range(1, len(grades)) if grades[at] in ("c", "d") and grades[at - 1] not in ("c", "d"))
    assert recent(raw, states["as_of"].astype(str).iloc[[change]], HALF_YEAR).all()
    return {"grade": str(grades[-1]).upper()}


def water_cut(raw: RawCounty, who: str) -> Told:
    """No table of this county says when the water came back."""
    rows = raw.events[who].query("kind == 'water_cut' and ago < 3")
    year, calendar = divmod(raw.as_of + 1, 12)
    until = pd.Timestamp(year, calendar + 1, 1)
    return [{"month": str(each)[:7], "days": (until - pd.Timestamp(each)).days} for each in rows["happened_at"]]


def disaster_loss(raw: RawCounty, who: str) -> Told:
    rows = raw.events[who]
    rows = rows[rows["kind"].isin(["disaster", "fire"]) & (rows["ago"] < 3)]
    return [{"month": str(each.happened_at)[:7], "amount": each.loss} for each in rows.itertuples()]


def grave_accident(raw: RawCounty, who: str) -> Told:
    rows = raw.events[who]
    grave = rows["injury"].isin(["grave", "disabled", "dead"]) & rows["kind"].isin(["traffic", "accident"])
    return [{"month": str(each)[:7]} for each in rows.loc[grave & (rows["ago"] < 3), "happened_at"]]


def price_fall(raw: RawCounty, who: str) -> Told:
    return {"percent": -100 * raw.price_change[raw.newest.loc[who, "product"]]}


def project_stopped(raw: RawCounty, who: str) -> bool:
    states = raw.table("projects", "project_id", "as_of").sort_values("as_of")
    for project in raw.own_projects[who]:
        mine = states[states["project_id"] == project]
        bad = mine["status"].isin(["stopped", "failed"]).tolist()
        if bad[-1] and not all(bad):
            first = len(bad) - bad[::-1].index(False)
            if recent(raw, mine["as_of"].astype(str).iloc[[first]], HALF_YEAR).all():
                return True
    return False


def pushed(raw: RawCounty, who: str) -> Told:
    rows = pd.read_parquet(raw.folder / "clues.parquet").query("household_id == @who")
    when = rows["pushed_at"].astype(str)
    return [{"month": each[:7]} for each in when[recent(raw, when, 1) & ~seen_since(raw, who, when)]]


TRUE: Mapping[str, Callable[[RawCounty, str], Told]] = {
    "T01": cost_of_year, "T02": lambda raw, who: cost_of_year(raw, who, "inpatient"), "T03": cost_of_month, "T04": costly_stay,
    "T05": serious, "T06": reported("illness"), "T07": is_so(not_taught), "T08": reported("dropout"),
    "T10": is_so(lambda raw, who: certified(raw, who, HALF_YEAR)),
    "T11": is_so(lambda raw, who: certified(raw, who, HALF_YEAR, "grade_1", "grade_2")
                 or newly("disability_grade", "grade_1", "grade_2")(raw, who)),
    "T12": is_so(newly("allowance", "rural", "urban")), "T13": is_so(newly("support", "dispersed", "central", "supported")),
    "T14": began(("allowance", "extreme_support")), "T15": began(("temporary_relief",)), "T16": is_so(newly("orphan", 1)),
    "T18": reported("job_loss"), "T19": work_ended, "T20": fewer_months, "T21": unsafe_house, "T22": reported("house_damage"),
    "T23": water_cut, "T24": disaster_loss, "T25": grave_accident,
    "T26": reported("animal_loss", "crop_loss", "project_failure", "price_slump"), "T27": price_fall,
    "T28": is_so(project_stopped), "T29": reported("appeal"), "T30": pushed,
    "B01": home_is("dangerous_house", 1), "B02": home_is("safe_water", 0), "B03": uninsured, "B04": children, "B05": below_line,
    "B06": below_after_cost, "B07": lambda raw, who: {"unmet": unmet(raw, who)}, "B08": nobody_works, "B10": household_cost,
    "B11": is_so(lambda raw, who: certified(raw, who, 3, "grade_1", "grade_2")), "B12": nobody_since, "B14": back_again,
    "B16": is_so(helped_unseen), "B18": is_so(harmed_unseen),
}  # fmt: skip


@cache
def truth(raw: RawCounty, who: str, rule: str) -> Told:
    """What the tables say, worked out once for the sentences of all tones."""
    return TRUE[rule](raw, who)


def fault_of(raw: RawCounty, who: str, rule: str, sentence: str, tone: Tone) -> str:
    """What is wrong with a sentence; empty where nothing is."""
    key = next(
        key
        for key in (f"lead.{rule}.none", f"lead.{rule}")
        if key in patterns("lead.", tone) and patterns("lead.", tone)[key].fullmatch(sentence)
    )
    said = patterns("lead.", tone)[key].fullmatch(sentence).groupdict()
    try:
        told = truth(raw, who, rule)
    except (AssertionError, IndexError, KeyError, ValueError) as error:
        return f"not true of the tables ({error!r})"
    told = told if isinstance(told, list) else [told]
    return "" if any(are_right(key, said, each) for each in told) else f"the tables have {told}"


@pytest.fixture(scope="module")
def hits(rare_county: RareCounty) -> list[tuple[str, str, str, Finding]]:
    """As_of, household, rule and what it found."""
    panel, audits, found = rare_county.panel, config.option("audits", "national"), []
    for as_of in AS_OFS:
        raised = audits.raised(panel.as_of(month(as_of)), MISSED)
        names = (str(panel.household_ids[place]) for place in raised.household)
        found += list(zip([as_of] * len(raised.rule), names, raised.rule, raised.findings, strict=True))
    return found


def test_rules__say_what_the_tables_say_in_every_tone(hits, rare_county):
    faults, seen = [], Counter[str]()
    for as_of, who, rule, hit in hits:
        seen[rule] += 1
        for tone in get_args(Tone):
            sentence = lead_sentence(hit, tone, "zh")
            fault = fault_of(rare_county.raw(as_of), who, rule, sentence, tone)
            faults += [f"{as_of} {who} {rule}: {sentence}: {fault}"] if fault else []
    assert not faults, f"{len(faults)} of {sum(seen.values())}:\n" + "\n".join(faults[:30])
    told = {key.split(".")[1] for key in TEXTS if re.match(r"lead\.[A-Z]\d\d", key)}
    assert set(seen) == told, "a rule of which nobody checks what it says"
    assert sum(seen.values()) > 1500


@pytest.mark.parametrize("change", [1, -1])
def test_the_check__sees_a_wrong_number(hits, rare_county, change):
    for rule in ("T01", "T20", "B03", "B07", "T24"):
        as_of, who, _, hit = next(each for each in hits if each[2] == rule)
        name, value = next((name, value) for name, value in hit.details.items() if value.replace(",", "").isdigit())
        other = replace(hit, details={**hit.details, name: f"{int(value.replace(',', '')) + change:,}"})
        assert fault_of(rare_county.raw(as_of), who, rule, lead_sentence(other, "exact", "zh"), "exact")


@pytest.mark.parametrize(("income", "before", "amount"), [(9000.4, 9640.6, "640"), (12_500.0, 9000.0, "3,500")])
def test_what_is_new__tells_the_difference_of_both_months_incomes(income, before, amount):
    now = PreviousRow("visit", 2, income, "", "")
    (told,) = what_changed(now, PreviousRow("visit", 1, before, "", ""), "zh")
    assert amount in told
    assert ("少" if income < before else "多") in told
