"""Reasons in plain words: each sentence is held against the table itself, household by household."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from panels import blocks, monthly, read, signal, unit_of
from relapse.core.catalogue import Feature
from relapse.core.panel import Panel
from relapse.core.texts import TEXTS, fields_of, percent
from relapse.explanation.contributions import Contributions
from relapse.explanation.reasons import MOST_REASONS, reasons, told_reasons
from relapse.flows.explain import contributions_of, values_at

AS_OF = 2006
FORBIDDEN = ("模型", "权重", "SHAP", "概率")
LONGEST = 40


def inflation(seed: int = 1, households: int = 150) -> pd.DataFrame:
    """Prices and the line rise by a quarter a year, so that money of different years does not compare."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(households):
        level, village = rng.uniform(0.9, 1.6), f"v{number % 12}"
        for year in range(2000, AS_OF + 1):
            if rng.random() < 0.1 and year < AS_OF:
                continue
            price = 1000 * 1.25 ** (year - 2000)
            wage = price * level * rng.uniform(0.2, 1.1) * (rng.random() > 0.1)
            farm = price * level * rng.uniform(0, 0.6) * (rng.random() > 0.4)
            size = {"wage": wage, "farm": farm, "line": price * 0.8, "land": float(rng.integers(0, 9))}
            rows.append({"hh": f"h{number:03d}", "period": str(year), "village": village, **size})
    return pd.DataFrame(rows)


def inflation_panel(frame: pd.DataFrame) -> Panel:
    titles = {"wage": "wages", "farm": "the farm", "land": "fields"}
    return read(frame, "line", sources=["wage", "farm"], village="village", titles=titles, lookback=6)


def all_sentences(panel: Panel, as_of: int, language: str, seed: int = 0) -> dict[str, set[str]]:
    """Every sentence that some model could print: contributions by chance, often enough."""
    unit = unit_of(panel, as_of, blocks(), [1, 2])
    values = values_at(unit, 2)
    rng = np.random.default_rng(seed)
    said: dict[str, set[str]] = {household: set() for household in unit.household_ids}
    for _ in range(12):
        drawn = Contributions(unit.entries, rng.normal(0.2, 1, values.shape), np.zeros(len(values)))
        for household, sentences in zip(unit.household_ids, reasons(drawn, values, panel.money, language), strict=True):
            assert len(sentences) <= MOST_REASONS
            said[household] |= set(sentences)
    return said


class Record:
    """One household's rows, and what can be worked out of them with a pencil."""

    def __init__(self, frame: pd.DataFrame, household: str) -> None:
        rows = frame[(frame["hh"] == household) & (frame["period"].astype(int) > AS_OF - 6)].set_index("period")
        rows.index = rows.index.astype(int)
        self.rows = rows.assign(income=rows["wage"] + rows["farm"]).sort_index()
        self.now = self.rows.loc[AS_OF]
        self.before = self.rows.loc[AS_OF - 1] if AS_OF - 1 in self.rows.index else None
        self.below = self.rows["income"] < self.rows["line"]
        village = frame[(frame["village"] == self.now["village"]) & (frame["period"] == str(AS_OF))]
        self.village_share = (village["wage"] + village["farm"] < village["line"]).mean()


def money(text: str) -> float:
    return float(text.replace(",", ""))


def near(written: str, value: float) -> bool:
    return abs(money(written) - value) <= 0.5 + 1e-4 * abs(value)


def is_close(found: re.Match, record: Record) -> bool:
    income, line = record.now["income"], record.now["line"]
    return near(found[1], income) and near(found[2], income - line) and line <= income < 1.5 * line + 1


def is_drop(found: re.Match, record: Record) -> bool:
    fall = record.before["income"] - record.now["income"]
    return near(found[1], fall) and found[2] == percent(fall / record.before["income"]) and fall > 0


def is_lowest(found: re.Match, record: Record) -> bool:
    return near(found[1], record.rows["income"].min())


def is_lowest_near(found: re.Match, record: Record) -> bool:
    ratio = record.rows["income"] / record.rows["line"]
    return near(found[1], record.rows.loc[ratio.idxmin(), "income"]) and ratio.min() < 1.1


def is_below_count(found: re.Match, record: Record) -> bool:
    return (int(found[1]), int(found[2])) == (record.below.sum(), len(record.rows)) and record.below.sum() > 0


