"""What the office told of one epoch of a venue."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from icme_tui.commands.kindwords import kind_word
from icme_tui.commands.moments import show_utc
from icme_tui.commands.outboxwords import remedy
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import N_, _
from icme_tui.operations import acknowledging
from icme_tui.operations.acknowledging import Epoch, Refused
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import one_line
from icme_tui.screens.rows import page_of
from icme_tui.screens.transferwords import TOLD
from icme_tui.screens.widgets.pagedlist import Column, Page, PagedList, Row
from icme_tui.screens.widgets.plain import Plain


class RefusedScreen(StationScreen):
    """What the office told of one epoch: its last bundles, and the facts that it refused."""

    LABEL = N_("Receipt")
    HELP = N_(
        "What the office made of our bundles, and which facts it does not count, with the reason. A refused"
        " fact stays recorded; the office can put it right."
    )
    CSS_PATH = "transfer.tcss"

    def __init__(self, epoch: str) -> None:
        super().__init__()
        self._epoch = epoch
        self._rows: list[Row] | None = None
        self._why: dict[str, str] = {}

    def body(self) -> Iterable[Widget]:
        yield Plain("", id="receipt-bundles", classes="transfer-top gap")
        yield PagedList(
            [
                Column(_("No."), 8, right=True),
                Column(_("Kind"), 12),
                Column(_("Time"), 16),
                Column(_("By"), 10),
                Column(_("Why not")),
            ],
            self._page,
            id="refused",
            empty=_("The office has refused nothing of this epoch."),
            explains=N_("Facts that the office has but does not count. Below stands the whole reason."),
        )
        yield Plain("", id="arrivals-why")

    def on_mount(self) -> None:
        self.query_one(PagedList).focus_rows()
        self.fetch(lambda job: self._read(), self._came, group="receipt")

    def _read(self) -> Epoch | None:
        found = acknowledging.epochs(self.station)
        return next((each for each in found if each.epoch == self._epoch), None)

    def _came(self, epoch: Epoch | None) -> None:
        n = epoch.receipted if epoch else 0
        lines = [_("Epoch {epoch}: {n} facts receipted.").format(epoch=self._epoch[:7], n=n)]
        for each in (epoch.bundles if epoch else [])[-3:]:
            result, why = _(TOLD.get(each.result, each.result)), sentence(each.code)
            lines.append(_("Bundle {seq}: {result}. {why}").format(seq=each.seq, result=result, why=why))
        width = max(20, self.app.size.width - 3)
        self.query_one("#receipt-bundles", Plain).show("\n".join(one_line(line, width) for line in lines))

    def _page(self, first: int, count: int, words: str) -> Page:
        if self._rows is None:
            refused = acknowledging.refused_facts(self.station, self._epoch)
            self._rows = [_refused_row(each) for each in refused]
            self._why = {str(each.p): f"{sentence(each.code)} {remedy(each.code)}" for each in refused}
        return page_of(self._rows, first, count, words)

    def on_paged_list_moved(self, event: PagedList.Moved) -> None:
        why = self._why.get(event.row.key, "") if event.row is not None else ""
        self.query_one("#arrivals-why", Plain).show(why)


def _refused_row(each: Refused) -> Row:
    return Row(
        str(each.p), (each.p, kind_word(each.kind), show_utc(each.at), each.by, sentence(each.code)), "warn"
    )
