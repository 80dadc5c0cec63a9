"""Makes the vectors of ``exports/vectors`` that the program itself has to sign:
``python -m tests.support.vectors exports/vectors``.

Each case is a bundle with one thing wrong, or none, and what a reader must make of it. The keys lie beside
them and are for tests only. age draws fresh keys each time, so the files differ from run to run; what they
must give does not.
"""

from __future__ import annotations

import copy
import gzip
import hashlib
import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from icme_tui import facts
from icme_tui.bundles import age, container, sshsig
from icme_tui.bundles.keys import SigningKey
from icme_tui.bundles.trust import namespace

DOMAIN = "cme.example"
NOTHING = "0" * 64


class Maker:
    """Signs any manifest over any payload with the keys of the vectors."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keys = {
            name: SigningKey.from_openssh((folder / "keys" / f"{file}_sign").read_bytes())
            for name, file in (("V0007", "venue_V0007"), ("V0008", "venue_V0008"), ("OFFICE", "office"))
        }
        self.ages = {
            name: age.parse_identities((folder / "keys" / f"{file}_age.txt").read_text())[0]
            for name, file in (("V0007", "venue_V0007"), ("OFFICE", "office"), ("recovery", "recovery"))
        }
        self.stranger = age.parse_identities((folder / "keys/stranger_age.txt").read_text())[0]

    def opened(self, name: str) -> tuple[dict[str, Any], list[bytes]]:
        """Manifest and lines (without the first) of a vector."""
        stored, _armored, cipher = container.read((self.folder / name).read_bytes(), container.BUNDLE)
        manifest = json.loads(stored)
        plain = gzip.decompress(age.decrypt(cipher, [self.ages[manifest["to"]]]))
        return manifest, plain.split(b"\n")[1:-1]

    def make(
        self,
        like: dict[str, Any],
        lines: list[bytes],
        changes: dict[str, Any] | None = None,
        *,
        key: str = "",
        kind: str = "",
        plain: bytes | None = None,
        packed: bytes | None = None,
        to: age.Identity | None = None,
        stored: bytes | None = None,
    ) -> bytes:
        """A bundle with the header of ``like``, over ``lines``; ``changes`` are written over its manifest."""
        head = {name: like[name] for name in ("fmt", "kind", "from", "to", "epoch", "seq")}
        if plain is None:
            plain = b"\n".join([msgspec.json.encode(head, order="sorted"), *lines, b""])
        packed = packed or gzip.compress(plain, mtime=0)
        receiver = to or self.ages[like["to"]]
        cipher = age.encrypt(packed, [receiver.public, self.ages["recovery"].public])
        manifest = copy.deepcopy(like)
        manifest["payload"] |= {
            "len": len(cipher),
            "sha256": hashlib.sha256(cipher).hexdigest(),
            "plain_len": len(plain),
            "plain_sha256": hashlib.sha256(plain).hexdigest(),
            "lines": len(lines) + 1,
        }
        manifest["log"] |= {"last": like["log"]["first"] + len(lines) - 1, "n": len(lines)}
        before = bytes.fromhex(manifest["log"]["head_before"])
        manifest["log"]["head"] = facts.chain_over(before, [facts.line_hash(line) for line in lines]).hex()
        for name, value in (changes or {}).items():
            *path, last = name.split(".")
            part = manifest
            for step in path:
                part = part[step]
            part[last] = value
        if stored is None:
            stored = msgspec.json.encode(manifest, order="sorted") + b"\n"
        signer = self.keys[key or like["from"]]
        armored = sshsig.sign(signer, namespace(kind or like["kind"], DOMAIN), stored)
        return container.write(container.BUNDLE, [stored, armored, cipher])


class Case(NamedTuple):
    """A file and what it must give."""

    data: bytes
    result: str
    code: str
    why: str
    preload: tuple[str, ...] = ()
    revoked: str = ""


def cases(maker: Maker) -> dict[str, Case]:
    """The vectors by name."""
    first, four = maker.opened("ok-01.cmeb")
    _second, seven = maker.opened("ok-02-cumulative.cmeb")
    pack, rows = maker.opened("ok-pack-17.cmeb")
    make = maker.make
    at_four = facts.chain_over(
        bytes.fromhex(first["log"]["head_before"]), [facts.line_hash(line) for line in four]
    ).hex()
    delta = copy.deepcopy(first) | {"seq": 3}
    delta["log"] |= {"first": 5, "head_before": at_four}
    other = [*four[:2], four[2].replace(b'"in"', b'"out"'), four[3]]
    blank = json.dumps({**first, "seq": 1}, sort_keys=True).encode() + b"\n"
    garbled = [*four[:3], b"not a fact"]
    bomb = gzip.compress(bytes(2**20), mtime=0)
    foreign = copy.deepcopy(first) | {"from": "V0008"}
    foreign["log"] |= {"head_before": facts.chain_start("V0008", first["epoch"]).hex()}
    return {
        "ok-03-delta": Case(
            make(delta, seven[4:]), "accept", "OK", "seq 3, facts 5..7 after a receipt for 1..4", ("ok-01",)
        ),
        "ok-04-empty": Case(
            make(delta | {"seq": 4}, []), "accept", "OK", "no facts: it only acknowledges", ("ok-01",)
        ),
        "ok-05-garbled-line": Case(
            make(first, garbled), "accept", "OK", "line 4 is no fact: kept, and flagged LINE_BAD"
        ),
        "ok-revoked-within-marks": Case(
            make(first, four), "accept", "OK", "the key is revoked, position 4 is its good mark", (),
            "revoked_V0007_good",
        ),
        "bad-revoked-beyond-marks": Case(
            make(first | {"seq": 2}, seven), "quarantine", "KEY_REVOKED", "goes beyond the good mark", (),
            "revoked_V0007_good",
        ),
        "bad-revoked": Case(
            make(foreign, four), "quarantine", "KEY_REVOKED", "the whole key is revoked", (), "revoked_V0008"
        ),
        "bad-namespace": Case(
            make(first, four, kind="pack"), "quarantine", "SIG_NAMESPACE", "a venue signs a pack"
        ),
        "bad-principal": Case(
            make(first, four, {"from": "V0008"}), "quarantine", "SIG_WRONG_PRINCIPAL",
            "V0007 speaks in the name of V0008",
        ),
        "bad-manifest-blanks": Case(
            make(first, four, stored=blank), "quarantine", "MANIFEST_BAD", "signed, but not in the one form"
        ),
        "bad-manifest-number": Case(
            make(first, four, {"seq": 1.5}), "quarantine", "MANIFEST_BAD", "a number that is no integer"
        ),
        "bad-schema-newer": Case(
            make(first, four, {"made.schema": 999}), "quarantine", "SCHEMA_NEWER", "made by a newer program"
        ),
        "bad-recipient": Case(
            make(first, four, to=maker.stranger), "quarantine", "NOT_DECRYPTABLE",
            "encrypted to somebody else",
        ),
        "bad-plain-len": Case(
            make(first, four, packed=bomb), "quarantine", "PLAIN_LEN", "unpacks to more than is stated"
        ),
        "bad-plain-hash": Case(
            make(first, four, {"payload.plain_sha256": NOTHING}), "quarantine", "PLAIN_HASH",
            "the plaintext is not the one that was signed",
        ),
        "bad-inner": Case(
            make(first, four, {"seq": 9}), "quarantine", "INNER_MISMATCH",
            "the first line tells another number than the manifest",
        ),
        "bad-count": Case(
            make(first, [*four[:3], four[3].replace(b'"p":4', b'"p":5')]), "quarantine", "COUNT",
            "the fourth line stands at position 5",
        ),
        "quar-fork": Case(
            make(first, other), "quarantine", "FORK", "position 3 is held with another hash", ("ok-01",)
        ),
        "quar-fork-head": Case(
            make(delta, seven[4:], {"log.head_before": NOTHING, "log.head": _over(NOTHING, seven[4:])}),
            "quarantine", "FORK", "goes on from another history", ("ok-01",),
        ),
        "bad-pack-16-rollback": Case(
            make(pack | {"snapshot": 16}, rows), "reject-at-venue", "ROLLBACK",
            "older than the pack in force", ("ok-pack-17",),
        ),
        "stale-pack-18-expired": Case(
            make(pack | {"snapshot": 18, "expires": "2026-09-29T00:00:00Z"}, rows),
            "accept-with-warning", "STALE", "expired: taken, and the roster's age is shown", ("ok-pack-17",),
        ),
    }  # fmt: skip


def _over(head: str, lines: list[bytes]) -> str:
    return facts.chain_over(bytes.fromhex(head), [facts.line_hash(line) for line in lines]).hex()


def main(folder: Path) -> None:
    """Write the files and enter them in ``expected.json``."""
    maker = Maker(folder)
    first, _lines = maker.opened("ok-01.cmeb")
    marks = f"good={first['epoch']}:4:{first['log']['head']}"
    key = (folder / "keys/venue_V0007_sign.pub").read_text().split()[:2]
    (folder / "keys/revoked_V0007_good").write_text(f"{' '.join(key)} {marks}\n")
    expected = json.loads((folder / "expected.json").read_text())
    for name, case in cases(maker).items():
        (folder / f"{name}.cmeb").write_bytes(case.data)
        entry = {"result": case.result, "code": case.code, "why": case.why}
        entry["use_revocation_list"] = case.revoked == "revoked_V0008"
        if case.revoked:
            entry["revoked"] = case.revoked
        expected["cases"][name] = entry
        if case.preload:
            expected["preload"][name] = list(case.preload)
    (folder / "expected.json").write_text(json.dumps(expected, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
