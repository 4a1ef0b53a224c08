"""Files as an office has them: an export of 180 columns with three header rows, and files that are broken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import exports
from relapse.core.errors import InputError
from relapse.data.cell_values import normal_header
from relapse.data.contract_file import read_contract
from relapse.data.county_match import field_names
from relapse.data.header_rows import Merge, find_header
from relapse.data.read_export import NoRowsError, Sheet, read_sheet

CONTRACT = read_contract("national")
FOOTERS = CONTRACT.words.footer
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # how a protected workbook begins, and an old .xls


def known_headers() -> set[str]:
    export = CONTRACT.exports["exited_roll"]
    names = {name for table in export.feeds for name in field_names(CONTRACT.tables[table], {})}
    more = [header for headers in (*export.amounts.values(), *export.measures.values()) for header in headers]
    return names | {normal_header(header) for header in more}


KNOWN = known_headers()


def read(path: Path) -> Sheet:
    return read_sheet(path, KNOWN, FOOTERS)


def text(cell: str) -> str | None:
    return cell.strip() or None


def write(path: Path, content: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(content.encode(encoding))
    return path


# ---- the export --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("writer", "name"), [(exports.write_gbk_csv, "roll.csv"), (exports.write_xlsx, "roll.xlsx")])
def test_export__every_cell_under_its_whole_header_and_nothing_else(tmp_path, writer: Callable, name):
    roll = exports.exited_roll(23)
    sheet = read(writer(roll, tmp_path / name))
    assert Counter(sheet.paths) == Counter(tuple("".join(t.split()) for t in path) for path in roll.paths)
    assert sheet.columns.num_rows == len(roll.cells)
    for place, path in enumerate(roll.paths):
        told = sheet.columns.column(sheet.paths.index(path)).to_pylist()
        assert told == [text(row[place]) for row in roll.cells], path
    assert sheet.ragged == ()


def test_export__rows_bear_the_numbers_that_a_person_sees(tmp_path):
    roll = exports.exited_roll(23)
    sheet = read(exports.write_gbk_csv(roll, tmp_path / "roll.csv"))
    half, count = len(roll.cells) // 2, len(roll.cells)
    # title, three header rows; after half of the rows an empty one and the header again
    assert sheet.rows.tolist() == [*range(5, 5 + half), *range(5 + half + 4, 5 + count + 4)]
    book = read(exports.write_xlsx(roll, tmp_path / "roll.xlsx"))
    assert book.rows.tolist() == list(range(5, 5 + count))
    assert book.sheets_ignored == ("说明",)


def test_export__two_columns_of_one_name_keep_their_groups(tmp_path):
    sheet = read(exports.write_xlsx(exports.exited_roll(3), tmp_path / "roll.xlsx"))
    wages = [path for path in sheet.paths if path[-1].startswith("工资性收入")]
    assert wages == [
        ("近一年收入", "家庭收支", "工资性收入(元)"),
        ("识别时", "收支情况", "工资性收入"),
        ("风险消除后", "收支情况", "工资性收入"),
    ]


# ---- header rows -------------------------------------------------------------------------------------------------------


def paths(*rows: list[str], merges: tuple[Merge, ...] = ()) -> list[tuple[str, ...]]:
    header = find_header(rows, KNOWN, merges)
    assert header is not None
    return list(header.paths)


def test_header__one_row_is_itself():
    assert paths(["户编号", "乡镇"], ["0012", "一镇"]) == [("户编号",), ("乡镇",)]


def test_header__titles_units_and_dates_above_are_left_out():
    rows = [
        ["示例县农户表", "", ""],
        ["单位：元", "", "日期：2024-09-02"],
        ["户编号", "户类型", "人数"],
        ["0012", "脱贫户", "3"],
    ]
    header = find_header(rows, KNOWN)
    assert header is not None
    assert (header.rows, header.paths) == (3, (("户编号",), ("户类型",), ("人数",)))


def test_header__column_numbers_below_are_left_out():
    rows = [
        ["户编号", "户类型", "人数", "乡镇", "行政村"],
        ["1", "2", "3", "4", "5"],
        ["0012", "脱贫户", "3", "一镇", "一村"],
    ]
    header = find_header(rows, KNOWN)
    assert header is not None
    assert header.rows == 2


def test_header__a_group_covers_its_own_columns_alone():
    told = paths(["户编号", "识别时", "", "乡镇"], ["", "工资性收入", "财产性收入", ""], ["0012", "1", "2", "一镇"])
    assert told == [("户编号",), ("识别时", "工资性收入"), ("识别时", "财产性收入"), ("乡镇",)]


def test_header__no_row_at_all_is_none():
    assert find_header([["", ""], []], KNOWN) is None


# ---- text files --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("separator", [",", "\t"])
def test_csv__of_either_encoding_and_separator(tmp_path, encoding, separator):
    path = write(tmp_path / "a.csv", f"户编号{separator}乡镇\n0012{separator}第一镇\n", encoding)
    sheet = read(path)
    assert (sheet.paths, [c.to_pylist() for c in sheet.columns.columns]) == (
        (("户编号",), ("乡镇",)),
        [["0012"], ["第一镇"]],
    )


def test_csv__line_breaks_and_commas_in_cells_stay_in_them(tmp_path):
    sheet = read(write(tmp_path / "a.csv", '户编号,"乡\n镇"\n0012,"第一,镇"\r\n0013,"第二\n镇"\n'))
    assert sheet.paths == (("户编号",), ("乡镇",))
    assert sheet.columns.column(1).to_pylist() == ["第一,镇", "第二\n镇"]


def test_csv__rows_that_do_not_fit_are_told_by_number(tmp_path):
    sheet = read(write(tmp_path / "a.csv", "户编号,乡镇\n0012,一镇\n0013\n0014,一镇,三\n0015,一镇\n合计,2,2\n"))
    assert sheet.columns.column(0).to_pylist() == ["0012", "0015"]
    assert (sheet.ragged, sheet.rows.tolist()) == ((3, 4), [2, 5])


def test_csv__sums_and_signatures_are_no_data(tmp_path):
    content = "户编号,乡镇,人数\n0012,一镇,3\n合计,,3\n合 计：,,3\n填表人：甲,,\n审核,,\n0013,合计镇,2\n"
    assert read(write(tmp_path / "a.csv", content)).columns.column(0).to_pylist() == ["0012", "0013"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("户编号,乡镇\n0012,一镇\n0013\n0014\n0015\n", "shifted"),
        ('户编号,"乡镇\n0012,一镇\n0013,一镇\n', "no rows|no table"),
    ],
)
def test_csv__that_is_no_table_says_what_to_do(tmp_path, content, says):
    with pytest.raises(InputError, match=says):
        read(write(tmp_path / "a.csv", content))


def test_csv__a_quotation_mark_that_is_never_closed_loses_no_row_silently(tmp_path):
    rows = "".join(f"00{place},一镇\n" for place in range(50))
    with pytest.raises(InputError, match="quotation mark"):
        read(write(tmp_path / "a.csv", f'户编号,乡镇\n"0012,一镇\n{rows}'))


@pytest.mark.parametrize("content", ["户编号,乡镇\n", "户编号,乡镇", "户编号,乡镇\n,\n", "户编号,乡镇\n合计,3\n"])
def test_csv__a_header_alone_is_an_unfilled_table(tmp_path, content):
    with pytest.raises(NoRowsError):
        read(write(tmp_path / "a.csv", content))


def test_csv__a_quotation_mark_that_is_never_closed_further_down_is_told_by_its_row(tmp_path):
    sheet = read(write(tmp_path / "a.csv", '户编号,乡镇\n0012,一镇\n0013,一镇\n"0014,一镇\n0015,一镇\n'))
    assert (sheet.columns.num_rows, sheet.ragged) == (2, (4,))


def test_csv__of_another_encoding_is_refused(tmp_path):
    with pytest.raises(InputError, match="encoding"):
        read(write(tmp_path / "a.csv", "戶編號,鄉鎮\n0012,一鎮\n0013,第二鎮\n", "big5"))
    with pytest.raises(InputError, match="no text"):
        read(write(tmp_path / "a.csv", "户编号,乡镇\n0012,一镇\n", "utf-16"))


def test_csv__a_workbook_that_is_called_csv_is_refused(tmp_path):
    exports.write_xlsx(exports.exited_roll(2), tmp_path / "a.xlsx").rename(tmp_path / "a.csv")
    with pytest.raises(InputError):
        read(tmp_path / "a.csv")


# ---- workbooks ---------------------------------------------------------------------------------------------------------


def test_workbook__with_a_password_says_so(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(OLE + bytes(4096))
    with pytest.raises(InputError, match="password"):
        read(tmp_path / "a.xlsx")


@pytest.mark.parametrize("name", ["a.xls", "a.et"])
def test_workbook__of_an_old_kind_says_so(tmp_path, name):
    (tmp_path / name).write_bytes(OLE + bytes(4096))
    with pytest.raises(InputError, match=r"\.xlsx"):
        read(tmp_path / name)
    (tmp_path / name).write_bytes(b"<html>")
    with pytest.raises(InputError, match="old kind"):
        read(tmp_path / name)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_workbook__that_is_cut_off_says_so(tmp_path, share):
    whole = exports.write_xlsx(exports.exited_roll(3), tmp_path / "a.xlsx").read_bytes()
    (tmp_path / "a.xlsx").write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(InputError, match="no whole workbook"):
        read(tmp_path / "a.xlsx")


def book(path: Path, *sheets: tuple[str, list[list[object]]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for title, rows in sheets:
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


def test_workbook__cells_become_text_and_lose_nothing(tmp_path):
    when = pd.Timestamp("2020-05-17").to_pydatetime()
    path = book(
        tmp_path / "a.xlsx",
        ("一", [["户编号", "出生日期", "金额", "人数"], ["0012", when, 1234.5, 3], [12, "2020年5月", 0.1, True]]),
    )
    assert [c.to_pylist() for c in read(path).columns.columns] == [
        ["0012", "12"], ["2020-05-17", "2020年5月"], ["1234.5", "0.1"], ["3", "true"],
    ]  # fmt: skip


def test_workbook__numbers_of_more_digits_than_it_keeps_are_no_ids(tmp_path):
    path = book(tmp_path / "a.xlsx", ("一", [["户编号", "乡镇"], [990101198001011231, "一镇"], ["0013", "一镇"]]))
    assert "E+17" in read(path).columns.column(0).to_pylist()[0]


def test_workbook__the_first_sheet_with_known_headers_is_read(tmp_path):
    path = book(
        tmp_path / "a.xlsx", ("说明", [["怎样填表"]]), ("数据", [["户编号", "乡镇"], ["0012", "一镇"]]), ("空", [])
    )
    sheet = read(path)
    assert sheet.columns.column(0).to_pylist() == ["0012"]
    assert sheet.sheets_ignored == ("说明",)


def test_workbook__a_cell_that_is_merged_over_a_households_rows_stands_in_each(tmp_path):
    path = tmp_path / "a.xlsx"
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    rows = [
        ["农户", ""],
        ["户编号", "姓名"],
        ["0012", "甲"],
        [None, "乙"],
        ["0013", "丙"],
        [None, None],
        ["0014", "丁"],
        [None, "戊"],
        [None, "己"],
    ]
    for row in rows:
        sheet.append(row)
    for area in ("A1:B1", "A3:A4", "A7:A9"):
        sheet.merge_cells(area)
    made.save(path)
    told = read(path)
    assert told.columns.column(0).to_pylist() == ["0012", "0012", "0013", "0014", "0014", "0014"]
    assert told.columns.column(1).to_pylist() == ["甲", "乙", "丙", "丁", "戊", "己"]


def test_workbook__without_a_filled_cell_is_empty(tmp_path):
    with pytest.raises(InputError, match="empty"):
        read(book(tmp_path / "a.xlsx", ("一", [])))
    with pytest.raises(NoRowsError):
        read(book(tmp_path / "b.xlsx", ("一", [["户编号", "乡镇"]])))


# ---- Parquet, and what is none of them ---------------------------------------------------------------------------------


def test_parquet__is_read_as_it_stands(tmp_path):
    pq.write_table(
        pa.table({"户编号": ["0012"], "size": [3], "from": [pd.Timestamp("2020-05-01")]}), tmp_path / "a.parquet"
    )
    sheet = read(tmp_path / "a.parquet")
    assert sheet.paths == (("户编号",), ("size",), ("from",))
    assert sheet.rows.tolist() == [2]


def test_parquet__that_is_cut_off_says_so(tmp_path):
    pq.write_table(pa.table({"户编号": ["0012"]}), tmp_path / "a.parquet")
    whole = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "a.parquet").write_bytes(whole[:-20])
    with pytest.raises(InputError, match="no whole Parquet"):
        read(tmp_path / "a.parquet")


def test_file__of_another_kind_is_named(tmp_path):
    with pytest.raises(InputError, match="kind of file"):
        read(write(tmp_path / "a.docx", "x"))
