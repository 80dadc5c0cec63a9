"""The manifest: the signed, clear statement of what a bundle is.

One line in one form: JSON in ASCII without escapes, keys sorted, no blanks, ended by a newline; values are
strings, integers, and lists and objects of them. What is verified is always the stored bytes. Fields that are
not known here are allowed, so that a newer program's manifest can still be told as such.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from icme_tui.bundles.container import MANIFEST, PAYLOAD
from icme_tui.bundles.payload import MAX_LINES, MAX_PLAIN
from icme_tui.clock import parse_utc
from icme_tui.codes import BundleError

SCHEMA = 1
"""The newest ``made.schema`` that this program understands."""

NO_MANIFEST = "0" * 64
"""``prev`` of an epoch's first bundle."""

PACK_CHAIN_START = bytes(32)
"""Where the chain over a pack's rows begins."""

_MAX_DEPTH = 4

Code = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")]
Epoch = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
Moment = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")]
Number = Annotated[int, Meta(ge=0, le=2**53)]
Recipient = Annotated[str, Meta(pattern=r"^age1[0-9a-z]{1,200}\Z")]


class Log(msgspec.Struct, frozen=True, kw_only=True):
    """Which lines the payload holds. ``n`` may be 0, with ``first`` = ``last`` + 1."""

    first: Annotated[int, Meta(ge=1, le=2**53)]
    last: Number
    n: Number
    head_before: Hash
    head: Hash


class Ack(msgspec.Struct, frozen=True, kw_only=True):
    """What the sender has from the receiver: the pack in force, the position receipted and its head."""

    pack: Number
    pos: Number
    head: Hash


class Payload(msgspec.Struct, frozen=True, kw_only=True):
    """The third member: lengths in bytes, SHA-256 of ciphertext and plaintext."""

    name: Literal["payload.age"]
    enc: Literal["age/v1"]
    comp: Literal["gzip"]
    len: Annotated[int, Meta(ge=0, le=PAYLOAD.max_size)]
    sha256: Hash
    plain_len: Annotated[int, Meta(ge=0, le=MAX_PLAIN)]
    plain_sha256: Hash
    lines: Annotated[int, Meta(ge=0, le=MAX_LINES)]


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """When, in what state of the clock and by which program the bundle was made."""

    wall: Moment
    clock: Annotated[str, Meta(max_length=32)]
    sw: Annotated[str, Meta(max_length=100)]
    schema: Number


class Next(msgspec.Struct, frozen=True, kw_only=True):
    """The keys that will take the place of the sender's (see ``bundles.rotation``)."""

    sign: Annotated[str, Meta(max_length=200)]
    """``ssh-ed25519 AAAA…``."""
    age: Recipient
    sig: Annotated[str, Meta(max_length=1000)]
    """Base64 of the signature (SSHSIG, without armor) that the new key made over the statement."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """``snapshot``, ``expires`` and ``office_time`` belong to packs, and packs must have them."""

    fmt: Literal["cmeb/1"] = "cmeb/1"
    kind: Literal["facts", "pack"]
    from_: Code = msgspec.field(name="from")
    to: Code
    epoch: Epoch
    seq: Number
    prev: Hash
    log: Log
    ack: Ack
    payload: Payload
    recipients: Annotated[list[Recipient], Meta(min_length=1, max_length=64)]
    made: Made
    snapshot: Number | None = None
    expires: Moment | None = None
    office_time: Moment | None = None
    next: Next | None = None
    """While the sender's keys are being replaced."""

    @property
    def file_name(self) -> str:
        """Station, 8 hex of the epoch, sequence number: plain ASCII, safe on FAT. Only a hint."""
        return f"{self.from_}-{self.epoch[:8]}-{self.seq:06d}.cmeb"


_decoder = msgspec.json.Decoder(Manifest)
_tree_decoder = msgspec.json.Decoder(Any)


def encode(manifest: Manifest) -> bytes:
    """The stored bytes. Raises BundleError ``MANIFEST_BAD`` if it is not one that ``decode`` accepts."""
    fields = {key: value for key, value in msgspec.to_builtins(manifest).items() if value is not None}
    stored = msgspec.json.encode(fields, order="sorted") + b"\n"
    decode(stored)
    return stored


def decode(stored: bytes) -> Manifest:
    """Read the stored bytes. Raises BundleError ``MANIFEST_BAD``."""
    if len(stored) > MANIFEST.max_size or not stored.isascii() or b"\\" in stored:
        raise BundleError("MANIFEST_BAD")
    try:
        manifest = _decoder.decode(stored)
        tree = _tree_decoder.decode(stored)
        _require_plain(tree, _MAX_DEPTH)
        # A doubled key, a blank or another order would not come back as it was.
        if msgspec.json.encode(tree, order="sorted") + b"\n" != stored:
            raise BundleError("MANIFEST_BAD")
        _require_real_times(manifest)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise BundleError("MANIFEST_BAD") from None
    return manifest


def _require_plain(value: object, depth: int) -> None:
    """Only strings, integers, and lists and objects of them, not deeper than a manifest needs."""
    if type(value) in (str, int):
        return
    if depth == 0 or not isinstance(value, dict | list):
        raise BundleError("MANIFEST_BAD")
    for part in value.values() if isinstance(value, dict) else value:
        _require_plain(part, depth - 1)


def _require_real_times(manifest: Manifest) -> None:
    parse_utc(manifest.made.wall)
    if manifest.kind == "pack":
        if manifest.snapshot is None or manifest.expires is None or manifest.office_time is None:
            raise BundleError("MANIFEST_BAD")
        parse_utc(manifest.expires)
        parse_utc(manifest.office_time)
