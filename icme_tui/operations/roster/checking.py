"""Checks the rows of a roster one by one, and against each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from icme_tui.operations.roster.layout import Layout, heading
from icme_tui.operations.roster.plan import Finding, Severity
from icme_tui.rules.people import dates, education, idnumber, names, phones, titles
from icme_tui.rules.people.cells import INVISIBLE, Cell, column_letters, is_blank, is_error, text_of
from icme_tui.rules.people.sexes import UNKNOWN_SEX, read_sex

LOST = frozenset({"ID_ROUNDED", "ID_SCIENTIFIC", "ID_ZEROED"})
"""The marks that a spreadsheet leaves on ID numbers in a column of numbers."""


@dataclass
class Checked:
    """One row after its checks. ``set`` holds the body fields that the file states."""

    row: int
    idno: str = field(default="", repr=False)
    unit: str = ""
    """The name of the department as it stands in the file, mended."""
    set: dict[str, Any] = field(default_factory=dict, repr=False)


class RowChecker:
    """Checks rows in their order; ``findings`` grows."""

    def __init__(self, layout: Layout, today: date) -> None:
        self._layout = layout
        self._today = today
        self._columns = layout.match.columns
        self._seen: dict[str, int] = {}
        self._row = 0
        self._cells: list[Cell] = []
        self._steps: list[tuple[str, Callable[[Checked], None]]] = [
            ("idno", self._check_idno),
            ("name", self._check_name),
            ("sex", self._check_sex),
            ("born", self._check_born),
            ("unit", self._check_unit),
            ("title", self._check_title),
            ("employed_title", self._check_employed_title),
            ("employed_on", self._check_employed_on),
            ("education", self._check_education),
            ("degree", self._check_degree),
            ("specialty", self._check_specialty),
            ("phone", self._check_phone),
        ]
        self.findings: list[Finding] = []

    def check(self, row: int, cells: list[Cell]) -> Checked:
        """Check one row. The ID number comes first: sex and birth date are compared with it."""
        self._row, self._cells = row, cells
        checked = Checked(row)
        for key, step in self._steps:
            if key in self._columns:
                if is_error(self._cell(key)):
                    self.find(key, "CELL_ERROR", "error", text_of(self._cell(key)))
                else:
                    step(checked)
        return checked

    def find(self, key: str, code: str, severity: Severity, value: str = "", **detail: Any) -> None:
        """Add a finding about a cell of the row that is being checked."""
        column = column_letters(self._columns[key]) if key in self._columns else ""
        name = heading(self._layout, key) if key in self._columns else ""
        self.findings.append(Finding(self._row, column, key, name, code, severity, value, detail))

    def _cell(self, key: str) -> Cell:
        column = self._columns[key]
        cell = self._cells[column] if column < len(self._cells) else ""
        return cell.translate(INVISIBLE) if isinstance(cell, str) else cell

    def _text(self, key: str) -> str:
        cell = self._cell(key)
        return "" if is_blank(cell) else text_of(cell)

    def _check_idno(self, checked: Checked) -> None:
        cell = self._cell("idno")
        found = idnumber.read_id_number("" if is_blank(cell) else cell, self._today)
        masked = idnumber.mask(text_of(cell).strip())
        if found.error:
            self.find("idno", found.error, "error", masked)
            return
        for code in found.warnings:
            self.find("idno", code, "warning", masked)
        if (first := self._seen.setdefault(found.number, self._row)) != self._row:
            self.find("idno", "ID_DOUBLE", "error", masked, other=first)
        checked.idno = found.number
        born = idnumber.birth_date(found.number)
        assert born is not None  # noqa: S101 - read_id_number refuses a number without a date
        checked.set |= {"idno": found.number, "born": born.isoformat(), "sex": idnumber.sex(found.number)}

    def _check_name(self, checked: Checked) -> None:
        text = self._text("name")
        found = names.read_name(text)
        if found.error:
            self.find("name", found.error, "error", text)
        else:
            checked.set["name"] = found.text
        for code in found.warnings:
            self.find("name", code, "warning", text)

    def _check_sex(self, checked: Checked) -> None:
        text = self._text("sex")
        stated = read_sex(text)
        if stated == UNKNOWN_SEX:
            self.find("sex", "SEX_FORM", "error", text)
        elif stated and checked.idno and stated != checked.set["sex"]:
            self.find("sex", "SEX_DISAGREES", "error", text)

    def _check_born(self, checked: Checked) -> None:
        cell = self._cell("born")
        day = dates.read_day("" if is_blank(cell) else cell)
        if day is None:
            return
        if day.error == "DATE_NONE_SUCH":
            self.find("born", "BORN_NO_SUCH_DAY", "error", text_of(cell))
        elif day.error:
            self.find("born", "BORN_FORM", "warning", text_of(cell))
            return
        if checked.idno and not day.agrees_with(date.fromisoformat(checked.set["born"])):
            self.find("born", "BORN_DISAGREES", "error", day.iso())

    def _check_unit(self, checked: Checked) -> None:
        text = self._text("unit")
        label, error = names.read_label(text)
        if error:
            self.find("unit", f"UNIT_{error}", "error", text)
        elif not label:
            self.find("unit", "UNIT_MISSING", "error")
        checked.unit = label

    def _check_title(self, checked: Checked) -> None:
        if not self._text("title"):
            self.find("title", "TITLE_MISSING", "warning")
        else:
            self._look_up_title(checked, "title")

    def _check_employed_title(self, checked: Checked) -> None:
        if self._text("employed_title"):
            self._look_up_title(checked, "employed_title")

    def _look_up_title(self, checked: Checked, key: str) -> None:
        text = self._text(key)
        found = titles.find_title(text)
        if found.known:
            checked.set[key] = found.code
        else:
            self.find(key, "TITLE_UNKNOWN", "error", text, suggestion=found.suggestion)

    def _check_employed_on(self, checked: Checked) -> None:
        cell = self._cell("employed_on")
        day = dates.read_day("" if is_blank(cell) else cell)
        if day is None:
            return
        if day.error:
            self.find("employed_on", day.error, "error", text_of(cell))
            return
        if checked.idno and day.iso() < checked.set["born"]:
            self.find("employed_on", "DATE_BEFORE_BIRTH", "error", day.iso())
        if day.iso() > self._today.isoformat():
            self.find("employed_on", "DATE_FUTURE", "warning", day.iso())
        checked.set["employed_on"] = day.iso()

    def _check_education(self, checked: Checked) -> None:
        text = self._text("education")
        code, known = education.find_level("education", text)
        if not known:
            self.find("education", "EDUCATION_UNKNOWN", "warning", text)
        elif code is not None:
            checked.set["education"] = code

    def _check_degree(self, checked: Checked) -> None:
        text = self._text("degree")
        code, known = education.find_level("degree", text)
        if not known:
            self.find("degree", "DEGREE_UNKNOWN", "warning", text)
        elif code is not None:
            checked.set["degree"] = code

    def _check_specialty(self, checked: Checked) -> None:
        text = self._text("specialty")
        label, error = names.read_label(text)
        if error:
            self.find("specialty", f"SPECIALTY_{error}", "error", text)
        elif label:
            checked.set["specialty"] = label

    def _check_phone(self, checked: Checked) -> None:
        text = self._text("phone")
        if not text:
            return
        number, sound = phones.read_phone(text)
        if not sound:
            self.find("phone", "PHONE_FORM", "warning", phones.mask_phone(text))
        if number:
            checked.set["phone"] = number


def distrust_zeros(findings: list[Finding]) -> None:
    """Refuse valid numbers that end in 000 too, where others of the same file have lost their digits.

    One in eleven rounded numbers happens to have the right check digit.
    """
    if not any(finding.code in LOST for finding in findings):
        return
    for index, finding in enumerate(findings):
        if finding.code == "ID_ZEROS":
            findings[index] = finding._replace(code="ID_ZEROED", severity="error")
