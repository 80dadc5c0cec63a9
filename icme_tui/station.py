"""One opened station: its home folder, keyring, store and clock.

``record`` is the only way in which anything of our own is written, ``absorb`` the only way for what
others wrote. Everything above works on a ``Station``.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from icme_tui import durable, facts, logins, marks, putfields, stamping
from icme_tui.bundles import age, rotation, sshsig
from icme_tui.bundles.keys import PublicKey, SigningKey
from icme_tui.bundles.manifest import Next
from icme_tui.bundles.trust import FACTS, PACK, Mark, Signer, Trust, namespace
from icme_tui.cards.keys import CardKeys
from icme_tui.clock import Clock, Reading, SystemClock, minute_of
from icme_tui.codes import BundleError, StoreError
from icme_tui.facts import Fact, Place
from icme_tui.home import Config, Home, read_config, refuse_unsafe
from icme_tui.idcodes import counters_after, make_code
from icme_tui.keyring import Keyring, read_keyring, write_keyring
from icme_tui.rules.attendance import Tap
from icme_tui.store import backup
from icme_tui.store.adjusting import Adjusted, Ranges, holding, is_stamped
from icme_tui.store.crowds import Crowd
from icme_tui.store.database import reason_of
from icme_tui.store.importlog import Import
from icme_tui.store.journal import Line
from icme_tui.store.merging import Merged
from icme_tui.store.people import PeopleQuery
from icme_tui.store.registry import Record
from icme_tui.store.store import Entry, Store, open_store
from icme_tui.store.taps import Suspects

__all__ = [
    "Adjusted",
    "Crowd",
    "Entry",
    "Import",
    "Line",
    "Merged",
    "PeopleQuery",
    "Ranges",
    "Record",
    "Registry",
    "Station",
    "Suspects",
    "holding",
    "is_stamped",
    "open_station",
    "reason_of",
]

LOGIN_EVERY_MS = 12 * 3600 * 1000
"""Uses of an account closer together than this are one login."""

_DAY_MS = 24 * 3600 * 1000

PACKS_AHEAD = 1_000
"""So far ahead an office numbers its packs that cannot know the last number: less than a day's minutes."""

OFFICE_KEYS = ("office_key", "office_new_key", "office_next_key")
"""Settings of a venue: the key of its office, the one that will take its place, and the one that counts when
the office has lost its own."""

FORMER_KEYS = "office_former_keys"
"""Setting of a venue: keys that its office had before."""

NEW_SIGN, AGE_OTHER = "sign-new", "age-"
"""Names in the keyring: the key that takes the place of ``sign``, and the beginning of those of identities
beside ``age``."""

ROTATION = "rotation"
"""Setting while new keys are made known: {told: {venue: snapshot of the first pack that named them}}."""

ACKNOWLEDGED = "packs_acknowledged"
"""Setting at the office: {venue: snapshot of the newest pack that it has put in force}."""

OPERATORS = "operators"
"""Setting: {operator: role}; the one that the station was founded with is not in it."""

REMOVED = "removed"
"""The role of an operator who may not log in any more."""

PROVISIONAL = 0x4000
"""Numbers from here on are taken by venues that plan before their first pack."""


