"""A bar that says how far something is, with a count. It moves only when something was done."""

from __future__ import annotations

from icme_tui.commands.words import _
from icme_tui.screens.glyphs import filled
from icme_tui.screens.widgets.plain import Plain

_BAR_CELLS = 30


class Progress(Plain):
    """One line; not shown before the first step. Escape stops what it shows (``StationScreen.back``)."""

    def __init__(self, title: str, *, id: str | None = None) -> None:
        """``title`` says what is being done, translated."""
        super().__init__("", id=id, classes="progress")
        self.title = title
        self.display = False

    def advance(self, done: int, total: int) -> None:
        """Show (done, total); hand this method to ``perform`` as ``progressed``."""
        self.display = True
        share = min(1.0, done / total) if total else 1.0
        bar = ("#" * int(share * _BAR_CELLS)).ljust(_BAR_CELLS, ".")
        self.show(f"{filled(self.title, 20)} [{bar}] {done}/{total}  {_('Esc stops')}")

    def done(self) -> None:
        """Take it away."""
        self.display = False
