"""A roster is taken in: the file, what it would change, line by line, and only then the writing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from textual.widget import Widget

from icme_tui.codes import SheetError
from icme_tui.commands.peoplewords import finding_sentence
from icme_tui.commands.rosterwords import (
    FORM_SHEET,
    HINTS,
    NOTES,
    NOTES_SHEET,
    REMARKS,
)
from icme_tui.commands.words import N_, _, ngettext
from icme_tui.operations import roster
from icme_tui.operations.folders import free_name
from icme_tui.operations.roster import Applied, RosterPlan
from icme_tui.screens.actions import Action
from icme_tui.screens.base import StationScreen
from icme_tui.screens.files import choose_file
from icme_tui.screens.glyphs import clean, one_line
from icme_tui.screens.hints import key_hints
from icme_tui.screens.people_form import unit_choices
from icme_tui.screens.people_lines import KINDS, lists_of
from icme_tui.screens.rows import page_of
from icme_tui.screens.transfer_folder import choose_folder
from icme_tui.screens.widgets.pagedlist import Column, Page, PagedList, Row
from icme_tui.screens.widgets.panel import Choice, ChoosePanel, TextPanel
from icme_tui.screens.widgets.plain import Plain

SUFFIXES = (".xlsx", ".xls", ".ods", ".csv", ".txt", ".tsv")


class ImportScreen(StationScreen):
    """Shows the dry run of an import; writes when it is told to."""

    LABEL = N_("Import a roster")
    HELP = N_(
        "Nothing is written before you say so, and then all of it or nothing. People are matched by their ID"
        " numbers. Nobody is removed. Enter shows a line in full."
    )
    CSS_PATH = "people.tcss"
    ACTIONS = (
        Action("roster.open", "o", N_("File"), N_("Choose the file with the roster.")),
        Action("roster.write", "s", N_("Write"), N_("Write what is shown: all of it, or nothing.")),
        Action("roster.view", "v", N_("View"), N_("Choose which lines are shown.")),
        Action("roster.units", "u", N_("New units"), N_("Create unknown units, or count them as errors.")),
        Action("roster.form", "t", N_("Empty form"), N_("Write an empty roster to fill in, with notes.")),
        Action(
            "roster.report", "b", N_("Errors to file"),
            N_("Write the roster back as a workbook with a column that says what is wrong in each row."),
        ),
    )  # fmt: skip

    def __init__(self, changed: Callable[[], None]) -> None:
        super().__init__()
        self._changed = changed
        self._file: Path | None = None
        self._sheet = ""
        self._creates = False
        self._under = ""
        self._plan: RosterPlan | None = None
        self._lists: dict[str, list[Row]] = {}
        self._sentences: dict[str, str] = {}
        self._shown = "error"

    def body(self) -> Iterable[Widget]:
        yield Plain(_("No file yet. Press o to choose one."), id="roster-file", classes="heading")
        yield Plain("", id="roster-counts", classes="heading")
        yield Plain("", id="roster-keys", classes="heading faint")
        yield PagedList(
            [Column(_("Row"), 6, right=True), Column(_("Name"), 12), Column(_("What"))],
            self._read,
            id="roster",
            empty=_("Nothing to show: o chooses a file, v other lines."),
            explains=N_("What the file would change, and what is wrong in it."),
        )

    def on_mount(self) -> None:
        self._list.focus_rows()
        self.query_one("#roster-keys", Plain).show(key_hints(self, self.ACTIONS))
        self.action_open()

    @property
    def _list(self) -> PagedList:
        return self.query_one("#roster", PagedList)

    def _read(self, first: int, count: int, words: str) -> Page:
        return page_of(self._lists.get(self._shown, []), first, count, words)

    # The dry run

    def action_open(self) -> None:
        folder = self._file.parent if self._file is not None else None
        choose_file(self, _("Which roster?"), SUFFIXES, self._take, folder)

    def _take(self, path: Path) -> None:
        self._file, self._sheet = path, ""
        self._check()

    def _check(self) -> None:
        file, creates, sheet, under = self._file, self._creates, self._sheet, self._under
        if file is None:
            return
        self._plan = None
        self.query_one("#roster-file", Plain).show(_("Checking {file} ...").format(file=clean(file.name)))
        self.fetch(
            lambda job: roster.plan_import(self.station, file, creates, sheet, under),
            self._planned,
            group="roster",
            failed=self._unreadable,
        )

    def _unreadable(self, error: Exception) -> bool:
        self._lists = {}
        self.query_one("#roster-file", Plain).show(_("No file yet. Press o to choose one."))
        self.query_one("#roster-counts", Plain).show("")
        self._list.reload(first=True)
        if isinstance(error, SheetError) and error.code == "SHEETS_SEVERAL":
            sheets = [str(name) for name in error.detail["sheets"]]
            choices = [Choice(name, name) for name in sheets]
            self.open_panel(ChoosePanel(_("Which sheet is the roster?"), choices, self._take_sheet))
            return True
        return False

    def _take_sheet(self, name: str) -> None:
        self._sheet = name
        self._check()

    def _planned(self, plan: RosterPlan) -> None:
        self._plan = plan
        self._lists, self._sentences = lists_of(plan)
        self._shown = "error" if plan.errors else "changed" if plan.changed else "new"
        if not self._lists[self._shown]:
            self._shown = next((kind for kind, rows in self._lists.items() if rows), "new")
        self._tell_plan(plan)
        self._list.reload(first=True)
        if plan.errors:
            self.tell(
                _("The file has errors, so nothing can be written. b writes them into a workbook."), "bad"
            )
        elif plan.new or plan.changed:
            self.tell(_("Nothing has been written yet. s writes it."), "good")
        else:
            self.tell(_("Everything in the file is known already."), "good")

    def _tell_plan(self, plan: RosterPlan) -> None:
        said = _("{file}: {people} people").format(file=clean(plan.file), people=plan.people)
        if plan.units_to_create:
            n, names = len(plan.units_to_create), ", ".join(plan.units_to_create)
            told = ngettext("creates {n} unit: {units}", "creates {n} units: {units}", n)
            said += "; " + told.format(n=n, units=clean(names))
        self.query_one("#roster-file", Plain).show(one_line(said, max(20, self.app.size.width - 2)))
        counts = "  ".join(
            f"{'>' if kind == self._shown else ' '}{_(KINDS[kind])} {len(rows)}"
            for kind, rows in self._lists.items()
        )
        self.query_one("#roster-counts", Plain).show(
            counts + "  " + _("unchanged {n}").format(n=plan.unchanged)
        )

    # Looking

    def action_view(self) -> None:
        choices = [
            Choice(kind, f"{_(KINDS[kind])} ({len(rows)})", kind[0]) for kind, rows in self._lists.items()
        ]
        if choices:
            self.open_panel(ChoosePanel(_("Which lines?"), choices, self._view))

    def _view(self, kind: str) -> None:
        self._shown = kind
        if self._plan is not None:
            self._tell_plan(self._plan)
        self._list.reload(first=True)

    def on_paged_list_opened(self, event: PagedList.Opened) -> None:
        event.stop()
        row = event.row
        text = self._sentences.get(row.key) or clean(" ".join(str(cell) for cell in row.cells[2:]))
        place = _("Row {row}").format(row=row.cells[0]) if row.cells[0] else ""
        self.open_panel(TextPanel(f"{place} {clean(row.cells[1])}".strip(), text))

    # Writing

    def action_units(self) -> None:
        self.fetch(lambda job: unit_choices(self.station, by_code=True), self._offer_units)

    def _offer_units(self, known: list[Choice]) -> None:
        choices = [
            Choice("no", _("No: they count as errors"), "n"),
            Choice("top", _("Yes, at the top of the tree"), "y"),
        ]
        if known:
            choices.append(Choice("below", _("Yes, below a unit that is known"), "b"))

        def chosen(how: str) -> None:
            if how == "below":
                below = [Choice(unit.key, unit.text.strip()) for unit in known]
                self.open_panel(ChoosePanel(_("Below which unit?"), below, self._take_units, search=True))
            else:
                self._take_units(None if how == "no" else "")

        self.open_panel(ChoosePanel(_("Create the units that are not known yet?"), choices, chosen))

    def _take_units(self, under: str | None) -> None:
        self._creates, self._under = under is not None, under or ""
        self._check()

    def action_form(self) -> None:
        choose_folder(self, _("Write the empty form to which folder?"), self._write_form)

    def _write_form(self, folder: Path) -> None:
        def write(job: object) -> Path:
            path = free_name(folder / f"{FORM_SHEET}.xlsx")
            hints = {name: _(hint) for name, hint in HINTS.items()}
            roster.template(path, FORM_SHEET, NOTES_SHEET, [_(note) for note in NOTES], hints)
            return path

        self.perform(write, lambda path: self.tell(_("Written: {file}").format(file=clean(path)), "good"))

    def action_write(self) -> None:
        plan = self._plan
        if plan is None:
            self.tell(_("Choose a file first: o."), "warn")
        elif plan.errors:
            self.tell(
                _("The file has errors, so nothing can be written. b writes them into a workbook."), "bad"
            )
        elif not plan.new and not plan.changed:
            self.tell(_("Everything in the file is known already."), "good")
        else:
            self.confirm(
                _("Write {new} new people and {changed} changes?").format(
                    new=len(plan.new), changed=len(plan.changed)
                ),
                _("Yes, write them"),
                lambda: self._write(plan),
            )

    def _write(self, plan: RosterPlan) -> None:
        self.perform(lambda job: roster.apply(self.station, plan), self._written)

    def _written(self, applied: Applied) -> None:
        self._changed()
        self._check()
        self.tell(
            _("Written: {new} new, {changed} changed, {units} new units.").format(
                new=applied.new, changed=applied.changed, units=applied.units
            ),
            "good",
        )

    def action_report(self) -> None:
        plan, file = self._plan, self._file
        if plan is None or file is None:
            self.tell(_("Choose a file first: o."), "warn")
            return
        if not plan.findings:
            self.tell(_("There is nothing to remark."), "good")
            return

        def write(job: object) -> Path:
            out = free_name(file.with_name(f"{file.stem}-{_('findings')}.xlsx"))
            roster.write_back(plan, out, _(REMARKS), finding_sentence)
            return out

        self.perform(write, lambda out: self.tell(_("Written: {file}").format(file=clean(out)), "good"))
