"""The forms of a project, a course and a session."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from icme_tui.commands.moments import show_moment, typed_moment
from icme_tui.commands.output import hundredths
from icme_tui.commands.rulewords import LEVELS
from icme_tui.commands.words import N_, _
from icme_tui.operations import courseedits, courses
from icme_tui.rules.policy import load_policy
from icme_tui.rules.session import MIN_PERCENT, MODES
from icme_tui.screens.forms import Entry, FormScreen, Remark
from icme_tui.screens.people_form import unit_choices
from icme_tui.screens.widgets.panel import Choice

_DAY = N_("Such as 2026-09-25; may stay empty.")
_TIME = N_("Such as 08:30. Empty: it follows from the start and the end.")
_ENTER = N_("Enter goes to the next field and saves after the last one.")

MODE_WORDS = {"in": N_("coming is enough"), "in_out": N_("people swipe when they leave, too")}

_CREDIT = re.compile(r"(\d{1,4})(?:\.(\d{1,2}))?", re.ASCII)
_LECTURER = re.compile(r"([0-9A-Za-z]+)(?::(\d{1,4}))?", re.ASCII)
_AT_TITLE = {"TITLE_NEEDED": "title", "TITLE_FORM": "title"}


class ProjectForm(FormScreen):
    """Add a project with its first course, or change one."""

    LABEL = N_("Project")
    HELP = _ENTER
    ENTRIES = (
        Entry("title", N_("Title"), N_("Name of the project.")),
        Entry(
            "level",
            N_("Level"),
            N_("It decides what the sessions are worth. Ctrl+O shows all."),
            chooses=True,
        ),
        Entry("number", N_("Number"), N_("Such as 2026-04-08-186(国); may stay empty.")),
        Entry("starts", N_("First day"), _DAY),
        Entry("ends", N_("Last day"), _DAY),
        Entry("unit", N_("Run by"), N_("Code of the unit in charge; may stay empty."), chooses=True),
    )
    AT_FIELD: ClassVar[Mapping[str, str]] = {
        **_AT_TITLE, "UNKNOWN_LEVEL": "level", "NUMBER_TAKEN": "number", "DAYS_ORDER": "ends",
        "NO_UNIT": "unit",
    }  # fmt: skip

    def __init__(self, values: Mapping[str, str], saved: Callable[[str], None], project: str = "") -> None:
        level = values.get("level", "")
        shown = {**values, "level": _(LEVELS.get(level, level))}
        super().__init__(_("Change a project") if project else _("Add a project"), shown, saved)
        self._project = project

    def remarks(self, values: dict[str, str], only: Sequence[str]) -> list[Remark]:
        found = [_needed(values, "title")]
        if _code(LEVELS, values["level"]) not in load_policy().levels():
            found.append(Remark("level", _("Choose one with Ctrl+O: {known}.").format(known=_known_levels())))
        found += [_day_form(values, name) for name in ("starts", "ends")]
        return _of(found, only)

    def write(self, values: dict[str, str]) -> str:
        if self._project:
            level = _code(LEVELS, values["level"])
            courseedits.edit_project(self.station, self._project, **{**values, "level": level})
            return self._project
        made = courses.add_project(
            self.station,
            values["title"],
            _code(LEVELS, values["level"]),
            number=values["number"],
            starts=values["starts"],
            ends=values["ends"],
            unit=values["unit"],
        )
        return made.project

    def choices(self, name: str) -> list[Choice]:
        if name == "unit":
            return [Choice("", _("none")), *unit_choices(self.station, by_code=True)]
        words = [_(LEVELS.get(level, level)) for level in load_policy().levels()]
        return [Choice(word, word) for word in words]


class CourseForm(FormScreen):
    """Add a course of a project, or change one."""

    LABEL = N_("Course")
    HELP = _ENTER
    ENTRIES = (
        Entry("title", N_("Title"), N_("Name of the course.")),
        Entry(
            "minutes",
            N_("Minutes"),
            N_("Teaching minutes of the whole course. Empty: those of its sessions."),
        ),
        Entry(
            "credit", N_("Fixed credits"), N_("Such as 2.5; instead of the rate of the level. Usually empty.")
        ),
    )
    AT_FIELD: ClassVar[Mapping[str, str]] = {**_AT_TITLE, "BAD_MINUTES": "minutes", "BAD_CREDIT": "credit"}

    def __init__(
        self, values: Mapping[str, str], saved: Callable[[str], None], course: str = "", project: str = ""
    ) -> None:
        super().__init__(_("Change a course") if course else _("Add a course"), values, saved)
        self._course = course
        self._project = project

    def remarks(self, values: dict[str, str], only: Sequence[str]) -> list[Remark]:
        found = [_needed(values, "title"), _number_form(values, "minutes")]
        if values["credit"] and not _CREDIT.fullmatch(values["credit"]):
            found.append(Remark("credit", _("This is no number of credits such as 2.5.")))
        return _of(found, only)

    def write(self, values: dict[str, str]) -> str:
        title, minutes, credit_c = values["title"], _number(values["minutes"]), _hundredths(values["credit"])
        if self._course:
            changes = {"title": title, "minutes": minutes, "credit_c": credit_c}
            courseedits.edit_course(self.station, self._course, **changes)
            return self._course
        return courses.add_course(self.station, self._project, title, minutes=minutes, credit_c=credit_c)


class SessionForm(FormScreen):
    """Add a session of a course, or change one."""

    LABEL = N_("Session")
    HELP = _ENTER
    ENTRIES = (
        Entry("title", N_("Title"), N_("Empty: the title of the course.")),
        Entry("day", N_("Day"), N_("Such as 2026-09-25.")),
        Entry("start", N_("Start"), N_("Such as 08:30.")),
        Entry("end", N_("End"), N_("Such as 11:30.")),
        Entry(
            "mode",
            N_("Swipes"),
            N_("Whether people swipe out, too. Ctrl+O shows both."),
            chooses=True,
        ),
        Entry("minutes", N_("Minutes"), N_("Teaching minutes. Empty: all from start to end.")),
        Entry("min_percent", N_("Least percent"), N_("Share of the minutes that must be attended.")),
        Entry("in_from", N_("Swipes in from"), _TIME),
        Entry("in_until", N_("Swipes in until"), _TIME),
        Entry("out_from", N_("Swipes out from"), _TIME),
        Entry("out_until", N_("Swipes out until"), _TIME),
        Entry(
            "lecturers",
            N_("Lecturers"),
            N_("Codes of people, with minutes where they did not lecture all of it: P0070001 P0070002:45."),
        ),
    )
    AT_FIELD: ClassVar[Mapping[str, str]] = {
        **_AT_TITLE, "TIMES_ORDER": "end", "SESSION_TOO_LONG": "end", "SESSION_OVERLAP": "start",
        "OUTSIDE_PROJECT": "day", "BAD_MODE": "mode", "BAD_MINUTES": "minutes", "BAD_PERCENT": "min_percent",
        "WINDOW_WITHOUT_OUT": "mode", "NO_PERSON": "lecturers", "LECTURER_TWICE": "lecturers",
    }  # fmt: skip

    def __init__(
        self, values: Mapping[str, str], saved: Callable[[str], None], session: str = "", course: str = ""
    ) -> None:
        mode = values.get("mode", "")
        shown = {**values, "mode": _(MODE_WORDS.get(mode, mode))}
        super().__init__(_("Change a session") if session else _("Add a session"), shown, saved)
        self._session = session
        self._course = course

    def remarks(self, values: dict[str, str], only: Sequence[str]) -> list[Remark]:
        found = [_day_form(values, "day", needed=True)]
        start = _moment(values, "start")
        for name in ("start", "end", *courses.WINDOW_NAMES):
            needed = name in ("start", "end")
            if (values[name] or needed) and _moment(values, name) is None:
                found.append(Remark(name, _("This is no time such as 08:30.")))
        if _code(MODE_WORDS, values["mode"]) not in MODES:
            known = ", ".join(_(words) for words in MODE_WORDS.values())
            found.append(Remark("mode", _("Choose one with Ctrl+O: {known}.").format(known=known)))
        found += [_number_form(values, "minutes"), _number_form(values, "min_percent")]
        if any(_LECTURER.fullmatch(word) is None for word in values["lecturers"].split()):
            found.append(Remark("lecturers", _("Write codes such as P0070001 or P0070001:45.")))
        end = _moment(values, "end")
        if start is not None and end is not None and end <= start:
            found.append(Remark("end", _("The end lies before the start.")))
        return _of(found, only)

    def write(self, values: dict[str, str]) -> str:
        start, end = _moment(values, "start"), _moment(values, "end")
        percent = _number(values["min_percent"])
        plan: dict[str, Any] = {
            "title": values["title"],
            "mode": _code(MODE_WORDS, values["mode"]),
            "minutes": _number(values["minutes"]),
            "min_percent": MIN_PERCENT if percent is None else percent,
            **{f"{name}_ms": _moment(values, name) for name in courses.WINDOW_NAMES},
            "lecturers": [_lecturer(word) for word in values["lecturers"].split()],
        }
        if self._session:
            courseedits.edit_session(self.station, self._session, start_ms=start, end_ms=end, **plan)
            return self._session
        return courses.add_session(self.station, self._course, start or 0, end or 0, **plan)

    def choices(self, name: str) -> list[Choice]:
        return [Choice(_(words), _(words)) for words in MODE_WORDS.values()]


def course_values(body: Mapping[str, Any]) -> dict[str, str]:
    """A course as texts for its form."""
    minutes, credit = body.get("minutes"), body.get("credit_hundredths")
    return {
        "title": str(body.get("title") or ""),
        "minutes": str(minutes) if type(minutes) is int else "",
        "credit": hundredths(credit) if type(credit) is int else "",
    }


def session_values(values: Mapping[str, Any]) -> dict[str, str]:
    """What ``courseedits.session_values`` gives, as texts for the form."""
    day = show_moment(values["start_ms"])[:10]
    return {
        "title": str(values["title"]),
        "day": day,
        "start": _clock(values["start_ms"], day),
        "end": _clock(values["end_ms"], day),
        "mode": str(values["mode"]),
        "minutes": "" if values["minutes"] is None else str(values["minutes"]),
        "min_percent": str(values["min_percent"]),
        **{name: _clock(values[f"{name}_ms"], day) for name in courses.WINDOW_NAMES},
        "lecturers": " ".join(
            person if minutes is None else f"{person}:{minutes}" for person, minutes in values["lecturers"]
        ),
    }


def _clock(ms: int | None, day: str) -> str:
    """The time on the day of the session; with its date on any other."""
    text = show_moment(ms)
    return text[11:] if text.startswith(day) else text


def _moment(values: Mapping[str, str], name: str) -> int | None:
    text = values[name]
    return typed_moment(f"{values['day']}T{text}" if len(text) == 5 else text)


def _of(found: Sequence[Remark | None], only: Sequence[str]) -> list[Remark]:
    return [one for one in found if one is not None and (not only or one.field in only)]


def _needed(values: Mapping[str, str], name: str) -> Remark | None:
    return None if values[name] else Remark(name, _("This is needed."))


def _day_form(values: Mapping[str, str], name: str, needed: bool = False) -> Remark | None:
    text = values[name]
    if not text and not needed:
        return None
    fits = re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) and typed_moment(text) is not None
    return None if fits else Remark(name, _("This is no day such as 2026-09-25."))


def _number_form(values: Mapping[str, str], name: str) -> Remark | None:
    text = values[name]
    fits = not text or re.fullmatch(r"\d{1,6}", text, re.ASCII)
    return None if fits else Remark(name, _("This is no whole number."))


def _number(text: str) -> int | None:
    return int(text) if text else None


def _hundredths(text: str) -> int | None:
    found = _CREDIT.fullmatch(text)
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else None


def _lecturer(word: str) -> tuple[str, int | None]:
    found = _LECTURER.fullmatch(word)
    if found is None:
        return word, None
    return found[1].upper(), int(found[2]) if found[2] else None


def _known_levels() -> str:
    return ", ".join(_(LEVELS.get(level, level)) for level in load_policy().levels())


def _code(words: Mapping[str, str], typed: str) -> str:
    """The code that a word stands for; the code itself may be typed as well."""
    return next((code for code, word in words.items() if _(word) == typed), typed)
