"""Moments as people type and read them: local time, while the journal keeps UTC."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from icme_tui.clock import parse_utc
from icme_tui.commands.words import _

FIRST_YEAR, LAST_YEAR = 2000, 2200
"""A moment outside these years is a slip of the pen."""

_UNIX = datetime(1970, 1, 1, tzinfo=UTC)


def read_moment(text: str, option: str, day_of: int | None = None, *, with_time: bool = False) -> int:
    """What ``typed_moment`` understands. ``with_time`` refuses a day alone: midnight is hardly ever meant.

    Raises typer.BadParameter for anything else.
    """
    moment = typed_moment(text, day_of)
    if moment is None or (with_time and ":" not in text):
        import typer  # screens show moments too, and do without it

        raise typer.BadParameter(
            _("'{text}' is no moment such as 2026-09-25T08:30.").format(text=text), param_hint=option
        )
    return moment


def typed_moment(text: str, day_of: int | None = None) -> int | None:
    """Unix milliseconds of ``2026-09-25T08:30`` (local), of a moment with a zone, or, where ``day_of`` names
    a moment, of ``08:30`` on its local day. None for anything else.
    """
    try:
        if day_of is not None and len(text) == 5:
            moment = datetime.combine(_local(day_of).date(), time.fromisoformat(text))
        else:
            moment = datetime.fromisoformat(text)
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            return None
        return (moment.astimezone(UTC) - _UNIX) // timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        return None


def show_moment(ms: int | None) -> str:
    """``2026-09-25 08:30`` in local time; empty for None."""
    return "" if ms is None else f"{_local(ms):%Y-%m-%d %H:%M}"


def show_utc(moment: str) -> str:
    """A moment in UTC, as it is told in files, in local time; as it is where it is none."""
    try:
        return show_moment(parse_utc(moment)) if moment else ""
    except (ValueError, OverflowError):
        return moment


def show_day(ms: int | None) -> str:
    """``2026-09-25`` in local time; empty for None."""
    return show_moment(ms)[:10]


def show_time(ms: int | None) -> str:
    """``08:30:05`` in local time; empty for None."""
    return "" if ms is None else f"{_local(ms):%H:%M:%S}"


def _local(ms: int) -> datetime:
    return (_UNIX + timedelta(milliseconds=ms)).astimezone()
