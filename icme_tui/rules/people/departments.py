"""Names of departments: how two of them are compared, and whether one is usual in a health facility."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

_COUNTER = re.compile(r"\(.*?\)|第?[一二三四五六七八九十百\d]+[号楼层#]?|[-—/、·#]")


@cache
def _words() -> tuple[frozenset[str], frozenset[str], tuple[str, ...]]:
    data = tomllib.loads(Path(__file__).with_name("departments.toml").read_text(encoding="utf-8"))
    words = frozenset(word.casefold() for word in data["words"])
    return words, frozenset(data["endings"]), tuple(data["facilities"])


def comparable(name: str) -> str:
    """The form in which names are compared: half-width, without blanks, one case."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


@lru_cache(maxsize=4096)
def is_usual(name: str) -> bool:
    """Whether the name is put together from usual words: 第二心血管内科（东区） is, 核聚变科 is not."""
    words, endings, facilities = _words()
    core = _COUNTER.sub("", comparable(name))
    return core.endswith(facilities) or (
        _is_made_of(core, words | endings) and not _is_made_of(core, endings)
    )


def _is_made_of(core: str, words: frozenset[str]) -> bool:
    """Whether ``core`` is nothing but words of the table, one after another."""
    reached = {0}
    for end in range(1, len(core) + 1):
        if any(start in reached and core[start:end] in words for start in range(end)):
            reached.add(end)
    return bool(core) and len(core) in reached
