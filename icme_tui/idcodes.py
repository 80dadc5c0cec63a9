"""Codes of eight ASCII characters: a letter, the station's number and a counter in base 32.

The alphabet is Crockford's: no I, L, O, U. A session's code turns into the u32 that stands on a card.

A station counts through the lower half of its counters. A home that was restored or copied does not know
what its other self has given out since: it goes on in blocks of the upper half that are drawn by lot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LETTERS = {"person": "P", "unit": "U", "project": "G", "course": "C", "session": "S", "guest": "V"}
MOST_STATIONS = 32**3
MOST_COUNTER = 32**4
BLOCKS = 512
"""Blocks of the upper half: of 1,024 counters each, of 64 for sessions."""


def counters_after(kind: str, last: int | None, draw: Callable[[int], int] | None = None) -> Iterator[int]:
    """The counters to be tried after the one that was used last.

    ``draw`` gives a number below its argument by lot; without it they come from the lower half, and end.
    """
    half = _limit(kind) // 2
    if draw is None:
        yield from range((last or 0) + 1, half)
        return
    size = half // BLOCKS
    if last is not None:
        yield from range(last + 1, last - last % size + size)
    for _ in range(BLOCKS):
        start = half + draw(BLOCKS) * size
        yield from range(start, start + size)


def make_code(kind: str, station: int, counter: int) -> str:
    """The code of the ``counter``-th record of a kind made at a station. Raises ValueError out of range."""
    if not 0 <= station < MOST_STATIONS or not 0 <= counter < _limit(kind):
        raise ValueError(f"no code for {kind} {counter} of station {station}")
    return LETTERS[kind] + _digits(station, 3) + _digits(counter, 4)


def session_number(code: str) -> int | None:
    """Station number u16 ‖ counter u16 of a session's code, or None if it is not one of ours."""
    station = station_of(code)
    if station is None or code[0] != LETTERS["session"]:
        return None
    counter = _number(code[4:])
    return station << 16 | counter if counter < 0x10000 else None


def station_of(code: str) -> int | None:
    """The number of the station that made a code, or None if it is not one of ours."""
    if len(code) != 8 or code[0] not in LETTERS.values() or any(char not in ALPHABET for char in code[1:]):
        return None
    return _number(code[1:4])


def session_code(number: int) -> str:
    """The code of a session number as it stands on a card."""
    return make_code("session", number >> 16 & 0x7FFF, number & 0xFFFF)


def _limit(kind: str) -> int:
    return 0x10000 if kind == "session" else MOST_COUNTER


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
