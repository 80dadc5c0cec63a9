"""The work list of an office: everything that somebody has to decide, and the decisions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from textual.widget import Widget

from icme_tui.commands.moments import show_moment
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import N_, _, ngettext
from icme_tui.commands.worklistwords import how_many, name_of, todo, why
from icme_tui.operations import adjusting, deciding, finding, guests, makeups, worklist
from icme_tui.operations.finding import Found
from icme_tui.operations.worklist import Item
from icme_tui.screens.actions import Action
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import clean
from icme_tui.screens.rows import page_of
from icme_tui.screens.waiting_choices import Decision, decisions
from icme_tui.screens.waiting_clock import ClockScreen
from icme_tui.screens.waiting_fork import ForkScreen
from icme_tui.screens.waiting_panels import reason_panel
from icme_tui.screens.widgets.pagedlist import Column, Page, PagedList, Row
from icme_tui.screens.widgets.panel import Choice, ChoosePanel
from icme_tui.screens.widgets.plain import Plain

MOST_PEOPLE = 200
"""People who are offered for a guest."""


class WaitingScreen(StationScreen):
    """What the office has to look at."""

    LABEL = N_("Waiting")
    HELP = N_(
        "Everything that waits for a decision, the weightiest first. Enter opens or decides the line under"
        " the cursor; n notes that it needs no change; c confirms all make-ups of the same session."
    )
    CSS_PATH = "credits.tcss"
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("waiting.note", "n", N_("Note"), N_("It needs no change: take it off the list.")),
        Action("waiting.session", "c", N_("Session"), N_("Confirm all make-ups of this session.")),
    )
    PARTS: ClassVar[tuple[type, ...]] = (ForkScreen, ClockScreen)

    def __init__(self) -> None:
        super().__init__()
        self._items: dict[str, Item] = {}
        self._was_left = False

    def body(self) -> Iterable[Widget]:
        told = _("What waits for a decision. Enter opens a line, n notes it, / searches.")
        if self.station.role == "venue":
            told = sentence("OFFICE_ONLY")
        yield Plain(told, classes="credits-top gap")
        yield PagedList(
            [Column(_("What"), 10), Column(_("About"), 16), Column("", 5, right=True), Column(_("Why"))],
            self._page,
            id="waiting",
            empty=_("Nothing waits."),
            explains=N_("One thing a row. Below stands the whole of it, and what can be done."),
        )
        yield Plain("", id="waiting-why", classes="waiting-why")

    def on_mount(self) -> None:
        self.query_one(PagedList).focus_rows()

    def on_screen_resume(self) -> None:
        """Something may have been decided on the screen that was open."""
        if self._was_left:
            self._was_left = False
            self.query_one(PagedList).reload()

    def on_screen_suspend(self) -> None:
        self._was_left = True

    def _page(self, first: int, count: int, words: str) -> Page:
        if first == 0 and not words:
            self._items = {f"{item.kind}:{item.name}": item for item in worklist.items(self.station)}
        rows = [
            Row(key, (name_of(item), item.subject, how_many(item), _short(item)))
            for key, item in self._items.items()
        ]
        return page_of(rows, first, count, words)

    @property
    def _item(self) -> Item | None:
        row = self.query_one(PagedList).row
        return self._items.get(row.key) if row is not None else None

    def on_paged_list_moved(self, event: PagedList.Moved) -> None:
        item = self._items.get(event.row.key) if event.row is not None else None
        shown = "" if item is None else f"{clean(why(item))}\n{todo(item)}"
        self.query_one("#waiting-why", Plain).show(shown)

    def on_paged_list_opened(self, event: PagedList.Opened) -> None:
        item = self._items.get(event.row.key)
        if item is None:
            return
        if item.kind == worklist.MAKEUP:
            self._ask([item])
        elif item.kind == worklist.GUEST:
            self._who(item.name, item.subject)
        elif item.kind == worklist.FORK:
            self.app.push_screen(ForkScreen(item.name))
        elif item.kind == worklist.CLOCK:
            told = item.detail
            wanted = adjusting.Range(told["station"], told["epoch"], told["first"], told["last"])
            self.app.push_screen(ClockScreen(wanted))
        else:
            self.fetch(lambda job: decisions(self.station, item), lambda found: self._offer(item, found))

    # Decisions in a line

    def _offer(self, item: Item, found: list[Decision]) -> None:
        if not found:
            self.action_note()
            return
        choices: list[Choice] = [Choice(one, one.text) for one in found]
        if item.flags:
            choices.append(Choice(None, _("It needs no change: note it"), "n"))
        title = clean(why(item))
        self.open_panel(ChoosePanel(title, choices, lambda one: self._decided(item, one)))

    def _decided(self, item: Item, decision: Decision | None) -> None:
        if decision is None:
            self.action_note()
        else:
            self._reason(decision.text, lambda reason: decision.take(self.station, reason))

    def action_note(self) -> None:
        item = self._item
        if item is None:
            return
        if not item.flags:
            self.tell(_("This cannot be noted: it has to be decided."), "warn")
            return
        flags = item.flags
        self._reason(
            _("It needs no change: note it"), lambda reason: deciding.note(self.station, flags, reason)
        )

    def _reason(self, title: str, take: Callable[[str], Any]) -> None:
        def decide(reason: str) -> None:
            self.perform(lambda job: take(reason), lambda _: self._recorded())

        self.open_panel(reason_panel(title, decide))

    def _recorded(self) -> None:
        self.tell(_("It is recorded."), "good")
        self.query_one(PagedList).reload()

    # Make-ups

    def action_session(self) -> None:
        item = self._item
        if item is not None and item.kind == worklist.MAKEUP:
            session = item.detail["session"]
            same = [one for one in self._items.values() if one.kind == worklist.MAKEUP]
            self._ask([one for one in same if one.detail["session"] == session])

    def _ask(self, wanted: list[Item]) -> None:
        n = len(wanted)
        named = "  ".join(clean(each.subject) for each in wanted[:6])
        question = ngettext("Let {n} make-up count?", "Let {n} make-ups count?", n).format(n=n)
        self.confirm(f"{question} {named}", _("Confirm"), lambda: self._confirm(wanted))

    def _confirm(self, wanted: list[Item]) -> None:
        def done(n: int) -> None:
            told = ngettext("{n} make-up is confirmed.", "{n} make-ups are confirmed.", n)
            self.tell(told.format(n=n), "good")
            self.query_one(PagedList).reload(first=True)

        places = [worklist.place_of(each) for each in wanted]
        self.perform(lambda job: makeups.confirm(self.station, places), done)

    # Guests

    def _who(self, guest: str, name: str) -> None:
        def offer(found: list[Found]) -> None:
            if not found:
                self.tell(_("Nobody of the roster is called so. 'icme guest merge' takes any code."), "warn")
                return
            choices = [Choice(one.code, clean(f"{one.name}  {one.unit}  {one.code}")) for one in found]
            title = _("Who of the roster is the guest {name}?").format(name=clean(name))
            self.open_panel(ChoosePanel(title, choices, lambda code: self._merge(guest, code), search=True))

        self.fetch(lambda job: _namesakes(self, name), offer, group="namesakes")

    def _merge(self, guest: str, person: str) -> None:
        def done(_place: object) -> None:
            self.tell(_("{guest} is {person} from now on.").format(guest=guest, person=person), "good")
            self.query_one(PagedList).reload(first=True)

        self.perform(lambda job: guests.merge_guest(self.station, guest, person), done)

    def back(self) -> None:
        """Escape first ends a search."""
        if not self.query_one(PagedList).end_search():
            super().back()


def _namesakes(screen: StationScreen, name: str) -> list[Found]:
    found = finding.find(screen.station, name, 0, MOST_PEOPLE).found
    return [one for one in found if not one.is_guest]


def _short(item: Item) -> str:
    """What fits into a row: of a make-up when and where, else why."""
    if item.kind != worklist.MAKEUP:
        return why(item)
    way = _("in") if item.detail["dir"] == "in" else _("out")
    return f"{way} {show_moment(item.detail['at_ms'])} {item.detail['title']}: {item.detail['reason']}"
