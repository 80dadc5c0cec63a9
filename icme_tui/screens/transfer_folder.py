"""Which folder: a mounted stick, the one that was used last, or one that is typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from textual.widget import Widget
from textual.widgets import Input

from icme_tui.commands.drivewords import size_words
from icme_tui.commands.words import N_, _
from icme_tui.operations import drives, sticks
from icme_tui.operations.drives import Drive, LetGo
from icme_tui.screens.base import StationScreen
from icme_tui.screens.jobs import Job
from icme_tui.screens.widgets.field import Field, check_fields
from icme_tui.screens.widgets.panel import Choice, ChoosePanel, Panel

_TYPE = ""


class _Known(NamedTuple):
    """What can be offered."""

    mounted: list[sticks.Stick]
    used: list[str]
    """The one that was used last comes first."""
    drives: list[Drive]
    """Removable drives, mounted or not."""


class PathPanel(Panel):
    """A folder that is typed."""

    def __init__(self, title: str, value: str, chosen: Callable[[str], None]) -> None:
        super().__init__(title)
        self._value = value
        self._chosen = chosen

    def body(self) -> Iterator[Widget]:
        yield Field(
            "folder",
            _("Folder"),
            self._value,
            check=lambda text: "" if text else _("Type the path of a folder."),
            explains=N_("The path of a folder, such as /media/desk/STICK; ~ is your own."),
        )

    def on_mount(self) -> None:
        self.query_one(Field).focus_line()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        field = self.query_one(Field)
        if check_fields([field]):
            self.close()
            self._chosen(field.value)


def choose_folder(
    screen: StationScreen, title: str, chosen: Callable[[Path], None], also: Choice | None = None
) -> None:
    """Ask for a folder, look whether it is there, remember it, and call ``chosen`` with it. The folder
    ``also`` is offered too, and not remembered."""

    def look(job: Job) -> _Known:
        used = [each for each in sticks.used(screen.station) if Path(each).is_dir()]
        return _Known(sticks.sticks(), used, drives.drives())

    def offer(known: _Known) -> None:
        choices = [Choice(folder, folder) for folder in known.used]
        choices += [
            Choice(str(stick.folder), _("{folder} (read only)").format(folder=stick.folder))
            if stick.read_only
            else Choice(str(stick.folder), str(stick.folder))
            for stick in known.mounted
            if str(stick.folder) not in known.used
        ]
        choices += [
            Choice(each, _("Mount {name}, {size}").format(name=_name(each), size=size_words(each.bytes)))
            for each in known.drives
            if not each.folder
        ]
        if also is not None:
            choices.append(also)
        if not choices:
            screen.open_panel(PathPanel(title, "", take))
            return
        choices.append(Choice(_TYPE, _("Another folder: type its path"), "t"))
        ejectable = [each for each in known.drives if each.folder]
        if ejectable:
            choices.append(Choice(ejectable, _("Eject a stick, to pull it out"), "e"))
        screen.open_panel(ChoosePanel(title, choices, picked))

    def picked(key: str | Drive | list[Drive]) -> None:
        if isinstance(key, Drive):
            mount(key)
        elif isinstance(key, list):
            eject_one_of(screen, key)
        elif key == _TYPE:
            screen.open_panel(PathPanel(title, "", take))
        else:
            take(key)

    def mount(drive: Drive) -> None:
        screen.tell(_("Mounting ..."))
        screen.perform(lambda job: drives.mount(drive), lambda folder: take(str(folder)), group="folder")

    def take(typed: str) -> None:
        def check(job: Job) -> Path:
            folder = sticks.folder_of(typed)
            if also is None or typed != also.key:
                sticks.remember(screen.station, folder)
            return folder

        screen.perform(check, chosen, group="folder")

    screen.fetch(look, offer, group="folder-look")


def eject_one_of(screen: StationScreen, mounted: list[Drive]) -> None:
    """Let go of the only drive, or of one that is chosen, and say that it may be pulled out."""

    def eject(drive: Drive) -> None:
        screen.tell(_("Ejecting ..."))
        screen.perform(lambda job: drives.eject(drive), done, group="folder")

    def done(gone: LetGo) -> None:
        screen.tell(_("{disk} may be pulled out.").format(disk=gone.disk), "good")

    if len(mounted) == 1:
        eject(mounted[0])
    else:
        choices = [Choice(each, f"{_name(each)}  {each.folder}") for each in mounted]
        screen.open_panel(ChoosePanel(_("Eject which stick?"), choices, eject))


def _name(drive: Drive) -> str:
    return drive.label or drive.model or drive.device
