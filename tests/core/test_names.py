"""Tables and sources of income are called in Chinese as the templates have them, and in English in English."""

from __future__ import annotations

import re

import numpy as np
import pytest

from relapse.core.catalogue import Feature
from relapse.core.feeds import Feed
from relapse.core.texts import TEXTS
from relapse.core.verdict_words import reason_sentence
from relapse.county.reports.monitor_html import feed_lines
from relapse.data.contract_file import read_contract
from relapse.explanation.contributions import Contributions
from relapse.explanation.reasons import reasons

CHINESE = re.compile("[一-鿿]")


def test_names__are_those_of_the_templates():
    contract = read_contract("national")
    assert {name: TEXTS[f"table.{name}"][0] for name in contract.tables} == {
        name: table.zh[0] for name, table in contract.tables.items()
    }
    sources = contract.tables["income"].fields["source"].choices
    told = {key.removeprefix("earned."): pair[0] for key, pair in TEXTS.items() if key.startswith("earned.")}
    assert told == {name: sources[name][0] for name in told}


@pytest.mark.parametrize(("language", "start"), [("zh", "工资性收入一项"), ("en", "Wages: lower than")])
def test_a_source_that_was_lost__is_named_in_the_language(language, start):
    names = {"own__lost": 0.4, "income__line": 8_000.0}
    entry = Feature("own__lost", "share", "lost", "sources", wording="reason.source_lost", label="工资性收入")
    entries = (entry, Feature("income__line", "money", "line", "x"))
    raised = Contributions(entries, np.array([[1.0, 0.0]]), np.zeros(1))
    (said,) = reasons(raised, np.array([list(names.values())]), "yuan", language, "monthly")[0]
    assert said.startswith(start)
    assert language == "zh" or not CHINESE.search(said)


def test_a_table__is_named_in_english_on_english_pages():
    feed = Feed("claims", "医疗费用", "2024-05", 3, 1)
    assert (feed.called("zh"), feed.called("en")) == ("医疗费用", "medical costs")
    assert feed_lines([feed.told()], "en")[0][0] == "medical costs"
    late = {"code": "tables_late", "values": {"tables": ["claims"], "count": 1}}
    assert "medical costs" in reason_sentence(late, "en", {"claims": "医疗费用"})
