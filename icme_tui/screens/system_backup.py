"""A backup, from the screen: to a stick, or beside the store."""

from __future__ import annotations

from pathlib import Path

from icme_tui.commands.words import _
from icme_tui.operations import backing_up
from icme_tui.operations.backing_up import BackedUp
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import clean
from icme_tui.screens.jobs import Job
from icme_tui.screens.transfer_folder import choose_folder
from icme_tui.screens.widgets.panel import Choice


def back_up(screen: StationScreen) -> None:
    """Ask where to, make the backup, say what it holds."""

    def chosen(folder: Path) -> None:
        def work(job: Job) -> BackedUp:
            return backing_up.back_up(screen.station, folder, job.stepper(backing_up.STEPS))

        if screen.perform(work, made, progressed=told) is not None:
            screen.tell(_("Backing up ..."))

    def told(done: int, total: int) -> None:
        screen.tell(_("Backing up: step {done} of {total}.").format(done=done, total=total))

    def made(backup: BackedUp) -> None:
        text = _("Backup {file}: {facts} facts. Read back and opened: safe to remove.")
        screen.tell(text.format(file=clean(backup.file.name), facts=backup.facts), "good")

    own = Choice(str(screen.station.folders.backups), _("backups/ in the home folder: on the same disk"))
    choose_folder(screen, _("Write the backup to which folder?"), chosen, also=own)
