"""Entering somebody by hand: a make-up for a person without a card, a guest of another hospital."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from icme_tui.codes import IcmeError, RuleError
from icme_tui.commands.moments import show_time, typed_moment
from icme_tui.commands.words import N_, _
from icme_tui.facts import Direction
from icme_tui.operations import doorlist, finding, guests, makeups
from icme_tui.operations.guests import NewGuest
from icme_tui.rules.session import Session
from icme_tui.screens.glyphs import clean
from icme_tui.screens.swipe import saying
from icme_tui.screens.swipe.panels import FindPanel, FormPanel
from icme_tui.screens.widgets.field import Field
from icme_tui.screens.widgets.panel import Choice, ChoosePanel

if TYPE_CHECKING:
    from icme_tui.screens.swipe.screen import SwipeScreen

_GUEST_FIELDS = {"NAME_MISSING": "name", "GUEST_UNIT_MISSING": "unit", "GUEST_NUMBER_MISSING": "phone"}
"""Which field is wrong."""


class _Case(NamedTuple):
    """Somebody at the desk."""

    session: Session
    code: str
    name: str
    is_inside: bool
    now_ms: int


# A person without a card


def find_somebody(screen: SwipeScreen) -> None:
    """Ask who it is."""
    station = screen.station
    screen.open_panel(
        FindPanel(
            lambda first, count, words: finding.find(station, words, first, count),
            lambda code, name: _found(screen, code, name),
        )
    )


def _found(screen: SwipeScreen, code: str, name: str) -> None:
    session, station = screen.session, screen.station
    if session is None:
        return
    screen.fetch(
        lambda job: _Case(
            session,
            code,
            name,
            doorlist.is_inside(station, session.id, code),
            station.clock.read().wall_ms,
        ),
        lambda case: _ask_way(screen, case),
        group="case",
    )


def _ask_way(screen: SwipeScreen, case: _Case) -> None:
    if case.session.mode == "in":
        _ask_makeup(screen, case, "in")
        return
    choices = [Choice("in", _("came in"), "i"), Choice("out", _("went out"), "o")]
    if case.is_inside:
        choices.reverse()
    screen.open_panel(
        ChoosePanel(clean(case.name), choices, lambda way: _ask_makeup(screen, case, way)),
    )


def _ask_makeup(screen: SwipeScreen, case: _Case, way: Direction) -> None:
    usual = makeups.usual_moment(case.session, way, case.now_ms)
    title = _("Make-up: {name} {way}").format(name=clean(case.name), way=saying.direction_word(way))

    def done(values: dict[str, str]) -> bool:
        when = typed_moment(values["when"], case.session.start_ms)
        _record(screen, case, way, values["reason"], when)
        return True

    screen.open_panel(
        FormPanel(
            title,
            [
                Field(
                    "when",
                    _("Time"),
                    show_time(usual)[:5],
                    check=lambda text: (
                        "" if typed_moment(text, usual) is not None else _("Write it like 08:30.")
                    ),
                    explains=N_("When the person came or went, by the clock on the wall."),
                ),
                Field(
                    "reason",
                    _("Reason"),
                    _("Forgot the card"),
                    check=lambda text: "" if text else _("A reason is needed."),
                    explains=N_("Why there was no swipe. The office reads it."),
                    most=100,
                ),
            ],
            _("record"),
            done,
        )
    )


def _record(screen: SwipeScreen, case: _Case, way: Direction, reason: str, when: int | None) -> None:
    station = screen.station
    screen.perform(
        lambda job: makeups.add_makeup(station, case.session.id, case.code, way, reason, when),
        lambda entered: _entered(screen, case.name, way, entered.pending),
    )


def _entered(screen: SwipeScreen, name: str, way: Direction, pending: bool) -> None:
    note = _("It counts once the office has confirmed it.") if pending else _("It counts.")
    word = _("MADE UP: IN") if way == "in" else _("MADE UP: OUT")
    screen.panes.tell_all("warn" if pending else "good", word, (name, note))
    screen.renew()


# A guest


def ask_guest(screen: SwipeScreen) -> None:
    """Ask what is to be known of a guest."""
    needed = _("Needed.")
    fields = [
        Field("name", _("Name"), check=lambda text: "" if text else needed, most=40),
        Field("unit", _("Hospital"), check=lambda text: "" if text else needed, most=60),
        Field("phone", _("Telephone"), explains=N_("This or the ID number tells guests apart."), most=20),
        Field("idno", _("ID number"), explains=N_("May stay empty if there is a telephone."), most=18),
    ]
    panel = FormPanel(
        _("A guest of another hospital"), fields, _("wait for the card"), lambda values: done(values)
    )

    def done(values: dict[str, str]) -> bool:
        guest = NewGuest(values["name"], values["unit"], values["phone"], values["idno"])
        try:
            screen.await_guest(guests.checked(guest))
        except RuleError as error:
            field = panel.fields[_GUEST_FIELDS.get(error.code, "name")]
            field.complain(screen.icme.sentence_of(error))
            field.focus_line()
            return False
        return True

    screen.open_panel(panel)


def guest_without_card(screen: SwipeScreen) -> None:
    """The guest who is awaited comes in by a make-up."""
    guest, session, station = screen.awaited, screen.session, screen.station
    if guest is None or session is None:
        return
    reason = _("Guest without any card")

    def came(code: str) -> None:
        screen.end_waiting()
        _entered(screen, saying.named(guest.name, guest.unit_name), "in", True)

    def failed(error: Exception) -> bool:
        if isinstance(error, IcmeError):
            screen.end_waiting()
            screen.show_ready()
        return False

    screen.perform(
        lambda job: guests.come_without_card(station, session.id, guest, reason), came, failed=failed
    )
