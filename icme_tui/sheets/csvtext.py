"""Makes CSV of a plain table, as spreadsheet programs take it: UTF-8 with a mark, lines ended by CR LF.

A spreadsheet program takes a text that begins with = + - @ for a formula, and one may come from a stranger's
file name. Such a text gets an apostrophe before it, which those programs take for the sign of a text
(OWASP, "CSV Injection").
"""

from __future__ import annotations

import csv
from io import StringIO

from icme_tui.sheets.tables import Table
from icme_tui.sheets.writing import clean_cell

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_csv(table: Table) -> bytes:
    """Headings and rows of a table; its name and title are left out."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_cell(heading) for heading in table.headings])
    writer.writerows([_cell(cell) for cell in row] for row in table.rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "replace")


def _cell(value: str | int | float) -> str | int | float:
    if not isinstance(value, str):
        return value
    text = clean_cell(value)
    return f"'{text}" if text.lstrip(" ").startswith(_STARTS) else text
