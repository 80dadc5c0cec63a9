"""A reader that fails and comes back, for commands that would otherwise end with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from icme_tui.cards.plan import KeyType
from icme_tui.codes import CardError, ReaderError
from icme_tui.devices.port import CardSeen, Signal
from icme_tui.operations import steady
from icme_tui.operations.steady import Steady

CARD, OTHER = CardSeen(b"\x04\x00\x00\x01", "mifare-classic-1k"), CardSeen(b"\x04\x00\x00\x02", "other")


class Scripted:
    """A reader whose calls do what a list says, in order."""

    name = "scripted"

    def __init__(self, *script: object) -> None:
        self._script = list(script)
        self.closed = False

    def _next(self) -> object:
        step = self._script.pop(0)
        if isinstance(step, Exception):
            raise step
        return step

    def wait_for_card(self, timeout_s: float) -> CardSeen | None:
        return self._next()  # type: ignore[return-value]

    def wait_for_removal(self, timeout_s: float) -> bool:
        return bool(self._next())

    def authenticate(self, block: int, key_type: KeyType, key: bytes) -> None:
        self._next()

    def read(self, block: int) -> bytes:
        return self._next()  # type: ignore[return-value]

    def write(self, block: int, data: bytes) -> None:
        self._next()

    def signal(self, outcome: Signal) -> None:
        self._next()

    def close(self) -> None:
        self.closed = True


Opened = Callable[..., tuple[Steady, list[str]]]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Opened:
    """A steady reader over these, one after the other, and what it tells."""
    monkeypatch.setattr(steady, "RETRY_S", (0.001,))

    def open_(*readers: Scripted | ReaderError) -> tuple[Steady, list[str]]:
        told: list[str] = []
        waiting: Iterator[Scripted | ReaderError] = iter(readers)

        def next_one() -> Scripted:
            found = next(waiting)
            if isinstance(found, ReaderError):
                raise found
            return found

        return Steady(next_one, lambda error: told.append(error.code if error else "")), told

    return open_


GONE = ReaderError("NO_SERVICE", reader="")


def test_it_must_be_there_at_first(opened: Opened) -> None:
    with pytest.raises(ReaderError, match="NO_SERVICE"):
        opened(GONE)


def test_it_is_looked_for_until_it_is_there_and_told_of_once(opened: Opened) -> None:
    first = Scripted(GONE)
    reader, told = opened(first, GONE, GONE, ReaderError("NO_READER"), Scripted(CARD))
    assert reader.wait_for_card(5) == CARD
    assert told == ["NO_SERVICE", "NO_READER", ""]
    assert first.closed


def test_it_gives_up_in_time(opened: Opened) -> None:
    reader, _told = opened(Scripted(GONE), *[GONE] * 1000)
    assert reader.wait_for_card(0.01) is None


def test_what_no_waiting_mends_is_raised(opened: Opened) -> None:
    reader, told = opened(Scripted(ReaderError("READER_KEYS", reader="r")))
    with pytest.raises(ReaderError, match="READER_KEYS"):
        reader.wait_for_card(5)
    assert told == []


def test_a_reader_that_goes_away_during_a_presentation_leaves_the_card_unknown(opened: Opened) -> None:
    reader, told = opened(Scripted(CARD, GONE), Scripted(CARD))
    reader.wait_for_card(1)
    with pytest.raises(CardError, match="READER_LOST"):
        reader.read(4)
    with pytest.raises(CardError, match="READER_LOST"):
        reader.write(4, bytes(16))
    reader.signal("again")
    assert reader.wait_for_card(1) == CARD
    assert told == ["NO_SERVICE", ""]


def test_a_card_that_was_answered_does_not_count_as_new_when_the_reader_comes_back(opened: Opened) -> None:
    reader, _told = opened(Scripted(CARD, GONE), Scripted(CARD, False, True))
    reader.wait_for_card(1)
    assert not reader.wait_for_removal(1)
    assert reader.wait_for_removal(1)


@pytest.mark.parametrize("now", [None, OTHER])
def test_a_card_that_left_while_the_reader_was_away_has_left(opened: Opened, now: CardSeen | None) -> None:
    reader, _told = opened(Scripted(CARD, GONE), Scripted(now))
    reader.wait_for_card(1)
    assert reader.wait_for_removal(1)


def test_refusals_of_the_card_pass_through(opened: Opened) -> None:
    reader, told = opened(Scripted(CARD, CardError("AUTH_REFUSED"), b"data"))
    reader.wait_for_card(1)
    with pytest.raises(CardError, match="AUTH_REFUSED"):
        reader.authenticate(7, "A", bytes(6))
    assert reader.read(4) == b"data"
    assert told == []
