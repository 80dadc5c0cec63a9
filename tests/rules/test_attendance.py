"""From touches to attendances, by example."""

from __future__ import annotations

import pytest

from icme_tui.rules.attendance import Attendance, Tap, attend
from icme_tui.rules.session import Session
from tests.support.touches import a_session, at, tap

HALLS = {"V1": "hall A", "V1B": "hall A", "V2": "hall B"}


def rows_of(taps: list[Tap], session: Session | None, makeup_counts: bool = False) -> list[Attendance]:
    return attend(taps, session, lambda station: HALLS.get(station, station), makeup_counts)


def one(taps: list[Tap], session: Session | None = None, makeup_counts: bool = False) -> Attendance:
    [row] = rows_of(taps, session or a_session(), makeup_counts)
    return row


def test_coming_and_going_give_the_minutes_between() -> None:
    row = one([tap("in", "08:40"), tap("out", "11:25")])
    assert (row.minutes, row.whole_minutes, row.reason, row.exists) == (165, 180, "", True)
    assert (row.in_ms, row.out_ms) == (at("08:40"), at("11:25"))


def test_time_outside_the_session_does_not_count() -> None:
    assert one([tap("in", "07:45"), tap("out", "12:20")]).minutes == 180


def test_teaching_minutes_are_the_most() -> None:
    assert one([tap("in", "08:30"), tap("out", "11:30")], a_session(minutes=150)).minutes == 150


def test_mode_in_needs_no_going() -> None:
    row = one([tap("in", "08:40")], a_session(mode="in"))
    assert (row.minutes, row.reason, row.out_ms) == (180, "", None)


@pytest.mark.parametrize(("leaves", "reason"), [("10:54", ""), ("10:53", "SHORT")])
def test_eighty_percent_is_enough(leaves: str, reason: str) -> None:
    assert one([tap("in", "08:30"), tap("out", leaves)]).reason == reason


def test_min_percent_belongs_to_the_session() -> None:
    assert one([tap("in", "08:30"), tap("out", "10:00")], a_session(min_percent=50)).reason == ""


def test_without_a_going_there_is_no_credit() -> None:
    row = one([tap("in", "08:30")])
    assert (row.reason, row.exists, row.minutes) == ("NO_OUT", True, 0)


def test_without_a_coming_there_is_no_attendance() -> None:
    row = one([tap("out", "11:30")])
    assert (row.reason, row.exists, row.in_ms) == ("NO_IN", False, None)
    assert one([tap("out", "11:30")], a_session(mode="in")).reason == "NO_IN"


def test_a_walk_outside_is_taken_off() -> None:
    taps = [tap("in", "08:30"), tap("out", "09:30"), tap("in", "10:00"), tap("out", "11:30")]
    assert one(taps).minutes == 150


def test_of_comings_in_a_row_the_first_counts_and_of_goings_the_last() -> None:
    taps = [tap("in", "08:30"), tap("in", "08:50"), tap("out", "11:00"), tap("out", "11:30")]
    assert one(taps).minutes == 180


def test_a_coming_after_the_last_going_does_no_harm_when_enough_was_attended() -> None:
    assert one([tap("in", "08:30"), tap("out", "11:30"), tap("in", "11:40")]).reason == ""
    assert one([tap("in", "08:30"), tap("out", "09:30"), tap("in", "09:40")]).reason == "NO_OUT"


def test_double_taps_collapse_and_are_flagged() -> None:
    taps = [
        tap("in", "08:00:00", p=1),
        tap("in", "08:00:59", p=2),
        tap("in", "08:01:00", p=3),
        tap("in", "08:01:30", p=4),
    ]
    row = one(taps, a_session(mode="in"))
    assert row.flags == ("DOUBLE_TAP:V1/e1/2", "DOUBLE_TAP:V1/e1/4")
    assert row.in_ms == at("08:00")


def test_other_station_direction_or_person_is_no_double_tap() -> None:
    taps = [
        tap("in", "08:00"),
        tap("out", "08:00:10"),
        tap("in", "08:00:20", station="V1B"),
        tap("in", "08:00:30", "P2"),
    ]
    assert all(row.flags == () for row in rows_of(taps, a_session()))


def test_double_taps_are_measured_by_the_clock_that_cannot_be_set() -> None:
    taps = [
        tap("in", "08:00", p=1, boot="b", mono_ms=0),
        tap("in", "09:00", p=2, boot="b", mono_ms=30_000, suspect=True),
    ]
    assert one(taps, a_session(mode="in")).flags == ("DOUBLE_TAP:V1/e1/2",)


def test_minutes_within_one_boot_survive_a_clock_that_was_set() -> None:
    taps = [
        tap("in", "08:30", boot="b", mono_ms=1_000_000),
        tap("out", "03:00", boot="b", mono_ms=1_000_000 + 180 * 60_000, suspect=True),
    ]
    row = one(taps)
    assert (row.minutes, row.reason, row.suspect) == (180, "", True)


def test_minutes_across_boots_come_from_the_wall_clock_and_are_flagged_when_doubtful() -> None:
    taps = [tap("in", "08:30", boot="b1", mono_ms=5), tap("out", "11:30", boot="b2", mono_ms=9, suspect=True)]
    row = one(taps)
    assert (row.minutes, row.suspect) == (180, True)
    assert not one([tap("in", "08:30"), tap("out", "11:30")]).suspect


