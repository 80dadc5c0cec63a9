"""The credits of one person's year, and those of one course."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.widget import Widget

from icme_tui.commands.creditsheet import credit_tables
from icme_tui.commands.moments import show_day
from icme_tui.commands.output import hundredths
from icme_tui.commands.rulewords import LEVELS, ROLES, SOURCES
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import N_, _
from icme_tui.operations import crediting, tables
from icme_tui.operations.crediting import CreditReport
from icme_tui.rules.credits import CreditRow
from icme_tui.screens.actions import Action
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import clean, one_line
from icme_tui.screens.rows import page_of
from icme_tui.screens.transfer_folder import choose_folder
from icme_tui.screens.widgets.pagedlist import Column, PagedList, Row
from icme_tui.screens.widgets.panel import TextPanel
from icme_tui.screens.widgets.plain import Plain

_CLASSES = {0: "", 1: "I", 2: "II"}
"""The Roman numerals of the standard are no glyphs of the Linux console."""

_MISSING = {
    "TOTAL_BELOW": N_("in all"),
    "CLASS_1_BELOW": N_("class I"),
    "CLASS_2_BELOW": N_("class II"),
    "HOURS_BELOW": N_("hours of study"),
}
"""What is short of a target, in a word."""


class _Report(StationScreen):
    """A report as a list, with the reason of the row under the cursor below it."""

    def __init__(self) -> None:
        super().__init__()
        self._report: CreditReport | None = None
        self._rows: list[Row] = []
        self._found: dict[str, CreditRow] = {}

    @abstractmethod
    def _columns(self) -> list[Column]:
        """The columns of the list."""

    @abstractmethod
    def _cells(self, row: CreditRow, report: CreditReport) -> tuple[object, ...]:
        """A row of the list, one value for each column."""

    @abstractmethod
    def _told(self, report: CreditReport) -> Iterator[str]:
        """The lines above the list."""

    @abstractmethod
    def _file_name(self) -> str:
        """Name of the spreadsheet."""

    @abstractmethod
    def _ask(self) -> CreditReport:
        """Called in a job."""

    def body(self) -> Iterable[Widget]:
        yield Plain(_("Counting ..."), id="credits-told", classes="credits-top gap")
        yield PagedList(
            self._columns(),
            lambda first, count, words: page_of(self._rows, first, count, words),
            id="credit-rows",
            empty=_("Nothing was earned or attended here."),
            explains=N_(
                "One row for each attendance or lecture: what it earned, what counts of it, and below the"
                " list why not more. Enter shows the rule that was applied."
            ),
        )
        yield Plain("", id="credits-why", classes="credits-why")

    def on_mount(self) -> None:
        self.query_one(PagedList).focus_rows()
        self.read()

    def read(self) -> None:
        """Count, and show."""
        self.fetch(lambda job: self._ask(), self._came, group="credits")

    def _came(self, report: CreditReport) -> None:
        self._report = report
        self._found = {str(number): row for number, row in enumerate(report.rows)}
        self._rows = [
            Row(key, self._cells(row, report), "warn" if row.reason else "")
            for key, row in self._found.items()
        ]
        width = max(20, self.app.size.width - 2)
        shown = Text("\n".join(one_line(line, width) for line in self._told(report)))
        self.query_one("#credits-told", Plain).show(shown)
        self.query_one(PagedList).reload(first=True)

    def on_paged_list_moved(self, event: PagedList.Moved) -> None:
        row = self._found.get(event.row.key) if event.row is not None else None
        why = sentence(row.reason) if row is not None and row.reason else ""
        self.query_one("#credits-why", Plain).show(why)

    def on_paged_list_opened(self, event: PagedList.Opened) -> None:
        row, report = self._found.get(event.row.key), self._report
        if row is not None and report is not None:
            title = clean(report.titles.get(row.course, row.course))
            self.open_panel(TextPanel(title, "\n".join(_explained(row, report))))

    def action_sheet(self) -> None:
        if self._report is not None:
            choose_folder(self, _("Write the spreadsheet to which folder?"), self._write)

    def _write(self, folder: Path) -> None:
        report, name = self._report, self._file_name()
        if report is not None:
            self.perform(
                lambda job: tables.write_new(folder, name, credit_tables(report)),
                lambda path: self.tell(_("Written to {file}.").format(file=clean(path)), "good"),
            )

    def back(self) -> None:
        """Escape first ends a search."""
        if not self.query_one(PagedList).end_search():
            super().back()


class PersonCreditsScreen(_Report):
    """A person's year against the rules."""

    LABEL = N_("Credits")
    HELP = N_("One person's year against what the rules ask. Caps count over all courses of the year.")
    CSS_PATH = "credits.tcss"
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("credits_of.sheet", "x", N_("Sheet"), N_("Write these credits as xlsx.")),
        Action("credits_of.before", "left", N_("Earlier"), N_("The year before.")),
        Action("credits_of.after", "right", N_("Later"), N_("The year after."), shown=False),
    )

    def __init__(self, person: str, name: str, unit: str, year: int) -> None:
        super().__init__()
        self._person, self._person_name, self._unit, self._year = person, name, unit, year

    def _columns(self) -> list[Column]:
        return [
            Column(_("Day"), 10),
            Column(_("Course")),
            Column(_("Class"), 5),
            Column(_("Minutes"), 7, right=True),
            Column(_("Earned"), 7, right=True),
            Column(_("Capped"), 7, right=True),
            Column(_("Counted"), 7, right=True),
        ]

    def _cells(self, row: CreditRow, report: CreditReport) -> tuple[object, ...]:
        return (
            _day(row, report),
            report.titles.get(row.course, row.course),
            _CLASSES[row.cls],
            row.minutes,
            hundredths(row.gross_c),
            hundredths(row.after_project_c),
            hundredths(row.after_year_c),
        )

    def _file_name(self) -> str:
        return f"credits-{self._year}-{self._person}.xlsx"

    def _ask(self) -> CreditReport:
        return crediting.credits(self.station, self._year, self._person)

    def _told(self, report: CreditReport) -> Iterator[str]:
        yield f"{self._person_name}  {self._unit}  {self._year}  ({report.policy.id})"
        year = next((one for one in report.people if one.totals.year == self._year), None)
        if year is None:
            yield _("No credits in {year}. Left and right change the year.").format(year=self._year)
            return
        totals = year.totals
        target = next((target for target in report.policy.target if target.id == year.target), None)
        yield _("Counted {counted} (I {one}, II {two}) of {gross} earned; hours of study: {hours}").format(
            counted=hundredths(totals.counted_c),
            one=hundredths(totals.class_1_c),
            two=hundredths(totals.class_2_c),
            gross=hundredths(totals.gross_c),
            hours=round(totals.minutes / 60, 1),
        )
        if target is None:
            yield _("The rules ask nothing of this title.")
        elif year.missing:
            missing = ", ".join(_(_MISSING.get(code, code)) for code in year.missing)
            yield _("Target {total}; still too little: {missing}").format(
                total=hundredths(target.total_c), missing=missing
            )
        else:
            yield _("Target {total}: reached.").format(total=hundredths(target.total_c))
        for warning in report.warnings:
            yield sentence(warning.partition(":")[0])

    def action_before(self) -> None:
        self._go(-1)

    def action_after(self) -> None:
        self._go(1)

    def _go(self, by: int) -> None:
        self._year += by
        self.read()


