"""PC/SC readers by their address."""

from __future__ import annotations

import re

import platformdirs

from icme_tui import durable
from icme_tui.devices.claim import Claim
from icme_tui.devices.pcsc.reader import PcscReader

_NOT_A_NAME = re.compile(r"\W+")


def open_pcsc(part: str) -> PcscReader:
    """The reader whose PC/SC name contains ``part``, whatever the case; the first contactless one if empty.

    Raises ReaderError PCSC_MISSING, NO_SERVICE, NO_READER, READER_FORBIDDEN, READER_IN_USE, SERVICE_HANGS.
    """
    return PcscReader(part, _claim)


def _claim(name: str) -> Claim | None:
    """The reader for this program; None where there is no folder for it."""
    folder = platformdirs.user_state_path("icme", appauthor=False) / "readers"
    try:
        durable.make_folder(folder)
    except OSError:
        return None
    return Claim(folder / f"{_NOT_A_NAME.sub('-', name)}.lock", name)
