"""Projects, courses and sessions that are there already, changed with the checks of new ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from icme_tui.codes import RuleError
from icme_tui.idcodes import station_of
from icme_tui.operations import remit
from icme_tui.operations.coursechecks import course_body
from icme_tui.operations.courses import WINDOW_NAMES, project_body, session_body
from icme_tui.rules.session import session_of

if TYPE_CHECKING:
    from icme_tui.station import Record, Station

_PROJECT = ("title", "level", "number", "unit", "starts", "ends")
_COURSE = ("title", "minutes", "credit_hundredths")
_SESSION = (
    "title", "start", "end", "mode", "minutes", "min_percent", *WINDOW_NAMES, "lecturers",
)  # fmt: skip


def edit_project(station: Station, code: str, **changes: str) -> bool:
    """Change what is given of ``title``, ``level``, ``number``, ``unit``, ``starts``, ``ends``; an empty text
    takes a value away. Whether anything has changed.

    Raises RuleError: ``NO_PROJECT``, and what ``add_project`` raises of these fields.
    """
    remit.require_planner(station)
    record = _known(station, "project", code)
    values = {field: str(record.body.get(field) or "") for field in _PROJECT} | changes
    with station.writing():
        return _write(station, record, _PROJECT, project_body(station, own=code, **values))


def edit_course(station: Station, code: str, **changes: Any) -> bool:
    """Change what is given of ``title``, ``minutes``, ``credit_c``; None takes a number away. Whether
    anything has changed.

    Raises RuleError: ``NO_COURSE``, and what ``add_course`` raises of these fields.
    """
    remit.require_planner(station)
    record = _known(station, "course", code)
    values: dict[str, Any] = {
        "title": str(record.body.get("title", "")),
        "minutes": record.body.get("minutes"),
        "credit_c": record.body.get("credit_hundredths"),
    } | changes
    return _write(station, record, _COURSE, course_body(**values))


def session_values(station: Station, code: str) -> dict[str, Any]:
    """What a session was made with: the arguments of ``courses.add_session`` but for the course. Minutes are
    None where they are those from start to end, windows where they follow from the times.

    Raises RuleError ``NO_SESSION``.
    """
    record = station.registry.get("session", code)
    known = session_of(code, record.body) if record is not None else None
    if record is None or known is None:
        raise RuleError("NO_SESSION", session=code)
    length = (known.end_ms - known.start_ms) // 60_000
    windows = (known.in_from_ms, known.in_until_ms, known.out_from_ms, known.out_until_ms)
    return {
        "start_ms": known.start_ms,
        "end_ms": known.end_ms,
        "title": known.title,
        "mode": known.mode,
        "minutes": None if known.minutes == length else known.minutes,
        "min_percent": known.min_percent,
        **{
            f"{name}_ms": moment if record.body.get(name) else None
            for name, moment in zip(WINDOW_NAMES, windows, strict=True)
        },
        "lecturers": [
            (person, None if minutes == known.minutes else minutes) for person, minutes in known.lecturers
        ],
    }


def edit_session(station: Station, code: str, **changes: Any) -> bool:
    """Change what is given of ``session_values``. Whether anything has changed.

    Raises RuleError: ``NO_SESSION``, ``SESSION_OF_OTHERS`` at a venue for one that it has not made, and what
    ``add_session`` raises.
    """
    if remit.is_bound(station) and station_of(code) != station.number:
        raise RuleError("SESSION_OF_OTHERS", session=code, office=station.office)
    values = session_values(station, code) | changes
    record = _known(station, "session", code)
    with station.writing():
        body = session_body(station, str(record.body.get("course", "")), own=code, **values)
        return _write(station, record, _SESSION, body)


def _known(station: Station, kind: str, code: str) -> Record:
    record = station.registry.get(kind, code)
    if record is None:
        raise RuleError(f"NO_{kind.upper()}", **{kind: code})
    return record


def _write(station: Station, record: Record, fields: tuple[str, ...], body: Mapping[str, Any]) -> bool:
    changes = {field: body.get(field) for field in fields if body.get(field) != record.body.get(field)}
    if changes:
        station.record(station.put(record.kind, record.id, **changes))
    return bool(changes)
