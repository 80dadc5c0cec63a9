"""A spreadsheet as plain values."""

from __future__ import annotations

from typing import Literal, NamedTuple

from icme_tui.rules.people.cells import Cell

Format = Literal["xlsx", "xls", "ods", "csv"]

Row = list[Cell]


class Sheet(NamedTuple):
    """The used part of one sheet."""

    name: str
    """Empty for csv."""
    rows: list[Row]
    """``rows[0]`` is the first row of the spreadsheet, so row n stands at ``rows[n - 1]``; rows need not be
    equally long."""
    visible: bool = True
    merged: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()
    """Merged ranges as ((row, column), (row, column)), counted from 0, both ends inside. Not known for
    every format."""


class Book(NamedTuple):
    """A spreadsheet file that was read."""

    format: Format
    sheets: list[Sheet]
    encoding: str = ""
    """Of csv: the encoding that fitted."""
    delimiter: str = ""
    """Of csv: what stands between the cells."""
