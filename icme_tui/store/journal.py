"""The lines themselves: exact bytes, found by place, never changed and never removed.

A line that is recorded by itself, and every line of a forked place, is a row of ``fact``. A run of
lines that came together is one ``segment``: the lines as one compressed block, their hashes side by
side. That keeps a fact at about a hundred bytes and lets a bundle be compared with what is held by
comparing bytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from icme_tui import facts
from icme_tui.store.names import Sources

SEGMENT_AT_LEAST = 64
"""Shorter runs are stored line by line."""

SEGMENT_AT_MOST = 20_000
"""Longer runs are stored as several segments, so that one line is found without reading all."""

BLOCK_AT_MOST = 64 * 2**20
"""Bytes of lines up to which the block of a bundle is kept as it came."""

_FAST = 1  # zlib level: the lines of one bundle repeat each other, more effort gains little

_ANY_HEADER = 47  # wbits: zlib and gzip alike

UNKNOWN, KNOWN, OTHER = 0, 1, 2


class Line(NamedTuple):
    """One stored line."""

    p: int
    hash: bytes
    line: bytes


class _Unpacked(NamedTuple):
    """A segment in memory."""

    id: int
    hashes: bytes
    skip: int
    lines: list[bytes]


_NOTHING = _Unpacked(0, b"", 0, [])


class Journal:
    """Reading and appending lines. Writing needs a transaction of the caller's."""

    def __init__(self, db: Any, sources: Sources) -> None:
        self._db = db
        self._sources = sources
        self._unpacked = _NOTHING
        """The segment that was read last: places are folded one after the other."""

    def compare(self, source: int, first: int, hashes: Sequence[bytes]) -> bytearray:
        """For each of the lines from ``first`` on: UNKNOWN, KNOWN, or OTHER (only another hash is held)."""
        count = len(hashes)
        states = bytearray(count)
        last = first + count - 1
        for seg_first, seg_last, seg_hashes in self._db.execute(
            "SELECT first, last, hashes FROM segment WHERE source = ? AND first <= ? AND last >= ?",
            (source, last, first),
        ).fetchall():
            start, stop = max(first, seg_first), min(last, seg_last)
            held = seg_hashes[(start - seg_first) * 32 : (stop - seg_first + 1) * 32]
            given = hashes[start - first : stop - first + 1]
            if held == b"".join(given):
                states[start - first : stop - first + 1] = bytes([KNOWN]) * len(given)
                continue
            for i, one in enumerate(given):
                states[start - first + i] = KNOWN if held[i * 32 : i * 32 + 32] == one else OTHER
        for p, held_hash in self._db.execute(
            "SELECT p, hash FROM fact WHERE source = ? AND p BETWEEN ? AND ?", (source, first, last)
        ):
            if held_hash == hashes[p - first]:
                states[p - first] = KNOWN
            elif states[p - first] != KNOWN:
                states[p - first] = OTHER
        return states

    def append(self, source: int, p: int, hash_: bytes, line: bytes) -> None:
        """Store one line. A line that is held already stays as it is."""
        self._db.execute("INSERT OR IGNORE INTO fact VALUES (?, ?, ?, ?)", (source, p, hash_, line))

    def append_run(
        self,
        source: int,
        first: int,
        hashes: Sequence[bytes],
        lines: Sequence[bytes],
        block: bytes | None = None,
    ) -> None:
        """Store lines of consecutive positions, none of which is held yet.

        ``block`` may give the same lines as they came in a bundle: gzip of one header line and the
        lines, each ended by a newline. It is then kept as it is.
        """
        if len(lines) < SEGMENT_AT_LEAST:
            self._db.executemany(
                "INSERT INTO fact VALUES (?, ?, ?, ?)",
                [(source, first + i, hashes[i], line) for i, line in enumerate(lines)],
            )
            return
        if block is not None and sum(map(len, lines)) <= BLOCK_AT_MOST:
            self._insert_segment(source, first, hashes, 1, block)
            return
        for start in range(0, len(lines), SEGMENT_AT_MOST):
            stop = min(start + SEGMENT_AT_MOST, len(lines))
            packed = zlib.compress(b"\n".join(lines[start:stop]), _FAST)
            self._insert_segment(source, first + start, hashes[start:stop], 0, packed)

    def lines(self, source: int, first: int = 1, last: int | None = None) -> Iterator[Line]:
        """The lines of a range by position; a forked place gives each of its lines."""
        top = 2**62 if last is None else last
        singles = self._singles(source, first, top)
        pending = next(singles, None)
        for line in self._segmented(source, first, top):
            while pending is not None and pending.p <= line.p:
                yield pending
                pending = next(singles, None)
            yield line
        while pending is not None:
            yield pending
            pending = next(singles, None)

    def at(self, source: int, p: int) -> list[Line]:
        """The lines of one place: none, one, or several where it is forked."""
        return list(self.lines(source, p, p))

    def advance(self, source: int, p: int, head: bytes) -> None:
        """Note that the lines up to ``p`` are held without a gap and that the chain's head is ``head``."""
        self._db.execute("UPDATE source SET top = ?, head = ? WHERE id = ?", (p, head, source))
        self._db.execute("UPDATE segment SET head = ? WHERE source = ? AND last = ?", (head, source, p))

    def top(self, source: int) -> tuple[int, bytes]:
        """(position up to which no line is missing, the chain's head there)."""
        row = self._db.execute("SELECT top, head FROM source WHERE id = ?", (source,)).fetchone()
        return int(row[0]), bytes(row[1])

    def last_held(self, source: int, below: int = 2**62) -> int:
        """The highest position under ``below`` of which a line is held, 0 for none."""
        row = self._db.execute(
            "SELECT max(p) FROM (SELECT max(p) AS p FROM fact WHERE source = ?1 AND p < ?2 UNION ALL"
            " SELECT max(min(last, ?2 - 1)) FROM segment WHERE source = ?1 AND first < ?2)",
            (source, below),
        ).fetchone()
        return int(row[0] or 0)

    def count(self) -> int:
        """How many lines are held."""
        row = self._db.execute(
            "SELECT (SELECT count(*) FROM fact) + (SELECT coalesce(sum(last - first + 1), 0) FROM segment)"
        ).fetchone()
        return int(row[0])

    def rewind(self, source: int, p: int) -> None:
        """Forget the chain from ``p`` on, where a second history has arrived; ``close_gaps`` follows it."""
        head = self.head_at(source, p - 1)
        if head is None or p > self.top(source)[0]:
            return
        self._db.execute("UPDATE segment SET head = NULL WHERE source = ? AND last >= ?", (source, p))
        self._db.execute("UPDATE source SET top = ?, head = ? WHERE id = ?", (p - 1, head, source))

    def is_forked(self, source: int, below: int) -> bool:
        """Whether a place under ``below`` holds several lines."""
        row = self._db.execute(
            "SELECT 1 FROM fact f WHERE f.source = ?1 AND f.p < ?2 AND ("
            " EXISTS (SELECT 1 FROM fact o WHERE o.source = ?1 AND o.p = f.p AND o.hash <> f.hash)"
            " OR (SELECT last FROM segment WHERE source = ?1 AND first <= f.p ORDER BY first DESC LIMIT 1)"
            " >= f.p) LIMIT 1",
            (source, below),
        ).fetchone()
        return row is not None

    def close_gaps(self, source: int) -> None:
        """Advance over lines that are held beyond the top, after an older one has arrived."""
        p, head = self.top(source)
        start = p
        for held_p, held_hash in self._after(source, p):
            if held_p > p + 1:
                break
            if held_p == p + 1:  # of a forked place the smallest hash carries the chain on
                p, head = held_p, facts.chain_next(head, held_hash)
        if p > start:
            self.advance(source, p, head)

    def _after(self, source: int, p: int) -> Iterator[tuple[int, bytes]]:
        """(position, hash) of the lines beyond ``p``, in portions: mostly there is none."""
        while found := self.hashes(source, p + 1, p + SEGMENT_AT_MOST):
            yield from found
            p = found[-1][0]

    def head_at(self, source: int, p: int) -> bytes | None:
        """The chain's head after position ``p``, or None where a line before it is missing."""
        top, head = self.top(source)
        if p == top:
            return head
        if p > top:
            return None
        row = self._db.execute(  # the nearest segment after which the head is known
            "SELECT last, head FROM segment WHERE source = ? AND first <= ? AND last <= ?"
            " AND head IS NOT NULL ORDER BY first DESC LIMIT 1",
            (source, p, p),
        ).fetchone()
        last, head = row if row else (0, facts.chain_start(*self._sources.pair(source)))
        for held_p, held_hash in self.hashes(source, last + 1, p):
            if held_p != last:
                last = held_p
                head = facts.chain_next(head, held_hash)
        return head

    def hashes(self, source: int, first: int, last: int) -> list[tuple[int, bytes]]:
        """(position, content hash) of every line held of a range, by position; of a forked place all."""
        found: list[tuple[int, bytes]] = []
        for start, hashes in self._db.execute(
            "SELECT first, hashes FROM segment WHERE source = ? AND first <= ? AND last >= ?",
            (source, last, first),
        ):
            stop = start + len(hashes) // 32 - 1
            for p in range(max(first, start), min(last, stop) + 1):
                found.append((p, hashes[(p - start) * 32 : (p - start) * 32 + 32]))
        found.extend(
            (p, one)
            for p, one in self._db.execute(
                "SELECT p, hash FROM fact WHERE source = ? AND p BETWEEN ? AND ?", (source, first, last)
            )
        )
        found.sort()
        return found

    def _singles(self, source: int, first: int, last: int) -> Iterator[Line]:
        cursor = self._db.execute(
            "SELECT p, hash, line FROM fact WHERE source = ? AND p BETWEEN ? AND ? ORDER BY p, hash",
            (source, first, last),
        )
        for p, hash_, line in cursor:
            yield Line(p, hash_, line)

    def _segmented(self, source: int, first: int, last: int) -> Iterator[Line]:
        # What is large is not asked for: a place of a big segment would cost as much as the whole of it.
        cursor = self._db.execute(
            "SELECT id, first, last FROM segment"
            " WHERE source = ? AND first <= ? AND last >= ? ORDER BY first",
            (source, last, first),
        )
        for segment, seg_first, seg_last in cursor:
            unpacked = self._unpack(segment)
            for p in range(max(first, seg_first), min(last, seg_last) + 1):
                i = p - seg_first
                yield Line(p, unpacked.hashes[i * 32 : i * 32 + 32], unpacked.lines[i + unpacked.skip])

    def _unpack(self, segment: int) -> _Unpacked:
        if self._unpacked.id != segment:
            hashes, skip, lines = self._db.execute(
                "SELECT hashes, skip, lines FROM segment WHERE id = ?", (segment,)
            ).fetchone()
            plain = zlib.decompress(lines, _ANY_HEADER).split(b"\n")
            self._unpacked = _Unpacked(segment, hashes, skip, plain)
        return self._unpacked

    def forget(self) -> None:
        """Drop what is remembered of a transaction that was rolled back."""
        self._unpacked = _NOTHING

    def _insert_segment(
        self, source: int, first: int, hashes: Sequence[bytes], skip: int, block: bytes
    ) -> None:
        self._db.execute(
            "INSERT INTO segment (source, first, last, hashes, skip, lines) VALUES (?, ?, ?, ?, ?, ?)",
            (source, first, first + len(hashes) - 1, b"".join(hashes), skip, block),
        )
