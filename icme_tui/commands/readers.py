"""The reader of a command: what goes wrong with it is said once, and it is looked for until it is back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from icme_tui.codes import ReaderError
from icme_tui.commands import typing
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import _

if TYPE_CHECKING:
    from icme_tui.commands.output import Output
    from icme_tui.operations.steady import Steady
    from icme_tui.station import Station


def reader_for(
    out: Output, station: Station, address: str, *, label: str = "", listens: bool = True
) -> Steady:
    """The reader at ``address``, else the station's first. What is typed goes to one that types into our
    terminal, unless ``listens`` says no. ``label`` stands before what is said of it.

    Raises ReaderError if it is not there now.
    """
    from icme_tui.operations import typed
    from icme_tui.operations.steady import steady_reader

    def tell(error: ReaderError | None) -> None:
        said = _("The reader is there again.") if error is None else sentence(error.code, error.detail)
        out.note(label + said)

    reader = steady_reader(station, address, tell)
    if listens and typed.types_here(station, address):
        typing.listen(out)
    return reader


def readers_for(out: Output, station: Station, addresses: Sequence[str]) -> list[Steady]:
    """The readers at these addresses, else all of the station. Of the station's own, those that are not there
    now are said and left out. Raises ReaderError where one that was named is not there, or none is."""
    from icme_tui.operations import typed

    wanted = tuple(addresses) or station.readers or ("",)
    found: list[Steady] = []
    missing: list[tuple[str, ReaderError]] = []
    for address in wanted:
        try:
            label = f"{address}: " if len(wanted) > 1 else ""
            found.append(reader_for(out, station, address, label=label, listens=False))
        except ReaderError as error:
            missing.append((address, error))
    if missing and (addresses or not found):
        for reader in found:
            reader.close()
        raise missing[0][1]
    for address, why in missing:
        out.note(f"{address}: {sentence(why.code, why.detail)}")
    if any(typed.types_here(station, address) for address in wanted):
        typing.listen(out)
    return found
