"""``icme import --watch``: taking in what comes into a folder, until somebody stops it."""

from __future__ import annotations

import contextlib
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from icme_tui.commands.arrivalwords import RESULTS, brought, judged, reasons
from icme_tui.commands.moments import show_time
from icme_tui.commands.output import Output, visible
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import _

if TYPE_CHECKING:
    from icme_tui.operations.importing import Imported
    from icme_tui.operations.watching import Look
    from icme_tui.station import Station


@dataclass
class _Told:
    """What was said already, so that it is not said at every look."""

    problem: str = ""
    unreadable: set[str] = field(default_factory=set)


def watch(out: Output, station: Station, folder: Path, every_s: float, minutes: int | None) -> list[Imported]:
    """Look into a folder again and again, and say what comes, a line each.

    Ends after ``minutes``, or with Ctrl+C between two looks or in one: a file is taken in whole or not at
    all. Returns what came. Raises StoreError.
    """
    from icme_tui.operations import watching

    _say_now(out, _("Watching {folder}. Ctrl+C ends it.").format(folder=visible(folder)))
    watched = watching.Watch(station, folder)
    until = None if minutes is None else time.monotonic() + 60 * minutes
    results: list[Imported] = []
    told = _Told()
    with contextlib.suppress(KeyboardInterrupt):
        while until is None or time.monotonic() < until:
            look = watched.look()
            fresh = [one for one in look.results if one.result != "unreadable" or _is_new(told, one)]
            results += fresh
            _say(out, station, look, fresh, told)
            time.sleep(every_s if until is None else min(every_s, max(0.0, until - time.monotonic())))
    return results


def _is_new(told: _Told, one: Imported) -> bool:
    is_new = one.name not in told.unreadable
    told.unreadable.add(one.name)
    return is_new


def _say(out: Output, station: Station, look: Look, fresh: list[Imported], told: _Told) -> None:
    if look.problem != told.problem:
        told.problem = look.problem
        if look.problem:
            out.note(sentence(look.problem, {"folder": ""}))
    if not fresh:
        return
    now = show_time(station.clock.read().wall_ms)
    for one in fresh:
        said = _("{time} {file} from {sender}: {result}, {new} new, {known} known")
        _say_now(
            out,
            said.format(
                time=now, file=one.name, sender=one.sender or "-", result=_(RESULTS[one.result]), new=one.new,
                known=one.known,
            )
        )  # fmt: skip
    _say_now(out, *(brought(one) for one in fresh if one.brought), *reasons(judged(fresh)))


def _say_now(out: Output, *lines: str) -> None:
    """Also where the output goes to a file that somebody follows."""
    out.say(*lines)
    sys.stdout.flush()
