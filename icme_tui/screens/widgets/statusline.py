"""The line at the top of every screen: where, who, what is open, what has to travel, how old, how sure."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from rich.cells import cell_len
from rich.text import Text

from icme_tui.commands.words import _
from icme_tui.screens.glyphs import clean, one_line
from icme_tui.screens.widgets.plain import Plain

if TYPE_CHECKING:
    from icme_tui.screens.program import Program

_NAME_CELLS = 16


class StatusLine(Plain):
    """Repaints only when something has changed."""

    FIXED = True

    def __init__(self, title: str) -> None:
        super().__init__("", id="status")
        self._title = title

    def on_mount(self) -> None:
        self.renew()

    def on_resize(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Put together what is known, the most important first, as far as there is room."""
        app = cast("Program", self.app)
        parts: list[tuple[str, bool]] = [(self._title, False)]
        if app.station is not None:
            station = app.station
            parts.append((f"{station.code} {one_line(station.name, _NAME_CELLS)}", False))
            parts.append((clean(station.operator), False))
            parts += app.desk.parts()
            parts += _of_overview(app)
        self.show(_joined(parts, self.size.width or 80))


def _of_overview(app: Program) -> list[tuple[str, bool]]:
    known = app.overview
    if known is None:
        return []
    parts: list[tuple[str, bool]] = []
    if known.clock_doubtful:
        parts.append((_("clock doubtful"), True))
    if known.needs_pack:
        parts.append((_("no pack yet"), True))
    if known.uncarried:
        parts.append((_("{n} unexported").format(n=known.uncarried), False))
    if known.roster_days is not None:
        parts.append((_("roster {days} d").format(days=known.roster_days), known.is_stale))
    return parts


def _joined(parts: list[tuple[str, bool]], width: int) -> Text:
    line = Text(no_wrap=True)
    for text, urgent in parts:
        shown = f" ! {text} " if urgent else f" {text} "
        room = width - cell_len(line.plain)
        if room < cell_len(shown):
            break
        line.append(shown, style="bold reverse" if urgent else "")
    return line
