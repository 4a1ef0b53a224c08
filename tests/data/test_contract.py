"""The contract of a county's tables: what it asks for, what it keeps from features, and that no header is ambiguous."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from itertools import chain

import pytest

from relapse.core.contract import Contract, Table
from relapse.data.contract_file import read_contract

REQUIRED = {  # the columns that must be there, as the interface promises them
    "households": {"household_id", "township", "village", "type"},
    "persons": {"household_id", "person_id", "birth_month"},
    "income": {"household_id", "source", "from", "to", "amount"},
    "work": {"household_id", "person_id", "from", "place"},
    "claims": {"household_id", "month", "own_cost"},
    "events": {"household_id", "kind", "happened_at"},
    "measures": {"household_id", "kind", "from"},
    "projects": {"project_id", "kind"},
    "project_members": {"project_id", "household_id"},
    "dividends": {"household_id", "project_id", "due_month"},
    "prices": {"product", "month", "price"},
    "clues": {"household_id", "department", "item", "pushed_at"},
    "recognitions": {"household_id", "category", "recognised_at"},
    "visits": {"household_id", "visited_at", "verdict"},
    "lines": {"region_code", "valid_from", "line"},
    "facts": {"household_id", "name", "value", "happened_at"},
    "villages": {"village"},
}
OFFERED = {"dividends": {"paid_month", "amount"}, "lines": {"announced_on", "source", "assumed"}}
CODES = {
    ("households", "type"): {"exited", "ordinary", "not_exited"},
    ("income", "source"): {"wage", "business", "property", "transfer", "business_cost", "payout"},
    ("recognitions", "category"): {"unstable", "edge", "sudden"},
}
PARTS = [
    "工资性收入",
    "生产经营性收入",
    "财产性收入",
    "转移性收入",
    "生产经营性支出",
    "理赔收入",
    "家庭纯收入",
    "人均纯收入",
]
UNMET = ["是否义务教育阶段适龄儿童少年失学辍学", "是否住房损毁", "是否有家庭成员未参加基本医疗保险", "是否饮水设施损毁"]
STAGED = [*PARTS, "合规自付支出", *UNMET]
NEVER_KNOWN = [  # written at a recognition, or after it
    *("监测对象类别", "易返贫致贫户(监测对象)类型", "识别监测时间", "风险识别时间", "其他备注", "自然灾害类型"),
    *(f"致贫/返贫风险{place}" for place in range(1, 6)),
    *("风险是否已消除", "消除监测时间", "风险消除方式", "实施开发式帮扶措施情况"),
    *(f"识别时{header}" for header in STAGED),
    *(f"风险消除后{header}" for header in STAGED),
    *UNMET,
]
NEVER_READ_ON = ["姓名", "证件类型", "证件号码", "人编号", "户联系电话", "银行卡号", "信息采集人", "信息采集人电话"]
UNIT = re.compile(r"\((?:元|万元|月|人|亩|公里|千米|平方米|%)\)")


def normal(header: str) -> str:
    """A header as files vary it: full-width signs, spaces and units in brackets do not count."""
    return UNIT.sub("", re.sub(r"\s", "", unicodedata.normalize("NFKC", header)))


@pytest.fixture(scope="module")
def contract() -> Contract:
    made = read_contract("national")
    assert isinstance(made, Contract)
    return made


def fields_with(contract: Contract, header: str, tables: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Access and place of each field that bears a header."""
    return [
        (field.access, f"{name}.{word}")
        for name, table in contract.tables.items()
        if not tables or name in tables
        for word, field in table.fields.items()
        if normal(header) in {normal(each) for each in field.zh}
    ]


def headers(table: Table) -> list[str]:
    """All headers of a table, each once a field."""
    return list(chain.from_iterable({normal(each) for each in field.zh} for field in table.fields.values()))


def test_the_contract__asks_for_what_the_interface_promises(contract):
    assert {name: set(table.required) for name, table in contract.tables.items()} == REQUIRED
    for name, wanted in OFFERED.items():
        assert wanted <= set(contract.tables[name].fields)


@pytest.mark.parametrize(("table", "field"), CODES)
def test_the_codes_of_the_interface__are_the_choices(contract, table, field):
    assert set(contract.tables[table].fields[field].choices) == CODES[table, field]


