"""Project numbers (项目编号): one spelling for each, and their parts where the form is known.

National numbers look like ``2021-04-08-186(国)``: year, discipline, sub-discipline, sequence. One
province writes ``20251801018`` without dashes. Temporary numbers begin with ``L``. Anything else is kept as
text. Only 国 has been seen in brackets; 省 and 市 are taken to exist.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−ー"), "-")
_NATIONAL = re.compile(r"(20\d{2})-(\d{2})-(\d{2})-(\d{3,4})(?:\((国|省|市)\))?", re.ASCII)
_PLAIN = re.compile(r"(20\d{2})(\d{2})(\d{2})(\d{3})", re.ASCII)
_LEVELS = {"国": "national", "省": "province", "市": "city"}


class ProjectNumber(NamedTuple):
    """A number in its one spelling, with the parts that could be read."""

    text: str
    year: int | None = None
    discipline: str = ""
    sub_discipline: str = ""
    sequence: str = ""
    level: str = ""
    """Level by the bracket: ``national``, ``province``, ``city``, or empty."""
    temporary: bool = False


def normalise(text: str) -> str:
    """One spelling: half-width letters, digits and brackets, plain dashes, no blanks, upper case."""
    folded = unicodedata.normalize("NFKC", text).translate(_DASHES)
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) != "Cf").upper()


def parse(text: str) -> ProjectNumber:
    """The parts of a number. An empty or unknown form has only its text."""
    number = normalise(text)
    if found := _NATIONAL.fullmatch(number):
        year, discipline, sub, sequence, level = found.groups()
        return ProjectNumber(number, int(year), discipline, sub, sequence, _LEVELS.get(level or "", ""))
    if found := _PLAIN.fullmatch(number):
        year, discipline, sub, sequence = found.groups()
        return ProjectNumber(number, int(year), discipline, sub, sequence)
    return ProjectNumber(number, temporary=number.startswith("L"))
