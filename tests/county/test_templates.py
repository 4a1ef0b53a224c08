"""Templates of a county's tables: they open again, keep ids whole, and are read back as what they are."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from relapse import config
from relapse.core.contract import Field
from relapse.county.reports import templates_xlsx
from relapse.data.contract_file import read_contract

CONTRACT = read_contract("national")
VALUES = {"id": "007", "text": "甲", "flag": "是", "month": "2024-03", "date": "2024-03-05", "money": 2500, "number": 3, "count": 3}  # fmt: skip
OWN = {"region_code": "522727", "exit_year": 2016, "house_repaired_year": 2016, "to": "2024-05", "birth_month": "1980-02",
       "id_number": None, "known_at": "2024-05-31", "withdrawn": None, "as_of": "2024-03-31", "paid_month": "2024-06"}  # fmt: skip


def opened(name: str, language: str) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(templates_xlsx.render(name, CONTRACT.tables[name], language)))


def value(name: str, field: Field, language: str) -> object:
    if name in OWN:
        return OWN[name]
    told = templates_xlsx.options(field, language)
    if told:
        return told[-1 if field.kind == "flag" else 0]
    low = field.low if field.low is not None else 0
    kind = VALUES[field.kind]
    return max(low, kind) if isinstance(kind, int) and (field.high or kind) >= kind else low if isinstance(kind, int) else kind  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", CONTRACT.tables)
def test_template__has_the_headers_alone_and_ids_as_text(name, language):
    table = CONTRACT.tables[name]
    book = opened(name, language)
    assert book.sheetnames[0] == (table.zh[0] if language == "zh" else name)
    assert [sheet.sheet_state for sheet in book.worksheets] == ["visible", "visible", "hidden"]
    sheet = book.worksheets[0]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [templates_xlsx.headers(table, language)]
    assert sheet.freeze_panes == "B2"
    widths = list(sheet.column_dimensions.values())
    for place, field in enumerate(table.fields.values(), start=1):
        (column,) = [each for each in widths if each.min <= place <= each.max]
        assert (column.number_format == "@") == (field.kind in ("id", "text", "choice", "flag", "month"))  # fmt: skip
        assert bool(sheet.cell(1, place).font.b) == field.required


def test_template__offers_every_choice_and_tells_it():
    book = opened("income", "zh")
    sheet, notes, choices = book.worksheets
    (check,) = [each for each in sheet.data_validations.dataValidation if "B2" in each.sqref]
    assert check.formula1 == "'选项'!$A$1:$A$6"
    sources = [choices.cell(row, 1).value for row in range(1, 7)]
    assert sources == ["工资性收入", "生产经营性收入", "财产性收入", "转移性收入", "生产经营性支出", "理赔收入"]
    told = [cell.value for row in notes.iter_rows() for cell in row if cell.value]
    assert "、".join(sources) in told


def test_template__says_that_names_and_numbers_may_be_left_out():
    told = " ".join(str(cell.value) for row in opened("persons", "zh").worksheets[1].iter_rows() for cell in row)
    assert "可以不填" in told
    assert "证件号码" in told


def test_template__has_the_same_bytes_each_time():
    table = CONTRACT.tables["claims"]
    assert templates_xlsx.render("claims", table, "zh") == templates_xlsx.render("claims", table, "zh")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_templates__filled_with_a_row_each_are_read_as_those_tables(tmp_path: Path, language):
    for name, table in CONTRACT.tables.items():
        book = opened(name, language)
        book.worksheets[0].append([value(each, field, language) for each, field in table.fields.items()])
        book.save(tmp_path / templates_xlsx.file_name(name, table, language))
    draft = config.option("data", "county", path=str(tmp_path)).draft()
    assert [
        (each.rule, each.table, each.column, each.value) for each in draft.findings if each.severity == "stop"
    ] == []
    assert {"sheet_ignored", "columns_ignored", "file_ignored"}.isdisjoint(each.rule for each in draft.findings)
    assert {name: len(facts.row) for name, facts in draft.facts.items() if name in CONTRACT.tables} == dict.fromkeys(CONTRACT.tables, 1)  # fmt: skip
    assert list(draft.household_ids) == ["007"]


def test_every_answerable_rule__can_be_asked_of_a_county_that_fills_in_all_templates(tmp_path: Path):
    """What the reading makes of the files is all that the rules need: fields, and what is derived from numbers."""
    for name, table in CONTRACT.tables.items():
        book = opened(name, "zh")
        book.worksheets[0].append([value(each, field, "zh") for each, field in table.fields.items()])
        book.save(tmp_path / templates_xlsx.file_name(name, table, "zh"))
    recipe, audits = (
        config.option("data", "county", path=str(tmp_path), region="52"),
        config.option("audits", "national"),
    )
    panel = recipe.examine(config.option("line", "absolute", value=7000.0)).panel
    lacking = {name: audits.missing(panel, name) for name, rule in audits.rules.items() if not rule.lacks}
    assert {name: needs for name, needs in lacking.items() if needs} == {}
    told = {
        finding.details["broken"]
        for finding in audits.check(panel.as_of(panel.latest))
        if finding.rule == "audit_not_asked"
    }
    assert told == {name for name, rule in audits.rules.items() if rule.lacks}
