"""Writes that survive a loss of power: the one module that owns fsync, atomic replace and read-back.

Every step that makes something durable announces itself with ``point(name)`` just before it happens, so
that a test can kill the process at the n-th of them (``ICME_TEST_DIE_AT=n``).
"""

from __future__ import annotations

import errno
import hmac
import os
import secrets
import signal
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

FILE_MODE = 0o600
FOLDER_MODE = 0o700

_DIE_AT = int(os.environ.get("ICME_TEST_DIE_AT") or 0)
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_NO_BLOCK = getattr(os, "O_NONBLOCK", 0)
_NO_FOLDER_SYNC = (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS)
"""What some file systems (FUSE, network) answer to an fsync of a folder."""

_OPENED_BYTE = 128
"""On which byte of ``-shm`` those who have the database open hold a lock."""

_points_passed = 0


class NotRegularError(OSError):
    """The path names a link, a folder, a device or a pipe where a file is wanted."""


class TooLargeError(OSError):
    """The file is larger than the reader allows."""


def point(name: str) -> None:
    """Announce that the durable step ``name`` (``fsync``, ``replace``, ``commit`` …) comes next.

    Does nothing, except in a test that has asked to be killed at this very step.
    """
    global _points_passed
    if not _DIE_AT:
        return
    _points_passed += 1
    if _points_passed == _DIE_AT:
        os.kill(os.getpid(), signal.SIGKILL)


def fsync_file(descriptor: int) -> None:
    """Force an open file to the disk. Raises OSError."""
    point("fsync")
    os.fsync(descriptor)


def fsync_folder(path: Path) -> None:
    """Force a folder's entries to the disk, where its file system can do that. Raises OSError."""
    if os.name != "posix":
        return
    point("fsync")
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise
    finally:
        os.close(descriptor)


def replace(source: Path, target: Path) -> None:
    """Give ``source`` the name ``target`` in one step, and make the name durable. Raises OSError."""
    point("replace")
    source.replace(target)
    fsync_folder(target.parent)


def make_folder(path: Path) -> None:
    """Make a folder (and what is missing above it) that only its owner may enter. Raises OSError."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(FOLDER_MODE, exist_ok=True)
    fsync_folder(path.parent)


def create_private(path: Path, data: bytes = b"") -> None:
    """Make a new file that only its owner may read, and force it to the disk.

    Raises FileExistsError where anything has that name already, else OSError.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW, FILE_MODE)
    try:
        _write_all(descriptor, data)
        fsync_file(descriptor)
    finally:
        os.close(descriptor)
    fsync_folder(path.parent)


def write_atomic(path: Path, data: bytes, mode: int = FILE_MODE) -> None:
    """Put ``data`` under the name ``path``: after a crash there is the old file or the new one, whole.

    Raises OSError; the old file is then untouched and no part of the new one is left.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW, mode)
        try:
            _write_all(descriptor, data)
            fsync_file(descriptor)
        finally:
            os.close(descriptor)
        replace(part, path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def write_through(path: Path, data: bytes) -> None:
    """Write a file that must not exist yet, force it to the medium and drop it from the page cache.

    What is read from ``path`` afterwards comes from the medium. Raises OSError.
    """
    write_chunks_through(path, (data,))


def write_chunks_through(path: Path, chunks: Iterable[bytes]) -> None:
    """The same for what is too large to be held in memory. Raises OSError, and what ``chunks`` raises."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW, FILE_MODE)
    try:
        for chunk in chunks:
            _write_all(descriptor, chunk)
        fsync_file(descriptor)
        _drop_cache(descriptor)
    finally:
        os.close(descriptor)


def read_regular(path: Path, limit: int) -> bytes:
    """The bytes of a regular file of at most ``limit`` bytes, without following a link or blocking on a pipe.

    Raises NotRegularError, TooLargeError, or another OSError.
    """
    with open_regular(path) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise TooLargeError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return data


def open_regular(path: Path, *, fresh: bool = False) -> BinaryIO:
    """A regular file, open for reading, without following a link or blocking on a pipe.

    ``fresh``: what is read comes from the medium, not from the page cache. Raises NotRegularError, or another
    OSError.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | _NO_FOLLOW | _NO_BLOCK)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise NotRegularError(error.errno, "a link", str(path)) from error
        raise
    _require_regular(descriptor, path)
    if fresh:
        _drop_cache(descriptor)
    return os.fdopen(descriptor, "rb")


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Let no other process into this block with the same folder. Raises BlockingIOError where one is in it,
    else OSError. It ends with the process, however that ends."""
    if os.name != "posix":
        yield
        return
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def is_open_elsewhere(database: Path) -> bool:
    """Whether another process has an SQLite database in WAL mode open: each holds a shared lock on a byte of
    the file beside it meanwhile (SQLite's os_unix.c, UNIX_SHM_DMS). This process must not have it open: it
    would lose its own locks. Raises OSError."""
    shared = database.with_name(f"{database.name}-shm")
    if os.name != "posix" or not shared.exists():
        return False
    import fcntl

    with shared.open("rb+") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _OPENED_BYTE)
        except (BlockingIOError, PermissionError):
            return True
    return False


def reads_back(path: Path, data: bytes) -> bool:
    """Whether the medium gives back exactly ``data``. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | _NO_FOLLOW | _NO_BLOCK)
    try:
        _drop_cache(descriptor)
    finally:
        os.close(descriptor)
    try:
        return hmac.compare_digest(read_regular(path, len(data)), data)
    except TooLargeError:
        return False


def _require_regular(descriptor: int, path: Path) -> int:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NotRegularError(errno.EINVAL, "not a regular file", str(path))
    return descriptor


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _drop_cache(descriptor: int) -> None:
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