def is_recently(found: re.Match, record: Record) -> bool:
    return int(found[1]) == AS_OF - record.below[record.below].index.max() and int(found[1]) > 0


def is_lost(found: re.Match, record: Record) -> bool:
    source = {"wages": "wage", "the farm": "farm"}[found[1]]
    lost = (record.before[source] - record.now[source]) / record.now["line"]
    return found[2] == percent(lost) and lost > 0.05


def is_one_source(found: re.Match, record: Record) -> bool:
    return found[1] == percent(max(record.now["wage"], record.now["farm"]) / record.now["income"])


def is_covariate(found: re.Match, record: Record) -> bool:
    return found[1] == "fields" and float(found[2]) == record.now["land"]


def is_place(found: re.Match, record: Record) -> bool:
    return found[1] == percent(record.village_share)


CHECKS = {
    r"Income per person is ([\d,]+) yuan, only ([\d,]+) above the line\.": is_close,
    r"Income per person is ([\d,]+) yuan lower than a year ago, a fall of ([\d.]+%)\.": is_drop,
    r"Income swings widely; at its lowest it was ([\d,]+) yuan per person\.": is_lowest,
    r"At its lowest against the line, income per person was ([\d,]+) yuan: near or below it\.": is_lowest_near,
    r"Below the line in (\d+) of (\d+) known period\(s\)\.": is_below_count,
    r"Last below the line (\d+) period\(s\) ago\.": is_recently,
    r"(wages|the farm): lower than a year ago by ([\d.]+%) of the line\.": is_lost,
    r"Nearly all income comes from one source \(([\d.]+%)\)\.": is_one_source,
    r"(\w+): ([\d.]+)\.": is_covariate,
    r"Many households around it are below the line \(([\d.]+%)\)\.": is_place,
}


def test_every_sentence__is_true_of_the_table():
    frame = inflation()
    said = all_sentences(inflation_panel(frame), AS_OF, "en")
    seen = dict.fromkeys(CHECKS, 0)
    for household, sentences in said.items():
        record = Record(frame, household)
        for sentence in sentences:
            fitting = [(pattern, found) for pattern in CHECKS if (found := re.fullmatch(pattern, sentence))]
            assert fitting, f"a sentence that no check knows: {sentence}"
            pattern, found = fitting[0]
            assert CHECKS[pattern](found, record), f"{household}: {sentence}\n{record.rows}"
            seen[pattern] += 1
    assert min(seen.values()) > 3, f"some sentence was never printed: {seen}"


def test_sentences_of_windows__are_true_of_the_table():
    """What is on record, what is about to leave, what must still come in: at lead 2 of a window of twelve months."""
    case = monthly(households=60)
    panel, as_of = case.panel(), case.periods()[0]
    unit = unit_of(panel, as_of, blocks(), [1, 2])
    known = panel.as_of(as_of).histories(unit.members)
    income = known.income[:, :12]
    said = all_sentences(panel, as_of, "en")
    seen = {"thin": 0, "leaves": 0, "needed": 0}
    for row, household in enumerate(unit.household_ids):
        reported = ~np.isnan(income[row])
        months = np.where(reported, income[row], income[row][reported].mean())
        for sentence in said[household]:
            if found := re.fullmatch(r"Only ([\d.]+%) of recent income is on record; the rank is rough\.", sentence):
                assert found[1] == percent(reported.mean())
                assert reported.mean() < 1
                seen["thin"] += 1
            if found := re.fullmatch(
                r"Past income worth ([\d.]+%) of the line is about to drop out of the count\.", sentence
            ):
                assert found[1] == percent(np.float32(months[10:].sum() / 1500))
                seen["leaves"] += 1
            if found := re.fullmatch(r"To stay above the line, ([\d.]+%) of the line must still come in\.", sentence):
                assert found[1] == percent(np.float32(1 - months[:10].sum() / 1500))
                seen["needed"] += 1
    assert min(seen.values()) > 0, seen


def test_close__is_not_said_of_a_household_whose_income_lies_below_the_line():
    """A state of the file's own can say that it is not poor all the same."""
    frame = pd.DataFrame(
        {"hh": ["a", "b"] * 2, "period": ["2000", "2000", "2001", "2001"], "income": [90.0, 110, 90, 110]}
    )
    panel = read(frame.assign(poor=0), 100.0, label="poor")
    said = all_sentences(panel, 2001, "en")
    assert not any("above the line" in sentence for sentence in said["a"])
    assert "Income per person is 110 yuan, only 10 above the line." in said["b"]


