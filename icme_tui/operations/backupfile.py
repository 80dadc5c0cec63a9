"""The file of a backup: the whole home in one POSIX ustar archive, in exactly one form.

::

    backup.json       what it is and what is in it: lengths and hashes; clear text, signed
    backup.json.sig   OpenSSH signature of the station over it, namespace cmeb-backup-v1@DOMAIN
    station.toml      as in the home folder
    keyring.toml      the store's key, wrapped once per operator; the private keys, wrapped by it
    store.db          the store, encrypted with its key
    inbox/…, quarantine/…   files that wait and files that were refused, named after their SHA-256

So nothing is readable in it that is not readable in the home folder, and ``tar``, ``ssh-keygen`` and
``sha256sum`` verify it. Reading believes no byte: a header is accepted only if it is the one that we write.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

from icme_tui import durable
from icme_tui.bundles import container, sshsig
from icme_tui.bundles.keys import PublicKey
from icme_tui.bundles.manifest import Code, Moment
from icme_tui.bundles.trust import namespace
from icme_tui.clock import parse_utc
from icme_tui.codes import BundleError

FORMAT = "icme-backup/1"
KIND = "backup"
"""Of the signature's namespace."""

SUFFIX = ".icmebak"

MANIFEST = container.Member("backup.json", 4 * container.MIB)
SIGNATURE = container.Member("backup.json.sig", 4096)
CONFIG, KEYRING, STORE = "station.toml", "keyring.toml", "store.db"
MEMBERS = (CONFIG, KEYRING, STORE)

_MOST = {CONFIG: container.MIB, KEYRING: container.MIB, STORE: 8**11 - 1}
"""Bytes of a member; that of the store is the most that a header can say."""
_KEPT = re.compile(r"(inbox|quarantine)/[0-9a-f]{64}\.(cmeb|json)")
_CHUNK = 1024 * 1024


class Part(msgspec.Struct, frozen=True):
    """A file in the backup."""

    name: str
    len: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """``backup.json``."""

    fmt: str
    role: str
    code: Code
    domain: str
    made: Moment
    """By the clock of the station, in UTC."""
    sw: str
    schema: int
    """Form of the store."""
    parts: tuple[Part, ...]


class Backup(NamedTuple):
    """A backup whose signature and hashes agree with each other. Whose key it was is another question."""

    path: Path
    id: str
    """SHA-256 of ``backup.json``."""
    manifest: Manifest
    key: PublicKey
    """The key that signed it."""
    starts: dict[str, int]
    """Where in the file each part begins."""


def is_kept(name: str) -> bool:
    """Whether a file of ``inbox/`` or ``quarantine/`` with this name goes into a backup."""
    return _KEPT.fullmatch(name) is not None


def part_of(name: str, path: Path) -> Part:
    """What ``backup.json`` says of a file. Raises OSError."""
    with durable.open_regular(path) as file:
        digest, length = hashlib.sha256(), 0
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            length += len(chunk)
    return Part(name, length, digest.hexdigest())


def chunks(manifest: bytes, signature: bytes, parts: list[tuple[Part, Path]]) -> Iterator[bytes]:
    """The bytes of a backup. Raises OSError; BundleError ``TOO_LARGE``."""
    for member, content in ((MANIFEST, manifest), (SIGNATURE, signature)):
        if len(content) > member.max_size:
            raise BundleError("TOO_LARGE", member=member.name, limit=member.max_size)
        yield container.header(member.name, len(content)) + _padded(content)
    for part, path in parts:
        if part.len > _MOST.get(part.name, container.MAX_FILE):
            raise BundleError("TOO_LARGE", member=part.name, limit=_MOST.get(part.name, container.MAX_FILE))
        yield container.header(part.name, part.len)
        with durable.open_regular(path) as file:
            while chunk := file.read(_CHUNK):
                yield chunk
        yield bytes(-part.len % container.BLOCK)
    yield bytes(2 * container.BLOCK)


