"""``icme makeup``: an operator's entry for a swipe that is missing."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from icme_tui.clock import format_utc
from icme_tui.commands.context import opened
from icme_tui.commands.moments import read_moment, show_moment
from icme_tui.commands.output import Output
from icme_tui.commands.words import _, ngettext

app = typer.Typer(help=_("Swipes that are missing, entered by hand."))


class Direction(StrEnum):
    """What ``--dir`` takes."""

    IN = "in"
    OUT = "out"


@app.command("add")
def add(
    ctx: typer.Context,
    session: Annotated[str, typer.Argument(metavar="SESSION", help=_("Code of the session."))],
    person: Annotated[
        str, typer.Argument(metavar="PERSON", help=_("Code of the person or guest; see 'icme makeup find'."))
    ],
    reason: Annotated[str, typer.Option(help=_("Why there was no swipe. The office reads it."))],
    direction: Annotated[Direction, typer.Option("--dir", help=_("Whether the person came or went."))] = (
        Direction.IN
    ),
    at: Annotated[
        str, typer.Option(metavar="TIME", help=_("When, such as 08:30; else now, within the session."))
    ] = "",
) -> None:
    """Record that somebody came to a session, or went, without a swipe.

    JSON:
        session: code of the session
        person: code of the person or guest
        dir: in or out
        position: that of the fact in the journal
        pending: whether it counts only after the office has confirmed it
    """
    from icme_tui.operations import courses, makeups

    out = Output(ctx)
    with opened(ctx) as station:
        start_ms = courses.session(station, session).start_ms
        when = read_moment(at, "--at", start_ms) if at else None
        entered = makeups.add_makeup(station, session, person, direction.value, reason, when)
    out.result(
        {
            "session": session,
            "person": person,
            "dir": direction.value,
            "position": entered.place.p,
            "pending": entered.pending,
        },
        _("Recorded. It counts once the office has confirmed it.")
        if entered.pending
        else _("Recorded. It counts."),
    )


@app.command("list")
def list_makeups(
    ctx: typer.Context,
    session: Annotated[str, typer.Argument(metavar="SESSION", help=_("Code of the session."))],
) -> None:
    """List the make-ups of a session.

    JSON:
        makeups: list of {person, name, unit, dir, at, pending}; moments in UTC
        total: how many there are
    """
    from icme_tui.operations import makeups

    out = Output(ctx)
    with opened(ctx) as station:
        found = makeups.makeups_of(station, session)
    out.result(
        {
            "makeups": [
                {
                    "person": one.line.person.code,
                    "name": one.line.person.name,
                    "unit": one.line.person.unit,
                    "dir": one.line.direction,
                    "at": format_utc(one.line.at_ms),
                    "pending": one.pending,
                }
                for one in found
            ],
            "total": len(found),
        },
        out.table(
            [_("Code"), _("Name"), _("Unit"), _("Direction"), _("Time"), _("Result")],
            [
                [
                    one.line.person.code,
                    one.line.person.name,
                    one.line.person.unit,
                    one.line.direction,
                    show_moment(one.line.at_ms),
                    _("waits for the office") if one.pending else _("It counts."),
                ]
                for one in found
            ],
        ),
        ngettext("{n} make-up.", "{n} make-ups.", len(found)).format(n=len(found)),
    )


@app.command("find")
def find(
    ctx: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="WORD", help=_("Name, pinyin initials, code, end of the ID number, or card number.")
        ),
    ],
    most: Annotated[int, typer.Option(min=1, max=500, help=_("Show at most so many."))] = 50,
) -> None:
    """Find people and guests whom every word fits.

    JSON:
        people: list of {person, name, unit, guest}
        total: how many fit
    """
    from icme_tui.operations import finding

    out = Output(ctx)
    with opened(ctx) as station:
        page = finding.find(station, " ".join(words), 0, most)
    out.result(
        {
            "people": [
                {"person": one.code, "name": one.name, "unit": one.unit, "guest": one.is_guest}
                for one in page.found
            ],
            "total": page.total,
        },
        out.table([_("Code"), _("Name"), _("Unit")], [[one.code, one.name, one.unit] for one in page.found]),
        ngettext("{n} fits.", "{n} fit.", page.total).format(n=page.total),
    )
