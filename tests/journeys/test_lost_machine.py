"""A venue's machine is lost for ever after a morning, and the whole morning comes home on the cards.

The same morning is credited three times: from the cards alone, from the lost journal alone, and from both;
all three must agree to the last row.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from icme_tui import facts
from icme_tui.cards import record
from icme_tui.clock import parse_utc
from icme_tui.devices import shelf
from icme_tui.operations import enrolling, importing, packing
from icme_tui.rules.credits import CreditRow
from icme_tui.station import Station
from tests.support import stations
from tests.support.mornings import HOUR, MINUTE, PEOPLE, START, Morning


@pytest.fixture
def morning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Morning]:
    stations.weaken_passwords(monkeypatch)
    made = Morning(tmp_path)
    yield made
    made.close()


def kept(station: Station) -> list[str]:
    """The records that a station has kept, in hex."""
    lines = station.lines(station.code, station.epoch)
    return [fact.rec for line in lines if isinstance(fact := facts.decode(line), facts.CardRecord)]


def require_same_as_the_journal(morning: Morning) -> None:
    """What counts now is what the lost journal gives: it arrives after all, and nothing changes."""
    from_cards = morning.credits()
    assert len(from_cards) >= 2 * len(PEOPLE)
    results = morning.carry(morning.lost, "found")
    assert [one.result for one in results] == ["accept"]
    assert morning.credits() == from_cards
    kinds = {tap.kind for session in morning.sessions[:2] for tap in morning.office.taps(session)}
    assert kinds == {"swipe"}
    assert set(morning.office.rebuild(check=True).values()) == {0}


def test_the_office_reads_the_morning_off_the_cards(morning: Morning) -> None:
    morning.issue(morning.lost)
    morning.carry(morning.lost, "evening")
    morning.attend(morning.lost, 0)
    morning.attend(morning.lost, 1)
    assert [morning.inspect(morning.office, person).kept for person in PEOPLE] == [4, 4, 4]
    assert [morning.inspect(morning.office, person).kept for person in PEOPLE] == [0, 0, 0]
    assert all(one.known for one in morning.inspect(morning.office, "P0000101").records)
    require_same_as_the_journal(morning)


def test_even_the_cards_that_the_lost_machine_issued_that_morning(morning: Morning) -> None:
    morning.issue(morning.lost)
    morning.attend(morning.lost, 0)
    morning.attend(morning.lost, 1)
    for person in PEOPLE:
        assert morning.inspect(morning.office, person).registered_state == "active"
    require_same_as_the_journal(morning)


def test_another_venue_brings_the_morning_home(morning: Morning) -> None:
    morning.issue(morning.lost)
    morning.carry(morning.lost, "evening")
    morning.renew()
    morning.attend(morning.lost, 0)
    morning.attend(morning.lost, 1)
    morning.attend(morning.other, 2)
    assert len(kept(morning.other)) == 4 * len(PEOPLE)
    morning.carry(morning.other, "other")
    require_same_as_the_journal(morning)


def test_a_venue_believes_nothing_that_it_cannot_check(morning: Morning) -> None:
    morning.issue(morning.lost)
    morning.attend(morning.lost, 0)
    assert morning.inspect(morning.other, "P0000101").kept == 2
    assert morning.other.taps(morning.sessions[0]) == []


def test_a_card_that_leaves_in_between_loses_nothing(morning: Morning) -> None:
    morning.issue(morning.lost)
    morning.attend(morning.lost, 0)
    morning.attend(morning.lost, 1)
    morning.go_to(START + 8 * HOUR)
    whole = 3 + 10 + 3 + 4 + 2  # holder and signature, then the usual path
    outcome = morning.swipe(morning.other, 2, "P0000101", pull_after=whole + 2)
    assert outcome.accepted
    assert 0 < len(kept(morning.other)) < 4
    morning.clock.advance(2 * HOUR)
    assert morning.swipe(morning.other, 2, "P0000101").accepted
    recs = kept(morning.other)
    assert len(recs) == len(set(recs)) == 4


def test_control_without_the_macs_a_forged_morning_counts(
    morning: Morning, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forge() -> list[CreditRow]:
        for person in PEOPLE:
            chip = shelf.load(morning.cards, person)
            for number, block in ((1, 21), (2, 22)):
                data = chip.peek(block)
                chip.put(block, data[:-1] + bytes([data[-1] ^ number]))
            morning.inspect(morning.office, person)
        return morning.credits()

    morning.issue(morning.lost)
    morning.carry(morning.lost, "evening")
    morning.attend(morning.lost, 0)
    assert forge() == []
    assert sum(flag.startswith("MAC_BAD:") for flag in morning.office.flags()) == 2 * len(PEOPLE)
    monkeypatch.setattr(record, "verify", lambda *_: True)
    morning.office.rebuild(check=False)
    assert len(morning.credits()) == len(PEOPLE)


def test_a_station_that_brings_many_forged_records_is_flagged(morning: Morning) -> None:
    morning.issue(morning.lost)
    morning.carry(morning.lost, "evening")
    uid = morning.inspect(morning.office, "P0000101").uid

    def brings(count: int, folder: str) -> list[str]:
        new = [
            facts.CardRecord(card=uid, rec=f"{number:04x}" + "0" * 27 + "1") for number in range(1, count + 1)
        ]
        morning.other.record(*new)
        morning.carry(morning.other, folder)
        return [flag for flag in morning.office.flags() if not flag.startswith("MAC_BAD:")]

    assert brings(16, "some") == []
    morning.renew()
    assert brings(17, "many") == ["MACS_BAD:V0008"]
    assert brings(1, "one more") == ["MACS_BAD:V0008"]


def take_its_place(morning: Morning, home: Path) -> Station:
    """Another machine, admitted under the code of the lost one."""
    new = stations.venue(home, "V0007", morning.clock)
    received = enrolling.read_request(morning.office, enrolling.write_request(new))
    assert enrolling.enroll(morning.office, received, replace=True).replaced
    enrolling.type_digits(new, morning.office.public_key.fingerprint)
    morning.clock.advance(MINUTE)
    importing.import_files(new, [packing.write_pack(morning.office, "V0007", morning.stick).sent.file])
    return new


def test_the_machine_that_takes_its_place_brings_the_morning_home(morning: Morning, tmp_path: Path) -> None:
    morning.issue(morning.lost)
    morning.carry(morning.lost, "evening")
    morning.attend(morning.lost, 0)
    morning.attend(morning.lost, 1)
    new = take_its_place(morning, tmp_path / "new")
    morning.attend(new, 2)
    assert len(kept(new)) == 4 * len(PEOPLE)
    morning.carry(new, "new")
    assert {row.session for row in morning.credits()} == set(morning.sessions)
    found = [
        (tap.person, tap.dir, tap.at_ms // MINUTE)
        for session in morning.sessions[:2]
        for tap in morning.office.taps(session)
    ]
    told = [
        (fact.person, fact.dir, parse_utc(fact.at) // MINUTE)
        for line in morning.lost.lines("V0007", morning.lost.epoch)
        if isinstance(fact := facts.decode(line), facts.Swipe)
    ]
    assert sorted(found) == sorted(told)
    new.close()


def test_the_machine_that_takes_its_place_gives_nobody_a_code_of_the_lost_one(
    morning: Morning, tmp_path: Path
) -> None:
    with morning.lost.writing():
        given = {morning.lost.new_code(kind) for kind in ("person", "course", "session") for _ in range(20)}
    with take_its_place(morning, tmp_path / "new") as new, new.writing():
        later = {new.new_code(kind) for kind in ("person", "course", "session") for _ in range(20)}
    assert not given & later
