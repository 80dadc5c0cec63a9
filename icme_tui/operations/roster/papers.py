"""Workbooks that go back to the person who keeps the roster: remarks beside the rows, and an empty form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from icme_tui.codes import SheetError
from icme_tui.durable import write_atomic
from icme_tui.operations.roster.plan import Finding, RosterPlan, Severity
from icme_tui.rules.people.headings import fields
from icme_tui.rules.people.titles import health_titles
from icme_tui.sheets import Column, Marked, Page, write_marked, write_page
from icme_tui.sheets.extent import column_number

SEXES = ("男", "女")
_WIDTH = 14
_WIDTHS = {"idno": 24, "title": 16, "employed_title": 16, "unit": 18, "phone": 16}
_TEXT = frozenset({"idno", "phone"})
_DATES = frozenset({"born", "employed_on"})
_NOT_IN_FORM = frozenset({"institution"})


def write_back(plan: RosterPlan, out_path: Path, heading: str, sentence: Callable[[Finding], str]) -> int:
    """Write the workbook of a plan with a column of remarks, as xlsx. Returns the number of rows remarked.

    ``heading`` stands over the column, ``sentence`` words a finding: language is the caller's.

    Raises SheetError ``SHEET_NOT_WRITTEN``.
    """
    remarks: dict[int, str] = {}
    cells: dict[tuple[int, int], Severity] = {}
    for finding in plan.findings:
        said = sentence(finding)
        remarks[finding.row] = f"{remarks[finding.row]}\n{said}" if finding.row in remarks else said
        if finding.column:
            place = (finding.row, column_number(finding.column.encode()) - 1)
            cells[place] = "error" if "error" in (finding.severity, cells.get(place)) else "warning"
    marked = Marked(plan.sheet_index, plan.heading_row, heading, remarks, cells)
    _write(out_path, write_marked(plan.book, marked))
    return len(remarks)


def template(path: Path, sheet: str, notes_sheet: str, notes: Sequence[str], hints: dict[str, str]) -> None:
    """Write an empty roster: headings (``*`` for the required ones), text columns, lists, a sheet of notes.

    ``hints`` are shown at the cells of a field, by field key. Raises SheetError ``SHEET_NOT_WRITTEN``.
    """
    columns = [
        Column(
            heading=f"*{field.heading}" if field.required else field.heading,
            width=_WIDTHS.get(field.key, _WIDTH),
            kind="text" if field.key in _TEXT else "date" if field.key in _DATES else "general",
            choices=_choices(field.key),
            hint=hints.get(field.key, ""),
        )
        for field in fields()
        if field.key not in _NOT_IN_FORM
    ]
    _write(path, write_page(Page(sheet, columns, notes_sheet, notes)))


def _choices(key: str) -> tuple[str, ...]:
    if key == "sex":
        return SEXES
    return health_titles() if key in ("title", "employed_title") else ()


def _write(path: Path, content: bytes) -> None:
    try:
        write_atomic(path, content)
    except OSError as error:
        raise SheetError("SHEET_NOT_WRITTEN", file=str(path), reason=error.strerror or "") from error
