"""What was set aside at the office, for reading."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from icme_tui.commands.moments import show_utc
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import N_, _
from icme_tui.operations import quarantine
from icme_tui.operations.quarantine import Kept
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import clean
from icme_tui.screens.rows import page_of
from icme_tui.screens.widgets.pagedlist import Column, Page, PagedList, Row
from icme_tui.screens.widgets.plain import Plain


class QuarantineScreen(StationScreen):
    """What was set aside, for reading."""

    LABEL = N_("Set aside")
    HELP = N_("Files that were refused are kept here with their reason. Nothing that came is deleted.")
    CSS_PATH = "transfer.tcss"

    def __init__(self) -> None:
        super().__init__()
        self._why: dict[str, str] = {}

    def body(self) -> Iterable[Widget]:
        yield PagedList(
            [
                Column(_("Since"), 16),
                Column(_("From"), 10),
                Column(_("By"), 10),
                Column(_("Code"), 18),
                Column(_("File")),
            ],
            self._page,
            id="kept",
            empty=_("Nothing was set aside."),
            explains=N_("One file a row, the newest first. Below stands why it was refused."),
        )
        yield Plain("", id="arrivals-why")

    def on_mount(self) -> None:
        self.query_one(PagedList).focus_rows()

    def _page(self, first: int, count: int, words: str) -> Page:
        kept = quarantine.kept_files(self.station)
        self._why = {str(each.file): _kept_why(each) for each in kept}
        rows = [
            Row(
                str(each.file),
                (show_utc(each.at), each.sender, each.by, each.code, each.name or each.file.name),
            )
            for each in kept
        ]
        return page_of(rows, first, count, words)

    def on_paged_list_moved(self, event: PagedList.Moved) -> None:
        why = self._why.get(event.row.key, "") if event.row is not None else ""
        self.query_one("#arrivals-why", Plain).show(why)


def _kept_why(each: Kept) -> str:
    if not each.code:
        return _("The reason beside the file is gone.")
    return clean(sentence(each.code, {"file": each.name}))
