"""Journeys in which keys change too: rotated, revoked, replaced; and what was set aside is decided.

Each office home decides by itself; what it must then make of every bundle is told by ``believing.Books``.
"""

from __future__ import annotations

import copy
import hashlib
from contextlib import nullcontext, suppress
from pathlib import Path

import pytest

from icme_tui.clock import FixedClock
from icme_tui.codes import RuleError
from icme_tui.operations import (
    adjusting,
    enrolling,
    exporting,
    importing,
    quarantine,
    releasing,
    revoking,
    rotating,
)
from tests.support import stations
from tests.support.believing import Believed, Books, Carried
from tests.support.journeys import HOUR, OFFICES, STICKS, VENUES, Seat, World, _source_of, sitting_at

WHY = "by the journey"
OWN = STICKS[0]
"""The stick of whoever needs one for a trip of his own."""


class Exchange(World):
    """The homes, the sticks, and whom each office home believes."""

    def __init__(self, prepared: Path) -> None:
        self.carried: dict[str, dict[Path, Carried]] = {}
        super().__init__(prepared)
        keys = {seat.station.code: seat.station.public_key.line for seat in self.venues}
        self.books = {name: Books({code: Believed(key) for code, key in keys.items()}) for name in OFFICES}
        self._books_of: dict[Path, Books] = {}
        self.replaced = dict.fromkeys(VENUES, 0)

    def homes_of(self, code: str) -> list[Seat]:
        return [seat for seat in self.venues if seat.station.code == code]

    def is_revoked(self, code: str) -> bool:
        return any(books.stations[code].is_revoked for books in self.books.values())

    # What travels

    def lose(self, stick: str) -> None:
        super().lose(stick)
        self.carried[stick] = {}

    def on(self, stick: str) -> list[Carried]:
        """What lies there: an export takes older bundles of its station away, seen or not."""
        return [one for file, one in self.carried[stick].items() if file.exists()]

    def export(self, seat: Seat, stick: str) -> None:
        with seat.at_work() as station:
            key, new = station.public_key.line, station.new_public_key
            for sent in exporting.export(station, self.stick(stick)):
                self.carried[stick][sent.file] = Carried(
                    sent.file.name,
                    hashlib.sha256(sent.file.read_bytes()).hexdigest(),
                    _source_of(station, sent.file),
                    sent.first,
                    sent.last,
                    key,
                    new.line if new is not None else "",
                )

    def take_in(self, office: Seat, stick: str) -> int:
        """Import a stick at an office, which makes of it what the model says. Returns how much was new."""
        with office.at_work() as station:
            outcomes = importing.import_files(station, [self.stick(stick)])
        codes = self.books[office.name].give(self.on(stick))
        assert {one.name: one.code for one in outcomes if not one.from_inbox} == codes
        self.require_books(office)
        return sum(outcome.new for outcome in outcomes)

    def require_books(self, office: Seat) -> None:
        books = self.books[office.name]
        self.require(office, {source: top for source, top in books.held.items() if top})
        with office.at_work() as station:
            assert {one.id for one in quarantine.kept_files(station, decided=False)} == books.aside.keys()

    def send_pack(self, office: Seat, code: str, stick: str) -> None:
        if not self.books[office.name].stations[code].is_revoked:
            super().send_pack(office, code, stick)
            return
        with pytest.raises(RuleError, match="STATION_REVOKED"):
            super().send_pack(office, code, stick)

    def take_pack(self, seat: Seat, stick: str) -> list[importing.Imported]:
        with seat.at_work() as station:
            outcomes = importing.import_files(station, [self.stick(stick)])
        fitting = {"ROLLBACK"} | ({"NOT_DECRYPTABLE"} if self.replaced[station.code] else set())
        for outcome in outcomes:
            assert outcome.result == "accept" or outcome.code in fitting, outcome
        return outcomes

    def fetch_pack(self, office: Seat, seat: Seat) -> None:
        """A venue gets a pack, newer than all so far, though a clock that was set back ran ahead before."""
        office.clock.advance(max(0, self._latest + HOUR - office.clock.wall_ms))
        self.lose(OWN)
        self.send_pack(office, seat.station.code, OWN)
        assert [outcome.code for outcome in self.take_pack(seat, OWN)] == ["OK"]

    def bring(self, seats: list[Seat]) -> None:
        """Everything that these have, to both offices."""
        self.lose(OWN)
        for seat in seats:
            self.export(seat, OWN)
        for office in self.offices:
            self.take_in(office, OWN)

    # What happens to homes

    def back_up(self, seat: Seat, *, by_hand: bool = False) -> None:
        super().back_up(seat, by_hand=by_hand)
        if seat.name in self.books:
            self._books_of[self.backups[-1].place] = copy.deepcopy(self.books[seat.name])

    def restore(self, seat: Seat, which: int) -> None:
        fitting = [backup for backup in self.backups if backup.of == seat.station.code]
        super().restore(seat, which)
        if fitting and seat.name in self.books:
            self.books[seat.name] = copy.deepcopy(self._books_of[fitting[which % len(fitting)].place])

    def _forget_backups(self, *codes: str) -> None:
        """Nobody goes back to before: the other side would not know the keys of that time, or ours."""
        self.backups = [one._replace(of="") if one.of in codes else one for one in self.backups]

    # What happens to keys

    def rotate(self, seat: Seat) -> None:
        """New keys for a venue of one home. Both homes of the office hear of them before one of them answers:
        they do not tell each other."""
        code = seat.station.code
        if len(self.homes_of(code)) > 1 or self.is_revoked(code):
            return
        for office in self.offices:
            self.fetch_pack(office, seat)
            self.bring([seat])
        with seat.at_work() as station, suppress(RuleError):  # one that is still on its way
            rotating.rotate(station, WHY)
        self.bring([seat])
        self._forget_backups(code, self.offices[0].station.code)

    def revoke(self, office: Seat, code: str, stick: str | None, *, keep_received: bool) -> None:
        """An office home believes a venue no more, but for what it has received, or what lies on a stick."""
        books = self.books[office.name]
        known = books.stations[code]
        ours = [one for one in self.on(stick) if one.code == code] if stick is not None else []
        ours = [one for one in ours if one.key in known.in_use or one.key in known.ended]
        expected = books.revoke(code, ours, keep_received=keep_received)
        files = [self.stick(stick) / one.file for one in ours] if stick is not None else []
        refused = nullcontext() if expected else pytest.raises(RuleError, match="NOTHING_KEPT")
        with office.at_work() as station, refused:
            revoking.revoke(station, code, WHY, keep_received=keep_received, keep_up_to=files)

    def replace(self, code: str) -> None:
        """The homes of a venue are gone, and a new one takes its code."""
        for seat in self.homes_of(code):
            seat.close()
            self.venues.remove(seat)
        self._forget_backups(code, self.offices[0].station.code)
        self.replaced[code] += 1
        name = f"{code}-new-{self.replaced[code]}"
        seat = Seat(name, self.folder / name, self.folder / "state" / name, FixedClock(stations.START))
        with sitting_at(seat.computer):
            seat.station = stations.venue(seat.home, code, seat.clock)
            request = enrolling.write_request(seat.station)
            enrolling.type_digits(seat.station, self.offices[0].station.public_key.fingerprint)
        for office in self.offices:
            with office.at_work() as station:
                assert enrolling.enroll(
                    station, enrolling.read_request(station, request), replace=True
                ).replaced
            self.books[office.name].stations[code].replace(seat.station.public_key.line)
        self.venues.append(seat)
        self.fetch_pack(self.offices[0], seat)

    # What the offices decide

    def decide(self, office: Seat, which: int, *, release: bool) -> None:
        """Release or reject one of the files that were set aside."""
        books = self.books[office.name]
        if not books.aside:
            return
        digest = sorted(books.aside)[which % len(books.aside)]
        with office.at_work() as station:
            if release:
                assert releasing.release(station, digest, WHY).code == books.release(digest)
            else:
                releasing.reject(station, digest, WHY)
                books.reject(digest)
        self.require_books(office)

    def adjust(self, seat: Seat, ms: int) -> None:
        """Both offices move the times of everything that a home has written in its epoch so far."""
        (*_, newest) = sorted(seat.own(), key=lambda one: one.source[1] == seat.station.epoch)
        for office in self.offices:
            self._adjust(office, (newest.source, newest.last, ms))

    def _adjust(self, office: Seat, moved: tuple[tuple[str, str], int, int]) -> None:
        (code, epoch), last, ms = moved
        with office.at_work() as station:
            adjusting.adjust(station, adjusting.Range(code, epoch, 1, last), ms, WHY)
        self.books[office.name].adjusted.append(moved)

    # What must hold

    def settle(self) -> None:
        """Everything that still exists reaches both offices: of a revoked venue what they let count of it."""
        for stick in STICKS:
            for office in self.offices:
                self.take_in(office, stick)
        for code in VENUES:
            if self.is_revoked(code):
                self._mend(code)
        for office in self.offices:
            for seat in self.venues:
                self.fetch_pack(office, seat)
                self.bring([seat])
        for stick in STICKS:  # with what was let count just now
            for office in self.offices:
                self.take_in(office, stick)
        for seat in self.venues:
            assert seat.station.new_public_key is None, f"the rotation of {seat.name} is not at its end"
            for (code, epoch), _first, last in seat.own():
                for office in self.offices:
                    assert office.station.top(code, epoch)[0] >= last, (seat.name, epoch)
        self._agree()

    def _mend(self, code: str) -> None:
        """The homes of a revoked venue are found, their last bundles are let count, and a new one begins."""
        self.lose(OWN)
        for seat in self.homes_of(code):
            self.export(seat, OWN)
        for office in self.offices:
            if self.books[office.name].stations[code].is_revoked:
                self.revoke(office, code, OWN, keep_received=True)
            self.take_in(office, OWN)
        self.replace(code)

    def _agree(self) -> None:
        """A restored office has forgotten decisions: both make all of them again, in one order."""
        moved = [self.books[name].adjusted for name in OFFICES]
        if moved[0] != moved[1]:
            for each in dict.fromkeys([*moved[0], *moved[1]]):
                for office in self.offices:
                    self._adjust(office, each)