class Registry:
    """Units, people, cards, projects, courses, sessions … as they stand."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, kind: str, id: str) -> Record | None:
        return self._store.record_of(kind, id)

    def all(self, kind: str) -> Iterator[Record]:
        """All records of a kind, by id."""
        return self._store.records(kind)

    def find(self, kind: str, field: str, value: Any) -> list[Record]:
        """Records whose field equals ``value``; fast for person.idno, person.unit, card.uid, card.person."""
        return self._store.find_records(kind, field, value)

    def people(self, query: PeopleQuery, first: int = 0, count: int = 200) -> tuple[list[Record], int]:
        """A page of people by initials and name, at most ``count`` from the ``first`` on (counted from 0),
        and how many the query has."""
        return self._store.people(query, first, count)

    def count_people(self, query: PeopleQuery) -> int:
        """How many people a query has."""
        return self._store.count_people(query)

    def people_by_unit(self) -> dict[str, int]:
        """{code of a unit: people in it who have not left}; ``""`` for those without one."""
        return self._store.people_by_unit()


class Secrets(NamedTuple):
    """The private keys of a station, while it is open."""

    sign: SigningKey
    age: age.Identity
    card: SigningKey
    new_sign: SigningKey | None = None
    """Takes the place of ``sign`` once those who read us have heard of it."""
    other_ages: tuple[age.Identity, ...] = ()
    """Identities of before, and one that is on its way: what was encrypted to them is still opened."""

    def __repr__(self) -> str:
        return "Secrets(…)"


class Station:
    """An opened home. Close it when done; it is a context manager too."""

    def __init__(
        self, home: Home, config: Config, keys: Secrets, store: Store, operator: str, clock: Clock
    ) -> None:
        self.folders = home
        self.home = home.path
        self.role = config.role
        self.code = config.code
        self.name = config.name
        self.domain = config.domain
        self.readers = config.readers
        self.operator = operator
        self.clock = clock
        self.registry = Registry(store)
        self.begun = ""
        """Why opening it began a new epoch (see ``marks.why_new_epoch``); empty where it goes on."""
        self._store = store
        self._keys = keys
        self._lent: tuple[age.Identity, ...] = ()

    def __enter__(self) -> Station:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._store.close()

    # Who and where

    @property
    def office(self) -> str:
        """Code of the office that this station believes."""
        return self._store.books.office

    @property
    def number(self) -> int | None:
        """Station number; 0 at the office, None at a venue before its first pack."""
        found = 0 if self.role == "office" else self._own("number")
        return found if isinstance(found, int) else None

    @property
    def epoch(self) -> str:
        return str(self._store.setting("epoch"))

    @property
    def age_identity(self) -> age.Identity:
        return self._keys.age

    @property
    def public_key(self) -> PublicKey:
        """The key that verifies what this station signs."""
        return self._keys.sign.public

    @property
    def own_identities(self) -> list[age.Identity]:
        """The identity in use, and those beside it in the keyring."""
        return [self._keys.age, *self._keys.other_ages]

    @property
    def age_identities(self) -> list[age.Identity]:
        """Everything that opens what is sent to us, the identity in use first."""
        return [*self.own_identities, *self._lent]

    def lend(self, identities: Sequence[age.Identity]) -> None:
        """Open with these too what is read until the station is closed. They are not kept."""
        self._lent = tuple(identities)

    @property
    def new_public_key(self) -> PublicKey | None:
        """The key that will take the place of ``public_key``, while it is being made known."""
        return None if self._keys.new_sign is None else self._keys.new_sign.public

    @property
    def card_public_key(self) -> PublicKey:
        return self._keys.card.public

    def place_of(self, station: str) -> str:
        """Where a station stands: two doors of one hall share a place. By default its own code."""
        record = self.registry.get("station", station)
        return str(record.body.get("place") or station) if record else station

    def _own(self, field: str) -> Any:
        record = self.registry.get("station", self.code)
        return record.body.get(field) if record else None

    def is_clock_suspect(self, reading: Reading) -> bool:
        """Whether the wall clock is wrong for certain at this reading."""
        return stamping.is_suspect(self._store, reading)

    # Writing

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Several records as one: all or nothing, durable when the block ends."""
        with self._store.alone():  # until the mark is set, so that no older one is laid over a newer one
            with self._store.writing():
                yield
            if not self._store.is_writing:  # only what is committed may be marked
                marks.note(self._store, self.code, self.home)

    def record(self, *new: Fact) -> list[Place]:
        """Stamp facts of our own and journal them: one transaction, durable on return.

        Raises StoreError ``FACT_BAD``, and see ``Store.writing``.
        """
        if not new:
            return []
        with self.writing():
            epoch = self.epoch
            top, _ = self._store.top(self.code, epoch)
            stamped = stamping.stamp(self._store, self.clock, self.operator, top + 1, new)
            lines = [facts.encode(fact) for fact in stamped]
            if any(facts.decode(line) is None for line in lines):
                raise StoreError("FACT_BAD")  # nothing is journalled that could not be read back
            self._store.merge(self.code, epoch, top + 1, lines, decoded=stamped)
        return [Place(self.code, epoch, fact.p) for fact in stamped[-len(new) :]]

    def absorb(
        self,
        station: str,
        epoch: str,
        first: int,
        lines: Sequence[bytes],
        hashes: Sequence[bytes],
        decoded: Sequence[facts.AnyFact | None],
        block: bytes | None = None,
        head: bytes | None = None,
    ) -> Merged:
        """Merge checked lines of another station, in one transaction, and note clocks that run ahead.

        ``block``: see ``Journal.append_run``; ``head``: the checked head of the chain after the lines.
        """
        with self.writing():
            merged = self._store.merge(station, epoch, first, lines, hashes, decoded, block, head)
            if merged.new:
                ahead = stamping.receive(self._store, self.clock, station, epoch, decoded)
                if ahead and self.role == "office":
                    self.record(*ahead)
        return merged

    def put(self, kind: str, id: str, **fields: Any) -> facts.Put:
        """A change to a record of the registry, not yet recorded, one version above the one that counts.

        Raises ValueError for a field that this kind does not have, or a value of another type.
        """
        for name, value in fields.items():
            if not putfields.is_field(kind, name, value):
                raise ValueError(f"{kind}.{name} cannot be set to {type(value).__name__}")
        v = self._store.highest_version(kind, id) + 1
        return facts.PUT_KINDS[kind](id=id, v=v, set=fields)

    def new_code(self, kind: str) -> str:
        """A fresh code for a record of this kind. Raises StoreError ``CODES_EXHAUSTED``."""
        with self._store.writing():
            last = self._store.setting("counters", {})
            number = self.number if self.number is not None else self._provisional_number()
            by_lot = secrets.randbelow if self.draws_codes else None
            for counter in counters_after(kind, last.get(kind), by_lot):
                code = make_code(kind, number, counter)
                if self.registry.get(kind, code) is None:
                    self._store.set_setting("counters", {**last, kind: counter})
                    return code
        raise StoreError("CODES_EXHAUSTED", kind=kind)

    @property
    def draws_codes(self) -> bool:
        """Whether codes and numbers are drawn by lot: once this station has gone on in a new epoch, those
        that come next in a row may have been given out by what is not known here."""
        return bool(self._store.setting("codes_by_lot", False))

    def _provisional_number(self) -> int:
        return PROVISIONAL + int.from_bytes(self.public_key.raw[:4], "big") % PROVISIONAL

    # Settings of this station itself

    def setting(self, key: str, default: Any = None) -> Any:
        return self._store.setting(key, default)

    def set_setting(self, key: str, value: Any) -> None:
        self._store.set_setting(key, value)

    # Reading

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

    def note_import(self, one: Import) -> None:
        """Keep what became of a file, inside a transaction."""
        self._store.note_import(one)

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

    def rebuild(self, *, check: bool) -> dict[str, int]:
        """Compute every projection anew: {table: rows that differed}. ``check`` changes nothing."""
        return self._store.rebuild(check=check)

    def check_file(self) -> None:
        """SQLite's own check of the store's file. Raises StoreError ``STORE_DAMAGED``."""
        self._store.quick_check()

    def copy_store(self, target: Path) -> None:
        """Copy the store as it stands to a new file, while others write to it (see ``backup.copy_to``)."""
        backup.copy_to(self._store, target)

    def tops(self) -> dict[tuple[str, str], int]:
        """How far each (station, epoch) is held without a gap."""
        return {source: self._store.top(*source)[0] for source in self._store.sources()}

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

    def lay_pack(self, rows: Sequence[tuple[str, str, int, dict[str, Any]]]) -> None:
        """Put the rows (kind, id, v, body) of a checked pack in force."""
        self._store.lay_pack(rows)

    def believe_office(self, code: str) -> None:
        """From now on ``code`` is the office of this venue."""
        self._store.set_setting("office", code)

    def believe_office_time(self, ms: int) -> None:
        """The office says that it is not earlier than ``ms``, inside a transaction."""
        stamping.believe_office_time(self._store, self.clock, ms)

    def believe_clock(self) -> bool:
        """Somebody says that the wall clock is right; see ``stamping.believe``. Inside a transaction."""
        return stamping.believe(self._store, self.clock)

    # Keys

    def sign(self, kind: str, message: bytes, to: str = "") -> bytes:
        """Armored SSH signature in the namespace of ``kind`` (``facts``, ``pack``, ``enrol``), for the
        reader ``to``."""
        return sshsig.sign(self._key_for(to), namespace(kind, self.domain), message)

    def public_key_for(self, to: str) -> PublicKey:
        """The key that verifies what this station signs for the reader ``to``."""
        return self._key_for(to).public

    def _key_for(self, to: str) -> SigningKey:
        """The new key for a venue that has taken a pack that named it, else the one in use."""
        new = self._keys.new_sign
        if new is not None and self.role == "office":
            told = (self.setting(ROTATION) or {}).get("told", {}).get(to)
            if told is not None and self.setting(ACKNOWLEDGED, {}).get(to, 0) >= told:
                return new
        return self._keys.sign

    def successor_for(self, to: str) -> Next | None:
        """What a bundle for ``to`` says of the keys that will take the place of ours."""
        new, old = self._keys.new_sign, self._key_for(to).public
        if new is None or new.public == old:
            return None
        coming = self._keys.other_ages[0] if self.role == "venue" else self._keys.age
        return rotation.state(self.code, self.domain, old, new, coming.public)

    def note_told(self, venue: str, snapshot: int) -> None:
        """The pack ``snapshot`` for a venue names our new key, inside a transaction."""
        state = self.setting(ROTATION) or {"told": {}}
        self.set_setting(ROTATION, {"told": {venue: snapshot, **state["told"]}})

    def note_acknowledged(self, venue: str, snapshot: int) -> None:
        """A venue has put the pack ``snapshot`` in force, inside a transaction."""
        known = self.setting(ACKNOWLEDGED, {})
        if snapshot > known.get(venue, 0):
            self.set_setting(ACKNOWLEDGED, {**known, venue: snapshot})

    def trust(self) -> Trust:
        """Whose signatures count here: at the office the enrolled venues', at a venue its office's."""
        if self.role == "venue":
            if self.setting("office_key") is None:
                return Trust(is_confirmed=False)
            office = Signer((self.office,), (namespace(PACK, self.domain),))
            pinned = [_key_in(self.setting(name)) for name in OFFICE_KEYS]
            former = [_key_in(line) for line in self.setting(FORMER_KEYS, [])]
            # Of no epoch anything is good; but whose pack it is can still be told.
            withdrawn = {key: dict[str, Mark]() for key in former if key is not None and key not in pinned}
            return Trust({key: (office,) for key in (*pinned, *former) if key is not None}, withdrawn)
        signers: dict[PublicKey, tuple[Signer, ...]] = {}
        revoked: dict[PublicKey, dict[str, Mark] | None] = {}
        for record in self.registry.all("station"):
            if "sign_key" not in record.body:
                continue
            key = PublicKey.from_line(record.body["sign_key"])
            signer = Signer((record.id,), (namespace(FACTS, self.domain),))
            signers[key] = (*signers.get(key, ()), signer)
            if record.body.get("state") == "revoked":
                revoked[key] = _marks_of(record, key)
            for line in record.body.get("rotated_keys", ()):
                signers[PublicKey.from_line(line)] = (signer,)
                if record.body.get("state") == "revoked":
                    revoked[PublicKey.from_line(line)] = _marks_of(record, PublicKey.from_line(line))
            for line in record.body.get("replaced_keys", ()):
                replaced = PublicKey.from_line(line)
                signers[replaced] = (signer,)
                revoked[replaced] = _marks_of(record, replaced)
        return Trust(signers, revoked)

    @property
    def card_keys(self) -> CardKeys | None:
        """The keys for cards, or None at a venue before its first pack."""
        stored = self.setting("card_keys")
        if stored is None:
            return None
        issuers: dict[int, bytes] = {}
        lost: dict[int, tuple[bytes, ...]] = {}
        for record in self.registry.all("station"):
            if isinstance(number := record.body.get("number"), int):
                good, bad = _card_keys_of(record)
                lost[number] = bad
                if good is not None:
                    issuers[number] = good
        return CardKeys(
            bytes.fromhex(stored["k_a"]),
            bytes.fromhex(stored["k_ring"]),
            bytes.fromhex(stored["k_issue"]) if stored.get("k_issue") else None,
            bytes.fromhex(stored["record_key"]),
            self._keys.card.sign,
            issuers,
            stored.get("key_version", 1),
            lost,
            self._is_listed,
        )

    def _is_listed(self, uid: bytes, number: str, issue: int) -> bool:
        card = self.registry.get("card", number)
        if card is None or card.body.get("uid") != uid.hex().upper():
            return False
        return card.body.get("issue") == issue and card.body.get("state", "active") == "active"

    # Epochs and logins

    def begin_epoch(self, why: str) -> None:
        """Go on in a new epoch: positions restart at 1, nothing can collide with what is out there."""
        after = self._store.setting("epoch", "")
        with self.writing():
            self._store.set_setting("epoch", secrets.token_hex(16))
            if after:
                self._store.set_setting("codes_by_lot", True)
                self._store.set_setting("counters", {})
            self.record(facts.EpochFact(why=why, after=after))

    def number_packs_ahead(self) -> None:
        """Number packs beyond what a lost home of this office can have given out: where many were written
        within a minute they are ahead of the clock."""
        now = minute_of(self.clock.read().wall_ms)
        self.set_setting("snapshot", max(int(self.setting("snapshot", 0)), now) + PACKS_AHEAD)

    def act_as(self, operator: str, password: str) -> None:
        """Go on as an operator who shows the password, without closing the store.

        Raises StoreError ``LOGIN_REFUSED``, ``KEYRING_MISSING``, ``KEYRING_BAD``.
        """
        try:
            read_keyring(self.folders.keyring).unlock(operator, password)
            self.refuse_removed(operator)
        except StoreError:
            logins.note_refused(self.folders.logins, operator)
            raise
        self.operator = operator
        self._note_login()

    def refuse_removed(self, operator: str) -> None:
        """Raises StoreError ``LOGIN_REFUSED`` for an operator whose removal was cut before its end."""
        if self.setting(OPERATORS, {}).get(operator) == REMOVED:
            raise StoreError("LOGIN_REFUSED")

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """No other program has the store open within the block, and there is room to encrypt it anew.
        Raises StoreError ``STORE_IN_USE``, ``REKEY_ROOM``."""
        self._store.database.require_room()
        with self._store.exclusive():
            yield

    def encrypt_anew(self, keyring: Keyring) -> None:
        """Give the store a new key, and every slot and private key of ``keyring`` with it, inside
        ``exclusive``.

        The new keyring lies beside the old one until the store is done, so that one of the two always opens
        it. Raises StoreError ``KEYRING_BAD``, ``REKEY_ROOM``, ``REKEY_FAILED``, OSError.
        """
        new_key = secrets.token_bytes(32)
        write_keyring(self.folders.next_keyring, keyring.rewrapped(self._store.key, new_key))
        self._store.rekey(new_key)
        durable.replace(self.folders.next_keyring, self.folders.keyring)

    def use_keyring(self, keyring: Keyring) -> None:
        """Go on with the private keys of a keyring that was written."""
        self._keys = secrets_in(keyring, self._store.key)

    def move_key(self, keyring: Keyring, name: str, to: str) -> Keyring:
        """The keyring with a private key under another name, in the place of what has that name."""
        secret = keyring.key(name, self._store.key)
        return keyring.with_key(to, secret, self._store.key).without_key(name)

    def seal_key(self, keyring: Keyring, name: str, secret: bytes) -> Keyring:
        """The keyring with a private key of this station sealed in it."""
        return keyring.with_key(name, secret, self._store.key)

    def add_slot(self, keyring: Keyring, operator: str, password: str) -> Keyring:
        """The keyring with a slot that this password opens."""
        return keyring.with_slot(operator, password, self._store.key)

    def keep_recovery_slot(self) -> None:
        """Let the office's recovery identity open this store, once its recipient is known: nobody has to
        remember this. Raises StoreError ``KEYRING_MISSING``, ``KEYRING_BAD``, OSError."""
        recipient = self.recovery_recipient
        if not recipient:
            return
        keyring = read_keyring(self.folders.keyring)
        if not keyring.has_recovery(recipient, self._store.key):
            write_keyring(self.folders.keyring, keyring.with_recovery(recipient, self._store.key))

    @property
    def recovery_recipient(self) -> str:
        """The recovery recipient of the office, ``age1…``; empty at a venue before its first pack."""
        if self.role == "office":
            return str(self.setting("recovery") or "")
        recipients = self.setting("recipients") or [""]
        return str(recipients[-1])

    def _check_file_daily(self) -> None:
        today = self.clock.read().wall_ms // _DAY_MS
        if self._store.setting("checked_day") != today:
            self._store.set_setting("checked_day", today)
            self._store.quick_check()

    def _note_login(self) -> None:
        waiting = logins.refused(self.folders.logins)
        now = self.clock.read().wall_ms
        last = self._store.setting("login", {})
        same = last.get("operator") == self.operator and 0 <= now - last.get("at", 0) < LOGIN_EVERY_MS
        if same and not waiting:
            return
        with self.writing():
            self._store.set_setting("login", {"operator": self.operator, "at": now})
            others = [
                facts.Login(operator=operator, refused=count)
                for operator, count in sorted(waiting.items())
                if operator != self.operator
            ]
            self.record(*others, facts.Login(operator=self.operator, refused=waiting.get(self.operator, 0)))
        logins.clear(self.folders.logins)


