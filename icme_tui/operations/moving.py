"""Touches that were taken at the wrong session, moved to the right one: a ``correct`` for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from icme_tui.codes import RuleError
from icme_tui.facts import Correct
from icme_tui.operations import courses
from icme_tui.operations.doorlist import Line, line_of
from icme_tui.rules.session import Session

if TYPE_CHECKING:
    from icme_tui.station import Station


class Moving(NamedTuple):
    """What would be moved, before anything is."""

    source: Session
    target: Session
    lines: tuple[Line, ...]
    """By moment."""
    foreign: int
    """Touches in that time that another station recorded: only the office may move them."""
    twice: int
    """Of ``lines``, those whose person has a touch in the same direction at the target already."""


def preview(station: Station, source: str, target: str, from_ms: int, until_ms: int) -> Moving:
    """The touches of a session from one moment until another (both included) that would be moved.

    Raises RuleError ``NO_SESSION``, ``SAME_SESSION``, ``BETWEEN_ORDER``.
    """
    if source == target:
        raise RuleError("SAME_SESSION", session=source)
    if until_ms < from_ms:
        raise RuleError("BETWEEN_ORDER")
    wrong, right = courses.session(station, source), courses.session(station, target)
    inside = [tap for tap in station.taps(source) if from_ms <= tap.at_ms <= until_ms]
    may_all = station.role == "office"
    ours = [tap for tap in inside if may_all or tap.station == station.code]
    there = {(tap.person, tap.dir) for tap in station.taps(target)}
    ours.sort(key=lambda tap: (tap.at_ms, tap.station, tap.epoch, tap.p))
    return Moving(
        wrong,
        right,
        tuple(line_of(station, tap) for tap in ours),
        len(inside) - len(ours),
        sum((tap.person, tap.dir) in there for tap in ours),
    )


def move(station: Station, moving: Moving, reason: str) -> int:
    """Move what the preview shows, all or nothing; returns how many. What has changed since is left alone.

    Raises RuleError ``REASON_MISSING``, ``NOTHING_TO_MOVE``.
    """
    if not reason.strip():
        raise RuleError("REASON_MISSING")
    if not moving.lines:
        raise RuleError("NOTHING_TO_MOVE", session=moving.source.id)
    fields = {"session": moving.target.id, "course": moving.target.course}
    with station.writing():
        standing = {(tap.station, tap.epoch, tap.p) for tap in station.taps(moving.source.id)}
        changes = [
            Correct(target=list(line.place), set=fields, reason=reason.strip())
            for line in moving.lines
            if tuple(line.place) in standing
        ]
        station.record(*changes)
    return len(changes)
