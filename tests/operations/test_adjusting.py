"""A venue's clock was wrong: what its facts tell of it, and what moving its times changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from icme_tui import facts
from icme_tui.clock import format_utc
from icme_tui.codes import RuleError
from icme_tui.commands.sheetwords import moved_words, remarks_of
from icme_tui.operations import adjusting, attendancesheet, auditing, clocks, courses, crediting
from icme_tui.station import Station
from tests.support.offices import Office
from tests.support.touches import at

HOUR = 3_600_000
BOOT, OTHER = "b" * 32, "c" * 32
VENUE, EPOCH = "V0007", "e" * 32


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path / "office")
    yield made
    made.station.close()


class Touched(NamedTuple):
    way: facts.Direction
    really: str
    off_ms: int = 0
    """How far the wall clock was behind."""
    boot: str = BOOT
    person: str = ""


def arrive(office: Office, course: str, session: str, person: str, *touches: Touched) -> None:
    """Swipes of a venue whose clock was behind where ``off_ms`` says so."""
    for p, one in enumerate(touches, office.station.last_held(VENUE, EPOCH) + 1):
        really = at(one.really)
        said = really - one.off_ms
        swipe = facts.Swipe(
            p=p,
            at=format_utc(said),
            hlc=f"{format_utc(at('07:00'))}-{p:04x}",
            boot=one.boot,
            mono_ms=really - at("00:00"),
            clk="suspect" if one.off_ms else "synced",
            person=one.person or person,
            course=course,
            session=session,
            dir=one.way,
            card="04BB",
            cseq=p,
        )
        line = facts.encode(swipe)
        office.station.absorb(VENUE, EPOCH, p, [line], [facts.line_hash(line)], [facts.decode(line)])


def a_morning(office: Office) -> tuple[str, str, str]:
    """(course, session, person): 08:30 to 11:30, both ways."""
    course = courses.add_project(office.station, "某项目", "national").course
    session = courses.add_session(
        office.station, course, start_ms=at("08:30"), end_ms=at("11:30"), mode="in_out"
    )
    return course, session, office.person()


def an_hour_behind(office: Office) -> tuple[str, str, str]:
    """All of a morning under a clock an hour behind, which came right in the same boot."""
    course, session, person = a_morning(office)
    touches = (
        Touched("in", "09:30", HOUR),
        Touched("out", "11:35", HOUR),
        Touched("in", "11:40", person="other"),
    )
    arrive(office, course, session, person, *touches)
    return course, session, person


def credited(station: Station, person: str) -> int:
    return sum(row.after_year_c for row in crediting.credits(station, person=person).rows)


def test_the_runs_of_a_station_tell_where_its_clock_was_set(office: Office) -> None:
    an_hour_behind(office)
    wrong, right = clocks.runs(office.station, VENUE)
    assert (wrong.first, wrong.last, wrong.is_suspect, wrong.step_ms, wrong.suggested_ms) == (
        1,
        2,
        True,
        0,
        HOUR,
    )
    assert (right.first, right.last, right.is_suspect, right.step_ms, right.suggested_ms) == (
        3,
        3,
        False,
        HOUR,
        None,
    )


def test_without_a_believed_run_of_the_same_boot_nothing_is_suggested(office: Office) -> None:
    course, session, person = a_morning(office)
    touches = Touched("in", "08:20", HOUR), Touched("out", "11:35", boot=OTHER)
    arrive(office, course, session, person, *touches)
    assert [run.suggested_ms for run in clocks.runs(office.station, VENUE)] == [None, None]


def test_the_preview_says_whose_attendance_changes_and_records_nothing(office: Office) -> None:
    course, session, person = an_hour_behind(office)
    before = office.station.top(office.station.code, office.station.epoch)
    wanted = adjusting.find_range(office.station, VENUE, "", 1, 2)
    found = adjusting.preview(office.station, wanted, HOUR)
    assert (found.swipes, found.people) == (2, 1)
    assert (found.from_ms, found.until_ms) == (at("08:30"), at("10:35"))
    [change] = found.changes
    assert (change.person, change.name, change.session, change.course) == (person, "张示例", session, course)
    assert change.before is not None
    assert change.after is not None
    assert (change.before.minutes, change.before.in_ms, change.before.reason) == (125, at("08:30"), "SHORT")
    assert (change.after.minutes, change.after.in_ms) == (120, at("09:30"))
    assert office.station.top(office.station.code, office.station.epoch) == before
    assert office.station.adjusted() == {}


def test_credits_follow_the_adjusted_times(office: Office) -> None:
    course, session, person = a_morning(office)
    arrive(
        office,
        course,
        session,
        person,
        Touched("in", "08:25"),
        Touched("out", "11:35", 6 * HOUR, boot=OTHER),
    )
    wanted = adjusting.find_range(office.station, VENUE, "eeee", 2, 2)
    assert credited(office.station, person) == 0
    [change] = adjusting.preview(office.station, wanted, 6 * HOUR).changes
    assert change.after is not None
    adjusting.adjust(office.station, wanted, 6 * HOUR, " clock of the BIOS ")
    assert credited(office.station, person) == change.after.credits_c > 0
    [_right, run] = clocks.runs(office.station, VENUE)
    assert run.adjusted_ms == 6 * HOUR
    assert not any(office.station.rebuild(check=True).values())
    adjusting.adjust(office.station, wanted, 0, "by mistake")
    assert credited(office.station, person) == 0


def test_the_distance_to_the_right_time(office: Office) -> None:
    an_hour_behind(office)
    wanted = adjusting.find_range(office.station, VENUE, "", 1, 2)
    assert adjusting.distance_to(office.station, wanted, at("09:30")) == HOUR


def test_the_audit_shows_both_times(office: Office) -> None:
    an_hour_behind(office)
    adjusting.adjust(office.station, adjusting.find_range(office.station, VENUE, "", 1, 2), HOUR, "battery")
    shown = auditing.show(office.station, kind="swipe")
    assert [(one.at[11:16], one.adjusted_at[11:16]) for one in shown] == [
        ("08:30", "09:30"),
        ("10:35", "11:35"),
        ("11:40", ""),
    ]


@pytest.mark.parametrize(
    ("epoch", "first", "last", "code"),
    [("", 1, 9, ""), ("ffff", 1, 2, "EPOCH_UNCLEAR"), ("", 8, 9, "RANGE_EMPTY"), ("", 2, 1, "RANGE_EMPTY")],
)
def test_a_range_must_hold_facts(office: Office, epoch: str, first: int, last: int, code: str) -> None:
    an_hour_behind(office)
    if not code:
        assert adjusting.find_range(office.station, VENUE, epoch, first, last).epoch == EPOCH
        return
    with pytest.raises(RuleError) as caught:
        adjusting.find_range(office.station, VENUE, epoch, first, last)
    assert caught.value.code == code


def test_what_is_refused(office: Office) -> None:
    an_hour_behind(office)
    wanted = adjusting.find_range(office.station, VENUE, "", 1, 2)
    with pytest.raises(RuleError) as caught:
        adjusting.adjust(office.station, wanted, HOUR, "  ")
    assert caught.value.code == "REASON_MISSING"
    with pytest.raises(RuleError) as caught:
        adjusting.preview(office.station, wanted, 2**50)
    assert caught.value.code == "CLOCK_TOO_FAR"
    with pytest.raises(RuleError) as caught:
        clocks.runs(office.station, "V0009")
    assert caught.value.code == "NO_FACTS_OF"


def test_a_clock_that_ran_ahead_is_believed_again_once_somebody_says_so(office: Office) -> None:
    station = office.station
    office.clock.advance(5 * 365 * 24 * HOUR)
    station.record(facts.Note(text="in five years"))
    office.clock.wall_ms -= 5 * 365 * 24 * HOUR
    [place] = station.record(facts.Note(text="set right"))

    def clk(place: facts.Place) -> str:
        fact = facts.decode(station.lines(*place, place.p)[0])
        return fact.clk if fact is not None else ""

    assert clk(place) == "suspect"
    assert station.is_clock_suspect(office.clock.read())
    with pytest.raises(RuleError):
        clocks.believe(station, " ")
    assert clk(clocks.believe(station, "compared with the radio")) == "synced"
    told = [one.fields["what"] for one in auditing.show(station, kind="clock")]
    assert told == ["CLOCK_BACK", "CLOCK_GOOD"]
    assert clk(station.record(facts.Note(text="later"))[0]) == "synced"
    assert not station.is_clock_suspect(office.clock.read())


def test_a_clock_before_the_time_of_the_office_is_not_believed(office: Office) -> None:
    with office.station.writing():
        office.station.believe_office_time(office.clock.wall_ms + HOUR)
    with pytest.raises(RuleError) as caught:
        clocks.believe(office.station, "it is right, really")
    assert caught.value.code == "CLOCK_WRONG"


def test_two_copies_that_wrote_one_epoch_are_runs_of_their_own(office: Office) -> None:
    course, session, person = a_morning(office)
    touches = [Touched("in", f"08:{n:02d}", boot=(BOOT, OTHER)[n % 2]) for n in range(6)]
    arrive(office, course, session, person, *touches)
    assert [(run.boot, run.first, run.last, run.facts) for run in clocks.runs(office.station, VENUE)] == [
        (BOOT, 1, 5, 3),
        (OTHER, 2, 6, 3),
    ]


def test_the_attendance_tells_what_the_clock_said(office: Office) -> None:
    _course, session, person = an_hour_behind(office)
    adjusting.adjust(office.station, adjusting.find_range(office.station, VENUE, "", 2, 2), HOUR, "battery")
    sheet = attendancesheet.attendance_sheet(office.station, session)
    [line] = [one for one in sheet.lines if one.person == person]
    assert (line.in_ms, line.in_was_ms) == (at("08:30"), None)
    assert (line.out_ms, line.out_was_ms) == (at("11:35"), at("10:35"))
    assert moved_words(line)[0].startswith("Out: the clock said 2026-09-25")
    assert "the clock said" in remarks_of(line)
