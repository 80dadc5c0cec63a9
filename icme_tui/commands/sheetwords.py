"""The attendance sheet in words: what stands above it, in it and below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icme_tui.commands.moments import show_moment, show_time
from icme_tui.commands.output import hundredths
from icme_tui.commands.rulewords import LEVELS
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import _
from icme_tui.operations.attendancesheet import Grid

if TYPE_CHECKING:
    from icme_tui.operations.attendancesheet import AttendanceSheet, SheetLine


def attendance_grid(sheet: AttendanceSheet, blank: int = 0) -> Grid:
    """The sheet with a column to sign, and ``blank`` empty lines for those who are not in it."""
    session = sheet.session
    above = [session.title if session is not None else sheet.code]
    if sheet.project:
        level = _(LEVELS.get(sheet.level, sheet.level))
        above.append(" ".join(part for part in (sheet.project, sheet.number, level) if part))
    if session is not None:
        above.append(
            _("{start} to {end}; {minutes} teaching minutes; session {code}").format(
                start=show_moment(session.start_ms),
                end=show_time(session.end_ms)[:5],
                minutes=session.minutes,
                code=sheet.code,
            )
        )
    headings = [
        _("No."), _("Name"), _("Unit"), _("Job title"), _("In"), _("Out"), _("Minutes"), _("Credits"),
        _("Remarks"), _("Signature"),
    ]  # fmt: skip
    rows: list[list[str | int | float]] = [
        [number, *_cells(line), ""] for number, line in enumerate(sheet.lines, 1)
    ]
    rows += [[number, *[""] * 9] for number in range(len(rows) + 1, len(rows) + 1 + blank)]
    below = [
        _("{counted} of {total} count.").format(counted=sheet.counted, total=len(sheet.lines)),
        _("Checked by: ________________    Date: ____________"),
    ]
    return Grid(_("Attendance"), above, headings, (4, 12, 16, 12, 5, 5, 7, 7, 16, 18), rows, below, tall=True)


def _cells(line: SheetLine) -> list[str | int | float]:
    return [
        line.name or line.person,
        line.unit,
        line.title,
        show_time(line.in_ms)[:5],
        show_time(line.out_ms)[:5],
        line.minutes,
        "" if line.credit_c is None else line.credit_c / 100,
        remarks_of(line),
    ]


def remarks_of(line: SheetLine) -> str:
    """Why it does not count, and what else is to be known."""
    said = [sentence(line.reason)] if line.reason else []
    return " ".join([*said, *line.remarks, *moved_words(line)])


def moved_words(line: SheetLine) -> list[str]:
    """What the clock said where the office has moved a time."""
    said = []
    if line.in_was_ms is not None:
        said.append(_("In: the clock said {time}.").format(time=show_moment(line.in_was_ms)))
    if line.out_was_ms is not None:
        said.append(_("Out: the clock said {time}.").format(time=show_moment(line.out_was_ms)))
    return said


def credit_words(line: SheetLine) -> str:
    """Credits as people write them; empty where they are not known."""
    return "" if line.credit_c is None else hundredths(line.credit_c)
