"""What readers have in common and where they differ, as data.

Sources: ACS "ACR122U API" v1.2, "ACR1252U Reference Manual" (E0 00 00 21 and 28), "ACR1281U-C1 Reference
Manual"; Identiv "uTrust 3700 F Reference Manual", SCM "SCL3711 Reference Manual" (6.2.3: P2 60 for key A, 61
for key B); HID "OMNIKEY Contactless Smart Card Readers Developer
Guide". A reader that is not listed here is asked: see ``keyways``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from icme_tui.devices.pcsc.apdu import KeyWay
from icme_tui.devices.port import Signal

Escapes = tuple[bytes, ...]

TRIED: tuple[KeyWay, ...] = (
    KeyWay(0x00, 0x00, 0x00),
    KeyWay(0x00, 0x20, 0x20),
    KeyWay(0x00, 0x60, 0x01, is_by_type=True),
    KeyWay(0x00, 0x60, 0x01),
    KeyWay(0x20, 0x00, 0x00),
)
"""How a reader that is not known may take keys. Volatile memory first: the other wears out."""

BETWEEN_S = 0.2
"""From the beginning of one beep to the next, where each is a command of its own."""


class Profile(NamedTuple):
    """One family of readers."""

    title: str
    pattern: str
    """Found in the reader's PC/SC name, whatever the case."""
    ways: tuple[KeyWay, ...] = TRIED
    """In the order in which they are tried."""
    signals: Mapping[Signal, Escapes] = MappingProxyType({})
    """Commands to the reader that beep and light, ``BETWEEN_S`` apart."""
    polling: Escapes = ()
    """Commands that make the reader look for our kind of card, and often. Only without a card: they may take
    the field away."""
    silence: Escapes = ()
    """Commands that switch off the beep by which the reader itself greets every card."""
    restore: Escapes = ()
    """Commands that give all of it back."""
    is_acr122: bool = False
    """It can be asked what ``acr122`` asks."""


_RED, _GREEN = 0x50, 0xA0
"""First state and mask of a light that blinks, as the ACR122U takes them."""


def _acr122u(times: int, light: int) -> Escapes:
    """FF 00 40: blink ``times`` times, 100 ms on and 100 ms off, with the buzzer while it is on. The reader
    answers only when it has done so."""
    pause = 1 if times > 1 else 0
    return (bytes((0xFF, 0x00, 0x40, light, 0x04, 0x01, pause, times, 0x01)),)


_BEEP = bytes.fromhex("E0000028010A")
"""E0 00 00 28: sound for 10 hundredths of a second. Of the ACS readers that came after the ACR122U."""

_ACS_SIGNALS: dict[Signal, Escapes] = {"accepted": (_BEEP,), "refused": (_BEEP,) * 3, "again": (_BEEP,) * 2}

PROFILES = (
    Profile(
        "ACS ACR122U",
        r"ACR ?122",
        (KeyWay(0x00, 0x00, 0x00),),
        signals={
            "accepted": _acr122u(1, _GREEN),
            "refused": _acr122u(3, _RED),
            "again": _acr122u(2, _RED),
        },
        polling=(bytes.fromhex("FF0051A100"),),  # type A alone, no ATS, each 250 ms
        silence=(bytes.fromhex("FF00520000"),),
        restore=(bytes.fromhex("FF0052FF00"), bytes.fromhex("FF0051FF00")),
        is_acr122=True,
    ),
    Profile(
        "ACS ACR1252U",
        r"ACR ?1252|ACR ?1251|ACM1252",
        (KeyWay(0x00, 0x00, 0x00),),
        signals=_ACS_SIGNALS,
        silence=(bytes.fromhex("E00000210187"),),
        restore=(bytes.fromhex("E0000021018F"),),
    ),
    Profile(
        "ACS ACR1281U",
        r"ACR ?1281|ACR ?128",
        (KeyWay(0x00, 0x20, 0x20),),
        signals=_ACS_SIGNALS,
        silence=(bytes.fromhex("E00000210187"),),
        restore=(bytes.fromhex("E0000021018F"),),
    ),
    Profile(
        "Identiv uTrust", r"uTrust|Identiv|SCL01|SCL3711", (KeyWay(0x00, 0x60, 0x01, is_by_type=True), *TRIED)
    ),
    Profile("HID OMNIKEY", r"OMNIKEY|CardMan", (KeyWay(0x20, 0x00, 0x00), *TRIED)),
)
DEFAULT = Profile("PC/SC", "")

_NO_CARDS = re.compile(r"\bSAM\b|\bICC\b|\bcontact\b(?!less)", re.IGNORECASE)
"""Slots of readers that take no contactless card."""


def profile_of(reader: str) -> Profile:
    """The profile for a reader's PC/SC name."""
    return next((one for one in PROFILES if re.search(one.pattern, reader, re.IGNORECASE)), DEFAULT)


def choose(readers: list[str], part: str) -> str | None:
    """The first contactless reader whose name contains ``part``, whatever the case; with a part, one for
    cards with contacts too, if there is no other."""
    found = [name for name in readers if part.lower() in name.lower()]
    contactless = [name for name in found if not _NO_CARDS.search(name)]
    return next(iter(contactless or (found if part else [])), None)
