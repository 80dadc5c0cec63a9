"""What the store of a station says, for everything above it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from icme_tui.facts import Place
from icme_tui.keyring import Keyring
from icme_tui.rules.attendance import Tap
from icme_tui.station.registry import Registry
from icme_tui.store import backup
from icme_tui.store.adjusting import Ranges
from icme_tui.store.crowds import Crowd
from icme_tui.store.importlog import Import
from icme_tui.store.journal import Line
from icme_tui.store.store import Entry, Store
from icme_tui.store.taps import Suspects


class View:
    """Reading a store. It changes nothing; ``code`` is the station's own."""

    def __init__(self, store: Store, code: str) -> None:
        self.code = code
        self.registry = Registry(store)
        self._store = store

    # Settings of this station itself

    def setting(self, key: str, default: Any = None) -> Any:
        return self._store.setting(key, default)

    # What counts

    def taps(self, session: str) -> list[Tap]:
        """The comings and goings of a session that count, each under the person's own code."""
        return self._store.taps(session)

    def taps_of(self, session: str, person: str) -> list[Tap]:
        return self._store.taps_of(session, person)

    def unconfirmed_makeups(self) -> list[Tap]:
        """The make-ups that count and that the office has not confirmed, of all sessions."""
        return self._store.unconfirmed()

    def person_code(self, person: str) -> str:
        """The code that stands for a person: another one where two records turned out to be one person."""
        return self._store.person_code(person)

    def sessions_with_taps(self) -> list[str]:
        return self._store.sessions_with_taps()

    def highest_record(self, uid: str) -> int | None:
        """The highest record number known of a card, whichever station wrote it."""
        return self._store.highest_record(uid)

    def knows_record(self, uid: str, seq: int, station: str = "") -> bool:
        """Whether a swipe of ours, or of ``station``, with this record number is in the journal."""
        return self._store.knows_record(uid, seq, station or self.code)

    def numbers_told(self, uid: str, first: int, last: int) -> set[int]:
        """The record numbers of a card, from ``first`` to ``last``, that a swipe or a card record in the
        journal tells of."""
        return self._store.numbers_told(uid, first, last)

    def records_seen(self, uid: str, first: int, last: int) -> set[bytes]:
        """The records (16 bytes) of a card with these numbers that card records in the journal tell of."""
        return self._store.records_seen(uid, first, last)

    def bad_macs(self, station: str, epoch: str, first: int, last: int) -> int:
        """How many card records of a range have a MAC that does not hold; 0 where none can be checked."""
        return self._store.bad_macs(station, epoch, first, last)

    def flags(self) -> list[str]:
        """Flags of facts and records, such as ``FORK:V0007/…/12``, sorted."""
        return self._store.flags()

    def stored_flags(self) -> list[str]:
        """The same without ``SAME_ID``: quick, however many people there are."""
        return self._store.stored_flags()

    def noted(self) -> dict[str, Place]:
        """The flags at which the office has looked, each with the place of its note."""
        return self._store.noted()

    def adjusted(self) -> Ranges:
        """The ranges whose times the office has moved, by (station, epoch), the one that holds first."""
        return self._store.adjusted()

    def sessions_between(self, station: str, epoch: str, first: int, last: int) -> set[str]:
        """The sessions that the swipes of a range of a station's facts are of."""
        return self._store.sessions_between(station, epoch, first, last)

    def crowd(self, session: str) -> Crowd:
        """The touches of a session in figures, without reading each."""
        return self._store.crowd(session)

    def people_twice(self, groups: Sequence[Sequence[str]]) -> set[str]:
        """Who came to the first session of a group and to another of it, or to the first at two stations."""
        return self._store.people_twice(groups)

    def values_set(self, kind: str, id: str, field: str) -> list[tuple[Place, Any]]:
        """What the puts of a record that set a field set it to, the last one first."""
        return self._store.values_set(kind, id, field)

    def imports(self, since_ms: int = 0) -> list[Import]:
        """What became of the files that this home took in from a moment on, the oldest first."""
        return self._store.imports(since_ms)

    def flagged_places(self, station: str, epoch: str, first: int, last: int) -> int:
        """How many places of a range carry a flag."""
        return self._store.flagged_places(station, epoch, first, last)

    def unknown_cards(self) -> list[tuple[str, int]]:
        """(UID, records) of cards whose records were seen and which the registry does not know."""
        return self._store.unknown_cards()

    def suspect_ranges(self) -> list[Suspects]:
        """Swipes of doubtful clocks whose times the office has not moved, by station, epoch and position."""
        return self._store.suspect_ranges()

    # The journal

    def entries(self) -> Iterator[Entry]:
        """Every line of the journal."""
        return self._store.entries()

    def newest(self, station: str, epoch: str) -> Iterator[Entry]:
        """The lines of one source, from the last position down."""
        return self._store.newest(station, epoch)

    def count_lines(self) -> int:
        """How many lines the journal holds."""
        return self._store.count_lines()

    def sources(self) -> list[tuple[str, str]]:
        """(station, epoch) of everything in the journal."""
        return self._store.sources()

    def top(self, station: str, epoch: str) -> tuple[int, bytes]:
        """(last position without a gap, the chain's head there)."""
        return self._store.top(station, epoch)

    def is_forked(self, station: str, epoch: str, below: int) -> bool:
        """Whether a place under ``below`` holds several lines, decided or not."""
        return self._store.is_forked(station, epoch, below)

    def last_held(self, station: str, epoch: str) -> int:
        """The highest position of which a line is held, 0 for none; there may be gaps below it."""
        return self._store.last_held(station, epoch)

    def head_at(self, station: str, epoch: str, p: int) -> bytes | None:
        return self._store.head_at(station, epoch, p)

    def lines(self, station: str, epoch: str, first: int = 1, last: int | None = None) -> list[bytes]:
        """The exact lines of a range."""
        return [line.line for line in self._store.lines(station, epoch, first, last)]

    def stored_lines(self, station: str, epoch: str) -> list[Line]:
        """Every line of one source with its stored hash, by position."""
        return self._store.lines(station, epoch)

    def stored_between(self, station: str, epoch: str, first: int, last: int) -> list[Line]:
        """The lines of a range with their stored hashes; of a forked place each of them."""
        return self._store.lines(station, epoch, first, last)

    def tops(self) -> dict[tuple[str, str], int]:
        """How far each (station, epoch) is held without a gap."""
        return {source: self._store.top(*source)[0] for source in self._store.sources()}

    # The file

    def check_file(self) -> None:
        """SQLite's own check of the store's file. Raises StoreError ``STORE_DAMAGED``."""
        self._store.quick_check()

    def copy_store(self, target: Path) -> None:
        """Copy the store as it stands to a new file, while others write to it (see ``backup.copy_to``)."""
        backup.copy_to(self._store, target)

    def require_copy(self, path: Path, least: dict[tuple[str, str], int]) -> int:
        """Whether a copy of the store is sound: how many facts it has (see ``backup.require_part_of``)."""
        return backup.require_part_of(self._store, path, least)

    def require_keyring(self, keyring: Keyring) -> None:
        """Whether the keys in a keyring belong to this store's key. Raises StoreError ``KEYRING_BAD``."""
        for name in ("sign", "age", "card"):
            keyring.key(name, self._store.key)

    @property
    def sqlite_version(self) -> tuple[int, ...]:
        """Of the library in use, such as (3, 53, 4)."""
        return self._store.sqlite_version

    # What a bundle's check asks (``bundles.held.Held``)

    def highest(self, station: str, epoch: str) -> int:
        return self._store.top(station, epoch)[0]

    def head(self, station: str, epoch: str, position: int) -> bytes | None:
        return self._store.head_at(station, epoch, position)

    def hashes(self, station: str, epoch: str, first: int, last: int) -> list[tuple[int, bytes]]:
        return self._store.hashes(station, epoch, first, last)

    def snapshot(self) -> int | None:
        pack = self.setting("pack")
        return None if pack is None else int(pack["snapshot"])

    def pack_rows(self, kind: str) -> list[tuple[str, dict[str, Any]]]:
        """(id, body) of the rows of one kind in the pack in force."""
        return self._store.pack_rows(kind)
