"""Journeys between real stations: homes on computers, sticks between them, and a model of who holds what.

Two homes of one office have the same keys and get their bundles from the same sticks. Venue homes are backed
up, restored and copied to other computers. The model knows only positions: how far each home has come in
each epoch, and which ranges lie on which stick.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import pytest

from icme_tui import facts
from icme_tui.clock import FixedClock, parse_utc
from icme_tui.operations import auditing, backing_up, enrolling, exporting, importing, packing, restoring
from icme_tui.rules.attendance import Tap
from icme_tui.station import Station, open_station
from icme_tui.store import database
from tests.support import stations
from tests.support.stations import PASSWORD, START

OFFICES = ("office", "office-2")
VENUES = ("V0007", "V0008")
STICKS = ("red", "green", "blue")
PEOPLE, SESSIONS, CARDS = ("P1", "P2", "P3"), ("S1", "S2"), ("04AA", "04BB")
MINUTE, HOUR = 60_000, 3_600_000

Source = tuple[str, str]
"""(station, epoch)"""
Tops = dict[Source, int]
"""How far a source is held without a gap."""


_lots = itertools.count()


def _draw(below: int) -> int:
    """A lot that no two homes draw alike: what is left to chance would fail a long run now and then."""
    return next(_lots) % below


@contextmanager
def sitting_at(computer: Path) -> Iterator[None]:
    """A computer is the state folder of its user, and has the name of that folder."""
    with (
        patch.dict(os.environ, {"XDG_STATE_HOME": str(computer)}),
        patch("icme_tui.marks.machine_id", lambda: computer.name),
        patch("icme_tui.station.opened.secrets.randbelow", _draw),
    ):
        yield


class Range(NamedTuple):
    """Consecutive facts that a bundle carries."""

    source: Source
    first: int
    last: int


class Seen(NamedTuple):
    """What an office shows of what its venues wrote."""

    taps: dict[str, set[Tap]]
    people: list[tuple[str, dict[str, Any]]]
    cards: dict[str, int | None]
    flags: list[str]


@dataclass
class Seat:
    """A home on a computer with a clock of its own, open."""

    name: str
    home: Path
    computer: Path
    clock: FixedClock
    station: Station = field(init=False)
    received: list[Range] = field(default_factory=list)
    """At an office: every range of a bundle that it was given."""
    swipes: list[facts.Place] = field(default_factory=list)

    @contextmanager
    def at_work(self) -> Iterator[Station]:
        """The station, with the computer that it stands on."""
        with sitting_at(self.computer):
            yield self.station

    def open(self) -> None:
        with sitting_at(self.computer):
            self.station = open_station(self.home, None, PASSWORD, self.clock)

    def close(self) -> None:
        self.station.close()

    def own(self) -> list[Range]:
        """Everything of its own that it holds."""
        with self.at_work() as station:
            epochs = [epoch for code, epoch in station.sources() if code == station.code]
            return [Range((station.code, e), 1, station.top(station.code, e)[0]) for e in epochs]


class Backup(NamedTuple):
    """A backup of a home, or a copy of it that somebody made by hand while it was closed."""

    of: str
    """Code of its station."""
    place: Path
    """A file, or the folder that was copied."""
    received: list[Range]
    swipes: list[facts.Place]


def reach(ranges: Iterable[Range]) -> Tops:
    """How far one comes with these bundles, in whatever order they arrive."""
    tops: Tops = {}
    for source, first, last in sorted(ranges):
        if first <= tops.get(source, 0) + 1:
            tops[source] = max(last, tops.get(source, 0))
    return tops


def forget_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Force nothing to the disk: what a loss of power leaves is not what these journeys are about."""
    lasting = [one for one in database._PRAGMAS if one[0] != "synchronous"]
    monkeypatch.setattr(database, "_PRAGMAS", (*lasting, ("synchronous", "off")))
    monkeypatch.setattr(os, "fsync", lambda _: None)


