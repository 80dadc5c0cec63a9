"""Merging lines into the journal and keeping every projection up to date, as sets.

The state is the set of facts held. Swipes that nothing acts on, by far the most, are added in bulk;
every other place is folded by itself: its traces are taken out and, if it counts, put in anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple, cast

from icme_tui import facts
from icme_tui.clock import is_hlc
from icme_tui.store import adjusting, cardevents, cardrecords, noting, operations, registry, taps
from icme_tui.store.books import OFFICE, Books
from icme_tui.store.journal import KNOWN, OTHER, UNKNOWN, Line

_AT_ONCE = 50_000
"""Swipes that are put in together: a usual bundle at once, a flood in portions that fit into memory."""

VENUE_KINDS = (
    facts.Swipe,
    facts.Makeup,
    facts.SessionOpen,
    facts.SessionClose,
    facts.CardRecord,
    facts.CardBegin,
    facts.ClockFact,
    facts.Note,
    # What a station tells of its own housekeeping: without effect anywhere else.
    facts.PackTaken,
    facts.Release,
    facts.Reject,
    facts.Login,
    facts.EpochFact,
)
"""The kinds that a venue may record of its own; puts and operations are judged one by one."""


class Merged(NamedTuple):
    """What a merge brought."""

    new: int
    known: int
    forked: int


def merge(
    books: Books,
    source: int,
    first: int,
    lines: Sequence[bytes],
    hashes: Sequence[bytes],
    decoded: Sequence[facts.AnyFact | None] | None = None,
    block: bytes | None = None,
    head: bytes | None = None,
) -> Merged:
    """Merge lines of consecutive positions of one source, inside the caller's transaction.

    ``hashes`` are their content hashes, ``decoded`` their facts where the caller has them already
    (one for each line), ``block`` the gzip that they came in (see ``Journal.append_run``), ``head`` the
    checked head of the chain after them, where no other history is known.
    """
    states = books.journal.compare(source, first, hashes)
    if states.count(KNOWN) == len(lines):
        return Merged(0, len(lines), 0)
    if not any(states):
        books.journal.append_run(source, first, hashes, lines, block)
    else:
        _store_unknown(books, source, first, lines, hashes, states)
    fold = _Folding(books)
    if decoded is None:
        decoded = facts.decode_many(list(lines))
    fold.add_new(
        source,
        first,
        [fact if state == UNKNOWN else None for fact, state in zip(decoded, states, strict=True)],
        states,
    )
    for i, state in enumerate(states):
        if state == OTHER:
            fold.again(source, first + i)
    fold.settle()
    _advance(books, source, first, hashes, states, head)
    return Merged(len(lines) - states.count(KNOWN), states.count(KNOWN), states.count(OTHER))


def _advance(
    books: Books, source: int, first: int, hashes: Sequence[bytes], states: bytearray, head: bytes | None
) -> None:
    """Follow the chain over what has arrived. Of a forked place the smallest hash carries it on, so that two
    homes that hold the same lines have the same head, whichever history came first."""
    top, held_head = books.journal.top(source)
    last = first + len(hashes) - 1
    if OTHER in states:
        books.journal.rewind(source, first + states.index(OTHER))
    elif first <= top + 1 <= last and not any(states[top + 1 - first :]):
        head = head or facts.chain_over(held_head, list(hashes[top + 1 - first :]))
        books.journal.advance(source, last, head)
    books.journal.close_gaps(source)


_REFOLDED: tuple[str, ...] = ("tap", "operation", "put", "record", "merged", "ahead", "adjusted", "noted")
_REFOLDED += ("card_event", "card_record", "flag")


def refold_everything(books: Books) -> None:
    """Compute every projection anew from the journal."""
    for table in _REFOLDED:
        books.run(f"DELETE FROM {table}")  # noqa: S608 - names of our own
    registry.settle_all(books)
    for source, _, _ in books.sources.all():
        run: list[Line] = []
        for line in books.journal.lines(source):
            if run and (line.p != run[-1].p + 1 or len(run) >= 10_000):
                _refold_run(books, source, run)
                run = []
            run.append(line)
        _refold_run(books, source, run)


def refold_kind(books: Books, kind: str) -> None:
    """Fold every place again that holds a fact of a kind."""
    word = f'"{kind}"'.encode()
    for source, _, _ in books.sources.all():
        fold = _Folding(books)
        for line in books.journal.lines(source):
            if word in line.line:
                fold.again(source, line.p)
        fold.settle()


def _refold_run(books: Books, source: int, run: list[Line]) -> None:
    if not run:
        return
    fold = _Folding(books)
    first = run[0].p
    decoded = facts.decode_many([line.line for line in run])
    fold.add_new(source, first, decoded, bytearray(len(run)))
    forked = books.run(
        "SELECT p FROM fact WHERE source = ?1 AND p BETWEEN ?2 AND ?3 GROUP BY p HAVING count(*) > 1"
        " UNION SELECT f.p FROM fact f JOIN segment s"
        " ON s.source = f.source AND f.p BETWEEN s.first AND s.last"
        " WHERE f.source = ?1 AND f.p BETWEEN ?2 AND ?3",
        source,
        first,
        run[-1].p,
    ).fetchall()
    for (p,) in forked:
        fold.again(source, p)
    fold.settle()


def _store_unknown(
    books: Books, source: int, first: int, lines: Sequence[bytes], hashes: Sequence[bytes], states: bytearray
) -> None:
    start = 0
    while start < len(lines):
        if states[start] == OTHER:
            books.journal.append(source, first + start, hashes[start], lines[start])
        stop = start + 1
        if states[start] == UNKNOWN:
            while stop < len(lines) and states[stop] == UNKNOWN:
                stop += 1
            books.journal.append_run(source, first + start, hashes[start:stop], lines[start:stop])
        start = stop


_UNTOUCHED = facts.Operation | facts.ClockFact
"""Nothing acts on an operation, so that two can never chase each other; nor on what says how operations are
ordered."""


_NOWHERE = operations.Moved(set(), set())


class _Folding:
    """One batch of changes to the projections."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._places: list[tuple[int, int]] = []
        self._targets: list[tuple[int, int]] = []
        self._reordered: list[tuple[int, int]] = []
        self._moved: dict[tuple[int, int], operations.Moved] = {}
        """Where targets may stand whose operations have changed: once a correction is gone nobody could tell
        under which person or session to look for what it made."""
        self._records: set[tuple[str, str]] = set()
        self._seen: set[cardrecords.Unit] = set()
        self._swipes: defaultdict[int, list[facts.Swipe]] = defaultdict(list)
        """Those of places that were folded by themselves, by source."""

    def add_new(
        self, source: int, first: int, decoded: Sequence[facts.AnyFact | None], states: bytearray
    ) -> None:
        """Take in facts at places that held nothing before (``states`` UNKNOWN)."""
        books = self._books
        acted_on = operations.targeted(books, source, first, first + len(decoded) - 1)
        swipes: list[facts.Swipe] = []
        if not acted_on and not any(states) and {type(fact) for fact in decoded} == {facts.Swipe}:
            swipes, decoded = cast(list[facts.Swipe], decoded), ()  # the usual bundle
        for i, fact in enumerate(decoded):
            if states[i] != UNKNOWN:
                continue
            if type(fact) is facts.Swipe and fact.p not in acted_on:
                swipes.append(fact)
            elif fact is None or first + i in acted_on or fact.p != first + i:
                self.again(source, first + i)
            else:
                self._put_in(source, fact, None)
        for start in range(0, len(swipes), _AT_ONCE):
            some = swipes[start : start + _AT_ONCE]
            taps.insert_swipes(books, source, some)
            cardevents.note(books, source, some)
            self._seen |= cardrecords.replaced_by(books, some)

    def again(self, source: int, p: int) -> None:
        """Fold a place anew when the batch is settled."""
        self._places.append((source, p))

    def settle(self) -> None:
        """Carry the changes through until nothing is left to fold."""
        while self._places or self._targets or self._reordered:
            self._targets += self._reordered
            self._reordered.clear()
            as_target = not self._places
            places = sorted(
                set(self._targets if as_target else self._places)
            )  # neighbours lie in one segment
            (self._targets if as_target else self._places).clear()
            for source, p in places:
                self._fold(source, p, as_target=as_target)
        for source, swipes in self._swipes.items():  # together: a card's numbers are read as a whole
            cardevents.note(self._books, source, swipes)
            self._seen |= cardrecords.replaced_by(self._books, swipes)
        self._swipes.clear()
        registry.settle(self._books, self._records)
        cardrecords.settle(self._books, self._seen)

    def _fold(self, source: int, p: int, *, as_target: bool) -> None:
        books = self._books
        lines = sorted(books.journal.at(source, p), key=lambda line: line.hash)
        decoded = [facts.decode(line.line) for line in lines]
        if as_target and len(decoded) == 1 and isinstance(decoded[0], _UNTOUCHED):
            return
        before = operations.at(books, source, p)
        for row in before:
            self._remember(row)
        operations.delete(books, source, p)
        waiting, self._targets = self._targets, []
        fold = operations.fold(books, source, p)
        moved = fold.moved.union(self._moved.pop((source, p), _NOWHERE))
        books.run("DELETE FROM flag WHERE source = ? AND p = ?", source, p)
        for fact in decoded:
            if fact is not None:
                self._take_out(source, fact, moved)
        if len(lines) > 1 and fold.keep is None:
            books.flag("FORK", source, p)
        for line, fact in zip(lines, decoded, strict=True):
            if fact is None or fact.p != p:
                books.flag("LINE_BAD", source, p)
                continue
            if isinstance(fact, facts.Swipe):
                self._swipes[source].append(fact)
            kept = len(lines) == 1 or line.hash.hex() in (fold.keep or [])
            if isinstance(fact, facts.Resolve | facts.ClockFact):
                kept = len(lines) == 1  # no fork is resolved from within a fork: two could hang on each other
            if kept:
                self._put_in(source, fact, fold)
        changed = operations.at(books, source, p) ^ before
        self._targets = waiting + [row.target for row in changed]

    def _remember(self, row: operations.Row) -> None:
        """An operation may go: its target is looked for where it may have put it."""
        if row.target not in self._moved:
            moved = operations.fold(self._books, *row.target).moved
            self._moved[row.target] = operations.Moved(set(moved.sessions), set(moved.people))
        self._moved[row.target].add(facts.decode(row.line))

    def _take_out(self, source: int, fact: facts.AnyFact, moved: operations.Moved) -> None:
        books = self._books
        if isinstance(fact, facts.Touch):
            taps.delete(books, source, fact, *moved)
        elif isinstance(fact, facts.Put):
            self._records.add(registry.delete(books, source, fact))
        elif isinstance(fact, facts.Link) and fact.card:
            self._records.add(registry.delete(books, source, registry.of_link(fact, "")))
        elif isinstance(fact, facts.MergePerson):
            books.run("DELETE FROM merged WHERE source = ? AND p = ?", source, fact.p)
            books.people_changed = True
        elif isinstance(fact, facts.CardRecord):
            self._seen.add(cardrecords.take_out(books, source, fact))
        elif isinstance(fact, facts.ClockFact):
            self._take_out_ahead(source, fact)
        elif isinstance(fact, facts.ClockAdjust):
            adjusting.delete(books, source, fact.p)
        elif isinstance(fact, facts.Note):
            noting.delete(books, source, fact.p)

    def _put_in(self, source: int, fact: facts.AnyFact, fold: operations.Fold | None) -> None:
        """Let a fact count. ``fold`` is None where no operation acts on it."""
        books = self._books
        changes = fold.changes if fold else {}
        if isinstance(fact, facts.Operation):
            self._put_in_operation(source, fact)
        elif isinstance(fact, facts.CardRecord):  # one that was voided silences the others of its event
            self._seen.add(cardrecords.put_in(books, source, fact, fold))
        elif fold is not None and not fold.counts and not isinstance(fact, facts.ClockFact):
            return
        elif isinstance(fact, facts.Put):
            self._records.add(registry.insert(books, source, fact, self._order(source, fact), changes))
        elif isinstance(fact, facts.Link) and fact.card and self._may_link(source):
            put = registry.of_link(fact, self._order(source, fact))
            self._records.add(registry.insert(books, source, put, self._order(source, fact), changes))
        elif not isinstance(fact, VENUE_KINDS) and books.rank(source) != OFFICE:
            books.flag("NOT_ALLOWED", source, fact.p)
        elif isinstance(fact, facts.Touch):
            taps.insert(books, source, fact, changes, confirmed=fold is not None and fold.confirmed)
        elif isinstance(fact, facts.MergePerson):
            books.people_changed = True
            books.run(
                "INSERT OR REPLACE INTO merged VALUES (?, ?, ?, ?)", source, fact.p, fact.person, fact.into
            )
        elif isinstance(fact, facts.ClockFact) and books.rank(source) == OFFICE and fact.target:
            self._put_in_ahead(source, fact)
        elif isinstance(fact, facts.ClockAdjust):
            adjusting.insert(books, source, fact, self._order(source, fact))
        elif isinstance(fact, facts.Note):
            noting.insert(books, source, fact)

    def _may_link(self, source: int) -> bool:
        """The office links cards; at a venue its own links are its view, which the office judges."""
        books = self._books
        return books.rank(source) == OFFICE or (books.at_venue and books.station(source) == books.own)

    def _put_in_operation(self, source: int, fact: facts.Operation) -> None:
        if not operations.allowed(self._books, source, fact):
            self._books.flag("NOT_ALLOWED", source, fact.p)
            return
        target = operations.insert(self._books, source, fact, self._order(source, fact))
        if target is not None:
            self._targets.append(target)

    def _order(self, source: int, fact: facts.Fact) -> str:
        """The hlc by which a fact is ordered: that of its import where its own ran ahead."""
        row = self._books.run(
            "SELECT min(hlc) FROM ahead WHERE source = ? AND ? BETWEEN first AND last", source, fact.p
        ).fetchone()
        hlc = str(row[0]) if row[0] is not None else fact.hlc
        return hlc if is_hlc(hlc) else ""

    def _put_in_ahead(self, source: int, fact: facts.ClockFact) -> None:
        target = operations.target_of(self._books, source, fact.target or [])
        if target is None or fact.what != "CLOCK_AHEAD":
            return
        ahead, first = target
        last = fact.last or first
        self._books.run(
            "INSERT OR REPLACE INTO ahead VALUES (?, ?, ?, ?, ?, ?)",
            ahead,
            first,
            last,
            fact.hlc,
            source,
            fact.p,
        )
        self._books.run(
            "INSERT OR IGNORE INTO flag VALUES (?, ?, ?)",
            f"CLOCK_AHEAD:{self._books.sources.place(ahead, first)}",
            source,
            fact.p,
        )
        self._refold_ordered(ahead, first, last)

    def _take_out_ahead(self, source: int, fact: facts.ClockFact) -> None:
        rows = self._books.run(
            "DELETE FROM ahead WHERE by_source = ? AND by_p = ? RETURNING source, first, last", source, fact.p
        ).fetchall()
        for row in rows:
            self._refold_ordered(*row)

    def _refold_ordered(self, source: int, first: int, last: int) -> None:
        """Order the puts, operations and adjusts of a range again: only they are ordered by hlc."""
        for column, table in (("p", "put"), ("by_p", "adjusted")):
            by = "by_source" if table == "adjusted" else "source"
            rows = self._books.run(
                f"SELECT {column} FROM {table} WHERE {by} = ? AND {column} BETWEEN ? AND ?",  # noqa: S608 - ours
                source,
                first,
                last,
            )
            self._places += [(source, int(p)) for (p,) in rows.fetchall()]
        rows = self._books.run(
            "SELECT target, target_p, p, line FROM operation WHERE source = ? AND p BETWEEN ? AND ?",
            source,
            first,
            last,
        )
        for target, target_p, p, line in rows.fetchall():
            fact = facts.decode(line)
            if fact is not None:
                self._books.run(
                    "UPDATE operation SET hlc = ? WHERE target = ? AND target_p = ? AND source = ? AND p = ?",
                    self._order(source, fact),
                    target,
                    target_p,
                    source,
                    p,
                )
                self._reordered.append((int(target), int(target_p)))
