"""What rules say of a household, in a few words: once a cause, with the departments that say so as well."""

from __future__ import annotations

from relapse.core.results import Finding
from relapse.core.tones import lead_sentences

CAUSES = {"B06": "illness", "B10": "illness", "T01": "illness", "T02": "illness", "T05": "illness", "T20": "job"}


def hit(rule: str, **details: str) -> Finding:
    return Finding(rule, "check", "claims", details=details)


ILL = (
    hit("B06", reference="-6,169", line="8,500"),
    hit("B10", cost="34,488"),
    hit("T01", amount="34,488"),
    hit("T02", amount="31,951"),
    hit("T05", month="2024-07"),
    hit("T20", months="0", before="6"),
)


def test_lead_sentences__tell_one_illness_once_and_who_else_says_so():
    assert lead_sentences(ILL, CAUSES, "exact", "zh") == (
        "应纳未纳 扣除自付后人均-6,169元，低于线8,500元",
        "应纳未纳 今年看病自付34,488元（医保、卫健也有预警）",
        "人社 近期没有务工，上年同期6个月",
    )
    english = lead_sentences(ILL, CAUSES, "exact", "en")
    assert english[1].endswith("this year (also medical insurance, health)")


def test_lead_sentences__name_no_department_twice_nor_the_one_that_is_told():
    hits = (hit("T01", amount="9,000"), hit("T02", amount="8,000"))
    assert lead_sentences(hits, CAUSES, "exact", "zh") == ("医保 今年自付9,000元",)


def test_lead_sentences__soften_what_a_page_may_not_tell():
    told = lead_sentences(ILL, CAUSES, "page", "zh")
    assert not any("34,488" in each or "6,169" in each for each in told)
    assert told[1].endswith("（医保、卫健也有预警）")


def test_lead_sentences__tell_rules_of_no_known_cause_each():
    hits = (hit("B01"), hit("B02"))
    assert len(lead_sentences(hits, {}, "exact", "zh")) == 2
    assert lead_sentences((), CAUSES, "exact", "zh") == ()
