"""Revoking the keys of a station at the office: as a whole, or up to where they are known to be good.

Never by the time that the station's clock showed: whoever has the key sets that clock. What was accepted
before stays, and so do the records on cards of which the office had heard. The station may go on with a new
key once it has been admitted anew (``enroll`` with ``replace``); its records bear a new version then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


Marks = dict[str, tuple[int, str]]
"""{epoch: (last good position, the chain's head there)}."""


class Revoked(NamedTuple):
    """What was decided."""

    station: str
    fingerprint: str
    marks: Marks
    """Empty for a key that is revoked as a whole."""


def received_marks(station: Station, code: str) -> Marks:
    """Everything of a station that this office has."""
    tops = {epoch: station.top(code, epoch) for of, epoch in station.sources() if of == code}
    return {epoch: (pos, head.hex()) for epoch, (pos, head) in tops.items() if pos}


def marks_of_bundles(station: Station, record: Record, files: Sequence[Path]) -> dict[str, Marks]:
    """{key of the station: how far bundles reach that it signed and that are known to be good}.

    Raises BundleError of the check of container, signature and manifest; ``SIG_UNKNOWN_KEY`` for a bundle
    that no key of this station has signed, the ones that it had before among them.
    """
    signer = Signer((record.id,), (namespace(FACTS, station.domain),))
    lines = (*keys_in_use(record), *(record.body.get("replaced_keys") or ()))
    trust = Trust({PublicKey.from_line(line): (signer,) for line in lines})
    found: dict[str, Marks] = {}
    for file in files:
        stored, armored, _cipher = check.check_container(stick.read(file))
        verified = check.check_signature(stored, armored, trust, station.clock.read().wall_ms)
        told = check.check_manifest(stored, verified, trust, station.code)
        line = verified.signature.key.line
        found[line] = _further(found.get(line, {}), {told.epoch: (told.log.last, told.log.head)})
    return found


def keys_in_use(record: Record) -> list[str]:
    """The key that a station signs with, and those whose place it is just taking."""
    return [str(record.body["sign_key"]), *map(str, record.body.get("rotated_keys") or ())]


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

    Where a key that the station had before has signed the bundles named, only that one is decided on: it is
    good up to their end, and the key in use stays as it is.

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
        of_bundles = marks_of_bundles(station, record, keep_up_to)
        in_use = keys_in_use(record)
        fields: dict[str, Any] = {}
        if not of_bundles or any(line in in_use for line in of_bundles):
            received = received_marks(station, code) if keep_received else {}
            decided = {line: _further(of_bundles.get(line, {}), received) for line in in_use}
            fields["state"] = REVOKED
            if not keep_records:
                fields["lost_versions"] = lost_versions(station, record)
        else:
            before = {line: _marks_of(record, line) for line in of_bundles}
            decided = {line: _further(before[line], marks) for line, marks in of_bundles.items()}
        if (keep_received or keep_up_to) and not any(decided.values()):
            raise RuleError("NOTHING_KEPT", station=code)
        fields["good_marks"] = good_marks(record, decided)
        station.record(
            *(
                facts.Revoke(key=line, marks=_told(marks), reason=reason.strip())
                for line, marks in decided.items()
            ),
            station.put("station", code, **fields),
        )
    line, marks = next(iter(decided.items()))
    return Revoked(code, PublicKey.from_line(line).fingerprint, marks)


def good_marks(record: Record, decided: Mapping[str, Marks]) -> list[dict[str, Any]]:
    """The field of a station's record with what was decided of some of its keys."""
    others = [each for each in record.body.get("good_marks") or () if each.get("key") not in decided]
    new = [
        {"key": line, "epoch": epoch, "pos": pos, "head": head}
        for line, marks in decided.items()
        for epoch, (pos, head) in sorted(marks.items())
    ]
    return [*others, *new]


def _marks_of(record: Record, line: str) -> Marks:
    return {
        str(each["epoch"]): (int(each["pos"]), str(each["head"]))
        for each in record.body.get("good_marks") or ()
        if each.get("key") == line and "epoch" in each
    }


def _told(marks: Marks) -> dict[str, list[str | int]] | None:
    return {epoch: [pos, head] for epoch, (pos, head) in marks.items()} or None


def lost_versions(station: Station, record: Record) -> list[dict[str, Any]]:
    """What is to be said of a station's record key in use that is in other hands: records on cards count no
    more, but for those of which this office has heard already."""
    before = list(record.body.get("lost_versions") or ())
    version = record.body.get("key_version")
    if not isinstance(version, int) or any(each.get("version") == version for each in before):
        return before
    heard = [(epoch, station.top(code, epoch)[0]) for code, epoch in station.sources()]
    return [*before, *({"version": version, "epoch": epoch, "pos": pos} for epoch, pos in sorted(heard))]


def _further(one: Marks, other: Marks) -> Marks:
    """Of each epoch the mark that lies further on."""
    return {**one, **{epoch: mark for epoch, mark in other.items() if mark > one.get(epoch, (0, ""))}}
