"""What the people of a station prefer, in its ``station.toml``: language, profile, keys.

Nothing here is secret and nothing decides anything, so it is read before anybody has logged in.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from icme_tui.codes import StoreError
from icme_tui.home import Home, read_table


class Preferences(NamedTuple):
    """Empty where nothing was said."""

    language: str = ""
    """``en`` or ``zh_CN``."""
    profile: str = ""
    """``lean`` or ``full``."""
    keys: Mapping[str, str] = {}
    """{id of an action: key}."""
    quiet: tuple[str, ...] = ()
    """Addresses of readers that neither beep nor show a light; ``all`` stands for every reader."""
    bell: bool = True
    """Whether the terminal rings with every outcome."""
    numbers: Mapping[str, str] = {}
    """{address of a reader that types: how it writes numbers}, one of ``cards.numberformat.FORMATS``."""


EVERY_READER = "all"


def read_preferences(home: Path) -> Preferences:
    """Those of a home folder; what is missing or damaged counts as not said."""
    raw = _raw(Home(home).config)
    keys, quiet, numbers = raw.get("keys"), raw.get("quiet"), raw.get("numbers")
    return Preferences(
        str(raw.get("language", "")),
        str(raw.get("profile", "")),
        {str(name): str(key) for name, key in keys.items()} if isinstance(keys, dict) else {},
        tuple(str(address) for address in quiet) if isinstance(quiet, list) else (),
        raw.get("bell") is not False,
        {str(name): str(value) for name, value in numbers.items()} if isinstance(numbers, dict) else {},
    )


def is_quiet(home: Path, address: str) -> bool:
    """Whether a reader of this home makes no sound."""
    quiet = read_preferences(home).quiet
    return address in quiet or EVERY_READER in quiet


def change_preferences(home: Path, **changes: Any) -> None:
    """Write some of the preferences; everything else in ``station.toml`` stays.

    Raises StoreError ``CONFIG_BAD`` where the file is missing or damaged.
    """
    import tomli_w

    from icme_tui import durable

    path = Home(home).config
    raw = _raw(path)
    if not raw:
        raise StoreError("CONFIG_BAD", file=str(path))
    durable.write_atomic(path, tomli_w.dumps({**raw, **changes}).encode())


class Arrival(NamedTuple):
    """What is known of a home before anybody has logged in."""

    role: str
    code: str
    name: str
    operators: tuple[str, ...]


def arrival(home: Path) -> Arrival | None:
    """Whose home it is and who may log in; None where there is no station. Needs no cryptography."""
    raw = _raw(Home(home).config)
    if not raw:
        return None
    slots = _raw(Home(home).keyring).get("slot")
    operators = [
        str(slot["operator"])
        for slot in (slots if isinstance(slots, list) else [])
        if isinstance(slot, dict) and "operator" in slot
    ]
    return Arrival(
        str(raw.get("role", "")), str(raw.get("code", "")), str(raw.get("name", "")), tuple(operators)
    )


def _raw(path: Path) -> dict[str, Any]:
    try:
        return read_table(path)
    except (OSError, ValueError):
        return {}
