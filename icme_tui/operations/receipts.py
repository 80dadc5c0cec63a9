"""Receipts: what the office has of each venue, and what became of its bundles.

The office notes every bundle that it judged (setting ``received/<venue>``). A receipt is a row of the next
pack. Venues keep what they were told in the setting ``receipts``:
{epoch: {pos, head, at, bundles, refused}}.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from icme_tui.clock import format_seconds

if TYPE_CHECKING:
    from icme_tui.bundles.check import Checked
    from icme_tui.station import Merged, Station

KEPT = 50
"""Bundles of each venue whose results are told; older ones have long been told."""

MOST_REFUSED = 2000
"""Refused facts of an epoch that one receipt names: a station that sends nothing else fills no pack."""

UNKNOWN_COURSE = "UNKNOWN_COURSE"

_COUNTS = frozenset({"CLOCK_AHEAD"})
"""Flags of places that count nevertheless."""

_RESULTS = {"accept": "accepted", "hold": "held", "quarantine": "quarantined"}


def note_bundle(station: Station, checked: Checked, merged: Merged | None) -> None:
    """Remember the result of a venue's bundle, for its receipt. Nothing for a bundle without a manifest."""
    manifest = checked.manifest
    if manifest is None:
        return
    key = f"received/{manifest.from_}"
    log = manifest.log
    missing = [[station.highest(manifest.from_, manifest.epoch) + 1, log.first - 1]]
    entry = {
        "id": checked.bundle_id,
        "epoch": manifest.epoch,
        "seq": manifest.seq,
        "result": _RESULTS[checked.result],
        "code": checked.code,
        "new": merged.new if merged else 0,
        "dup": merged.known if merged else 0,
        "held": missing if checked.result == "hold" else [],
        "last": log.last,
        "head": log.head if merged else "",
    }
    known = station.setting(key, [])
    first = next((each.get("at") for each in known if each["id"] == checked.bundle_id), None)
    entry["at"] = first or format_seconds(station.clock.read().wall_ms)
    kept = [*(each for each in known if each["id"] != checked.bundle_id), entry]
    # The newest of an epoch stays for what is refused of it.
    newest = {each["epoch"]: each["id"] for each in kept}
    older = [each for each in kept[:-KEPT] if newest[each["epoch"]] == each["id"]]
    station.set_setting(key, older[-KEPT:] + kept[-KEPT:])


def rows_for(station: Station, venue: str, office_time: str) -> Iterator[dict[str, Any]]:
    """The receipts for a venue, one for each of its epochs. Where an epoch has two histories, ``head`` is
    that of neither; ``also`` tells the ends of the bundles that the office holds of them."""
    received = station.setting(f"received/{venue}", [])
    epochs = {epoch for code, epoch in station.sources() if code == venue}
    flags = _flags_of(station, venue)
    for epoch in sorted(epochs | {each["epoch"] for each in received}):
        pos, head = station.top(venue, epoch)
        refused = [{"p": p, "code": code} for p, code in flags.get(epoch, []) if p <= pos]
        rejected = refused[:MOST_REFUSED]
        of_epoch = [each for each in received if each["epoch"] == epoch]
        bundles = [
            {name: each[name] for name in ("id", "seq", "result", "code", "new", "dup", "held")}
            | {"rejected": []}
            for each in of_epoch
        ]
        if bundles:  # the newest bundle of an epoch carries what is refused of all of it
            bundles[-1]["rejected"] = rejected
        ends = {
            (each["last"], each["head"]) for each in received if each["epoch"] == epoch if each.get("head")
        }
        yield {
            "k": "receipt",
            "id": f"{venue}/{epoch}",
            "v": 1,
            "venue": venue,
            "epoch": epoch,
            "pos": pos,
            "head": head.hex(),
            "bundles": bundles,
            "office_time": office_time,
            **({"also": sorted(ends)} if station.is_forked(venue, epoch, pos + 1) else {}),
        }


