"""Which column of a roster is which: headings by a table of synonyms, never by position."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

_BRACKETED = re.compile(r"[(\[{<〔【《「『].*?[)\]}>〕】》」』]")
_MARKS = re.compile(r"必填项?|选填项?|可不填")


class Field(NamedTuple):
    """A field of a person that a roster can have a column for."""

    key: str
    heading: str
    """How it is called in messages and in the empty form."""
    required: bool


class Match(NamedTuple):
    """What a row of headings was found to be. Columns count from 0."""

    columns: dict[str, int]
    """Field key → column."""
    doubled: dict[str, list[int]]
    """Field key → all its columns, where there are several."""
    unknown: list[int]
    """Columns with a heading that no field has."""

    def missing(self) -> list[Field]:
        """The required fields without a column."""
        return [field for field in fields() if field.required and field.key not in self.columns]


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("headings.toml").read_text(encoding="utf-8"))


@cache
def fields() -> tuple[Field, ...]:
    """All fields, in the order in which an empty form has them."""
    return tuple(Field(f["key"], f["heading"], f["required"]) for f in _data()["field"])


@cache
def heading_of(key: str) -> str:
    """The heading of a field key."""
    return next(field.heading for field in fields() if field.key == key)


@cache
def _synonyms() -> dict[str, str]:
    table: dict[str, str] = {}
    for field in _data()["field"]:
        for word in (field["heading"], *field["synonyms"]):
            table[bare(word)] = field["key"]
    return table


@cache
def _ignored() -> frozenset[str]:
    return frozenset(bare(word) for word in _data()["ignored"]["headings"])


def bare(text: str) -> str:
    """Letters and digits only, half-width, one case."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in text if unicodedata.category(c)[0] in "LNM")


@lru_cache(maxsize=4096)
def field_of(text: str) -> str:
    """The field key of a heading; ``-`` for one to be ignored, empty for an unknown one."""
    plain = unicodedata.normalize("NFKC", text)
    without = _BRACKETED.sub("", plain)
    for form in (bare(plain), bare(_MARKS.sub("", plain)), bare(without), bare(_MARKS.sub("", without))):
        if key := _synonyms().get(form):
            return key
        if form in _ignored() and plain.strip():
            return "-"
    return ""


def match_row(texts: list[str]) -> Match:
    """Match the texts of one row, one per column, to the fields."""
    found: dict[str, list[int]] = {}
    unknown: list[int] = []
    for column, text in enumerate(texts):
        if not text.strip():
            continue
        key = field_of(text)
        if key == "":
            unknown.append(column)
        elif key != "-":
            found.setdefault(key, []).append(column)
    institution = found.pop("institution", [])
    if institution and "unit" not in found:
        found["unit"] = institution
    else:
        unknown = sorted([*unknown, *institution])
    return Match(
        {key: columns[0] for key, columns in found.items()},
        {key: columns for key, columns in found.items() if len(columns) > 1},
        unknown,
    )


@lru_cache(maxsize=4096)
def is_note(text: str) -> bool:
    """Whether a line that begins with ``text`` is a note below the people: 制表人：…, 合计, 说明."""
    plain = "".join(unicodedata.normalize("NFKC", text).casefold().split()).lstrip("*※★(#")
    return any(
        plain == word or (plain.startswith(word) and _ends_word(plain[len(word) :], word))
        for word in ("".join(beginning.split()) for beginning in _data()["notes"]["beginnings"])
    )


def _ends_word(rest: str, word: str) -> bool:
    """A name such as 共小红 or 注册 must not pass for 共 or 注: short words need a colon or a digit."""
    if len(word) >= 2 and not word.isascii():
        return True
    return rest[0] in ":,.;、。(=" or rest[0].isdigit()


def total_in(text: str) -> int | None:
    """The number in a line of totals such as 合计：60人; None where it is no such line."""
    plain = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    for word in _data()["notes"]["totals"]:
        if found := re.match(rf"{word}(?:人数)?[:=]?(\d{{1,7}})(?:人|名|persons?|people)?[.。]?$", plain):
            return int(found[1])
    return None
