"""Error values of formulas come with the sheet."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from icme_tui.sheets import read_book
from icme_tui.sheets.errorcells import error_cells


def workbook(path: Path) -> Path:
    book = openpyxl.Workbook()
    first: Any = book.active
    first.title = "第一 & 二"
    first["A1"] = "姓名"
    first["B3"].value, first["B3"].data_type = "#N/A", "e"
    other: Worksheet = book.create_sheet("other")
    other["A1"] = 1
    other["AB2"].value, other["AB2"].data_type = "#REF!", "e"
    book.save(path)
    return path


def test_they_are_found_by_sheet_and_place(tmp_path: Path) -> None:
    content = workbook(tmp_path / "a.xlsx").read_bytes()
    assert error_cells(content) == {"第一 & 二": {(2, 1): "#N/A"}, "other": {(1, 27): "#REF!"}}


def test_they_stand_in_the_rows(tmp_path: Path) -> None:
    first, other = read_book(workbook(tmp_path / "a.xlsx")).sheets
    assert (first.rows[0][0], first.rows[2][1]) == ("姓名", "#N/A")
    assert other.rows[1][27] == "#REF!"


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="C2" t="e"><f>VLOOKUP(A2,B:C,2,0)</f><v>#N/A</v></c>',
        '<c t="e" s="4" r="C2"><v>#N/A</v></c>',
        "<x:c r='C2' t='e'><x:f t=\"shared\" si=\"0\"/><x:v>#N/A</x:v></x:c>",
        f'<c r="C2" t="e"><f>{"A" * 8000}</f><v>#N/A</v></c>',
    ],
)
def test_however_they_are_written(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "xl/workbook.xml", '<workbook><sheets><sheet name="S" r:id="r1"/></sheets></workbook>'
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels", '<Relationship Id="r1" Target="/xl/worksheets/one.xml"/>'
        )
        archive.writestr(
            "xl/worksheets/one.xml", f'<c r="B2" t="s"><v>1</v></c>{cell}<c r="D2"><v>#3</v></c>'
        )
    assert error_cells(path.read_bytes()) == {"S": {(1, 2): "#N/A"}}


def test_a_cell_without_an_error_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["no #N/A", "e", 3])
    book.save(path)
    assert error_cells(path.read_bytes()) == {}
