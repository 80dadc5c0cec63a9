"""``icme session``: when it is taught, and who was there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import typer

from icme_tui.clock import format_seconds, format_utc
from icme_tui.commands.context import opened
from icme_tui.commands.course_edit import edit_session
from icme_tui.commands.moments import read_moment, show_moment, show_time
from icme_tui.commands.output import Output
from icme_tui.commands.sentences import sentence
from icme_tui.commands.session_move import move_session
from icme_tui.commands.words import _, ngettext
from icme_tui.rules.attendance import Attendance
from icme_tui.rules.session import MIN_PERCENT, Session

session = typer.Typer(help=_("Sessions of a course."))
session.command("edit")(edit_session)
session.command("move")(move_session)

Code = Annotated[str, typer.Argument(metavar="SESSION", help=_("Code of the session."))]


def read_lecturer(text: str) -> tuple[str, int | None]:
    """``P0070001`` or ``P0070001:45`` as (person, minutes). Raises typer.BadParameter."""
    found = re.fullmatch(r"([^:]+)(?::(\d{1,4}))?", text, re.ASCII)
    if found is None:
        raise typer.BadParameter(
            _("'{text}' is no lecturer such as P0070001:45.").format(text=text), param_hint="--lecturer"
        )
    return found[1], int(found[2]) if found[2] else None


@session.command("add")
def add_session(
    ctx: typer.Context,
    course: Annotated[str, typer.Argument(help=_("Code of the course."))],
    start: Annotated[str, typer.Option(metavar="TIME", help=_("Local time, such as 2026-09-25T08:30."))],
    end: Annotated[str, typer.Option(metavar="TIME", help=_("Such as 2026-09-25T11:30, or 11:30."))],
    title: Annotated[str, typer.Option(help=_("Name of the session; else that of the course."))] = "",
    mode: Annotated[
        str, typer.Option(help=_("in: coming is enough. in_out: people swipe when they leave, too."))
    ] = "in",
    minutes: Annotated[
        int | None, typer.Option(min=1, help=_("Teaching minutes; else all from start to end."))
    ] = None,
    min_percent: Annotated[
        int, typer.Option(help=_("Share of the minutes that must be attended."))
    ] = MIN_PERCENT,
    in_from: Annotated[
        str | None, typer.Option(metavar="TIME", help=_("Swipes in from; else an hour before the start."))
    ] = None,
    in_until: Annotated[
        str | None, typer.Option(metavar="TIME", help=_("Swipes in until; else the end."))
    ] = None,
    out_from: Annotated[
        str | None, typer.Option(metavar="TIME", help=_("Swipes out from; else the start."))
    ] = None,
    out_until: Annotated[
        str | None, typer.Option(metavar="TIME", help=_("Swipes out until; else an hour after the end."))
    ] = None,
    lecturer: Annotated[
        list[str] | None,
        typer.Option(metavar="PERSON[:MINUTES]", help=_("Who lectures; may be given again.")),
    ] = None,
) -> None:
    """Make a session of a course.

    JSON:
        session: code of the session
    """
    from icme_tui.operations import courses

    start_ms = read_moment(start, "--start", with_time=True)
    doors = {
        f"{name}_ms": read_moment(text, f"--{name.replace('_', '-')}", start_ms, with_time=True)
        if text
        else None
        for name, text in (
            ("in_from", in_from),
            ("in_until", in_until),
            ("out_from", out_from),
            ("out_until", out_until),
        )
    }
    end_ms = read_moment(end, "--end", start_ms, with_time=True)
    lecturers = [read_lecturer(text) for text in lecturer or ()]
    out = Output(ctx)
    with opened(ctx) as station:
        made = courses.add_session(
            station,
            course,
            start_ms,
            end_ms,
            title=title,
            mode=mode,
            minutes=minutes,
            min_percent=min_percent,
            lecturers=lecturers,
            **doors,
        )
    out.result({"session": made}, _("Session {session}.").format(session=made))


@session.command("list")
def list_sessions(
    ctx: typer.Context,
    course: Annotated[str, typer.Option(help=_("Only those of this course."))] = "",
) -> None:
    """List the sessions by start.

    JSON:
        sessions: list of {id, course, title, start, end, in_from, in_until, out_from, out_until, mode,
            minutes, min_percent, lecturers}; moments in UTC
        total: how many there are
    """
    from icme_tui.operations import courses

    out = Output(ctx)
    with opened(ctx) as station:
        found = courses.sessions(station, course)
    out.result(
        {"sessions": [_as_json(one) for one in found], "total": len(found)},
        out.table(
            [_("Code"), _("Course"), _("Title"), _("Start"), _("End"), _("Mode"), _("Minutes")],
            [
                [
                    one.id,
                    one.course,
                    one.title,
                    show_moment(one.start_ms),
                    show_moment(one.end_ms),
                    one.mode,
                    one.minutes,
                ]
                for one in found
            ],
            right=(6,),
        ),
        ngettext("{n} session.", "{n} sessions.", len(found)).format(n=len(found)),
    )


@session.command("open")
def open_session(ctx: typer.Context, code: Code) -> None:
    """Note that a session begins here.

    JSON:
        session: code of the session
        counts.people: who came so far
        counts.in: swipes in so far
        counts.out: swipes out so far
        remarks: what is unusual: SESSION_ALREADY_OPEN, SESSION_TO_COME, SESSION_OVER
    """
    from icme_tui.operations import courses, sitting

    out = Output(ctx)
    with opened(ctx) as station:
        remarks = sitting.remarks(station, code, opening=True)
        counts = courses.open_session(station, code)
        found = courses.session(station, code)
    out.result(
        {"session": code, "counts": counts, "remarks": remarks},
        _("Session {session} is open.").format(session=code),
        *_remarked(remarks, found),
    )


@session.command("close")
def close_session(ctx: typer.Context, code: Code) -> None:
    """Note that a session has ended here.

    JSON:
        session: code of the session
        counts.people: who came
        counts.in: swipes in
        counts.out: swipes out
        remarks: what is unusual: SESSION_NOT_OPEN
    """
    from icme_tui.operations import courses, sitting

    out = Output(ctx)
    with opened(ctx) as station:
        remarks = sitting.remarks(station, code, opening=False)
        counts = courses.close_session(station, code)
        found = courses.session(station, code)
    out.result(
        {"session": code, "counts": counts, "remarks": remarks},
        _("Session {session} is closed: {people} people, {came} swipes in, {left} swipes out.").format(
            session=code, people=counts["people"], came=counts["in"], left=counts["out"]
        ),
        *_remarked(remarks, found),
    )


def _remarked(remarks: list[str], of: Session) -> list[str]:
    times = {"start": format_seconds(of.start_ms), "end": format_seconds(of.end_ms)}
    return [sentence(code, {"session": of.id, **times}) for code in remarks]


@session.command("show")
def show_session(ctx: typer.Context, code: Code) -> None:
    """Show who attended a session, for how long, and what does not count.

    JSON:
        session: the session as in `session list`, or null while it is not known
        attendances: list of {person, name, course, in, out, minutes, counts, reason, flags, clock_doubtful,
            in_was, out_was}; moments in UTC or null, in_was and out_was where the office has moved a time
        total: how many there are
        counted: how many of them count
    """
    from icme_tui.operations import courses, crediting

    out = Output(ctx)
    with opened(ctx) as station:
        rows = crediting.attendance_of(station, code)
        known = next((one for one in courses.sessions(station) if one.id == code), None)
        names = {row.person: _name(station, row.person) for row in rows}
    counted = sum(not row.reason for row in rows)
    out.result(
        {
            "session": None if known is None else _as_json(known),
            "attendances": [_attendance_as_json(row, names[row.person]) for row in rows],
            "total": len(rows),
            "counted": counted,
        },
        out.table(
            [_("Code"), _("Name"), _("In"), _("Out"), _("Minutes"), _("Result"), _("Remarks")],
            [
                [
                    row.person,
                    names[row.person],
                    show_time(row.in_ms),
                    show_time(row.out_ms),
                    row.minutes,
                    sentence(row.reason) if row.reason else _("counts"),
                    _remarks(row),
                ]
                for row in rows
            ],
            title="" if known is None else f"{known.title}  {show_moment(known.start_ms)}",
            right=(4,),
        ),
        _("{counted} of {total} count.").format(counted=counted, total=len(rows)),
    )


@session.command("sheet")
def write_sheet(
    ctx: typer.Context,
    code: Code,
    to: Annotated[
        Path, typer.Option("--to", metavar="FILE", help=_("FILE.xlsx, or FILE.txt to print as it is."))
    ],
    blank: Annotated[int, typer.Option(min=0, max=500, help=_("So many empty lines at the end."))] = 0,
    force: Annotated[bool, typer.Option("--force", help=_("Replace a file that is there already."))] = False,
) -> None:
    """Write the attendance of a session as a sheet to calculate with, or to print and sign.

    JSON:
        file: the file
        total: people on the sheet
        counted: how many of them count
    """
    from icme_tui.codes import SheetError
    from icme_tui.commands.sheetwords import attendance_grid
    from icme_tui.operations import attendancesheet

    if to.suffix.lower() not in (".xlsx", ".txt"):
        raise typer.BadParameter(_("The name of the sheet must end in .xlsx or .txt."), param_hint="--to")
    if to.exists() and not force:
        raise SheetError("SHEET_EXISTS", file=str(to))
    out = Output(ctx)
    with opened(ctx) as station:
        sheet = attendancesheet.attendance_sheet(station, code)
    attendancesheet.save(to, attendance_grid(sheet, blank))
    out.result(
        {"file": str(to), "total": len(sheet.lines), "counted": sheet.counted},
        _("Attendance of {total} people: {file}").format(total=len(sheet.lines), file=to),
    )


def _name(station: Any, person: str) -> str:
    record = station.registry.get("person", person)
    return "" if record is None else str(record.body.get("name", ""))


def _remarks(row: Attendance) -> str:
    marks = [flag.partition(":")[0] for flag in row.flags]
    moved = row.in_was_ms is not None or row.out_was_ms is not None
    return " ".join(marks + ["CLOCK_DOUBTFUL"] * row.suspect + ["TIME_MOVED"] * moved)


def _utc(ms: int | None) -> str | None:
    return None if ms is None else format_utc(ms)


def _attendance_as_json(row: Attendance, name: str) -> dict[str, Any]:
    return {
        "person": row.person,
        "name": name,
        "course": row.course,
        "in": _utc(row.in_ms),
        "out": _utc(row.out_ms),
        "minutes": row.minutes,
        "counts": not row.reason,
        "reason": row.reason,
        "flags": list(row.flags),
        "clock_doubtful": row.suspect,
        "in_was": _utc(row.in_was_ms),
        "out_was": _utc(row.out_was_ms),
    }


def _as_json(one: Session) -> dict[str, Any]:
    return {
        "id": one.id,
        "course": one.course,
        "title": one.title,
        "start": format_seconds(one.start_ms),
        "end": format_seconds(one.end_ms),
        "in_from": format_seconds(one.in_from_ms),
        "in_until": format_seconds(one.in_until_ms),
        "out_from": format_seconds(one.out_from_ms),
        "out_until": format_seconds(one.out_until_ms),
        "mode": one.mode,
        "minutes": one.minutes,
        "min_percent": one.min_percent,
        "lecturers": [{"person": person, "minutes": minutes} for person, minutes in one.lecturers],
    }
