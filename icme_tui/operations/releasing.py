"""Decisions on what was set aside: letting it in, or refusing it for good. Each is a fact with a name and a
reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from icme_tui import facts
from icme_tui.bundles import stick
from icme_tui.bundles.check import Checked
from icme_tui.clock import format_seconds
from icme_tui.codes import RuleError
from icme_tui.operations import filing, importing, quarantine
from icme_tui.operations.importturn import import_turn
from icme_tui.operations.quarantine import Decision, Kept

if TYPE_CHECKING:
    from icme_tui.station import Merged, Station


class Released(NamedTuple):
    """What a release came to."""

    kept: Kept
    result: str
    """``accept``; ``hold``: it waits in ``inbox/`` now; ``quarantine``: it stays, nothing was recorded."""
    code: str
    new: int
    known: int
    """Facts of a bundle that were not held before, and those that were."""


def release(station: Station, wanted: str, reason: str) -> Released:
    """Judge a file anew, by what is believed now, and take it in if it holds.

    A fork is no more in the way once the office has decided it: its facts are held already.

    Raises RuleError ``REASON_MISSING``, ``NOT_IN_QUARANTINE``, ``QUARANTINE_AMBIGUOUS``, ``RELEASE_NEVER``
    (what is wrong lies in the file itself), ``FORK_OPEN``, ``IMPORT_RUNNING``; BundleError (see
    ``bundles.stick.read``).
    """
    reason = _required(reason)
    with import_turn(station):
        kept = quarantine.find(station, wanted)
        if kept.way == quarantine.NEVER:
            raise RuleError("RELEASE_NEVER", file=kept.name or kept.file.name, why=kept.code)
        data = stick.read(kept.file)
        checked = importing.judge(station, data)
        if checked.code == "FORK" and (places := importing.open_forks(station, checked)):
            raise RuleError("FORK_OPEN", places=places)
        if checked.result == "hold":  # before it is said to be let in: killed in between, it waits twice
            filing.keep(station, data, kept.name or kept.file.name, checked)
        decision = _decision(station, "release", reason)
        checked, merged = importing.settle(
            station, checked, lambda now: _note(station, kept, now, decision), kept.name
        )
        if checked.result == "quarantine":
            filing.relabel(station, kept.file, checked)
    return _released(kept, checked, merged)


def reject(station: Station, wanted: str, reason: str) -> Kept:
    """Refuse a file for good: brought again it is not looked at. It stays where it is kept.

    Raises RuleError ``REASON_MISSING``, ``NOT_IN_QUARANTINE``, ``QUARANTINE_AMBIGUOUS``, ``IMPORT_RUNNING``.
    """
    reason = _required(reason)
    with import_turn(station):
        kept = quarantine.find(station, wanted)
        decision = _decision(station, "reject", reason)
        with station.writing():
            station.record(facts.Reject(file=kept.id, reason=reason))
            quarantine.note(station, kept.id, decision)
    return kept._replace(decision=decision)


def _note(station: Station, kept: Kept, checked: Checked, decision: Decision) -> None:
    """Inside the transaction that takes the file in."""
    if checked.result != "quarantine":
        station.record(facts.Release(file=kept.id, reason=decision.reason))
        quarantine.note(station, kept.id, decision)


def _decision(station: Station, what: str, reason: str) -> Decision:
    return Decision(what, station.operator, format_seconds(station.clock.read().wall_ms), reason)


def _released(kept: Kept, checked: Checked, merged: Merged | None) -> Released:
    new, known = (merged.new, merged.known) if merged else (0, 0)
    return Released(kept, checked.result, checked.code, new, known)


def _required(reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason:
        raise RuleError("REASON_MISSING")
    return reason
