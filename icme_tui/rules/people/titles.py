"""Titles of professional staff: the name in a roster → the code of GB/T 8561-2001."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from difflib import get_close_matches
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

_BRACKETS = re.compile(r"[(\[{〔【](.*?)[)\]}〕】]")
_LEVELS = re.compile(r"(?:正高|副高|高级|中级|初级|师级|士级|正高级|副高级|资格|已聘|未聘|聘任)+")


class Title(NamedTuple):
    """A title that was looked up."""

    code: int | None
    """None for somebody without a title, and where the title is not known."""
    known: bool
    suggestion: str = ""
    """The nearest name of the table, where the title is not known."""


class _Table(NamedTuple):
    codes: dict[str, int]
    names: dict[int, str]
    health: frozenset[int]
    branches: tuple[str, ...]
    letters: dict[str, str]
    none: frozenset[str]


@cache
def _table() -> _Table:
    data = tomllib.loads(Path(__file__).with_name("titles.toml").read_text(encoding="utf-8"))
    names: dict[int, str] = {}
    health: set[int] = set()
    for series in data["series"]:
        for code, name in series["titles"].items():
            names[int(code)] = name
            if series["health"]:
                health.add(int(code))
    codes = {name: code for code, name in names.items()} | data["synonyms"] | data["english"]
    branches = tuple(sorted(data["branches"]["words"], key=len, reverse=True))
    letters = data["branches"]["letters"]
    return _Table(codes, names, frozenset(health), branches, letters, frozenset(data["none"]["words"]))


@lru_cache(maxsize=4096)
def find_title(text: str) -> Title:
    """Look a title up: a name of the table, a synonym, or one of them with the word of a branch."""
    table = _table()
    plain = _plain(text)
    if not plain or plain in table.none:
        return Title(None, True)
    forms = [plain]
    if (shorter := _BRACKETS.sub("", plain).strip()) != plain and shorter:
        inside = "".join(_BRACKETS.findall(plain))
        # 护师(中级) is a 护师; in 副主任(中)医师 the bracket belongs to the title.
        forms = [plain.translate(str.maketrans("", "", "()[]{}〔〕【】")), shorter]
        forms = forms[::-1] if _LEVELS.fullmatch(inside) else forms
    for form in forms:
        code = _code_of(form, table)
        if code is not None:
            return Title(code, True)
    return Title(None, False, _nearest(forms[-1], table))


def _code_of(plain: str, table: _Table) -> int | None:
    if plain in table.codes:
        return table.codes[plain]
    for word, letter in table.letters.items():
        if word in plain and (code := table.codes.get(plain.replace(word, letter, 1))) is not None:
            return code
    for word in table.branches:
        if word in plain and (code := table.codes.get(plain.replace(word, "", 1))) is not None:
            return code
    return None


def _nearest(plain: str, table: _Table) -> str:
    if doctor := table.codes.get(plain.replace("医生", "医师").replace("大夫", "医师")):
        return table.names[doctor]
    found = get_close_matches(plain, table.codes, n=1, cutoff=0.6)
    return table.names[table.codes[found[0]]] if found else ""


def _plain(text: str) -> str:
    words = unicodedata.normalize("NFKC", text).casefold().split()
    return (" " if text.isascii() else "").join(words)


def title_name(code: int) -> str:
    """The name of a code, or the code itself where it is not in the table."""
    return _table().names.get(code, str(code))


def health_titles() -> tuple[str, ...]:
    """The names of the health series in the order of their codes, for lists of choices."""
    table = _table()
    return tuple(table.names[code] for code in sorted(table.health))


def rank(code: int) -> int:
    """1 正高, 2 副高, 3 中级, 4 初级(师), 5 初级(士); 0 where the code has none."""
    last = code % 10
    return last if 1 <= last <= 5 else 0
