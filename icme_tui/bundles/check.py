"""Reading a bundle: five stages in a fixed order, each one function with its own reason codes.

container → signature → manifest → payload → lines. Nothing is parsed before the signature over it holds,
nothing is decrypted before its hash is known to be the signed one, and nothing is written here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import msgspec

from icme_tui import facts
from icme_tui.bundles import age, container, payload, sshsig
from icme_tui.bundles import manifest as manifests
from icme_tui.bundles.held import Held
from icme_tui.bundles.keys import PublicKey
from icme_tui.bundles.manifest import Manifest
from icme_tui.bundles.trust import FACTS, PACK, Signer, Trust
from icme_tui.clock import parse_utc
from icme_tui.codes import BundleError

OK = "OK"
STALE = "STALE"
HELD_BACK = frozenset({"GAP", "TRUST_UNCONFIRMED"})
"""Codes with which a file waits for something; with any other it is set aside."""

AT_ONCE = 100_000
"""Facts that are held decoded: all of a usual bundle."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Content:
    """The lines of a bundle. What is computed here once is handed on, so that nobody does it again."""

    lines: list[bytes]
    """Without newlines and without the header line."""
    hashes: list[bytes]
    """SHA-256 of each line."""
    facts: Sequence[facts.AnyFact | None]
    """Of a facts bundle, one for each line; None is a line that cannot be read (``LINE_BAD``). Empty where
    there are more than ``AT_ONCE``: facts are several times as large as their lines."""
    rows: Sequence[Row | None]
    """Of a pack, one for each line; None is a line that is no JSON object."""
    packed: bytes
    """The gzip that header line and lines came in."""


@dataclass(frozen=True)
class Checked:
    """What became of a bundle. Later fields are set as far as the stages reached."""

    result: Literal["accept", "hold", "quarantine"]
    code: str
    bundle_id: str = ""
    """SHA-256 of the manifest's bytes, once the signature over them holds."""
    signer: PublicKey | None = None
    manifest: Manifest | None = None
    content: Content | None = None
    """Also present with ``FORK`` and ``GAP``."""


class Opened(NamedTuple):
    """The plaintext of a payload."""

    plain: bytes
    packed: bytes
    """The gzip it came in."""


@dataclass(frozen=True)
class Verified:
    """A signature that holds, with those entries of the trust that allow it."""

    signature: sshsig.Signature
    kind: str
    signers: tuple[Signer, ...]


def check(
    data: bytes, trust: Trust, identities: list[age.Identity], me: str, held: Held, now_ms: int
) -> Checked:
    """Judge a bundle as the receiver ``me`` at the time ``now_ms`` (Unix milliseconds).

    Never raises for anything that ``data`` can be.
    """
    bundle_id, signer, manifest, content = "", None, None, None
    try:
        stored, armored, cipher = check_container(data)
        verified = check_signature(stored, armored, trust, now_ms)
        bundle_id, signer = hashlib.sha256(stored).hexdigest(), verified.signature.key
        manifest = check_manifest(stored, verified, trust, me)
        content = check_lines(check_payload(cipher, manifest, identities), manifest)
        code = check_held(content, manifest, held, now_ms)
    except BundleError as refusal:
        result: Literal["hold", "quarantine"] = "hold" if refusal.code in HELD_BACK else "quarantine"
        return Checked(result, refusal.code, bundle_id, signer, manifest, content)
    return Checked("accept", code, bundle_id, signer, manifest, content)


def check_container(data: bytes) -> list[bytes]:
    """Stage 1: the bytes of manifest, signature and payload. Raises ``CONTAINER``."""
    return container.read(data, container.BUNDLE)


def check_signature(stored: bytes, armored: bytes, trust: Trust, now_ms: int) -> Verified:
    """Stage 2: somebody we know signed the manifest's bytes for this use.

    Raises ``SIG_BAD``, ``SIG_UNKNOWN_KEY`` (before the office is confirmed: ``TRUST_UNCONFIRMED``),
    ``SIG_NAMESPACE``, ``KEY_REVOKED``.
    """
    signature = sshsig.parse(armored)
    known = tuple(s for s in trust.signers.get(signature.key, ()) if s.is_valid_at(now_ms))
    if not known:
        raise BundleError("SIG_UNKNOWN_KEY" if trust.is_confirmed else "TRUST_UNCONFIRMED")
    kind = _kind_of(signature.namespace)
    allowed = tuple(s for s in known if s.may_sign(signature.namespace))
    if not kind or not allowed:
        raise BundleError("SIG_NAMESPACE")
    if signature.key in trust.revoked and trust.revoked[signature.key] is None:
        raise BundleError("KEY_REVOKED")
    if not signature.holds(stored):
        raise BundleError("SIG_BAD")
    return Verified(signature, kind, allowed)


def check_manifest(stored: bytes, verified: Verified, trust: Trust, me: str) -> Manifest:
    """Stage 3: what the manifest says is for us, from its signer, and understood.

    Raises ``MANIFEST_BAD``, ``SIG_WRONG_PRINCIPAL``, ``AUDIENCE``, ``SCHEMA_NEWER``, ``KEY_REVOKED``.
    """
    manifest = manifests.decode(stored)
    if manifest.kind != verified.kind or not any(s.is_owner(manifest.from_) for s in verified.signers):
        raise BundleError("SIG_WRONG_PRINCIPAL")
    if manifest.to != me:
        raise BundleError("AUDIENCE")
    if manifest.made.schema > manifests.SCHEMA:
        raise BundleError("SCHEMA_NEWER")
    marks = trust.revoked.get(verified.signature.key)
    if marks is not None:
        mark = marks.get(manifest.epoch)
        log = manifest.log
        if mark is None or log.last > mark.position:
            raise BundleError("KEY_REVOKED")
        if log.last == mark.position and log.head != mark.head:
            raise BundleError("KEY_REVOKED")
    return manifest


