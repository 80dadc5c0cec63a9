"""Card numbers: 8 digits from the issuing station's block and a Luhn check digit."""

from __future__ import annotations

from stdnum import luhn


def card_number(serial: int) -> str:
    """The 9-digit card number of an 8-digit serial. Raises ValueError for a longer one."""
    digits = f"{serial:08d}"
    if len(digits) != 8 or serial < 0:
        raise ValueError("a card serial has 8 digits")
    return digits + str(luhn.calc_check_digit(digits))


def is_card_number(text: str) -> bool:
    """Whether ``text`` is 9 digits with a fitting check digit."""
    return len(text) == 9 and text.isascii() and text.isdigit() and bool(luhn.is_valid(text))
