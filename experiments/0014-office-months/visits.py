"""Townships' workbooks filled in by a script, with the mistakes that people make."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl

SHEET, HEADER = "风险线索清单", "线索编号"
TIERS = ("本月必访", "电话问询", "随机抽查")  # next month's households are left alone
ANSWERS = ("核查日期", "核查方式", "核查结论", "实际原因", "处置意见", "未纳入原因", "核实后人均纯收入(元)", "核查人")
NEEDED = ("核查日期", "核查方式", "核查结论", "处置意见", "核查人")
CAUSES = ("因病", "务工就业不稳", "产业项目失败", "因学", "其他")
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Township:
    """A workbook that was given out, as it is read back.

    Args:
        path: of the workbook.
        header: the headers, in order.
        rows: a household each, by header, with `_row`, the sheet's.
    """

    path: Path
    header: list[str]
    rows: Rows


def read(path: Path) -> Township:
    """The list of a township's workbook."""
    book = openpyxl.load_workbook(path, read_only=True)
    lines = list(book[SHEET].iter_rows(values_only=True))
    book.close()
    place = next(number for number, line in enumerate(lines) if HEADER in line)
    header = [str(each or "") for each in lines[place]]
    rows = [
        {**dict(zip(header, line, strict=True)), "_row": place + 2 + number}
        for number, line in enumerate(lines[place + 1 :])
        if line[header.index(HEADER)]
    ]
    return Township(path, header, rows)


def visited(township: Township, at_risk: set[str], month: str, rng: np.random.Generator, share: float = 0.95) -> Rows:
    """The rows with what was found: a risk where the county recognises the household within months, mostly.

    Args:
        township: its list.
        at_risk: households that will be recognised; the script alone knows them.
        month: of the visits, the one after the list's, such as 2024-06.
        rng: of everything random.
        share: of the households that somebody went to.
    """
    made = []
    for row in township.rows:
        if row["走访等级"] not in TIERS or rng.random() > share:
            continue
        risk = (str(row["户编号"]) in at_risk) ^ (rng.random() < 0.03)
        away = not risk and rng.random() < 0.06
        verdict = "存在风险" if risk else "未见到人" if away else "不存在风险"
        told = {
            "核查日期": f"{month}-{rng.integers(1, 16):02d}",
            "核查方式": "电话" if row["走访等级"] == "电话问询" else "入户",
            "核查结论": verdict,
            "实际原因": str(rng.choice(CAUSES)) if risk else "无",
            "处置意见": "启动识别程序" if risk else "继续关注" if away else "不需处理",
            "未纳入原因": None if risk else "其他" if away else "收入稳定高于监测线",
            "核实后人均纯收入(元)": int(rng.integers(80, 200)) * 100 if not away else None,
            "核查人": f"A{rng.integers(1, 9):03d}",
        }
        made.append({**row, **told})
    return made


def by_drop_down(township: Township, rows: Rows, target: Path) -> None:
    """In the workbook itself, as it was meant."""
    _in_place(township, rows, target, lambda row: {name: row[name] for name in ANSWERS})


def typed_by_hand(township: Township, rows: Rows, target: Path) -> None:
    """Days as people type them, choices with spaces and signs, a remark that should not be."""

    def typed(row: Mapping[str, Any]) -> dict[str, Any]:
        year, month, day = (int(part) for part in row["核查日期"].split("-"))
        ways = (f"{year}.{month}.{day}", f"{month}月{day}日", f"{year}/{month}/{day}", f"{year}{month:02d}{day:02d}")
        told = {name: row[name] for name in ANSWERS}
        told["核查日期"] = ways[row["_row"] % 4]
        told["核查结论"] = f" {row['核查结论']} "
        told["处置意见"] = f"{row['处置意见']}。"
        told["核查方式"] = {"入户": "上门", "电话": "电话 核实"}[row["核查方式"]]
        return told

    _in_place(township, rows, target, typed)


def copied_out(_: Township, rows: Rows, target: Path) -> None:
    """Copied to a book of one's own: rows of nobody visited deleted, sorted by day, answers moved to the front."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    header = ["户主姓名", *ANSWERS, HEADER, "乡镇", "行政村", "户编号", "走访等级"]
    sheet.append(["六月走访情况"])
    sheet.append(header)
    for row in sorted(rows, key=lambda each: each["核查日期"]):
        sheet.append([row.get(name) for name in header])
    book.save(target)


def through_libreoffice(township: Township, rows: Rows, target: Path) -> None:
    """Filled in, opened and saved by LibreOffice."""
    soffice = shutil.which("soffice")
    if soffice is None:
        sys.exit("soffice is needed: on Debian, apt-get install libreoffice-calc")
    with tempfile.TemporaryDirectory() as scratch:
        source, kept = Path(scratch) / target.name, Path(scratch) / "out"
        by_drop_down(township, rows, source)
        profile = f"-env:UserInstallation={Path(scratch, 'profile').as_uri()}"
        command = [soffice, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(kept), str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        shutil.move(kept / target.name, target)


def as_text(township: Township, rows: Rows, target: Path) -> None:
    """Saved as CSV by Excel in China; the long numbers are kept as text."""
    header = [name for name in township.header if name]
    with target.with_suffix(".csv").open("w", encoding="gb18030", newline="") as file:
        writer = csv.DictWriter(file, header, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def in_two_books(township: Township, rows: Rows, target: Path) -> None:
    """Two people filled in a half each."""
    half = len(rows) // 2
    by_drop_down(township, rows[:half], target.with_stem(f"{target.stem}_上半"))
    by_drop_down(township, rows[half:], target.with_stem(f"{target.stem}_下半"))


def without_visitor(township: Township, rows: Rows, target: Path) -> None:
    """A third of the rows lacks who went; one cell that the office worked out was changed."""

    def told(row: Mapping[str, Any]) -> dict[str, Any]:
        lacks = ("核查人",) if row["_row"] % 3 == 0 else ()
        return {name: row[name] for name in ANSWERS if name not in lacks} | {"备注": "已电话告知"}

    _in_place(township, rows, target, told)


HABITS = (by_drop_down, typed_by_hand, copied_out, in_two_books, through_libreoffice, as_text, without_visitor)


def counts(rows: Sequence[Mapping[str, Any]], habit: Callable[..., None]) -> int:
    """Rows that count as verified when they come back."""
    return sum(1 for row in rows if habit is not without_visitor or row["_row"] % 3)


def _in_place(
    township: Township, rows: Rows, target: Path, told: Callable[[Mapping[str, Any]], Mapping[str, Any]]
) -> None:
    book = openpyxl.load_workbook(township.path)
    sheet = book[SHEET]
    for row in rows:
        for name, value in told(row).items():
            sheet.cell(row["_row"], township.header.index(name) + 1).value = value
    book.save(target)
