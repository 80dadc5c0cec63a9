"""The stations that an office knows: whose key is believed, how far each has come, and when it was heard."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from icme_tui.bundles.keys import PublicKey
from icme_tui.codes import BundleError, RuleError

if TYPE_CHECKING:
    from icme_tui.station import Record, Station


FORMER = {"rotated": "rotated_keys", "replaced": "replaced_keys"}
"""State of a key that a station had before → the field of its record that names such keys."""


class Known(NamedTuple):
    """One key of a station: the one in use, or one that it had before."""

    code: str
    name: str
    number: int
    state: str
    """``self`` (this office), ``enrolled`` or ``revoked``; of a key that it had before ``rotated`` (the
    station named the new one itself) or ``replaced`` (it was admitted anew, and the old one is revoked)."""
    fingerprint: str
    """30 digits in 6 groups; empty where the key cannot be read."""
    epoch: str
    """The one of its last bundle; empty before any facts came. Of a replaced key: empty."""
    last: int
    """Its last position in that epoch that is held without a gap before it."""
    epochs: int
    """In how many epochs it has written."""
    seen: str
    """When a bundle of it was judged here last, in UTC; empty for never. One that came again does not
    count: it tells nothing new of the station."""


def known_stations(station: Station) -> list[Known]:
    """Every key that this office has enrolled, by station; the one in use before those replaced.

    Raises RuleError ``OFFICE_ONLY``.
    """
    if station.role != "office":
        raise RuleError("OFFICE_ONLY")
    epochs: dict[str, list[str]] = {}
    for code, epoch in station.sources():
        epochs.setdefault(code, []).append(epoch)
    found: list[Known] = []
    for record in station.registry.all("station"):
        found.append(_in_use(station, record, epochs.get(record.id, [])))
        for state, field in FORMER.items():
            for line in record.body.get(field) or ():
                found.append(found[-1]._replace(state=state, fingerprint=_digits(line), epoch="", last=0))
    return sorted(found, key=lambda each: (each.state != "self", each.code, each.state in FORMER))


def last_seen(station: Station, venue: str) -> str:
    """When a bundle that nobody had seen before came of a venue, in UTC; empty for never."""
    judged = station.setting(f"received/{venue}", [])
    return max((str(each.get("at", "")) for each in judged), default="")


def _in_use(station: Station, record: Record, epochs: list[str]) -> Known:
    is_self = record.id == station.code
    judged = station.setting(f"received/{record.id}", [])
    epoch = station.epoch if is_self else _newest(judged, epochs)
    state = "self" if is_self else "revoked" if record.body.get("state") == "revoked" else "enrolled"
    number = record.body.get("number")
    return Known(
        record.id,
        str(record.body.get("name", "")),
        number if isinstance(number, int) else 0,
        state,
        station.public_key.fingerprint if is_self else _digits(record.body.get("sign_key")),
        epoch,
        station.top(record.id, epoch)[0] if epoch else 0,
        len(epochs),
        "" if is_self else last_seen(station, record.id),
    )


def _newest(judged: list[dict[str, object]], epochs: list[str]) -> str:
    """The epoch of the newest bundle that brought facts, else the only one there is."""
    for each in reversed(judged):
        if each["epoch"] in epochs:
            return str(each["epoch"])
    return epochs[-1] if epochs else ""


def _digits(line: object) -> str:
    try:
        return PublicKey.from_line(line).fingerprint if isinstance(line, str) else ""
    except BundleError:
        return ""
