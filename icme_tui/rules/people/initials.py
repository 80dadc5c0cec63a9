"""The initials by which a name is found: 张示例 → ``zsl``, Anna Muster → ``am``. Pure."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache

_SURNAMES = {
    "单": "s", "曾": "z", "解": "x", "仇": "q", "查": "z", "区": "o", "盖": "g", "乐": "y", "任": "r",
    "朴": "p", "尉": "y", "缪": "m", "翟": "z", "覃": "q", "重": "c", "种": "c", "秘": "b", "逄": "p",
    "折": "s", "黑": "h", "员": "y", "召": "s", "洗": "x", "冼": "x", "郇": "x", "祭": "z", "隗": "w",
    "褚": "c", "柏": "b", "都": "d", "牟": "m", "令": "l", "长": "z", "訾": "z", "沈": "s", "葛": "g",
}  # fmt: skip
"""First characters of names whose reading as a surname is another than the usual one, or is often taken
for another."""


@cache
def _readings() -> dict[int, str]:
    from pypinyin.constants import PINYIN_DICT  # 40,000 characters: only where a name has some of them

    return PINYIN_DICT


@lru_cache(maxsize=8192)
def _initial(char: str) -> str:
    """The initial of one character; nothing where it has no reading."""
    if char.isascii():
        return char.lower() if char.isalnum() else ""
    reading = _readings().get(ord(char), "")
    plain = unicodedata.normalize("NFD", reading[:1] or char)[:1].lower()
    return plain if plain.isascii() and plain.isalnum() else ""


def initials(name: str) -> str:
    """Lower-case initials: of every Chinese character, of every word in Latin letters."""
    found: list[str] = []
    starts_word = True
    for number, char in enumerate(unicodedata.normalize("NFKC", name)):
        if ord(char) >= 0x2E80:
            found.append(_SURNAMES.get(char, "") if not number and char in _SURNAMES else _initial(char))
            starts_word = True
        elif char.isalnum():
            if starts_word:
                found.append(_initial(char))
            starts_word = False
        else:
            starts_word = True
    return "".join(found)
