"""A clock that was wrong: what moving its times would change, before it is decided."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.widget import Widget

from icme_tui.commands.clock import told
from icme_tui.commands.clockwords import read_span, show_span, show_verdict, show_worth
from icme_tui.commands.moments import show_moment
from icme_tui.commands.words import N_, _
from icme_tui.operations import adjusting, clocks
from icme_tui.operations.adjusting import Preview, Range
from icme_tui.screens.actions import Action
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import clean, one_line
from icme_tui.screens.rows import page_of
from icme_tui.screens.waiting_panels import reason_panel, span_panel
from icme_tui.screens.widgets.pagedlist import Column, Page, PagedList, Row
from icme_tui.screens.widgets.plain import Plain


class ClockScreen(StationScreen):
    """Times of a station that were wrong, and whose attendance changes if they are moved."""

    LABEL = N_("Clock")
    HELP = N_(
        "The list shows whose attendance changes if the times are moved by so much. Nothing is recorded"
        " before it is decided, and the facts keep the times that they say."
    )
    CSS_PATH = "credits.tcss"
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("clock.by", "m", N_("Move by"), N_("Say how far the times are to be moved.")),
        Action("clock.decide", "d", N_("Decide"), N_("Move the times so.")),
    )

    def __init__(self, wanted: Range) -> None:
        super().__init__()
        self._range = wanted
        self._suggested: int | None = None
        self._preview: Preview | None = None

    def body(self) -> Iterable[Widget]:
        yield Plain("", id="clock-what", classes="credits-top gap")
        yield PagedList(
            [Column(_("Name"), 12), Column(_("Session")), Column(_("So far"), 21), Column(_("After"), 21)],
            self._page,
            id="clock-changes",
            empty=_("No attendance changes."),
            explains=N_("One attendance a row that changes. m: another distance; d: decide."),
        )
        yield Plain("", id="clock-why", classes="credits-why")

    def on_mount(self) -> None:
        self.query_one(PagedList).focus_rows()
        self.fetch(lambda job: self._suggestion(), self._suggest, group="clock")

    def _suggest(self, ms: int | None) -> None:
        self._suggested = ms
        self._show()
        if ms is not None:
            self._look(ms)

    def _look(self, ms: int) -> None:
        self.fetch(lambda job: adjusting.preview(self.station, self._range, ms), self._came, group="clock")

    def _came(self, preview: Preview) -> None:
        self._preview = preview
        self._show()
        self.query_one(PagedList).reload(first=True)

    def _page(self, first: int, count: int, words: str) -> Page:
        changes = self._preview.changes if self._preview is not None else []
        rows = [
            Row(f"{n}", (one.name, one.title, show_worth(one.before), show_worth(one.after)))
            for n, one in enumerate(changes)
        ]
        return page_of(rows, first, count, words)

    def _suggestion(self) -> int | None:
        for run in clocks.runs(self.station, self._range.station, self._range.epoch):
            if run.is_suspect and run.first <= self._range.first <= run.last:
                return run.suggested_ms
        return None

    def _show(self) -> None:
        width = max(20, self.app.size.width - 2)
        at, _epoch, first, last = self._range
        lines = [
            _("Swipes {first} to {last} of {station}: the clock was wrong.").format(
                station=at, first=first, last=last
            )
        ]
        if self._suggested is not None:
            span = show_span(self._suggested)
            lines.append(
                _("In the same boot it was right at another time: {span} puts it right.").format(span=span)
            )
        else:
            lines.append(_("Nothing tells how far it was off: ask the venue, then press m."))
        if self._preview is not None:
            seen = self._preview
            times = f"{show_moment(seen.from_ms)} - {show_moment(seen.until_ms)}"
            lines += [_("They say: {times}").format(times=times), told(seen)]
        self.query_one("#clock-what", Plain).show("\n".join(one_line(line, width) for line in lines))

    def on_paged_list_moved(self, event: PagedList.Moved) -> None:
        changes = self._preview.changes if self._preview is not None else []
        number = int(event.row.key) if event.row is not None else len(changes)
        whole = ""
        if number < len(changes):
            one = changes[number]
            whole = _("So far: {before}").format(before=show_verdict(one.before))
            whole += "\n" + _("After: {after}").format(after=show_verdict(one.after))
        self.query_one("#clock-why", Plain).show(clean(whole))

    def action_by(self) -> None:
        value = show_span(self._preview.ms) if self._preview is not None else ""
        self.open_panel(span_panel(_("How far are the times to be moved?"), self._by, value))

    def _by(self, text: str) -> None:
        ms = read_span(text)
        if ms is not None:
            self._look(ms)

    def action_decide(self) -> None:
        seen = self._preview
        if seen is None:
            self.action_by()
            return
        title = _("Move {n} swipes by {span}. Why?").format(n=seen.swipes, span=show_span(seen.ms))
        self.open_panel(reason_panel(title, lambda reason: self._decide(seen, reason)))

    def _decide(self, seen: Preview, reason: str) -> None:
        def done(_place: object) -> None:
            self.app.pop_screen()
            self.icme.tell(_("The times are moved."), "good")

        self.perform(lambda job: adjusting.adjust(self.station, seen.range, seen.ms, reason), done)

    def back(self) -> None:
        """Escape first ends a search."""
        if not self.query_one(PagedList).end_search():
            super().back()