class CourseCreditsScreen(_Report):
    """What a course gave to whom."""

    LABEL = N_("Credits")
    HELP = N_("What each person got from this course, with the caps of the person's whole year applied.")
    CSS_PATH = "credits.tcss"
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("credits_by.sheet", "x", N_("Sheet"), N_("Write these credits as xlsx.")),
    )

    def __init__(self, course: str, title: str) -> None:
        super().__init__()
        self._course, self._course_title = course, title

    def _columns(self) -> list[Column]:
        return [
            Column(_("Name")),
            Column(_("Day"), 10),
            Column(_("Role"), 9),
            Column(_("Minutes"), 7, right=True),
            Column(_("Earned"), 7, right=True),
            Column(_("Capped"), 7, right=True),
            Column(_("Counted"), 7, right=True),
        ]

    def _cells(self, row: CreditRow, report: CreditReport) -> tuple[object, ...]:
        return (
            report.names.get(row.person, "") or row.person,
            _day(row, report),
            _(ROLES[row.role]),
            row.minutes,
            hundredths(row.gross_c),
            hundredths(row.after_project_c),
            hundredths(row.after_year_c),
        )

    def _file_name(self) -> str:
        return f"credits-{self._course}.xlsx"

    def _ask(self) -> CreditReport:
        return crediting.credits(self.station, course=self._course)

    def _told(self, report: CreditReport) -> Iterator[str]:
        yield f"{self._course_title}  ({report.policy.id})"
        people = {row.person for row in report.rows}
        with_credit = {row.person for row in report.rows if row.after_year_c}
        yield _("People: {people}; with credits: {credited}; counted in all: {counted}").format(
            people=len(people),
            credited=len(with_credit),
            counted=hundredths(sum(row.after_year_c for row in report.rows)),
        )


def _day(row: CreditRow, report: CreditReport) -> str:
    """The local day of the session, like the times on the other screens."""
    return show_day(report.starts.get(row.session)) or row.day


def _explained(row: CreditRow, report: CreditReport) -> Iterator[str]:
    name = clean(report.names.get(row.person, "") or row.person)
    yield f"{name}  {_day(row, report)}  {_(ROLES[row.role])}"
    yield _("Level: {level}; minutes: {minutes}").format(
        level=_(LEVELS.get(row.level, row.level)) or "-", minutes=row.minutes
    )
    if row.fixed:
        yield _("The course fixes its credits.")
    elif row.rate is not None:
        rate = row.rate
        if rate.kind == "minutes":
            yield _("Rule {code}: {credits} for every {minutes} minutes").format(
                code=rate.code, credits=hundredths(rate.gives_c), minutes=rate.per_minutes
            )
        else:
            yield _("Rule {code}: {credits} for each").format(
                code=rate.code, credits=hundredths(rate.gives_c)
            )
        source = report.policy.sources.get(rate.src, rate.src)
        yield _("Source: {source}").format(source=clean(_(source) if source in SOURCES else source))
    for cap in row.caps:
        most = hundredths(cap.max_c)
        yield (
            _("At most {most} from one project").format(most=most)
            if cap.scope == "project"
            else _("At most {most} in one year").format(most=most)
        )
    yield _("Earned {gross}, after caps {capped}, counted {counted}").format(
        gross=hundredths(row.gross_c),
        capped=hundredths(row.after_project_c),
        counted=hundredths(row.after_year_c),
    )
    if row.reason:
        yield ""
        yield sentence(row.reason)
