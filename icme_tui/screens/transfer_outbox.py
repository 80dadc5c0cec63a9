"""The outbox of a venue: what has become of every fact, stretch by stretch."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from icme_tui.commands.outboxwords import standing, summary
from icme_tui.commands.words import N_, _
from icme_tui.operations import outbox
from icme_tui.operations.outbox import Outbox, Stretch
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import clean, one_line
from icme_tui.screens.rows import page_of
from icme_tui.screens.widgets.pagedlist import Column, Page, PagedList, Row
from icme_tui.screens.widgets.panel import TextPanel
from icme_tui.screens.widgets.plain import Plain

_KINDS = {"recorded": "warn", "exported": "", "receipted": "good"}


class OutboxScreen(StationScreen):
    """Which facts are on no stick yet, on which stick the others went, and what the office has receipted."""

    LABEL = N_("Outbox")
    HELP = N_(
        "A fact is recorded, then exported to a stick, then receipted by the office with its next pack. Every"
        " export carries everything since the last receipt: a lost stick is mended by exporting again."
    )
    CSS_PATH = "transfer.tcss"

    def body(self) -> Iterable[Widget]:
        yield Plain("", id="outbox-told", classes="transfer-top gap")
        yield PagedList(
            [
                Column(_("Epoch"), 8),
                Column(_("No."), 13, right=True),
                Column(_("What became of them")),
            ],
            self._page,
            id="stretches",
            empty=_("Nothing has been recorded yet."),
            explains=N_("Neighbouring facts to which the same has happened, a row each. Enter says more."),
        )

    def on_mount(self) -> None:
        self.query_one(PagedList).focus_rows()
        self.fetch(lambda job: outbox.outbox(self.station), self._came, group="outbox")

    def _came(self, found: Outbox) -> None:
        width = max(20, self.app.size.width - 3)
        told = "\n".join(one_line(line, width) for line in summary(found))
        self.query_one("#outbox-told", Plain).show(told)

    def _page(self, first: int, count: int, words: str) -> Page:
        return page_of([_row(each) for each in outbox.outbox(self.station).stretches], first, count, words)

    def on_paged_list_opened(self, event: PagedList.Opened) -> None:
        epoch, facts, became = (str(cell) for cell in event.row.cells)
        lines = [f"{_('Epoch')}: {epoch}", f"{_('No.')}: {facts}", clean(became)]
        self.open_panel(TextPanel(_("Outbox"), "\n".join([*lines, *_files(event.row.key)])))


def _files(key: str) -> list[str]:
    file = key.partition("/")[2]
    return [clean(file)] if file else []


def _row(each: Stretch) -> Row:
    return Row(
        f"{each.epoch}-{each.first}/{each.file}",
        (each.epoch[:7], f"{each.first}-{each.last}", standing(each)),
        _KINDS[each.state],
    )
