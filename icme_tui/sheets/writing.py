"""Makes xlsx workbooks: a copy of what was read with remarks beside it, and a form to fill in.

Text is always written as text: never as a formula, a link or a number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any, Literal, NamedTuple

from icme_tui.rules.people.cells import Cell
from icme_tui.sheets.table import Book

MAX_TEXT = 32_767
"""Characters that one cell of a workbook holds."""

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "nan_inf_to_errors": True,
}
_FORBIDDEN_IN_NAMES = str.maketrans("[]:*?/\\", "_______")
_ILLEGAL = dict.fromkeys((*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0xFFFE, 0xFFFF))


class Marked(NamedTuple):
    """Remarks on one sheet of a book. Rows count from 1, columns from 0."""

    sheet: int
    """Which sheet of the book."""
    heading_row: int
    heading: str
    """What stands over the column of remarks."""
    remarks: Mapping[int, str]
    cells: Mapping[tuple[int, int], Literal["error", "warning"]]
    """Cells to be coloured."""


class Column(NamedTuple):
    """A column of a form."""

    heading: str
    width: int
    """In characters."""
    kind: Literal["text", "date", "general"] = "general"
    choices: tuple[str, ...] = ()
    """Values offered in a list; others can be typed all the same."""
    hint: str = ""
    """Shown when a cell of the column is chosen."""


class Page(NamedTuple):
    """A form: a sheet with headings, and a sheet of notes."""

    name: str
    columns: Sequence[Column]
    notes_name: str
    notes: Sequence[str]


def write_marked(book: Book, marked: Marked | None) -> bytes:
    """The values of a book as xlsx, with a column of remarks at the right of one sheet, or without.

    Every row keeps its number. Widths, colours and formulas of the original are not kept.
    """
    workbook, stream = new_workbook()
    formats = {
        "date": workbook.add_format({"num_format": "yyyy-mm-dd"}),
        "moment": workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        "time": workbook.add_format({"num_format": "hh:mm:ss"}),
        "span": workbook.add_format({"num_format": "[h]:mm:ss"}),
        "bold": workbook.add_format({"bold": True, "bg_color": "#FFE699"}),
        "remark": workbook.add_format({"text_wrap": True, "valign": "top"}),
        "error": workbook.add_format({"bg_color": "#F8CBAD", "num_format": "@"}),
        "warning": workbook.add_format({"bg_color": "#FFF2CC", "num_format": "@"}),
    }
    used: set[str] = set()
    for number, sheet in enumerate(book.sheets):
        page = workbook.add_worksheet(sheet_name(sheet.name, number, used))
        for row, cells in enumerate(sheet.rows):
            for column, cell in enumerate(cells):
                colour = marked.cells.get((row + 1, column)) if marked and number == marked.sheet else None
                _write_cell(page, row, column, cell, formats, colour)
        if marked and number == marked.sheet:
            at = max((len(cells) for cells in sheet.rows), default=0)
            page.set_column(at, at, 60)
            page.write_string(marked.heading_row - 1, at, marked.heading, formats["bold"])
            for row, remark in marked.remarks.items():
                page.write_string(row - 1, at, clean_cell(remark), formats["remark"])
            page.freeze_panes(marked.heading_row, 0)
            page.activate()
    workbook.close()
    return stream.getvalue()


def write_page(page: Page, rows: int = 5000) -> bytes:
    """A form as xlsx. Lists of choices are laid on the first ``rows`` rows under the heading."""
    workbook, stream = new_workbook()
    heading = workbook.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
    kinds = {
        "text": workbook.add_format({"num_format": "@"}),
        "date": workbook.add_format({"num_format": "yyyy-mm-dd"}),
        "general": None,
    }
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
    sheet = workbook.add_worksheet(page.name)
    for number, column in enumerate(page.columns):
        sheet.set_column(number, number, column.width, kinds[column.kind])
        sheet.write_string(0, number, column.heading, heading)
        if column.choices or column.hint:
            sheet.data_validation(1, number, rows, number, _validation(column))
    sheet.freeze_panes(1, 0)
    notes = workbook.add_worksheet(page.notes_name)
    notes.set_column(0, 0, 100, wrapped)
    for number, note in enumerate(page.notes):
        notes.write_string(number, 0, note)
    workbook.close()
    return stream.getvalue()


def new_workbook() -> tuple[Any, BytesIO]:
    """A workbook that takes no text for anything else, and the stream that it ends in."""
    import xlsxwriter

    stream = BytesIO()
    return xlsxwriter.Workbook(stream, _OPTIONS), stream


def _validation(column: Column) -> dict[str, Any]:
    rule: dict[str, Any] = {"ignore_blank": True, "error_type": "warning"}
    if column.choices:
        rule |= {"validate": "list", "source": list(column.choices)}
    else:
        rule |= {"validate": "any"}
    if column.hint:
        rule |= {"input_title": column.heading.lstrip("*")[:32], "input_message": column.hint[:255]}
    return rule


def sheet_name(name: str, number: int, used: set[str]) -> str:
    """A name that a sheet may have: the wanted one as far as it is allowed and free."""
    wanted = name.translate(_FORBIDDEN_IN_NAMES).translate(_ILLEGAL).strip("'")[:31] or f"Sheet{number + 1}"
    if wanted.lower() in used or wanted.lower() == "history":
        wanted = f"{wanted[:26]}_{number + 1}"
    used.add(wanted.lower())
    return wanted


def clean_cell(text: str) -> str:
    """Text without what a workbook cannot hold."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_ILLEGAL)[:MAX_TEXT]


def _write_cell(
    page: Any, row: int, column: int, cell: Cell, formats: dict[str, Any], colour: str | None
) -> None:
    marked = formats[colour] if colour else None
    if isinstance(cell, str):
        if cell:
            page.write_string(row, column, clean_cell(cell), marked)
        elif marked is not None:
            page.write_blank(row, column, None, marked)
    elif isinstance(cell, bool):
        page.write_boolean(row, column, cell, marked)
    elif isinstance(cell, int | float):
        page.write_number(row, column, cell, marked)
    elif isinstance(cell, datetime):
        page.write_datetime(row, column, cell, formats["moment"])
    elif isinstance(cell, date):
        page.write_datetime(row, column, cell, formats["date"])
    elif isinstance(cell, time):
        page.write_datetime(row, column, cell, formats["time"])
    elif isinstance(cell, timedelta):
        page.write_datetime(row, column, cell, formats["span"])
