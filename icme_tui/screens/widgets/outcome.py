"""The large outcome of a touch: a word, a symbol, a colour, a name. Read from two metres in half a second."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from rich.cells import cell_len
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical

from icme_tui.screens.glyphs import clean
from icme_tui.screens.widgets.plain import Plain

if TYPE_CHECKING:
    from icme_tui.screens.program import Program

SYMBOLS = {"good": "[ OK ]", "warn": "[ ! ]", "bad": "[ X ]", "": "[ - ]"}
"""Each kind has its symbol, so that no colour has to be seen."""


class _Line(Plain):
    FIXED = True


class Outcome(Vertical):
    """Seven rows: symbol, word, who, and what else is to be known. Only what differs is repainted."""

    LINES = 3

    def __init__(self, *, id: str = "outcome", label: bool = False) -> None:
        """``label``: one of several, with a line that says whose it is."""
        super().__init__(id=id, classes="outcome -labelled" if label else "outcome")
        self.kind = ""
        self._labelled = label

    def compose(self) -> ComposeResult:
        if self._labelled:
            yield _Line("", classes="outcome-label")
        yield _Line("", classes="outcome-symbol")
        yield _Line("", classes="outcome-word")
        for _number in range(self.LINES):
            yield _Line("", classes="outcome-line")

    def put_label(self, label: str) -> None:
        """Whose it is, where it has a line for that."""
        for line in self.query(".outcome-label").results(_Line):
            line.show(clean(label))

    def tell(self, kind: str, word: str, lines: Sequence[str] = (), *, ring: bool = True) -> None:
        """Show an outcome. ``kind``: ``good``, ``warn``, ``bad`` or nothing (waiting); ``ring``: the bell."""
        if kind != self.kind:
            for name in ("good", "warn", "bad"):
                self.set_class(kind == name, f"-{name}")
            self.kind = kind
        self.query_one(".outcome-symbol", _Line).show(SYMBOLS[kind])
        self.query_one(".outcome-word", _Line).show(Text(clean(word), style="bold"))
        cleaned = [clean(text) for text in lines]
        shown = [*(cleaned if self._labelled else self._folded(cleaned)), *[""] * self.LINES]
        for line, text in zip(self.query(".outcome-line").results(_Line), shown, strict=False):
            line.show(text)
        if ring and cast("Program", self.app).desk.bell:
            self.app.bell()

    def _folded(self, lines: Sequence[str]) -> list[str]:
        """A line that is too long goes on in the next ones, as far as these are free."""
        width = self.size.width or self.app.size.width
        free = self.LINES - len(lines)
        folded: list[str] = []
        for text in lines:
            if free <= 0 or cell_len(text) <= width:
                folded.append(text)
                continue
            parts = [part.plain.rstrip() for part in Text(text).wrap(self.app.console, width)]
            if len(parts) > free + 1:
                parts[free:] = [" ".join(parts[free:])]
            folded += parts
            free -= len(parts) - 1
        return folded
