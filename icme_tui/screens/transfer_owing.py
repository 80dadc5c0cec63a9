"""Which venues owe the office data."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from icme_tui.commands.stationwords import owed
from icme_tui.commands.words import N_, _, ngettext
from icme_tui.operations import owing
from icme_tui.operations.owing import Debts, Owing
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import clean
from icme_tui.screens.rows import page_of
from icme_tui.screens.widgets.pagedlist import Column, Page, PagedList, Row
from icme_tui.screens.widgets.panel import TextPanel
from icme_tui.screens.widgets.plain import Plain


class OwingScreen(StationScreen):
    """Venues that were silent for long, of which a piece is missing, or with a session without facts."""

    LABEL = N_("Owing")
    HELP = N_(
        "A venue owes data if nothing came of it for two weeks, if a bundle waits for an earlier one, or if a"
        " session of it is over for a day and nothing has come. Call it and ask for its stick."
    )
    CSS_PATH = "transfer.tcss"

    def __init__(self) -> None:
        super().__init__()
        self._owed: dict[str, Owing] = {}

    def body(self) -> Iterable[Widget]:
        yield PagedList(
            [
                Column(_("Venue"), 8),
                Column(_("Days"), 5, right=True),
                Column(_("What is owed"), 48),
                Column(_("Called")),
            ],
            self._page,
            id="owing",
            empty=_("No venue owes anything."),
            explains=N_("One venue a row; Enter shows everything that is to be asked of it."),
        )
        yield Plain("", id="owing-unplaced")

    def on_mount(self) -> None:
        self.query_one(PagedList).focus_rows()
        self.fetch(lambda job: owing.debts(self.station), self._came, group="owing")

    def _came(self, found: Debts) -> None:
        n = len(found.unplaced)
        if n:
            told = ngettext(
                "{n} session without facts belongs to no venue that is known: {list}",
                "{n} sessions without facts belong to no venue that is known: {list}",
                n,
            )
            names = ", ".join(session.id for session in found.unplaced[:3])
            self.query_one("#owing-unplaced", Plain).show(" " + told.format(n=n, list=names))

    def _page(self, first: int, count: int, words: str) -> Page:
        found = owing.debts(self.station).venues
        self._owed = {each.code: each for each in found}
        return page_of([_row(each) for each in found], first, count, words)

    def on_paged_list_opened(self, event: PagedList.Opened) -> None:
        venue = self._owed.get(event.row.key)
        if venue is not None:
            title = f"{venue.code}  {clean(venue.name)}"
            self.open_panel(TextPanel(title, "\n".join(clean(line) for line in owed(venue))))


def _row(each: Owing) -> Row:
    said = owed(each)
    more = f" (+{len(said) - 1})" if len(said) > 1 else ""
    days = "" if each.days is None else each.days
    return Row(each.code, (each.code, days, said[0] + more, each.name), "warn")
