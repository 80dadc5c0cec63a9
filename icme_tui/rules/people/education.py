"""Education and degrees: the word in a roster → the codes of GB/T 4658-2006 and GB/T 6864-2003."""

from __future__ import annotations

import tomllib
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal


@cache
def _table() -> tuple[dict[str, dict[str, int]], frozenset[str]]:
    data = tomllib.loads(Path(__file__).with_name("education.toml").read_text(encoding="utf-8"))
    return {"education": data["education"], "degree": data["degree"]}, frozenset(data["none"]["words"])


@lru_cache(maxsize=1024)
def find_level(kind: Literal["education", "degree"], text: str) -> tuple[int | None, bool]:
    """The code and whether the word is known. Empty words and 无 are known and have no code."""
    tables, none = _table()
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = " ".join(plain.split()) if plain.isascii() else "".join(plain.split())
    if not plain or plain in none:
        return None, True
    code = tables[kind].get(plain)
    return code, code is not None


def level_name(kind: Literal["education", "degree"], code: int) -> str:
    """The first word of the table for a code, or the code itself."""
    return next((word for word, number in _table()[0][kind].items() if number == code), str(code))
