"""The folder that the office watches: looked into while the screen Transfer is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import _
from icme_tui.operations import watching
from icme_tui.operations.watching import Look, Watch
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import clean, one_line
from icme_tui.screens.jobs import Job
from icme_tui.screens.transfer_arrivals import report
from icme_tui.screens.transfer_folder import choose_folder
from icme_tui.screens.widgets.plain import Plain

LOOK_EVERY_S = 10.0
"""Between two looks."""

_GROUP = "watch"


class WatchLine(Plain):
    """Which folder is watched; not there where none is. Takes in what comes."""

    def __init__(self, taken: Callable[[], None]) -> None:
        """``taken`` is called when something was taken in or set aside."""
        super().__init__("", classes="transfer-top")
        self.display = False
        self._taken = taken
        self._watch: Watch | None = None

    @property
    def _of(self) -> StationScreen:
        return cast(StationScreen, self.screen)

    def on_mount(self) -> None:
        self.look()
        self.set_interval(LOOK_EVERY_S, self.look)

    def choose(self) -> None:
        """Ask for a folder, or whether none is to be watched any more."""

        def ask(folder: str) -> None:
            if folder:
                question = _("{folder} is watched. Watch it no more?").format(folder=clean(folder))
                self._of.confirm(question, _("Yes, watch no folder"), lambda: self._set(None))
            else:
                choose_folder(self._of, _("Watch which folder for bundles?"), self._set)

        self._of.fetch(lambda job: watching.watched_folder(self._of.station), ask, group="watch-ask")

    def _set(self, folder: Path | None) -> None:
        def work(job: Job) -> None:
            watching.set_folder(self._of.station, folder)

        self._of.perform(work, lambda nothing: self.look(), group="watch-set")

    def look(self) -> None:
        """Look into the folder, in a thread."""
        icme = self._of.icme
        if icme.station is not None and not icme.is_busy(_GROUP):
            self._of.perform(self._look_there, self._looked, group=_GROUP)

    def _look_there(self, job: Job) -> tuple[str, Look]:
        station = self._of.station
        folder = watching.watched_folder(station)
        if not folder:
            self._watch = None
            return "", Look([], [], "")
        if self._watch is None or str(self._watch.folder) != folder:
            self._watch = Watch(station, Path(folder))
        return folder, self._watch.look()

    def _looked(self, found: tuple[str, Look]) -> None:
        folder, look = found
        self.display = bool(folder)
        told = _("Watched: {folder}").format(folder=clean(folder))
        if look.problem:
            told += f" ({sentence(look.problem, {'folder': folder})})"
        self.show(one_line(told, max(20, self.app.size.width - 3)))
        if look.results:
            good = all(each.result == "accept" for each in look.results)
            told = _("From the watched folder: {told}").format(told=report(look.results))
            self._of.tell(told, "good" if good else "warn")
            self._taken()
