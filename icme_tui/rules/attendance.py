"""From touches to attendances."""

from __future__ import annotations

from typing import NamedTuple


class Tap(NamedTuple):
    """One effective coming or going: what a swipe, a make-up or a card record says after operations.

    ``station``, ``epoch`` and ``p`` are the place of the fact. ``at_ms`` is Unix milliseconds: of
    a make-up the moment it stands for, with an empty ``boot`` and no ``mono_ms``.
    """

    station: str
    epoch: str
    p: int
    person: str
    course: str
    """Course code; empty where only the session is known (a card record)."""
    session: str
    dir: str
    """``in`` or ``out``."""
    at_ms: int
    boot: str
    mono_ms: int | None
    suspect: bool
    """The wall clock of the moment is doubtful."""
    kind: str
    """``swipe``, ``makeup`` or ``card-record``."""
    card: str
    """UID; empty for a make-up."""
    cseq: int | None
    """Record number on the card; None for a card of which only the UID is known, and for a make-up."""
    confirmed: bool
    """The office has confirmed it (it matters for a make-up only)."""
    at_station: str = ""
    """Station that was touched, where it is not the one that reports it (a card record)."""
