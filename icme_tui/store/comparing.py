"""Comparing a table with what it was, without keeping a copy of it.

The copy would be a temporary table, which lies in memory: on the disk it would not be encrypted. Here every
row costs eight bytes.
"""

from __future__ import annotations

from array import array
from collections import Counter
from hashlib import blake2b
from typing import Any

from icme_tui.store.books import Books

_BUCKETS = 256


class Fingerprints:
    """A hash of 64 bits for each row of a table, in buckets by their lowest byte."""

    def __init__(self, books: Books, table: str) -> None:
        self._buckets = [array("Q") for _ in range(_BUCKETS)]
        for row in books.run(f"SELECT * FROM {table}"):  # noqa: S608 - the name is ours
            digest = _digest(row)
            self._buckets[digest % _BUCKETS].append(digest)

    def differing(self, other: Fingerprints) -> int:
        """How many rows one of the two has and the other has not."""
        total = 0
        for ours, theirs in zip(self._buckets, other._buckets, strict=True):
            mine, its = Counter(ours), Counter(theirs)
            total += (mine - its).total() + (its - mine).total()
        return total


def _digest(row: tuple[Any, ...]) -> int:
    return int.from_bytes(blake2b(repr(row).encode("utf-8", "surrogatepass"), digest_size=8).digest())
