"""Who was at a session: times, minutes, what counts, credits; as a spreadsheet and to print."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rich.text import Text
from textual.widget import Widget

from icme_tui.commands.moments import show_moment, show_time
from icme_tui.commands.sentences import sentence
from icme_tui.commands.sheetwords import attendance_grid, credit_words, remarks_of
from icme_tui.commands.words import N_, _
from icme_tui.operations import attendancesheet
from icme_tui.operations.attendancesheet import AttendanceSheet, SheetLine
from icme_tui.operations.folders import free_name
from icme_tui.screens.actions import Action
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import clean, one_line
from icme_tui.screens.rows import page_of
from icme_tui.screens.transfer_folder import choose_folder
from icme_tui.screens.widgets.pagedlist import Column, Page, PagedList, Row
from icme_tui.screens.widgets.panel import TextPanel
from icme_tui.screens.widgets.plain import Plain


class AttendanceScreen(StationScreen):
    """The attendance of one session."""

    LABEL = N_("Attendance")
    HELP = N_("Everybody who was at this session. Enter says in full why somebody does not count.")
    CSS_PATH = "courses.tcss"
    ACTIONS = (
        Action("attendance.table", "w", N_("As table"), N_("Write the list as xlsx.")),
        Action("attendance.paper", "p", N_("Paper"), N_("Write the list as a text to print and sign.")),
    )

    def __init__(self, session: str, title: str) -> None:
        super().__init__()
        self._session = session
        self._session_title = title
        self._sheet: AttendanceSheet | None = None

    def body(self) -> Iterable[Widget]:
        title = one_line(self._session_title, self.app.size.width - 2)
        yield Plain(Text(title, style="bold"), classes="heading")
        yield Plain("", id="attendance-counts", classes="heading")
        yield PagedList(
            [
                Column(_("Name"), 12),
                Column(_("Unit"), 14),
                Column(_("In"), 5),
                Column(_("Out"), 5),
                Column(_("Min"), 4, right=True),
                Column(_("Credits"), 7, right=True),
                Column(_("Result")),
            ],
            self._read,
            id="attendance",
            empty=_("Nobody has swiped here yet. 1 goes to the swipes."),
            explains=N_("Who came, for how long, and what does not count."),
        )

    def on_mount(self) -> None:
        self.query_one(PagedList).focus_rows()
        self.fetch(
            lambda job: attendancesheet.attendance_sheet(self.station, self._session),
            self._with_credits,
            group="sheet",
        )

    def _with_credits(self, sheet: AttendanceSheet) -> None:
        self._sheet = sheet
        self.query_one(PagedList).reload()

    def _read(self, first: int, count: int, words: str) -> Page:
        """In a job. The sheet is made once; its credits, which rest on more, come after it."""
        if self._sheet is None:
            self._sheet = attendancesheet.attendance_sheet(self.station, self._session, with_credits=False)
        return page_of([_row(line) for line in self._sheet.lines], first, count, words)

    def on_paged_list_moved(self, event: PagedList.Moved) -> None:
        sheet = self._sheet
        if sheet is None:
            return
        said = _("{counted} of {total} count.").format(counted=sheet.counted, total=len(sheet.lines))
        if sheet.session is not None:
            when = f"{show_moment(sheet.session.start_ms)}-{show_time(sheet.session.end_ms)[:5]}"
            said = f"{when}  {said}"
        self.query_one("#attendance-counts", Plain).show(" " + said)

    def on_paged_list_opened(self, event: PagedList.Opened) -> None:
        event.stop()
        line = (
            next((one for one in self._sheet.lines if one.person == event.row.key), None)
            if self._sheet
            else None
        )
        if line is not None:
            said = [
                f"{line.person}  {clean(line.unit)}  {clean(line.title)}",
                f"{_('In')} {show_time(line.in_ms) or '-'}  {_('Out')} {show_time(line.out_ms) or '-'}",
                remarks_of(line) or _("counted"),
            ]
            self.open_panel(TextPanel(clean(line.name or line.person), "\n".join(said)))

    def action_table(self) -> None:
        choose_folder(self, _("Write the list to which folder?"), lambda folder: self._write(folder, ".xlsx"))

    def action_paper(self) -> None:
        choose_folder(self, _("Write the list to which folder?"), lambda folder: self._write(folder, ".txt"))

    def _write(self, folder: Path, suffix: str) -> None:
        def write(job: object) -> Path:
            sheet = attendancesheet.attendance_sheet(self.station, self._session)
            path = free_name(folder / f"{self._session}{suffix}")
            return attendancesheet.save(path, attendance_grid(sheet))

        self.perform(write, lambda path: self.tell(_("Written: {file}").format(file=clean(path)), "good"))

    def back(self) -> None:
        """Escape first ends a search."""
        if not self.query_one(PagedList).end_search():
            super().back()


def _row(line: SheetLine) -> Row:
    return Row(
        line.person,
        [
            line.name or line.person,
            line.unit,
            show_time(line.in_ms)[:5] or "-",
            show_time(line.out_ms)[:5] or "-",
            line.minutes,
            credit_words(line),
            sentence(line.reason) if line.reason else _("counted"),
        ],
        "warn" if line.reason else "",
    )
