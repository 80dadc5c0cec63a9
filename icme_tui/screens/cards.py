"""The screen of cards: each card that is held up is looked at; issue, change, cancel, replace, block."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from textual.events import Key
from textual.widget import Widget

from icme_tui.codes import IcmeError
from icme_tui.commands.cardwords import LINK_NEXT_PACK, LINK_PROPOSAL, NEXT_PACK, PROPOSAL
from icme_tui.commands.peoplewords import CARD_STATES
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import N_, _, ngettext
from icme_tui.operations import blocking, finding, holders, issuing, linking, replacing, units
from icme_tui.operations.carddesk import (
    Cancel,
    CardDesk,
    Change,
    Done,
    Event,
    Finish,
    Issue,
    Refused,
    Replace,
    Saw,
    Wish,
)
from icme_tui.operations.cardsteps import Step
from icme_tui.operations.listening import ReaderFound, ReaderLost
from icme_tui.operations.replacing import Replaced
from icme_tui.screens import cards_saying as saying
from icme_tui.screens.actions import Action
from icme_tui.screens.base import StationScreen
from icme_tui.screens.hints import key_hints
from icme_tui.screens.rows import page_of
from icme_tui.screens.swipe.panels import FindPanel
from icme_tui.screens.typedkeys import TypedKeys, typed_keys
from icme_tui.screens.widgets.outcome import Outcome
from icme_tui.screens.widgets.pagedlist import Column, Page, PagedList, Row
from icme_tui.screens.widgets.panel import Choice, ChoosePanel
from icme_tui.screens.widgets.plain import Plain


class CardsScreen(StationScreen):
    """Cards at a desk with a reader."""

    PLACE = "cards"
    LABEL = N_("Cards")
    HELP = N_(
        "Hold a card to the reader: it is looked at, and nothing is written. Then e, c and f act on that"
        " card; i, u and r ask for a blank one. A card must lie there until the answer; one that was taken"
        " away too early is finished when it is put back."
    )
    CSS_PATH = "cards.tcss"
    ACTIONS = (
        Action("cards.finish", "f", N_("Finish"), N_("Finish what was begun with this card."), shown=False),
        Action("cards.issue", "i", N_("Issue"), N_("Issue a card to somebody."), shown=False),
        Action(
            "cards.unit", "u", N_("Unit"), N_("Issue cards to a whole unit, one after another."), shown=False
        ),
        Action(
            "cards.change",
            "e",
            N_("Change"),
            N_("Write to this card what is known of its person now."),
            shown=False,
        ),
        Action(
            "cards.cancel",
            "c",
            N_("Cancel"),
            N_("Wipe the holder off this card; it can be issued again."),
            shown=False,
        ),
        Action(
            "cards.replace",
            "r",
            N_("Replace"),
            N_("A new card for somebody; the old one is blocked."),
            shown=False,
        ),
        Action(
            "cards.link",
            "l",
            N_("Link"),
            N_("Let this card, which is none of ours, swipe for somebody by its number."),
            shown=False,
        ),
        Action("cards.block", "b", N_("Block"), N_("Block a card that is not at hand."), shown=False),
    )

    def __init__(self) -> None:
        super().__init__()
        self.desk: CardDesk | None = None
        self._saw: Saw | None = None
        self._for_whom = ""
        """Of the person for whom something is being done."""
        self._names: dict[str, str] = {}
        self._typed_keys: TypedKeys | None = None

    def body(self) -> Iterable[Widget]:
        yield Outcome()
        yield Plain("", id="card-keys")
        yield Plain("", id="card-facts")
        yield PagedList(
            [
                Column(_("No."), 5, right=True),
                Column(_("Time"), 17),
                Column(_("Session"), 8),
                Column(_("Title")),
                Column(_("Way"), 4),
                Column(_("Stn"), 5, right=True),
                Column(_("MAC"), 8),
                Column(_("Known"), 5),
            ],
            self._records,
            id="card-records",
            empty=_("No records. Hold a card to the reader to see what it holds."),
            explains=N_(
                "What the card tells: number, minute, session, way, station; whether its MAC is right (only"
                " our own can be checked here); whether the store knows it."
            ),
        )

    def on_key(self, event: Key) -> None:
        """A reader may type."""
        if self.panel is None and self._typed_keys is not None and self._typed_keys.take(event):
            event.stop()

    def on_mount(self) -> None:
        desk = self.desk = CardDesk(self.station)
        self._typed_keys = typed_keys(self)
        self._show_ready()
        self.query_one(PagedList).focus_rows()
        self.call_after_refresh(self._renew_keys)
        self.listen(lambda job: desk.watch(lambda: job.stopped, job.tell), self._heard)

    def on_screen_suspend(self) -> None:
        if self.desk is not None:
            self.desk.is_paused = True

    def on_screen_resume(self) -> None:
        if self.desk is not None:
            self.desk.is_paused = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can be done with the card that was seen last."""
        sight = self._saw.sight if self._saw is not None else None
        if action == "finish" and not (sight and sight.begun):
            return False
        if action == "change" and not (
            sight and sight.registered_state == "active" and not sight.begun and not sight.is_by_uid
        ):
            return False
        if action == "link" and not (sight and (sight.is_linked or sight.state == "FOREIGN_CARD")):
            return False
        if action == "cancel" and not (sight and set(sight.sectors[1:]) == {"ours"} and not sight.begun):
            return False
        return super().check_action(action, parameters)

    def back(self) -> None:
        """Escape first ends what waits for a card."""
        if self.desk is not None and self.desk.wish is not None:
            self.desk.ask(None)
            self._show_ready()
            self.tell("")
        elif not self.query_one(PagedList).end_search():
            super().back()

    def _records(self, first: int, count: int, words: str) -> Page:
        """In a job."""
        records = self._saw.sight.records if self._saw is not None else ()
        titles: dict[str, str] = {}
        for code in {record.session for record in records}:
            session = self.station.registry.get("session", code)
            titles[code] = str(session.body.get("title") or "") if session is not None else ""
        rows = [
            Row(
                str(record.number),
                saying.record_cells(record, titles[record.session]),
                "bad" if record.verified is False else "",
            )
            for record in sorted(records, key=lambda one: -one.number)
        ]
        return page_of(rows, first, count, words)

    # What the reader tells

    def _heard(self, event: Event) -> None:
        outcome = self.query_one(Outcome)
        match event:
            case Saw():
                self._show_card(event)
            case Step():
                outcome.tell(*saying.of_step(event, self._for_whom), ring=False)
            case Done():
                self._forget_card()
                person = (
                    event.result.issued.person if isinstance(event.result, Replaced) else event.result.person
                )
                outcome.tell(*saying.of_done(event, self._names.get(person, self._for_whom)))
                self._for_whom = self._names.get(event.next, event.next)
                self.tell(self._wanted() if event.next else "")
                self.icme.look()
            case Refused():
                if event.again:
                    self._forget_card()
                name = self._names.get(event.person, self._for_whom)
                outcome.tell(*saying.of_refused(event, name))
                if not event.waits:
                    self._for_whom = ""
            case ReaderFound():
                self.icme.tell_desk(reader=event.name, reader_ok=True)
                if event.again:
                    self.tell(_("The reader is back."), "good")
                if event.again and self.desk is not None and self.desk.wish is None:
                    self._show_ready()
            case ReaderLost():
                self.icme.tell_desk(reader_ok=False)
                outcome.tell("bad", _("READER GONE"), (self.icme.sentence_of(event.error),))

    def _show_card(self, saw: Saw) -> None:
        self._saw = saw
        self.query_one("#card-facts", Plain).show(saying.facts_of(saw, (self.size.width or 80) - 2))
        self.query_one(PagedList).reload(first=True)
        if not saw.after:
            self.query_one(Outcome).tell(*saying.of_sight(saw.sight))
        self._renew_keys()

    def _forget_card(self) -> None:
        """What was seen of the card is no longer so."""
        self._saw = None
        self.query_one("#card-facts", Plain).show("")
        self.query_one(PagedList).reload(first=True)
        self._renew_keys()

    def _renew_keys(self) -> None:
        self.refresh_bindings()
        self.query_one("#card-keys", Plain).show(" " + key_hints(self, self.ACTIONS))

    def _show_ready(self) -> None:
        self._for_whom = ""
        said = _("Hold a card to the reader: it is only looked at.")
        self.query_one(Outcome).tell("", _("LOOK AT A CARD"), (said,), ring=False)

    def _wanted(self) -> str:
        return _("A blank card for {name}, please.").format(name=self._for_whom)

    def _ask(self, wish: Wish, name: str, word: str, line: str) -> None:
        """Have something done with the next card, or with the one that lies there."""
        if self.desk is None:
            return
        if isinstance(wish, Issue | Replace):
            self._forget_card()
        self._for_whom = name
        self.query_one(Outcome).tell("", word, (name, line, _("Esc: cancel.")), ring=False)
        self.desk.ask(wish)

    # What is asked

    def action_issue(self) -> None:
        def chosen(code: str, name: str) -> None:
            self._ask_for(lambda: [issuing.person_for_card(self.station, code).id], {code: name})

        self._find(chosen)

    def action_unit(self) -> None:
        def offer(tree: list[units.UnitLine]) -> None:
            if not tree:
                self.tell(_("No units yet. Make them under 3 People, or take in a pack under 7 Transfer."))
                return
            choices = [Choice(line.code, "  " * line.depth + line.name) for line in tree]
            panel = ChoosePanel(_("Cards for which unit?"), choices, chosen, search=len(tree) > 10)
            self.open_panel(panel)

        def chosen(unit: str) -> None:
            self.fetch(lambda job: self._people_of(unit), lambda found: self._ask_for_all(unit, *found))

        self.fetch(lambda job: units.unit_tree(self.station), offer)

    def _people_of(self, unit: str) -> tuple[dict[str, str], str]:
        people = issuing.people_without_card(self.station, unit)
        names = {person.id: holders.person_of(self.station, person.id).name for person in people}
        return names, "" if people else issuing.why_nobody(self.station, unit)

    def _ask_for_all(self, unit: str, names: dict[str, str], why: str) -> None:
        if why:
            self.tell(sentence(why, {"unit": unit}), "warn")
            return
        self._ask_for(lambda: list(names), names)

    def _ask_for(self, people: Callable[[], list[str]], names: dict[str, str]) -> None:
        def ask(codes: list[str]) -> None:
            self._names = dict(names)
            left = ngettext("{n} person has no card yet.", "{n} people have no card yet.", len(codes))
            said = _("Put a blank card on the reader and leave it there.")
            if len(codes) > 1:
                said = f"{said} {left.format(n=len(codes))}"
            self._ask(Issue(tuple(codes)), names[codes[0]], _("BLANK CARD, PLEASE"), said)

        self.fetch(lambda job: people(), ask, group="ask")

    def action_change(self) -> None:
        if self._saw is not None:
            sight = self._saw.sight
            self._ask(Change(sight.uid), saying.who(sight), _("CHANGE"), self._same_card())

    def action_finish(self) -> None:
        if self._saw is not None:
            sight = self._saw.sight
            self._ask(Finish(sight.uid), saying.who(sight), _("FINISH"), self._same_card())

    def action_cancel(self) -> None:
        if self._saw is None:
            return
        sight = self._saw.sight
        reasons = (_("has left"), _("the wrong person"), _("to be used again"))
        choices = [Choice("", _("No, leave it as it is"), "n")]
        choices += [Choice(reason, reason, letter) for reason, letter in zip(reasons, "lwu", strict=True)]

        def chosen(why: str) -> None:
            if why:
                self._ask(Cancel(sight.uid, why), saying.who(sight), _("CANCEL"), self._same_card())

        name = saying.who(sight) or sight.uid
        self.open_panel(ChoosePanel(_("Cancel the card of {name}? Why?").format(name=name), choices, chosen))

    @staticmethod
    def _same_card() -> str:
        return _("Put the same card on the reader and leave it there.")

    def action_replace(self) -> None:
        def chosen(code: str, name: str) -> None:
            def ask(number: str) -> None:
                self._names = {code: name}
                said = _("Put a blank card on the reader. Card {number} will be blocked.").format(
                    number=number
                )
                self._ask(Replace(code), name, _("BLANK CARD, PLEASE"), said)

            def read(job: Any) -> str:
                issuing.issuing_keys(self.station)
                return replacing.old_card(self.station, code).id

            self.fetch(read, ask, group="ask")

        self._find(chosen)

    def action_link(self) -> None:
        if self._saw is None:
            return
        uid = self._saw.sight.uid

        def chosen(code: str, name: str) -> None:
            self.perform(
                lambda job: linking.link_card(self.station, uid, code), lambda done: told(done, name)
            )

        def told(done: linking.Linked, name: str) -> None:
            self._forget_card()
            said = _("Card {uid} swipes for {person}.").format(uid=uid, person=name or done.person)
            self.tell(f"{said} {_(LINK_PROPOSAL if done.is_proposal else LINK_NEXT_PACK)}", "good")

        self._find(chosen)

    def action_block(self) -> None:
        def chosen(code: str, name: str) -> None:
            self.fetch(
                lambda job: blocking.card_in_use(self.station, code).id,
                lambda number: self._ask_block(number, name),
                group="ask",
                failed=no_card,
            )

        def no_card(error: Exception) -> bool:
            if isinstance(error, IcmeError) and error.code == "NO_OLD_CARD":
                self.tell(_("Nobody uses a card under this name."), "warn")
                return True
            return False

        self._find(chosen)

    def _ask_block(self, number: str, name: str) -> None:
        choices = [
            Choice("", _("No, leave it as it is"), "n"),
            Choice(holders.LOST, _("It is lost"), "l"),
            Choice(holders.CANCELLED, _("It is cancelled, and not at hand"), "c"),
        ]

        def chosen(state: str) -> None:
            if state:
                self.perform(lambda job: blocking.block_card(self.station, number, state), self._blocked)

        title = _("Block card {number} of {name}?").format(number=number, name=name)
        self.open_panel(ChoosePanel(title, choices, chosen))

    def _blocked(self, blocked: blocking.Blocked) -> None:
        self._forget_card()
        state = _(CARD_STATES[blocked.state])
        told = _("Card {number}: {state}.").format(number=blocked.number, state=state)
        self.tell(f"{told} {_(PROPOSAL if blocked.is_proposal else NEXT_PACK)}", "good")

    def _find(self, chosen: Callable[[str, str], None]) -> None:
        station = self.station
        self.open_panel(
            FindPanel(lambda first, count, words: finding.find(station, words, first, count), chosen)
        )