def test_a_header__belongs_to_one_field_of_a_table(contract):
    for name, table in contract.tables.items():
        shared = [header for header, times in Counter(headers(table)).items() if times > 1]
        assert not shared, f"{name}: {shared}"


def test_a_file_name__belongs_to_one_table_or_export(contract):
    names = [normal(each) for part in (contract.tables, contract.exports) for one in part.values() for each in one.zh]
    assert len(names) == len(set(names))


def test_a_text__stands_for_one_choice_of_a_field(contract):
    for name, table in contract.tables.items():
        for word, field in table.fields.items():
            texts = [normal(each) for code, said in field.choices.items() for each in {code, *said}]
            assert not [each for each, times in Counter(texts).items() if times > 1], f"{name}.{word}"


def test_a_choice__never_reads_as_an_empty_cell(contract):
    blank = {each.lower() for each in contract.words.blank}
    for name, table in contract.tables.items():
        for word, field in table.fields.items():
            texts = {each.lower() for code, said in field.choices.items() for each in (code, *said)}
            assert not texts & blank, f"{name}.{word}"


def test_yes_no_and_blank__have_no_word_in_common(contract):
    words = [*contract.words.yes, *contract.words.no, *contract.words.blank]
    assert len(words) == len(set(words))


@pytest.mark.parametrize("header", NEVER_KNOWN)
def test_what_a_recognition_writes__is_never_known_to_a_feature(contract, header):
    found = fields_with(contract, header)
    assert "recognitions" in {place.partition(".")[0] for _, place in found}, "the header leads nowhere"
    known = {place for access, place in found if access == "known"}
    assert known <= {"events.disaster_kind"}, "an event's own table tells its disaster; a recognition's does not"


@pytest.mark.parametrize("header", NEVER_READ_ON)
def test_what_names_a_person__stays_in_the_reading(contract, header):
    found = fields_with(contract, header)
    assert found
    assert {access for access, _ in found} == {"identity"}


def test_whole_recognitions__are_out_of_reach_but_for_the_key(contract):
    fields = contract.tables["recognitions"].fields
    known = {name for name, field in fields.items() if field.access == "known"}
    assert known == {"household_id", "known_at", "withdrawn"}


def test_no_identity_field__is_needed_but_the_persons_number(contract):
    needed = {
        name
        for table in contract.tables.values()
        for name, field in table.fields.items()
        if field.required and field.access == "identity"
    }
    assert needed == {"person_id"}


def test_every_row__can_say_when_it_was_known_and_that_it_is_taken_back(contract):
    for table in contract.tables.values():
        assert (table.fields["known_at"].kind, table.fields["known_at"].access) == ("date", "known")
        assert table.fields["withdrawn"].kind == "flag"


def test_a_key__is_made_of_fields_and_begins_with_what_is_needed(contract):
    for name, table in contract.tables.items():
        assert set(table.key) <= set(table.fields), name
        assert table.fields[table.key[0]].required, name


def test_an_export__feeds_tables_and_reads_no_header_in_two_ways(contract):
    for name, export in contract.exports.items():
        assert set(export.feeds) <= set(contract.tables), name
        for header in chain.from_iterable(headers(contract.tables[table]) for table in export.feeds):
            access = {access for access, _ in fields_with(contract, header, export.feeds)}
            assert len(access) == 1, f"{name}: {header}"


def test_the_sums_and_measures_of_an_export__are_codes_and_no_fields(contract):
    sources, kinds = contract.tables["income"].fields["source"], contract.tables["measures"].fields["kind"]
    for name in ("exited_roll", "monitored_roll"):
        export = contract.exports[name]
        assert set(export.amounts) == set(sources.choices)
        assert set(export.measures) == set(kinds.choices)
        taken = {normal(each) for said in (export.amounts, export.measures) for zh in said.values() for each in zh}
        assert not taken & set(chain.from_iterable(headers(contract.tables[table]) for table in export.feeds))


def test_a_range__has_its_lower_end_below(contract):
    for name, table in contract.tables.items():
        for word, field in table.fields.items():
            if field.low is not None and field.high is not None:
                assert field.low < field.high, f"{name}.{word}"
            assert field.low is None or field.kind in ("money", "number", "count"), f"{name}.{word}"
