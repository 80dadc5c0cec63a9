"""Text that is shown as it is: never read as markup, repainted only where it has changed."""

from __future__ import annotations

from typing import Any

from rich.text import Text
from textual.widgets import Static

from icme_tui.screens.glyphs import latin, latin_only


class Plain(Static):
    """A text. The only way in which screens show words outside lists and fields."""

    FIXED = False
    """Whether its size does not depend on what it says, so that a new text moves nothing else."""

    def __init__(self, text: str | Text = "", **how: Any) -> None:
        super().__init__(_drawn(text), markup=False, **how)
        self._shown = text

    def show(self, text: str | Text) -> None:
        """Show another text; does nothing where it is the same."""
        if text != self._shown or isinstance(text, Text) != isinstance(self._shown, Text):
            self._shown = text
            self.update(_drawn(text), layout=not self.FIXED)

    @property
    def words(self) -> str:
        """What it says."""
        return str(self._shown)


def _drawn(text: str | Text) -> Text:
    """The text as this terminal can draw it."""
    drawn = Text(text) if isinstance(text, str) else text
    if latin_only() and latin(drawn.plain) != drawn.plain:
        lines = "\n".join(latin(line) for line in drawn.plain.split("\n"))
        return Text(lines, style=drawn.style, no_wrap=drawn.no_wrap)
    return drawn
