"""Readers that type into our own terminal.

Whoever reads the keys of the terminal, the screen or a command, gives every line that looks like a reader's
to ``feed``; the reader that is open for it takes it.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

from icme_tui.codes import ReaderError

_open: dict[str, TerminalSource] = {}
_opening = threading.Lock()


class TerminalSource:
    """The lines that begin with a prefix, without it. A ``typed.Source``, one for each prefix at a time."""

    def __init__(self, prefix: str, fits: Callable[[str], bool] = lambda text: True) -> None:
        """``fits``: whether a line without its prefix is a number of this reader.

        Raises ReaderError READER_IN_USE (``reader``) while another one is open for the prefix.
        """
        self.name = f"keyboard:{prefix}"
        self._prefix = prefix
        self._fits = fits
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        with _opening:
            if prefix in _open:
                raise ReaderError("READER_IN_USE", reader=self.name)
            _open[prefix] = self

    def line(self, timeout_s: float) -> str | None:
        """See ``typed.Source``. Raises ReaderError TYPING_ENDED."""
        try:
            text = self._lines.get(timeout=timeout_s) if timeout_s > 0 else self._lines.get_nowait()
        except queue.Empty:
            return None
        if text is None:
            self._lines.put(None)
            raise ReaderError("TYPING_ENDED", reader=self.name)
        return text

    def close(self) -> None:
        """See ``typed.Source``."""
        with _opening:
            if _open.get(self._prefix) is self:
                del _open[self._prefix]

    def take(self, text: str) -> bool:
        """Take a line that begins with the prefix, if it is a number of this reader."""
        number = text.removeprefix(self._prefix)
        if not self._fits(number):
            return False
        self._lines.put(number)
        return True

    def end(self) -> None:
        """No more lines come."""
        self._lines.put(None)


def feed(text: str) -> bool:
    """Give a typed line to the reader with the longest prefix that fits. False where it is no number of the
    readers that are open; while none is, nobody expects one."""
    with _opening:
        if not _open:
            return True
        found = [prefix for prefix in _open if text.startswith(prefix)]
        source = _open[max(found, key=len)] if found else None
    return source is not None and source.take(text)


def end() -> None:
    """Nothing more is typed into the terminal."""
    with _opening:
        sources = list(_open.values())
    for source in sources:
        source.end()