def prepare(prepared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The homes as they stand on the first morning: both venues enrolled and with their first pack, the
    second office home copied from the first right after."""
    folder = _in_use(prepared)  # a home is known by its folder: it has to be made where it will stand
    folder.mkdir()
    stations.weaken_passwords(monkeypatch)
    desk = folder / "state" / "office"
    with sitting_at(desk):
        office = stations.office(folder / "office")
    for code in VENUES:
        with sitting_at(folder / "state" / code):
            venue = stations.venue(folder / code, code)
            request = enrolling.write_request(venue)
            enrolling.type_digits(venue, office.public_key.fingerprint)
        with sitting_at(desk):
            enrolling.enroll(office, enrolling.read_request(office, request))
            pack = packing.write_pack(office, code, folder).sent.file
        with sitting_at(folder / "state" / code), venue:
            (taken,) = importing.import_files(venue, [pack])
            assert taken.code == "OK"
    office.close()
    shutil.copytree(folder / "office", folder / "office-2")
    folder.rename(prepared)


def _in_use(prepared: Path) -> Path:
    return prepared.with_name("world")


class World:
    """The homes, the sticks, and what has been promised."""

    def __init__(self, prepared: Path) -> None:
        """A copy of what ``prepare`` made."""
        self.folder = _in_use(prepared)
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(prepared, self.folder)
        self.sticks: dict[str, list[tuple[Path, Range]]] = {}
        for stick in STICKS:
            self.lose(stick)
        self.backups: list[Backup] = []
        self.promised: dict[facts.Place, bytes] = {}
        self.codes: set[str] = set()
        self._serial = self._copies = 0
        # When the newest pack was made: a venue takes none that is older than the one it has.
        self._latest = parse_utc(START)
        self.offices = [self._seat(name) for name in OFFICES]
        self.venues = [self._seat(code) for code in VENUES]

    def close(self) -> None:
        for seat in self.seats:
            seat.close()
        shutil.rmtree(self.folder)

    @property
    def seats(self) -> list[Seat]:
        return [*self.offices, *self.venues]

    def _seat(self, name: str) -> Seat:
        seat = Seat(name, self.folder / name, self.folder / "state" / name, FixedClock(START))
        seat.clock.advance(10 * MINUTE)
        seat.open()
        return seat

    def stick(self, name: str) -> Path:
        return self.folder / f"stick-{name}"

    # What people do at a venue

    def swipe(self, seat: Seat, count: int) -> None:
        """Some swipes, recorded together."""
        new = []
        for _ in range(count):
            self._serial += 1
            n = self._serial
            new.append(
                facts.Swipe(
                    person=PEOPLE[n % 3],
                    course="C1",
                    session=SESSIONS[n % 2],
                    dir="in" if n % 4 else "out",
                    card=CARDS[n % 2],
                    cseq=n,
                )
            )
        seat.swipes += self._record(seat, *new)

    def note(self, seat: Seat, count: int) -> None:
        self._record(seat, *(facts.Note(text=f"note {n}") for n in range(count)))

    def void(self, seat: Seat) -> None:
        """Take the newest swipe back."""
        if seat.swipes:
            place = seat.swipes.pop()
            self._record(seat, facts.Void(target=[*place], reason="by mistake"))

    def set_clock(self, seat: Seat, ms: int) -> None:
        """The wall clock is set, forward or back; the time since the boot runs on."""
        seat.clock.wall_ms += ms

    def add_person(self, seat: Seat) -> None:
        with seat.at_work() as station:
            code = station.new_code("person")
            assert code not in self.codes, f"{code} was given to another person before"
            self.codes.add(code)
            own = station.registry.get("station", station.code)
            assert own is not None
            put = station.put("person", code, name=f"person {len(self.codes)}", unit=own.body["unit"])
        self._record(seat, put)

    def _record(self, seat: Seat, *new: facts.Fact) -> list[facts.Place]:
        seat.clock.advance(1000)
        with seat.at_work() as station:
            places = station.record(*new)
            for place in places:
                (self.promised[place],) = station.lines(place.station, place.epoch, place.p, place.p)
        return places

    # What travels

    def export(self, seat: Seat, stick: str) -> None:
        with seat.at_work() as station:
            for sent in exporting.export(station, self.stick(stick)):
                if sent.facts:
                    source = _source_of(station, sent.file)
                    self.sticks[stick].append((sent.file, Range(source, sent.first, sent.last)))

    def take_in(self, office: Seat, stick: str) -> int:
        """Import a stick at an office, which then stands where the model says. Returns how much was new."""
        with office.at_work() as station:
            outcomes = importing.import_files(station, [self.stick(stick)])
        for outcome in outcomes:
            assert outcome.result == "accept" or outcome.code == "GAP", outcome
        # An export takes older bundles of its station away, which another office home may never have seen.
        office.received += [range_ for file, range_ in self.sticks[stick] if file.exists()]
        self.require(office, reach(office.received))
        return sum(outcome.new for outcome in outcomes)

    def send_pack(self, office: Seat, code: str, stick: str) -> None:
        office.clock.advance(MINUTE)
        self._latest = max(self._latest, office.clock.wall_ms)
        with office.at_work() as station:
            packing.write_pack(station, code, self.stick(stick))

    def take_pack(self, seat: Seat, stick: str) -> list[importing.Imported]:
        with seat.at_work() as station:
            outcomes = importing.import_files(station, [self.stick(stick)])
        for outcome in outcomes:
            assert outcome.result == "accept" or outcome.code == "ROLLBACK", outcome
        return outcomes

    def lose(self, stick: str) -> None:
        """The stick is gone; a new, empty one takes its place."""
        shutil.rmtree(self.stick(stick), ignore_errors=True)
        self.stick(stick).mkdir()
        self.sticks[stick] = []

    # What happens to homes

    def restart(self, seat: Seat) -> None:
        """Closed and opened again: nothing begins anew."""
        epoch = seat.station.epoch
        seat.close()
        seat.open()
        assert seat.station.epoch == epoch

    def back_up(self, seat: Seat, *, by_hand: bool = False) -> None:
        place = self.folder / f"backup-{len(self.backups)}.icmebak"
        if by_hand:
            seat.close()
            shutil.copytree(seat.home, place)
            seat.open()
        else:
            with seat.at_work() as station:
                backing_up.back_up(station, place)
        self.backups.append(Backup(seat.station.code, place, list(seat.received), list(seat.swipes)))

    def restore(self, seat: Seat, which: int) -> None:
        """Put a backup of this station in the place of a home, made there or on another computer."""
        fitting = [backup for backup in self.backups if backup.of == seat.station.code]
        if not fitting:
            return
        backup = fitting[which % len(fitting)]
        seat.close()
        if backup.place.is_dir():
            stations.copy_home(backup.place, seat.home)
        else:
            with sitting_at(seat.computer):
                found = restoring.read_backup(backup.place)
                restoring.restore(found, seat.home, None, PASSWORD, replace=True, clock=seat.clock)
        seat.received, seat.swipes = list(backup.received), list(backup.swipes)
        seat.open()

    def copy(self, seat: Seat, *, same_computer: bool = False) -> None:
        """From now on two homes go on from one."""
        self._copies += 1
        name = f"{seat.name}-{self._copies}"
        seat.close()
        shutil.copytree(seat.home, self.folder / name)
        seat.open()
        other = Seat(name, self.folder / name, self.folder / "state" / name, FixedClock(START))
        if same_computer:
            other.computer = seat.computer
        other.clock.wall_ms = seat.clock.wall_ms
        other.swipes = list(seat.swipes)
        other.open()
        self.venues.append(other)

    # What must hold

    def require(self, office: Seat, tops: Tops) -> None:
        """An office holds exactly so much of its venues."""
        with office.at_work() as station:
            held = {
                source: station.top(*source)[0]
                for source in station.sources()
                if source[0] in VENUES and station.top(*source)[0]
            }
        assert held == tops

    def settle(self) -> None:
        """Everything that still exists reaches both offices, and each office's receipts reach the venues."""
        for stick in STICKS:
            for office in self.offices:
                self.take_in(office, stick)
        owned = [range_ for seat in self.venues for range_ in seat.own()]
        expected = [reach([*office.received, *owned]) for office in self.offices]
        for office in self.offices:
            # Well after all packs so far: the snapshots of a clock that was set back ran ahead of it.
            office.clock.advance(max(0, self._latest + HOUR - office.clock.wall_ms))
            self.lose("red")
            for code in VENUES:
                self.send_pack(office, code, "red")
            for seat in self.venues:
                assert [outcome.code for outcome in self.take_pack(seat, "red")] == ["OK"]
                self.export(seat, "red")
            for one in self.offices:
                self.take_in(one, "red")
        for office, tops in zip(self.offices, expected, strict=True):
            for source, top in tops.items():
                assert office.station.top(*source)[0] >= top, source

    def check(self) -> None:
        """After ``settle``: nothing promised is lost, nothing forked, and what is shown follows from it."""
        held = [_lines(office.station) for office in self.offices]
        for lines, office in zip(held, self.offices, strict=True):
            for place, line in self.promised.items():
                if place.p <= office.station.top(place.station, place.epoch)[0]:
                    assert lines[place] == [line]
        if held[0] == held[1]:
            assert seen(self.offices[0].station) == seen(self.offices[1].station)
        for seat in self.seats:
            with seat.at_work() as station:
                assert not [flag for flag in station.flags() if flag.startswith(("FORK", "CONFLICT"))]
                assert not [report for report in auditing.verify(station) if report.problems]
                assert not any(station.rebuild(check=True).values())
                _require_rising_clock(station)
        for office in self.offices:
            for stick in STICKS:
                assert self.take_in(office, stick) == 0


def seen(station: Station) -> Seen:
    """What an office shows of its venues' facts."""
    return Seen(
        {session: set(station.taps(session)) for session in station.sessions_with_taps()},
        [(person.id, person.body) for person in station.registry.all("person")],
        {card: station.highest_record(card) for card in CARDS},
        [flag for flag in station.flags() if not flag.startswith("CLOCK_AHEAD")],
    )


def _lines(station: Station) -> dict[facts.Place, list[bytes]]:
    """The lines of the venues by their places."""
    found: dict[facts.Place, list[bytes]] = {}
    for entry in station.entries():
        if entry.place.station in VENUES:
            found.setdefault(entry.place, []).append(entry.line)
    return found


def _require_rising_clock(station: Station) -> None:
    for source in station.sources():
        stamps: list[Any] = [fact.hlc for line in station.lines(*source) if (fact := facts.decode(line))]
        assert stamps == sorted(set(stamps))


def _source_of(station: Station, file: Path) -> Source:
    code, start, *_ = file.stem.split("-")
    (epoch,) = {e for c, e in station.sources() if c == code and e.startswith(start)}
    return code, epoch
