"""What has become of a venue's facts: recorded, exported, receipted by the office, or refused there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from icme_tui import facts
from icme_tui.operations import receipts
from icme_tui.operations.exporting import EXPORTED

if TYPE_CHECKING:
    from icme_tui.station import Station


class Bundle(NamedTuple):
    """What the office made of one of our bundles."""

    seq: int
    result: str
    """``accepted``, ``held`` or ``quarantined``."""
    code: str


class Refused(NamedTuple):
    """A fact that the office has, but does not count, and why."""

    p: int
    code: str
    kind: str
    at: str
    by: str


class Epoch(NamedTuple):
    """Our facts of one epoch, as positions up to which each is true."""

    epoch: str
    is_current: bool
    recorded: int
    exported: int
    receipted: int
    receipt_at: str
    """When the office wrote the receipt, in UTC; empty without one."""
    bundles: list[Bundle]
    refused: int
    """How many facts the office refused; ``refused_facts`` tells which."""


def epochs(station: Station) -> list[Epoch]:
    """Every epoch of this venue, the current one first."""
    exported = station.setting(EXPORTED, {})
    told = station.setting("receipts", {})
    found: list[Epoch] = []
    for code, epoch in station.sources():
        if code != station.code:
            continue
        recorded = station.top(code, epoch)[0]
        receipt = told.get(epoch, {})
        found.append(
            Epoch(
                epoch,
                epoch == station.epoch,
                recorded,
                min(recorded, int(exported.get(epoch, 0))),
                receipts.receipted(station, epoch)[0],
                str(receipt.get("at", "")),
                [Bundle(*each) for each in receipt.get("bundles", [])],
                len(receipt.get("refused", [])),
            )
        )
    return sorted(found, key=lambda each: (not each.is_current, each.epoch))


def refused_facts(station: Station, epoch: str) -> list[Refused]:
    """The facts of an epoch that the office refused, by position."""
    told = station.setting("receipts", {}).get(epoch, {})
    return [_refused(station, epoch, p, code) for p, code in told.get("refused", [])]


def _refused(station: Station, epoch: str, p: int, code: str) -> Refused:
    lines = station.lines(station.code, epoch, p, p)
    fact = facts.decode(lines[0]) if lines else None
    if fact is None:
        return Refused(p, code, "", "", "")
    return Refused(p, code, facts.kind_of(fact), fact.at, fact.by)
