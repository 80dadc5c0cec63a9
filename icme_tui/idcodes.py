"""Codes of eight ASCII characters: a letter, the station's number and a counter in base 32.

The alphabet is Crockford's: no I, L, O, U. A session's code turns into the u32 that stands on a card.
"""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LETTERS = {"person": "P", "unit": "U", "project": "G", "course": "C", "session": "S", "guest": "V"}
MOST_STATIONS = 32**3
MOST_COUNTER = 32**4


def make_code(kind: str, station: int, counter: int) -> str:
    """The code of the ``counter``-th record of a kind made at a station. Raises ValueError out of range."""
    most = 0x10000 if kind == "session" else MOST_COUNTER
    if not 0 <= station < MOST_STATIONS or not 0 <= counter < most:
        raise ValueError(f"no code for {kind} {counter} of station {station}")
    return LETTERS[kind] + _digits(station, 3) + _digits(counter, 4)


def session_number(code: str) -> int | None:
    """Station number u16 ‖ counter u16 of a session's code, or None if it is not one of ours."""
    if len(code) != 8 or code[0] != LETTERS["session"] or any(char not in ALPHABET for char in code[1:]):
        return None
    station, counter = _number(code[1:4]), _number(code[4:])
    return station << 16 | counter if counter < 0x10000 else None


def session_code(number: int) -> str:
    """The code of a session number as it stands on a card."""
    return make_code("session", number >> 16 & 0x7FFF, number & 0xFFFF)


def _digits(number: int, width: int) -> str:
    text = ""
    for _ in range(width):
        text = ALPHABET[number % 32] + text
        number //= 32
    return text


def _number(text: str) -> int:
    number = 0
    for char in text:
        number = number * 32 + ALPHABET.index(char)
    return number