def check_payload(cipher: bytes, manifest: Manifest, identities: list[age.Identity]) -> Opened:
    """Stage 4: the plaintext, exactly as the manifest has it.

    Raises ``CIPHER_HASH``, ``NOT_DECRYPTABLE``, ``PLAIN_LEN``, ``PLAIN_HASH``, ``INNER_MISMATCH``.
    """
    stated = manifest.payload
    if len(cipher) != stated.len or hashlib.sha256(cipher).hexdigest() != stated.sha256:
        raise BundleError("CIPHER_HASH")
    packed = age.decrypt(cipher, identities)
    plain = payload.expand(packed, stated.plain_len)
    if hashlib.sha256(plain).hexdigest() != stated.plain_sha256:
        raise BundleError("PLAIN_HASH")
    head = payload.head_line(manifest.kind, manifest.from_, manifest.to, manifest.epoch, manifest.seq)
    if not plain.startswith(head + b"\n"):
        raise BundleError("INNER_MISMATCH")
    return Opened(plain, packed)


def check_lines(opened: Opened, manifest: Manifest) -> Content:
    """Stage 5, what the lines themselves show: counts, positions and the chain.

    Raises ``COUNT``, ``CHAIN``.
    """
    log = manifest.log
    if not log.n == log.last - log.first + 1 == manifest.payload.lines - 1:
        raise BundleError("COUNT")
    lines, packed = payload.split(opened.plain, manifest.payload.lines), opened.packed
    del opened, lines[0]  # the plaintext is as large as its lines
    found: list[facts.AnyFact | None] = []
    rows: list[Row | None] = []
    if manifest.kind == PACK:
        if log.first != 1:
            raise BundleError("COUNT")
        start = manifests.PACK_CHAIN_START
        rows = _rows_of(lines)
    else:
        start = facts.chain_start(manifest.from_, manifest.epoch)
        for done in range(0, len(lines), AT_ONCE):
            some = lines[done : done + AT_ONCE]
            found = facts.decode_many(some)
            _require_positions(found, some, log.first + done)
        found = found if len(lines) <= AT_ONCE else []
    head_before = bytes.fromhex(log.head_before)
    if log.first == 1 and head_before != start:
        raise BundleError("CHAIN")
    sha256 = hashlib.sha256
    hashes = [sha256(line).digest() for line in lines]
    if facts.chain_over(head_before, hashes).hex() != log.head:
        raise BundleError("CHAIN")
    return Content(lines, hashes, found, rows, packed)


def check_held(content: Content, manifest: Manifest, held: Held, now_ms: int) -> str:
    """Stage 5, beside what we have. Returns the code of the acceptance.

    Raises ``FORK``, ``GAP``; for a pack ``ROLLBACK``.
    """
    if manifest.kind == PACK:
        return _check_pack(manifest, held, now_ms)
    station, epoch, log = manifest.from_, manifest.epoch, manifest.log
    before = held.head(station, epoch, log.first - 1) if log.first > 1 else None
    if before is not None and before.hex() != log.head_before:
        raise BundleError("FORK")
    first, hashes = log.first, content.hashes
    if any(hashes[p - first] != known for p, known in held.hashes(station, epoch, first, log.last)):
        raise BundleError("FORK")
    if log.first > held.highest(station, epoch) + 1:
        raise BundleError("GAP")
    return OK


def _check_pack(manifest: Manifest, held: Held, now_ms: int) -> str:
    in_force = held.snapshot()
    if in_force is not None and (manifest.snapshot or 0) <= in_force:
        raise BundleError("ROLLBACK")
    return STALE if manifest.expires and now_ms > parse_utc(manifest.expires) else OK


def _kind_of(name: str) -> str:
    """``facts`` or ``pack`` of a namespace of bundles, else nothing."""
    for kind in (FACTS, PACK):
        if name.startswith(f"cmeb-{kind}-v1@"):
            return kind
    return ""


class _Placed(msgspec.Struct):
    p: Any = None


_placed_decoder = msgspec.json.Decoder(_Placed)
_row_decoder = msgspec.json.Decoder(Row)


def _require_positions(found: Sequence[facts.AnyFact | None], lines: list[bytes], first: int) -> None:
    """Every line that tells its position stands at it; one that tells none takes its place by order."""
    for position, fact in enumerate(found, first):
        if fact is None:
            told = _told_position(lines[position - first])
            if told is not None and told != position:
                raise BundleError("COUNT")
        elif fact.p != position:
            raise BundleError("COUNT")


def _told_position(line: bytes) -> int | None:
    try:
        told = _placed_decoder.decode(line).p
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    return told if type(told) is int else None


def _rows_of(lines: list[bytes]) -> list[Row | None]:
    return [_row_of(line) for line in lines]


def _row_of(line: bytes) -> Row | None:
    try:
        return _row_decoder.decode(line)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
