"""Reads xlsx, xls, ods and csv into plain values."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from icme_tui.codes import SheetError
from icme_tui.sheets.errorcells import error_cells
from icme_tui.sheets.extent import MAX_CELLS, check_ods, check_xlsx
from icme_tui.sheets.kinds import DAMAGED_ZIP, MAX_FILE, Kind, kind_of
from icme_tui.sheets.table import Book, Row, Sheet
from icme_tui.sheets.text import read_text

MAX_ERROR_ROW = 200_000
MAX_ERROR_COLUMN = 200
"""Error values further down or right are left out: no roster reaches there."""


def read_book(path: Path) -> Book:
    """Read a spreadsheet file. Of hidden sheets, rows and columns everything is read.

    A formula gives the value that was stored with it. An error value such as ``#N/A`` is read as its text;
    from xls it is read as empty, because calamine keeps no more of it.

    Raises SheetError: ``SHEET_MISSING``, ``SHEET_UNREADABLE``, ``SHEET_EMPTY``, ``SHEET_FORMAT``,
    ``SHEET_ENCRYPTED``, ``SHEET_BROKEN``, ``SHEET_TOO_LARGE``, ``SHEET_ENCODING``, ``SHEET_BINARY``,
    ``SHEET_QUOTES``.
    """
    file = path.name
    content = _read_bytes(path)
    kind = kind_of(content, file)
    if kind == "csv":
        return read_text(content, file)
    if kind == "xlsx":
        check_xlsx(content, file)
    elif kind == "ods":
        check_ods(content, file)
    sheets = _read_sheets(content, kind, file)
    return Book(kind, _with_errors(sheets, content, file) if kind == "xlsx" else sheets)


def _read_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_FILE + 1)
    except FileNotFoundError:
        raise SheetError("SHEET_MISSING", file=str(path)) from None
    except OSError as error:
        raise SheetError("SHEET_UNREADABLE", file=str(path), reason=error.strerror or "") from error


def _read_sheets(content: bytes, kind: Kind, file: str) -> list[Sheet]:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(content))
        shown = python_calamine.SheetVisibleEnum.Visible
        worksheet = python_calamine.SheetTypeEnum.WorkSheet
        sheets: list[Sheet] = []
        cells = 0
        for metadata in book.sheets_metadata:
            if metadata.typ == worksheet:
                sheet = book.get_sheet_by_name(metadata.name)
                cells += sheet.height * sheet.width
                if cells > MAX_CELLS:
                    raise SheetError("SHEET_TOO_LARGE", file=file, limit=MAX_CELLS, unit="cells")
                sheets.append(_plain(sheet, metadata.visible == shown))
        return sheets
    except python_calamine.PasswordError as error:
        raise SheetError("SHEET_ENCRYPTED", file=file) from error
    except (python_calamine.CalamineError, python_calamine.ZipError, python_calamine.XmlError) as error:
        raise SheetError("SHEET_BROKEN", file=file) from error
    except (OSError, ValueError, OverflowError) as error:
        raise SheetError("SHEET_BROKEN", file=file) from error
    except BaseException as error:
        # A panic inside calamine is no Exception, and no class of it can be imported.
        if type(error).__name__ != "PanicException":
            raise
        raise SheetError("SHEET_BROKEN", file=file) from None


def _with_errors(sheets: list[Sheet], content: bytes, file: str) -> list[Sheet]:
    """The sheets with the error values that calamine has left out."""
    try:
        errors = error_cells(content)
    except DAMAGED_ZIP as error:
        raise SheetError("SHEET_BROKEN", file=file) from error
    for sheet in sheets:
        for (row, column), value in errors.get(sheet.name, {}).items():
            if row >= MAX_ERROR_ROW or column >= MAX_ERROR_COLUMN:
                continue
            sheet.rows.extend([] for _ in range(row + 1 - len(sheet.rows)))
            cells = sheet.rows[row]
            cells.extend([""] * (column + 1 - len(cells)))
            if cells[column] == "":
                cells[column] = value
    return sheets


def _plain(sheet: Any, visible: bool) -> Sheet:
    """The rows from the first row of the spreadsheet on, whatever the first used one is."""
    if sheet.start is None:
        return Sheet(sheet.name, [], visible)
    top, left = sheet.start
    padding: Row = [""] * left
    rows: list[Row] = [[] for _ in range(top)]
    rows += (padding + row for row in sheet.to_python(skip_empty_area=True))
    return Sheet(sheet.name, rows, visible, tuple(sheet.merged_cell_ranges or ()))
