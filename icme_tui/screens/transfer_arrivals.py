"""What lies on a stick or waits: first what an import would do, then what it did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar

from textual.widget import Widget

from icme_tui.commands.arrivalwords import RESULTS, brought, nothing_here
from icme_tui.commands.moments import show_utc
from icme_tui.commands.packwords import pack_brief, pack_lines
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import N_, _, ngettext
from icme_tui.operations import importing, passing, scanning
from icme_tui.operations.importing import Imported
from icme_tui.operations.packchanges import Changes
from icme_tui.operations.passing import Passed
from icme_tui.operations.scanning import Scan, Scanned
from icme_tui.screens.actions import Action
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import clean, one_line
from icme_tui.screens.jobs import Job
from icme_tui.screens.rows import page_of
from icme_tui.screens.transferwords import KINDS, WOULD
from icme_tui.screens.widgets.pagedlist import Column, PagedList, Row
from icme_tui.screens.widgets.panel import TextPanel
from icme_tui.screens.widgets.plain import Plain
from icme_tui.screens.widgets.progress import Progress


class _Why(Plain):
    """The reason of the row under the cursor; keeps its two lines."""

    FIXED = True


class ArrivalsScreen(StationScreen):
    """Files that came: a dry run, an import, a report."""

    LABEL = N_("Files")
    HELP = N_(
        "First the files are only looked at: nothing is changed. Importing then takes in what is in order;"
        " what has to wait stays in the inbox, what is refused is kept with its reason."
    )
    CSS_PATH = "transfer.tcss"
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("arrivals.take", "i", N_("Import"), N_("Take in what is in order.")),
        Action("arrivals.again", "r", N_("Look again"), N_("Look through the files again.")),
    )

    def __init__(self, folder: Path | None) -> None:
        """``folder``: where to look; none for what waits in the inbox only."""
        super().__init__()
        self._folder = folder
        self._scanned: dict[Path, Scanned] = {}
        self._rows: list[Row] = []
        self._why: dict[str, str] = {}
        self._changes: dict[str, Changes] = {}

    def body(self) -> Iterable[Widget]:
        yield Plain("", id="arrivals-what")
        yield PagedList(
            [
                Column(_("State"), 10),
                Column(_("From"), 10),
                Column(_("No."), 5, right=True),
                Column(_("Written"), 16),
                Column(_("Facts"), 7, right=True),
                Column(_("New"), 7, right=True),
                Column(_("File")),
            ],
            lambda first, count, words: page_of(self._rows, first, count, words),
            id="arrivals",
            empty=_("No bundles and no packs here. Esc leads back to choose another folder."),
            explains=N_("One file a row: what becomes of it, who wrote it, and how much of it is new."),
        )
        yield _Why("", id="arrivals-why")
        yield Progress(_("Looking"), id="arrivals-bar")

    def on_mount(self) -> None:
        self._list.focus_rows()
        self.action_again()

    @property
    def _list(self) -> PagedList:
        return self.query_one(PagedList)

    @property
    def _bar(self) -> Progress:
        return self.query_one(Progress)

    # Looking

    def action_again(self) -> None:
        self._bar.title = _("Looking")
        self._say(_("Looking ..."))
        self.perform(self._scan, self._seen, progressed=self._bar.advance, failed=self._failed)

    def _scan(self, job: Job) -> tuple[Scan, list[Passed]]:
        paths = [self._folder] if self._folder is not None else []
        files = scanning.files_in(self.station, paths)
        scan = scanning.scan(self.station, paths, job.stepper(len(files)))
        return scan, [] if scan.files else passing.passed_over(paths)

    def _seen(self, found: tuple[Scan, list[Passed]]) -> None:
        scan, passed = found
        if passed:
            self.tell(nothing_here(self.station.code, passed), "warn")
        self._scanned = {each.file: each for each in scan.files}
        rows: list[Row] = []
        self._why = {}
        self._changes = {str(each.file): each.changes for each in scan.files if each.changes is not None}
        for each in scan.files:
            key = str(each.file)
            new = each.facts - each.known if each.kind == "facts" and each.result == "accept" else ""
            rows.append(_row(key, _(WOULD[each.result]), each.result, each, each.facts, new))
            detail = {**each.detail, "sender": each.sender, "file": each.name}
            self._why[key] = self._said(key, sentence(each.code, detail))
        where = str(self._folder) if self._folder is not None else _("the inbox")
        n = len(scan.files)
        said = ngettext("Nothing has been changed. {n} file in {folder}",
                        "Nothing has been changed. {n} files in {folder}", n)  # fmt: skip
        told = said.format(n=n, folder=clean(where))
        if scan.left_alone:
            told = _("Not for us: {n}.").format(n=scan.left_alone) + " " + told
        self._show(rows, told)

    # Taking in

    def action_take(self) -> None:
        files = [
            each.file
            for each in self._scanned.values()
            if each.result != "unreadable" and not each.from_inbox
        ]
        waiting = any(each.from_inbox for each in self._scanned.values())
        if not files and not waiting:
            self.tell(_("There is nothing to import."), "warn")
            return
        self._bar.title = _("Importing")
        self.perform(
            lambda job: importing.import_files(self.station, files, job.stepper(len(files))),
            self._taken,
            progressed=self._bar.advance,
            failed=self._failed,
        )

    def _taken(self, results: list[Imported]) -> None:
        rows: list[Row] = []
        self._why = {}
        self._changes = {str(each.file): each.changes for each in results if each.changes is not None}
        for each in results:
            key = str(each.file)
            known = self._scanned.get(each.file) or Scanned(
                each.file, each.result, each.code, each.kind, each.sender, name=each.name
            )
            new = each.new if each.kind == "facts" else ""
            rows.append(_row(key, _(RESULTS[each.result]), each.result, known, each.facts, new))
            self._why[key] = self._said(key, sentence(each.code, {"sender": each.sender, "file": each.name}))
        self._scanned = {}
        self._show(rows, report(results))
        good = all(each.result == "accept" for each in results)
        packs = [brought(each) for each in results if each.brought]
        told = " ".join(packs) or (_("Imported.") if good else _("Not everything was taken in."))
        self.tell(told, "good" if good else "warn")

    # Showing

    def _said(self, key: str, sentence: str) -> str:
        """What stands below the list for a file; of a pack, what it changes."""
        changes = self._changes.get(key)
        return clean(f"{sentence} {pack_brief(changes)}" if changes is not None else sentence)

    def _show(self, rows: Sequence[Row], told: str) -> None:
        self._rows = list(rows)
        self._bar.done()
        self._say(told)
        self._list.reload(first=True)

    def _say(self, told: str) -> None:
        width = max(20, self.app.size.width - 2)
        self.query_one("#arrivals-what", Plain).show(" " + one_line(told, width))

    def _failed(self, error: Exception) -> bool:
        self._bar.done()
        self._say(_("Not finished."))
        return False

    def on_paged_list_moved(self, event: PagedList.Moved) -> None:
        why = self._why.get(event.row.key, "") if event.row is not None else ""
        self.query_one("#arrivals-why", Plain).show(why)

    def on_paged_list_opened(self, event: PagedList.Opened) -> None:
        key = event.row.key
        cells = event.row.cells
        lines = [
            f"{label}: {clean(cell)}"
            for label, cell in zip([column.label for column in self._list.columns], cells, strict=True)
            if cell != ""
        ]
        changes = self._changes.get(key)
        if changes is None:
            lines += ["", self._why.get(key, "")]
        else:
            lines = [_indented(line) for line in pack_lines(changes)]
        self.open_panel(TextPanel(clean(key), "\n".join(lines)))

    def job_stopped(self, job: Job) -> None:
        self._bar.done()
        self._say(_("Not finished."))


def _indented(line: str) -> str:
    """A clean line with the blanks that it begins with."""
    return " " * (len(line) - len(line.lstrip())) + clean(line)


def report(results: Sequence[Imported]) -> str:
    """An import in one line."""
    return _("{new} new, {known} known, {held} held, {aside} set aside.").format(
        new=sum(each.new for each in results),
        known=sum(each.known for each in results),
        held=sum(each.facts for each in results if each.result == "hold"),
        aside=sum(each.result == "quarantine" for each in results),
    )


def _row(key: str, state: str, result: str, known: Scanned, facts: int, new: int | str) -> Row:
    return Row(
        key,
        (
            state,
            known.sender,
            known.seq or "",
            show_utc(known.made),
            facts or "",
            new,
            known.name,
        ),
        KINDS[result],
    )
