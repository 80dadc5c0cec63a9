"""``icme makeup``: an operator's entry for a swipe that is missing."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from icme_tui.clock import format_utc
from icme_tui.codes import RuleError
from icme_tui.commands.context import opened
from icme_tui.commands.moments import read_moment, show_moment
from icme_tui.commands.output import Output
from icme_tui.commands.words import _, ngettext
from icme_tui.facts import Place

if TYPE_CHECKING:
    from icme_tui.operations.makeups import Open

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
    session: Annotated[str, typer.Argument(metavar="SESSION", help=_("Code of the session."))] = "",
    only_open: Annotated[
        bool, typer.Option("--open", help=_("Only what the office has still to confirm, of all sessions."))
    ] = False,
) -> None:
    """List the make-ups of a session, or with --open what waits for the office.

    JSON:
        makeups: list of {person, name, unit, dir, at, pending}; moments in UTC. With --open each has also
            place (what 'icme makeup confirm' takes), session, title, reason and by
        total: how many there are
    """
    from icme_tui.operations import makeups

    out = Output(ctx)
    if only_open:
        with opened(ctx) as station:
            _show_open(out, makeups.open_makeups(station, session or None))
        return
    if not session:
        raise typer.BadParameter(_("Give the code of a session, or --open."))
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


def _place(one: Open) -> str:
    return "/".join(str(part) for part in one.line.place)


def _show_open(out: Output, found: list[Open]) -> None:
    out.result(
        {
            "makeups": [
                {
                    "person": one.line.person.code,
                    "name": one.line.person.name,
                    "unit": one.line.person.unit,
                    "dir": one.line.direction,
                    "at": format_utc(one.line.at_ms),
                    "pending": True,
                    "place": _place(one),
                    "session": one.session,
                    "title": one.title,
                    "reason": one.reason,
                    "by": one.by,
                }
                for one in found
            ],
            "total": len(found),
        },
        out.table(
            [_("Place"), _("Name"), _("Unit"), _("Session"), _("Direction"), _("Time"), _("Reason")],
            [
                [
                    _place(one),
                    one.line.person.name or one.line.person.code,
                    one.line.person.unit,
                    one.title,
                    one.line.direction,
                    show_moment(one.line.at_ms),
                    one.reason,
                ]
                for one in found
            ],
        ),
        ngettext("{n} make-up.", "{n} make-ups.", len(found)).format(n=len(found)),
    )


@app.command("confirm")
def confirm(
    ctx: typer.Context,
    places: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PLACE", help=_("Places of make-ups as 'icme makeup list --open' shows them.")
        ),
    ] = None,
    session: Annotated[
        str, typer.Option(metavar="SESSION", help=_("All that wait of this session instead of places."))
    ] = "",
    reason: Annotated[str, typer.Option(help=_("A remark for the journal."))] = "",
) -> None:
    """At the office: confirm make-ups, so that they count.

    JSON:
        confirmed: how many
    """
    from icme_tui.operations import makeups

    if bool(places) == bool(session):
        raise typer.BadParameter(_("Give places, or --session."))
    out = Output(ctx)
    wanted = [read_place(text) for text in places or ()]
    with opened(ctx) as station:
        if session:
            wanted = [one.line.place for one in makeups.open_makeups(station, session)]
        n = makeups.confirm(station, wanted, reason)
    told = ngettext("{n} make-up is confirmed.", "{n} make-ups are confirmed.", n)
    out.result({"confirmed": n}, told.format(n=n))


def read_place(text: str, code: str = "NO_OPEN_MAKEUP") -> Place:
    """The place in ``STATION/EPOCH/POSITION``. Raises RuleError ``code``."""
    station, _slash, rest = text.partition("/")
    epoch, _slash, position = rest.partition("/")
    if not (station and epoch and position.isascii() and position.isdecimal() and len(position) < 16):
        raise RuleError(code, place=text, name=text)
    return Place(station, epoch, int(position))


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
