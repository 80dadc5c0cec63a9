"""Changing what a station's people prefer: readers, sounds, language, profile, keys; in ``station.toml``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icme_tui.codes import ReaderError
from icme_tui.devices.opening import require_address
from icme_tui.operations.preferences import EVERY_READER, change_preferences, read_preferences

if TYPE_CHECKING:
    from icme_tui.station import Station


def set_readers(station: Station, addresses: list[str]) -> None:
    """Which readers this station has, the first one first. They are not looked for.

    Raises ReaderError ``READER_ADDRESS``, ``READER_TWICE``; StoreError ``CONFIG_BAD``.
    """
    for number, address in enumerate(addresses):
        require_address(address)
        if address in addresses[:number]:
            raise ReaderError("READER_TWICE", address=address)
    change_preferences(station.home, readers=addresses)
    station.readers = tuple(addresses)


def set_signals(station: Station, on: bool, address: str = "") -> tuple[str, ...]:
    """Whether a reader beeps and shows a light, or every reader; counts when it is opened again. Returns the
    addresses of those that are quiet, ``all`` for every reader.

    Raises ReaderError ``READER_ADDRESS``; StoreError ``CONFIG_BAD``.
    """
    if address:
        require_address(address)
        quiet = read_preferences(station.home).quiet
        if EVERY_READER in quiet:
            quiet = station.readers
        kept = [one for one in quiet if one != address]
        found = kept if on else [*kept, address]
    else:
        found = [] if on else [EVERY_READER]
    change_preferences(station.home, quiet=found)
    return tuple(found)


def set_bell(station: Station, on: bool) -> None:
    """Whether the terminal rings with every outcome. Raises StoreError ``CONFIG_BAD``."""
    change_preferences(station.home, bell=on)


def set_language(station: Station, language: str) -> None:
    """``en``, ``zh_CN``, or empty: that of the locale. Raises StoreError ``CONFIG_BAD``."""
    change_preferences(station.home, language=language)


def set_profile(station: Station, profile: str) -> None:
    """``lean``, ``full``, or empty: by the terminal. Raises StoreError ``CONFIG_BAD``."""
    change_preferences(station.home, profile=profile)


def set_key(station: Station, action: str, key: str) -> dict[str, str]:
    """Give an action another key; without one it gets its own back. Returns all keys that were changed.

    Raises StoreError ``CONFIG_BAD``.
    """
    keys = dict(read_preferences(station.home).keys)
    if key:
        keys[action] = key
    else:
        keys.pop(action, None)
    change_preferences(station.home, keys=keys)
    return keys