def open_station(
    home: Path,
    operator: str | None,
    password: str,
    clock: Clock | None = None,
    *,
    unsafe_home: bool = False,
) -> Station:
    """Open a home folder as an operator; the only one there is where ``operator`` is None.

    Raises StoreError: ``NO_HOME``, ``CONFIG_BAD``, ``KEYRING_MISSING``, ``KEYRING_BAD``, ``OPERATOR_NEEDED``,
    ``LOGIN_REFUSED``, ``HOME_UNSAFE``, those of ``open_database``, and at the first opening of a day
    ``STORE_DAMAGED``; the next one goes on, so that what can still be read can be exported.
    """
    folders = Home(home)
    config = _config_of(folders, unsafe_home=unsafe_home)
    operator = operator or _only_operator(read_keyring(folders.keyring))
    try:
        store, keyring = _unlocked(folders, config, lambda ring: ring.unlock(operator, password))
        return _opened(folders, config, store, keyring, operator, clock)
    except StoreError as refusal:
        if refusal.code == "LOGIN_REFUSED":
            logins.note_refused(folders.logins, operator)
        raise


def recover_station(
    home: Path,
    operator: str,
    identities: list[age.Identity],
    clock: Clock | None = None,
    *,
    unsafe_home: bool = False,
) -> Station:
    """Open a home folder without a password, by the recovery identity of its office, as ``operator``.

    Raises StoreError as ``open_station`` does, and ``RECOVERY_SLOT_MISSING``, ``IDENTITY_WRONG``,
    ``NO_OPERATOR``.
    """
    folders = Home(home)
    config = _config_of(folders, unsafe_home=unsafe_home)
    if operator not in read_keyring(folders.keyring).operators:
        raise StoreError("NO_OPERATOR", operator=operator)
    store, keyring = _unlocked(folders, config, lambda ring: ring.recover(identities))
    return _opened(folders, config, store, keyring, operator, clock)


