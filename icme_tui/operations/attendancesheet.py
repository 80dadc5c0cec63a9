"""Who was at a session, as a sheet: to look at, to calculate with, to print and to sign."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from icme_tui import durable
from icme_tui.codes import SheetError
from icme_tui.operations import crediting
from icme_tui.rules.attendance import Attendance
from icme_tui.rules.credits import ATTENDEE
from icme_tui.rules.people.titles import title_name
from icme_tui.rules.session import Session, session_of
from icme_tui.sheets.grid import Grid, write_grid

if TYPE_CHECKING:
    from icme_tui.station import Station

__all__ = ["AttendanceSheet", "Grid", "SheetLine", "as_text", "attendance_sheet", "save"]

PAGE_LINES = 45
"""Lines of a printed page of A4 that lies across, with some 130 columns."""


class SheetLine(NamedTuple):
    """One person at the session."""

    person: str
    name: str
    unit: str
    title: str
    in_ms: int | None
    out_ms: int | None
    minutes: int
    reason: str
    """Why it does not count; empty if it does."""
    remarks: tuple[str, ...]
    """Codes of flags, such as ``TWO_VENUES``."""
    credit_c: int | None
    """What it gave after all caps, in hundredths; None where that was not asked for."""
    in_was_ms: int | None = None
    """What the clock said, where the office has moved the time; so with the going."""
    out_was_ms: int | None = None


class AttendanceSheet(NamedTuple):
    """A session with everybody who was there, by name."""

    code: str
    session: Session | None
    """None while its record is not known here."""
    course: str
    """Title of the course."""
    number: str
    """Number of the project."""
    project: str
    """Title of the project."""
    level: str
    lines: list[SheetLine]

    @property
    def counted(self) -> int:
        return sum(not line.reason for line in self.lines)


def attendance_sheet(station: Station, code: str, *, with_credits: bool = True) -> AttendanceSheet:
    """Everybody with a touch at a session.

    Credits rest on everything that the store holds of these people's years: without them it is quicker.
    Raises RuleError ``NO_SESSION``.
    """
    rows = crediting.attendance_of(station, code)
    record = station.registry.get("session", code)
    session = session_of(code, record.body) if record is not None else None
    course = station.registry.get("course", session.course) if session is not None else None
    project = station.registry.get("project", str(course.body.get("project", ""))) if course else None
    earned = _earned(station, code, session.course) if with_credits and session and course else None
    people = _People(station)
    lines = [people.line(row, None if earned is None else earned.get(row.person, 0)) for row in rows]
    of_project = project.body if project is not None else {}
    return AttendanceSheet(
        code,
        session,
        str(course.body.get("title", "")) if course is not None else "",
        str(of_project.get("number", "")),
        str(of_project.get("title", "")),
        str(of_project.get("level", "")),
        sorted(lines, key=lambda line: (line.unit, line.name, line.person)),
    )


def _earned(station: Station, code: str, course: str) -> dict[str, int]:
    """Person → hundredths of credits for having attended this session."""
    found: dict[str, int] = {}
    for row in crediting.credits(station, course=course).rows:
        if row.session == code and row.role == ATTENDEE:
            found[row.person] = found.get(row.person, 0) + row.after_year_c
    return found


class _People:
    """Names and units, each looked up once."""

    def __init__(self, station: Station) -> None:
        self._registry = station.registry
        self._units: dict[str, str] = {}

    def line(self, row: Attendance, credit_c: int | None) -> SheetLine:
        record = self._registry.get("person", row.person)
        guest = self._registry.get("guest", row.person) if record is None else None
        body = record.body if record is not None else guest.body if guest is not None else {}
        title = body.get("title")
        return SheetLine(
            row.person,
            str(body.get("name") or ""),
            str(body.get("unit_name") or "") or self._unit(str(body.get("unit") or "")),
            title_name(title) if type(title) is int else "",
            row.in_ms,
            row.out_ms,
            row.minutes,
            row.reason,
            tuple(flag.partition(":")[0] for flag in row.flags),
            credit_c,
            row.in_was_ms,
            row.out_was_ms,
        )

    def _unit(self, code: str) -> str:
        if code and code not in self._units:
            record = self._registry.get("unit", code)
            self._units[code] = str(record.body.get("name") or code) if record is not None else code
        return self._units.get(code, "")


def save(path: Path, grid: Grid) -> Path:
    """Write the sheet as xlsx, or as text to print where the name ends in ``.txt``.

    Raises SheetError ``SHEET_NOT_WRITTEN``.
    """
    content = as_text(grid).encode() if path.suffix.lower() == ".txt" else write_grid(grid)
    try:
        durable.write_atomic(path, content)
    except OSError as error:
        raise SheetError("SHEET_NOT_WRITTEN", file=str(path), reason=error.strerror or "") from error
    return path


def as_text(grid: Grid) -> str:
    """The sheet in lines of equal width, a form feed between pages of A4, the headings on each.

    A Chinese character is two columns wide, as printers and editors show it.
    """
    above = [*grid.above, ""]
    heading = [_ruled(grid), _joined(grid.headings, grid.widths), _ruled(grid)]
    body = [line for row in grid.rows for line in _row(row, grid)]
    each = 2 if grid.tall else 1
    pages: list[str] = []
    while True:
        room = PAGE_LINES - len(above) - len(heading) - len(grid.below) - 2
        taken, body = body[: room - room % each], body[room - room % each :]
        last = not body
        lines = [
            *above,
            *heading,
            *taken,
            *([] if grid.tall else [_ruled(grid)]),
            *(grid.below if last else ()),
        ]
        pages.append("\n".join(line.rstrip() for line in lines) + "\n")
        above = []
        if last:
            return "\f".join(pages)


def _row(row: Sequence[str | int | float], grid: Grid) -> Iterator[str]:
    yield _joined([str(value) for value in row], grid.widths)
    if grid.tall:
        yield _ruled(grid)


def _ruled(grid: Grid) -> str:
    return "+".join("-" * (width + 2) for width in grid.widths)


def _joined(texts: Sequence[str], widths: Sequence[int]) -> str:
    return "|".join(f" {_fit(text, width)} " for text, width in zip(texts, widths, strict=True))


def _fit(text: str, width: int) -> str:
    kept, used = "", 0
    text = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    whole = sum(map(_columns, text)) <= width
    for char in text:
        if used + _columns(char) > width - (not whole):
            break
        kept, used = kept + char, used + _columns(char)
    if not whole:
        kept, used = kept + "~", used + 1
    return kept + " " * (width - used)


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
