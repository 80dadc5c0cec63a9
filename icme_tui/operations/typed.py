"""Readers that type numbers: giving them what was typed into our terminal, and learning how they write.

Nothing in a typed number says how it stands for the UID of a card, so a reader is used only after its form
was learnt from a card whose UID is known, or was named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from icme_tui.cards import numberformat
from icme_tui.cards.numberformat import FORMATS, NumberFormat
from icme_tui.codes import CardError, ReaderError
from icme_tui.devices import opening, wedge
from icme_tui.operations.preferences import change_preferences, read_preferences

if TYPE_CHECKING:
    from icme_tui.devices.typed import Source
    from icme_tui.station import Station

TERMINAL = "keyboard:"
"""What addresses of readers begin with that type into our own terminal."""

_UID = re.compile(r"(?:[0-9A-Fa-f]{2}){4}|(?:[0-9A-Fa-f]{2}){7}|(?:[0-9A-Fa-f]{2}){10}")


class KnownCard(NamedTuple):
    """A card from which a form is learnt."""

    name: str
    """As it was named: its number or its UID."""
    uid: bytes


def prefixes(station: Station) -> tuple[str, ...]:
    """Those of the station's readers that type into our terminal."""
    return tuple(one.removeprefix(TERMINAL) for one in station.readers if one.startswith(TERMINAL))


def types_here(station: Station, address: str) -> bool:
    """Whether the reader at ``address``, else the station's first, types into our terminal."""
    return (address or next(iter(station.readers), "")).startswith(TERMINAL)


def feed(text: str) -> bool:
    """Give a line that was typed into our terminal to the reader that waits for it. False where it is no
    number of that reader; while none waits, nobody expects one."""
    return wedge.feed(text)


def end() -> None:
    """Nothing more is typed into our terminal."""
    wedge.end()


def known_card(station: Station, name: str) -> KnownCard:
    """A card by its number or its UID in hex. Raises CardError NO_SUCH_CARD."""
    record = station.registry.get("card", name)
    uid = str(record.body.get("uid") or "") if record is not None else name
    if _UID.fullmatch(uid) is None:
        raise CardError("NO_SUCH_CARD", number=name)
    return KnownCard(name, bytes.fromhex(uid))


@contextmanager
def listening(address: str) -> Iterator[Source]:
    """The lines that a reader types, whatever stands in them.

    Raises ReaderError READER_ADDRESS, READER_TYPES_NOT, READER_IN_USE, READER_GONE, READER_DENIED,
    INPUT_UNKNOWN.
    """
    _require_typing(address)
    source = opening.open_source(address)
    try:
        yield source
    finally:
        source.close()


def learn(
    source: Source, cards: Sequence[KnownCard], wait_s: float, ask: Callable[[KnownCard], None]
) -> NumberFormat:
    """How a reader writes: each card is asked for, until one form is left.

    Raises ReaderError NO_CARD, TYPING_ENDED, READER_GONE; FORMAT_PART (it types only 3 bytes), FORMAT_NONE
    (no form that is known, or another card), FORMAT_OPEN (these cards leave several: one more is needed).
    """
    left: tuple[NumberFormat, ...] = FORMATS
    for card in cards:
        ask(card)
        text = source.line(wait_s)
        if text is None:
            raise ReaderError("NO_CARD")
        fitting = numberformat.fitting(text, card.uid)
        left = tuple(name for name in left if name in fitting)
        if not left:
            code = "FORMAT_PART" if numberformat.tells_a_part(text, card.uid) else "FORMAT_NONE"
            raise ReaderError(code, reader=source.name, card=card.name, typed=text[: numberformat.LONGEST])
        if len(left) == 1:
            return left[0]
    raise ReaderError("FORMAT_OPEN", reader=source.name, formats=list(left))


def set_format(station: Station, address: str, name: str) -> None:
    """From now on the numbers of a reader are of this form.

    Raises ReaderError READER_ADDRESS, READER_TYPES_NOT, FORMAT_UNKNOWN; StoreError CONFIG_BAD.
    """
    _require_typing(address)
    if name not in FORMATS:
        raise ReaderError("FORMAT_UNKNOWN", given=name, formats=list(FORMATS))
    numbers = {**read_preferences(station.home).numbers, address: name}
    change_preferences(station.home, numbers=numbers)


def _require_typing(address: str) -> None:
    opening.require_address(address)
    if not opening.types(address):
        raise ReaderError("READER_TYPES_NOT", reader=address)
