"""What waits for the office before it counts: make-ups to confirm, guests to recognise."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.widget import Widget

from icme_tui.commands.moments import show_moment
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import N_, _, ngettext
from icme_tui.operations import finding, guests, makeups
from icme_tui.operations.finding import Found
from icme_tui.operations.makeups import Open
from icme_tui.screens.actions import Action
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import clean, one_line
from icme_tui.screens.rows import page_of
from icme_tui.screens.widgets.pagedlist import Column, Page, PagedList, Row
from icme_tui.screens.widgets.panel import Choice, ChoosePanel
from icme_tui.screens.widgets.plain import Plain

MOST_PEOPLE = 200
"""People who are offered for a guest."""

_GUEST = "guest:"


class WaitingScreen(StationScreen):
    """Make-ups and guests that the office has to look at."""

    LABEL = N_("Waiting")
    HELP = N_(
        "Make-ups do not count before the office has confirmed them, nor do guests before it is said who they"
        " are. Enter confirms one or recognises a guest; c confirms all make-ups of the same session."
    )
    CSS_PATH = "credits.tcss"
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("waiting.session", "c", N_("Session"), N_("Confirm all make-ups of this session.")),
    )

    def __init__(self) -> None:
        super().__init__()
        self._open: dict[str, Open] = {}

    def body(self) -> Iterable[Widget]:
        told = _("Enter confirms a make-up or recognises a guest; c: all make-ups of the session.")
        if self.station.role == "venue":
            told = sentence("OFFICE_ONLY")
        yield Plain(told, classes="credits-top gap")
        yield PagedList(
            [
                Column(_("What"), 8),
                Column(_("Name"), 16),
                Column(_("Time"), 16),
                Column(_("Session")),
                Column(_("Reason"), 20),
            ],
            self._page,
            id="waiting",
            empty=_("Nothing waits."),
            explains=N_("One make-up or guest a row."),
        )
        yield Plain("", id="credits-why", classes="credits-why")

    def on_mount(self) -> None:
        self.query_one(PagedList).focus_rows()

    def _page(self, first: int, count: int, words: str) -> Page:
        found = {f"{number}": one for number, one in enumerate(makeups.open_makeups(self.station))}
        rows = [Row(key, _cells(one)) for key, one in found.items()]
        rows += [
            Row(
                _GUEST + guest.id,
                (_("guest"), guest.body.get("name", ""), "", guest.body.get("unit_name", ""), ""),
            )
            for guest in guests.unmerged(self.station)
        ]
        self._open = found
        return page_of(rows, first, count, words)

    def on_paged_list_moved(self, event: PagedList.Moved) -> None:
        one = self._open.get(event.row.key) if event.row is not None else None
        told = (
            "" if one is None else _("Entered by {by}: {reason}").format(by=one.by, reason=clean(one.reason))
        )
        self.query_one("#credits-why", Plain).show(one_line(told, max(20, self.app.size.width - 2)))

    def on_paged_list_opened(self, event: PagedList.Opened) -> None:
        one = self._open.get(event.row.key)
        if one is not None:
            self._ask([one])
        elif event.row.key.startswith(_GUEST):
            self._who(event.row.key.removeprefix(_GUEST), str(event.row.cells[1]))

    # Make-ups

    def action_session(self) -> None:
        row = self.query_one(PagedList).row
        one = self._open.get(row.key) if row is not None else None
        if one is not None:
            self._ask([each for each in self._open.values() if each.session == one.session])

    def _ask(self, wanted: list[Open]) -> None:
        n = len(wanted)
        named = "  ".join(clean(each.line.person.name or each.line.person.code) for each in wanted[:6])
        question = ngettext("Let {n} make-up count?", "Let {n} make-ups count?", n).format(n=n)
        self.confirm(f"{question} {named}", _("Confirm"), lambda: self._confirm(wanted))

    def _confirm(self, wanted: list[Open]) -> None:
        def done(n: int) -> None:
            told = ngettext("{n} make-up is confirmed.", "{n} make-ups are confirmed.", n)
            self.tell(told.format(n=n), "good")
            self.query_one(PagedList).reload(first=True)

        places = [each.line.place for each in wanted]
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


def _cells(one: Open) -> tuple[object, ...]:
    way = _("in") if one.line.direction == "in" else _("out")
    name = one.line.person.name or one.line.person.code
    return way, name, show_moment(one.line.at_ms), one.title, one.reason
