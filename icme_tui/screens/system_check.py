"""Is this station sound?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.widget import Widget

from icme_tui.commands.checkwords import CHECKS, STATES
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import N_, _
from icme_tui.operations import selfcheck
from icme_tui.operations.selfcheck import Finding
from icme_tui.screens.actions import Action
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import clean
from icme_tui.screens.jobs import Job
from icme_tui.screens.rows import page_of
from icme_tui.screens.widgets.pagedlist import Column, PagedList, Row
from icme_tui.screens.widgets.plain import Plain
from icme_tui.screens.widgets.progress import Progress


class CheckScreen(StationScreen):
    """Runs every check, then shows what each found."""

    LABEL = N_("Check")
    HELP = N_("Journal, lists, store file, disk, access rights, clock, backup, library. Nothing is changed.")
    CSS_PATH = "system.tcss"
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("check.again", "r", N_("Again"), N_("Check everything again.")),
    )

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Row] = []
        self._why: dict[str, str] = {}

    def body(self) -> Iterable[Widget]:
        yield PagedList(
            [Column(_("Check"), 10), Column(_("State"), 6), Column(_("What was found"))],
            lambda first, count, words: page_of(self._rows, first, count, words),
            id="checks",
            empty=_("Checking ..."),
            explains=N_("One check a row. Below the list stands all that was found."),
        )
        yield Plain("", id="check-why", classes="system-why")
        yield Progress(_("Checking"), id="check-bar")

    def on_mount(self) -> None:
        self.query_one(PagedList).focus_rows()
        self.action_again()

    def action_again(self) -> None:
        self.perform(
            lambda job: selfcheck.run_checks(self.station, job.stepper(selfcheck.COUNT)),
            self._checked,
            progressed=self.query_one(Progress).advance,
            failed=self._failed,
        )

    def _checked(self, findings: list[Finding]) -> None:
        self.query_one(Progress).done()
        self._why = {one.check: clean(sentence(one.code, one.detail)) for one in findings}
        self._rows = [
            Row(one.check, (_(CHECKS[one.check]), _(STATES[one.state]), self._why[one.check]), one.state)
            for one in findings
        ]
        self.query_one(PagedList).reload(first=True)
        worst = selfcheck.worst(findings)
        told = {
            "good": _("This station is sound."),
            "warn": _("Sound, with something to look at."),
            "bad": _("Something is wrong. Read it before anything else is done."),
        }
        self.tell(told[worst], worst)

    def _failed(self, error: Exception) -> bool:
        self.query_one(Progress).done()
        return False

    def job_stopped(self, job: Job) -> None:
        self.query_one(Progress).done()

    def on_paged_list_moved(self, event: PagedList.Moved) -> None:
        why = self._why.get(event.row.key, "") if event.row is not None else ""
        self.query_one("#check-why", Plain).show(why)
