"""The reader of a command: what goes wrong with it is said once, and it is looked for until it is back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icme_tui.commands import typing
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import _

if TYPE_CHECKING:
    from icme_tui.codes import ReaderError
    from icme_tui.commands.output import Output
    from icme_tui.operations.steady import Steady
    from icme_tui.station import Station


def reader_for(out: Output, station: Station, address: str) -> Steady:
    """The reader at ``address``, else the station's first. What is typed goes to one that types into our
    terminal. Raises ReaderError if it is not there now."""
    from icme_tui.operations import typed
    from icme_tui.operations.steady import steady_reader

    def tell(error: ReaderError | None) -> None:
        out.note(_("The reader is there again.") if error is None else sentence(error.code, error.detail))

    reader = steady_reader(station, address, tell)
    if typed.types_here(station, address):
        typing.listen(out)
    return reader
