"""What a cell of a spreadsheet may hold, and the text that a person sees in it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

Cell = str | int | float | bool | date | datetime | time | timedelta
"""One cell as it was read. An empty cell is ``""``."""

EXACT_BELOW = 10**15
"""A spreadsheet keeps 15 digits of a number: from here on the last ones are zeros or noise."""

INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
"""For ``str.translate``: characters that show nothing and come along when text is pasted."""

ERROR_VALUES = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})


def has_lost_digits(cell: Cell) -> bool:
    """Whether a number is too long for a spreadsheet to have kept all its digits."""
    return isinstance(cell, int | float) and abs(cell) >= EXACT_BELOW


def text_of(cell: Cell) -> str:
    """The text of a cell: whole numbers without a point, dates as ``1999-02-03``."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        if has_lost_digits(cell):
            return f"{cell:.14E}"
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


def is_blank(cell: Cell) -> bool:
    """Whether a cell is empty or holds nothing but blanks."""
    return isinstance(cell, str) and not cell.strip(" \t\r\n\u3000\u00a0\u200b\ufeff")


def is_error(cell: Cell) -> bool:
    """Whether the cell shows the error value of a formula, such as ``#N/A``."""
    return isinstance(cell, str) and cell.strip() in ERROR_VALUES


def column_letters(index: int) -> str:
    """The letters of a column as a spreadsheet shows them: 0 → ``A``, 26 → ``AA``."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
