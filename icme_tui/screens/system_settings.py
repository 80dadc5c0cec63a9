"""Readers, language and profile."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import ClassVar

from textual.widget import Widget
from textual.widgets import Input

from icme_tui import terminal as terminals
from icme_tui.commands import words
from icme_tui.commands.words import LANGUAGES, N_, _
from icme_tui.operations import settings
from icme_tui.operations.preferences import Preferences, is_quiet, read_preferences
from icme_tui.screens.actions import Action
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import clean
from icme_tui.screens.hints import key_hints
from icme_tui.screens.jobs import Job
from icme_tui.screens.rows import page_of
from icme_tui.screens.widgets.field import Field, check_fields
from icme_tui.screens.widgets.pagedlist import Column, Page, PagedList, Row
from icme_tui.screens.widgets.panel import Choice, ChoosePanel, Panel
from icme_tui.screens.widgets.plain import Plain


def choose_language(screen: StationScreen, done: Callable[[], None]) -> None:
    """Let choose a language; it is spoken from the next screen on, and ``done`` goes to one."""

    def chosen(language: str) -> None:
        def work(job: Job) -> Preferences:
            settings.set_language(screen.station, language)
            return read_preferences(screen.station.home)

        screen.perform(work, spoken)

    def spoken(preferences: Preferences) -> None:
        found = terminals.decide(os.environ, preferences)
        console = screen.icme.terminal.is_console
        if console and found.language != "en":
            screen.tell(_("This terminal cannot show Chinese, so the program speaks English."), "warn")
            return
        words.use(found.language)
        screen.icme.terminal = screen.icme.terminal._replace(language=found.language)
        done()

    choices = [Choice(code, name, code[0]) for code, name in LANGUAGES.items()]
    choices.append(Choice("", _("That of the system"), "s"))
    screen.open_panel(ChoosePanel(_("Which language?"), choices, chosen))


def choose_profile(screen: StationScreen) -> None:
    """Let choose whether the line is spared; counts from the next start on."""

    def chosen(profile: str) -> None:
        screen.perform(
            lambda job: settings.set_profile(screen.station, profile),
            lambda nothing: screen.tell(_("Noted. It counts when the program is started again."), "good"),
        )

    choices = [
        Choice(terminals.LEAN, _("lean: spares a thin line, as over SSH"), "l"),
        Choice(terminals.FULL, _("full: all colours, quick search"), "f"),
        Choice("", _("By the terminal: lean over SSH and on a bare console"), "t"),
    ]
    screen.open_panel(ChoosePanel(_("Which profile?"), choices, chosen))


class AddressPanel(Panel):
    """The address of a reader, typed."""

    def __init__(self, value: str, done: Callable[[str], None]) -> None:
        super().__init__(_("Address of the reader"))
        self._value = value
        self._done = done

    def body(self) -> Iterator[Widget]:
        yield Field(
            "address",
            _("Address"),
            self._value,
            check=lambda text: "" if text else _("Type an address."),
            explains=N_(
                "pcsc: is the first USB reader, pn532:/dev/ttyUSB0 a serial one, sim:cards a simulated one."
            ),
            hint="pcsc:",
        )

    def on_mount(self) -> None:
        self.query_one(Field).focus_line()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        field = self.query_one(Field)
        if check_fields([field]):
            self.close()
            self._done(field.value)


class ReadersScreen(StationScreen):
    """Addresses of readers, the first one first."""

    LABEL = N_("Readers")
    HELP = N_(
        "Swipes are taken at all of them at the same time, cards are made at the one at the top. The"
        " addresses lie in station.toml."
    )
    CSS_PATH = "system.tcss"
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("readers.add", "a", N_("Add"), N_("Name one more reader.")),
        Action("readers.top", "t", N_("First"), N_("Make this reader the one that is used.")),
        Action("readers.sound", "o", N_("Sound"), N_("Let this reader beep and show a light, or not.")),
        Action("readers.bell", "b", N_("Bell"), N_("Let the terminal ring with every outcome, or not.")),
        Action("readers.remove", "d", N_("Take away"), N_("Forget this address.")),
    )

    def body(self) -> Iterable[Widget]:
        yield Plain("", id="readers-keys", classes="system-top")
        yield PagedList(
            [Column(_("No."), 4, right=True), Column(_("Address")), Column(_("Sound"), 8)],
            self._page,
            id="readers",
            empty=_("No reader. Press a and type an address, such as pcsc:."),
            explains=N_("One reader a row; cards are made at the first."),
        )

    def on_mount(self) -> None:
        self.query_one(PagedList).focus_rows()
        self.call_after_refresh(
            lambda: self.query_one("#readers-keys", Plain).show(key_hints(self, self.ACTIONS))
        )

    def _page(self, first: int, count: int, words: str) -> Page:
        home = self.station.home
        rows = [
            Row(address, (number, address, _("quiet") if is_quiet(home, address) else _("beeps")))
            for number, address in enumerate(self.station.readers, 1)
        ]
        return page_of(rows, first, count, words)

    def action_sound(self) -> None:
        row = self.query_one(PagedList).row
        if row is not None:
            address, station = row.key, self.station

            def work(job: Job) -> None:
                settings.set_signals(station, is_quiet(station.home, address), address)

            self.perform(work, self._were_set)

    def action_bell(self) -> None:
        rings = not self.icme.desk.bell

        def done(nothing: None) -> None:
            self.icme.desk.bell = rings
            self.tell(_("The terminal rings.") if rings else _("The terminal does not ring."), "good")

        self.perform(lambda job: settings.set_bell(self.station, rings), done)

    def action_add(self) -> None:
        self.open_panel(AddressPanel("", lambda address: self._set([*self.station.readers, address])))

    def action_top(self) -> None:
        row = self.query_one(PagedList).row
        if row is not None:
            others = [address for address in self.station.readers if address != row.key]
            self._set([row.key, *others])

    def action_remove(self) -> None:
        row = self.query_one(PagedList).row
        if row is not None:
            kept = [address for address in self.station.readers if address != row.key]
            self.confirm(
                _("Forget the reader {address}?").format(address=clean(row.key)),
                _("Yes, forget it"),
                lambda: self._set(kept),
            )

    def _set(self, addresses: list[str]) -> None:
        self.perform(lambda job: settings.set_readers(self.station, addresses), self._were_set)

    def _were_set(self, nothing: None) -> None:
        self.query_one(PagedList).reload()
        self.tell(_("Noted. Screens use it when they are opened again."), "good")
