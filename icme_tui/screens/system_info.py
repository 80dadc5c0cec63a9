"""What this station is, and what this program is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.text import Text
from textual.containers import VerticalScroll
from textual.widget import Widget

from icme_tui import __version__
from icme_tui.commands.moments import show_utc
from icme_tui.commands.words import N_, _
from icme_tui.operations import describing
from icme_tui.operations.describing import Component, Description
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import clean, filled
from icme_tui.screens.widgets.plain import Plain

_LABEL_CELLS = 18


class _Sheet(StationScreen):
    """Something to read."""

    CSS_PATH = "system.tcss"

    def body(self) -> Iterable[Widget]:
        with VerticalScroll(classes="sheet"):
            yield Plain("", id="sheet-text")

    def on_mount(self) -> None:
        self.set_focus(self.query_one(VerticalScroll))

    def _show(self, pairs: Iterable[tuple[str, str]]) -> None:
        shown = Text()
        for label, value in pairs:
            shown.append(filled(label, _LABEL_CELLS), style="bold")
            shown.append(f" {value}\n")
        shown.rstrip()
        self.query_one("#sheet-text", Plain).show(shown)


class StationInfoScreen(_Sheet):
    """Code, number, digits, pack."""

    LABEL = N_("Station")
    HELP = N_("What this station is. The digits are those of its key: they may be told to anybody.")

    def on_mount(self) -> None:
        super().on_mount()
        self.fetch(
            lambda job: describing.describe(self.station), lambda found: self._show(_of_station(found))
        )


def _of_station(found: Description) -> Iterator[tuple[str, str]]:
    yield _("Code"), clean(found.code)
    yield _("Called"), clean(found.name)
    yield _("Role"), _("Office") if found.role == "office" else _("Venue")
    yield _("Domain"), clean(found.domain)
    yield _("Number"), str(found.number) if found.number is not None else _("none before the first pack")
    if found.unit:
        yield _("Unit"), clean(found.unit)
    yield _("Place"), clean(found.place)
    yield _("Digits"), found.fingerprint
    yield _("Epoch"), found.epoch
    yield _("Facts"), str(found.facts)
    if found.role == "venue":
        yield _("Office"), clean(found.office)
        if found.pack is None:
            yield _("Pack"), _("none yet")
        else:
            yield (
                _("Pack"),
                _("{number} of {at}, {days} days old").format(
                    number=found.pack, at=show_utc(found.pack_at), days=found.pack_days
                ),
            )
            yield _("Renew by"), show_utc(found.pack_expires)[:10]
    yield _("Home folder"), clean(found.home)


class AboutScreen(_Sheet):
    """Version, licences, where help is."""

    LABEL = N_("About")
    HELP = N_("Which program this is, under which licence, and what it is built on.")

    def on_mount(self) -> None:
        super().on_mount()
        self.fetch(lambda job: describing.components(), lambda found: self._show(_of_program(found)))


def _of_program(found: list[Component]) -> Iterator[tuple[str, str]]:
    yield "icme", __version__
    yield _("Licence"), "MIT"
    yield _("Help"), _("F1 on every screen, 'icme --help', the folder docs/")
    yield _("Security"), _("docs/security.md: what is protected, what is not")
    yield "", ""
    for each in found:
        yield each.name, f"{each.version}  {each.license or '-'}"
