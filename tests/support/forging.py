"""Bundles for tests: good ones from the program, and any others signed by a key of one's choice."""

from __future__ import annotations

import copy
import gzip
import hashlib
from dataclasses import dataclass, field
from typing import Any

import msgspec

from icme_tui import facts
from icme_tui.bundles import age, build, container, sshsig
from icme_tui.bundles.check import Checked, check
from icme_tui.bundles.held import Remembered
from icme_tui.bundles.keys import SigningKey
from icme_tui.bundles.manifest import NO_MANIFEST, Ack, Made
from icme_tui.bundles.trust import Signer, Trust, namespace

DOMAIN = "cme.example"
EPOCH = "0f" * 16
NOW = 1_790_000_000_000
"""2026-09-21, Unix milliseconds."""
MADE = Made(wall="2026-09-25T16:02:11Z", clock="unsynced", sw="test/1", schema=1)
NO_ACK = Ack(pack=0, pos=0, head="0" * 64)


@dataclass
class World:
    """An office, the venue V0007 and a recovery key, with what the office holds."""

    venue: SigningKey = field(default_factory=lambda: SigningKey.generate())
    office: SigningKey = field(default_factory=lambda: SigningKey.generate())
    office_age: age.Identity = field(default_factory=lambda: age.Identity.generate())
    venue_age: age.Identity = field(default_factory=lambda: age.Identity.generate())
    recovery_age: age.Identity = field(default_factory=lambda: age.Identity.generate())
    held: Remembered = field(default_factory=Remembered)

    def __post_init__(self) -> None:
        self.trust = Trust(
            {
                self.venue.public: (Signer(("V0007",), (namespace("facts", DOMAIN),)),),
                self.office.public: (Signer(("OFFICE",), (namespace("pack", DOMAIN),)),),
            }
        )

    def check(self, data: bytes, me: str = "OFFICE", trust: Trust | None = None, now: int = NOW) -> Checked:
        identity = self.office_age if me == "OFFICE" else self.venue_age
        return check(data, trust or self.trust, [identity], me, self.held, now)

    def take(self, checked: Checked) -> None:
        """Hold what was accepted."""
        assert checked.result == "accept"
        assert checked.manifest is not None
        assert checked.content is not None
        manifest = checked.manifest
        if manifest.snapshot is not None:
            self.held.take_pack(manifest.snapshot)
            return
        log, hashes = manifest.log, checked.content.hashes
        self.held.take(manifest.from_, manifest.epoch, log.first, bytes.fromhex(log.head_before), hashes)

    def bundle(self, lines: list[bytes], first: int = 1, head_before: bytes | None = None) -> build.Built:
        """A bundle of V0007 as the program makes it."""
        route = build.Route(
            "V0007", "OFFICE", EPOCH, 1, NO_MANIFEST, [self.office_age.public, self.recovery_age.public]
        )
        before = facts.chain_start("V0007", EPOCH) if head_before is None else head_before
        return build.facts_bundle(route, first, before, lines, NO_ACK, MADE, self.signer(self.venue, "facts"))

    def pack(
        self, rows: list[bytes], snapshot: int = 17, expires: str = "2026-12-31T00:00:00Z"
    ) -> build.Built:
        """A pack of the office for V0007 as the program makes it."""
        route = build.Route(
            "OFFICE", "V0007", "c0" * 16, 1, NO_MANIFEST, [self.venue_age.public, self.recovery_age.public]
        )
        issue = build.Issue(snapshot, expires, "2026-09-20T09:00:00Z")
        return build.pack(route, rows, issue, NO_ACK, MADE, self.signer(self.office, "pack"))

    def signer(self, key: SigningKey, kind: str) -> build.Sign:
        return lambda stored: sshsig.sign(key, namespace(kind, DOMAIN), stored)

    def forge(
        self,
        lines: list[bytes],
        changes: dict[str, Any] | None = None,
        *,
        key: SigningKey | None = None,
        kind: str = "facts",
        plain: bytes | None = None,
        packed: bytes | None = None,
        cipher: bytes | None = None,
        stored: bytes | None = None,
    ) -> bytes:
        """What an enrolled but malicious station can sign: any manifest over any payload.

        The manifest is the true one for the payload, with ``changes`` (dotted names) written over it;
        ``plain``, ``packed``, ``cipher`` and ``stored`` replace what the program would have made.
        """
        head = {"fmt": "cmeb/1", "kind": "facts", "from": "V0007", "to": "OFFICE", "epoch": EPOCH, "seq": 1}
        if plain is None:
            plain = b"\n".join([msgspec.json.encode(head, order="sorted"), *lines, b""])
        if packed is None:
            packed = gzip.compress(plain, mtime=0)
        if cipher is None:
            cipher = age.encrypt(packed, [self.office_age.public])
        before = facts.chain_start("V0007", EPOCH)
        manifest: dict[str, Any] = head | {
            "prev": NO_MANIFEST,
            "log": {
                "first": 1,
                "last": len(lines),
                "n": len(lines),
                "head_before": before.hex(),
                "head": facts.chain_over(before, [facts.line_hash(line) for line in lines]).hex(),
            },
            "ack": {"pack": 0, "pos": 0, "head": "0" * 64},
            "payload": {
                "name": "payload.age",
                "enc": "age/v1",
                "comp": "gzip",
                "len": len(cipher),
                "sha256": hashlib.sha256(cipher).hexdigest(),
                "plain_len": len(plain),
                "plain_sha256": hashlib.sha256(plain).hexdigest(),
                "lines": len(lines) + 1,
            },
            "recipients": [self.office_age.public],
            "made": {"wall": "2026-09-25T16:02:11Z", "clock": "unsynced", "sw": "evil/1", "schema": 1},
        }
        for name, value in (changes or {}).items():
            *path, last = name.split(".")
            part = manifest
            for step in path:
                part = part[step]
            part[last] = copy.deepcopy(value)  # one value may be laid into another
        if stored is None:
            stored = msgspec.json.encode(manifest, order="sorted") + b"\n"
        armored = sshsig.sign(key or self.venue, namespace(kind, DOMAIN), stored)
        return container.write(container.BUNDLE, [stored, armored, cipher])


def swipes(count: int, first: int = 1) -> list[bytes]:
    """Lines of plainly invented swipes at the positions from ``first`` on."""
    return [
        facts.encode(
            facts.Swipe(
                p=p,
                at="2026-09-25T08:01:00.000Z",
                hlc=f"2026-09-25T08:01:00.000Z-{p:04x}",
                person=f"P000{p:04X}",
                course="C0000042",
                session="S0000001",
                dir="in",
                card=f"{p:014X}",
            )
        )
        for p in range(first, first + count)
    ]
