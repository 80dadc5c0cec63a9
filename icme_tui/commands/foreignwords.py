"""What is said of cards of other systems: their kind, and whose sectors they hold.

The names of applications are those of the function clusters in NXP's AN10787; the application itself is one
of hundreds that the maker of the card registered.
"""

from __future__ import annotations

from collections.abc import Sequence

from icme_tui.commands.words import N_, _, ngettext

KINDS = {
    "mifare-classic-1k": "MIFARE Classic 1K",
    "mifare-classic-4k": "MIFARE Classic 4K",
    "mifare-mini": "MIFARE Mini",
    "mifare-ultralight": "MIFARE Ultralight",
    "mifare-desfire": "MIFARE DESFire",
}

_OURS = "4D38"
_APPLICATIONS = {
    _OURS: N_("this system"),
    "03E1": N_("NDEF messages"),
    "0004": N_("card holder"),
}
_NONE = ("0000", "0001", "0002", "0003", "0005")
"""Free, defect, reserved, continued and without use."""

_CLUSTERS = {
    0x00: N_("card administration"),
    0x08: N_("airlines"),
    0x09: N_("ferries"),
    0x10: N_("railways"),
    **dict.fromkeys((0x12, 0x21, 0x31), N_("transport")),
    0x14: N_("security"),
    0x18: N_("city traffic"),
    0x20: N_("buses"),
    0x28: N_("taxi"),
    0x30: N_("road toll"),
    0x38: N_("company services"),
    0x40: N_("city card"),
    **dict.fromkeys((0x47, 0x48, 0x51, 0x52, 0x53, 0x54), N_("access control")),
    0x58: N_("university"),
    0x60: N_("food"),
    0x68: N_("trade"),
    0x70: N_("hotel"),
    0x88: N_("electronic purse"),
    0xA0: N_("health services"),
    0xB8: N_("banking"),
    0xC8: N_("car parking"),
    0xE1: N_("NFC"),
}


def kind(code: str) -> str:
    """The kind of a card; empty for one that its reader cannot tell."""
    return KINDS.get(code, "")


def application(code: str) -> str:
    """What an identifier of a directory (4 hex digits: application, cluster) stands for, and itself."""
    found = _APPLICATIONS.get(code) or _CLUSTERS.get(int(code[2:], 16))
    return f"{_(found)} ({code})" if found else code


def applications(codes: Sequence[str]) -> str:
    """All of them that mean anything, in one line."""
    return ", ".join(application(code) for code in codes if code not in _NONE)


def open_sectors(states: Sequence[str]) -> str:
    """How much of a card can be read; empty for one without sectors."""
    if not states:
        return ""
    n = sum(state != "closed" for state in states)
    told = ngettext("{n} sector of {all} can be read", "{n} sectors of {all} can be read", n)
    return told.format(n=n, all=len(states))
