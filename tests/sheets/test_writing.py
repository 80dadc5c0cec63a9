"""Workbooks that are written: text stays text, rows keep their numbers."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
from hypothesis import given
from hypothesis import strategies as st

from icme_tui.sheets import Book, Column, Marked, Page, Sheet, write_marked, write_page


def reopen(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def test_a_copy_with_remarks() -> None:
    rows = [["姓名", "身份证号"], [], ["张三", "34020219811018951X"], ["=1+1", "http://x"]]
    book = Book("xlsx", [Sheet("说明", [["note"]]), Sheet("名册", rows), Sheet("旧", [["x"]], visible=False)])
    marked = Marked(1, 1, "Findings", {3: "wrong", 4: "odd"}, {(3, 1): "error", (4, 0): "warning"})
    copy = reopen(write_marked(book, marked))
    assert copy.sheetnames == ["说明", "名册", "旧"]
    sheet = copy["名册"]
    assert [cell.value for cell in sheet[1]] == ["姓名", "身份证号", "Findings"]
    assert [cell.value for cell in sheet[3]] == ["张三", "34020219811018951X", "wrong"]
    assert sheet["A4"].value == "=1+1"
    assert sheet["A4"].data_type == "s"
    assert sheet["B4"].hyperlink is None
    assert sheet["B3"].fill.fgColor.rgb != sheet["A3"].fill.fgColor.rgb


def test_kinds_of_cells_are_kept() -> None:
    cells = [1, 1.5, True, date(1999, 2, 3), datetime(2020, 1, 1, 3, 4), time(3, 4), timedelta(hours=30)]  # noqa: DTZ001
    sheet = reopen(write_marked(Book("xls", [Sheet("s", [list(cells)])]), Marked(0, 1, "x", {}, {}))).active
    read = [cell.value for cell in sheet[1]]
    assert read[:3] == cells[:3]
    assert read[3].date() == cells[3]
    assert read[4] == cells[4]
    assert read[5] == cells[5]


def test_names_of_sheets_that_a_workbook_does_not_allow() -> None:
    names = ["", "a/b", "A_B", "x" * 40, "History"]
    book = Book("ods", [Sheet(name, [["1"]]) for name in names])
    copy = reopen(write_marked(book, Marked(0, 1, "x", {}, {})))
    assert len({name.lower() for name in copy.sheetnames}) == len(names)


@given(st.text(max_size=60))
def test_any_text_comes_back_as_text(text: str) -> None:
    book = Book("csv", [Sheet("", [[text]])])
    cell = reopen(write_marked(book, Marked(0, 1, "h", {}, {}))).active["A1"]
    assert cell.data_type in ("s", "n", "inlineStr") or cell.value is None
    expected = (
        "".join(c for c in text if c >= " " or c in "\t\n\r").replace("\ufffe", "").replace("\uffff", "")
    )
    assert "".join((cell.value or "").split()) == "".join(expected.split())


def test_a_form() -> None:
    columns = [
        Column("*姓名", 12, hint="as on the card"),
        Column("性别", 6, choices=("男", "女")),
        Column("身份证号", 24, "text"),
        Column("日期", 12, "date"),
    ]
    book = reopen(write_page(Page("名册", columns, "说明", ["one", "two"])))
    sheet = book["名册"]
    assert [cell.value for cell in sheet[1]] == ["*姓名", "性别", "身份证号", "日期"]
    assert sheet.column_dimensions["C"].number_format == "@"
    assert sheet.column_dimensions["D"].number_format == "yyyy-mm-dd"
    kinds = {str(rule.sqref): (rule.type, rule.formula1) for rule in sheet.data_validations.dataValidation}
    assert kinds["B2:B5001"] == ("list", '"男,女"')
    assert [cell.value for cell in book["说明"]["A"]] == ["one", "two"]
    assert sheet.freeze_panes == "A2"
