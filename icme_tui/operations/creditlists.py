"""What the screens of credits look through: courses in pages, and which credit year it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from icme_tui.rules.policy import load_policy
from icme_tui.rules.session import session_of

if TYPE_CHECKING:
    from icme_tui.station import Station


class CourseLine(NamedTuple):
    """One course."""

    code: str
    title: str
    sessions: int
    first_ms: int | None
    """Start of the first session; None for a course without sessions."""


def year_now(station: Station) -> int:
    """The credit year that is running."""
    return load_policy().year_of(station.clock.read().wall_ms)


def courses_page(
    station: Station, words: str, first: int = 0, count: int = 200
) -> tuple[list[CourseLine], int]:
    """The courses in whose title or code every word occurs, the latest first, and how many there are."""
    wanted = words.lower().split()
    starts: dict[str, list[int]] = {}
    for record in station.registry.all("session"):
        if (session := session_of(record.id, record.body)) is not None:
            starts.setdefault(session.course, []).append(session.start_ms)
    found: list[tuple[int, str, str]] = []
    for record in station.registry.all("course"):
        title = str(record.body.get("title", ""))
        text = f"{record.id} {title}".lower()
        if all(word in text for word in wanted):
            found.append((min(starts.get(record.id, [0])), record.id, title))
    found.sort(reverse=True)
    lines = [
        CourseLine(code, title, len(starts.get(code, [])), start or None)
        for start, code, title in found[first : first + count]
    ]
    return lines, len(found)
