"""A station: opened by its password only, writing its own facts, noticing time and copies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from icme_tui import facts, marks
from icme_tui.clock import FixedClock, format_utc
from icme_tui.codes import StoreError
from icme_tui.operations import auditing
from icme_tui.station import Station, open_station
from icme_tui.store.store import Store
from tests.support.stations import PASSWORD, START, copy_home, office, reopened, venue, weaken_passwords


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    weaken_passwords(monkeypatch)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(START)


@pytest.fixture
def station(tmp_path: Path, clock: FixedClock) -> Iterator[Station]:
    opened = office(tmp_path / "office", clock)
    yield opened
    opened.close()


def own_facts(station: Station, kind: type[facts.Fact]) -> list[facts.AnyFact]:
    decoded = (facts.decode(entry.line) for entry in station.entries())
    return [fact for fact in decoded if isinstance(fact, kind)]


def swipe(station: Station) -> facts.Place:
    return station.record(facts.Swipe(person="P1", course="C1", session="S1", dir="in", card="04AA"))[0]


def test_a_fact_is_stamped_and_found_at_its_place(station: Station, clock: FixedClock) -> None:
    clock.advance(61_000)
    place = swipe(station)
    (line,) = station.lines(*place, place.p)
    fact = facts.decode(line)
    assert isinstance(fact, facts.Swipe)
    assert (fact.p, fact.at, fact.clk, fact.by) == (place.p, "2026-09-25T00:01:01.000Z", "synced", "admin")
    assert fact.hlc == "2026-09-25T00:01:01.000Z-0000"
    assert (fact.boot, fact.mono_ms) == (clock.boot, clock.mono_ms)


def test_several_facts_are_one_transaction(station: Station) -> None:
    before = station.top(station.code, station.epoch)

    def fail() -> None:
        with station.writing():
            swipe(station)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert station.top(station.code, station.epoch) == before
    assert station.taps("S1") == []
    swipe(station)
    assert len(station.taps("S1")) == 1


def test_what_was_recorded_is_there_after_reopening(station: Station) -> None:
    place = swipe(station)
    with reopened(station) as again:
        assert len(again.taps("S1")) == 1
        assert again.lines(*place, place.p)
        assert not auditing.verify(again)[0].problems


def test_the_wrong_password_opens_nothing_and_is_told_at_the_next_login(station: Station) -> None:
    station.close()
    for _ in range(2):
        with pytest.raises(StoreError, match="LOGIN_REFUSED"):
            open_station(station.home, "admin", "not it")
    assert "not it" not in (station.home / "login.toml").read_text()
    with open_station(station.home, None, PASSWORD, station.clock) as again:
        logins = own_facts(again, facts.Login)
        assert isinstance(logins[-1], facts.Login)
        assert logins[-1].refused == 2
    assert not (station.home / "login.toml").exists()


def test_the_database_is_encrypted_and_private(station: Station) -> None:
    swipe(station)
    station.close()
    store = station.home / "store.db"
    assert not store.read_bytes().startswith(b"SQLite format 3")
    assert store.stat().st_mode & 0o777 == 0o600
    assert station.home.stat().st_mode & 0o777 == 0o700


def test_what_station_toml_says_of_identity_decides_nothing(station: Station) -> None:
    station.close()
    config = station.home / "station.toml"
    config.write_text(config.read_text().replace('"OFFICE"', '"OFFICE2"'))
    with pytest.raises(StoreError, match="CONFIG_BAD"):
        open_station(station.home, None, PASSWORD)


def test_a_home_is_not_made_twice(station: Station, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="HOME_EXISTS"):
        venue(tmp_path / "office")


def test_codes_are_fresh_and_carry_the_stations_number(station: Station) -> None:
    codes = [station.new_code("person") for _ in range(40)]
    assert len(set(codes)) == 40
    assert codes[0] == "P0000001"
    assert all(len(code) == 8 for code in codes)


def test_venues_without_a_pack_make_different_codes(tmp_path: Path) -> None:
    with venue(tmp_path / "a", "V0001") as one, venue(tmp_path / "b", "V0002") as other:
        assert one.new_code("person") != other.new_code("person")


def test_a_clock_set_back_is_noticed_and_what_follows_is_suspect(station: Station, clock: FixedClock) -> None:
    swipe(station)
    clock.wall_ms -= 3_600_000
    clock.mono_ms += 1000
    place = swipe(station)
    told = own_facts(station, facts.ClockFact)
    assert [(fact.what, fact.ms) for fact in told if isinstance(fact, facts.ClockFact)] == [
        ("CLOCK_BACK", 3_600_000)
    ]
    assert [tap.suspect for tap in station.taps("S1")] == [True, False]
    clock.wall_ms += 3_600_000
    swipe(station)
    assert [
        fact.what for fact in own_facts(station, facts.ClockFact) if isinstance(fact, facts.ClockFact)
    ] == ["CLOCK_BACK", "CLOCK_GOOD"]
    hlcs = [fact.hlc for entry in station.entries() if (fact := facts.decode(entry.line))]
    assert hlcs == sorted(set(hlcs))
    assert station.top(*place[:2])[0] == len(hlcs)


def test_a_step_of_two_seconds_is_nothing(station: Station, clock: FixedClock) -> None:
    swipe(station)
    clock.wall_ms -= 2000
    swipe(station)
    assert own_facts(station, facts.ClockFact) == []


def received(station: Station, clock_ms: int) -> facts.AnyFact:
    fact = facts.Note(p=1, at=format_utc(clock_ms), hlc=format_utc(clock_ms) + "-0000", text="from a venue")
    line = facts.encode(fact)
    station.absorb("V0001", "e" * 32, 1, [line], [facts.line_hash(line)], [fact])
    return fact


def test_our_clock_follows_a_later_one_that_is_near(station: Station, clock: FixedClock) -> None:
    theirs = received(station, clock.wall_ms + 300_000)
    place = swipe(station)
    own = facts.decode(station.lines(*place, place.p)[0])
    assert own is not None
    assert own.hlc > theirs.hlc


def test_a_clock_that_runs_ahead_is_flagged_and_not_followed(station: Station, clock: FixedClock) -> None:
    theirs = received(station, clock.wall_ms + 11 * 60_000)
    place = swipe(station)
    own = facts.decode(station.lines(*place, place.p)[0])
    assert own is not None
    assert own.hlc < theirs.hlc
    assert station.flags() == [f"CLOCK_AHEAD:V0001/{'e' * 32}/1"]


def test_a_home_restored_from_a_copy_goes_on_in_a_new_epoch(station: Station, tmp_path: Path) -> None:
    swipe(station)
    station.close()
    copy_home(station.home, tmp_path / "backup")
    with open_station(station.home, None, PASSWORD, station.clock) as again:
        old_epoch = again.epoch
        swipe(again)
    copy_home(tmp_path / "backup", station.home)
    with open_station(station.home, None, PASSWORD, station.clock) as restored:
        assert restored.epoch != old_epoch
        begun = own_facts(restored, facts.EpochFact)
        assert ("RESTORED", old_epoch) in [
            (fact.why, fact.after) for fact in begun if isinstance(fact, facts.EpochFact)
        ]
        assert swipe(restored).p > 1


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda path: path.unlink(), "MARK_MISSING"),
        (lambda path: path.write_text("not a mark"), "MARK_MISSING"),
        (
            lambda path: path.write_text(path.read_text().replace(marks.machine_id(), "0" * 32)),
            "OTHER_MACHINE",
        ),
    ],
)
def test_a_mark_that_does_not_fit_begins_an_epoch(station: Station, change: object, why: str) -> None:
    (mark,) = marks.mark_path("x", station.home).parent.glob("*.json")
    assert callable(change)
    change(mark)
    with reopened(station) as again:
        begun = own_facts(again, facts.EpochFact)
        assert why in [fact.why for fact in begun if isinstance(fact, facts.EpochFact)]


def test_an_ordinary_reopening_begins_none(station: Station) -> None:
    epoch = station.epoch
    with reopened(station) as again:
        assert again.epoch == epoch


def test_codes_of_a_lost_epoch_never_return(station: Station, tmp_path: Path) -> None:
    station.close()
    copy_home(station.home, tmp_path / "backup")
    with open_station(station.home, None, PASSWORD, station.clock) as again:
        lost = again.new_code("person")
        swipe(again)
    copy_home(tmp_path / "backup", station.home)
    with open_station(station.home, None, PASSWORD, station.clock) as restored:
        assert restored.new_code("person") != lost


def test_the_audit_view_masks_and_filters(station: Station) -> None:
    station.record(station.put("person", "P1", name="甲示例", idno="11010519491231002X"))
    swipe(station)
    (shown,) = auditing.show(station, kind="person")
    assert shown.fields["set"]["idno"].endswith("002X")
    assert "110105" not in repr(shown)
    assert [one.kind for one in auditing.show(station, person="P1")] == ["person", "swipe"]
    assert auditing.show(station, operator="nobody") == []
    assert len(auditing.show(station, limit=1)) == 1


def test_a_changed_line_is_found(station: Station) -> None:
    place = swipe(station)
    station._store.books.run(
        "UPDATE fact SET line = CAST(replace(line, 'S1', 'S2') AS BLOB) WHERE p = ?", place.p
    )
    assert auditing.verify(station)[0].problems == [f"HASH:{place.p}"]


def test_a_projection_that_was_tampered_with_is_found_and_mended(station: Station) -> None:
    swipe(station)
    station._store.books.run("DELETE FROM tap")
    assert station.rebuild(check=True)["tap"] == 1
    assert station.taps("S1") == []
    station.rebuild(check=False)
    assert len(station.taps("S1")) == 1
    assert set(station.rebuild(check=True).values()) == {0}


def test_what_is_rolled_back_leaves_no_mark(station: Station) -> None:
    swipe(station)

    def fail() -> None:
        with station.writing():
            swipe(station)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    epoch = station.epoch
    with reopened(station) as again:
        assert again.epoch == epoch


def test_a_rolled_back_office_is_not_believed(tmp_path: Path) -> None:
    with venue(tmp_path / "venue") as station:

        def fail() -> None:
            with station.writing():
                station.believe_office("OTHER")
                raise RuntimeError

        with pytest.raises(RuntimeError):
            fail()
        assert station.office == "OFFICE"
        station.believe_office("OTHER")
        assert station.office == "OTHER"


def test_a_put_of_a_field_that_is_none_is_refused(station: Station) -> None:
    with pytest.raises(ValueError, match=r"person\.shoe"):
        station.put("person", "P1", shoe=43)
    with pytest.raises(ValueError, match=r"person\.title"):
        station.put("person", "P1", title="主任医师")


def test_only_those_that_ran_ahead_are_ordered_as_their_import(station: Station, clock: FixedClock) -> None:
    near, far = format_utc(clock.wall_ms) + "-0000", format_utc(clock.wall_ms + 3_600_000) + "-0000"
    notes = [facts.Note(p=p, hlc=hlc, text="x") for p, hlc in enumerate((far, near, far, far, near), 1)]
    lines = [facts.encode(note) for note in notes]
    station.absorb("V0001", "e" * 32, 1, lines, [facts.line_hash(line) for line in lines], notes)
    told = [fact for fact in own_facts(station, facts.ClockFact) if isinstance(fact, facts.ClockFact)]
    assert [((fact.target or [])[2], fact.last) for fact in told] == [(1, 1), (3, 4)]


def test_a_clock_that_once_ran_ahead_is_believed_again_with_the_offices_time(
    station: Station, clock: FixedClock
) -> None:
    clock.wall_ms += 4 * 365 * 86_400_000
    swipe(station)
    clock.wall_ms -= 4 * 365 * 86_400_000
    swipe(station)
    assert station.is_clock_suspect(clock.read())
    station.believe_office_time(clock.wall_ms - 60_000)
    assert not station.is_clock_suspect(clock.read())


def test_people_changed_by_another_program_are_noticed(station: Station) -> None:
    station.record(station.put("person", "P1", name="甲示例", idno="11010519491231002X"))
    with open_station(station.home, None, PASSWORD, station.clock) as other:
        assert station.person_code("P2") == "P2"
        other.record(other.put("person", "P2", name="甲示例", idno="11010519491231002X"))
        assert station.person_code("P2") == "P1"


class TestTheCheckOfTheFile:
    """SQLite looks through the file when a station is opened for the first time on a day."""

    def test_once_a_day(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        checked: list[Store] = []
        monkeypatch.setattr(Store, "quick_check", lambda store: checked.append(store))
        clock = FixedClock(START)
        venue(tmp_path / "venue", clock=clock).close()
        found = []
        for hours in (0, 1, 24, 1):
            clock.advance(hours * 3600 * 1000)
            open_station(tmp_path / "venue", None, PASSWORD, clock).close()
            found.append(len(checked))
        assert found == [1, 1, 2, 2]

    def test_damage_is_told_at_once_and_what_is_left_can_be_reached(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def damaged(_: Store) -> None:
            raise StoreError("STORE_DAMAGED")

        monkeypatch.setattr(Store, "quick_check", damaged)
        venue(tmp_path / "venue").close()
        with pytest.raises(StoreError, match="STORE_DAMAGED"):
            open_station(tmp_path / "venue", None, PASSWORD, FixedClock(START))
        open_station(tmp_path / "venue", None, PASSWORD, FixedClock(START)).close()
