"""The last touches, the newest on top."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical

from icme_tui.screens.widgets.plain import Plain

_STYLES = {"good": "", "warn": "bold", "bad": "bold"}


class _Row(Plain):
    FIXED = True


class LastTouches(Vertical):
    """A few rows; only those that differ are repainted."""

    def __init__(self, rows: int) -> None:
        super().__init__(id="lasts")
        self.count = rows
        self._rows: list[tuple[str, str]] = []

    def compose(self) -> ComposeResult:
        for _number in range(self.count):
            yield _Row("")

    def put(self, rows: Iterable[tuple[str, str]]) -> None:
        """Show these (text, kind), the newest first."""
        self._rows = list(rows)[: self.count]
        self._show(self._rows)

    def add(self, row: tuple[str, str]) -> None:
        """One more has come."""
        self.put([row, *self._rows])

    def _show(self, rows: Sequence[tuple[str, str]]) -> None:
        shown = [*rows, *[("", "good")] * self.count]
        for line, (text, kind) in zip(self.query(_Row), shown, strict=False):
            line.show(Text(text, style=_STYLES[kind]))
