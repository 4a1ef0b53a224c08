"""How cells and printed pages of a workbook look: readable in black and white, fonts that every office has."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from relapse.core.results import Language
from relapse.core.texts import text

_GREY, _OPEN, _BORDER = "#D9D9D9", "#FFFBE6", "#7F7F7F"
_WIDE, _NARROW = 2.14, 0.92
_MONEY = ("#,##0", "#,##0.0", "#,##0.00")
_ALLOWED = {"format_columns": True, "format_rows": True, "autofilter": True, "select_locked_cells": True}


@dataclass(frozen=True)
class Styles:
    """Formats of one workbook (xlsxwriter's own objects)."""

    title: Any
    plain: Any
    warning: Any
    label: Any
    fact: Any
    header: Any
    header_open: Any
    cell: Any
    cell_bold: Any
    count: Any
    total_count: Any
    share: Any
    figure: Any
    money: tuple[Any, Any, Any]  # by decimals 0, 1, 2
    chance: Any
    open_text: Any
    open_date: Any
    open_number: Any
    signed: tuple[Any, Any, Any]  # as money, with a plus before what is above zero
    size: float
    made: Callable[..., Any]

    def rank(self, households: int) -> Any:
        """A rank of so many households: the number stays a number, and shows of how many."""
        return self.made(border=1, border_color=_BORDER, align="center", text_wrap=True, num_format=f'0"/{households}"')

    @staticmethod
    def of(book: Any, language: Language, size: float = 11) -> Styles:
        """The formats, made in a workbook, with letters of so many points."""
        body, head = text("font.body", language), text("font.head", language)

        def made(**settings: Any) -> Any:
            return book.add_format({"font_name": body, "font_size": size, "valign": "top", **settings})

        grid = {"border": 1, "border_color": _BORDER}
        heading = {**grid, "font_name": head, "bold": True, "text_wrap": True, "valign": "vcenter", "align": "center"}
        opened = {**grid, "locked": False, "bg_color": _OPEN, "text_wrap": True}
        right = {**grid, "align": "right"}
        return Styles(
            title=made(font_name=head, font_size=18, bold=True, valign="vcenter"),
            plain=made(valign="vcenter"),
            warning=made(font_name=head, bold=True, valign="vcenter", border=2, indent=1),
            label=made(font_name=head, bold=True, text_wrap=True),
            fact=made(text_wrap=True),
            header=made(**heading, bg_color=_GREY),
            header_open=made(**heading, bg_color=_OPEN),
            cell=made(**grid, text_wrap=True),
            cell_bold=made(**grid, text_wrap=True, bold=True),
            count=made(**grid, align="center", num_format="0"),
            total_count=made(**grid, align="center", num_format="0", bold=True),
            share=made(**grid, align="center", num_format="0.0%"),
            figure=made(**grid, align="center", text_wrap=True),
            money=tuple(made(**right, num_format=form) for form in _MONEY),
            chance=made(**right, num_format="0.0%"),
            open_text=made(**opened, num_format="@"),
            open_date=made(**opened, num_format="yyyy-mm-dd"),
            open_number=made(**opened, num_format="#,##0"),
            signed=tuple(made(**right, num_format=f"+{form};-{form};0") for form in _MONEY),
            size=size,
            made=made,
        )


def width_of(words: str) -> float:
    """Width of a text in a spreadsheet's units (a digit of the usual font); a Chinese character takes two and more.

    Example:
        >>> round(width_of(text("word.page", "zh", page=2, pages=14)), 2)
        17.14
    """
    wide = sum(unicodedata.east_asian_width(sign) in "WFA" for sign in words)
    return _WIDE * wide + _NARROW * (len(words) - wide)


def lines_of(words: str, width: float) -> int:
    """Lines that a text takes when it is wrapped into a column of a given width."""
    return sum(max(1, math.ceil(width_of(line) / width)) for line in words.split("\n"))


def set_page(sheet: Any, warning: str, language: Language, *, landscape: bool, scale: int = 0) -> None:
    """A4, one page wide, with the notice and the page number on each.

    Args:
        sheet: that is printed.
        warning: the short notice.
        language: of the page number.
        landscape: whether the long side lies.
        scale: percent of the usual size; 0 fits the width, which makes Excel forget page breaks.
    """
    sheet.set_paper(9)
    if landscape:
        sheet.set_landscape()
    if scale:
        sheet.set_print_scale(scale)
    else:
        sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    number = text("word.page", language, page="&P", pages="&N")
    sheet.set_header(f"&R{_plain(warning)}")
    sheet.set_footer(f"&L{_plain(warning)}&R{number}")


def protect(sheet: Any) -> None:
    """Locks what is not to be written in; widths and filters stay free. This stops slips, it keeps no secret."""
    sheet.protect("", _ALLOWED)


def _plain(words: str) -> str:
    return words.replace("&", "&&")
