"""Whenever keys are rotated and whichever sticks are lost on the way, no bundle is refused."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from icme_tui import facts
from icme_tui.clock import FixedClock
from icme_tui.codes import RuleError
from icme_tui.operations import auditing, enrolling, exporting, importing, packing, rotating
from icme_tui.station import Station, open_station
from tests.support import stations
from tests.support.journeys import forget_the_disk
from tests.support.stations import PASSWORD, START

VENUES = ("V0001", "V0002")
STICKS = ("red", "blue")
MINUTE = 60_000

venues, sticks = st.sampled_from(VENUES), st.sampled_from(STICKS)


class KeyMachine(RuleBasedStateMachine):
    """An office, two venues, two sticks."""

    prepared: ClassVar[Path]
    numbers: ClassVar[Iterator[int]] = itertools.count()

    def __init__(self) -> None:
        super().__init__()
        self.folder = self.prepared.with_name(f"keys-{next(self.numbers)}")
        self.clock = FixedClock(START)
        self.clock.advance(60 * MINUTE)
        self.homes: dict[str, Station] = {}
        for code in ("office", *VENUES):
            shutil.copytree(self.prepared / code, self.folder / code)
            self.open(code)
        for stick in STICKS:
            (self.folder / stick).mkdir()
        self.promised: dict[str, int] = dict.fromkeys(VENUES, 0)
        self.packs_for: dict[str, str] = {}
        """Name of a pack's file → the venue that it is for."""

    def open(self, code: str) -> None:
        self.homes[code] = open_station(self.folder / code, None, PASSWORD, self.clock)

    @rule(code=venues)
    def note(self, code: str) -> None:
        self.clock.advance(MINUTE)
        self.homes[code].record(facts.Note(text="promised"))
        self.promised[code] += 1

    @rule(code=venues, stick=sticks)
    def export(self, code: str, stick: str) -> None:
        self.clock.advance(MINUTE)
        exporting.export(self.homes[code], self.folder / stick)

    @rule(stick=sticks)
    def take_in(self, stick: str) -> None:
        for outcome in importing.import_files(self.homes["office"], [self.folder / stick]):
            assert (outcome.result, outcome.code) == ("accept", "OK"), outcome

    @rule(code=venues, stick=sticks)
    def pack(self, code: str, stick: str) -> None:
        self.clock.advance(MINUTE)
        written = packing.write_pack(self.homes["office"], code, self.folder / stick)
        self.packs_for[written.sent.file.name] = code

    @rule(code=venues, stick=sticks)
    def take_pack(self, code: str, stick: str) -> None:
        """An older pack that was never taken may be refused, as too old or by its key. One for the other
        venue may be signed by a key of which this one has not heard."""
        for outcome in importing.import_files(self.homes[code], [self.folder / stick]):
            refusals = ["ROLLBACK", "KEY_REVOKED"]
            if self.packs_for.get(outcome.name) != code:
                refusals.append("SIG_UNKNOWN_KEY")
            assert outcome.result == "accept" or outcome.code in refusals, outcome

    @rule(code=venues, stick=sticks)
    def round_trip(self, code: str, stick: str) -> None:
        self.export(code, stick)
        self.take_in(stick)
        self.pack(code, stick)
        self.take_pack(code, stick)

    @rule(stick=sticks)
    def lose(self, stick: str) -> None:
        shutil.rmtree(self.folder / stick)
        (self.folder / stick).mkdir()

    @rule(code=st.sampled_from(("office", *VENUES)))
    def rotate(self, code: str) -> None:
        with suppress(RuleError):  # one that is still on its way
            rotating.rotate(self.homes[code], "by the machine")

    @rule(code=st.sampled_from(("office", *VENUES)))
    def restart(self, code: str) -> None:
        self.homes[code].close()
        self.open(code)

    def teardown(self) -> None:
        try:
            self.settle()
            self.check()
        finally:
            for station in self.homes.values():
                station.close()
            shutil.rmtree(self.folder)

    def settle(self) -> None:
        """A few trips bring everything to its end."""
        for _ in range(3):
            for code in VENUES:
                self.lose("red")
                self.round_trip(code, "red")

    def check(self) -> None:
        office = self.homes["office"]
        for code in VENUES:
            decoded = (facts.decode(entry.line) for entry in office.entries() if entry.place.station == code)
            held = sum(isinstance(fact, facts.Note) and fact.text == "promised" for fact in decoded)
            assert held == self.promised[code]
        for code, station in self.homes.items():
            assert station.new_public_key is None, f"the rotation of {code} is not at its end"
            assert not [report for report in auditing.verify(station) if report.problems]
            assert not any(station.rebuild(check=True).values())
            assert not [flag for flag in station.flags() if flag.startswith(("FORK", "CONFLICT", "NOT_"))]
        for code in VENUES:
            assert self.homes[code].setting("office_key") == office.public_key.line


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forget_the_disk(monkeypatch)
    stations.weaken_passwords(monkeypatch)
    KeyMachine.prepared = tmp_path / "prepared"
    clock = FixedClock(START)
    with stations.office(KeyMachine.prepared / "office", clock) as office:
        for code in VENUES:
            with stations.venue(KeyMachine.prepared / code, code, clock) as venue:
                request = enrolling.write_request(venue)
                enrolling.enroll(office, enrolling.read_request(office, request))
                enrolling.type_digits(venue, office.public_key.fingerprint)
                pack = packing.write_pack(office, code, tmp_path).sent.file
                importing.import_files(venue, [pack])


TestKeys = KeyMachine.TestCase
TestKeys.settings = settings(
    max_examples=max(8, settings.default.max_examples // 10), stateful_step_count=25, phases=[Phase.generate]
)


def test_an_old_stick_names_no_key_again() -> None:
    """Two rotations, and then the bundle that announced the first one comes once more."""
    state = KeyMachine()
    for stick in STICKS[:2]:
        state.note(code=VENUES[0])
        state.rotate(code=VENUES[0])
        state.round_trip(code=VENUES[0], stick=stick)
    state.take_in(stick=STICKS[0])
    state.lose(stick=STICKS[0])
    state.note(code=VENUES[0])
    state.round_trip(code=VENUES[0], stick=STICKS[1])
    state.teardown()


def fails() -> None:
    """The machine must find the defect that stands in the program now."""
    quickly = settings(
        max_examples=100,
        stateful_step_count=25,
        phases=[Phase.generate],
        database=None,
        report_multiple_bugs=False,
    )
    with pytest.raises(AssertionError):
        run_state_machine_as_test(KeyMachine, settings=quickly)


def test_control_the_new_key_signs_before_anybody_knows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = Station._key_for
    monkeypatch.setattr(Station, "_key_for", lambda self, to: self._keys.new_sign or before(self, to))
    fails()


def test_control_the_old_key_of_a_venue_ends_with_its_last_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """Revoked when the new one is named, instead of when it has signed."""
    before = rotating._take_over

    def at_once(station: Station, record: object, signer: object, following: object) -> None:
        before(station, record, signer, following)  # type: ignore[arg-type]
        now = station.registry.get("station", record.id)  # type: ignore[attr-defined]
        assert now is not None
        if rotated := now.body.get("rotated_keys"):
            rotating._retire(station, now, rotated)

    monkeypatch.setattr(rotating, "_take_over", at_once)
    fails()
