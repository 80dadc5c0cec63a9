"""Pages of lists that are short enough to be held as a whole."""

from __future__ import annotations

from collections.abc import Sequence

from icme_tui.screens.widgets.pagedlist import Page, Row


def page_of(rows: Sequence[Row], first: int, count: int, words: str) -> Page:
    """The rows in which every word occurs, from ``first`` on."""
    wanted = words.lower().split()
    if wanted:
        rows = [row for row in rows if _has(row, wanted)]
    return Page(rows[first : first + count], len(rows))


def _has(row: Row, words: Sequence[str]) -> bool:
    text = " ".join(str(cell) for cell in row.cells).lower()
    return all(word in text for word in words)
