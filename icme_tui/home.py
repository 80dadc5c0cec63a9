"""The home folder of a station: where things lie in it, and ``station.toml``."""

from __future__ import annotations

import itertools
import os
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import tomli_w

from icme_tui import durable
from icme_tui.codes import StoreError

FOLDERS = ("outbox", "inbox", "quarantine", "backups", "logs", "cards")

_STATION = (
    "station.toml", "keyring.toml", "keyring.next.toml", "login.toml",
    "store.db", "store.db-wal", "store.db-shm",
)  # fmt: skip
"""What makes a folder the home of one station. The first one goes first: without it there is no station."""


class Home(NamedTuple):
    """The paths of a home folder."""

    path: Path

    @property
    def config(self) -> Path:
        return self.path / "station.toml"

    @property
    def keyring(self) -> Path:
        return self.path / "keyring.toml"

    @property
    def next_keyring(self) -> Path:
        """The keyring of a store that is being encrypted anew."""
        return self.path / "keyring.next.toml"

    @property
    def store(self) -> Path:
        return self.path / "store.db"

    @property
    def logins(self) -> Path:
        return self.path / "login.toml"

    @property
    def outbox(self) -> Path:
        return self.path / "outbox"

    @property
    def inbox(self) -> Path:
        return self.path / "inbox"

    @property
    def quarantine(self) -> Path:
        return self.path / "quarantine"

    @property
    def backups(self) -> Path:
        return self.path / "backups"

    @property
    def cards(self) -> Path:
        return self.path / "cards"


class Config(NamedTuple):
    """``station.toml``: nothing in it is secret, and nothing in it is trusted for a decision."""

    role: str
    """``office`` or ``venue``."""
    code: str
    name: str
    domain: str
    readers: tuple[str, ...] = ()
    """Addresses of readers, e.g. ``sim:cards``."""


def refuse_station(home: Home) -> None:
    """Raises StoreError ``HOME_EXISTS`` if the folder holds a station: one that has its ``station.toml``."""
    if home.config.exists():
        raise StoreError("HOME_EXISTS", home=str(home.path))


def make_folders(home: Home) -> None:
    """Make the home and its folders, 0700. Keyring and store of a founding that came to no end are set aside
    in ``unfinished-1``, ``unfinished-2`` … Raises StoreError ``HOME_EXISTS``."""
    refuse_station(home)
    for folder in (home.path, *(home.path / name for name in FOLDERS)):
        durable.make_folder(folder)
    set_aside(home, "unfinished")


def set_aside(home: Home, name: str) -> Path | None:
    """Move what makes the folder a station's home into ``name-1``, ``name-2`` … in it. Returns that folder,
    None where there is nothing to move. Bundles, backups and logs stay where they are. Raises OSError."""
    found = [home.path / each for each in _STATION if (home.path / each).exists()]
    if not found:
        return None
    aside = next(path for n in itertools.count(1) if not (path := home.path / f"{name}-{n}").exists())
    durable.make_folder(aside)
    for path in found:
        durable.replace(path, aside / path.name)
    return aside


def read_table(path: Path) -> dict[str, Any]:
    """A TOML file. Raises OSError, ValueError."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def write_config(home: Home, config: Config) -> None:
    """Write ``station.toml`` anew: what people prefer is not in it yet."""
    values: dict[str, Any] = {**config._asdict(), "readers": list(config.readers)}
    durable.write_atomic(home.config, tomli_w.dumps(values).encode())


def read_config(home: Home) -> Config:
    """Raises StoreError ``NO_HOME``, ``CONFIG_BAD``."""
    try:
        raw = read_table(home.config)
        config = Config(
            str(raw["role"]),
            str(raw["code"]),
            str(raw["name"]),
            str(raw["domain"]),
            tuple(str(reader) for reader in raw.get("readers", ())),
        )
    except FileNotFoundError:
        raise StoreError("NO_HOME", home=str(home.path)) from None
    except (OSError, ValueError, KeyError, TypeError):
        raise StoreError("CONFIG_BAD", file=str(home.config)) from None
    if config.role not in ("office", "venue"):
        raise StoreError("CONFIG_BAD", file=str(home.config))
    return config


def refuse_unsafe(home: Home) -> None:
    """Raises StoreError ``HOME_UNSAFE`` where the folder's file system keeps no modes (FAT on a stick)."""
    if os.name == "posix" and home.path.stat().st_mode & 0o077:
        try:
            home.path.chmod(0o700)
        except OSError:
            raise StoreError("HOME_UNSAFE", home=str(home.path)) from None
        if home.path.stat().st_mode & 0o077:
            raise StoreError("HOME_UNSAFE", home=str(home.path))
