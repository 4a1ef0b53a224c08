"""What people and programs do to a list before it comes back: one function a damage, and what must be read of it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import openpyxl

from handbacks import GOOD, SHEET, filled, first_of, household, places, saved

COUNT = 12


@dataclass(frozen=True)
class Case:
    """A damaged hand-back.

    Args:
        name: of the damage.
        make: of the list's workbook, the bytes that come back.
        suffix: of the file.
        rows: answers that are matched.
        verified: of them.
        unmatched: rules of the rows that are not.
        notes: rules of what is said of cells, at least these.
        blank: rows without an answer.
        refused: words of the reason why the file is not read; empty where it is.
    """

    name: str
    make: Callable[[bytes], bytes]
    suffix: str = ".xlsx"
    rows: int = COUNT
    verified: int = COUNT
    unmatched: Mapping[str, int] = field(default_factory=dict)
    notes: Mapping[str, int] = field(default_factory=dict)
    blank: int = 0
    refused: str = ""


CASES: list[Case] = []
Sheet = Any


def damage(**expected: Any) -> Callable[[Callable[[bytes], bytes]], Callable[[bytes], bytes]]:
    def keep(make: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
        CASES.append(Case(make.__name__, make, **expected))
        return make

    return keep


def on_sheet(**expected: Any) -> Callable[[Callable[[Sheet, dict[str, int]], None]], None]:
    """A damage done to the sheet of a list in which every row is filled in well."""

    def keep(change: Callable[[Sheet, dict[str, int]], None]) -> None:
        def make(workbook: bytes) -> bytes:
            book = filled(workbook)
            change(book[SHEET], places(book[SHEET]))
            return saved(book)

        CASES.append(Case(change.__name__, make, **expected))

    return keep


def answers(header: str, *values: Any, **expected: Any) -> None:
    """Values that are written in turn into the cells of a column."""

    def make(workbook: bytes) -> bytes:
        return saved(filled(workbook, lambda row: {**GOOD, header: values[row % len(values)]}))

    CASES.append(Case(f"{header}: {values[0]}", make, **expected))


def lines_of(workbook: bytes) -> list[list[str]]:
    """Header and rows of a filled list as texts."""
    sheet = filled(workbook)[SHEET]
    told = sheet.iter_rows(min_row=first_of(sheet) - 1, values_only=True)
    return [["" if cell is None else str(cell) for cell in line] for line in told]


def csv_of(lines: list[list[str]], encoding: str, delimiter: str = ",") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(lines)
    return out.getvalue().encode(encoding)


def rewritten(sheet: Sheet, lines: list[list[Any]]) -> None:
    """Header and rows of a list written anew from the top of an emptied sheet."""
    for merged in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))
    sheet.delete_rows(1, sheet.max_row)
    for row, line in enumerate(lines, start=1):
        for column, value in enumerate(line, start=1):
            sheet.cell(row, column).value = value


def grid(sheet: Sheet) -> list[list[Any]]:
    return [list(line) for line in sheet.iter_rows(min_row=first_of(sheet) - 1, values_only=True)]


# columns and rows ----------------------------------------------------------------------------------------------------


@on_sheet()
def as_it_should_be(sheet: Sheet, place: dict[str, int]) -> None:
    assert sheet.max_row == first_of(sheet) + COUNT - 1


@on_sheet()
def columns_in_reverse_and_no_title(sheet: Sheet, place: dict[str, int]) -> None:
    rewritten(sheet, [line[::-1] for line in grid(sheet)])


@on_sheet()
def verdict_moved_to_the_front(sheet: Sheet, place: dict[str, int]) -> None:
    at = place["核查结论"] - 1
    rewritten(sheet, [[line[at], *line[:at], *line[at + 1 :]] for line in grid(sheet)])


@on_sheet()
def rows_sorted_by_village(sheet: Sheet, place: dict[str, int]) -> None:
    head, *rows = grid(sheet)
    rewritten(sheet, [head, *sorted(rows, key=lambda line: str(line[place["行政村"] - 1]), reverse=True)])


@on_sheet(rows=5, verified=5)
def rows_deleted(sheet: Sheet, place: dict[str, int]) -> None:
    sheet.delete_rows(first_of(sheet) + 1, COUNT - 5)


@on_sheet()
def blank_rows_between(sheet: Sheet, place: dict[str, int]) -> None:
    head, *rows = grid(sheet)
    rewritten(sheet, [head, *(line for row in rows for line in (row, [None] * len(head)))])


@on_sheet()
def the_header_repeated_for_every_page(sheet: Sheet, place: dict[str, int]) -> None:
    head, *rows = grid(sheet)
    rewritten(sheet, [head, *rows[:6], head, *rows[6:]])


@on_sheet()
def sums_and_a_signature_below(sheet: Sheet, place: dict[str, int]) -> None:
    sheet.cell(sheet.max_row + 1, 1).value = "合计"
    sheet.cell(sheet.max_row + 1, 1).value = "填表人："


@on_sheet()
def three_more_title_rows(sheet: Sheet, place: dict[str, int]) -> None:
    rewritten(sheet, [["东镇走访回填"], ["2024年1月"], ["单位：元"], *grid(sheet)])


@on_sheet()
def headers_with_stars_and_spaces(sheet: Sheet, place: dict[str, int]) -> None:
    for header, said in (
        ("核查结论", "核 查 结 论 *"),
        ("核查日期", "核查日期（必填）"),
        ("核查人", "核查人\n（签名）"),
    ):
        sheet.cell(first_of(sheet) - 1, place[header]).value = said


@on_sheet()
def words_beside_the_table(sheet: Sheet, place: dict[str, int]) -> None:
    column = sheet.max_column + 2
    for row in (first_of(sheet), first_of(sheet) + 3):
        sheet.cell(row, column).value = "已电话核实过"


@on_sheet()
def rows_hidden_by_a_filter(sheet: Sheet, place: dict[str, int]) -> None:
    for row in range(first_of(sheet), first_of(sheet) + 6):
        sheet.row_dimensions[row].hidden = True


@on_sheet(rows=COUNT, notes={"columns_differ": 1, "incomplete": 1}, verified=COUNT - 1)
def a_second_column_of_verdicts(sheet: Sheet, place: dict[str, int]) -> None:
    first, column = first_of(sheet), sheet.max_column + 1
    for row, said in enumerate(("核查结论", "存在风险", "不存在风险"), start=first - 1):
        sheet.cell(row, column).value = said


@on_sheet()
def dates_merged_over_a_village(sheet: Sheet, place: dict[str, int]) -> None:
    column = openpyxl.utils.get_column_letter(place["核查日期"])
    sheet.merge_cells(f"{column}{first_of(sheet)}:{column}{first_of(sheet) + COUNT - 1}")


@damage()
def a_sheet_a_village(workbook: bytes) -> bytes:
    book = filled(workbook)
    sheet = book[SHEET]
    head, *rows = grid(sheet)
    at = head.index("行政村")
    for village in sorted({str(line[at]) for line in rows}):
        own = book.create_sheet(village)
        for line in (head, *(line for line in rows if line[at] == village)):
            own.append(line)
    del book[SHEET]
    return saved(book)


@damage()
def nothing_but_the_sheet(workbook: bytes) -> bytes:
    book = filled(workbook)
    for name in book.sheetnames:
        if name != SHEET:
            del book[name]
    return saved(book)


@damage()
def another_sheet_in_front_and_the_list_renamed(workbook: bytes) -> bytes:
    book = filled(workbook)
    book[SHEET].title = "Sheet1"
    book.create_sheet("说明2", 0).append(["乡镇", "户编号", "随手记"])
    return saved(book)


@damage()
def what_came_back_last_month_is_left_alone(workbook: bytes) -> bytes:
    book = filled(workbook)
    book.copy_worksheet(book[SHEET]).title = "上月回填结果"
    return saved(book)


# keys ----------------------------------------------------------------------------------------------------------------


@on_sheet(notes={"clue_missing": COUNT})
def no_column_of_leads(sheet: Sheet, place: dict[str, int]) -> None:
    rewritten(sheet, [[cell for at, cell in enumerate(line, 1) if at != place["线索编号"]] for line in grid(sheet)])


@on_sheet(notes={"household_missing": COUNT})
def no_column_of_households(sheet: Sheet, place: dict[str, int]) -> None:
    rewritten(sheet, [[cell for at, cell in enumerate(line, 1) if at != place["户编号"]] for line in grid(sheet)])


@on_sheet(notes={"household_damaged": COUNT})
def households_as_floating_numbers(sheet: Sheet, place: dict[str, int]) -> None:
    for row in range(first_of(sheet), first_of(sheet) + COUNT):
        sheet.cell(row, place["户编号"]).value = float(sheet.cell(row, place["户编号"]).value)


@on_sheet(notes={"clue_unknown": 1})
def a_lead_mistyped(sheet: Sheet, place: dict[str, int]) -> None:
    sheet.cell(first_of(sheet), place["线索编号"]).value = "202312-10000-0O1"


@on_sheet()
def leads_with_wide_dashes_and_spaces(sheet: Sheet, place: dict[str, int]) -> None:
    for row in range(first_of(sheet), first_of(sheet) + COUNT):
        cell = sheet.cell(row, place["线索编号"])
        cell.value = f" {cell.value.replace('-', '－')}　"


@on_sheet(rows=COUNT - 2, verified=COUNT - 2, unmatched={"keys_differ": 2})
def households_of_two_rows_exchanged(sheet: Sheet, place: dict[str, int]) -> None:
    one, other = (sheet.cell(row, place["户编号"]) for row in (first_of(sheet), first_of(sheet) + 1))
    one.value, other.value = other.value, one.value


@on_sheet(unmatched={"not_listed": 1})
def a_household_of_their_own_added(sheet: Sheet, place: dict[str, int]) -> None:
    row = sheet.max_row + 1
    sheet.cell(row, place["户编号"]).value = household(9999)
    sheet.cell(row, place["核查结论"]).value = "存在风险"


@on_sheet(unmatched={"no_key": 1})
def a_row_that_names_nobody(sheet: Sheet, place: dict[str, int]) -> None:
    sheet.cell(sheet.max_row + 1, place["核查结论"]).value = "存在风险"


@on_sheet(rows=COUNT - 1, verified=COUNT - 1, unmatched={"no_list": 1})
def a_lead_of_a_month_without_a_list(sheet: Sheet, place: dict[str, int]) -> None:
    sheet.cell(first_of(sheet), place["线索编号"]).value = "201901-100000-001"


@on_sheet(rows=COUNT + 1, verified=COUNT + 1)
def a_household_twice(sheet: Sheet, place: dict[str, int]) -> None:
    for header, column in place.items():
        sheet.cell(first_of(sheet) + COUNT, column).value = sheet.cell(first_of(sheet), column).value
        if header == "核查结论":
            sheet.cell(first_of(sheet) + COUNT, column).value = "暂不能确定"


# what the office worked out ------------------------------------------------------------------------------------------


@on_sheet(notes={"changed": 2})
def two_cells_of_the_office_changed(sheet: Sheet, place: dict[str, int]) -> None:
    sheet.cell(first_of(sheet), place["行政村"]).value = "别村"
    sheet.cell(first_of(sheet) + 1, place["近12个月人均纯收入(元)"]).value = 1


@on_sheet(notes={"column_changed": 1})
def a_column_of_the_office_overwritten(sheet: Sheet, place: dict[str, int]) -> None:
    for row in range(first_of(sheet), first_of(sheet) + COUNT):
        sheet.cell(row, place["主要原因"]).value = "见附件"


# choices -------------------------------------------------------------------------------------------------------------

answers("核查结论", " 不存在风险 ", "不存在　风险", "不存在风险。", "【不存在风险】", "②不存在风险", "2.不存在风险")
answers(
    "核查结论", "没有风险", "无风险", "不存在", "不存在風險", "经核实，该户目前不存在风险。", "no_risk", "not at risk"
)
answers("核查结论", "□存在风险 ☑不存在风险 □暂不能确定", "○存在风险　√不存在风险")
answers("核查方式", "入 户", "上门", "電話", "微信视频", "ＶＩＤＥＯ", "村内了解；")
answers("实际原因", "因病、因残", "因病，因学", "因病/因残", "因病 因残", "病；残")
answers("处置意见", "启动识别程序", "继续关注、", "(转部门解决)", "不用处理", "help first, then watch")
answers("未纳入原因", "信息比对不符（房车企业公职等）", "信息比对不符", "子女赡养有力", "死亡", "已有保障足以兜底")
answers("核查结论", "可能吧", *["不存在风险"] * 11, verified=11, notes={"not_a_choice": 1, "incomplete": 1})
answers(
    "核查结论", "√存在风险 √不存在风险", *["不存在风险"] * 11, verified=11, notes={"two_choices": 1, "incomplete": 1}
)
answers("实际原因", "因病、因残、因学、因灾", *["无"] * 11, notes={"too_many": 1})
answers("实际原因", "因懒", *["无"] * 11, notes={"not_a_choice": 1})

# days ----------------------------------------------------------------------------------------------------------------

answers("核查日期", "2024.1.8", "2024/1/8", "2024年1月8日", "20240108", "24.1.8", "２０２４－１－８", "2024-1-8 9:30")
answers("核查日期", "1月8日", "1月8号上午", "1/8", "1-8", "一月八日", "二〇二四年一月八日", "12月30日")
answers("核查日期", 45299, "45299", datetime(2024, 1, 8), datetime(2024, 1, 8, 10, 30))
answers("核查日期", "2024年1月", *["2024-1-8"] * 11, verified=11, notes={"day_missing": 1, "incomplete": 1})
answers("核查日期", "2024-2-30", "上周三", "8/1/2024", "1.1", verified=0, notes={"not_a_day": 12, "incomplete": 12})
answers("核查日期", "2031-1-8", 8, "2023-11-30", "5月1日", verified=0, notes={"day_outside": 12, "incomplete": 12})

# amounts, remarks, what is missing -----------------------------------------------------------------------------------

answers("核实后人均纯收入(元)", 8000, "8,000元", "约8000", "0.8万", "８０００", None, "/")
answers("核实后人均纯收入(元)", "不清楚", *[8000] * 11, notes={"not_an_amount": 1})
answers("核实后人均纯收入(元)", 960000, *[8000] * 11, notes={"odd_amount": 1})
answers("备注", "长" * 101, *[None] * 11, notes={"remark_long": 1})
answers("备注", "证件99010119500101002X", "电话13900000000", *[None] * 10, notes={"remark_number": 2})
answers("备注", "户主患糖尿病多年", *[None] * 11, notes={"remark_disease": 1})
answers("核查人", None, *["A012"] * 11, verified=11, notes={"incomplete": 1})
answers("核查人", "丁甲乙", "丙丁")
answers("未纳入原因", None, *["其他"] * 11, verified=11, notes={"incomplete": 1})


@damage()
def recognition_started_and_no_reason_given(workbook: bytes) -> bytes:
    told = {"核查结论": "存在风险", "处置意见": "启动识别程序", "未纳入原因": None}
    return saved(filled(workbook, lambda row: {**GOOD, **told}))


@damage(rows=4, verified=4, blank=8)
def handed_in_half_done(workbook: bytes) -> bytes:
    return saved(filled(workbook, lambda row: GOOD if row < 4 else {}))


@damage(rows=0, verified=0, blank=COUNT)
def handed_in_as_it_came(workbook: bytes) -> bytes:
    return workbook


@on_sheet(verified=COUNT - 1, notes={"unworked": 1, "incomplete": 1})
def a_formula_without_a_result(sheet: Sheet, place: dict[str, int]) -> None:
    sheet.cell(first_of(sheet), place["核查日期"]).value = "=TODAY()"


# other programs ------------------------------------------------------------------------------------------------------


@damage(suffix=".csv")
def as_csv_in_utf8(workbook: bytes) -> bytes:
    return csv_of(lines_of(workbook), "utf-8-sig")


@damage(suffix=".csv")
def as_csv_in_gb18030(workbook: bytes) -> bytes:
    return csv_of(lines_of(workbook), "gb18030")


@damage(suffix=".txt")
def as_text_with_tabs(workbook: bytes) -> bytes:
    return csv_of(lines_of(workbook), "gb18030", "\t")


@damage(suffix=".CSV", rows=COUNT - 1, verified=COUNT - 1, unmatched={"row_width": 1})
def as_csv_with_a_comma_too_many(workbook: bytes) -> bytes:
    head, first, *rest = lines_of(workbook)
    return csv_of([head, [*first, "", "", "又一格"], *rest], "utf-8")


@damage(suffix=".csv", refused="encoding|no text table")
def as_csv_in_utf16(workbook: bytes) -> bytes:
    return csv_of(lines_of(workbook), "utf-16")


@damage(refused="cut off, damaged")
def cut_off(workbook: bytes) -> bytes:
    return workbook[: len(workbook) // 2]


@damage(refused="password")
def with_a_password(workbook: bytes) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + workbook


@damage(suffix=".xls", refused="password|old")
def an_old_workbook(workbook: bytes) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512


@damage(suffix=".et", refused="old kind")
def a_workbook_of_wps(workbook: bytes) -> bytes:
    return workbook


@damage(suffix=".docx", refused="kind of file")
def a_letter(workbook: bytes) -> bytes:
    return workbook


@damage(suffix=".ods", refused="kind of file")
def a_sheet_of_libreoffice(workbook: bytes) -> bytes:
    return workbook


@damage(suffix=".zip", refused="kind of file")
def packed(workbook: bytes) -> bytes:
    return workbook


@damage(refused="is empty")
def no_bytes_at_all(workbook: bytes) -> bytes:
    return b""


@damage(refused="columns of a handed-back list")
def another_table(workbook: bytes) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["乡镇", "户编号", "家庭人口"])
    book.active.append(["东镇", household(1), 3])
    return saved(book)


@damage(refused="is a list of")
def of_another_county(workbook: bytes) -> bytes:
    book = filled(workbook)
    meta = book["_meta"]
    for row in meta.iter_rows():
        if row[0].value == "panel":
            row[1].value = "elsewhere"
    return saved(book)


assert not [name for name, count in Counter(case.name for case in CASES).items() if count > 3]
