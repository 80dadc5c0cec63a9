"""Choosing a file: folders and sticks to walk through, or a path to type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from textual.widget import Widget
from textual.widgets import Input

from icme_tui.commands.words import _
from icme_tui.operations import folders
from icme_tui.screens.base import StationScreen
from icme_tui.screens.widgets.panel import Choice, ChoosePanel
from icme_tui.screens.widgets.plain import Plain


class FilePanel(ChoosePanel):
    """What is in a folder. What is typed narrows the list; a path, with a stroke in it, is taken as it is."""

    def __init__(self, title: str, where: str, choices: list[Choice], chosen: Callable[[Path], None]) -> None:
        super().__init__(title, choices, chosen, search=True, rows=12)
        self._where = where

    def body(self) -> Iterator[Widget]:
        yield Plain(self._where)
        yield from super().body()

    def _take(self, number: int) -> None:
        typed = self.query_one(Input).value.strip()
        if "/" in typed or typed.startswith("~"):
            self.close()
            self._chosen(Path(typed).expanduser())
        else:
            super()._take(number)


def choose_file(
    screen: StationScreen,
    title: str,
    suffixes: tuple[str, ...],
    chosen: Callable[[Path], None],
    folder: Path | None = None,
) -> None:
    """Let somebody choose a file with one of the suffixes, from ``folder`` on or where files usually are."""

    def took(path: Path) -> None:
        screen.fetch(lambda job: path.is_dir(), lambda is_folder: went(path, is_folder))

    def went(path: Path, is_folder: bool) -> None:
        if is_folder:
            choose_file(screen, title, suffixes, chosen, path)
        else:
            chosen(path)

    def offer(found: tuple[str, list[Choice]]) -> None:
        screen.open_panel(FilePanel(title, found[0], found[1], took))

    screen.fetch(lambda job: _choices(screen, suffixes, folder), offer)


def _choices(
    screen: StationScreen, suffixes: tuple[str, ...], folder: Path | None
) -> tuple[str, list[Choice]]:
    if folder is None:
        starts = folders.beginnings(screen.icme.home)
        return _("Choose a folder, or type a path."), [Choice(path, f"{path}/") for path in starts]
    found = folders.look_into(folder, suffixes)
    above = found[0].path if found and found[0].path == folder.absolute().parent else None
    choices = [
        Choice(one.path, _("../ (the folder above)") if one.path == above else _name(one)) for one in found
    ]
    where = _("{folder}: files ending in {suffixes}")
    return where.format(folder=folder, suffixes=" ".join(suffixes)), choices


def _name(one: folders.Found) -> str:
    return f"{one.path.name}/" if one.is_folder else one.path.name
