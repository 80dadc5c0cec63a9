"""Names of people and of departments as they stand in a roster: what is mended and what is refused.

Kept as it is: any script, rare characters, brackets and marks such as ``[bold red]``; it is the screen's
work to show them as they are.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from icme_tui.rules.people.cells import INVISIBLE

MAX_CHARACTERS = 60
"""Of a name; the holder block of a card keeps the first 55 bytes."""

MIDDLE_DOT = "·"

_DOTS = str.maketrans(dict.fromkeys("•・･‧∙⋅・●᛫・", MIDDLE_DOT))
_FULL_WIDTH = (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
_HALF_WIDTH = {code: code - 0xFEE0 for code in _FULL_WIDTH}
_HAN = r"\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ue000-\uf8ff\U00020000-\U0003ffff"
_BLANK_IN_HAN = re.compile(rf"(?<=[{_HAN}]) (?=[{_HAN}])")
_FULL_STOP_IN_HAN = re.compile(rf"(?<=[{_HAN}])[.．](?=[{_HAN}])")
_FORMULA_START = "=@+＝＠＋"
_NO_NAME = frozenset({"无", "空", "待定", "不详", "未知", "null", "none", "nan", "n/a"})


class Name(NamedTuple):
    """What was found where a name belongs."""

    text: str
    """The mended name, or empty where there is an error."""
    error: str = ""
    """``NAME_MISSING``, ``NAME_FORMULA``, ``NAME_CONTROL``, ``NAME_ONE_LETTER``, ``NAME_NO_LETTER``,
    ``NAME_LOST_CHARACTER``, ``NAME_LONG``."""
    warnings: tuple[str, ...] = ()
    """``NAME_ONE_CHARACTER``, ``NAME_DIGIT``, ``NAME_SYMBOL`` (an emoji or other picture),
    ``NAME_PRIVATE`` (a character that only one computer's fonts show)."""


def tidy(text: str) -> str:
    """One line, without invisible characters, blanks at the ends or between Chinese characters."""
    text = unicodedata.normalize("NFC", text).translate(INVISIBLE)
    return _BLANK_IN_HAN.sub("", " ".join(text.split()))


def read_name(text: str) -> Name:
    """Mend and check a person's name. Line breaks become one blank, dots of minority names become ``·``."""
    name = tidy(text.translate(_HALF_WIDTH).translate(_DOTS))
    name = _FULL_STOP_IN_HAN.sub(MIDDLE_DOT, name)
    name = re.sub(rf"\s*{MIDDLE_DOT}\s*", MIDDLE_DOT, name)
    error = _error_of(name)
    return Name("", error) if error else Name(name, "", _warnings_of(name))


def _error_of(name: str) -> str:
    if not name or name.casefold() in _NO_NAME:
        return "NAME_MISSING"
    if name[0] in _FORMULA_START or (name[0] in "-－" and len(name) > 1):
        return "NAME_FORMULA"
    if any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in name):
        return "NAME_CONTROL"
    if any(c in "?？\ufffd" for c in name):
        return "NAME_LOST_CHARACTER"
    letters = [c for c in name if unicodedata.category(c)[0] in "LM" or unicodedata.category(c) == "Co"]
    if not letters:
        return "NAME_NO_LETTER"
    if len(name) == 1 and unicodedata.category(name) in ("Ll", "Lu"):
        return "NAME_ONE_LETTER"
    return "NAME_LONG" if len(name) > MAX_CHARACTERS else ""


def _warnings_of(name: str) -> tuple[str, ...]:
    categories = {unicodedata.category(c) for c in name}
    found = (
        ("NAME_ONE_CHARACTER", len(name) == 1),
        ("NAME_DIGIT", bool(categories & {"Nd", "No"})),
        ("NAME_SYMBOL", "So" in categories),
        ("NAME_PRIVATE", "Co" in categories),
    )
    return tuple(code for code, holds in found if holds)


@lru_cache(maxsize=8192)
def read_label(text: str) -> tuple[str, str]:
    """A department or specialty: the mended text and an error code, one of them empty.

    The codes are those of names without their beginning: ``FORMULA``, ``CONTROL``, ``LONG``.
    """
    label = tidy(text)
    if label and (label[0] in _FORMULA_START):
        return "", "FORMULA"
    if any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in label):
        return "", "CONTROL"
    return ("", "LONG") if len(label) > MAX_CHARACTERS else (label, "")
