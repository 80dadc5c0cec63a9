"""Enrolment: a venue asks, the office admits it, the venue confirms its office by typed digits."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from icme_tui import durable, facts
from icme_tui.bundles import request as requests
from icme_tui.bundles import stick
from icme_tui.bundles.keys import PublicKey
from icme_tui.bundles.request import Received as Received
from icme_tui.bundles.request import Request
from icme_tui.cards.numbers import LAST_STATION, serials_of
from icme_tui.clock import format_seconds
from icme_tui.codes import BundleError, RuleError
from icme_tui.operations import naming
from icme_tui.station import ACKNOWLEDGED

if TYPE_CHECKING:
    from icme_tui.station import Record, Station

LAST_KEY_VERSION = 7
"""A record on a card has three bits for it."""

DIGITS = 30
"""Digits of a key's fingerprint."""

REQUEST = "request"
TYPED = "office_digits"
"""Settings: the request as it was first written, and the digits that the venue's operator typed."""


class Enrolled(NamedTuple):
    """A venue that was admitted."""

    code: str
    name: str
    number: int
    unit: str
    fingerprint: str
    replaced: bool


def write_request(station: Station) -> Path:
    """Write ``outbox/V0007.enrol``; written again it is the same file. Returns its path.

    Raises RuleError ``VENUE_ONLY``.
    """
    _require_role(station, "venue")
    stored = station.setting(REQUEST)
    if stored is None:
        request = Request(
            code=station.code,
            name=station.name,
            domain=station.domain,
            sign_key=station.public_key.line,
            age=station.age_identity.public,
            card_key=station.card_public_key.line,
            made=format_seconds(station.clock.read().wall_ms),
        )
        stored = requests.encode(request).decode()
        station.set_setting(REQUEST, stored)
    data = requests.build(stored.encode(), station.sign("enrol", stored.encode()))
    path = station.folders.outbox / f"{station.code}.enrol"
    durable.write_atomic(path, data)
    return path


def carry_request(station: Station, folder: Path) -> Path:
    """Write the request to a stick, read back. Raises RuleError ``VENUE_ONLY``, BundleError (see
    ``bundles.stick.write``)."""
    kept = write_request(station)
    data = kept.read_bytes()
    return stick.write(folder, kept.name, data, lambda back: None)


def request_hash(station: Station) -> str:
    """SHA-256 (hex) of this venue's request, which its first pack must quote; empty before there is one."""
    stored = station.setting(REQUEST)
    return hashlib.sha256(stored.encode()).hexdigest() if stored is not None else ""


def read_request(station: Station, path: Path) -> Received:
    """Read a request, so that the clerk can compare its digits before it is admitted.

    Raises BundleError (see ``bundles.request.check`` and ``bundles.stick.read``), RuleError ``OFFICE_ONLY``.
    """
    _require_role(station, "office")
    return requests.check(stick.read(path), station.domain)


def enroll(
    station: Station, received: Received, *, unit: str = "", place: str = "", replace: bool = False
) -> Enrolled:
    """Admit a venue at the office: it gets a station number, a block of card numbers and its unit.

    Without ``unit`` it is the unit that bears the venue's name, which is made if there is none. ``replace``
    takes the new key in the place of the venue's old one, which is revoked.

    Raises BundleError ``STATION_EXISTS``, ``KEY_TAKEN``, ``KEY_REVOKED``; RuleError ``OFFICE_ONLY``,
    ``NO_UNIT``, ``STATIONS_USED_UP``, ``KEY_VERSIONS_USED_UP``; StoreError ``CODE_BAD``, ``NAME_BAD``.
    """
    _require_role(station, "office")
    request = received.request
    naming.require_code(request.code)
    naming.require_name(request.name)
    with station.writing():
        known = station.registry.get("station", request.code)
        same = known is not None and known.body.get("sign_key") == received.key.line
        if known is not None and not replace and not same:
            raise BundleError("STATION_EXISTS", station=request.code)
        if request.code == station.code or _is_taken(station, received.key, request.code):
            raise BundleError("KEY_TAKEN", station=request.code)
        if _is_revoked(station, received.key):
            raise BundleError("KEY_REVOKED", station=request.code)
        home_unit = _unit_of(station, request.name, unit, known)
        number = _number_of(station, known)
        first, last = serials_of(number)
        replaced_keys = list(known.body.get("replaced_keys", [])) if known is not None else []
        if known is not None and not same:
            ending = [str(known.body["sign_key"]), *map(str, known.body.get("rotated_keys") or ())]
            replaced_keys += ending
            heard = station.setting(ACKNOWLEDGED, {})  # what the old home has taken, the new one has not
            station.set_setting(ACKNOWLEDGED, {of: top for of, top in heard.items() if of != request.code})
            if known.body.get("state") != "revoked":
                station.record(*(facts.Revoke(key=line, reason="REPLACED") for line in ending))
        station.record(
            station.put(
                "station",
                request.code,
                number=number,
                name=request.name,
                unit=home_unit,
                place=place or request.code,
                sign_key=received.key.line,
                age=request.age,
                card_key=request.card_key,
                key_version=_key_version(known, same=same),
                card_from=first,
                card_to=last,
                request=received.sha256,
                replaced_keys=[key for key in replaced_keys if key != received.key.line],
                rotated_keys=[] if not same or known is None else known.body.get("rotated_keys") or [],
                replaced_card_keys=_replaced_card_keys(known, request.card_key),
                state="active",
            )
        )
    replaced = known is not None and not same
    return Enrolled(request.code, request.name, number, home_unit, received.key.fingerprint, replaced)


