"""Projects, their courses, and the sessions of these: one list for each, Enter goes down, Escape up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from textual.widget import Widget

from icme_tui.commands.moments import show_moment, show_time
from icme_tui.commands.output import hundredths
from icme_tui.commands.rulewords import LEVELS
from icme_tui.commands.words import N_, _
from icme_tui.operations import courseedits, courses, sitting
from icme_tui.rules.session import Session
from icme_tui.screens.actions import Action
from icme_tui.screens.base import StationScreen
from icme_tui.screens.courses_attendance import AttendanceScreen
from icme_tui.screens.courses_form import CourseForm, ProjectForm, SessionForm, course_values, session_values
from icme_tui.screens.glyphs import clean
from icme_tui.screens.hints import heading
from icme_tui.screens.rows import page_of
from icme_tui.screens.widgets.pagedlist import Column, Page, PagedList, Row
from icme_tui.screens.widgets.plain import Plain

PROJECTS, COURSES, SESSIONS, ALL = "projects", "courses", "sessions", "all"


class Level(NamedTuple):
    """Which list is shown."""

    kind: str
    code: str = ""
    """Of the project or course whose list it is."""
    title: str = ""


class CoursesScreen(StationScreen):
    """What is taught."""

    PLACE = "courses"
    LABEL = N_("Courses")
    HELP = N_(
        "A project has courses, a course has sessions. Enter goes down: on a session it shows who was there."
        " Escape goes up again. t shows all sessions by day."
    )
    CSS_PATH = "courses.tcss"
    ACTIONS = (
        Action("courses.add", "a", N_("Add"), N_("Add a project, a course or a session to this list.")),
        Action("courses.edit", "e", N_("Edit"), N_("Change what the cursor is on."), shown=False),
        Action("courses.open", "o", N_("Begin"), N_("Open this session: swipes are taken at it.")),
        Action("courses.close", "c", N_("Close"), N_("Close this session at this station.")),
        Action("courses.all", "t", N_("All sessions"), N_("Show the sessions of all courses, newest first.")),
    )

    def __init__(self) -> None:
        super().__init__()
        self._path = [Level(PROJECTS)]
        self._titles: dict[str, str] = {}

    def body(self) -> Iterable[Widget]:
        yield Plain("", id="courses-path", classes="heading")
        yield PagedList(
            [Column(_("Title")), Column(_("When or what"), 24), Column(_("Code"), 8)],
            self._read,
            id="courses",
            empty=_("Nothing here yet. Press a to add the first one."),
            explains=N_("Projects, courses or sessions. Enter goes down, Escape goes up."),
        )

    def on_mount(self) -> None:
        self._tell_path()
        self._list.focus_rows()

    @property
    def _list(self) -> PagedList:
        return self.query_one("#courses", PagedList)

    @property
    def _level(self) -> Level:
        return self._path[-1]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what fits the list."""
        of_sessions = self._level.kind in (SESSIONS, ALL)
        if action in ("open", "close") and not of_sessions:
            return False
        if action == "add" and self._level.kind == ALL:
            return False
        if action == "all" and self._level.kind == ALL:
            return False
        return super().check_action(action, parameters)

    # Reading, in jobs

    def _read(self, first: int, count: int, words: str) -> Page:
        return page_of(self._rows(self._level), first, count, words)

    def _rows(self, level: Level) -> list[Row]:
        if level.kind == PROJECTS:
            return [
                _row(record.id, record.body, _project_words(record.body))
                for record in sorted(
                    courses.projects(self.station),
                    key=lambda one: str(one.body.get("starts", "")),
                    reverse=True,
                )
            ]
        if level.kind == COURSES:
            return [
                _row(record.id, record.body, _course_words(record.body))
                for record in courses.courses(self.station, level.code)
            ]
        found = courses.sessions(self.station, level.code)
        at_hand = self.station.setting(courses.OPEN_SESSION, "")
        if level.kind == ALL:
            found.reverse()
        return [_session_row(one, one.id == at_hand) for one in found]

    # Going up and down

    def on_paged_list_opened(self, event: PagedList.Opened) -> None:
        event.stop()
        row, kind = event.row, self._level.kind
        if kind in (SESSIONS, ALL):
            self.app.push_screen(AttendanceScreen(row.key, str(row.cells[0])))
            return
        self._go(Level(COURSES if kind == PROJECTS else SESSIONS, row.key, str(row.cells[0])))

    def _go(self, level: Level) -> None:
        self._list.end_search()
        self._path.append(level)
        self._renew()

    def _renew(self, key: str = "") -> None:
        self._tell_path()
        self._list.reload(key, first=True)
        self.refresh_bindings()

    def _tell_path(self) -> None:
        names = {
            PROJECTS: _("Projects"),
            COURSES: _("Courses"),
            SESSIONS: _("Sessions"),
            ALL: _("All sessions"),
        }
        titles = [clean(level.title) for level in self._path if level.title]
        path = " / ".join([*titles, names[self._level.kind]])
        self.query_one("#courses-path", Plain).show(heading(self, path))

    def action_all(self) -> None:
        self._go(Level(ALL))

    def back(self) -> None:
        """First the search goes, then one list up, then the screen."""
        if self._list.end_search():
            return
        if len(self._path) > 1:
            left = self._path.pop()
            self._renew(left.code)
        else:
            super().back()

    # Changing

    def action_add(self) -> None:
        kind, code = self._level.kind, self._level.code
        if kind == PROJECTS:
            self.app.push_screen(ProjectForm({"level": "in_house"}, self._saved))
        elif kind == COURSES:
            self.app.push_screen(CourseForm({}, self._saved, project=code))
        else:
            self.fetch(
                lambda job: self.station.clock.read().wall_ms, lambda now: self._add_session(code, now)
            )

    def _add_session(self, course: str, now_ms: int) -> None:
        values = {"day": show_moment(now_ms)[:10], "mode": "in_out", "min_percent": "80"}
        self.app.push_screen(SessionForm(values, self._saved, course=course))

    def action_edit(self) -> None:
        row, kind = self._list.row, self._level.kind
        if row is None:
            return
        code = row.key
        if kind == PROJECTS:
            self._edit_project(code)
        elif kind == COURSES:
            self._edit_course(code)
        else:
            self._edit_session(code)

    def _edit_project(self, code: str) -> None:
        def show(body: Mapping[str, Any]) -> None:
            values = {
                key: str(body.get(key) or "")
                for key in ("title", "level", "number", "starts", "ends", "unit")
            }
            self.app.push_screen(ProjectForm(values, self._saved, code))

        self.fetch(lambda job: _body(self, "project", code), show)

    def _edit_course(self, code: str) -> None:
        def show(body: Mapping[str, Any]) -> None:
            self.app.push_screen(CourseForm(course_values(body), self._saved, code))

        self.fetch(lambda job: _body(self, "course", code), show)

    def _edit_session(self, code: str) -> None:
        def show(values: Mapping[str, Any]) -> None:
            self.app.push_screen(SessionForm(session_values(values), self._saved, code))

        self.fetch(lambda job: courseedits.session_values(self.station, code), show)

    def _saved(self, code: str) -> None:
        self._renew(code)
        self.tell(_("Written: {code}.").format(code=code), "good")

    # Sessions

    def action_open(self) -> None:
        row = self._list.row
        if row is not None:
            code = row.key
            self.perform(lambda job: sitting.open_session(self.station, code), self._session_opened)

    def _session_opened(self, session: Session) -> None:
        self.icme.tell_desk(session=session.id, session_title=session.title)
        self._renew(session.id)
        self.tell(_("The session is open. 1 goes to the swipes."), "good")

    def action_close(self) -> None:
        row = self._list.row
        if row is None:
            return
        code = row.key
        question = _("Close the session {title}?").format(title=clean(row.cells[0]))
        self.confirm(question, _("Close it"), lambda: self._close(code))

    def _close(self, code: str) -> None:
        self.perform(
            lambda job: courses.close_session(self.station, code),
            lambda counts: self._session_closed(code, counts),
        )

    def _session_closed(self, code: str, counts: dict[str, int]) -> None:
        if self.icme.desk.session == code:
            self.icme.tell_desk(session="", session_title="")
        self._renew(code)
        said = _("Closed: {people} people, {came} swipes in, {left} swipes out.")
        self.tell(said.format(people=counts["people"], came=counts["in"], left=counts["out"]), "good")


def _body(screen: StationScreen, kind: str, code: str) -> Mapping[str, Any]:
    record = screen.station.registry.get(kind, code)
    return record.body if record is not None else {}


def _row(code: str, body: Mapping[str, Any], words: str) -> Row:
    return Row(code, [str(body.get("title") or code), words, code])


def _project_words(body: Mapping[str, Any]) -> str:
    level = str(body.get("level") or "")
    return f"{_(LEVELS.get(level, level))} {body.get('starts') or ''}".strip()


def _course_words(body: Mapping[str, Any]) -> str:
    credit, minutes = body.get("credit_hundredths"), body.get("minutes")
    parts = [_("{n} min").format(n=minutes)] if type(minutes) is int else []
    if type(credit) is int:
        parts.append(_("{credits} credits").format(credits=hundredths(credit)))
    return ", ".join(parts)


def _session_row(one: Session, is_open: bool) -> Row:
    when = f"{show_moment(one.start_ms)}-{show_time(one.end_ms)[:5]}"
    return Row(one.id, [one.title, when + (" *" if is_open else ""), one.id], "good" if is_open else "")
