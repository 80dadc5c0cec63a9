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


def write(folder: Path, name: str, data: bytes, verify: Callable[[bytes], None]) -> Path:
    """Write ``data`` to ``folder/name`` by way of ``name.part``; it has its name only once it is proven.

    The part is forced to the medium, read back from there and compared, and ``verify`` looks at what came
    back (it raises BundleError). Then the file gets its name, and that is made durable too.

    Raises BundleError ``STICK_READ_BACK``, what ``verify`` raises, and those of ``placing``. No part is left
    behind.
    """
    target = folder / name
    with placing(target) as part:
        durable.write_through(part, data)
        if not durable.reads_back(part, data):
            raise BundleError("STICK_READ_BACK", file=str(target))
        verify(durable.read_regular(part, MAX_FILE))
    return target


@contextmanager
def placing(target: Path) -> Iterator[Path]:
    """A file is written and proven under the name that is given here; when the block ends it is ``target``.

    Raises BundleError ``STICK_FULL``, ``STICK_READ_ONLY``, ``STICK_MISSING``, ``STICK_GONE`` (pulled out, or
    failing), ``STICK_FAILED``. Then nothing is left of it.
    """
    part = target.with_name(f"{target.name}.part")
    try:
        medium = target.parent.stat().st_dev
        part.unlink(missing_ok=True)  # of an attempt that was cut off
        yield part
        durable.replace(part, target)
        if target.stat().st_dev != medium:  # the folder is another one now: the stick is no more under it
            raise BundleError("STICK_GONE", file=str(target), reason=os.strerror(errno.ENODEV))
    except OSError as error:
        _discard(part)
        code = _CODES.get(error.errno or 0, "STICK_FAILED")
        raise BundleError(code, file=str(target), reason=error.strerror or "") from error
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


def _discard(part: Path) -> None:
    with contextlib.suppress(OSError):  # the medium may be gone: the first failure is what counts
        part.unlink(missing_ok=True)
