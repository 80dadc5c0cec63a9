"""Keys of a reader told from those of a person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icme_tui.cards.numberformat import FORMATS, SHORTEST, encode
from icme_tui.screens.burst import FEW, MOMENT_S, Burst

FAST, SLOW = MOMENT_S / 10, MOMENT_S * 3


class Keyboard:
    """Keys with their times, given to a burst as the screen gives them."""

    def __init__(self, *prefixes: str) -> None:
        self.burst = Burst(prefixes or ("",))
        self.passed: list[str] = []
        self.numbers: list[str] = []
        self._now = 100.0

    def press(self, text: str, gap: float = FAST) -> None:
        for character in text:
            self._now += gap
            self._look()
            key = "enter" if character == "\r" else character
            taken = self.burst.take(key, character, self._now)
            if taken.number:
                self.numbers.append(taken.number)
            if not taken.held:
                self.passed += [*self.burst.let_go(), key]

    def rest(self) -> None:
        self._now += SLOW
        self._look()

    def _look(self) -> None:
        if self.burst.overdue(self._now):
            self.passed += self.burst.let_go()


@pytest.mark.parametrize("number", ["0077705923", "04A1B2C3", "04a1b2c3", "01185,45763", "04:A1:B2:C3"])
def test_a_number_and_enter_in_a_moment_are_a_readers(number: str) -> None:
    keys = Keyboard()
    keys.press(number + "\r")
    assert (keys.numbers, keys.passed) == ([number], [])


def test_what_a_person_presses_does_what_it_does() -> None:
    keys = Keyboard()
    keys.press("4cf7\r", gap=SLOW)
    keys.rest()
    assert (keys.numbers, keys.passed) == ([], ["4", "c", "f", "7", "enter"])


def test_two_keys_at_once_are_a_persons() -> None:
    keys = Keyboard()
    keys.press("4\r")
    keys.press("4u")
    keys.press("7")
    keys.rest()
    assert keys.passed == ["4", "enter", "4", "u", "7"]


def test_a_number_without_enter_starts_nothing() -> None:
    keys = Keyboard()
    keys.press("0077705923")
    keys.rest()
    keys.press("\r")
    assert (keys.numbers, keys.passed) == ([], ["enter"])


def test_numbers_with_a_prefix() -> None:
    keys = Keyboard(";", "%%")
    keys.press(";0077705923\r")
    keys.press("%%04A1B2C3\r")
    keys.press("4")
    assert (keys.numbers, keys.passed) == ([";0077705923", "%%04A1B2C3"], ["4"])
    keys.press(";x")
    assert keys.passed == ["4", ";", "x"]


@given(st.binary(min_size=4, max_size=4), st.sampled_from(FORMATS), st.sampled_from(["", ";", "No"]))
def test_every_number_that_a_reader_types_is_recognised(uid: bytes, name: str, prefix: str) -> None:
    keys = Keyboard(prefix)
    number = encode(name, uid)  # type: ignore[arg-type]
    keys.press(prefix + number + "\r")
    assert (keys.numbers, keys.passed) == ([prefix + number], [])
    assert len(number) >= SHORTEST > FEW


@given(st.lists(st.text("0123456789abcdfgsu\r;", min_size=1, max_size=2), max_size=30))
def test_no_key_of_a_person_is_lost(pressed: list[str]) -> None:
    """However a person presses single keys or two at once, each passes once and in order."""
    keys = Keyboard()
    for text in pressed:
        keys.press(text[:1], gap=SLOW)
        keys.press(text[1:])
    keys.rest()
    typed = [character for text in pressed for character in text]
    assert keys.passed == ["enter" if character == "\r" else character for character in typed]
    assert keys.numbers == []