def test_where_no_wall_clock_is_trusted_the_length_counts_up_to_that_of_the_session() -> None:
    far = at("08:30") - 400 * 86_400_000
    taps = [
        tap("in", far, boot="b", mono_ms=0, suspect=True),
        tap("out", far + 240 * 60_000, boot="b", mono_ms=240 * 60_000, suspect=True),
    ]
    row = one(taps)
    assert (row.minutes, row.suspect) == (180, True)


def test_one_card_event_told_by_several_facts_counts_once() -> None:
    swiped = tap("in", "08:30:20", p=7, card="04AA", cseq=12, boot="b", mono_ms=3)
    read_later = tap(
        "in", "08:30", p=1, station="V2", kind="card-record", course="", card="04AA", cseq=12, at_station="V1"
    )
    for taps in ([swiped, read_later], [read_later, swiped], [swiped, swiped]):
        row = one(taps, a_session(mode="in"))
        assert (row.in_ms, row.flags, row.course) == (at("08:30:20"), (), "C1")


@pytest.mark.parametrize("epochs", ["ab", "ba"])
def test_what_a_restored_station_reads_off_a_card_does_not_displace_the_swipe(epochs: str) -> None:
    before, after = epochs
    swiped = tap("in", "08:30:20", epoch=before, p=7, card="04AA", cseq=12, boot="b", mono_ms=0)
    told_late = tap("in", "08:30", epoch=after, p=2, card="04AA", cseq=12)
    left = tap("out", "08:30:50", epoch=before, p=8, card="04AA", cseq=13, boot="b", mono_ms=180 * 60_000)
    for taps in ([swiped, told_late, left], [told_late, left, swiped]):
        row = one(taps)
        assert (row.in_ms, row.minutes) == (at("08:30:20"), 179)


def test_a_card_record_alone_counts_with_the_course_of_its_session() -> None:
    read_later = tap("in", "08:30", kind="card-record", course="", card="04AA", cseq=12, at_station="V1")
    assert one([read_later], a_session(mode="in")).course == "C1"


def test_cards_known_only_by_uid_are_never_joined() -> None:
    taps = [tap("in", "08:00", card="04AA"), tap("in", "08:10", card="04AA")]
    row = one(taps, a_session(mode="in"))
    assert row.flags == ()
    assert row.in_ms == at("08:00")


def test_two_comings_at_different_places_are_one_attendance_with_a_flag() -> None:
    row = one([tap("in", "08:30"), tap("in", "08:40", station="V2")], a_session(mode="in"))
    assert row.flags == ("TWO_VENUES:P1/C1/S1",)
    assert row.reason == ""


def test_two_doors_of_one_hall_are_one_place() -> None:
    assert one([tap("in", "08:30"), tap("in", "08:40", station="V1B")], a_session(mode="in")).flags == ()


def test_a_makeup_waits_for_the_office_unless_it_counts_at_once() -> None:
    taps = [tap("in", "08:30"), tap("out", "11:30", kind="makeup")]
    waiting = one(taps)
    assert (waiting.reason, waiting.minutes, waiting.exists) == ("MAKEUP_OPEN", 180, True)
    assert one(taps, makeup_counts=True).reason == ""
    confirmed = [tap("in", "08:30"), tap("out", "11:30", kind="makeup", confirmed=True)]
    assert one(confirmed).reason == ""


def test_a_makeup_that_would_not_help_is_not_waited_for() -> None:
    assert one([tap("in", "08:30"), tap("out", "09:00", kind="makeup")]).reason == "SHORT"
    assert one([tap("in", "08:30"), tap("out", "11:30"), tap("out", "11:31", kind="makeup")]).reason == ""


def test_an_open_makeup_alone_is_no_attendance_yet() -> None:
    taps = [tap("in", "08:30", kind="makeup")]
    row = one(taps, a_session(mode="in"))
    assert (row.reason, row.exists) == ("MAKEUP_OPEN", False)
    assert one(taps, a_session(mode="in"), makeup_counts=True).exists


def test_touches_of_an_unknown_session_are_kept_and_count_when_it_arrives() -> None:
    taps = [tap("in", "08:30"), tap("out", "11:30")]
    [row] = rows_of(taps, None)
    assert (row.reason, row.exists, row.minutes) == ("UNKNOWN_COURSE", True, 0)
    assert (row.start_ms, row.in_ms, row.out_ms) == (at("08:30"), at("08:30"), at("11:30"))
    assert one(taps).reason == ""


def test_rows_stand_by_person_and_course() -> None:
    taps = [tap("in", "08:30", "P2"), tap("in", "08:31", "P1", course="C2"), tap("in", "08:32", "P1")]
    rows = rows_of(taps, a_session(mode="in"))
    assert [(row.person, row.course) for row in rows] == [("P1", "C1"), ("P1", "C2"), ("P2", "C1")]


def test_a_number_without_a_card_joins_nobody_with_another() -> None:
    taps = [tap("in", "08:00", "P1", cseq=5), tap("in", "08:01", "P2", cseq=5)]
    assert [row.person for row in attend(taps, a_session(mode="in"), str, False)] == ["P1", "P2"]


def test_one_record_told_of_two_people_stays_with_both() -> None:
    taps = [tap("in", "08:00", "P1", card="AA", cseq=5), tap("in", "08:01", "P2", card="AA", cseq=5)]
    assert [row.person for row in attend(taps, a_session(mode="in"), str, False)] == ["P1", "P2"]
