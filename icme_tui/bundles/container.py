"""The outer container of a bundle: a POSIX ustar archive in exactly one form.

Headers are not signed, so none of their bytes may be free: a header is accepted only if it is, byte for
byte, the one that ``write`` makes for that name and size. Padding, and all after the last member, is zero.
"""

from __future__ import annotations

from typing import BinaryIO, NamedTuple

from icme_tui.codes import BundleError

BLOCK = 512
RECORD = 10_240
"""Tools pad an archive with zeros to a multiple of this."""

MIB = 1024 * 1024
MAX_FILE = 65 * MIB
"""No bundle is larger; readers need not look at more."""


class Member(NamedTuple):
    """A file inside the container."""

    name: str
    max_size: int
    """Bytes."""


MANIFEST = Member("manifest.json", 64 * 1024)
SIGNATURE = Member("manifest.json.sig", 4 * 1024)
PAYLOAD = Member("payload.age", 64 * MIB)
BUNDLE = (MANIFEST, SIGNATURE, PAYLOAD)

REQUEST = Member("request.json", 64 * 1024)
REQUEST_SIGNATURE = Member("request.json.sig", 4 * 1024)
ENROLMENT = (REQUEST, REQUEST_SIGNATURE)


def header(name: str, size: int) -> bytes:
    """The 512-byte header of a regular member (POSIX.1-1988 ustar): mode 644, owner 0, time 0."""
    fields = b"".join(
        (
            name.encode("ascii").ljust(100, b"\0"),
            b"0000644\0",  # mode
            b"0000000\0" * 2,  # owner, group
            b"%011o\0" % size,
            b"00000000000\0",  # modification time
            b"        ",  # the checksum counts as blanks in its own sum
            b"0",  # regular file
            bytes(100),  # no link
            b"ustar\0",
            b"00",
            bytes(64),  # no names of owner and group
            b"0000000\0" * 2,  # no device numbers
            bytes(167),  # no prefix, and the rest of the block
        )
    )
    return fields[:148] + b"%06o\0 " % sum(fields) + fields[156:]


def write(members: tuple[Member, ...], contents: list[bytes]) -> bytes:
    """The container of ``contents``, one for each of ``members``, ended by exactly two zero blocks.

    Raises BundleError ``TOO_LARGE``.
    """
    parts: list[bytes] = []
    for member, content in zip(members, contents, strict=True):
        if len(content) > member.max_size:
            raise BundleError("TOO_LARGE", member=member.name, limit=member.max_size)
        parts += [header(member.name, len(content)), content, bytes(-len(content) % BLOCK)]
    return b"".join([*parts, bytes(2 * BLOCK)])


def read(data: bytes, members: tuple[Member, ...]) -> list[bytes]:
    """The contents of exactly ``members``, in this order. Raises BundleError ``CONTAINER``."""
    if len(data) > MAX_FILE or len(data) % BLOCK:
        raise BundleError("CONTAINER")
    contents: list[bytes] = []
    at = 0
    for member in members:
        size = _size(data, at, member)
        start = at + BLOCK
        at = start + size + -size % BLOCK
        if at > len(data) or any(data[start + size : at]):
            raise BundleError("CONTAINER")
        contents.append(data[start : start + size])
    end = at + 2 * BLOCK
    if not end <= len(data) <= end + -end % RECORD or any(data[at:]):
        raise BundleError("CONTAINER")
    return contents


def read_next(file: BinaryIO, member: Member) -> bytes:
    """The content of the next member of a file, which has to be this one.

    Raises BundleError ``CONTAINER``; OSError.
    """
    size = _size(file.read(BLOCK), 0, member)
    content = file.read(size)
    if len(content) != size or any(file.read(-size % BLOCK)):
        raise BundleError("CONTAINER")
    return content


def _size(data: bytes, at: int, member: Member) -> int:
    found = data[at : at + BLOCK]
    digits = found[124:135]
    if not digits.isdigit() or b"8" in digits or b"9" in digits:
        raise BundleError("CONTAINER")
    size = int(digits, 8)
    if size > member.max_size or found != header(member.name, size):
        raise BundleError("CONTAINER")
    return size
