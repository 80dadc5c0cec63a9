"""The outbox of a venue: of every fact, whether it is recorded, on which stick it went, and whether the
office has receipted it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from icme_tui.clock import parse_utc
from icme_tui.codes import RuleError
from icme_tui.operations import acknowledging, exporting
from icme_tui.operations.acknowledging import Epoch, Refused

if TYPE_CHECKING:
    from icme_tui.operations.exporting import Noted
    from icme_tui.station import Station

DAY_MS = 24 * 3600 * 1000

LATE_DAYS = 14
"""After so many days without a receipt a stick may well be lost."""


class Stretch(NamedTuple):
    """Neighbouring facts of one epoch to which the same has happened."""

    epoch: str
    first: int
    last: int
    state: str
    """``recorded``, ``exported`` or ``receipted``."""
    at: str
    """When the last of these bundles was written, or the receipt; in UTC, empty where nobody knows."""
    folder: str
    """Of exported facts: where the last bundle with them was written to."""
    file: str
    bundles: int
    """Of exported facts: how many bundles have carried them."""


class Outbox(NamedTuple):
    """Where everything of this venue stands."""

    recorded: int
    exported: int
    """Of these, how many some stick has carried."""
    receipted: int
    """Of these, how many the office has told that it has."""
    late_days: int | None
    """Days since the first stick whose facts are not receipted was written; None where there is none."""
    stretches: list[Stretch]
    """By epoch, the current one first, then by position."""
    refused: list[tuple[str, Refused]]
    """(epoch, fact) that the office has and does not count."""
    epochs: list[Epoch]

    @property
    def is_late(self) -> bool:
        return self.late_days is not None and self.late_days > LATE_DAYS


def outbox(station: Station) -> Outbox:
    """Read it. Raises RuleError ``VENUE_ONLY``."""
    if station.role != "venue":
        raise RuleError("VENUE_ONLY")
    epochs = acknowledging.epochs(station)
    noted = exporting.noted_exports(station)
    stretches = [stretch for epoch in epochs for stretch in stretches_of(epoch, noted)]
    refused = [
        (each.epoch, fact) for each in epochs for fact in acknowledging.refused_facts(station, each.epoch)
    ]
    open_at = [
        each.at for one in epochs for each in noted if each.epoch == one.epoch and each.last > one.receipted
    ]
    now = station.clock.read().wall_ms
    return Outbox(
        sum(each.recorded for each in epochs),
        sum(max(each.exported, each.receipted) for each in epochs),
        sum(each.receipted for each in epochs),
        max(0, (now - parse_utc(min(open_at))) // DAY_MS) if open_at else None,
        stretches,
        refused,
        epochs,
    )


def stretches_of(epoch: Epoch, noted: list[Noted]) -> list[Stretch]:
    """The facts of an epoch in stretches, by position."""
    found: list[Stretch] = []
    if epoch.receipted:
        found.append(Stretch(epoch.epoch, 1, epoch.receipted, "receipted", epoch.receipt_at, "", "", 0))
    written = [each for each in noted if each.epoch == epoch.epoch and each.last > epoch.receipted]
    first = epoch.receipted + 1
    while first <= epoch.recorded:
        carrying = [each for each in written if each.first <= first <= each.last]
        edges = [each.last for each in carrying] + [each.first - 1 for each in written if each.first > first]
        if first <= epoch.exported:
            edges.append(epoch.exported)
        last = min([*edges, epoch.recorded])
        if carrying:
            newest = carrying[-1]
            at, folder, file = newest.at, newest.folder, newest.file
            found.append(Stretch(epoch.epoch, first, last, "exported", at, folder, file, len(carrying)))
        else:
            state = "exported" if first <= epoch.exported else "recorded"
            found.append(Stretch(epoch.epoch, first, last, state, "", "", "", 0))
        first = last + 1
    return found
