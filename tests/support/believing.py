"""What an office home must make of the bundles that it is given: a model of positions and keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

Source = tuple[str, str]
"""(station, epoch)"""
Tops = dict[Source, int]
"""How far a source is held without a gap."""
Marks = dict[str, int]
"""{epoch: last good position}"""


class Carried(NamedTuple):
    """A bundle as it lies on a stick."""

    file: str
    digest: str
    source: Source
    first: int
    last: int
    key: str
    """The one that signed it."""
    successor: str = ""
    """The key that it names as the next one."""

    @property
    def code(self) -> str:
        return self.source[0]


@dataclass
class Believed:
    """The keys of one station, at one office home."""

    key: str
    rotated: list[str] = field(default_factory=list)
    """Keys whose place the one in use is just taking."""
    ended: dict[str, Marks] = field(default_factory=dict)
    """Keys that are revoked, and how far each is good all the same."""
    is_revoked: bool = False

    @property
    def in_use(self) -> list[str]:
        return [self.key, *self.rotated]

    def replace(self, key: str) -> None:
        """The station is admitted anew."""
        self.ended = {**dict.fromkeys(self.in_use, Marks()), **self.ended}
        self.key, self.rotated, self.is_revoked = key, [], False


@dataclass
class Books:
    """What one office home holds, what waits in its inbox, what it has set aside, and whom it believes."""

    stations: dict[str, Believed]
    held: Tops = field(default_factory=dict)
    waiting: dict[str, Carried] = field(default_factory=dict)
    aside: dict[str, Carried] = field(default_factory=dict)
    """By SHA-256, those that nobody has decided."""
    rejected: set[str] = field(default_factory=set)
    adjusted: list[tuple[Source, int, int]] = field(default_factory=list)
    """What was moved: source, last position, milliseconds."""

    def judge(self, one: Carried) -> str:
        known = self.stations[one.code]
        marks = known.ended.get(one.key)
        if marks is None and one.key not in known.in_use:
            return "SIG_UNKNOWN_KEY"
        if marks is None and known.is_revoked:
            return "KEY_REVOKED"
        if marks is not None and one.last > marks.get(one.source[1], -1):
            return "KEY_REVOKED"
        return "OK" if one.first <= self.held.get(one.source, 0) + 1 else "GAP"

    def give(self, bundles: Iterable[Carried]) -> dict[str, str]:
        """An import: these by name, then what waits, until nothing gets any further. {file: code}"""
        codes = {one.file: self.take(one) for one in sorted(bundles)}
        moved = True
        while moved:
            moved = False
            for digest, one in sorted(self.waiting.items()):
                if self.take(one) != "GAP":
                    del self.waiting[digest]
                    moved = True
        return codes

    def take(self, one: Carried) -> str:
        if one.digest in self.rejected:
            return "REJECTED"
        code = self.judge(one)
        if code == "OK":
            self.held[one.source] = max(one.last, self.held.get(one.source, 0))
            self._hear(one)
        elif code == "GAP":
            self.waiting[one.digest] = one
        else:
            self.aside[one.digest] = one
        return code

    def release(self, digest: str) -> str:
        """What was set aside is judged anew."""
        return self.take(self.aside.pop(digest))

    def reject(self, digest: str) -> None:
        del self.aside[digest]
        self.rejected.add(digest)

    def received(self, code: str) -> Marks:
        return {epoch: pos for (of, epoch), pos in self.held.items() if of == code and pos}

    def revoke(self, code: str, bundles: list[Carried], *, keep_received: bool) -> bool:
        """What an office decides of a station's keys; False where it has to say what would be kept."""
        known = self.stations[code]
        named: dict[str, Marks] = {}
        for one in bundles:
            marks = named.setdefault(one.key, {})
            marks[one.source[1]] = max(one.last, marks.get(one.source[1], 0))
        is_of_use = not named or any(key in known.in_use for key in named)
        if is_of_use:
            kept = self.received(code) if keep_received else {}
            decided = {key: further(named.get(key, {}), kept) for key in known.in_use}
        else:
            decided = {key: further(known.ended.get(key, {}), marks) for key, marks in named.items()}
        if (keep_received or bundles) and not any(decided.values()):
            return False
        known.is_revoked |= is_of_use
        known.ended.update(decided)
        return True

    def _hear(self, one: Carried) -> None:
        """Of an accepted bundle: a key that takes the place of another. Only a key in use has a say."""
        known = self.stations[one.code]
        if known.is_revoked or one.key not in known.in_use:
            return
        if one.successor:
            if one.successor == known.key or one.successor in known.ended:
                return
            known.rotated = list(dict.fromkeys([*known.rotated, one.key]))
            if known.key not in known.rotated:  # named before, and never heard of
                known.ended[known.key] = {}
            known.key = one.successor
        elif one.key == known.key and known.rotated:
            known.ended.update(dict.fromkeys(known.rotated, self.received(one.code)))
            known.rotated = []


def further(one: Marks, other: Marks) -> Marks:
    """Of each epoch the mark that lies further on."""
    return {epoch: max(one.get(epoch, 0), other.get(epoch, 0)) for epoch in {**one, **other}}
