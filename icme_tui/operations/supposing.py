"""What a decision would change, found by making it and undoing it: the same code decides as afterwards."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from icme_tui.facts import Fact
from icme_tui.operations import crediting
from icme_tui.operations.doorlist import who
from icme_tui.rules.credits import ATTENDEE

if TYPE_CHECKING:
    from icme_tui.rules.attendance import Attendance
    from icme_tui.rules.credits import CreditRow
    from icme_tui.station import Station

T = TypeVar("T")


class Verdict(NamedTuple):
    """What one attendance amounts to."""

    in_ms: int | None
    out_ms: int | None
    minutes: int
    reason: str
    """Empty if it counts."""
    credits_c: int
    """Hundredths of a credit that count."""


class Change(NamedTuple):
    """One attendance that a decision changes."""

    person: str
    name: str
    session: str
    title: str
    course: str
    before: Verdict | None
    """None where there was no attendance."""
    after: Verdict | None


Verdicts = dict[tuple[str, str, str], Verdict]
"""(person, session, course) → verdict."""


class _Undo(Exception):  # noqa: N818 - nothing went wrong
    pass


def supposed(station: Station, new: Sequence[Fact], look: Callable[[], T]) -> T:
    """What ``look`` gives as if these facts had been recorded. Nothing of them remains.

    Raises what ``Station.record`` and ``look`` raise.
    """
    answer: list[T] = []
    try:
        with station.writing():
            station.record(*new)
            answer.append(look())
            raise _Undo
    except _Undo:
        return answer[0]


def verdicts(station: Station, people: Collection[str]) -> Verdicts:
    """Every attendance of these people."""
    attendances, rows = crediting.of_people(station, people)
    earned = {(row.person, row.session, row.course): row for row in rows if row.role == ATTENDEE}
    return {
        (one.person, one.session, one.course): _verdict(
            one, earned.get((one.person, one.session, one.course))
        )
        for one in attendances
    }


def _verdict(one: Attendance, row: CreditRow | None) -> Verdict:
    reason = one.reason or (row.reason if row is not None else "")
    return Verdict(one.in_ms, one.out_ms, one.minutes, reason, row.after_year_c if row is not None else 0)


def changes(station: Station, before: Verdicts, after: Verdicts) -> list[Change]:
    """The attendances whose minutes, reason or credits differ, by session and person."""
    found: list[Change] = []
    for key in sorted(before.keys() | after.keys(), key=lambda key: (key[1], key[0], key[2])):
        was, will_be = before.get(key), after.get(key)
        if was is not None and will_be is not None and was[2:] == will_be[2:]:
            continue
        person, session, course = key
        found.append(
            Change(
                person,
                who(station, person).name or person,
                session,
                title_of(station, session),
                course,
                was,
                will_be,
            )
        )
    return found


def title_of(station: Station, session: str) -> str:
    """The title of a session, else its code."""
    record = station.registry.get("session", session)
    return str(record.body.get("title") or session) if record is not None else session
