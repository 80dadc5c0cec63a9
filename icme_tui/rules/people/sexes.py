"""Sex as a roster writes it, by GB/T 2261.1: 0 unknown, 1 male, 2 female, 9 not stated."""

from __future__ import annotations

import unicodedata

UNKNOWN_SEX = -1
"""The word says nothing about sex at all."""

_WORDS = {
    1: ("男", "男性", "m", "male", "1", "1男", "男1", "1男性"),
    2: ("女", "女性", "f", "female", "2", "2女", "女2", "2女性"),
    0: ("", "0", "9", "未知", "不详", "未说明", "未说明的性别", "未知的性别", "unknown"),
}
_TABLE = {word: code for code, words in _WORDS.items() for word in words}


def read_sex(text: str) -> int:
    """1, 2, 0 where nothing is stated, ``UNKNOWN_SEX`` where the word is not known."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return _TABLE.get("".join(c for c in plain if c.isalnum()), UNKNOWN_SEX)
