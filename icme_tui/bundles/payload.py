"""The plaintext of a payload: gzip of one header line and one line for each fact or row."""

from __future__ import annotations

import gzip
import zlib

import msgspec

from icme_tui.bundles.container import MIB
from icme_tui.codes import BundleError

MAX_PLAIN = 512 * MIB
"""Bytes of plaintext, before compression."""

MAX_LINES = 2_000_000
"""Lines of a payload. Each costs its reader some hundred bytes, and half a gigabyte holds a hundred times as
many empty ones."""

_GZIP = 31
"""``wbits`` of zlib: gzip framing, 32 KiB window."""


def head_line(kind: str, from_: str, to: str, epoch: str, seq: int) -> bytes:
    """The first line: what the manifest says of the bundle, repeated inside, without a newline."""
    head = {"fmt": "cmeb/1", "kind": kind, "from": from_, "to": to, "epoch": epoch, "seq": seq}
    return msgspec.json.encode(head, order="sorted")


def build(head: bytes, lines: list[bytes]) -> bytes:
    """The plaintext: every line ended by a newline. Raises BundleError ``TOO_LARGE``."""
    if len(lines) >= MAX_LINES:
        raise BundleError("TOO_LARGE", member="payload", limit=MAX_PLAIN)
    plain = b"\n".join([head, *lines, b""])
    if len(plain) > MAX_PLAIN:
        raise BundleError("TOO_LARGE", member="payload", limit=MAX_PLAIN)
    return plain


def compress(plain: bytes) -> bytes:
    """Gzip without a time, so that equal plaintext gives equal bytes."""
    return gzip.compress(plain, compresslevel=9, mtime=0)


def expand(packed: bytes, length: int) -> bytes:
    """The ``length`` bytes that a gzip stream must give; reading stops one byte beyond them.

    Raises BundleError ``PLAIN_LEN`` where the stream is damaged, gives fewer or more bytes, or does not
    end exactly where ``packed`` ends.
    """
    stream = zlib.decompressobj(_GZIP)
    try:
        plain = stream.decompress(packed, length + 1)
    except zlib.error:
        raise BundleError("PLAIN_LEN") from None
    if len(plain) != length or not stream.eof or stream.unused_data or stream.unconsumed_tail:
        raise BundleError("PLAIN_LEN")
    return plain


def split(plain: bytes, count: int) -> list[bytes]:
    """The ``count`` lines without their newlines.

    Raises BundleError ``COUNT`` where there are fewer or more, or the last one is not ended.
    """
    lines = plain.split(b"\n", count)
    if len(lines) != count + 1 or lines.pop():
        raise BundleError("COUNT")
    return lines
