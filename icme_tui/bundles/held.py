"""What a receiver already has, as far as a check needs to know it."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from icme_tui import facts


class Held(Protocol):
    """The receiver's state. A station answers from its store."""

    def highest(self, station: str, epoch: str) -> int:
        """The last position of an unbroken run from 1; 0 if there is none."""

    def head(self, station: str, epoch: str, position: int) -> bytes | None:
        """The chain's head (32 bytes) after the fact at ``position``; None if that is not held."""

    def hashes(self, station: str, epoch: str, first: int, last: int) -> list[tuple[int, bytes]]:
        """(position, content hash) of every fact held from ``first`` to ``last``; of forked places all."""

    def snapshot(self) -> int | None:
        """The number of the pack in force; None if there is none."""


class _Run(NamedTuple):
    """An epoch from its first position on."""

    hashes: list[bytes]
    heads: list[bytes]


class Remembered:
    """A ``Held`` in memory, for a check without a station: empty, then what it has been told to ``take``."""

    def __init__(self) -> None:
        self._runs: dict[tuple[str, str], _Run] = {}
        self._snapshot: int | None = None

    def highest(self, station: str, epoch: str) -> int:
        run = self._runs.get((station, epoch))
        return len(run.hashes) if run else 0

    def head(self, station: str, epoch: str, position: int) -> bytes | None:
        run = self._runs.get((station, epoch))
        return run.heads[position - 1] if run and 1 <= position <= len(run.heads) else None

    def hashes(self, station: str, epoch: str, first: int, last: int) -> list[tuple[int, bytes]]:
        run = self._runs.get((station, epoch))
        return list(enumerate(run.hashes[first - 1 : last], first)) if run else []

    def snapshot(self) -> int | None:
        return self._snapshot

    def take(self, station: str, epoch: str, first: int, head_before: bytes, hashes: list[bytes]) -> None:
        """Hold these facts too. They must join on to what is held."""
        run = self._runs.setdefault((station, epoch), _Run([], []))
        head = head_before
        for position, content_hash in enumerate(hashes, first):
            head = facts.chain_next(head, content_hash)
            if position == len(run.hashes) + 1:
                run.hashes.append(content_hash)
                run.heads.append(head)

    def take_pack(self, snapshot: int) -> None:
        """A pack is in force."""
        self._snapshot = snapshot