def require_digits(received: Received, typed: str) -> None:
    """Whether the digits that the venue reads out are those of the request's key.

    Raises RuleError ``DIGITS_BAD``, BundleError ``DIGITS_DIFFER``.
    """
    found = received.key.fingerprint
    if plain_digits(typed) != plain_digits(found):
        raise BundleError("DIGITS_DIFFER", digits=found)


def type_digits(station: Station, typed: str) -> str:
    """Note the office's digits as the venue's operator typed them; blanks and hyphens do not count.

    Only a pack whose key has these digits will be believed. Returns them in groups.

    Raises RuleError ``VENUE_ONLY``, ``DIGITS_BAD``; BundleError ``OFFICE_KNOWN`` where another office's key
    is already pinned.
    """
    _require_role(station, "venue")
    digits = plain_digits(typed)
    pinned = station.setting("office_key")
    if pinned is not None and plain_digits(PublicKey.from_line(pinned).fingerprint) != digits:
        raise BundleError("OFFICE_KNOWN")
    station.set_setting(TYPED, digits)
    return " ".join(digits[i : i + 5] for i in range(0, DIGITS, 5))


def plain_digits(typed: str) -> str:
    """The 30 digits of a fingerprint. Raises RuleError ``DIGITS_BAD``."""
    digits = "".join(typed.replace("-", " ").split())
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        raise RuleError("DIGITS_BAD", digits=len(digits))
    return digits


def _require_role(station: Station, role: str) -> None:
    if station.role != role:
        raise RuleError("OFFICE_ONLY" if role == "office" else "VENUE_ONLY")


def _is_taken(station: Station, key: PublicKey, code: str) -> bool:
    """Whether another station signs with this key: whose bundles would they be?"""
    return any(
        record.body.get("sign_key") == key.line and record.id != code
        for record in station.registry.all("station")
    )


def _replaced_card_keys(known: Record | None, card_key: str) -> list[str]:
    """The keys with which the station signed cards before: its cards stay good as far as they are listed."""
    if known is None:
        return []
    before = [*(known.body.get("replaced_card_keys") or ()), known.body.get("card_key")]
    return [str(key) for key in dict.fromkeys(before) if key and key != card_key]


def is_unfit(station: Station, key: PublicKey, code: str) -> bool:
    """Whether a key cannot become that of the station ``code``: another one has it, or it was revoked."""
    return key == station.public_key or _is_taken(station, key, code) or _is_revoked(station, key)


def _is_revoked(station: Station, key: PublicKey) -> bool:
    """Whether the office has revoked this very key: a stolen home must not come in again by its request."""
    return key in station.trust().revoked


def _key_version(known: Record | None, *, same: bool) -> int:
    """The version of the venue's record key. A new key of the station brings a new one of these too: who
    holds the old home cannot write records that count as the new one's.

    Raises RuleError ``KEY_VERSIONS_USED_UP``.
    """
    if known is None:
        return 1
    version = known.body.get("key_version")
    version = version if isinstance(version, int) else 1
    if same:
        return version
    if version >= LAST_KEY_VERSION:
        raise RuleError("KEY_VERSIONS_USED_UP", station=known.id)
    return version + 1


def _number_of(station: Station, known: Record | None) -> int:
    if known is not None and isinstance(known.body.get("number"), int):
        return int(known.body["number"])
    found = (record.body.get("number") for record in station.registry.all("station"))
    taken = {number for number in found if isinstance(number, int)}
    if station.draws_codes:  # the next one in a row may belong to a venue that is not known here
        free = [number for number in range(1, LAST_STATION + 1) if number not in taken]
        if free:
            return free[secrets.randbelow(len(free))]
    elif (number := max(taken, default=0) + 1) <= LAST_STATION:
        return number
    raise RuleError("STATIONS_USED_UP")


def _unit_of(station: Station, name: str, given: str, known: Record | None) -> str:
    """The unit that the venue belongs to, made if need be, inside a transaction."""
    if given:
        if station.registry.get("unit", given) is None:
            raise RuleError("NO_UNIT", unit=given)
        return given
    if known is not None and known.body.get("unit"):
        return str(known.body["unit"])
    named = station.registry.find("unit", "name", name)
    if named:
        return named[0].id
    code = station.new_code("unit")
    station.record(station.put("unit", code, name=name))
    return code
