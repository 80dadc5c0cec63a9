"""Identity numbers of residents (GB 11643-1999): form, date, check digit, and how they are shown.

Six digits of region (GB/T 2260), eight of birth date, three of sequence (odd for men, even for women) and a
check digit. The old form of fifteen digits has two digits of year and no check digit. The same form serves
residence permits of people of Hong Kong, Macao and Taiwan (regions 81, 82, 83) and, since 2023, of
foreigners with permanent residence (first digit 9, then region and nationality).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from icme_tui.rules.people.cells import Cell, has_lost_digits, text_of

OLDEST_YEARS = 120

_OLD = re.compile(r"\d{15}", re.ASCII)
_FULL = re.compile(r"\d{17}[\dX]", re.ASCII)
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?E\+?1[0-9]", re.ASCII)
_EXCEL_TEXT = re.compile(r'="?([0-9Xx]+)"?')
_APOSTROPHES = "'’‘`′"
_MALE, _FEMALE = 1, 2
_PERMITS = ("81", "82", "83")


class IdNumber(NamedTuple):
    """What was found in the cell of an ID number."""

    number: str
    """Eighteen characters, or empty where there is an error."""
    error: str = ""
    """``ID_MISSING``, ``ID_ROUNDED``, ``ID_SCIENTIFIC``, ``ID_ZEROED``, ``ID_FORM``, ``ID_DATE``,
    ``ID_CHECK``."""
    warnings: tuple[str, ...] = ()
    """``ID_REGION`` (no such region), ``ID_OLD_FORM`` (had fifteen digits), ``ID_ZEROS`` (valid, but it ends
    like a number that a spreadsheet has rounded)."""

    def __repr__(self) -> str:
        return f"IdNumber({mask(self.number)}, {self.error or 'ok'})"


def read_id_number(cell: Cell, today: date) -> IdNumber:
    """Normalise and check the cell of an ID number: full-width digits, blanks, ``x``, the old form."""
    if has_lost_digits(cell):
        return IdNumber("", "ID_ROUNDED")
    text = normalise(text_of(cell))
    if not text:
        return IdNumber("", "ID_MISSING")
    if _SCIENTIFIC.fullmatch(text):
        return IdNumber("", "ID_SCIENTIFIC")
    old = _OLD.fullmatch(text) is not None
    if old:
        text = from_old_form(text)
    if not _FULL.fullmatch(text):
        return IdNumber("", "ID_FORM")
    return _check(text, today, old)


def _check(number: str, today: date, old: bool) -> IdNumber:
    born = birth_date(number)
    sound = number[17] == check_digit(number[:17])
    zeros = number.endswith("000") and not old
    if zeros and not sound:
        return IdNumber("", "ID_ZEROED")
    if born is None or not today - timedelta(days=366 * OLDEST_YEARS) <= born <= today:
        return IdNumber("", "ID_DATE")
    if not sound:
        return IdNumber("", "ID_CHECK")
    warnings = [code for code, holds in (("ID_OLD_FORM", old), ("ID_ZEROS", zeros)) if holds]
    if not is_known_region(number[:6]):
        warnings.append("ID_REGION")
    return IdNumber(number, "", tuple(warnings))


def normalise(text: str) -> str:
    """Half-width, upper case, without blanks, hyphens, invisible characters and marks of text cells."""
    if _FULL.fullmatch(text):
        return text
    text = unicodedata.normalize("NFKC", text)
    text = "".join(c for c in text if not c.isspace() and unicodedata.category(c) not in ("Cf", "Cc"))
    text = text.strip(_APOSTROPHES)
    if marked := _EXCEL_TEXT.fullmatch(text):
        text = marked[1]
    text = text.upper()
    joined = re.sub(r"[-‐‑–—−]", "", text)
    return joined if _FULL.fullmatch(joined) or _OLD.fullmatch(joined) else text


def from_old_form(number: str) -> str:
    """Fifteen digits to eighteen: the century 19, and the check digit."""
    body = f"{number[:6]}19{number[6:]}"
    return body + check_digit(body)


def check_digit(body: str) -> str:
    """The last character for the first seventeen: ISO 7064 MOD 11-2."""
    from stdnum.cn import ric

    return str(ric.calc_check_digit(body + "0"))


def birth_date(number: str) -> date | None:
    """The birth date in an eighteen-character number; None where there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex(number: str) -> int:
    """1 male, 2 female (GB/T 2261.1)."""
    return _MALE if int(number[16]) % 2 else _FEMALE


@cache
def is_known_region(region: str) -> bool:
    """Whether a region code is or was in use (GB/T 2260), or belongs to a residence permit."""
    if region[:2] in _PERMITS:
        return True
    if region[0] == "9":
        return _entry(f"{region[1:3]}0000", "province")
    return _entry(region, "county")


def _entry(region: str, level: str) -> bool:
    from stdnum import numdb

    return any(level in properties for _part, properties in numdb.get("cn/loc").info(region))


def mask(text: str) -> str:
    """A number as it may be shown: ``3402**********951X``. Shorter text keeps less."""
    if len(text) >= 12:
        return text[:4] + "*" * (len(text) - 8) + text[-4:]
    return text[:2] + "*" * (len(text) - 2) if len(text) > 2 else "*" * len(text)
