"""Changing the keyring together with the journal: both, or neither."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from icme_tui.keyring import Keyring, read_keyring, write_keyring

if TYPE_CHECKING:
    from icme_tui.station import Station


def apply(station: Station, after: Keyring, work: Callable[[], None]) -> None:
    """Do ``work`` in a transaction and write the keyring.

    The keyring is written inside the transaction; should the commit then fail, the old one is put back.
    Raises StoreError ``KEYRING_MISSING``, ``KEYRING_BAD``, OSError, and what ``work`` raises.
    """
    path = station.folders.keyring
    before = read_keyring(path)
    written = False
    try:
        with station.writing():
            work()
            write_keyring(path, after)
            written = True
    except BaseException:
        if written:
            write_keyring(path, before)
        raise
    station.use_keyring(after)
