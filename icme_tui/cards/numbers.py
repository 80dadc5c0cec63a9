"""Card numbers: 8 digits from the issuing station's block and a Luhn check digit."""

from __future__ import annotations

from stdnum import luhn

PER_STATION = 10_000
"""Serials of card numbers that each station may give out."""

LAST_STATION = 9_999
"""The block of the station with this number is the last one of eight digits."""


def card_number(serial: int) -> str:
    """The 9-digit card number of an 8-digit serial. Raises ValueError for a longer one."""
    digits = f"{serial:08d}"
    if len(digits) != 8 or serial < 0:
        raise ValueError("a card serial has 8 digits")
    return digits + str(luhn.calc_check_digit(digits))


def serials_of(station: int) -> tuple[int, int]:
    """The first and the last serial that a station may give out, by its number."""
    return station * PER_STATION + 1, min((station + 1) * PER_STATION, 99_999_999)
