"""Made-up venues and what they send: an office home, and bundles of swipes as a venue writes them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from icme_tui import facts
from icme_tui.bundles import age, build, sshsig
from icme_tui.bundles.keys import SigningKey
from icme_tui.bundles.manifest import NO_MANIFEST, Ack, Made
from icme_tui.bundles.trust import namespace
from icme_tui.clock import Clock, FixedClock, format_utc, parse_utc
from icme_tui.operations.founding import found_office
from icme_tui.station import Station

DOMAIN = "bench.example"
PASSWORD = "for benchmarks only"
START = "2026-09-25T00:00:00Z"
HALL = 250
"""People at a session; each is swiped twice."""
PEOPLE = 5000
"""Of one venue."""
FACTS_A_BUNDLE = 10_000
"""20 sessions."""


class Venue(NamedTuple):
    """A venue that is known to the office."""

    code: str
    epoch: str
    number: int
    sign: SigningKey
    recipients: list[str]


class Sent(NamedTuple):
    """A bundle and how many facts it carries."""

    name: str
    data: bytes
    facts: int


def make_office(folder: Path, clock: Clock | None = None) -> Station:
    """An office in ``folder/office``; by default its clock stands still after all bundles were made."""
    founded = found_office(
        folder / "office", "OFFICE", "Bench", DOMAIN, PASSWORD,
        recovery_out=folder / "recovery.txt", clock=clock or FixedClock("2026-12-01T00:00:00Z"),
    )  # fmt: skip
    return founded.station


def make_venue(office: Station, number: int) -> Venue:
    """Enrol a venue."""
    sign = SigningKey.generate()
    code = f"V{number:04d}"
    identity = age.Identity.generate()
    office.record(
        office.put(
            "station", code, number=number, name=code, sign_key=sign.public.line, age=identity.public,
            key_version=1, state="active",
        )
    )  # fmt: skip
    return Venue(
        code, f"{number:032x}", number, sign, [office.age_identity.public, office.setting("recovery")]
    )


def swipe_lines(venue: Venue, first: int, count: int) -> list[bytes]:
    """Lines of swipes from position ``first`` on: session after session, the people of its hall come in
    and go out again in another order. Each card's record numbers rise by one."""
    return [_swipe_line(venue, p) for p in range(first, first + count)]


def _swipe_line(venue: Venue, p: int) -> bytes:
    session, offset = divmod(p - 1, 2 * HALL)
    leaving, seat = divmod(offset, HALL)
    group, turn = session % (PEOPLE // HALL), session // (PEOPLE // HALL)
    person = group * HALL + _order(venue.number, session, leaving)[seat]
    ms = parse_utc(START) + session * 14_400_000 + leaving * 7_200_000 + seat * 7000 + p * 7919 % 7000
    moment = format_utc(ms)
    return facts.encode(
        facts.Swipe(
            p=p,
            at=moment,
            hlc=f"{moment}-0000",
            boot=f"{venue.number:032x}",
            mono_ms=ms - parse_utc(START) + 60_000,
            clk="unsynced",
            by="admin",
            person=f"P{venue.number:03d}{person:04d}",
            course=f"C{venue.number:03d}{session // 4:04d}",
            session=f"S{venue.number:03d}{session:04d}",
            dir="out" if leaving else "in",
            card=f"{random.Random(person * 1000 + venue.number).getrandbits(32):08X}",
            cseq=1 + 2 * turn + leaving,
            reader="sim:cards",
        )
    )


@lru_cache(maxsize=16)
def _order(venue: int, session: int, leaving: int) -> list[int]:
    seats = list(range(HALL))
    random.Random(venue * 1_000_003 + session * 2 + leaving).shuffle(seats)
    return seats


def seal(
    venue: Venue,
    first: int,
    lines: list[bytes],
    head: bytes | None = None,
    seq: int = 1,
    prev: str = NO_MANIFEST,
) -> build.Built:
    """A bundle of these lines, signed and encrypted as a venue does it."""
    return build.facts_bundle(
        build.Route(venue.code, "OFFICE", venue.epoch, seq, prev, venue.recipients),
        first,
        facts.chain_start(venue.code, venue.epoch) if head is None else head,
        lines,
        Ack(pack=0, pos=0, head="0" * 64),
        Made(wall="2026-09-30T16:00:00Z", clock="unsynced", sw="bench", schema=1),
        lambda message: sshsig.sign(venue.sign, namespace("facts", DOMAIN), message),
    )


def bundles(venue: Venue, count: int, size: int = FACTS_A_BUNDLE) -> Iterator[Sent]:
    """Bundles of ``size`` facts each, ``count`` facts in all, one after the other."""
    head, prev, at = facts.chain_start(venue.code, venue.epoch), NO_MANIFEST, 1
    for seq in range(1, 1 + -(-count // size)):
        lines = swipe_lines(venue, at, min(size, 1 + count - at))
        made = seal(venue, at, lines, head, seq, prev)
        yield Sent(made.name, made.data, len(lines))
        head, prev, at = bytes.fromhex(made.manifest.log.head), made.bundle_id, at + len(lines)
