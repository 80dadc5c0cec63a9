"""``icme project edit``, ``course edit`` and ``session edit``: what is there already, changed."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from icme_tui.commands.context import opened
from icme_tui.commands.moments import read_moment
from icme_tui.commands.output import Output
from icme_tui.commands.words import _

Title = Annotated[str | None, typer.Option(help=_("Another title."))]
Time = Annotated[str | None, typer.Option(metavar="TIME", help=_("Such as 2026-09-25T08:30, or 08:30."))]
Door = Annotated[
    str | None, typer.Option(metavar="TIME", help=_("Such as 08:30; empty: it follows from the times."))
]


def edit_project(
    ctx: typer.Context,
    code: Annotated[str, typer.Argument(metavar="PROJECT", help=_("Code of the project."))],
    title: Title = None,
    level: Annotated[str | None, typer.Option(help=_("Another level of the rules."))] = None,
    number: Annotated[str | None, typer.Option(help=_("Project number; empty for none."))] = None,
    unit: Annotated[str | None, typer.Option(help=_("Code of the unit in charge; empty for none."))] = None,
    starts: Annotated[str | None, typer.Option(metavar="DAY", help=_("First day; empty for none."))] = None,
    ends: Annotated[str | None, typer.Option(metavar="DAY", help=_("Last day; empty for none."))] = None,
) -> None:
    """Change what is given of a project.

    JSON:
        project: code of the project
        changed: whether anything has changed
    """
    from icme_tui.operations import courseedits

    given = {
        "title": title, "level": level, "number": number, "unit": unit, "starts": starts, "ends": ends,
    }  # fmt: skip
    changes = {name: value for name, value in given.items() if value is not None}
    out = Output(ctx)
    with opened(ctx) as station:
        changed = courseedits.edit_project(station, code, **changes)
    _tell(out, {"project": code, "changed": changed})


def edit_course(
    ctx: typer.Context,
    code: Annotated[str, typer.Argument(metavar="COURSE", help=_("Code of the course."))],
    title: Title = None,
    minutes: Annotated[
        str | None, typer.Option(metavar="MINUTES", help=_("Teaching minutes; empty: those of its sessions."))
    ] = None,
    credit: Annotated[
        str | None, typer.Option(metavar="CREDITS", help=_("Fixed credits; empty: by the rate."))
    ] = None,
) -> None:
    """Change what is given of a course.

    JSON:
        course: code of the course
        changed: whether anything has changed
    """
    from icme_tui.commands.course import read_credit
    from icme_tui.operations import courseedits

    changes: dict[str, Any] = {} if title is None else {"title": title}
    if minutes is not None:
        changes["minutes"] = _whole(minutes, "--minutes")
    if credit is not None:
        changes["credit_c"] = read_credit(credit or None)
    out = Output(ctx)
    with opened(ctx) as station:
        changed = courseedits.edit_course(station, code, **changes)
    _tell(out, {"course": code, "changed": changed})


def edit_session(
    ctx: typer.Context,
    code: Annotated[str, typer.Argument(metavar="SESSION", help=_("Code of the session."))],
    title: Title = None,
    start: Time = None,
    end: Time = None,
    mode: Annotated[str | None, typer.Option(help=_("in or in_out."))] = None,
    minutes: Annotated[
        str | None, typer.Option(metavar="MINUTES", help=_("Teaching minutes; empty: all from start to end."))
    ] = None,
    min_percent: Annotated[
        int | None, typer.Option(help=_("Share of the minutes that must be attended."))
    ] = None,
    in_from: Door = None,
    in_until: Door = None,
    out_from: Door = None,
    out_until: Door = None,
) -> None:
    """Change what is given of a session.

    JSON:
        session: code of the session
        changed: whether anything has changed
    """
    from icme_tui.operations import courseedits

    out = Output(ctx)
    with opened(ctx) as station:
        before = courseedits.session_values(station, code)["start_ms"]
        changes: dict[str, Any] = {
            name: value
            for name, value in (("title", title), ("mode", mode), ("min_percent", min_percent))
            if value is not None
        }
        if minutes is not None:
            changes["minutes"] = _whole(minutes, "--minutes")
        if start is not None:
            before = changes["start_ms"] = read_moment(start, "--start", before)
        if end is not None:
            changes["end_ms"] = read_moment(end, "--end", before)
        doors = {"in_from": in_from, "in_until": in_until, "out_from": out_from, "out_until": out_until}
        for name, text in doors.items():
            if text is not None:
                option = f"--{name.replace('_', '-')}"
                changes[f"{name}_ms"] = read_moment(text, option, before) if text else None
        changed = courseedits.edit_session(station, code, **changes)
    _tell(out, {"session": code, "changed": changed})


def _whole(text: str, option: str) -> int | None:
    """Raises typer.BadParameter."""
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise typer.BadParameter(_("'{text}' is no whole number.").format(text=text), param_hint=option)
    return int(text)


def _tell(out: Output, data: dict[str, Any]) -> None:
    out.result(data, _("Changed.") if data["changed"] else _("Nothing has changed."))
