"""A table as xlsx that is read and printed: headings, rows, a page of A4."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from icme_tui.sheets.writing import clean_cell, new_workbook, sheet_name

_ROW_POINTS = 24
"""Room for a signature by hand."""


class Grid(NamedTuple):
    """One sheet: lines above the table, headings, rows of values, lines below."""

    name: str
    above: Sequence[str]
    headings: Sequence[str]
    widths: Sequence[int]
    """Of the columns, in characters."""
    rows: Sequence[Sequence[str | int | float]]
    below: Sequence[str]
    tall: bool = False
    """Whether the rows leave room for a signature."""


def write_grid(grid: Grid) -> bytes:
    """The table as xlsx: text stays text; printed on A4 with the headings on each page."""
    workbook, stream = new_workbook()
    title = workbook.add_format({"bold": True, "font_size": 14})
    heading = workbook.add_format(
        {"bold": True, "border": 1, "text_wrap": True, "valign": "vcenter", "bg_color": "#DDEBF7"}
    )
    cell = workbook.add_format({"border": 1, "valign": "vcenter", "text_wrap": True})
    sheet = workbook.add_worksheet(sheet_name(grid.name, 0, set()))
    for number, line in enumerate(grid.above):
        sheet.write_string(number, 0, clean_cell(line), title if not number else None)
    first = len(grid.above)
    for column, (text, width) in enumerate(zip(grid.headings, grid.widths, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(first, column, clean_cell(text), heading)
    for row, values in enumerate(grid.rows, first + 1):
        if grid.tall:
            sheet.set_row(row, _ROW_POINTS)
        for column, value in enumerate(values):
            if isinstance(value, str):
                sheet.write_string(row, column, clean_cell(value), cell)
            else:
                sheet.write_number(row, column, value, cell)
    for number, line in enumerate(grid.below, first + 1 + len(grid.rows)):
        sheet.write_string(number, 0, clean_cell(line))
    sheet.freeze_panes(first + 1, 0)
    sheet.repeat_rows(first)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P / &N")
    workbook.close()
    return stream.getvalue()
