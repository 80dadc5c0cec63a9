"""What the operating system says of a file that it refuses, in words that can be translated."""

from __future__ import annotations

import errno
import os

from icme_tui.commands.words import N_, _

_REASONS: dict[int, str] = {
    errno.EACCES: N_("permission denied"),
    errno.EPERM: N_("not permitted"),
    errno.EROFS: N_("it can only be read, not written"),
    errno.ENOENT: N_("it does not exist"),
    errno.ENOTDIR: N_("a part of the path is no folder"),
    errno.EISDIR: N_("it is a folder"),
    errno.EEXIST: N_("it exists already"),
    errno.ENOSPC: N_("no space left"),
    errno.EDQUOT: N_("the quota is used up"),
    errno.EFBIG: N_("the file is too large"),
    errno.EIO: N_("the device reports an error"),
    errno.ENODEV: N_("the device is gone"),
    errno.ENXIO: N_("the device is gone"),
    errno.EBUSY: N_("the device is busy"),
    errno.ENAMETOOLONG: N_("the name is too long"),
    errno.ELOOP: N_("too many links"),
    errno.EMFILE: N_("too many open files"),
    errno.ESTALE: N_("the network folder is gone"),
    errno.ENOTSUP: N_("not supported here"),
    errno.EINVAL: N_("not possible here"),
}

_OF_TEXT = {os.strerror(number): text for number, text in _REASONS.items()}


def reason_words(text: str) -> str:
    """The words for a text of ``strerror``; any other text as it is."""
    return _(_OF_TEXT[text]) if text in _OF_TEXT else text
