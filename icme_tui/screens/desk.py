"""What the person at the desk has in hand: the session that is open and the reader. It outlives screens."""

from __future__ import annotations

from dataclasses import dataclass

from icme_tui.commands.words import _
from icme_tui.screens.glyphs import one_line

_SESSION_CELLS = 14


@dataclass
class Desk:
    """Set by screens through ``IcmeApp.tell_desk``."""

    session: str = ""
    """Code of the session at which swipes are taken."""
    session_title: str = ""
    refused: int = 0
    """Touches turned away at that session since it was opened here; recorded nowhere."""
    reader: str = ""
    """Its name, once one was opened."""
    reader_ok: bool = True
    bell: bool = True
    """Whether the terminal rings with every outcome."""
    lost: tuple[int, ...] = ()
    """Where there are several readers: the numbers of those that are gone, from 1 on."""

    def parts(self) -> list[tuple[str, bool]]:
        """For the status line: (text, whether it is urgent)."""
        found: list[tuple[str, bool]] = []
        if self.lost:
            numbers = " ".join(str(number) for number in self.lost)
            found.append((_("reader {numbers} gone").format(numbers=numbers), True))
        elif not self.reader_ok:
            found.append((_("reader gone"), True))
        elif self.reader:
            found.append((_("reader ready"), False))
        if self.session:
            found.append((one_line(self.session_title or self.session, _SESSION_CELLS), False))
        return found
