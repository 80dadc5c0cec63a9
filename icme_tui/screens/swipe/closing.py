"""Ending a session: those without sign-out; and touches that were taken at the wrong one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icme_tui.commands.moments import show_moment, show_time, typed_moment
from icme_tui.commands.words import N_, _, ngettext
from icme_tui.operations import courses, doorlist, makeups, moving, sitting
from icme_tui.operations.doorlist import Line
from icme_tui.operations.moving import Moving
from icme_tui.rules.session import Session
from icme_tui.screens.glyphs import clean
from icme_tui.screens.swipe.panels import FormPanel
from icme_tui.screens.widgets.field import Field
from icme_tui.screens.widgets.panel import Choice, ChoosePanel

if TYPE_CHECKING:
    from icme_tui.screens.swipe.screen import SwipeScreen

MOST_NAMED = 12
"""People who are named in a question; the others are counted."""


def _names(lines: tuple[Line, ...] | list[Line]) -> str:
    named = "  ".join(clean(line.person.name or line.person.code) for line in lines[:MOST_NAMED])
    more = len(lines) - MOST_NAMED
    return named + (_("  and {n} more").format(n=more) if more > 0 else "")


# Closing


def ask_to_close(screen: SwipeScreen) -> None:
    """Say who has not signed out, and ask what to do about it."""
    session, station = screen.session, screen.station
    if session is not None:
        screen.fetch(
            lambda job: (
                doorlist.without_out(station, session),
                makeups.usual_moment(session, "out", station.clock.read().wall_ms),
            ),
            lambda found: _ask(screen, session, *found),
            group="closing",
        )


def _ask(screen: SwipeScreen, session: Session, missing: list[Line], moment: int) -> None:
    if not missing:
        screen.confirm(
            _("Close the session {title}?").format(title=session.title),
            _("Close it"),
            lambda: _close(screen, session, [], moment),
        )
        return
    n = len(missing)
    title = ngettext("{n} person has not signed out:", "{n} people have not signed out:", n).format(n=n)
    choices = [
        Choice("keep", _("Keep the session open"), "k"),
        Choice("leave", _("Leave it so, and close"), "l"),
        Choice(
            "out",
            _("Sign them out by make-ups for {time}, and close").format(time=show_time(moment)[:5]),
            "m",
        ),
    ]

    def chosen(what: str) -> None:
        if what == "out":
            _ask_to_sign_out(screen, session, missing, moment)
        elif what == "leave":
            _close(screen, session, [], moment)

    screen.open_panel(ChoosePanel(f"{title} {_names(missing)}", choices, chosen))


def _ask_to_sign_out(screen: SwipeScreen, session: Session, missing: list[Line], moment: int) -> None:
    n = len(missing)
    question = ngettext(
        "{n} person is entered as having left at {time}:",
        "{n} people are entered as having left at {time}:",
        n,
    ).format(n=n, time=show_moment(moment))
    screen.confirm(
        f"{question} {_names(missing)}",
        _("Enter it, and close the session"),
        lambda: _close(screen, session, missing, moment),
    )


def _close(screen: SwipeScreen, session: Session, missing: list[Line], moment: int) -> None:
    station, reason = screen.station, _("Did not sign out; closed by the operator")
    people = [line.person.code for line in missing]

    def work() -> dict[str, int]:
        with station.writing():
            makeups.add_makeups(station, session.id, people, "out", reason, moment)
            return courses.close_session(station, session.id)

    def closed(counts: dict[str, int]) -> None:
        screen.end()
        screen.tell(_closed(counts), "good")

    screen.perform(lambda job: work(), closed)


def _closed(counts: dict[str, int]) -> str:
    n = counts["people"]
    return ngettext(
        "The session is closed: {n} person, {came} in, {left} out.",
        "The session is closed: {n} people, {came} in, {left} out.",
        n,
    ).format(n=n, came=counts["in"], left=counts["out"])


# Moving


def ask_where_to_move(screen: SwipeScreen) -> None:
    """Ask which session the touches belong to."""
    session, station = screen.session, screen.station
    if session is None:
        return

    def offer(offered: list[sitting.Offered]) -> None:
        choices = [
            Choice(one.session, f"{show_moment(one.session.start_ms)}  {one.session.title}")
            for one in offered
            if one.session.id != session.id
        ]
        if not choices:
            screen.tell(_("There is no other session."), "warn")
            return
        screen.open_panel(
            ChoosePanel(
                _("To which session do the touches belong?"),
                choices,
                lambda target: _ask_when(screen, session, target),
                search=len(choices) > 10,
            )
        )

    screen.fetch(lambda job: sitting.offered(station), offer, group="moving")


def _ask_when(screen: SwipeScreen, source: Session, target: Session) -> None:
    def check(text: str) -> str:
        return "" if typed_moment(text, source.start_ms) is not None else _("Write it like 08:30.")

    def done(values: dict[str, str]) -> bool:
        since = typed_moment(values["from"], source.start_ms)
        until = typed_moment(values["until"], source.start_ms)
        if since is not None and until is not None:
            _preview(screen, source, target, since, until, values["reason"])
        return True

    opens, closes = show_time(source.in_from_ms)[:5], show_time(source.out_until_ms)[:5]
    explains = N_("Touches of this time are moved; both minutes belong to it.")
    screen.open_panel(
        FormPanel(
            _("Move touches to: {title}").format(title=clean(target.title)),
            [
                Field("from", _("First minute"), opens, check=check, explains=explains),
                Field("until", _("Last minute"), closes, check=check, explains=explains),
                Field(
                    "reason",
                    _("Reason"),
                    _("The wrong session was open"),
                    check=lambda text: "" if text else _("A reason is needed."),
                    most=100,
                ),
            ],
            _("preview"),
            done,
        )
    )


def _preview(
    screen: SwipeScreen, source: Session, target: Session, since: int, until: int, reason: str
) -> None:
    station = screen.station
    whole_minute = until + 59_999
    screen.fetch(
        lambda job: moving.preview(station, source.id, target.id, since, whole_minute),
        lambda found: _ask_move(screen, found, reason),
        group="moving",
    )


def _ask_move(screen: SwipeScreen, found: Moving, reason: str) -> None:
    station, n = screen.station, len(found.lines)
    if not n:
        screen.tell(_("No touch of this station lies in that time."), "warn")
        return
    title = ngettext("{n} touch is moved:", "{n} touches are moved:", n).format(n=n)
    parts = [title, _names(found.lines)]
    if found.twice:
        parts.append(_("({n} stand there already)").format(n=found.twice))
    if found.foreign:
        parts.append(_("({n} of other stations stay)").format(n=found.foreign))

    def moved(count: int) -> None:
        told = ngettext("{n} touch was moved.", "{n} touches were moved.", count)
        screen.tell(told.format(n=count), "good")
        screen.renew()

    def go() -> None:
        screen.perform(lambda job: moving.move(station, found, reason), moved)

    screen.confirm(" ".join(parts), _("Move them to {title}").format(title=clean(found.target.title)), go)
