"""Exporting at a venue: everything since the last signed receipt, one bundle for each epoch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from icme_tui.bundles import build
from icme_tui.bundles.manifest import Ack
from icme_tui.clock import format_seconds
from icme_tui.codes import RuleError
from icme_tui.operations import receipts, sending, tidying
from icme_tui.operations.sending import Sent

if TYPE_CHECKING:
    from icme_tui.station import Station

MOST_FACTS = 400_000
"""Facts in one bundle: well within its limits of size. More go into several."""

EXPORTED = "exported"
"""Setting: {epoch: the last position that a stick has carried}."""

EXPORTS = "exports"
"""Setting: what was written where, the newest last (see ``noted_exports``)."""

MOST_NOTED = 100


class Noted(NamedTuple):
    """A bundle that was written to a stick, read back and verified."""

    epoch: str
    seq: int
    first: int
    last: int
    file: str
    """Its name."""
    folder: str
    """Where the stick was mounted, or the folder."""
    at: str
    """When, in UTC, by the clock of this station."""
    id: str
    """SHA-256 of its manifest."""


def noted_exports(station: Station) -> list[Noted]:
    """The bundles of facts that were written, the newest last; those of long ago are forgotten."""
    return [Noted(*each) for each in station.setting(EXPORTS, [])]


def export(station: Station, folder: Path, step: Callable[[], None] = lambda: None) -> list[Sent]:
    """Write what the office has not yet receipted to ``folder``; every bundle stays in ``outbox/`` too.

    The current epoch always gives a bundle, even one of no facts: it carries the acknowledgement of the pack.
    Marks the facts exported; then older bundles that are needed no more leave the folder. ``step`` is called
    after each bundle; ``bundles_to_write`` says how many.

    Raises RuleError ``VENUE_ONLY``, ``NO_OFFICE_KEY`` (no pack was read yet); BundleError (see
    ``bundles.build.facts_bundle`` and ``bundles.stick.write``).
    """
    if station.role != "venue":
        raise RuleError("VENUE_ONLY")
    recipients = station.setting("recipients")
    if recipients is None:
        raise RuleError("NO_OFFICE_KEY")
    sent: list[Sent] = []
    for epoch, first, last in _unreceipted(station):
        sent.append(_export_range(station, epoch, first, last, recipients, folder))
        step()
    tidying.tidy(station, "facts", station.office, [one.file for one in sent])
    return sent


def bundles_to_write(station: Station) -> int:
    """How many bundles an export gives now."""
    return len(_unreceipted(station))


def waiting(station: Station) -> tuple[int, int]:
    """(facts that no receipt covers, of these the ones that no stick has carried yet)."""
    exported = station.setting(EXPORTED, {})
    open_facts = fresh = 0
    for epoch, first, last in _unreceipted(station):
        open_facts += last - first + 1
        fresh += max(0, last - max(first - 1, int(exported.get(epoch, 0))))
    return open_facts, fresh


def _unreceipted(station: Station) -> list[tuple[str, int, int]]:
    """(epoch, first, last) of what is to be sent, the current epoch last."""
    own = sorted(epoch for code, epoch in station.sources() if code == station.code)
    own.sort(key=lambda epoch: epoch == station.epoch)
    ranges: list[tuple[str, int, int]] = []
    for epoch in own:
        first = receipts.receipted(station, epoch)[0] + 1
        last = station.top(station.code, epoch)[0]
        if first > last and epoch == station.epoch:
            ranges.append((epoch, first, last))
        for start in range(first, last + 1, MOST_FACTS):
            ranges.append((epoch, start, min(start + MOST_FACTS - 1, last)))
    return ranges


def _export_range(
    station: Station, epoch: str, first: int, last: int, recipients: list[str], folder: Path
) -> Sent:
    head_before = station.head(station.code, epoch, first - 1)
    if head_before is None:
        raise RuleError("JOURNAL_BROKEN", epoch=epoch, p=first - 1)
    pos, head = receipts.receipted(station, epoch)
    built = build.facts_bundle(
        sending.next_route(station, epoch, station.office, recipients),
        first,
        head_before,
        station.lines(station.code, epoch, first, last) if last >= first else [],
        Ack(pack=station.snapshot() or 0, pos=pos, head=head),
        sending.made_now(station),
        lambda stored: station.sign("facts", stored),
    )
    sent = sending.send(station, "facts", built, folder)
    with station.writing():
        exported = station.setting(EXPORTED, {})
        station.set_setting(EXPORTED, {**exported, epoch: max(last, int(exported.get(epoch, 0)))})
        if last >= first:
            at = format_seconds(station.clock.read().wall_ms)
            where = (sent.file.name, str(sent.file.parent.absolute()))
            noted = Noted(epoch, built.manifest.seq, first, last, *where, at, sent.bundle_id)
            station.set_setting(EXPORTS, [*station.setting(EXPORTS, []), list(noted)][-MOST_NOTED:])
    return sent
