"""Credits: look for a person or a course."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.widget import Widget

from icme_tui.commands.moments import show_day
from icme_tui.commands.words import N_, _
from icme_tui.operations import people
from icme_tui.operations.creditlists import CourseLine, courses_page, year_now
from icme_tui.screens.actions import Action
from icme_tui.screens.base import StationScreen
from icme_tui.screens.credits_pages import CourseCreditsScreen, PersonCreditsScreen
from icme_tui.screens.credits_waiting import WaitingScreen
from icme_tui.screens.widgets.pagedlist import Column, Page, PagedList, Row
from icme_tui.screens.widgets.plain import Plain


class CreditsScreen(StationScreen):
    """People and courses, each leading to its credits."""

    PLACE = "credits"
    LABEL = N_("Credits")
    HELP = N_(
        "Find a person or a course with /, then press Enter: what was earned, what counts, what is missing"
        " and why."
    )
    CSS_PATH = "credits.tcss"
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("credits.people", "p", N_("People"), N_("Look for a person.")),
        Action("credits.waiting", "w", N_("Waiting"), N_("Make-ups to confirm and guests to recognise.")),
        Action("credits.courses", "c", N_("Courses"), N_("Look for a course.")),
    )
    PARTS: ClassVar[tuple[type, ...]] = (PersonCreditsScreen, CourseCreditsScreen, WaitingScreen)

    def body(self) -> Iterable[Widget]:
        yield Plain("", id="credits-what", classes="credits-top gap")
        yield PagedList(
            [
                Column(_("Name"), 16),
                Column(_("Unit")),
                Column(_("Job title"), 16),
                Column(_("Code"), 8),
            ],
            self._people,
            id="credit-people",
            empty=_("Nobody yet. Take in a roster first (People)."),
            explains=N_("People. / finds by name, initials in pinyin, code, or the end of the ID number."),
        )
        courses = PagedList(
            [
                Column(_("Code"), 8),
                Column(_("Course")),
                Column(_("Sessions"), 8, right=True),
                Column(_("First day"), 10),
            ],
            self._courses,
            id="credit-courses",
            empty=_("No course yet. Plan one first (Courses)."),
            explains=N_("Courses. / finds by any word of the title or the code."),
        )
        courses.display = False
        yield courses

    def on_mount(self) -> None:
        self._switch("credit-people")

    def _switch(self, shown: str) -> None:
        for paged in self.query(PagedList):
            paged.display = paged.id == shown
            if paged.display:
                paged.focus_rows()
        people_shown = shown == "credit-people"
        told = (
            _("Whose credits? / searches, Enter opens. c: courses.")
            if people_shown
            else _("Which course? / searches, Enter opens. p: people.")
        )
        if self.station.role == "venue":
            told += "\n" + _("Only what this venue knows; the office counts everything.")
        self.query_one("#credits-what", Plain).show(told)

    def action_people(self) -> None:
        self._switch("credit-people")

    def action_courses(self) -> None:
        self._switch("credit-courses")

    def action_waiting(self) -> None:
        self.app.push_screen(WaitingScreen())

    def _people(self, first: int, count: int, words: str) -> Page:
        query = people.query_of(self.station, words, gone=None)
        lines, total = people.people_page(self.station, query, first, count)
        return Page([Row(line.code, (line.name, line.unit, line.title, line.code)) for line in lines], total)

    def _courses(self, first: int, count: int, words: str) -> Page:
        lines, total = courses_page(self.station, words, first, count)
        return Page([_course_row(line) for line in lines], total)

    def on_paged_list_opened(self, event: PagedList.Opened) -> None:
        year = year_now(self.station)
        screen: StationScreen
        if event.paged.id == "credit-people":
            screen = PersonCreditsScreen(
                event.row.key, str(event.row.cells[0]), str(event.row.cells[1]), year
            )
        else:
            screen = CourseCreditsScreen(event.row.key, str(event.row.cells[1]))
        self.app.push_screen(screen)

    def back(self) -> None:
        """Escape first ends a search."""
        for paged in self.query(PagedList):
            if paged.display and paged.end_search():
                return
        super().back()


def _course_row(line: CourseLine) -> Row:
    return Row(line.code, (line.code, line.title, line.sessions, show_day(line.first_ms)))