def _flags_of(station: Station, venue: str) -> dict[str, list[tuple[int, str]]]:
    """{epoch: [(position, code)]} of what does not count of a venue: flags at its places, and touches at
    sessions that nobody has planned."""
    found: dict[str, list[tuple[int, str]]] = {}
    for session in station.sessions_with_taps():
        if station.registry.get("session", session) is None:
            for tap in station.taps(session):
                if tap.station == venue:
                    found.setdefault(tap.epoch, []).append((tap.p, UNKNOWN_COURSE))
    for flag in station.stored_flags():
        code, _colon, place = flag.partition(":")
        parts = place.split("/")
        if len(parts) == 3 and parts[0] == venue and parts[2].isdecimal() and code not in _COUNTS:
            found.setdefault(parts[1], []).append((int(parts[2]), code))
    return {epoch: sorted(places) for epoch, places in found.items()}


def receipted(station: Station, epoch: str) -> tuple[int, str]:
    """(position, head in hex) up to which the office has told this venue that it has an epoch."""
    receipt = station.setting("receipts", {}).get(epoch)
    if receipt is None:
        head = station.head(station.code, epoch, 0)
        return 0, head.hex() if head is not None else "0" * 64
    return int(receipt["pos"]), str(receipt["head"])


def _told(row: dict[str, Any]) -> dict[str, Any]:
    """What a receipt says beside its position: ``at``, ``bundles`` [seq, result, code] and ``refused``
    [position, code]. What is not as it must be is left out."""
    bundles: list[list[Any]] = []
    refused: dict[int, str] = {}
    listed = row.get("bundles")
    for each in listed if isinstance(listed, list) else []:
        if not isinstance(each, dict):
            continue
        seq, result, code = (each.get(name) for name in ("seq", "result", "code"))
        if type(seq) is int and isinstance(result, str) and isinstance(code, str):
            bundles.append([seq, result, code])
        rejected = each.get("rejected")
        for one in rejected if isinstance(rejected, list) else []:
            if isinstance(one, dict) and type(one.get("p")) is int and isinstance(one.get("code"), str):
                refused[one["p"]] = one["code"]
    at = row.get("office_time")
    return {
        "at": at if isinstance(at, str) else "",
        "bundles": bundles[-KEPT:],
        "refused": [[p, code] for p, code in sorted(refused.items())],
    }


def take_receipts(station: Station, rows: list[dict[str, Any]]) -> bool:
    """Note the receipts of a pack at the venue, in the place of all earlier ones: a receipt may go back, and
    of an epoch that has none any more (the office was restored, or goes on in another home) the office has
    nothing. The next export starts there again.

    Returns False where one disagrees with what this station wrote at its position: then two stations have
    gone on from one history, and this one needs a new epoch.
    """
    agreed = True
    receipts: dict[str, dict[str, Any]] = {}
    for row in rows:
        epoch, pos, head = row.get("epoch"), row.get("pos"), row.get("head")
        if row.get("venue") != station.code or not isinstance(epoch, str):
            continue
        if type(pos) is not int or pos < 0:
            continue
        is_ours = _is_ours(station, epoch, pos, head)
        ends = [(pos, head)] if is_ours else _ends_of_ours(station, epoch, row.get("also"))
        for last, its_head in ends:
            receipts[epoch] = {"pos": last, "head": its_head, **_told(row)}
        if not is_ours and epoch == station.epoch:
            agreed = False
    station.set_setting("receipts", receipts)
    return agreed


def _is_ours(station: Station, epoch: str, pos: int, head: object) -> bool:
    ours = station.head(station.code, epoch, pos)
    return ours is not None and ours.hex() == head


def _ends_of_ours(station: Station, epoch: str, listed: object) -> list[tuple[int, str]]:
    """The furthest of the histories of an epoch that the office holds, if one of them is ours."""
    found: list[tuple[int, str]] = []
    for each in listed if isinstance(listed, list) else []:
        if not (isinstance(each, list) and len(each) == 2 and type(each[0]) is int and each[0] >= 0):
            continue
        if _is_ours(station, epoch, *each):
            found.append((each[0], str(each[1])))
    return sorted(found)[-1:]
