"""How large a packed workbook would become, found out before it is unpacked into memory.

calamine makes a full rectangle of all cells between the first and the last: one stray cell in the last
corner of a sheet would ask for 17,000,000,000 cells. Formatted cells without a value do not count.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO

from icme_tui.codes import SheetError
from icme_tui.sheets.kinds import DAMAGED_ZIP

MAX_CELLS = 12_000_000
"""Cells of the rectangle that holds all cells with a value."""

_CHUNK = 2**20
_OVERLAP = 2**10

# Cells beyond column Z, and cells beyond row 99,999: rare, so that looking for them is quick.
_FAR_RIGHT = re.compile(rb'\br\s*=\s*["\']([A-Z]{2,3})(\d{1,7})["\']')
_FAR_DOWN = re.compile(rb'\br\s*=\s*["\']([A-Z]{1,3})(\d{6,7})["\']')
_VALUED = re.compile(
    rb'<(?:\w+:)?c\b[^>]*?\br\s*=\s*["\']([A-Z]{1,3})(\d{1,7})["\'][^>]*?(?<!/)>\s*<(?:\w+:)?(?:v|is|f)\b'
)
_ODS_ROW = re.compile(rb"<table:table-row\b([^>]*?)(?:/>|>(.*?)</table:table-row>)", re.DOTALL)
_ODS_REPEAT_ROWS = re.compile(rb'number-rows-repeated\s*=\s*["\'](\d{1,9})')
_ODS_REPEAT_CELL = re.compile(
    rb'<table:(?:covered-)?table-cell\b[^>]*?number-columns-repeated\s*=\s*["\'](\d{1,9})["\'][^>]*?(?<!/)>'
)


def check_xlsx(content: bytes, file: str) -> None:
    """Refuse a workbook whose sheets would not fit into memory, or whose parts are damaged.

    Raises SheetError: ``SHEET_TOO_LARGE``, ``SHEET_BROKEN``.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            for name in archive.namelist():
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    _check_sheet(archive, name, file)
    except DAMAGED_ZIP as error:
        raise SheetError("SHEET_BROKEN", file=file) from error


def check_ods(content: bytes, file: str) -> None:
    """The same for OpenDocument, where one element may stand for a million rows.

    Raises SheetError: ``SHEET_TOO_LARGE``, ``SHEET_BROKEN``.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            document = archive.read("content.xml")
    except DAMAGED_ZIP as error:
        raise SheetError("SHEET_BROKEN", file=file) from error
    cells = 0
    for attributes, inside in _ODS_ROW.findall(document):
        repeated = _ODS_REPEAT_ROWS.search(attributes)
        # Repeated cells with a value; empty ones at the end of a row are not kept.
        filled = sum(int(times) for times in _ODS_REPEAT_CELL.findall(inside)) + inside.count(b"<text:p")
        cells += filled * (int(repeated[1]) if repeated else 1)
        if cells > MAX_CELLS:
            raise SheetError("SHEET_TOO_LARGE", file=file, limit=MAX_CELLS, unit="cells")


def column_number(letters: bytes) -> int:
    """``b"A"`` → 1, ``b"AA"`` → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def chunks(archive: zipfile.ZipFile, name: str, overlap: int = _OVERLAP) -> Iterator[bytes]:
    """The part piece by piece, each beginning with the end of the one before, ``overlap`` bytes of it."""
    with archive.open(name) as part:
        tail = b""
        while piece := part.read(_CHUNK):
            yield tail + piece
            tail = piece[-overlap:]


def _check_sheet(archive: zipfile.ZipFile, name: str, file: str) -> None:
    rows, columns = 99_999, 26
    for chunk in chunks(archive, name):
        for letters, _row in _FAR_RIGHT.findall(chunk):
            columns = max(columns, column_number(letters))
        for _letters, row in _FAR_DOWN.findall(chunk):
            rows = max(rows, int(row))
    if rows * columns <= MAX_CELLS:
        return
    rows = columns = 0
    for chunk in chunks(archive, name):
        for letters, row in _VALUED.findall(chunk):
            columns = max(columns, column_number(letters))
            rows = max(rows, int(row))
    if rows * columns > MAX_CELLS:
        raise SheetError("SHEET_TOO_LARGE", file=file, limit=MAX_CELLS, unit="cells")
