"""One opened station: its home folder, keyring, store and clock.

``record`` is the only way in which anything of our own is written, ``absorb`` the only way for what
others wrote. Everything above works on a ``Station``.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from icme_tui import facts, logins, marks, putfields, stamping
from icme_tui.clock import Clock, Reading, minute_of
from icme_tui.codes import StoreError
from icme_tui.facts import Fact, Place
from icme_tui.home import Config, Home
from icme_tui.idcodes import counters_after, make_code
from icme_tui.keyring import read_keyring
from icme_tui.station.keyholder import ACKNOWLEDGED, ROTATION, KeyHolder
from icme_tui.station.privatekeys import Secrets
from icme_tui.store.importlog import Import
from icme_tui.store.merging import Merged
from icme_tui.store.store import Store

LOGIN_EVERY_MS = 12 * 3600 * 1000
"""Uses of an account closer together than this are one login."""

PACKS_AHEAD = 1_000
"""So far ahead an office numbers its packs that cannot know the last number: less than a day's minutes."""

OPERATORS = "operators"
"""Setting: {operator: role}; the one that the station was founded with is not in it."""

REMOVED = "removed"
"""The role of an operator who may not log in any more."""

PROVISIONAL = 0x4000
"""Numbers from here on are taken by venues that plan before their first pack."""


class Station(KeyHolder):
    """An opened home. Close it when done; it is a context manager too."""

    def __init__(
        self, home: Home, config: Config, keys: Secrets, store: Store, operator: str, clock: Clock
    ) -> None:
        super().__init__(home, config, keys, store)
        self.name = config.name
        self.readers = config.readers
        self.operator = operator
        self.clock = clock
        self.begun = ""
        """Why opening it began a new epoch (see ``marks.why_new_epoch``); empty where it goes on."""

    def __enter__(self) -> Station:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._store.close()

    # Who and where

    @property
    def number(self) -> int | None:
        """Station number; 0 at the office, None at a venue before its first pack."""
        found = 0 if self.role == "office" else self._own("number")
        return found if isinstance(found, int) else None

    @property
    def epoch(self) -> str:
        return str(self._store.setting("epoch"))

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
        """Whether codes and numbers are drawn by lot: once this station has gone on in a new epoch, or in the
        place of another home, those that come next in a row may have been given out by what is not known
        here."""
        return bool(self._store.setting("codes_by_lot", False))

    def draw_codes(self) -> None:
        """From now on draw them by lot, inside a transaction."""
        self._store.set_setting("codes_by_lot", True)
        self._store.set_setting("counters", {})

    def _provisional_number(self) -> int:
        return PROVISIONAL + int.from_bytes(self.public_key.raw[:4], "big") % PROVISIONAL

    def set_setting(self, key: str, value: Any) -> None:
        self._store.set_setting(key, value)

    def note_import(self, one: Import) -> None:
        """Keep what became of a file, inside a transaction."""
        self._store.note_import(one)

    def rebuild(self, *, check: bool) -> dict[str, int]:
        """Compute every projection anew: {table: rows that differed}. ``check`` changes nothing."""
        return self._store.rebuild(check=check)

    # Packs

    def lay_pack(self, rows: Sequence[tuple[str, str, int, dict[str, Any]]]) -> None:
        """Put the rows (kind, id, v, body) of a checked pack in force."""
        self._store.lay_pack(rows)

    def believe_office(self, code: str) -> None:
        """From now on ``code`` is the office of this venue."""
        self._store.set_setting("office", code)

    def note_told(self, venue: str, snapshot: int) -> None:
        """The pack ``snapshot`` for a venue names our new key, inside a transaction."""
        state = self.setting(ROTATION) or {"told": {}}
        self.set_setting(ROTATION, {"told": {venue: snapshot, **state["told"]}})

    def note_acknowledged(self, venue: str, snapshot: int) -> None:
        """A venue has put the pack ``snapshot`` in force, inside a transaction."""
        known = self.setting(ACKNOWLEDGED, {})
        if snapshot > known.get(venue, 0):
            self.set_setting(ACKNOWLEDGED, {**known, venue: snapshot})

    def number_packs_ahead(self) -> None:
        """Number packs beyond what a lost home of this office can have given out: where many were written
        within a minute they are ahead of the clock."""
        now = minute_of(self.clock.read().wall_ms)
        self.set_setting("snapshot", max(int(self.setting("snapshot", 0)), now) + PACKS_AHEAD)

    # Time, epochs and logins

    def believe_office_time(self, ms: int) -> None:
        """The office says that it is not earlier than ``ms``, inside a transaction."""
        stamping.believe_office_time(self._store, self.clock, ms)

    def believe_clock(self) -> bool:
        """Somebody says that the wall clock is right; see ``stamping.believe``. Inside a transaction."""
        return stamping.believe(self._store, self.clock)

    def begin_epoch(self, why: str) -> None:
        """Go on in a new epoch: positions restart at 1, nothing can collide with what is out there."""
        after = self._store.setting("epoch", "")
        with self.writing():
            self._store.set_setting("epoch", secrets.token_hex(16))
            if after:
                self.draw_codes()
            self.record(facts.EpochFact(why=why, after=after))

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
        self.note_login()

    def refuse_removed(self, operator: str) -> None:
        """Raises StoreError ``LOGIN_REFUSED`` for an operator whose removal was cut before its end."""
        if self.setting(OPERATORS, {}).get(operator) == REMOVED:
            raise StoreError("LOGIN_REFUSED")

    def note_login(self) -> None:
        """Journal this use of the account, with the logins that were refused before it."""
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
