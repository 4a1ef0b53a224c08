"""What to look at and which kinds of measure: one table, whole, and a county's own in its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from relapse.core.errors import InputError
from relapse.county.risk_list.measures import read_advice

OWN = {
    "kinds": {"visit": {"zh": "走访", "en": "visit"}, "loan": {"zh": "贷款", "en": "loan"}},
    "causes": {
        "usual": {"zh": "看看", "en": "look"},
        "illness": {"zh": "看票据", "en": "bills", "measures": ["visit", "loan"]},
        "job": {"zh": "找活", "en": "work", "measures": ["loan"]},
    },
    "rules": {"T01": "illness"},
}


def own(tmp_path: Path, **changes) -> str:
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump({**OWN, **changes}, allow_unicode=True), encoding="utf-8")
    return str(path)


def test_shipped__names_the_kinds_of_the_design_and_no_amount():
    advice = read_advice("national")
    kinds = {kind.zh for kind in advice.kinds.values()}
    assert kinds >= {
        "往诊", "医疗救助", "危房改造", "公益岗", "就地就近就业/产业园", "助学", "毕业生就业", "低保", "小额信贷", "项目跟进", "留守关爱",
    }  # fmt: skip
    said = [words for cause in (*advice.causes.values(), *advice.kinds.values()) for words in (cause.zh, cause.en)]
    assert not [words for words in said if re.search(r"\d|元|yuan|符合条件|eligible", words)]


def test_advice__of_a_countys_own_table(tmp_path):
    advice = read_advice(own(tmp_path))
    assert advice.checks(["illness", "job"], "zh") == ("看票据", "找活")
    assert advice.checks([], "en") == ("look",)
    assert advice.measures(["job", "illness"], "zh") == ("贷款", "走访")  # the likeliest of each first, none twice
    assert advice.measures([], "zh") == ()
    assert advice.cause_of("illness", "reason.of_theirs") == "illness"
    assert advice.cause_of("nothing", "reason.job") == "job"
    assert advice.cause_of("nothing", "reason.of_theirs") == "usual"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rules": {"T01": "ilness"}}, "rules.T01: no cause 'ilness'; did you mean 'illness'"),
        ({"causes": {"illness": OWN["causes"]["illness"]}}, "causes lacks 'usual'"),
        ({"kinds": {"visit": {"zh": "走访", "en": "visit"}}}, "causes.illness: there is no kind 'loan'"),
        ({"kind": {}}, "kind"),
    ],
)
def test_advice__that_is_not_whole_is_refused_by_what_is_wrong(changes, said, tmp_path):
    with pytest.raises(InputError, match=said):
        read_advice(own(tmp_path, **changes))


def test_advice__that_is_not_there():
    with pytest.raises(InputError, match="measures=nationl: no such name in conf/measures and no such file"):
        read_advice("nationl")
