"""Tables as spreadsheet files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from icme_tui import durable
from icme_tui.codes import SheetError
from icme_tui.operations.folders import free_name
from icme_tui.sheets import Table as Table
from icme_tui.sheets import write_tables


def write_file(path: Path, tables: Sequence[Table]) -> Path:
    """Write a workbook, in the place of a file of that name. Raises SheetError ``SHEET_NOT_WRITTEN``."""
    try:
        durable.write_atomic(path, write_tables(tables))
    except OSError as error:
        raise SheetError("SHEET_NOT_WRITTEN", file=str(path), reason=error.strerror or "") from error
    return path


def write_new(folder: Path, name: str, tables: Sequence[Table]) -> Path:
    """Write a workbook to a folder; where the name is taken, with a number behind it. Returns its path.

    Raises SheetError ``SHEET_NOT_WRITTEN``.
    """
    return write_file(free_name(folder / name), tables)
