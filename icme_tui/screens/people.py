"""People and units: the tree on the left, the people of what is chosen in it on the right."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from textual.containers import Horizontal
from textual.widget import Widget

from icme_tui.commands.peoplewords import RANKS
from icme_tui.commands.words import N_, _
from icme_tui.operations import people, units
from icme_tui.screens.actions import Action
from icme_tui.screens.base import StationScreen
from icme_tui.screens.hints import heading
from icme_tui.screens.people_form import PersonForm, UnitForm
from icme_tui.screens.people_import import ImportScreen
from icme_tui.screens.people_page import PersonScreen, edit_person
from icme_tui.screens.widgets.pagedlist import Column, Page, PagedList, Row
from icme_tui.screens.widgets.panel import Choice, ChoosePanel
from icme_tui.screens.widgets.plain import Plain

ALL, NO_UNIT = "", "-"
"""Keys of the lines in the tree that are no units."""


class Filter(NamedTuple):
    """What the list of people is narrowed to, besides the unit and the words."""

    without_card: bool = False
    rank: int | None = None
    left: bool = False

    @property
    def words(self) -> str:
        """How it is told above the list."""
        parts = [_("without a card")] if self.without_card else []
        parts += [_(RANKS[self.rank])] if self.rank is not None else []
        return ", ".join([*parts, *([_("have left")] if self.left else [])])


class PeopleScreen(StationScreen):
    """Everybody whom this station knows, by unit."""

    PLACE = "people"
    LABEL = N_("People")
    HELP = N_(
        "Left the units, right the people. Tab goes from one to the other; Enter on a unit shows its people."
        " A search finds names, initials in pinyin, codes, card numbers and the end of ID numbers."
    )
    CSS_PATH = "people.tcss"
    ACTIONS = (
        Action("people.add", "a", N_("Add"), N_("Add a person; on the left side, add a unit.")),
        Action(
            "people.edit", "e", N_("Edit"), N_("Change the person or the unit under the cursor."), shown=False
        ),
        Action("people.roster", "i", N_("Import"), N_("Take in a roster from a spreadsheet.")),
        Action("people.filter", "f", N_("Filter"), N_("Show only those without a card, of a rank, or gone.")),
        Action("people.close", "x", N_("Close unit"), N_("Take an empty unit out of the tree."), shown=False),
    )

    def __init__(self) -> None:
        super().__init__()
        self._unit = ALL
        self._units: tuple[str, ...] | None = None
        self._unit_name = ""
        self._filter = Filter()

    def body(self) -> Iterable[Widget]:
        yield Plain("", id="people-what", classes="heading")
        with Horizontal():
            yield PagedList(
                [Column(_("Unit")), Column(_("Count"), 6, right=True)],
                self._read_units,
                id="units",
                explains=N_("The units, with the number of people in each and below it."),
            )
            yield PagedList(
                [
                    Column(_("Name"), 12),
                    Column(_("Unit")),
                    Column(_("Job title"), 10),
                    Column(_("Card"), 4),
                    Column(_("ID number"), 18, from_width=75),
                    Column(_("Code"), 8, from_width=75),
                ],
                self._read_people,
                id="people",
                empty=_("Nobody yet. i imports a roster, a adds a person."),
                explains=N_("The people of what is chosen on the left, by the initials of their names."),
            )

    def on_mount(self) -> None:
        self._tell_what()
        self._people.focus_rows()

    @property
    def _tree(self) -> PagedList:
        return self.query_one("#units", PagedList)

    @property
    def _people(self) -> PagedList:
        return self.query_one("#people", PagedList)

    @property
    def _on_units(self) -> bool:
        return self.focused is not None and self._tree in self.focused.ancestors

    # Reading, in jobs

    def _read_units(self, first: int, count: int, words: str) -> Page:
        tree = units.unit_tree(self.station)
        without = units.people_without_unit(self.station)
        everybody = self.station.registry.count_people(people.PeopleQuery())
        rows = [
            Row(line.code, ["  " * line.depth + line.name, line.people_below])
            for line in tree
            if all(word.lower() in line.name.lower() for word in words.split())
        ]
        if not words:
            rows.insert(0, Row(ALL, [_("All"), everybody]))
            rows += [Row(NO_UNIT, [_("Without a unit"), without])] if without else []
        return Page(rows[first : first + count], len(rows))

    def _read_people(self, first: int, count: int, words: str) -> Page:
        query = people.query_of(
            self.station,
            words,
            units=self._units,
            without_card=self._filter.without_card,
            rank=self._filter.rank,
            gone=self._filter.left,
        )
        found, total = people.people_page(self.station, query, first, count)
        return Page([_row(line) for line in found], total)

    # Choosing

    def on_paged_list_opened(self, event: PagedList.Opened) -> None:
        event.stop()
        if event.paged is self._people:
            self.app.push_screen(PersonScreen(event.row.key, self._changed))
        else:
            self._choose_unit(event.row)

    def _choose_unit(self, row: Row) -> None:
        self._unit, self._unit_name = row.key, str(row.cells[0]).strip()
        if row.key in (ALL, NO_UNIT):
            self._shown_units(("",) if row.key == NO_UNIT else None)
        else:
            self.fetch(
                lambda job: units.with_those_below(units.unit_tree(self.station), row.key), self._shown_units
            )

    def _shown_units(self, found: tuple[str, ...] | None) -> None:
        self._units = found
        self._tell_what()
        self._people.reload(first=True)
        self._people.focus_rows()

    def _tell_what(self) -> None:
        what = self._unit_name if self._unit else _("All units")
        words = self._filter.words
        told = f"{what}: {words}" if words else what
        self.query_one("#people-what", Plain).show(heading(self, told))

    def action_filter(self) -> None:
        choices = [
            Choice(Filter(), _("everybody who is here"), "a"),
            Choice(Filter(without_card=True), _("without a card"), "c"),
            *(Choice(Filter(rank=rank), _(label), str(rank)) for rank, label in RANKS.items()),
            Choice(Filter(left=True), _("have left"), "l"),
        ]
        self.open_panel(ChoosePanel(_("Show only"), choices, self._set_filter))

    def _set_filter(self, chosen: Filter) -> None:
        self._filter = chosen
        self._tell_what()
        self._people.reload(first=True)

    # Changing

    def action_add(self) -> None:
        unit = self._unit if self._unit not in (ALL, NO_UNIT) else ""
        if self._on_units:
            row = self._tree.row
            above = row.key if row is not None and row.key not in (ALL, NO_UNIT) else ""
            self.app.push_screen(UnitForm({"type": "department", "parent": above}, self._unit_saved))
        else:
            self.app.push_screen(PersonForm({"unit": self._unit_name if unit else ""}, self._saved))

    def action_edit(self) -> None:
        if self._on_units:
            self._edit_unit()
        elif (row := self._people.row) is not None:
            edit_person(self, row.key, self._saved)

    def _edit_unit(self) -> None:
        row = self._tree.row
        if row is None or row.key in (ALL, NO_UNIT):
            self.tell(_("Go to a unit first."))
            return
        code = row.key

        def read(job: object) -> dict[str, str]:
            line = next(line for line in units.unit_tree(self.station) if line.code == code)
            return {"name": line.name, "type": line.type, "parent": line.parent}

        def show(values: dict[str, str]) -> None:
            self.app.push_screen(UnitForm(values, self._unit_saved, code))

        self.fetch(read, show)

    def action_close(self) -> None:
        row = self._tree.row
        if not self._on_units or row is None or row.key in (ALL, NO_UNIT):
            self.tell(_("Go to a unit first."))
            return
        code = row.key
        self.confirm(
            _("Take {unit} out of the tree?").format(unit=str(row.cells[0]).strip()),
            _("Yes, close it"),
            lambda: self._close(code),
        )

    def _close(self, code: str) -> None:
        self.perform(
            lambda job: units.close_unit(self.station, code),
            lambda nothing: self._unit_saved(code),
        )

    def _saved(self, code: str) -> None:
        self.tell(_("Written: {code}.").format(code=code), "good")
        self._changed(code)

    def _unit_saved(self, code: str) -> None:
        self.tell(_("Written: {code}.").format(code=code), "good")
        self._tree.reload(code)
        self._people.reload()

    def _changed(self, code: str = "") -> None:
        self._people.reload(code)
        self._tree.reload()
        self.icme.look()

    def action_roster(self) -> None:
        self.app.push_screen(ImportScreen(self._changed))

    def back(self) -> None:
        """First the search, the filter and the unit go, then the screen."""
        if self._people.end_search() or self._tree.end_search():
            return
        if self._filter != Filter() or self._unit:
            self._filter, self._unit, self._units = Filter(), ALL, None
            self._tell_what()
            self._people.reload(first=True)
            return
        super().back()


def _row(line: people.PersonLine) -> Row:
    return Row(
        line.code,
        [line.name, line.unit, line.title, _("yes") if line.has_card else "-", line.idno, line.code],
        "faint" if line.state else "",
    )
