"""Transfer at a venue: out to a stick, in from a stick, and what the office has acknowledged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, NamedTuple, cast

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Input

from icme_tui.commands.moments import show_utc
from icme_tui.commands.words import N_, _, ngettext
from icme_tui.operations import acknowledging, enrolling, exporting, importing
from icme_tui.operations.acknowledging import Epoch
from icme_tui.operations.importing import Imported
from icme_tui.screens.actions import Action, bindings
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import clean, one_line
from icme_tui.screens.hints import key_hints
from icme_tui.screens.jobs import Job
from icme_tui.screens.rows import page_of
from icme_tui.screens.transfer_arrivals import ArrivalsScreen
from icme_tui.screens.transfer_aside import QuarantineScreen
from icme_tui.screens.transfer_folder import choose_folder
from icme_tui.screens.transfer_outbox import OutboxScreen
from icme_tui.screens.transfer_receipt import RefusedScreen
from icme_tui.screens.transferwords import digits_wrong
from icme_tui.screens.widgets.field import Field, check_fields
from icme_tui.screens.widgets.pagedlist import Column, Page, PagedList, Row
from icme_tui.screens.widgets.panel import Panel
from icme_tui.screens.widgets.plain import Plain
from icme_tui.screens.widgets.progress import Progress

if TYPE_CHECKING:
    from icme_tui.operations.sending import Sent


class _State(NamedTuple):
    """What is shown above the list."""

    own_digits: str
    office: str
    pack_at: str
    pack_expires: str
    snapshot: int
    typed: bool
    unsent: int
    uncarried: int


class VenueTransfer(Vertical):
    """The body of the screen at a venue."""

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("venue.export", "x", N_("Export"), N_("Write a bundle for the office to a stick.")),
        Action("venue.take", "t", N_("Take a pack"), N_("Look through a stick for a pack, then take it.")),
        Action("venue.outbox", "o", N_("Outbox"), N_("What is exported, and what the office has receipted.")),
        Action("venue.digits", "d", N_("Digits"), N_("Type the digits that the office reads out.")),
        Action("venue.request", "r", N_("Request"), N_("Write the enrolment request to a stick.")),
        Action("venue.waiting", "w", N_("Waiting"), N_("What waits in the inbox, and why."), shown=False),
        Action("venue.aside", "q", N_("Set aside"), N_("What was refused and kept, and why."), shown=False),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

    def compose(self) -> ComposeResult:
        yield Plain("", id="venue-state", classes="transfer-top")
        yield Plain("", id="venue-keys", classes="transfer-top gap")
        yield PagedList(
            [
                Column(_("Epoch"), 8),
                Column(_("Recorded"), 9, right=True),
                Column(_("Exported"), 9, right=True),
                Column(_("Receipted"), 10, right=True),
                Column(_("Refused"), 8, right=True),
                Column(_("Receipt of")),
            ],
            self._page,
            id="epochs",
            empty=_("Nothing has been recorded yet."),
            explains=N_(
                "Up to which number the facts of each epoch were recorded, written to a stick, and receipted"
                " by the office. Enter shows what the office refused."
            ),
        )
        yield Progress(_("Exporting"), id="venue-bar")

    @property
    def _of(self) -> StationScreen:
        return cast(StationScreen, self.screen)

    def on_mount(self) -> None:
        self.query_one(PagedList).focus_rows()
        self.renew()
        self.call_after_refresh(self._tell_keys)

    def _tell_keys(self) -> None:
        self.query_one("#venue-keys", Plain).show(key_hints(self._of, self.ACTIONS))

    def renew(self) -> None:
        """Read again what stands above the list, and the list."""
        self._of.fetch(lambda job: _read(self._of), self._came, group="venue-state")
        self.query_one(PagedList).reload()

    def _came(self, state: _State) -> None:
        width = max(20, self.app.size.width - 3)
        shown = Text("\n".join(one_line(line, width) for line in _told(state)))
        self.query_one("#venue-state", Plain).show(shown)

    def _page(self, first: int, count: int, words: str) -> Page:
        return page_of([_row(each) for each in acknowledging.epochs(self._of.station)], first, count, words)

    def on_paged_list_opened(self, event: PagedList.Opened) -> None:
        event.stop()
        self.app.push_screen(RefusedScreen(event.row.key))

    # Out

    def action_export(self) -> None:
        choose_folder(self._of, _("Export to which folder?"), self._export)

    def _export(self, folder: Path) -> None:
        bar = self.query_one(Progress)

        def work(job: Job) -> list[Sent]:
            station = self._of.station
            return exporting.export(station, folder, job.stepper(exporting.bundles_to_write(station)))

        started = self._of.perform(
            work, self._exported, progressed=bar.advance, failed=lambda error: self._not_exported()
        )
        if started is not None:
            self._of.tell(_("Writing and verifying ..."))

    def _exported(self, sent: list[Sent]) -> None:
        self.query_one(Progress).done()
        n = sum(each.facts for each in sent)
        names = ", ".join(clean(each.file.name) for each in sent)
        told = ngettext("{n} fact in {names}.", "{n} facts in {names}.", n).format(n=n, names=names)
        self._of.tell(f"{told} {_('Written, read back and verified: safe to remove.')}", "good")
        self.renew()

    def _not_exported(self) -> bool:
        self.query_one(Progress).done()
        self.renew()
        return False

    # In

    def action_take(self) -> None:
        choose_folder(
            self._of,
            _("Where is the pack?"),
            self._look_through,
        )

    def _look_through(self, folder: Path) -> None:
        self.app.push_screen(ArrivalsScreen(folder))

    def action_waiting(self) -> None:
        self.app.push_screen(ArrivalsScreen(None))

    def action_aside(self) -> None:
        self.app.push_screen(QuarantineScreen())

    def action_outbox(self) -> None:
        self.app.push_screen(OutboxScreen())

    # Getting to know the office

    def action_digits(self) -> None:
        self._of.open_panel(DigitsPanel(self._type))

    def _type(self, typed: str) -> None:
        def work(job: Job) -> list[Imported]:
            enrolling.type_digits(self._of.station, typed)
            return importing.try_waiting(self._of.station)

        self._of.perform(work, self._typed)

    def _typed(self, results: list[Imported]) -> None:
        if any(each.result == "accept" for each in results):
            told = _("The office is confirmed, and the pack that waited is in use.")
        else:
            told = _("Only an office with these digits will be believed. Now take in its pack.")
        self._of.tell(told, "good")
        self.renew()

    def action_request(self) -> None:
        choose_folder(self._of, _("Write the request to which folder?"), self._request)

    def _request(self, folder: Path) -> None:
        self._of.perform(
            lambda job: enrolling.carry_request(self._of.station, folder),
            lambda path: self._of.tell(
                _("{file} is written. Take it to the office and read out our digits.").format(
                    file=clean(path.name)
                ),
                "good",
            ),
        )


def _read(screen: StationScreen) -> _State:
    station = screen.station
    pack = station.setting("pack") or {}
    unsent, uncarried = exporting.waiting(station)
    return _State(
        station.public_key.fingerprint,
        station.office,
        str(pack.get("office_time", "")),
        str(pack.get("expires", "")),
        int(pack.get("snapshot", 0)),
        station.setting(enrolling.TYPED) is not None,
        unsent,
        uncarried,
    )


def _told(state: _State) -> Iterator[str]:
    if not state.snapshot:
        yield _("This venue does not know its office yet. Three steps:")
        yield _("1. Write the request to a stick and take it to the office.")
        yield _("   Read out our digits there: {digits}").format(digits=state.own_digits)
        yield _("2. Type the office's digits.") + (f" {_('(done)')}" if state.typed else "")
        yield _("3. Take in the pack that the office wrote.")
        return
    yield _("Office {code}, pack {number} of {at}, to be renewed by {expires}").format(
        code=clean(state.office),
        number=state.snapshot,
        at=show_utc(state.pack_at),
        expires=show_utc(state.pack_expires)[:10],
    )
    if state.uncarried:
        n = state.uncarried
        text = ngettext("{n} fact is on no stick yet.", "{n} facts are on no stick yet.", n)
        yield f"{text.format(n=n)} {_('Export them.')}"
    elif state.unsent:
        n = state.unsent
        text = ngettext(
            "{n} fact is on its way; the office has not receipted it yet.",
            "{n} facts are on their way; the office has not receipted them yet.",
            n,
        )
        yield text.format(n=n)
    else:
        yield _("The office has receipted everything.")


def _row(each: Epoch) -> Row:
    mark = "*" if each.is_current else ""
    return Row(
        each.epoch,
        (
            each.epoch[:7] + mark,
            each.recorded,
            each.exported,
            each.receipted,
            each.refused or "",
            show_utc(each.receipt_at) or _("none yet"),
        ),
        "warn" if each.refused else "",
    )


class DigitsPanel(Panel):
    """The office's digits, typed."""

    def __init__(self, typed: Callable[[str], None]) -> None:
        super().__init__(_("Have the office read out its 30 digits, and type them in."))
        self._typed = typed

    def body(self) -> Iterator[Widget]:
        yield Field(
            "digits",
            _("Digits"),
            check=digits_wrong,
            explains=N_("30 digits in 6 groups of 5. Blanks and hyphens do not count."),
            hint="12345 12345 12345 12345 12345 12345",
        )

    def on_mount(self) -> None:
        self.query_one(Field).focus_line()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        field = self.query_one(Field)
        if check_fields([field]):
            self.close()
            self._typed(field.value)
