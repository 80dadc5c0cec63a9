"""Sessions of one person that overlap."""

from __future__ import annotations

from collections.abc import Iterable

from icme_tui.rules.attendance import TWO_VENUES, UNKNOWN_COURSE, Attendance


def settle_overlaps(attendances: Iterable[Attendance]) -> list[Attendance]:
    """Nobody attends two sessions at once: the later one gets the flag, and only one of them counts.

    Takes the attendances of any sessions; returns them by person, start, session and course. Rows without a
    coming and rows of unknown sessions take no part.
    """
    rows = sorted(attendances, key=_by_start)
    person = ""
    seen_until = counted_until = 0
    for number, row in enumerate(rows):
        if row.person != person or number == 0:
            person, seen_until, counted_until = row.person, row.start_ms, row.start_ms
        if not row.exists or row.reason == UNKNOWN_COURSE:
            continue
        reason = row.reason
        if row.start_ms < seen_until:
            flag = f"{TWO_VENUES}:{row.person}/{row.course}/{row.session}"
            flags = row.flags if flag in row.flags else (*row.flags, flag)
            if not reason and row.start_ms < counted_until:
                reason = TWO_VENUES
            rows[number] = row._replace(flags=flags, reason=reason)
        seen_until = max(seen_until, row.end_ms)
        if not reason:
            counted_until = max(counted_until, row.end_ms)
    return rows


def _by_start(row: Attendance) -> tuple[str, int, str, str]:
    return (row.person, row.start_ms, row.session, row.course)