def test_a_missing_number__makes_no_sentence():
    frame = pd.DataFrame({"hh": ["a", "z"], "period": ["2001", "2000"], "income": [120.0, 1.0]}).assign(land=np.nan)
    said = all_sentences(read(frame.assign(land=[np.nan, 3.0])), 2001, "zh")
    assert said["a"]
    assert not any("–" in sentence or "nan" in sentence for sentence in said["a"])


# which groups, how many, in what order -------------------------------------------------------------------------------

ENTRIES = (
    Feature("a__one", "count", "meaning", "distance", wording="reason.covariate", label="one"),
    Feature("a__two", "count", "meaning", "distance", wording="reason.covariate", label="two"),
    Feature("b__three", "count", "meaning", "trend", wording="reason.covariate", label="three"),
    Feature("c__four", "count", "meaning", "place", wording="reason.covariate", label="four"),
    Feature("d__five", "count", "meaning", "data", wording="reason.covariate", label="five"),
    Feature("e__mute", "count", "meaning", "season"),
)


def labels(added: Mapping[str, float], values: Mapping[str, float] | None = None) -> list[str]:
    names = [entry.label for entry in ENTRIES]
    parts = Contributions(ENTRIES, np.array([[added.get(name, 0.0) for name in names]]), np.zeros(1))
    told = np.array([[(values or {}).get(name, 1.0) for name in names]])
    return [sentence.partition(":")[0] for sentence in reasons(parts, told, "yuan", "en")[0]]


def test_reasons__strongest_group_first_and_at_most_three():
    assert labels({"one": 0.1, "three": 0.4, "four": 0.2, "five": 0.3}) == ["three", "five", "four"]


def test_reasons__of_a_group_the_feature_that_raised_the_score_most():
    assert labels({"one": 0.1, "two": 0.4}) == ["two"]
    assert labels({"one": 0.1, "two": 0.4}, {"two": np.nan}) == ["one"]


def test_reasons__only_of_groups_that_raised_the_score_as_a_whole():
    assert labels({"one": 0.5, "two": -0.6, "three": 0.1}) == ["three"]
    assert labels({"one": -0.5}) == []
    assert labels({}) == []


def test_reasons__a_group_without_words_makes_room_for_the_next():
    assert labels({"": 9.0, "one": 0.1}) == ["one"]


@pytest.mark.parametrize(("value", "said"), [(0.0, []), (0.1, ["one"]), (0.2, [])])
def test_reasons__are_printed_strictly_between_their_bounds(value, said):
    entry = Feature("a__one", "count", "m", "g", wording="reason.covariate", label="one", true_above=0, true_below=0.2)
    parts = Contributions((entry,), np.ones((1, 1)), np.zeros(1))
    found = reasons(parts, np.array([[value]]), "yuan", "en")[0]
    assert [sentence.partition(":")[0] for sentence in found] == said


def test_true_of__decides_and_gives_the_number():
    entry = Feature(
        "a__one", "count", "m", "g", wording="reason.covariate", label="one", true_of="a__two", true_above=0
    )
    other = Feature("a__two", "count", "m", "g", modelled=False)
    parts = Contributions((entry, other), np.array([[1.0, 0.0]]), np.zeros(1))
    assert reasons(parts, np.array([[5.0, 7.0]]), "yuan", "en")[0] == ("one: 7.",)
    assert reasons(parts, np.array([[5.0, -7.0]]), "yuan", "en")[0] == ()


# words ---------------------------------------------------------------------------------------------------------------


def test_chinese_sentences__are_short_and_speak_of_the_household():
    said = {
        sentence
        for sentences in all_sentences(inflation_panel(inflation()), AS_OF, "zh").values()
        for sentence in sentences
    }
    months = monthly()
    said |= {
        sentence
        for sentences in all_sentences(months.panel(), months.periods()[0], "zh").values()
        for sentence in sentences
    }
    assert len(said) > 100
    too_long = sorted({sentence for sentence in said if len(sentence) > LONGEST})
    assert not too_long, too_long
    assert not [sentence for sentence in said for word in FORBIDDEN if word in sentence]
    assert all(sentence.endswith("。") for sentence in said)


