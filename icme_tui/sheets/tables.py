"""Makes xlsx workbooks of plain tables: a heading, rows, and columns as wide as what stands in them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from icme_tui.sheets.writing import clean_cell, new_workbook, sheet_name

WIDEST = 60
"""Characters; longer texts are broken into lines."""

_LOOKED_AT = 200
"""Rows that decide how wide a column is."""


class Table(NamedTuple):
    """One sheet."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str | int | float]]
    title: str = ""
    """A line above the headings."""


def write_tables(tables: Sequence[Table]) -> bytes:
    """The tables as one workbook. Text stays text, whatever it looks like."""
    workbook, stream = new_workbook()
    heading = workbook.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
    bold = workbook.add_format({"bold": True})
    used: set[str] = set()
    for number, table in enumerate(tables):
        sheet = workbook.add_worksheet(sheet_name(table.name, number, used))
        top = 0
        if table.title:
            sheet.write_string(0, 0, clean_cell(table.title), bold)
            top = 1
        for column, label in enumerate(table.headings):
            sheet.set_column(column, column, _width(table, column), wrapped)
            sheet.write_string(top, column, clean_cell(label), heading)
        for row, cells in enumerate(table.rows, top + 1):
            for column, cell in enumerate(cells):
                if isinstance(cell, str):
                    if cell:
                        sheet.write_string(row, column, clean_cell(cell), wrapped)
                else:
                    sheet.write_number(row, column, cell)
        sheet.freeze_panes(top + 1, 0)
        sheet.repeat_rows(top)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
    workbook.close()
    return stream.getvalue()


def _width(table: Table, column: int) -> int:
    texts = [table.headings[column], *(str(row[column]) for row in table.rows[:_LOOKED_AT])]
    return min(WIDEST, max(_cells(text) for text in texts) + 2)


def _cells(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
