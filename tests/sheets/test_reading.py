"""Reading spreadsheets: the same values whatever the format, and a reason for what is not read."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from contextlib import suppress
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icme_tui.codes import SheetError
from icme_tui.rules.people.cells import has_lost_digits
from icme_tui.sheets import Book, extent, read_book
from icme_tui.sheets.kinds import MAX_FILE, kind_of
from tests.support.rosters import SAMPLES, write_csv, write_xlsx

ROWS = [["姓名", "年"], ["张三", "x"], ["", ""], ["李 四", "𠮷"]]


def write_xls(path: Path, rows: list[list[Any]]) -> Path:
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if cell != "":
                sheet.write(row, column, cell)
    book.save(str(path))
    return path


def write_ods(path: Path, rows: list[list[Any]], repeat_last: int = 1) -> Path:
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    document = OpenDocumentSpreadsheet()
    table = Table(name="表")
    for number, row in enumerate(rows, 1):
        repeated = {"numberrowsrepeated": repeat_last} if number == len(rows) and repeat_last > 1 else {}
        line = TableRow(**repeated)
        for value in row:
            number_cell = isinstance(value, int | float)
            cell = TableCell(valuetype="float", value=value) if number_cell else TableCell(valuetype="string")
            if value != "":
                cell.addElement(P(text=str(value)))
            line.addElement(cell)
        table.addElement(line)
    document.spreadsheet.addElement(table)
    document.save(str(path))
    return path


def refusal(path: Path) -> SheetError:
    with pytest.raises(SheetError) as caught:
        read_book(path)
    return caught.value


def filled(book: Book) -> list[list[Any]]:
    return [[cell for cell in row if cell != ""] for row in book.sheets[0].rows]


@pytest.mark.parametrize("writer", [write_xlsx, write_xls, write_ods, write_csv])
def test_every_format_gives_the_same_rows(tmp_path: Path, writer: Any) -> None:
    book = read_book(writer(tmp_path / "file.bin", ROWS))
    assert filled(book) == [["姓名", "年"], ["张三", "x"], [], ["李 四", "𠮷"]]


@pytest.mark.parametrize("writer", [write_xlsx, write_xls, write_ods, write_csv])
def test_row_numbers_are_those_of_the_spreadsheet(tmp_path: Path, writer: Any) -> None:
    rows = [["", ""], ["", ""], ["", "here"]]
    sheet = read_book(writer(tmp_path / "file", rows)).sheets[0]
    assert sheet.rows[2][1] == "here"


def test_cells_of_a_workbook_keep_what_they_are(tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        sheet = book.active
        sheet["H1"].number_format = "0%"
        sheet["I1"] = "=1/0"

    cells = ["text", 7, 1.5, True, date(1999, 2, 3), datetime(2020, 1, 1, 3, 4), time(3, 4), 0.25]  # noqa: DTZ001
    path = write_xlsx(tmp_path / "a.xlsx", [[*cells, "", 320102198103150012]], edit)
    row = read_book(path).sheets[0].rows[0]
    assert row[:8] == cells
    assert row[8] == ""
    assert has_lost_digits(row[9])


def test_hidden_rows_columns_and_sheets_are_read_and_known(tmp_path: Path) -> None:
    def hide(book: Any) -> None:
        book.active.row_dimensions[1].hidden = True
        book.active.column_dimensions["A"].hidden = True
        book.create_sheet("旧").sheet_state = "hidden"

    book = read_book(write_xlsx(tmp_path / "a.xlsx", [["a", "b"]], hide))
    assert book.sheets[0].rows == [["a", "b"]]
    assert [sheet.visible for sheet in book.sheets] == [True, False]


def test_merged_ranges_are_told(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "a.xlsx", [["title", "", "x"]], lambda book: book.active.merge_cells("A1:B1")
    )
    assert read_book(path).sheets[0].merged == (((0, 0), (0, 1)),)


def test_the_content_decides_not_the_suffix(tmp_path: Path) -> None:
    write_csv(tmp_path / "really.xlsx", ROWS)
    assert read_book(tmp_path / "really.xlsx").format == "csv"
    write_xlsx(tmp_path / "a.xlsx", ROWS).rename(tmp_path / "really.csv")
    assert read_book(tmp_path / "really.csv").format == "xlsx"


@pytest.mark.parametrize(
    ("content", "code", "found"),
    [
        (b"", "SHEET_EMPTY", None),
        (b"\xef\xbb\xbf \r\n", "SHEET_EMPTY", None),
        (b"%PDF-1.4", "SHEET_FORMAT", "PDF"),
        (b"<html><table></table></html>", "SHEET_FORMAT", "HTML"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "SHEET_FORMAT", "XML"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "SHEET_FORMAT", "OLE"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"), "SHEET_ENCRYPTED", None),
        (b"PK\x03\x04 and nothing more", "SHEET_BROKEN", None),
        (b"a,b\x00c", "SHEET_BINARY", None),
        ("é,ß\n".encode("latin-1"), "SHEET_ENCODING", None),
        (b'a,"b\nc,d\n', "SHEET_QUOTES", None),
    ],
)
def test_what_is_refused(tmp_path: Path, content: bytes, code: str, found: str | None) -> None:
    path = tmp_path / "file.xlsx"
    path.write_bytes(content)
    error = refusal(path)
    assert error.code == code
    assert error.detail["file"] == "file.xlsx"
    assert error.detail.get("found") == found


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.xlsx").code == "SHEET_MISSING"
    assert refusal(tmp_path).code == "SHEET_UNREADABLE"


def test_an_encrypted_xls_is_refused_by_name(tmp_path: Path) -> None:
    path = write_xls(tmp_path / "a.xls", ROWS)
    content = bytearray(path.read_bytes())
    begin = content.index(bytes.fromhex("0908100000060500")) + 20
    content[begin : begin + 2] = (0x2F).to_bytes(2, "little")  # FilePass takes the place of the next record
    path.write_bytes(content)
    assert refusal(path).code == "SHEET_ENCRYPTED"


def test_an_encrypted_ods_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", b"\x93\x11")
        archive.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>")
    assert refusal(path).code == "SHEET_ENCRYPTED"


@pytest.mark.parametrize(
    ("member", "found"), [("word/document.xml", "docx"), ("xl/workbook.bin", "xlsb"), ("a", "ZIP")]
)
def test_other_packed_files_are_named(tmp_path: Path, member: str, found: str) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, "x")
    assert refusal(path).detail["found"] == found


def test_a_stray_cell_in_the_last_corner_is_refused_before_it_takes_the_memory(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", ROWS, lambda book: book.active.cell(1_048_576, 16_384, "x"))
    assert refusal(path).code == "SHEET_TOO_LARGE"


def test_a_wide_heading_and_many_formatted_rows_are_no_reason(tmp_path: Path) -> None:
    def spread(book: Any) -> None:
        from openpyxl.styles import Font

        book.active.cell(1, 16_384, "last")
        for row in range(10, 2000):
            book.active.cell(row, 3).font = Font(bold=True)
        book.active.cell(1_048_576, 3).font = Font(bold=True)

    sheet = read_book(write_xlsx(tmp_path / "a.xlsx", ROWS, spread)).sheets[0]
    assert len(sheet.rows) == 4
    assert sheet.rows[0][16_383] == "last"


def test_rows_repeated_a_million_times_are_refused(tmp_path: Path) -> None:
    path = write_ods(tmp_path / "a.ods", [["x"] * 20], repeat_last=1_000_000)
    assert refusal(path).code == "SHEET_TOO_LARGE"


def test_a_zip_bomb_is_refused_unopened(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", ROWS)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/b.bin", "w") as part:
        for _ in range(600):
            part.write(bytes(2**20))
    assert path.stat().st_size < 2**20
    assert refusal(path).code == "SHEET_TOO_LARGE"


def test_a_file_that_is_too_large_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb") as stream:
        stream.write(b"x")
        os.truncate(stream.fileno(), MAX_FILE + 10)
    assert refusal(path).code == "SHEET_TOO_LARGE"


def test_the_extent_of_a_workbook_counts_values_only() -> None:
    assert extent.column_number(b"A") == 1
    assert extent.column_number(b"XFD") == 16_384


@given(st.data())
def test_a_damaged_file_gives_a_reason_and_nothing_else(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["roster_bad_rows.xlsx", "roster_titled.ods", "roster_300.xls"]))
    content = bytearray((SAMPLES / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    content = content[: data.draw(st.integers(1, len(content)))] if data.draw(st.booleans()) else content
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        with suppress(SheetError):
            read_book(path)


def test_the_kind_of_a_good_file_is_told_from_its_first_bytes() -> None:
    kinds = {path.name: kind_of(path.read_bytes(), path.name) for path in SAMPLES.glob("roster_*")}
    assert {name: name.rpartition(".")[2] for name in kinds} == kinds


def test_reading_leaves_the_file_alone(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", ROWS)
    before = path.read_bytes()
    read_book(path)
    assert path.read_bytes() == before


def test_the_libraries_are_loaded_when_a_file_is_read_not_before() -> None:
    program = (
        "import sys, icme_tui.operations.roster, icme_tui.commands.roster\n"
        "print(sorted({'python_calamine', 'xlsxwriter', 'stdnum'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
