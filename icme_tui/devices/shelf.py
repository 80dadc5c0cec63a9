"""A folder of simulated cards, and which of them lies on the reader.

``NAME.mfd`` is a card: the 1,024 or 4,096 bytes of its memory, keys included, in the order of the blocks, as
dump tools write them. ``NAME.uid`` is a card that has nothing but a UID. ``reader.json`` says which card lies
on the reader; whoever may write to the folder can put one on or take it away, from another process too.
Files have mode 0600. A block is written in place with one call of 16 bytes, so a process that is killed
leaves every block old or new.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from pathlib import Path
from typing import Literal

import msgspec

from icme_tui.cards.layout import BLOCK_SIZE
from icme_tui.codes import ReaderError
from icme_tui.devices import mifare
from icme_tui.devices.uidonly import UidOnly

Torn = Literal["old", "new", "zero", "mixed"]
TORN: tuple[Torn, ...] = ("old", "new", "zero", "mixed")

Kind = Literal["1k", "4k", "ultralight", "random"]
KINDS: tuple[Kind, ...] = ("1k", "4k", "ultralight", "random")
"""What can be simulated; ``random`` has a UID as telephones draw it anew each time."""

_STATE = "reader.json"
_NAME = re.compile(r"[^\W_][\w.-]{0,63}")


class OnReader(msgspec.Struct, frozen=True):
    """The card that lies on the reader."""

    card: str
    tap: str
    """Another value for every time a card is put on."""
    pull_after: int | None = None
    """After this many operations the card is pulled away."""
    torn: Torn | None = None
    """If that happens in the middle of a write: what the block holds then."""


_decoder = msgspec.json.Decoder(OnReader)


def new_card(folder: Path, name: str, uid: bytes | None = None, kind: Kind = "1k") -> bytes:
    """Put a new, empty card into the folder and give back its UID (made from the name; of an Ultralight 7
    bytes, else 4).

    Raises ReaderError SIM_NAME for a name that is no plain word, SIM_EXISTS for a name that is taken.
    """
    if uid is None:
        uid = uid_for(name, kind)
    path, other = card_path(folder, name), uid_path(folder, name)
    if kind in ("1k", "4k"):
        content = bytes(mifare.new_memory(uid, mifare.MEMORY if kind == "1k" else mifare.MEMORY_4K))
    else:
        content, path, other = uid, other, path
    if other.exists():
        raise ReaderError("SIM_EXISTS", card=name)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as cause:
        raise ReaderError("SIM_EXISTS", card=name) from cause
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    return uid


def uid_for(name: str, kind: Kind = "1k") -> bytes:
    """The UID of a card of this name, always the same; only a ``random`` one looks random, and none looks
    cascaded."""
    digest = hashlib.sha256(b"icme-sim/1\n" + name.encode()).digest()
    if kind == "random":
        return b"\x08" + digest[1:4]
    if kind == "ultralight":
        return b"\x04" + digest[1:7]
    first = digest[0]
    while first in (0x00, 0x08, 0x88, 0xF8, 0xFF):
        first = first + 1 & 0xFF
    return bytes([first]) + digest[1:4]


def list_cards(folder: Path) -> list[tuple[str, bytes]]:
    """Name and UID of every card in the folder, by name."""
    cards = [(path.stem, path.read_bytes()[:4]) for path in folder.glob("*.mfd")]
    return sorted(cards + [(path.stem, path.read_bytes()) for path in folder.glob("*.uid")])


def tap(folder: Path, name: str, pull_after: int | None = None, torn: Torn | None = None) -> None:
    """Put a card on the reader, in place of what lies there. Raises ReaderError SIM_UNKNOWN."""
    if not (card_path(folder, name).exists() or uid_path(folder, name).exists()):
        raise ReaderError("SIM_UNKNOWN", card=name)
    state = msgspec.json.encode(OnReader(name, secrets.token_hex(8), pull_after, torn))
    draft = folder / f".{_STATE}.{os.getpid()}"
    draft.write_bytes(state)
    draft.chmod(0o600)
    draft.replace(folder / _STATE)


def remove(folder: Path, only: OnReader | None = None) -> bool:
    """Take the card off the reader; with ``only``, if it is still that one. Whether one lay there."""
    present = on_reader(folder)
    if present is None or (only is not None and present.tap != only.tap):
        return False
    (folder / _STATE).unlink(missing_ok=True)
    return True


def on_reader(folder: Path) -> OnReader | None:
    """What lies on the reader."""
    try:
        return _decoder.decode((folder / _STATE).read_bytes())
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def chip(folder: Path, name: str) -> mifare.Classic1K | UidOnly:
    """The chip of a card of any kind. Raises ReaderError SIM_UNKNOWN."""
    path = uid_path(folder, name)
    return UidOnly(path.read_bytes()) if path.exists() else load(folder, name)


def load(folder: Path, name: str) -> mifare.Classic1K:
    """The chip of a Classic card; what is written to it is written to its file.

    Raises ReaderError SIM_UNKNOWN.
    """
    path = card_path(folder, name)
    try:
        memory = bytearray(path.read_bytes())
    except FileNotFoundError as cause:
        raise ReaderError("SIM_UNKNOWN", card=name) from cause
    if len(memory) not in (mifare.MEMORY, mifare.MEMORY_4K):
        raise ReaderError("SIM_UNKNOWN", card=name)

    def save(block: int, data: bytes) -> None:
        handle = os.open(path, os.O_WRONLY)
        try:
            os.pwrite(handle, data, block * BLOCK_SIZE)
        finally:
            os.close(handle)

    return mifare.Classic1K(memory, save)


def card_path(folder: Path, name: str) -> Path:
    """The file of a card. Raises ReaderError SIM_NAME for a name that is no plain word."""
    if not _NAME.fullmatch(name):
        raise ReaderError("SIM_NAME", card=name)
    return folder / f"{name}.mfd"


def uid_path(folder: Path, name: str) -> Path:
    """The file of a card that has nothing but a UID. Raises ReaderError SIM_NAME."""
    return card_path(folder, name).with_suffix(".uid")
