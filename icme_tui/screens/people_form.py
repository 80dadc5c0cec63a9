"""The forms of a person and of a unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from icme_tui.commands.peoplewords import LABELS, TYPES, finding_sentence
from icme_tui.commands.words import N_, _
from icme_tui.operations import people, units
from icme_tui.rules.people.titles import health_titles
from icme_tui.screens.forms import Entry, FormScreen, Remark, stays
from icme_tui.screens.widgets.panel import Choice

if TYPE_CHECKING:
    from icme_tui.station import Station

_DAY = N_("Such as 2020-03-01.")


class PersonForm(FormScreen):
    """Add a person, or change one."""

    LABEL = N_("Person")
    HELP = N_(
        "Enter goes to the next field and saves after the last one. Each field is checked when you leave it,"
        " as the rows of a roster are."
    )
    ENTRIES = (
        Entry("name", LABELS["name"], N_("As it stands on the ID card.")),
        Entry("idno", LABELS["idno"], N_("18 characters. It is shown masked afterwards.")),
        Entry("sex", LABELS["sex"], N_("May stay empty: it follows from the ID number.")),
        Entry("born", LABELS["born"], N_("May stay empty: it follows from the ID number.")),
        Entry("unit", LABELS["unit"], N_("Name of the department. Ctrl+O shows all."), chooses=True),
        Entry("title", LABELS["title"], N_("By certificate. Ctrl+O shows all."), chooses=True),
        Entry(
            "employed_title",
            LABELS["employed_title"],
            N_("The title at which the person is employed."),
            chooses=True,
        ),
        Entry("employed_on", LABELS["employed_on"], _DAY),
        Entry("education", LABELS["education"], N_("Such as 本科.")),
        Entry("degree", LABELS["degree"], N_("Such as 硕士.")),
        Entry("specialty", LABELS["specialty"], N_("What the person works at.")),
        Entry("phone", LABELS["phone"], N_("It is shown masked afterwards.")),
    )

    def __init__(
        self,
        values: Mapping[str, str],
        saved: Callable[[str], None],
        person: str = "",
        masked: Mapping[str, str] | None = None,
    ) -> None:
        """``masked``: how the fields look that a form does not show."""
        super().__init__(_("Change a person") if person else _("Add a person"), values, saved)
        self._person = person
        self._masked = masked or {}

    def hint_of(self, entry: Entry) -> str:
        known = self._masked.get(entry.name)
        return stays(known) if known else super().hint_of(entry)

    def remarks(self, values: dict[str, str], only: Sequence[str]) -> list[Remark]:
        check = people.check_person(self.station, values, self._person, only)
        return [
            Remark(finding.field, finding_sentence(finding), finding.severity == "error")
            for finding in check.findings
        ]

    def write(self, values: dict[str, str]) -> str:
        return people.save_person(self.station, people.check_person(self.station, values, self._person))

    def choices(self, name: str) -> list[Choice]:
        if name == "unit":
            return unit_choices(self.station)
        return [Choice(title, title) for title in ("无", *health_titles())]


class UnitForm(FormScreen):
    """Add a unit, or change one."""

    LABEL = N_("Unit")
    HELP = N_("Enter goes to the next field and saves after the last one.")
    ENTRIES = (
        Entry("name", N_("Unit name"), N_("As people call it, such as 内科.")),
        Entry("type", N_("Type"), N_("Ctrl+O shows what there is."), chooses=True),
        Entry("parent", N_("Belongs to"), N_("Code of the unit above; empty at the top."), chooses=True),
    )
    AT_FIELD: ClassVar[Mapping[str, str]] = {
        "UNIT_NAME_BAD": "name", "UNIT_NAME_MISSING": "name", "UNIT_TAKEN": "name",
        "UNIT_TYPE_UNKNOWN": "type", "UNIT_RING": "parent", "NO_UNIT": "parent",
    }  # fmt: skip

    def __init__(self, values: Mapping[str, str], saved: Callable[[str], None], unit: str = "") -> None:
        super().__init__(_("Change a unit") if unit else _("Add a unit"), values, saved)
        self._unit = unit

    def write(self, values: dict[str, str]) -> str:
        name, type_, parent = values["name"], values["type"] or "department", values["parent"].upper()
        if not self._unit:
            return units.add_unit(self.station, name, type_, parent)
        units.edit_unit(self.station, self._unit, name, type_, parent)
        return self._unit

    def choices(self, name: str) -> list[Choice]:
        if name == "type":
            return [Choice(type_, f"{type_}: {_(TYPES[type_])}") for type_ in units.UNIT_TYPES]
        return [Choice("", _("none: at the top")), *unit_choices(self.station, by_code=True)]


def unit_choices(station: Station, by_code: bool = False) -> list[Choice]:
    """All units to choose from, each told by its name, or by its code where names would not do."""
    tree = units.unit_tree(station)
    names = [line.name for line in tree]
    return [
        Choice(
            line.code if by_code or names.count(line.name) > 1 else line.name,
            f"{'  ' * line.depth}{line.name}  {line.code}",
        )
        for line in tree
    ]
