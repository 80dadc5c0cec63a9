"""Is this station sound, and what stands in the way of its readers, sticks and terminal?"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

from textual.widget import Widget

from icme_tui.commands.doctorwords import level_of, name_of
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import N_, _
from icme_tui.operations import doctoring
from icme_tui.operations.doctoring import Finding
from icme_tui.screens.actions import Action
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import clean
from icme_tui.screens.jobs import Job
from icme_tui.screens.rows import page_of
from icme_tui.screens.widgets.pagedlist import Column, PagedList, Row
from icme_tui.screens.widgets.plain import Plain
from icme_tui.screens.widgets.progress import Progress

_KINDS = {"ok": "good", "warn": "warn", "fail": "bad", "skipped": "faint"}
_ORDER = ("fail", "warn", "ok", "skipped")
"""What has to be read stands first."""


class CheckScreen(StationScreen):
    """Runs every check, then shows what each found."""

    LABEL = N_("Check")
    HELP = N_(
        "The machine, readers, permissions, sticks, journal, lists, store, disk, clock, backup. Nothing is"
        " changed."
    )
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
            [Column(_("Check"), 12), Column(_("State"), 6), Column(_("What was found"))],
            lambda first, count, words: page_of(self._rows, first, count, words),
            id="checks",
            empty=_("Checking ..."),
            explains=N_(
                "One check a row. Below the list stands all that was found, and what to type against it."
            ),
        )
        yield Plain("", id="check-why", classes="system-remedy")
        yield Progress(_("Checking"), id="check-bar")

    def on_mount(self) -> None:
        self.query_one(PagedList).focus_rows()
        self.action_again()

    def action_again(self) -> None:
        station = self.station

        def work(job: Job) -> list[Finding]:
            machine = doctoring.surroundings(station.home, os.environ)
            machine = replace(machine, size=self.app.size)
            step = job.stepper(doctoring.count(machine, thorough=True))
            return doctoring.examine(machine, station, step, thorough=True)

        self.perform(work, self._checked, progressed=self.query_one(Progress).advance, failed=self._failed)

    def _checked(self, findings: list[Finding]) -> None:
        self.query_one(Progress).done()
        said = {one.check: clean(sentence(one.code, one.detail)) for one in findings}
        self._why = {one.check: "\n".join((said[one.check], *one.remedy)) for one in findings}
        ordered = sorted(findings, key=lambda one: _ORDER.index(one.level))
        self._rows = [
            Row(one.check, (name_of(one.check), level_of(one.level), said[one.check]), _KINDS[one.level])
            for one in ordered
        ]
        self.query_one(PagedList).reload(first=True)
        worst = doctoring.worst(findings)
        told = {
            "ok": _("Nothing stands in the way."),
            "warn": _("It works, with something to look at."),
            "fail": _("Something is wrong. Read it before anything else is done."),
        }
        self.tell(told[worst], _KINDS[worst])

    def _failed(self, error: Exception) -> bool:
        self.query_one(Progress).done()
        return False

    def job_stopped(self, job: Job) -> None:
        self.query_one(Progress).done()

    def on_paged_list_moved(self, event: PagedList.Moved) -> None:
        why = self._why.get(event.row.key, "") if event.row is not None else ""
        self.query_one("#check-why", Plain).show(why)
