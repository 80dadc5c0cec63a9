"""What an office knows of its stations, and which venues owe it data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from icme_tui import facts
from icme_tui.clock import parse_utc
from icme_tui.codes import RuleError
from icme_tui.operations import enrolling, importing
from icme_tui.operations.courses import add_project, add_session
from icme_tui.operations.owing import debts
from icme_tui.operations.stations import known_stations
from tests.support import stations
from tests.support.pairs import Pair

DAY = 24 * 3600 * 1000


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    stations.weaken_passwords(monkeypatch)
    made = Pair(tmp_path)
    yield made
    made.close()


def session_at_office(pair: Pair, unit: str = "") -> tuple[str, str]:
    """(course, session) of today at 09:00, planned by the office."""
    course = add_project(pair.office, "心电图新进展", "national", unit=unit).course
    start = parse_utc("2026-09-25T09:00:00Z")
    return course, add_session(pair.office, course, start, start + 3600_000)


class TestStations:
    def test_a_station_is_told_with_key_epoch_position_and_moment(self, pair: Pair) -> None:
        pair.join()
        pair.note(3)
        taken = pair.clock.read().wall_ms + 60_000
        pair.office_takes(pair.export())
        office, venue = known_stations(pair.office)
        assert (office.state, office.code, office.epoch) == ("self", "OFFICE", pair.office.epoch)
        assert (venue.code, venue.number, venue.state) == ("V0007", 1, "enrolled")
        assert venue.fingerprint == pair.venue.public_key.fingerprint
        assert (venue.epoch, venue.last) == (pair.venue.epoch, pair.venue.top("V0007", pair.venue.epoch)[0])
        assert parse_utc(venue.seen) == taken

    def test_a_bundle_that_comes_again_is_no_news_of_its_station(self, pair: Pair) -> None:
        pair.join()
        file = pair.export()
        pair.office_takes(file)
        before = known_stations(pair.office)[1].seen
        pair.clock.advance(40 * DAY)
        assert pair.office_takes(file).result == "accept"
        assert known_stations(pair.office)[1].seen == before

    def test_a_key_that_was_replaced_is_told_beside_the_new_one(self, pair: Pair, tmp_path: Path) -> None:
        pair.join()
        old = pair.venue.public_key.fingerprint
        again = stations.venue(tmp_path / "again", clock=pair.clock)
        received = enrolling.read_request(pair.office, enrolling.write_request(again))
        enrolling.enroll(pair.office, received, replace=True)
        told = [(one.code, one.state, one.fingerprint) for one in known_stations(pair.office)][1:]
        assert told == [
            ("V0007", "enrolled", again.public_key.fingerprint),
            ("V0007", "replaced", old),
        ]
        again.close()

    def test_a_venue_lists_none(self, pair: Pair) -> None:
        with pytest.raises(RuleError, match="OFFICE_ONLY"):
            known_stations(pair.venue)
        with pytest.raises(RuleError, match="OFFICE_ONLY"):
            debts(pair.venue)


class TestOwing:
    def test_a_venue_that_never_sent_anything_owes(self, pair: Pair) -> None:
        pair.join()
        (owing,) = debts(pair.office).venues
        assert (owing.code, owing.days, owing.is_silent) == ("V0007", None, True)

    def test_silence_is_counted_in_days(self, pair: Pair) -> None:
        pair.join()
        pair.office_takes(pair.export())
        pair.clock.advance(14 * DAY)
        assert debts(pair.office).venues == []
        pair.clock.advance(DAY)
        assert [owing.days for owing in debts(pair.office).venues] == [15]
        assert debts(pair.office, days=15).venues == []

    def test_a_piece_that_a_bundle_waits_for_is_owed_until_it_comes(self, pair: Pair) -> None:
        pair.join()
        pair.note(2)
        first = pair.export()
        epoch = pair.venue.epoch
        top, head = pair.venue.top("V0007", epoch)
        pair.venue.set_setting("receipts", {epoch: {"pos": top, "head": head.hex()}})
        pair.note(2)
        assert pair.office_takes(pair.export()).code == "GAP"
        (owing,) = debts(pair.office).venues
        assert (owing.missing, owing.is_silent) == (((1, top),), False)
        importing.import_files(pair.office, [first])
        assert debts(pair.office).venues == []

    def test_a_session_of_the_venues_unit_without_facts_is_owed(self, pair: Pair) -> None:
        pair.join()
        unit = str(pair.office.registry.get("station", "V0007").body["unit"])  # type: ignore[union-attr]
        course, session = session_at_office(pair, unit)
        pair.renew()
        pair.office_takes(pair.export())
        pair.clock.advance(2 * 3600_000)
        assert debts(pair.office).venues == []
        pair.clock.advance(DAY)
        (owing,) = debts(pair.office).venues
        assert [one.id for one in owing.sessions] == [session]
        pair.venue.record(facts.Swipe(person="P1", course=course, session=session, dir="in", card="04AA"))
        pair.office_takes(pair.export())
        assert debts(pair.office).venues == []

    def test_a_session_that_a_venue_made_is_owed_by_it(self, pair: Pair) -> None:
        pair.join()
        course, _session = session_at_office(pair)
        pair.renew()
        start = parse_utc("2026-09-25T14:00:00Z")
        own = add_session(pair.venue, course, start, start + 3600_000)
        pair.office_takes(pair.export())
        pair.clock.advance(2 * DAY)
        found = debts(pair.office)
        assert [[one.id for one in owing.sessions] for owing in found.venues] == [[own]]

    def test_a_session_of_nobody_known_is_told_apart_and_old_ones_are_let_be(self, pair: Pair) -> None:
        pair.join()
        _course, session = session_at_office(pair)
        pair.office_takes(pair.export())
        pair.clock.advance(2 * DAY)
        found = debts(pair.office)
        assert ([one.id for one in found.unplaced], found.venues) == ([session], [])
        pair.clock.advance(200 * DAY)
        assert debts(pair.office).unplaced == []