def _config_of(folders: Home, *, unsafe_home: bool) -> Config:
    config = read_config(folders)
    if not unsafe_home:
        refuse_unsafe(folders)
    return config


def _unlocked(folders: Home, config: Config, unlock: Callable[[Keyring], bytes]) -> tuple[Store, Keyring]:
    """The open store, and the keyring that opened it.

    Where giving the store a new key was cut between store and keyring, the keyring that waits beside opens
    it, and takes its place.
    """
    keyring = read_keyring(folders.keyring)
    try:
        return open_store(folders.store, unlock(keyring), config.code, config.code), keyring
    except StoreError as error:
        if error.code != "STORE_KEY" or not folders.next_keyring.exists():
            raise
    keyring = read_keyring(folders.next_keyring)
    store = open_store(folders.store, unlock(keyring), config.code, config.code)
    try:
        durable.replace(folders.next_keyring, folders.keyring)
    except BaseException:
        store.close()
        raise
    return store, keyring


def _opened(
    folders: Home, config: Config, store: Store, keyring: Keyring, operator: str, clock: Clock | None
) -> Station:
    try:
        _match(store, config)
        store.refold_due()
        keys = secrets_in(keyring, store.key)
        station = Station(folders, config, keys, store, operator, clock or SystemClock())
        station.refuse_removed(operator)
        if (why := marks.why_new_epoch(store, config.code, folders.path)) is not None:
            station.begin_epoch(why)
            station.begun = why
        station._note_login()
        station.keep_recovery_slot()
        station._check_file_daily()
    except BaseException:
        store.close()
        raise
    return station


