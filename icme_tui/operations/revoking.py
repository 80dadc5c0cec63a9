"""Revoking the keys of a station at the office: as a whole, or up to where they are known to be good.

Never by the time that the station's clock showed: whoever has the key sets that clock. What was accepted
before stays, and so do the records on cards of which the office had heard. The station may go on with a new
key once it has been admitted anew (``enroll`` with ``replace``); its records bear a new version then.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from icme_tui import facts
from icme_tui.bundles import check, stick
from icme_tui.bundles.keys import PublicKey
from icme_tui.bundles.trust import FACTS, Signer, Trust, namespace
from icme_tui.codes import RuleError

if TYPE_CHECKING:
    from icme_tui.station import Record, Station

REVOKED = "revoked"
"""``state`` of a station whose key in use is not believed."""


class Revoked(NamedTuple):
    """What was decided."""

    station: str
    fingerprint: str
    marks: dict[str, tuple[int, str]]
    """{epoch: (last good position, the chain's head there)}; empty for a key that is revoked as a whole."""


def received_marks(station: Station, code: str) -> dict[str, tuple[int, str]]:
    """{epoch: (position, head)} of everything of a station that this office has."""
    tops = {epoch: station.top(code, epoch) for of, epoch in station.sources() if of == code}
    return {epoch: (pos, head.hex()) for epoch, (pos, head) in tops.items() if pos}


def marks_of_bundles(station: Station, code: str, files: Sequence[Path]) -> dict[str, tuple[int, str]]:
    """{epoch: (position, head)} up to which bundles reach that are known to be from before the loss.

    Raises BundleError of the check of container, signature and manifest; ``SIG_WRONG_PRINCIPAL`` for a bundle
    of another station.
    """
    record = station.registry.get("station", code)
    line = record.body.get("sign_key") if record is not None else None
    if not isinstance(line, str):
        raise RuleError("NO_STATION", station=code)
    signer = Signer((code,), (namespace(FACTS, station.domain),))
    trust = Trust({PublicKey.from_line(line): (signer,)})
    marks: dict[str, tuple[int, str]] = {}
    for file in files:
        stored, armored, _cipher = check.check_container(stick.read(file))
        verified = check.check_signature(stored, armored, trust, station.clock.read().wall_ms)
        told = check.check_manifest(stored, verified, trust, station.code)
        marks = _further(marks, {told.epoch: (told.log.last, told.log.head)})
    return marks


def revoke(
    station: Station,
    code: str,
    reason: str,
    *,
    keep_received: bool = False,
    keep_up_to: Sequence[Path] = (),
    keep_records: bool = False,
) -> Revoked:
    """Believe the key of a station no longer, but for what is kept: everything that was received, and all
    that comes before the end of the bundles named. ``keep_records``: what is on cards goes on to count.

    Raises RuleError ``OFFICE_ONLY``, ``NO_STATION``, ``REVOKES_SELF``, ``REASON_MISSING``, ``NOTHING_KEPT``
    (marks were asked for and there is nothing to mark); BundleError (see ``marks_of_bundles``).
    """
    if station.role != "office":
        raise RuleError("OFFICE_ONLY")
    if not reason.strip():
        raise RuleError("REASON_MISSING")
    if code == station.code:
        raise RuleError("REVOKES_SELF")
    with station.writing():
        record = station.registry.get("station", code)
        if record is None or not isinstance(record.body.get("sign_key"), str):
            raise RuleError("NO_STATION", station=code)
        marks = marks_of_bundles(station, code, keep_up_to)
        if keep_received:
            marks = _further(marks, received_marks(station, code))
        if (keep_received or keep_up_to) and not marks:
            raise RuleError("NOTHING_KEPT", station=code)
        line = str(record.body["sign_key"])
        others = [each for each in record.body.get("good_marks") or () if each.get("key") != line]
        new = [
            {"key": line, "epoch": epoch, "pos": pos, "head": head}
            for epoch, (pos, head) in sorted(marks.items())
        ]
        told: dict[str, list[str | int]] = {epoch: [pos, head] for epoch, (pos, head) in marks.items()}
        fields: dict[str, Any] = {"state": REVOKED, "good_marks": [*others, *new]}
        if not keep_records:
            fields["lost_versions"] = lost_versions(station, record)
        station.record(
            facts.Revoke(key=line, marks=told or None, reason=reason.strip()),
            station.put("station", code, **fields),
        )
    return Revoked(code, PublicKey.from_line(line).fingerprint, marks)


def lost_versions(station: Station, record: Record) -> list[dict[str, Any]]:
    """What is to be said of a station's record key in use that is in other hands: records on cards count no
    more, but for those of which this office has heard already."""
    before = list(record.body.get("lost_versions") or ())
    version = record.body.get("key_version")
    if not isinstance(version, int) or any(each.get("version") == version for each in before):
        return before
    heard = [(epoch, station.top(code, epoch)[0]) for code, epoch in station.sources()]
    return [*before, *({"version": version, "epoch": epoch, "pos": pos} for epoch, pos in sorted(heard))]


def _further(
    one: dict[str, tuple[int, str]], other: dict[str, tuple[int, str]]
) -> dict[str, tuple[int, str]]:
    """Of each epoch the mark that lies further on."""
    return {**one, **{epoch: mark for epoch, mark in other.items() if mark > one.get(epoch, (0, ""))}}