def test_wordings__of_reasons_hold_none_of_the_words_that_offices_cannot_use():
    for key, (chinese, _) in TEXTS.items():
        if key.startswith(("reason.", "group.")):
            assert not [word for word in FORBIDDEN if word in chinese], key


def test_reasons__of_a_fitted_model(fitted, signal_task):
    unit = signal_task.unit(signal_task.panel.last)
    parts = contributions_of(fitted("lgbm_hazard").hazard, unit, 4)
    said = reasons(parts, values_at(unit, 4), "yuan", "en")
    raised = (parts.by_group() > 0).sum(axis=1)
    assert all(len(sentences) <= min(MOST_REASONS, count) for sentences, count in zip(said, raised, strict=True))
    first = np.argsort(-signal_task.unit(signal_task.panel.last).column("covariates__ill_now"))[0]
    ill = signal().query("hh == @unit.household_ids[@first] and period == '2013Q2'")["ill"].iloc[0]
    assert any(sentence == f"ill: {ill:.0f}." for sentence in said[first]), said[first]


def test_a_loss__is_printed_as_one():
    """It was printed without its sign: an income of -3,055 stood there as 3,055."""
    entry = Feature("a__lowest", "money", "m", "g", wording="reason.covariate", label="lowest")
    told = told_reasons(Contributions((entry,), np.ones((1, 1)), np.zeros(1)), np.array([[-3055.0]]), "yuan", "en")[0][
        0
    ]
    assert (told.sentence, told.say("paper")) == ("lowest: -3,055.", "lowest: about -3,100.")


def unit_in(name: str) -> str:
    return "periods" if "months" in name else "money"


def says(entry: Feature, features: Mapping[str, float], line: float = 8_000.0) -> str:
    """What is said of one household where this feature alone raised its score."""
    names = {"income__line": line, **features}
    known = {
        entry.name: entry,
        **{name: Feature(name, unit_in(name), name, "x") for name in names if name != entry.name},
    }
    values = np.array([[names[name] for name in known]])
    raised = Contributions(
        tuple(known.values()), np.array([[float(name == entry.name) for name in known]]), np.zeros(1)
    )
    return " ".join(reasons(raised, values, "yuan", "zh", "monthly")[0])


def test_no_sentence__is_told_of_next_to_nothing(rare_county):
    """The income of somebody who hardly has any leaves the window as 0.00% of the line."""
    unit, faults = unit_of(rare_county.panel, rare_county.panel.calendar.parse("2024-12"), blocks(), [6]), []
    shown = {each.name: each for each in unit.entries}
    for entry in unit.entries:
        decides = shown[entry.true_of or entry.name]
        said_so = (
            entry.wording and entry.wording != "reason.no_labour"
        )  # who has no income has none: 0 is what there is to say
        if said_so and entry.true_above is not None and decides.unit in ("money", "share"):
            for nothing in (1e-6, 0.4 if decides.unit == "money" else 1e-3):
                others = dict.fromkeys(fields_of(entry.wording, "zh") & shown.keys(), 1.0)
                told = says(entry, {**others, entry.name: 1.0, decides.name: nothing})
                faults += [f"{entry.name} {nothing}: {told}"] if told else []
    assert faults == []


@pytest.mark.parametrize(("wording", "features", "said"), [
    ("reason.close", {"income__per_person": 8_000, "income__above_line": 0.2}, "人均收入8,000元，正好在线上。"),
    ("reason.close", {"income__per_person": 8_001, "income__above_line": 0.6}, "人均收入8,001元，只比监测线高1元。"),
    ("reason.industry", {"prices__business_cost_yuan": 3_420, "prices__business_income_yuan": 0},
     "近一年经营支出3,420元，没有经营收入，可能亏本。"),
    ("reason.job_loss", {"work__anyone_months_6m": 0, "work__anyone_months_6m_year_ago": 4},
     "近6个月没有人务工，上年同期有4个月。"),
    ("reason.thin", {"own__share": 0}, "近期收入没有记录，名次仅供参考。"),
])  # fmt: skip
def test_a_number_that_is_nothing__is_said_in_words(wording, features, said):
    entry = Feature("own__share", "share", "a cause", "x", wording=wording)
    assert says(entry, {entry.name: 1, **features}) == said
