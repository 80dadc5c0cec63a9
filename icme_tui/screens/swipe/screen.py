"""The swipe screen: one session at the door, one large outcome for every touch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from textual.events import Key
from textual.widget import Widget

from icme_tui.codes import IcmeError, RuleError
from icme_tui.commands.moments import show_moment, show_time
from icme_tui.commands.words import N_, _
from icme_tui.operations import doorlist, sitting, undoing
from icme_tui.operations.doorlist import Counts, Line, Standing
from icme_tui.operations.guests import NewGuest
from icme_tui.operations.listening import (
    Door,
    Event,
    Looked,
    LookFailed,
    ReaderFound,
    ReaderLost,
    Touched,
)
from icme_tui.rules.session import Session
from icme_tui.rules.window import Way
from icme_tui.screens.actions import Action
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import filled
from icme_tui.screens.jobs import Job
from icme_tui.screens.swipe import byhand, closing, saying
from icme_tui.screens.swipe.lasts import LastTouches
from icme_tui.screens.swipe.panes import Panes
from icme_tui.screens.swipe.tray import Tray
from icme_tui.screens.typedkeys import TypedKeys, typed_keys
from icme_tui.screens.widgets.panel import Choice, ChoosePanel
from icme_tui.screens.widgets.plain import Plain

LAST_TOUCHES = 8
"""Rows at 80 by 24; each more costs a hundred bytes of every outcome, so only high screens have more."""
MOST_LISTED = 200
"""Sessions offered to choose from."""

_WAYS: tuple[Way, ...] = ("auto", "in", "out")


class SwipeScreen(StationScreen):
    """Take swipes at a session."""

    PLACE = "swipe"
    LABEL = N_("Swipe")
    HELP = N_(
        "Open a session, then hold cards to the reader: each gets one answer. Whoever has no card is entered"
        " by hand (f) or as a guest of another hospital (g)."
    )
    CSS_PATH = "swipe.tcss"
    ACTIONS = (
        Action("swipe.cardless", "n", N_("No card at all"), N_("The guest has no card at all.")),
        Action("swipe.find", "f", N_("Find"), N_("Find somebody who has no card here: a make-up.")),
        Action("swipe.guest", "g", N_("Guest"), N_("Enter a guest of another hospital with any card.")),
        Action("swipe.undo", "u", N_("Undo"), N_("Take back the last touch of this station.")),
        Action("swipe.close", "c", N_("Close"), N_("Close the session.")),
        Action("swipe.look", "t", N_("Test"), N_("Only read the next card; nothing is recorded.")),
        Action("swipe.session", "s", N_("Session"), N_("Choose another session and open it.")),
        Action("swipe.way", "d", N_("Direction"), N_("In and out by the time, only in, or only out.")),
        Action("swipe.move", "m", N_("Move"), N_("Move touches that were taken at the wrong session.")),
        Action("swipe.again", "r", N_("Reader"), N_("Start taking cards again."), shown=False),
    )

    def __init__(self) -> None:
        super().__init__()
        self.session: Session | None = None
        self.door: Door | None = None
        self.way: Way = "auto"
        self.awaited: NewGuest | None = None
        """A guest whose card comes next."""
        self.waits_for_card = False
        """The next card is not simply a swipe."""
        self.typed_keys: TypedKeys | None = None
        """Where a reader types into our terminal."""

    def body(self) -> Iterable[Widget]:
        yield Plain("", id="door")
        yield Plain("", id="counts")
        yield Panes(len(self.station.readers), self.app.size.width)
        yield LastTouches(self._rows)
        yield Tray()

    @property
    def panes(self) -> Panes:
        """The outcomes, one for each reader."""
        return self.query_one(Panes)

    @property
    def _rows(self) -> int:
        return LAST_TOUCHES + max(0, self.app.size.height - 24)

    def on_mount(self) -> None:
        self.fetch(lambda job: sitting.session_at_hand(self.station), self._at_hand, group="door")

    def on_screen_suspend(self) -> None:
        if self.door is not None:
            self.door.pause(True)

    def on_screen_resume(self) -> None:
        if self.door is not None:
            self.door.pause(False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a session there is only one to choose; ``n`` answers only while a guest is awaited."""
        if action == "cardless" and self.awaited is None:
            return False
        at_door = ("find", "guest", "undo", "look", "way", "move", "close", "again")
        if action in at_door and self.session is None:
            return False
        return super().check_action(action, parameters)

    def back(self) -> None:
        """Escape ends a test touch or the wait for a guest's card first."""
        if self.door is not None and self.waits_for_card:
            self.end_waiting()
            self.show_ready()
        else:
            super().back()

    def on_key(self, event: Key) -> None:
        """A reader may type; in the demonstration a letter puts a card on the reader."""
        if self.panel is None and (self._typed(event) or self.query_one(Tray).take(event)):
            event.stop()

    def _typed(self, event: Key) -> bool:
        return self.typed_keys is not None and self.typed_keys.take(event)

    # The session

    def _at_hand(self, session: Session | None) -> None:
        if session is None:
            self._show_no_session()
            self.action_session()
        else:
            self.begin(session)

    def _show_no_session(self) -> None:
        self.query_one("#door", Plain).show("")
        self.query_one("#counts", Plain).show("")
        self.query_one(LastTouches).put([])
        self.panes.tell_all("", _("NO SESSION IS OPEN"), (_("Press s to choose one."),), ring=False)

    def action_session(self) -> None:
        self.fetch(lambda job: sitting.offered(self.station)[:MOST_LISTED], self._offer, group="door")

    def _offer(self, offered: list[sitting.Offered]) -> None:
        if not offered:
            self.panes.tell_all(
                "",
                _("THERE ARE NO SESSIONS"),
                (_("Make one under 4 Courses, or take in a pack under 7 Transfer."),),
                ring=False,
            )
            return
        choices = [Choice(one.session.id, _offered_line(one)) for one in offered]
        self.open_panel(
            ChoosePanel(_("Which session? Enter opens it."), choices, self._chosen, search=len(offered) > 10)
        )

    def _chosen(self, code: str) -> None:
        self.way = "auto"
        self.perform(lambda job: sitting.open_session(self.station, code), self.begin)

    def begin(self, session: Session) -> None:
        """Stand at the door of a session."""
        self.session = session
        self.end_waiting()
        if session.mode == "in":
            self.way = "auto"
        refused = self.icme.desk.refused if self.icme.desk.session == session.id else 0
        self.icme.tell_desk(session=session.id, session_title=session.title, refused=refused)
        self._renew_heading()
        self.door = Door(self.station, session, self.way)
        self.typed_keys = typed_keys(self)
        door = self.door
        self.listen(lambda job: door.watch(lambda: job.stopped, job.tell), self._heard, failed=self._broke)
        self.renew()
        self.refresh_bindings()

    def end(self) -> None:
        """The session was closed."""
        self.icme.stop_jobs(self)
        self.session = self.door = self.typed_keys = None
        self.icme.tell_desk(session="", session_title="", refused=0)
        self._show_no_session()
        self.refresh_bindings()

    def renew(self) -> None:
        """Read counts and last touches from the store."""
        session, door = self.session, self.door
        if session is None or door is None:
            return

        station, rows = self.station, self._rows

        def read(job: Job) -> tuple[Standing, Counts]:
            found = doorlist.standing(station, session.id, rows)
            return found, door.recount()

        self.fetch(read, self._stands, group="standing")

    def _stands(self, found: tuple[Standing, Counts]) -> None:
        standing, counts = found
        cells = self.size.width or 80
        self.query_one(LastTouches).put([saying.line_of_line(line, cells) for line in standing.last])
        self._show_counts(counts)

    def _show_counts(self, counts: Counts) -> None:
        self.query_one("#counts", Plain).show(saying.counts_line(counts, self.icme.desk.refused))

    def _renew_heading(self) -> None:
        if self.session is not None:
            cells = self.size.width or 80
            self.query_one("#door", Plain).show(saying.heading(self.session, self.way, cells))

    def end_waiting(self) -> None:
        """The next card is a swipe again."""
        self.waits_for_card = False
        if self.door is not None:
            self.door.as_usual()
        if self.awaited is not None:
            self.awaited = None
            self.refresh_bindings()

    def await_guest(self, guest: NewGuest) -> None:
        """The next card is a guest's."""
        if self.door is None:
            return
        self.end_waiting()
        self.awaited, self.waits_for_card = guest, True
        self.door.guest_next(guest)
        lines = (
            saying.named(guest.name, guest.unit_name),
            _("Hold any card of the guest to the reader."),
            _("n: the guest has no card at all.  Esc: cancel."),
        )
        self.panes.tell_all("", _("GUEST"), lines, ring=False)
        self.refresh_bindings()

    def show_ready(self) -> None:
        """Cards, please."""
        self.panes.tell_all(*_ready(), ring=False)

    # The reader

    def _heard(self, event: Event) -> None:
        match event:
            case Touched():
                self._touched(event)
            case Looked() | LookFailed():
                self._answered(event.post)
                self.panes.tell(event.post, *saying.of_look(event))
            case ReaderFound():
                self._found(event)
            case ReaderLost():
                self._lost(event)

    def _found(self, found: ReaderFound) -> None:
        self.panes.is_lost(found.post, False)
        self.panes.name_reader(found.post, found.name)
        self._tell_desk_of_readers(found.name)
        if found.again and self.panes.is_divided:
            self.tell(_("Reader {number} is back.").format(number=found.post + 1), "good")
        elif found.again:
            self.tell(_("The reader is back."), "good")
        if not self.waits_for_card:
            self.panes.tell(found.post, *_ready(), ring=False)

    def _lost(self, lost: ReaderLost) -> None:
        self.panes.is_lost(lost.post, True)
        self.panes.name_reader(lost.post, lost.address)
        self._tell_desk_of_readers()
        why = self.icme.sentence_of(lost.error)
        lines: tuple[str, ...] = (why, _("Swipes go on by themselves when it is back."))
        if self.panes.is_divided:  # the sentence stands where there is room for it
            lines = ("", "", why)
        self.panes.tell(lost.post, "bad", _("READER GONE"), lines)

    def _tell_desk_of_readers(self, name: str = "") -> None:
        lost = self.panes.lost
        numbers = tuple(post + 1 for post in lost) if self.panes.is_divided else ()
        told: dict[str, Any] = {"reader": name} if name else {}
        self.icme.tell_desk(reader_ok=not lost, lost=numbers, **told)

    def _touched(self, touched: Touched) -> None:
        session = self.session
        if session is None:
            return
        if not touched.outcome.accepted and saying.kind_of(touched.outcome) == "bad":
            self.icme.desk.refused += 1
        if touched.outcome.code != "PUT_CARD_BACK":
            self._answered(touched.post)
        self.panes.tell(touched.post, *saying.of_touch(touched, session))
        self._show_counts(touched.counts)
        numbered = self.panes.is_divided
        self.query_one(LastTouches).add(saying.line_of_touch(touched, self.size.width or 80, numbered))

    def _answered(self, post: int) -> None:
        """The card that was waited for has come to one of the readers; the others take swipes again."""
        if self.waits_for_card and self.panes.is_divided:
            self.show_ready()
        self.end_waiting()

    def _broke(self, error: Exception) -> bool:
        """No more cards are taken: say so where everybody looks."""
        why = self.icme.sentence_of(error) if isinstance(error, IcmeError) else ""
        self.panes.tell_all("bad", _("NO CARDS ARE TAKEN"), (why, _("Press r to start again.")))
        return isinstance(error, IcmeError)

    def action_again(self) -> None:
        if self.session is not None:
            self.begin(self.session)

    def action_look(self) -> None:
        if self.door is not None:
            self.end_waiting()
            self.door.look_next()
            self.waits_for_card = True
            lines = (_("Hold a card to the reader. Nothing is recorded."), _("Esc ends the test."))
            self.panes.tell_all("", _("TEST"), lines, ring=False)

    def action_way(self) -> None:
        if self.session is None:
            return
        if self.session.mode == "in":
            self.tell(_("At this session nobody signs out."), "warn")
            return
        self.way = _WAYS[(_WAYS.index(self.way) + 1) % len(_WAYS)]
        self.begin(self.session)

    # At the desk

    def action_find(self) -> None:
        byhand.find_somebody(self)

    def action_guest(self) -> None:
        byhand.ask_guest(self)

    def action_cardless(self) -> None:
        byhand.guest_without_card(self)

    def action_move(self) -> None:
        closing.ask_where_to_move(self)

    def action_close(self) -> None:
        closing.ask_to_close(self)

    def action_undo(self) -> None:
        session = self.session
        if session is not None:
            self.fetch(lambda job: undoing.last_touch(self.station, session.id), self._ask_undo, group="undo")

    def _ask_undo(self, line: Line | None) -> None:
        session = self.session
        if session is None:
            return
        if line is None:
            self.icme.tell(self.icme.sentence_of(RuleError("NOTHING_TO_UNDO")), "warn")
            return
        reasons = (_("The wrong person or card"), _("The wrong session"), _("It was only a trial"))
        choices = [Choice("", _("No, leave it as it is"), "n")]
        choices += [Choice(reason, reason, letter) for reason, letter in zip(reasons, "wst", strict=True)]

        def chosen(reason: str) -> None:
            if reason:
                self.perform(
                    lambda job: undoing.undo(self.station, session.id, line.place, reason), self._undone
                )

        title = _("Take back: {time} {way} {name}?").format(
            time=show_time(line.at_ms), way=saying.direction_word(line.direction), name=line.person.name
        )
        self.open_panel(ChoosePanel(title, choices, chosen))

    def _undone(self, place: Any) -> None:
        self.tell(_("Taken back. The touch stays on record and no longer counts."), "good")
        self.show_ready()
        self.renew()


def _ready() -> tuple[str, str, tuple[str, ...]]:
    return "", _("READY"), (_("Hold a card to the reader."),)


def _offered_line(one: sitting.Offered) -> str:
    session = one.session
    begins = show_moment(session.start_ms)
    day = _("open") if one.is_open else _("today") if one.is_today else begins[:10]
    return f"{filled(day, 10)} {begins[11:]}-{show_time(session.end_ms)[:5]}  {session.title}"
