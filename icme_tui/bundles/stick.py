"""Files on a stick: written so that "safe to remove" is true, read without believing the medium."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from icme_tui import durable
from icme_tui.bundles.container import MAX_FILE
from icme_tui.codes import BundleError

_CODES = {
    errno.ENOSPC: "STICK_FULL",
    errno.EDQUOT: "STICK_FULL",
    errno.EROFS: "STICK_READ_ONLY",
    errno.EACCES: "STICK_READ_ONLY",
    errno.EPERM: "STICK_READ_ONLY",
    errno.ENOENT: "STICK_MISSING",
    errno.ENOTDIR: "STICK_MISSING",
    errno.EIO: "STICK_GONE",
    errno.ENODEV: "STICK_GONE",
    errno.ENXIO: "STICK_GONE",
    errno.ESTALE: "STICK_GONE",
}


PLACES = ("/media", "/run/media", "/mnt")
"""Folders that are meant for sticks: what lies below them is one, or is nothing yet."""


def medium(folder: Path) -> int:
    """The number of the file system on which a folder lies: when the stick goes, another one lies there.

    Raises BundleError ``STICK_MISSING``, ``STICK_NOT_MOUNTED`` (a folder for sticks, with none in it).
    """
    try:
        number = folder.stat().st_dev
        place = folder.resolve()
    except OSError as error:
        raise _refused(folder, error) from error
    for top in map(Path, PLACES):
        if place != top and place.is_relative_to(top):
            above = [place, *(each for each in place.parents if each.is_relative_to(top))]
            if not any(os.path.ismount(each) for each in above):
                raise BundleError("STICK_NOT_MOUNTED", folder=str(folder))
    return number


def write(
    folder: Path, name: str, data: bytes, verify: Callable[[bytes], None], on: int | None = None
) -> Path:
    """Write ``data`` to ``folder/name`` by way of ``name.part``; it has its name only once it is proven.

    The part is forced to the medium, read back from there and compared, and ``verify`` looks at what came
    back (it raises BundleError). Then the file gets its name, and that is made durable too. ``on`` is the
    ``medium`` that the folder lay on when the work began.

    Raises BundleError ``STICK_READ_BACK``, what ``verify`` raises, and those of ``placing``. No part is left
    behind.
    """
    target = folder / name
    with placing(target, on) as part:
        durable.write_through(part, data)
        if not durable.reads_back(part, data):
            raise BundleError("STICK_READ_BACK", file=str(target))
        verify(durable.read_regular(part, MAX_FILE))
    return target


@contextmanager
def placing(target: Path, on: int | None = None) -> Iterator[Path]:
    """A file is written and proven under the name that is given here; when the block ends it is ``target``.

    Raises BundleError ``STICK_FULL``, ``STICK_READ_ONLY``, ``STICK_MISSING``, ``STICK_GONE`` (pulled out, or
    failing), ``STICK_FAILED``, ``STICK_NOT_MOUNTED``. Then nothing is left of it.
    """
    part = target.with_name(f"{target.name}.part")
    number = medium(target.parent)
    try:
        _require_same(target, number if on is None else on)
        part.unlink(missing_ok=True)  # of an attempt that was cut off
        yield part
        durable.replace(part, target)
        _require_same(target, number)
    except OSError as error:
        _discard(part)
        raise _refused(target, error) from error
    except BaseException:
        _discard(part)
        raise


def read(path: Path) -> bytes:
    """The bytes of a file that somebody brought.

    Raises BundleError ``FILE_MISSING``, ``FILE_NOT_REGULAR`` (a link, folder, device or pipe),
    ``FILE_TOO_LARGE``, ``FILE_UNREADABLE``.
    """
    try:
        return durable.read_regular(path, MAX_FILE)
    except FileNotFoundError:
        raise BundleError("FILE_MISSING", file=str(path)) from None
    except durable.NotRegularError:
        raise BundleError("FILE_NOT_REGULAR", file=str(path)) from None
    except durable.TooLargeError:
        raise BundleError("FILE_TOO_LARGE", file=str(path), limit=MAX_FILE) from None
    except OSError as error:
        raise BundleError("FILE_UNREADABLE", file=str(path), reason=error.strerror or "") from error


def _require_same(target: Path, number: int) -> None:
    """The folder is the one that it was: otherwise the stick is no more under it. Raises OSError."""
    if target.parent.stat().st_dev != number:
        raise OSError(errno.ENODEV, os.strerror(errno.ENODEV), str(target))


def _refused(path: Path, error: OSError) -> BundleError:
    code = _CODES.get(error.errno or 0, "STICK_FAILED")
    return BundleError(code, file=str(path), reason=error.strerror or "")


def _discard(part: Path) -> None:
    with contextlib.suppress(OSError):  # the medium may be gone: the first failure is what counts
        part.unlink(missing_ok=True)