def _key_in(line: object) -> PublicKey | None:
    """A public key, or None for what cannot be read as one: then nothing that it signed is believed."""
    try:
        return PublicKey.from_line(line) if isinstance(line, str) else None
    except BundleError:
        return None


def secrets_in(keyring: Keyring, store_key: bytes) -> Secrets:
    """Raises StoreError ``KEYRING_BAD``."""
    new = keyring.key(NEW_SIGN, store_key) if NEW_SIGN in keyring.keys else None
    others = sorted((name for name in keyring.keys if name.startswith(AGE_OTHER)), reverse=True)
    return Secrets(
        SigningKey.from_openssh(keyring.key("sign", store_key)),
        age.Identity(keyring.key("age", store_key).decode()),
        SigningKey.from_openssh(keyring.key("card", store_key)),
        None if new is None else SigningKey.from_openssh(new),
        tuple(age.Identity(keyring.key(name, store_key).decode()) for name in others),
    )


def _card_keys_of(record: Record) -> tuple[bytes | None, tuple[bytes, ...]]:
    """The key with which a station signs cards, and those of it that were revoked."""
    keys = [_key_in(record.body.get("card_key"))]
    keys += [_key_in(line) for line in record.body.get("replaced_card_keys") or ()]
    raw = [None if key is None else key.raw for key in keys]
    if record.body.get("state") == "revoked":
        raw.insert(0, None)
    return raw[0], tuple(key for key in raw[1:] if key is not None)


def _marks_of(record: Record, key: PublicKey) -> dict[str, Mark] | None:
    """How far a revoked key is good, by epoch; None where it is revoked as a whole."""
    marks = {
        str(each["epoch"]): Mark(int(each["pos"]), str(each["head"]))
        for each in record.body.get("good_marks") or ()
        if each.keys() >= {"epoch", "pos", "head"} and each.get("key") == key.line
    }
    return marks or None


def _match(store: Store, config: Config) -> None:
    """What ``station.toml`` says of identity must be what the encrypted store says: it decides nothing."""
    pinned = store.setting("identity", {})
    if pinned != {"role": config.role, "code": config.code, "domain": config.domain}:
        raise StoreError("CONFIG_BAD", file="station.toml")
    store.books.at_venue = config.role == "venue"


def _only_operator(keyring: Keyring) -> str:
    if len(keyring.operators) != 1:
        raise StoreError("OPERATOR_NEEDED", operators=keyring.operators)
    return keyring.operators[0]
