"""The start screen: what needs doing now, each one key away."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from rich.text import Text
from textual.widget import Widget

from icme_tui.commands.moments import show_time
from icme_tui.commands.words import N_, _, ngettext
from icme_tui.operations.overview import Overview
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import clean, filled, one_line
from icme_tui.screens.places import PLACES, present
from icme_tui.screens.widgets.plain import Plain


class Need(NamedTuple):
    """Something that asks to be done."""

    place: str
    """The screen that does it."""
    text: str
    urgent: bool = False


class StartScreen(StationScreen):
    """What needs doing, and where everything is."""

    PLACE = "start"
    LABEL = N_("Start")
    HELP = N_("Above stands what needs doing now, below every screen with its key.")

    def body(self) -> Iterable[Widget]:
        yield Plain(Text(_("What needs doing now"), style="bold"), classes="heading")
        yield Plain("", id="needs", classes="gap")
        yield Plain(Text(_("Screens"), style="bold"), classes="heading")
        yield Plain(_places(), id="places")

    def on_mount(self) -> None:
        if self.icme.overview is not None:
            self.overview_changed(self.icme.overview)

    def overview_changed(self, overview: Overview) -> None:
        width = max(20, self.app.size.width - 8)
        shown = Text()
        for need in needs(overview, self.station.role):
            place = PLACES[need.place]
            digit = place.digit if place.exists else " "
            shown.append(f"  {digit} ", style="bold reverse" if place.exists else "")
            mark = "! " if need.urgent else "  "
            shown.append(" " + one_line(mark + need.text, width) + "\n", style="bold" if need.urgent else "")
        shown.rstrip()
        self.query_one("#needs", Plain).show(shown)

    def back(self) -> None:
        """There is nothing behind the start screen."""


def needs(known: Overview, role: str) -> list[Need]:
    """What to do now, the most urgent first."""
    found: list[Need] = []
    add: Callable[..., None] = lambda *values: found.append(Need(*values))  # noqa: E731 - shorter
    if known.clock_doubtful:
        add("system", _("The clock of this machine is wrong. Set it before anybody swipes."), True)
    if known.needs_pack:
        add("transfer", _("This venue has no pack yet. Take the first one in from the office."), True)
    for session in known.near:
        times = f"{show_time(session.start_ms)[:5]}-{show_time(session.end_ms)[:5]}"
        add("swipe", _("Session {times}: {title}").format(times=times, title=clean(session.title)), True)
    if known.is_stale:
        add("transfer", _("The roster is {days} days old.").format(days=known.roster_days), True)
    if known.waiting:
        n = known.waiting
        add(
            "transfer",
            ngettext("{n} file waits in the inbox.", "{n} files wait in the inbox.", n).format(n=n),
        )
    if known.aside:
        n = known.aside
        text = ngettext(
            "{n} file was set aside: decide it (7, q).", "{n} files were set aside: decide them (7, q).", n
        )
        add("transfer", text.format(n=n))
    if known.owing:
        n = known.owing
        text = ngettext("{n} venue owes data (7, o).", "{n} venues owe data (7, o).", n)
        add("transfer", text.format(n=n))
    if known.flags:
        n = known.flags
        text = ngettext("{n} thing waits for a decision (5, w).", "{n} things wait for a decision (5, w).", n)
        add("credits", text.format(n=n))
    if known.makeups:
        n = known.makeups
        text = ngettext(
            "{n} make-up waits to be confirmed (5, w).", "{n} make-ups wait to be confirmed (5, w).", n
        )
        add("credits", text.format(n=n))
    if known.guests:
        n = known.guests
        text = ngettext("{n} guest is to be recognised (5, w).", "{n} guests are to be recognised (5, w).", n)
        add("credits", text.format(n=n))
    if known.uncarried:
        n = known.uncarried
        text = ngettext("{n} fact has not been exported.", "{n} facts have not been exported.", n)
        add("transfer", text.format(n=n))
    if known.backup_days is not None:
        n = known.backup_days
        text = ngettext("No backup for {n} day (8, b).", "No backup for {n} days (8, b).", n)
        add("system", text.format(n=n))
    if not found:
        add("swipe" if role == "venue" else "transfer", _("Nothing is urgent."))
    return found


def _places() -> Text:
    text = Text()
    for place in present():
        if place.name != "start":
            text.append(f"  {place.digit} ", style="bold reverse")
            text.append(f" {filled(_(place.label), 12)} {_(place.help)}\n")
    text.rstrip()
    return text
