"""Days as a roster writes them: a date cell, a serial number, ``1999-02-03``, ``1999.2``, ``1999年2月``."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from icme_tui.rules.people.cells import Cell, text_of

_SERIAL_EPOCH = date(1899, 12, 30)
_SERIALS = range(7306, 73416)
"""Serial numbers of 1920-01-01 to 2100-12-31 in the 1900 date system."""

_FULL = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?(?:[ T].*)?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?", re.ASCII)
_YEAR = re.compile(r"(\d{4})年?", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})[-/](\d{1,2})[-/](\d{4})", re.ASCII)
_NOTHING = frozenset({"", "-", "—", "/", "无"})


class Day(NamedTuple):
    """A day, a month or a year: the parts that are known."""

    year: int
    month: int = 0
    day: int = 0
    error: str = ""
    """``DATE_FORM``, ``DATE_NONE_SUCH`` (the parts are kept), ``DATE_AMBIGUOUS``."""

    def iso(self) -> str:
        """``YYYY-MM-DD``; the first month or day where it is not known."""
        return f"{self.year:04d}-{self.month or 1:02d}-{self.day or 1:02d}"

    def agrees_with(self, other: date) -> bool:
        """Whether the parts that are known are those of ``other``."""
        parts = (self.year, self.month or other.month, self.day or other.day)
        return parts == (other.year, other.month, other.day)


def read_day(cell: Cell) -> Day | None:
    """The day in a cell; None for an empty one."""
    if isinstance(cell, datetime | date):
        return Day(cell.year, cell.month, cell.day)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _from_number(cell)
    return _from_text(unicodedata.normalize("NFKC", text_of(cell)))


def _from_number(number: float) -> Day:
    if not float(number).is_integer():
        # 2015.1 was January, or October whose zero was lost; a serial number may carry the time of day.
        if int(number) not in _SERIALS:
            return Day(0, error="DATE_AMBIGUOUS")
        number = int(number)
    whole = int(number)
    if compact := _COMPACT.fullmatch(str(whole)):
        return _day(compact)
    if whole in _SERIALS:
        moment = _SERIAL_EPOCH + timedelta(days=whole)
        return Day(moment.year, moment.month, moment.day)
    if 1900 <= whole <= 2100:
        return Day(whole)
    return Day(0, error="DATE_FORM")


@lru_cache(maxsize=8192)
def _from_text(text: str) -> Day | None:
    text = " ".join(text.split())
    if text in _NOTHING:
        return None
    tight = re.sub(r"\s*([-/.年月日号])\s*", r"\1", text)
    for form in (_FULL, _COMPACT, _MONTH, _YEAR):
        if found := form.fullmatch(tight):
            return _day(found)
    if found := _DAY_FIRST.fullmatch(tight):
        return Day(0, error="DATE_AMBIGUOUS")
    return Day(0, error="DATE_FORM")


def _day(found: re.Match[str]) -> Day:
    parts = [int(part) for part in found.groups()]
    year, month, day = (*parts, 0, 0)[:3]
    missing = len(parts)
    try:
        date(year, month if missing > 1 else 1, day if missing > 2 else 1)
    except ValueError:
        return Day(year, month, day, "DATE_NONE_SUCH")
    return Day(year, month, day)
