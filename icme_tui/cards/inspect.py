"""Looking at a card without writing: what it is, whose it is, which records it shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from icme_tui.cards import access, holder, image, ring, signature
from icme_tui.cards.holder import Holder
from icme_tui.cards.image import Image
from icme_tui.cards.keys import MAD_KEY, CardKeys
from icme_tui.cards.layout import (
    DATA_BLOCKS,
    HOLDER_BLOCKS,
    RING_BLOCKS,
    SECTORS,
    SIGNATURE_BLOCKS,
    data_blocks,
    sector_of,
    trailer_of,
)
from icme_tui.cards.plan import KeyType, Plan, Read, try_key
from icme_tui.codes import CardError

CardState = Literal[
    "OK", "BLANK", "INCOMPLETE", "CANCELLED", "ISSUER_UNKNOWN", "SIGNATURE_BAD", "HOLDER_BAD", "FOREIGN_CARD"
]
SectorState = Literal["ours", "transport", "public", "closed"]
"""Which key opens a sector: ours, that of new cards, another that everybody knows, or none that we know."""

PUBLIC_KEYS: tuple[tuple[KeyType, bytes], ...] = (
    ("A", MAD_KEY),
    ("A", bytes.fromhex("D3F7D3F7D3F7")),
    ("A", bytes.fromhex("B0B1B2B3B4B5")),
    ("B", bytes.fromhex("B0B1B2B3B4B5")),
    ("A", bytes.fromhex("000000000000")),
    ("A", bytes.fromhex("AABBCCDDEEFF")),
    ("A", bytes.fromhex("4D3A99C351DD")),
)
"""Keys that stand in the standards (the application directory, NDEF) or that makers leave in their cards."""


class Inspection(NamedTuple):
    """What a card shows."""

    state: CardState
    sectors: tuple[SectorState, ...]
    holder: Holder | None
    """The holder as it stands there, believed or not."""
    image: Image | None
    records: dict[int, bytes]
    """The records that the ring shows, 16 bytes each, by number."""
    blocks: dict[int, bytes]
    """Every data block that could be read."""


def inspect(
    uid: bytes, keys: CardKeys | None, *, publicly: bool = False, briefly: bool = False
) -> Plan[Inspection]:
    """Read all that can be read. Without keys (before the first pack) only public facts.

    ``publicly``: of a card of another system also what ``PUBLIC_KEYS`` open, which takes seconds.
    ``briefly``: no more of such a card than it takes to know it, as every refusal costs time.
    """
    sectors: list[SectorState] = []
    blocks: dict[int, bytes] = {}
    for sector in range(SECTORS):
        state = yield from _open(uid, sector, keys)
        sectors.append(state)
        if state != "closed":
            blocks |= yield from _readable(sector, state)
        elif briefly and sector:
            return Inspection("FOREIGN_CARD", tuple(sectors), None, None, {}, blocks)
    if publicly and "ours" not in sectors[1:]:
        for sector, state in enumerate(sectors):
            if state == "closed" and (yield from _open_publicly(sector)):
                sectors[sector] = "public"
                blocks |= yield from _readable(sector, "public")
    found = image.collect(blocks) if {*HOLDER_BLOCKS, *SIGNATURE_BLOCKS} <= blocks.keys() else None
    person = _holder(found)
    state_of_card = _state(uid, sectors, blocks, found, keys)
    slots = {slot: blocks[block] for slot, block in enumerate(RING_BLOCKS) if block in blocks}
    records = ring.shown(slots) if "ours" in sectors[1:] else {}
    return Inspection(state_of_card, tuple(sectors), person, found, records, blocks)


def believe(uid: bytes, found: Image, keys: CardKeys) -> CardState:
    """What holder and signature are worth: OK, CANCELLED, HOLDER_BAD, ISSUER_UNKNOWN or SIGNATURE_BAD.

    What a key signed that was revoked since counts only for the issues of cards that the office has listed.
    """
    if found.holder == holder.CANCELLED:
        return "CANCELLED"
    person = _holder(found)
    if person is None:
        return "HOLDER_BAD"
    issuer, lost = keys.issuers.get(person.station), keys.lost_issuers.get(person.station, ())
    if issuer is None and not lost:
        return "ISSUER_UNKNOWN"
    if issuer is not None and signature.verify(issuer, uid, found.holder, found.signature):
        return "OK"
    if not any(signature.verify(key, uid, found.holder, found.signature) for key in lost):
        return "SIGNATURE_BAD"
    return "OK" if keys.is_listed(uid, person.number, person.issue) else "ISSUER_UNKNOWN"


def _open(uid: bytes, sector: int, keys: CardKeys | None) -> Plan[SectorState]:
    block = trailer_of(sector)
    ours = MAD_KEY if sector == 0 else keys.key_a(uid, sector) if keys else None
    if ours is not None and (yield from try_key(block, "A", ours)):
        return "ours"
    if (yield from try_key(block, "A", access.TRANSPORT_KEY)):
        return "transport"
    return "closed"


def _open_publicly(sector: int) -> Plan[bool]:
    """Whether a key that everybody knows opens a sector of another system."""
    for key_type, key in PUBLIC_KEYS:
        if (yield from try_key(trailer_of(sector), key_type, key)):
            return True
    return False


def _readable(sector: int, state: SectorState) -> Plan[dict[int, bytes]]:
    """The data blocks of the open sector, up to one that its access bits keep closed: the card has halted
    then. Many readers say of it that the sector is not open."""
    refusals = ("ACCESS_DENIED",) if state == "ours" else ("ACCESS_DENIED", "NOT_AUTHENTICATED")
    found: dict[int, bytes] = {}
    try:
        for block in data_blocks(sector):
            found[block] = yield Read(block)
    except CardError as refusal:
        if refusal.code not in refusals:
            raise
    return found


def _state(
    uid: bytes,
    sectors: list[SectorState],
    blocks: Mapping[int, bytes],
    found: Image | None,
    keys: CardKeys | None,
) -> CardState:
    kinds = set(sectors[1:])  # the key of sector 0 is public and proves nothing
    if kinds == {"ours"} and found is not None and keys is not None:
        return believe(uid, found, keys)
    if kinds == {"transport"} and blocks.keys() >= {*DATA_BLOCKS}:
        content = b"".join(data for block, data in blocks.items() if sector_of(block))
        if content.strip(b"\0") == b"" or content.strip(b"\xff") == b"":
            return "BLANK"
        return "INCOMPLETE" if content[0] == holder.LAYOUT else "FOREIGN_CARD"
    return "INCOMPLETE" if kinds == {"ours", "transport"} else "FOREIGN_CARD"


def _holder(found: Image | None) -> Holder | None:
    if found is None:
        return None
    try:
        return holder.decode(found.holder)
    except CardError:
        return None
