"""Spreadsheets: the one door to calamine (reading) and xlsxwriter (writing).

A file is taken for what it holds, not for its suffix. Reading gives plain values; nothing of what the
libraries are shows outside.
"""

from __future__ import annotations

from icme_tui.sheets.csvtext import write_csv
from icme_tui.sheets.reading import read_book
from icme_tui.sheets.table import Book, Sheet
from icme_tui.sheets.tables import Table, write_tables
from icme_tui.sheets.writing import Column, Marked, Page, write_marked, write_page

__all__ = [
    "Book",
    "Column",
    "Marked",
    "Page",
    "Sheet",
    "Table",
    "read_book",
    "write_csv",
    "write_marked",
    "write_page",
    "write_tables",
]
