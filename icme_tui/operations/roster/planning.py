"""Works out what importing a roster would do, without doing it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from icme_tui.codes import RuleError
from icme_tui.operations import remit
from icme_tui.operations.roster.checking import Checked, RowChecker, distrust_zeros
from icme_tui.operations.roster.layout import Lines, find_layout, heading, sort_lines
from icme_tui.operations.roster.plan import Absent, Change, Entry, Finding, RosterPlan
from icme_tui.operations.roster.units import UnitIndex, own_units
from icme_tui.rules.people.cells import column_letters
from icme_tui.rules.people.departments import comparable, is_usual
from icme_tui.rules.people.education import level_name
from icme_tui.rules.people.idnumber import mask
from icme_tui.rules.people.phones import mask_phone
from icme_tui.rules.people.titles import title_name
from icme_tui.sheets import read_book

if TYPE_CHECKING:
    from icme_tui.station import Record, Station

GONE = frozenset({"left", "cancelled", "merged"})
"""States of people who are not expected in a roster."""


def plan_import(
    station: Station, path: Path, create_units: bool = False, sheet: str = "", under: str = ""
) -> RosterPlan:
    """Read a roster, check every row and compare it with the store. Nothing is written.

    An empty cell says nothing: it never erases what the store has; only 无 under a title does. A department
    that the store does not have is an error; with ``create_units`` it is listed to be created, with a warning
    where its name is not one that health facilities use (a slip of the pen would become a department). It
    will belong to the unit ``under``, at a venue with a pack to the venue's own one if none is named.

    A venue with a pack holds the whole ID number only of its own people: of the others it knows the name and
    the last four characters. Whoever is matched by these, or belongs to a unit that is not the venue's, is
    refused by row: what a venue writes of other people has no effect.

    Raises SheetError for a file that cannot be read or whose headings do not fit (see ``read_book`` and
    ``find_layout``); RuleError ``NO_UNIT``, at a venue also for a unit that is not its own.
    """
    bound = remit.units_within(station)
    if under and (station.registry.get("unit", under) is None or (bound is not None and under not in bound)):
        raise RuleError("NO_UNIT", unit=under)
    book = read_book(path)
    layout = find_layout(book, path.name, sheet)
    lines = sort_lines(book.sheets[layout.sheet], layout)
    today = datetime.fromtimestamp(station.clock.read().wall_ms / 1000, UTC).date()
    checker = RowChecker(layout, today)
    comparison = _Comparison(station, checker, create_units)
    for row, cells in lines.people:
        comparison.take(checker.check(row, cells))
    distrust_zeros(checker.findings)
    _compare_totals(lines, checker.findings)
    column = column_letters(layout.match.columns["name"])
    if not lines.people:
        checker.findings.append(
            Finding(
                layout.heading_row, column, "name", heading(layout, "name"), "ROSTER_EMPTY", "error", "", {}
            )
        )
    return RosterPlan(
        file=path.name,
        format=book.format,
        encoding=book.encoding,
        sheet=book.sheets[layout.sheet].name,
        heading_row=layout.heading_row,
        people=len(lines.people),
        new=comparison.new,
        changed=comparison.changed,
        unchanged=comparison.unchanged,
        missing=comparison.missing(),
        findings=sorted(checker.findings, key=lambda finding: finding.row),
        units_to_create=list(comparison.units_to_create.values()),
        under=under or (remit.own_unit(station) if bound is not None else ""),
        unknown_columns=layout.unknown,
        note_rows=lines.notes,
        book=book,
        sheet_index=layout.sheet,
    )


def _compare_totals(lines: Lines, findings: list[Finding]) -> None:
    for row, total in lines.totals:
        people = sum(1 for at, _cells in lines.people if at < row)
        if total != people:
            detail = {"people": people}
            findings.append(Finding(row, "", "", "", "TOTAL_DIFFERS", "warning", str(total), detail))


class _Comparison:
    """Checked rows against the people and units of the store, which are read once."""

    def __init__(self, station: Station, checker: RowChecker, create_units: bool) -> None:
        self._checker = checker
        self._create_units = create_units
        self._all_units = UnitIndex(station.registry.all("unit"))
        self._units = own_units(station)
        self._bound = remit.units_within(station)
        self._people: dict[str, list[Record]] = {}
        self._partly_known: dict[tuple[str, str], list[Record]] = {}
        for record in station.registry.all("person"):
            if idno := record.body.get("idno"):
                self._people.setdefault(str(idno), []).append(record)
            elif (end := record.body.get("idno4")) and record.body.get("state") != "merged":
                who = (str(record.body.get("name", "")), str(end))
                self._partly_known.setdefault(who, []).append(record)
        self._named: set[str] = set()
        self._named_units: set[str] = set()
        self.new: list[Entry] = []
        self.changed: list[Entry] = []
        self.unchanged = 0
        self.units_to_create: dict[str, str] = {}

    def take(self, checked: Checked) -> None:
        """Sort a row into new, changed or unchanged."""
        unit, is_new_unit = self._find_unit(checked)
        if not checked.idno or checked.idno in self._named:
            return
        self._named.add(checked.idno)
        values = dict(checked.set)
        if unit:
            values["unit"] = unit
            self._named_units.add(unit)
        name = str(values.get("name", ""))
        known = self._people.get(checked.idno, [])
        partly = [] if known else self._partly_known.get((name, checked.idno[-4:]), [])
        if len(known) > 1:
            codes = [record.id for record in known]
            self._checker.find("idno", "ID_IN_STORE_TWICE", "error", mask(checked.idno), people=codes)
        elif others := partly or [record for record in known if not self._may_write(record)]:
            units = [self._all_units.name(str(record.body.get("unit") or "-")) for record in others]
            codes = [record.id for record in others]
            self._checker.find("name", "PERSON_OUTSIDE", "error", name, people=codes, units=units)
        elif known:
            self._compare(checked, known[0], values, is_new_unit)
        else:
            stated = {key: value for key, value in values.items() if value is not None}
            self.new.append(Entry(checked.row, name, checked.idno, stated, checked.unit, is_new_unit))

    def _may_write(self, record: Record) -> bool:
        unit = record.body.get("unit")
        return self._bound is None or unit is None or unit in self._bound

    def _find_unit(self, checked: Checked) -> tuple[str, bool]:
        """The code of the department, if there is one, and whether it is to be created."""
        if not checked.unit:
            return "", False
        found = self._units.find(checked.unit)
        if found.code:
            return found.code, False
        if found.several:
            self._checker.find("unit", "UNIT_AMBIGUOUS", "error", checked.unit, units=list(found.several))
            return "", False
        if not self._create_units and self._all_units.find(checked.unit).code:
            self._checker.find("unit", "UNIT_OUTSIDE", "error", checked.unit)
            return "", False
        if not self._create_units:
            self._checker.find("unit", "UNIT_UNKNOWN", "error", checked.unit, suggestion=found.suggestion)
            return "", False
        if not is_usual(checked.unit):
            self._checker.find("unit", "UNIT_UNUSUAL", "warning", checked.unit, suggestion=found.suggestion)
        self.units_to_create.setdefault(comparable(checked.unit), checked.unit)
        return "", True

    def _compare(self, checked: Checked, record: Record, values: dict[str, Any], is_new_unit: bool) -> None:
        put: dict[str, Any] = {}
        changes: list[Change] = []
        for key, new in values.items():
            old = record.body.get(key)
            if new != old:
                put[key] = new
                changes.append(Change(key, self._shown(key, old), self._shown(key, new)))
        if is_new_unit:
            changes.append(Change("unit", self._shown("unit", record.body.get("unit")), checked.unit))
        if any(change.field == "name" for change in changes):
            old_name = str(record.body.get("name", ""))
            self._checker.find("name", "NAME_CHANGES", "warning", str(values["name"]), old=old_name)
        if not changes:
            self.unchanged += 1
            return
        name = str(values.get("name") or record.body.get("name", ""))
        self.changed.append(
            Entry(
                checked.row,
                name,
                checked.idno,
                put,
                checked.unit,
                is_new_unit,
                record.id,
                record.v,
                tuple(changes),
            )
        )

    def _shown(self, key: str, value: Any) -> str:
        if value is None:
            return ""
        if key == "unit":
            return self._all_units.name(str(value))
        if key in ("title", "employed_title"):
            return title_name(int(value))
        if key == "education":
            return level_name("education", int(value))
        if key == "degree":
            return level_name("degree", int(value))
        if key == "phone":
            return mask_phone(str(value))
        return mask(str(value)) if key == "idno" else str(value)

    def missing(self) -> list[Absent]:
        """People of the units that the file names, whom it does not name."""
        return [
            Absent(record.id, str(record.body.get("name", "")), mask(idno), self._all_units.name(str(unit)))
            for idno, records in self._people.items()
            if idno not in self._named
            for record in records
            if (unit := record.body.get("unit")) in self._named_units and record.body.get("state") not in GONE
        ]
