"""Text from data, made fit for one line of the terminal: cut by cells, nothing that acts, nothing invisible.

On a terminal without Chinese, names are shown in pinyin and only the glyphs of code page 437 are drawn.
"""

from __future__ import annotations

import re
import unicodedata

from rich.cells import cell_len, set_cell_size

_latin_only = False

_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_BEFORE_POINT = re.compile(r" (?=[:;,.!?)])|(?<=\() ")
_DROPPED = {"Cf", "Cs", "Co", "Cn", "Cc"}
"""Format and direction marks, halves of characters, private and unknown ones: no terminal agrees on them."""
_VARIATIONS = range(0xFE00, 0xFE10)


def draw_latin_only(yes: bool) -> None:
    """Whether only code page 437 may be drawn from now on."""
    global _latin_only
    _latin_only = yes


def latin_only() -> bool:
    return _latin_only


def clean(value: object) -> str:
    """One line without characters that act on the terminal or have no width of their own."""
    text = "" if value is None else str(value)
    if text.isascii() and text.isprintable():
        return text
    text = _BREAKS.sub(" ", text)
    kept = "".join(
        char for char in text if unicodedata.category(char) not in _DROPPED and ord(char) not in _VARIATIONS
    )
    return latin(kept) if _latin_only else kept


def one_line(value: object, cells: int) -> str:
    """``clean`` cut to ``cells``, with ``~`` at the end where something is missing."""
    text = clean(value)
    if cell_len(text) <= cells:
        return text
    return set_cell_size(text, max(0, cells - 1)).rstrip() + "~" if cells > 0 else ""


def filled(value: object, cells: int, right: bool = False) -> str:
    """``one_line`` filled up with blanks to exactly ``cells``."""
    text = one_line(value, cells)
    blanks = " " * (cells - cell_len(text))
    return blanks + text if right else text + blanks


def latin(text: str) -> str:
    """Chinese in pinyin, and ``?`` for what code page 437 does not hold."""
    if not text.isascii():
        from pypinyin import lazy_pinyin

        if _has_chinese(text):
            text = _BEFORE_POINT.sub("", " ".join(" ".join(lazy_pinyin(text)).split()))
    return "".join(char if in_437(char) else "?" for char in text)


def _has_chinese(text: str) -> bool:
    return any("\u3400" <= char <= "\u9fff" or ord(char) >= 0x20000 for char in text)


def in_437(char: str) -> bool:
    """Whether every console has the glyph."""
    try:
        char.encode("cp437")
    except UnicodeEncodeError:
        return False
    return True
