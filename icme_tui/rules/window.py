"""Which way a touch goes, and whether the doors of a session are open for it."""

from __future__ import annotations

from icme_tui.rules.session import Session

IN = "in"
OUT = "out"
TOO_EARLY = "TOO_EARLY"
TOO_LATE = "TOO_LATE"


def direction(session: Session, at_ms: int, last: str | None) -> str:
    """``in`` or ``out`` for a touch at ``at_ms`` of a person whose last touch here was ``last``.

    The window decides in which the moment lies; where it lies in both or in neither, it is the
    opposite of the last touch, and the first touch is a coming. Mode ``in`` knows no going.
    """
    if session.mode == "in":
        return IN
    coming = session.in_from_ms <= at_ms <= session.in_until_ms
    going = session.out_from_ms <= at_ms <= session.out_until_ms
    if coming != going:
        return IN if coming else OUT
    return OUT if last == IN else IN


def judge(session: Session, way: str, at_ms: int) -> str:
    """``TOO_EARLY`` or ``TOO_LATE`` for a touch outside its window, else the empty string."""
    opens, closes = (
        (session.in_from_ms, session.in_until_ms)
        if way == IN
        else (session.out_from_ms, session.out_until_ms)
    )
    if at_ms < opens:
        return TOO_EARLY
    if at_ms > closes:
        return TOO_LATE
    return ""
