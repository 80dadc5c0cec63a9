"""Tables as text: which encoding, which delimiter, which rows.

Rows are counted as a spreadsheet program counts them: a line break inside quotes makes no new row.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from io import StringIO

from icme_tui.codes import SheetError
from icme_tui.sheets.table import Book, Row, Sheet

DELIMITERS = ",\t;|"
MAX_ROWS = 1_048_576

_SAMPLE = 50
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Excel understands a first line that names the delimiter, and does not show it.
_SEPARATOR_LINE = re.compile(r'\A"?sep=(.)"?\r?\n?')


def read_text(content: bytes, file: str) -> Book:
    """Read a table that is text.

    Raises SheetError: ``SHEET_ENCODING``, ``SHEET_BINARY``, ``SHEET_QUOTES`` (row), ``SHEET_TOO_LARGE``.
    """
    text, encoding = _decode(content, file)
    if "\x00" in text:
        raise SheetError("SHEET_BINARY", file=file)
    if named := _SEPARATOR_LINE.match(text):
        text, delimiter = text[named.end() :], named[1]
    else:
        delimiter = _find_delimiter(text)
    return Book("csv", [Sheet("", _split(text, delimiter, file))], encoding, delimiter)


def _decode(content: bytes, file: str) -> tuple[str, str]:
    candidates = [encoding for bom, encoding in _BOMS if content.startswith(bom)][:1] or ["utf-8", "gb18030"]
    for encoding in candidates:
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise SheetError("SHEET_ENCODING", file=file)


def _find_delimiter(text: str) -> str:
    """The delimiter that gives the most cells in rows of one and the same width."""
    sample = text[:200_000]
    best, most = ",", 0
    for delimiter in DELIMITERS:
        widths: Counter[int] = Counter()
        try:
            for number, row in enumerate(csv.reader(StringIO(sample, newline=""), delimiter=delimiter)):
                widths[len(row)] += 1
                if number >= _SAMPLE:
                    break
        except csv.Error:
            continue
        score = max(((width - 1) * times for width, times in widths.items()), default=0)
        if score > most:
            best, most = delimiter, score
    return best


def _split(text: str, delimiter: str, file: str) -> list[Row]:
    try:
        return _rows(text, delimiter, file, strict=True)
    except csv.Error as error:
        if "end of data" in str(error):
            raise SheetError("SHEET_QUOTES", file=file, row=_open_quote(text, delimiter)) from error
    try:
        return _rows(text, delimiter, file, strict=False)
    except csv.Error as error:
        raise SheetError("SHEET_QUOTES", file=file, row=_open_quote(text, delimiter)) from error


def _rows(text: str, delimiter: str, file: str, *, strict: bool) -> list[Row]:
    rows: list[Row] = []
    for row in csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=strict):
        if len(rows) >= MAX_ROWS:
            raise SheetError("SHEET_TOO_LARGE", file=file, limit=MAX_ROWS, unit="rows")
        rows.append(list(row))
    return rows


def _open_quote(text: str, delimiter: str) -> int:
    """The row at whose cell a quotation mark opens that is never closed."""
    rows = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 1
    try:
        for _row in rows:
            number += 1
    except csv.Error:
        return number
    return number
