"""Transfer at the office: venues, what they brought, packs for them, and admitting a new one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from icme_tui.commands.moments import show_utc
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import N_, _, ngettext
from icme_tui.operations import enrolling, packing, scanning
from icme_tui.operations.enrolling import Received
from icme_tui.operations.venues import Judged, Venue, judged, venues
from icme_tui.screens.actions import Action, bindings
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import clean
from icme_tui.screens.hints import key_hints
from icme_tui.screens.jobs import Job
from icme_tui.screens.rows import page_of
from icme_tui.screens.transfer_arrivals import ArrivalsScreen
from icme_tui.screens.transfer_aside import QuarantineScreen
from icme_tui.screens.transfer_enroll import EnrollScreen
from icme_tui.screens.transfer_folder import choose_folder
from icme_tui.screens.transfer_owing import OwingScreen
from icme_tui.screens.transfer_watch import WatchLine
from icme_tui.screens.transferwords import TOLD
from icme_tui.screens.widgets.pagedlist import Column, Page, PagedList, Row
from icme_tui.screens.widgets.panel import Choice, ChoosePanel, TextPanel
from icme_tui.screens.widgets.plain import Plain
from icme_tui.screens.widgets.progress import Progress

if TYPE_CHECKING:
    from icme_tui.operations.enrolling import Enrolled
    from icme_tui.operations.packing import Packed


class OfficeTransfer(Vertical):
    """The body of the screen at the office."""

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("office.files", "f", N_("Folder"), N_("Look through a folder for bundles, then import.")),
        Action(
            "office.pack", "p", N_("Write packs"), N_("Write packs for the marked venues, or for this one.")
        ),
        Action("office.mark", "space", N_("Mark"), N_("Mark this venue for a pack, or take the mark away.")),
        Action("office.mark_all", "a", N_("All"), N_("Mark all venues, or none."), shown=False),
        Action("office.enroll", "e", N_("Enrol"), N_("Admit a venue by its request, comparing the digits.")),
        Action("office.owing", "o", N_("Owing"), N_("Which venues owe data, and what is missing.")),
        Action("office.watch", "g", N_("Watch"), N_("Watch a folder for bundles, or none any more.")),
        Action("office.waiting", "w", N_("Waiting"), N_("What waits in the inbox, and why.")),
        Action("office.aside", "q", N_("Set aside"), N_("What was refused and kept, and why.")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

    def __init__(self) -> None:
        super().__init__()
        self._marked: set[str] = set()
        self._known: list[Venue] = []

    def compose(self) -> ComposeResult:
        yield Plain("", id="office-digits", classes="transfer-top")
        yield WatchLine(self.renew)
        yield Plain("", id="office-keys", classes="transfer-top gap")
        yield PagedList(
            [
                Column("", 1),
                Column(_("Venue"), 10),
                Column(_("Number"), 6, right=True),
                Column(_("Facts held"), 10, right=True),
                Column(_("Last bundle"), 22),
                Column(_("Last seen"), 16, from_width=100),
                Column(_("Called")),
            ],
            self._page,
            id="venues",
            empty=_("No venue yet. Press e and choose the folder with a venue's request."),
            explains=N_(
                "The venues of this office, how much of each is held here, what became of its last bundle."
            ),
        )
        yield Progress(_("Writing packs"), id="office-bar")

    @property
    def _of(self) -> StationScreen:
        return cast(StationScreen, self.screen)

    @property
    def _list(self) -> PagedList:
        return self.query_one(PagedList)

    def on_mount(self) -> None:
        self._list.focus_rows()
        digits = self._of.station.public_key.fingerprint
        self.query_one("#office-digits", Plain).show(
            _("Digits of this office, for the venues: {digits}").format(digits=digits)
        )
        self.call_after_refresh(self._tell_keys)

    def _tell_keys(self) -> None:
        self.query_one("#office-keys", Plain).show(key_hints(self._of, self.ACTIONS))

    def renew(self) -> None:
        """Read the venues again."""
        self._list.reload()

    def _page(self, first: int, count: int, words: str) -> Page:
        self._known = venues(self._of.station)
        return page_of([_venue_row(each, self._marked) for each in self._known], first, count, words)

    def on_paged_list_opened(self, event: PagedList.Opened) -> None:
        event.stop()
        code = event.row.key
        self._of.fetch(
            lambda job: judged(self._of.station, code),
            lambda found: self._of.open_panel(
                TextPanel(_("Bundles of {code}").format(code=code), _history(found))
            ),
            group="venue",
        )

    # What came

    def action_files(self) -> None:
        choose_folder(
            self._of,
            _("Look for bundles in which folder?"),
            self._look_through,
        )

    def _look_through(self, folder: Path) -> None:
        self.app.push_screen(ArrivalsScreen(folder))

    def action_waiting(self) -> None:
        self.app.push_screen(ArrivalsScreen(None))

    def action_aside(self) -> None:
        self.app.push_screen(QuarantineScreen())

    def action_owing(self) -> None:
        self.app.push_screen(OwingScreen())

    def action_watch(self) -> None:
        self.query_one(WatchLine).choose()

    # Packs

    def action_mark(self) -> None:
        row = self._list.row
        if row is not None:
            self._marked ^= {row.key}
            self._list.reload()

    def action_mark_all(self) -> None:
        everyone = {each.code for each in self._known if not each.is_revoked}
        self._marked = set() if self._marked >= everyone else everyone
        self._list.reload()

    def action_pack(self) -> None:
        row = self._list.row
        chosen = sorted(self._marked) or ([row.key] if row is not None else [])
        if not chosen:
            self._of.tell(_("There is no venue to write a pack for."), "warn")
            return
        title = _("Packs for {venues}: to which folder?").format(venues=", ".join(chosen))
        choose_folder(self._of, title, lambda folder: self._write(chosen, folder))

    def _write(self, codes: list[str], folder: Path) -> None:
        bar = self.query_one(Progress)

        def work(job: Job) -> list[Packed]:
            step = job.stepper(len(codes))
            written: list[Packed] = []
            for code in codes:
                written.append(packing.write_pack(self._of.station, code, folder))
                step()
            return written

        started = self._of.perform(
            work, self._written, progressed=bar.advance, failed=lambda error: self._not_written()
        )
        if started is not None:
            self._of.tell(_("Writing and verifying ..."))

    def _written(self, packs: list[Packed]) -> None:
        self.query_one(Progress).done()
        self._marked.clear()
        n = len(packs)
        told = ngettext("{n} pack.", "{n} packs.", n).format(n=n)
        self._of.tell(f"{told} {_('Written, read back and verified: safe to remove.')}", "good")
        self.renew()

    def _not_written(self) -> bool:
        self.query_one(Progress).done()
        return False

    # Admitting

    def action_enroll(self) -> None:
        choose_folder(self._of, _("Where is the venue's request?"), self._look_for_requests)

    def _look_for_requests(self, folder: Path) -> None:
        self._of.fetch(lambda job: scanning.requests_in(folder), self._choose_request, group="requests")

    def _choose_request(self, found: list[Path]) -> None:
        if not found:
            self._of.tell(_("There is no request here. A venue writes one: V0007.enrol."), "warn")
        elif len(found) == 1:
            self._read_request(found[0])
        else:
            choices = [Choice(path, clean(path.name)) for path in found]
            self._of.open_panel(ChoosePanel(_("Which request?"), choices, self._read_request))

    def _read_request(self, path: Path) -> None:
        self._of.fetch(
            lambda job: enrolling.read_request(self._of.station, path),
            self._compare,
            group="requests",
        )

    def _compare(self, received: Received) -> None:
        self.app.push_screen(EnrollScreen(received, self._admitted))

    def _admitted(self, enrolled: Enrolled) -> None:
        """The steps that are left, one after the other."""
        self.renew()
        code = enrolled.code
        told = _("{code} is station {number}. Read to it: {digits}")
        digits = self._of.station.public_key.fingerprint
        question = told.format(code=code, number=enrolled.number, digits=digits)
        choices = [
            Choice(True, _("The venue has typed them: write its pack now"), "p"),
            Choice(False, _("Later"), "n"),
        ]
        self._of.open_panel(ChoosePanel(question, choices, lambda now: self._write_first(code, now=now)))

    def _write_first(self, code: str, *, now: bool) -> None:
        if now:
            title = _("Packs for {venues}: to which folder?").format(venues=code)
            choose_folder(self._of, title, lambda folder: self._write([code], folder))


def _history(found: list[Judged]) -> str:
    """The last bundles of a venue, one a line."""
    if not found:
        return _("No bundle of this venue has come yet.")
    told = _("{seq}: {result}, {new} new, {known} known. {why}")
    return "\n".join(
        told.format(
            seq=each.seq,
            result=_(TOLD.get(each.result, each.result)),
            new=each.new,
            known=each.known,
            why=sentence(each.code),
        )
        for each in found
    )


def _venue_row(each: Venue, marked: set[str]) -> Row:
    last = ""
    if each.last_seq:
        last = _("{seq}: {result}").format(
            seq=each.last_seq, result=_(TOLD.get(each.last_result, each.last_result))
        )
    if each.is_revoked:
        last = _("revoked")
    seen = show_utc(each.seen)
    kind = "bad" if each.last_result == "quarantined" else "warn" if each.last_result == "held" else ""
    return Row(
        each.code,
        ("*" if each.code in marked else "", each.code, each.number, each.facts, last, seen, each.name),
        kind,
    )