def read(path: Path) -> Backup:
    """Look at a backup: its form, its signature, and every hash; it comes from the medium.

    Raises BundleError ``BACKUP_NOT_ONE``, ``BACKUP_DAMAGED``, ``BACKUP_NEWER``; OSError.
    """
    with durable.open_regular(path, fresh=True) as file:
        stored = _first(file, MANIFEST, path)
        try:
            signature = sshsig.parse(_first(file, SIGNATURE, path))
            if not signature.holds(stored):
                raise BundleError("SIG_BAD")
            manifest = _manifest(stored, path)
        except (BundleError, msgspec.MsgspecError, ValueError, RecursionError) as error:
            if isinstance(error, BundleError) and error.code.startswith("BACKUP"):
                raise
            raise _damaged(path) from error
        if signature.namespace != namespace(KIND, manifest.domain):
            raise _damaged(path)
        starts: dict[str, int] = {}
        for part in manifest.parts:
            if file.read(container.BLOCK) != container.header(part.name, part.len):
                raise _damaged(path)
            starts[part.name] = file.tell()
            digest = hashlib.sha256()
            for chunk in _taken(file, part.len, path):
                digest.update(chunk)
            if digest.hexdigest() != part.sha256 or any(file.read(-part.len % container.BLOCK)):
                raise _damaged(path)
        if file.read(2 * container.BLOCK + 1) != bytes(2 * container.BLOCK):
            raise _damaged(path)
    return Backup(path, hashlib.sha256(stored).hexdigest(), manifest, signature.key, starts)


def id_of(path: Path) -> str | None:
    """The id of a backup without looking at what is in it; None for any other file."""
    try:
        with durable.open_regular(path) as file:
            return hashlib.sha256(_first(file, MANIFEST, path)).hexdigest()
    except (OSError, BundleError):
        return None


def extract(backup: Backup, name: str, target: Path) -> None:
    """Write one part to a new private file, forced to the disk.

    Raises BundleError ``BACKUP_DAMAGED`` where the medium gives something else now; OSError.
    """
    part = next(each for each in backup.manifest.parts if each.name == name)
    digest = hashlib.sha256()

    def told() -> Iterator[bytes]:
        with durable.open_regular(backup.path) as file:
            file.seek(backup.starts[name])
            for chunk in _taken(file, part.len, backup.path):
                digest.update(chunk)
                yield chunk

    durable.write_chunks_through(target, told())
    if digest.hexdigest() != part.sha256:
        target.unlink()
        raise _damaged(backup.path)


def _manifest(stored: bytes, path: Path) -> Manifest:
    told = msgspec.json.decode(stored, type=dict)
    if not str(told.get("fmt", "")).startswith("icme-backup/"):
        raise BundleError("BACKUP_NOT_ONE", file=str(path))
    if told["fmt"] != FORMAT:
        raise BundleError("BACKUP_NEWER", file=str(path))
    manifest = msgspec.convert(told, Manifest)
    parse_utc(manifest.made)
    names = [part.name for part in manifest.parts]
    kept = names[len(MEMBERS) :]
    if tuple(names[: len(MEMBERS)]) != MEMBERS or len({*kept}) != len(kept):
        raise _damaged(path)
    for part in manifest.parts:
        if not 0 <= part.len <= _MOST.get(part.name, container.MAX_FILE):
            raise _damaged(path)
    if not all(is_kept(name) for name in kept):
        raise _damaged(path)
    return manifest


def _first(file: BinaryIO, member: container.Member, path: Path) -> bytes:
    """One of the first two members. What does not begin with them is no backup."""
    try:
        return container.read_next(file, member)
    except BundleError:
        raise BundleError("BACKUP_NOT_ONE", file=str(path)) from None


def _taken(file: BinaryIO, length: int, path: Path) -> Iterator[bytes]:
    while length:
        chunk = file.read(min(length, _CHUNK))
        if not chunk:
            raise _damaged(path)
        length -= len(chunk)
        yield chunk


def _padded(content: bytes) -> bytes:
    return content + bytes(-len(content) % container.BLOCK)


def _damaged(path: Path) -> BundleError:
    return BundleError("BACKUP_DAMAGED", file=str(path))
