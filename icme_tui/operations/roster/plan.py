"""What an import would do, as values: new people, changes, findings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from icme_tui.sheets import Book

Severity = Literal["error", "warning"]


class Finding(NamedTuple):
    """Something that was noticed in a cell, a row or the file."""

    row: int
    """As the spreadsheet counts, from 1."""
    column: str
    """Letters of the column; empty where it is about the row."""
    field: str
    """Field key, empty for the row."""
    heading: str
    """The heading in the file."""
    code: str
    severity: Severity
    value: str
    """What stands there; masked where it is an ID number or a telephone number."""
    detail: dict[str, Any]
    """More values for the sentence."""


class Change(NamedTuple):
    """One field of a person. Values are as people read them: names of titles and units, not codes."""

    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Entry:
    """One person of the file who would be written."""

    row: int
    name: str
    idno: str = field(repr=False)
    set: dict[str, Any] = field(repr=False)
    """Body fields to be written; ``unit`` is left out where it is still to be created."""
    unit: str = ""
    """The name of the department."""
    creates_unit: bool = False
    """Whether that department is still to be created."""
    person: str = ""
    """Code of the person, empty for a new one."""
    v: int = 0
    """The version of that person's record that was compared with."""
    changes: tuple[Change, ...] = field(default=(), repr=False)


class Absent(NamedTuple):
    """Somebody of the units in the file whom the file does not name. Never removed."""

    person: str
    name: str
    masked_idno: str
    unit: str


@dataclass(frozen=True)
class RosterPlan:
    """What ``apply`` would do with a file."""

    file: str
    format: str
    encoding: str
    sheet: str
    heading_row: int
    people: int
    """Rows with a person."""
    new: list[Entry]
    changed: list[Entry]
    unchanged: int
    missing: list[Absent]
    findings: list[Finding]
    units_to_create: list[str]
    under: str
    """Code of the unit that those will belong to; empty for none."""
    unknown_columns: list[tuple[str, str]]
    """(letters, heading)."""
    note_rows: list[int]
    book: Book = field(repr=False)
    sheet_index: int = field(repr=False, default=0)

    @property
    def errors(self) -> list[Finding]:
        """The findings that refuse the file."""
        return [finding for finding in self.findings if finding.severity == "error"]

    @property
    def warnings(self) -> list[Finding]:
        """The findings that do not."""
        return [finding for finding in self.findings if finding.severity == "warning"]
