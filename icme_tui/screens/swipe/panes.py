"""The outcomes of the readers, side by side: one reader has the whole width, several have a pane each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal

from icme_tui.screens.glyphs import one_line
from icme_tui.screens.widgets.outcome import Outcome

PANE_CELLS = 26
"""The least width in which an outcome can be read; where there is no room, readers share a pane."""

MARGIN_CELLS = 4
"""Of the width of an outcome, what its lines leave free."""


class Panes(Horizontal):
    """One outcome for each reader. A pane bears the name of the reader that has spoken there last."""

    def __init__(self, readers: int, cells: int) -> None:
        super().__init__(id="panes")
        self._count = max(1, min(readers, cells // PANE_CELLS))
        self._cells = cells
        self._lost: set[int] = set()
        self._names: dict[int, str] = {}

    @property
    def is_divided(self) -> bool:
        """Whether there are several, so that each says whose it is."""
        return self._count > 1

    @property
    def line_cells(self) -> int:
        """What fits into a line of an outcome."""
        return self._cells // self._count - MARGIN_CELLS

    def compose(self) -> ComposeResult:
        if not self.is_divided:
            yield Outcome()
        for number in range(self._count if self.is_divided else 0):
            yield Outcome(id=f"outcome{number}", label=True)

    def tell(self, post: int, kind: str, word: str, lines: Sequence[str] = (), *, ring: bool = True) -> None:
        """An outcome of one reader."""
        self._put_label(post)
        self._pane(post).tell(kind, word, self._cut(lines), ring=ring)

    def tell_all(self, kind: str, word: str, lines: Sequence[str] = (), *, ring: bool = True) -> None:
        """What all readers wait for, except those that are gone."""
        for pane in self._panes():
            if not self.is_divided or pane not in [self._pane(post) for post in self._lost]:
                pane.tell(kind, word, self._cut(lines), ring=ring)
                ring = False

    def name_reader(self, post: int, name: str) -> None:
        """How a reader is called."""
        self._names[post] = name
        self._put_label(post)

    def _put_label(self, post: int) -> None:
        """Say whose outcome stands there: several readers may share a pane."""
        if self.is_divided:
            label = f"{post + 1}  {self._names.get(post, '')}"
            self._pane(post).put_label(one_line(label, self.line_cells))

    def is_lost(self, post: int, yes: bool) -> None:
        """Whether a reader is gone."""
        (self._lost.add if yes else self._lost.discard)(post)

    @property
    def lost(self) -> tuple[int, ...]:
        """The readers that are gone, by number."""
        return tuple(sorted(self._lost))

    def _panes(self) -> Iterator[Outcome]:
        return iter(self.query(Outcome))

    def _pane(self, post: int) -> Outcome:
        panes = list(self._panes())
        return panes[post % len(panes)]

    def _cut(self, lines: Sequence[str]) -> tuple[str, ...]:
        if not self.is_divided:
            return tuple(lines)
        last = len(lines) - 1
        return tuple(
            one_line(line, self.line_cells * (2 if at == last >= Outcome.LINES - 1 else 1))
            for at, line in enumerate(lines)
        )
