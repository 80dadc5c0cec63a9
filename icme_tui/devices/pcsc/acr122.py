"""What an ACR122U says of itself (ACS "ACR122U API" v1.2, "Get firmware version" and "PICC operating
parameter"). Copies with another chip answer to its name and often see no card."""

from __future__ import annotations

from typing import Literal

FIRMWARE = bytes.fromhex("FF00480000")
"""Answered by 10 letters and no status word."""
PARAMETER = bytes.fromhex("FF00500000")
"""Answered by 90 and the parameter."""

_MAKE = b"ACR122"
_STATUS_WORD = 2
_AUTO_ATS = 0x40
"""Cards that are two in one are taken for chip cards, which no sector key opens."""
_FAST = 0x20
"""A look every 250 ms, else every 500 ms."""

Fault = Literal["READER_COPY", "READER_MODE", ""]


def fault_of(firmware: bytes, parameter: bytes) -> Fault:
    """What is wrong with a reader that gives these answers, which are empty where it gave none."""
    if len(firmware) > _STATUS_WORD and not firmware.startswith(_MAKE):
        return "READER_COPY"
    if (
        len(parameter) == 2
        and parameter[0] == 0x90
        and (parameter[1] & _AUTO_ATS or not parameter[1] & _FAST)
    ):
        return "READER_MODE"
    return ""
