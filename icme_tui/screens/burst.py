"""Numbers that a reader types among the keys of the operator.

A reader types a whole number and Enter within a moment; nobody presses keys that fast. So a key that may
begin a number is held back for that moment: if no other follows, it was pressed by a person, and does what it
does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

MOMENT_S = 0.08
"""Longest time between two keys of a reader, on a slow line as well; a person's keys take longer."""

_DIGITS = frozenset("0123456789abcdefABCDEF")
_INSIDE = _DIGITS | frozenset(",.:-")

FEW = 2
"""So many keys in a moment may still be a person's."""


class Taken(NamedTuple):
    """What becomes of a key."""

    held: bool
    """It goes no further for now."""
    number: str = ""
    """The whole line that it ended."""


class Burst:
    """The keys that are held back."""

    def __init__(self, prefixes: Sequence[str]) -> None:
        """``prefixes``: those with which the readers' numbers begin; an empty one where they have none."""
        self._prefixes = tuple(prefixes)
        self._keys: list[str] = []
        self._text = ""
        self._last = 0.0

    @property
    def is_open(self) -> bool:
        """Whether keys are held back."""
        return bool(self._keys)

    def take(self, key: str, character: str, now: float) -> Taken:
        """A key by its name and character ("" for none), pressed at ``now``, in seconds.

        What is held longer than a moment has to be let go first (``overdue``).
        """
        if key == "enter" and len(self._keys) > FEW:
            text = self._text
            self._clear()
            return Taken(True, text)
        if not self._may_go_on(character):
            return Taken(False)
        self._keys.append(key)
        self._text += character
        self._last = now
        return Taken(True)

    def overdue(self, now: float) -> bool:
        """Whether no key has followed in a moment."""
        return self.is_open and now - self._last >= MOMENT_S

    def let_go(self) -> list[str]:
        """The keys that a person pressed, by name. None where a reader typed them and no Enter."""
        keys = self._keys if len(self._keys) <= FEW else []
        self._clear()
        return keys

    def _may_go_on(self, character: str) -> bool:
        if len(character) != 1:
            return False
        text = self._text + character
        for prefix in self._prefixes:
            number = text.removeprefix(prefix)
            if prefix.startswith(text) and prefix:
                return True
            if text.startswith(prefix) and number[:1] in _DIGITS and _INSIDE.issuperset(number):
                return True
        return False

    def _clear(self) -> None:
        self._keys = []
        self._text = ""
