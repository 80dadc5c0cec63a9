"""Text that is shown as it is: never read as markup, repainted only where it has changed."""

from __future__ import annotations

from typing import Any

from rich.text import Text
from textual.widgets import Static


class Plain(Static):
    """A text. The only way in which screens show words outside lists and fields."""

    FIXED = False
    """Whether its size does not depend on what it says, so that a new text moves nothing else."""

    def __init__(self, text: str | Text = "", **how: Any) -> None:
        super().__init__(Text(text) if isinstance(text, str) else text, markup=False, **how)
        self._shown = text

    def show(self, text: str | Text) -> None:
        """Show another text; does nothing where it is the same."""
        if text != self._shown or isinstance(text, Text) != isinstance(self._shown, Text):
            self._shown = text
            self.update(Text(text) if isinstance(text, str) else text, layout=not self.FIXED)

    @property
    def words(self) -> str:
        """What it says."""
        return str(self._shown)
