"""Cells of xlsx that hold the error of a formula, such as ``#N/A``.

calamine reads them as empty, and a value that a lookup did not find would silently be left out. They are
looked for in the parts themselves (ECMA-376 part 1, 18.3.1.4: ``<c r="B3" t="e"><v>#N/A</v></c>``).
"""

from __future__ import annotations

import html
import posixpath
import re
import zipfile
from io import BytesIO

from icme_tui.sheets.extent import chunks, column_number

LONGEST_FORMULA = 2**14
"""Bytes that may lie between the beginning of a cell and its value (8,192 characters of a formula)."""

_ERROR = re.compile(
    rb'<(?:\w+:)?c\b(?=[^>]*\bt\s*=\s*["\']e["\'])[^>]*?\br\s*=\s*["\']([A-Z]{1,3})(\d{1,7})["\'][^>]*>\s*'
    rb"(?:<(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>))?\s*<(?:\w+:)?v[^>]*>(#[^<]{1,20})<"
)
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>")
_PART = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_ATTRIBUTE = re.compile(rb'([\w:]+)\s*=\s*(?:"([^"]*)"|\'([^\']*)\')')

Place = tuple[int, int]
"""(row, column), counted from 0."""


def error_cells(content: bytes) -> dict[str, dict[Place, str]]:
    """{sheet: {place: what the cell shows}} of a workbook that ``check_xlsx`` has let pass."""
    found: dict[str, dict[Place, str]] = {}
    with zipfile.ZipFile(BytesIO(content)) as archive:
        present = set(archive.namelist())
        for name, part in _parts(archive, present).items():
            cells = {
                (int(row) - 1, column_number(letters) - 1): value.decode("ascii", "replace")
                for piece in chunks(archive, part, LONGEST_FORMULA)
                for letters, row, value in _ERROR.findall(piece)
            }
            if cells:
                found[name] = cells
    return found


def _parts(archive: zipfile.ZipFile, present: set[str]) -> dict[str, str]:
    """{name of a sheet: its part}."""
    relations = "xl/_rels/workbook.xml.rels"
    if relations not in present:
        return {}
    targets = {
        each.get("Id", ""): posixpath.normpath(posixpath.join("/xl", each.get("Target", ""))).lstrip("/")
        for each in map(_attributes, _PART.findall(archive.read(relations)))
    }
    sheets = map(_attributes, _SHEET.findall(archive.read("xl/workbook.xml")))
    parts = {each.get("name", ""): targets.get(each.get("id", ""), "") for each in sheets}
    return {name: part for name, part in parts.items() if part in present}


def _attributes(tag: bytes) -> dict[str, str]:
    """Attributes by name without their namespace."""
    return {
        name.decode().rpartition(":")[2]: html.unescape((double or single).decode("utf-8", "replace"))
        for name, double, single in _ATTRIBUTE.findall(tag)
    }
