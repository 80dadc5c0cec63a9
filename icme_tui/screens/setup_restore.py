"""Restoring a backup where there is no station yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Input

from icme_tui.clock import parse_utc
from icme_tui.commands.backupwords import after_restore
from icme_tui.commands.moments import show_utc
from icme_tui.commands.words import N_, _
from icme_tui.screens.actions import Action
from icme_tui.screens.base import StationScreen
from icme_tui.screens.files import choose_file
from icme_tui.screens.glyphs import clean
from icme_tui.screens.jobs import Job
from icme_tui.screens.widgets.field import Field
from icme_tui.screens.widgets.panel import Panel
from icme_tui.screens.widgets.plain import Plain

if TYPE_CHECKING:
    from icme_tui.operations.backupfile import Backup
    from icme_tui.operations.restoring import Restored
    from icme_tui.station import Station

_SUFFIX = ".icmebak"


class UnlockPanel(Panel):
    """Operator and password of a backup."""

    def __init__(self, title: str, typed: Callable[[str, str], None]) -> None:
        super().__init__(title)
        self._typed = typed

    def body(self) -> Iterator[Widget]:
        yield Field(
            "restore-operator",
            _("Operator"),
            "admin",
            explains=N_("An account of the time when the backup was made."),
        )
        yield Field(
            "restore-password",
            _("Password"),
            password=True,
            explains=N_("The password of that time: one that was changed later does not open the backup."),
        )

    def on_mount(self) -> None:
        self._field("password").focus_line()

    def _field(self, name: str) -> Field:
        return self.query_one(f"#field-restore-{name}", Field)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.input is self._field("operator").line:
            self._field("password").focus_line()
        else:
            operator, password = self._field("operator").value, self._field("password").value
            self.close()
            self._typed(operator, password)


class RestoredScreen(StationScreen):
    """What is to be done after a restore, step by step."""

    LABEL = N_("Restored")
    HELP = N_("What to do now, so that nothing of the time after the backup is lost.")
    ACTIONS = (Action("restored.go_on", "enter", N_("Go on"), N_("Go to the start screen.")),)

    def __init__(self, done: Restored) -> None:
        super().__init__()
        self._done = done

    def body(self) -> Iterable[Widget]:
        done = self._done
        title = _("{code} is restored: {facts} facts.").format(code=clean(done.code), facts=done.facts)
        with VerticalScroll(classes="sheet"):
            yield Plain(Text(title, style="bold"), classes="gap")
            for line in after_restore(done.role, parse_utc(done.made), done.later):
                yield Plain(clean(line))

    def on_mount(self) -> None:
        self.set_focus(self.query_one(VerticalScroll))

    def action_go_on(self) -> None:
        self.icme.go("start")

    def back(self) -> None:
        self.icme.go("start")


def choose_backup(screen: StationScreen) -> None:
    """Choose a backup, look at it, ask for a password, restore it, and say what is to be done next."""

    def look(file: Path) -> None:
        def read(job: Job) -> Backup:
            from icme_tui.operations import restoring

            return restoring.read_backup(file)

        screen.tell(_("Reading the whole backup ..."))
        screen.perform(read, ask)

    def ask(backup: Backup) -> None:
        title = _("Backup of {code}, made {when}. Its password:")
        told = backup.manifest
        title = title.format(code=clean(told.code), when=show_utc(told.made))
        screen.open_panel(UnlockPanel(title, lambda *typed: restore(backup, *typed)))

    def restore(backup: Backup, operator: str, password: str) -> None:
        def work(job: Job) -> tuple[Station, Restored]:
            from icme_tui.operations import restoring
            from icme_tui.station import open_station

            home, clock, unsafe = screen.icme.home, screen.icme.clock, screen.icme.unsafe_home
            done = restoring.restore(backup, home, operator, password, unsafe_home=unsafe, clock=clock)
            return open_station(home, operator, password, clock, unsafe_home=unsafe), done

        def failed(error: Exception) -> bool:
            ask(backup)
            screen.tell(screen.icme.sentence_of(error), "bad")
            return True

        screen.tell(_("Restoring ..."))
        screen.perform(work, entered, failed=failed)

    def entered(result: tuple[Station, Restored]) -> None:
        station, done = result
        screen.icme.enter(station, go=False)
        screen.app.switch_screen(RestoredScreen(done))

    choose_file(screen, _("Which backup?"), (_SUFFIX,), look)
