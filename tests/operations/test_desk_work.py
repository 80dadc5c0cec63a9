"""What happens at the desk of a session: sitting, make-ups, undoing, moving, finding; as facts and counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icme_tui import facts
from icme_tui.clock import parse_utc
from icme_tui.codes import RuleError
from icme_tui.operations import courses, crediting, doorlist, finding, makeups, moving, sitting, undoing
from icme_tui.operations.courses import add_project, add_session
from icme_tui.operations.doorlist import Tally
from icme_tui.rules.attendance import Tap
from tests.support.venues import PEOPLE, START, Deployment, deploy, give_pack

WANG, LI, ZHAO = PEOPLE
MINUTE, HOUR = 60_000, 3_600_000
START_MS = parse_utc(START)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Deployment]:
    made = deploy(tmp_path)
    yield made
    made.office.close()
    made.venue.close()


class TestSitting:
    def test_the_open_session_then_todays_then_the_nearest(self, world: Deployment) -> None:
        venue = world.venue
        far, near = (
            add_session(venue, "C0000001", START_MS + days * 24 * HOUR, START_MS + days * 24 * HOUR + HOUR)
            for days in (30, 3)
        )
        assert [one.session.id for one in sitting.offered(venue)] == [world.session, near, far]
        sitting.open_session(venue, far)
        assert next((one.session.id, one.is_open) for one in sitting.offered(venue)) == (far, True)

    def test_opening_twice_is_one_fact_and_closing_ends_it(self, world: Deployment) -> None:
        for _ in range(2):
            sitting.open_session(world.venue, world.session)
        assert sitting.session_at_hand(world.venue) is not None
        assert courses.close_session(world.venue, world.session) == {"people": 0, "in": 0, "out": 0}
        assert sitting.session_at_hand(world.venue) is None
        kinds = [facts.kind_of(fact) for fact in decoded(world)]
        assert (kinds.count("session-open"), kinds.count("session-close")) == (1, 1)

    def test_another_session_that_is_on_now(self, world: Deployment) -> None:
        later = START_MS + 48 * HOUR
        code = add_session(world.venue, "C0000001", later, later + HOUR)
        session = sitting.open_session(world.venue, code)
        other = sitting.other_session_now(world.venue, session)
        assert other is not None
        assert other.id == world.session
        assert sitting.other_session_now(world.venue, other) is None


def decoded(world: Deployment) -> list[facts.AnyFact]:
    found = (facts.decode(entry.line) for entry in world.venue.entries())
    return [fact for fact in found if fact is not None]


class TestMakeups:
    def test_of_a_national_course_it_waits_for_the_office(self, world: Deployment) -> None:
        entered = makeups.add_makeup(world.venue, world.session, WANG, "in", "forgot the card")
        assert entered.pending
        (listed,) = makeups.makeups_of(world.venue, world.session)
        assert (listed.line.person.name, listed.line.direction, listed.pending) == (PEOPLE[WANG], "in", True)
        (row,) = crediting.attendance_of(world.venue, world.session)
        assert row.reason in ("MAKEUP_OPEN", "NO_OUT")

    def test_of_a_course_of_the_house_it_counts(self, world: Deployment) -> None:
        course = add_project(world.office, "院内讲座", "in_house").course
        give_pack(world.office, world.venue)
        session = add_session(world.venue, course, START_MS, START_MS + HOUR)
        assert not makeups.add_makeup(world.venue, session, WANG, "in", "forgot").pending

    @pytest.mark.parametrize(
        ("now", "way", "expected"),
        [
            (-10, "in", 0),
            (-10, "out", 180),
            (30, "in", 30),
            (30, "out", 30),
            (300, "in", 0),
            (300, "out", 180),
        ],
    )
    def test_the_usual_moment(self, world: Deployment, now: int, way: facts.Direction, expected: int) -> None:
        session = sitting.open_session(world.venue, world.session)
        found = makeups.usual_moment(session, way, START_MS + now * MINUTE)
        assert found == START_MS + expected * MINUTE

    def test_what_is_refused(self, world: Deployment) -> None:
        def refused(**how: object) -> str:
            given = {"person": WANG, "direction": "in", "reason": "forgot", **how}
            with pytest.raises(RuleError) as caught:
                makeups.add_makeup(world.venue, world.session, **given)  # type: ignore[arg-type]
            return caught.value.code

        assert refused(person="P9999999") == "NO_PERSON"
        assert refused(reason="  ") == "REASON_MISSING"
        assert refused(when_ms=START_MS - 2 * HOUR) == "MAKEUP_OUTSIDE"
        makeups.add_makeup(world.venue, world.session, WANG, "in", "forgot")
        assert refused() == "ALREADY_IN"

    def test_somebody_with_a_card_of_another_station_is_signed_out_without_a_record(
        self, world: Deployment
    ) -> None:
        stranger = facts.Swipe(
            card="04AABBCC", person="P9990001", course="C0000001", session=world.session, dir="in"
        )
        world.venue.record(stranger)
        session = sitting.open_session(world.venue, world.session)
        (missing,) = doorlist.without_out(world.venue, session)
        assert makeups.add_makeups(world.venue, session.id, [missing.person.code], "out", "closed") == 1
        assert doorlist.without_out(world.venue, session) == []

    def test_signing_several_out_is_all_or_nothing(self, world: Deployment) -> None:
        with pytest.raises(RuleError, match="NO_PERSON"):
            makeups.add_makeups(world.venue, world.session, [WANG, "P9999999"], "out", "closed")
        assert makeups.makeups_of(world.venue, world.session) == []


class TestUndoing:
    def test_the_last_touch_of_this_station_no_longer_counts(self, world: Deployment) -> None:
        for person in (WANG, LI):
            makeups.add_makeup(world.venue, world.session, person, "in", "forgot")
        last = undoing.last_touch(world.venue, world.session)
        assert last is not None
        assert last.person.code == LI
        undoing.undo(world.venue, world.session, last.place, "the wrong person")
        assert [tap.person for tap in world.venue.taps(world.session)] == [WANG]
        with pytest.raises(RuleError, match="NOTHING_TO_UNDO"):
            undoing.undo(world.venue, world.session, last.place, "the wrong person")

    def test_what_came_since_is_safe(self, world: Deployment) -> None:
        makeups.add_makeup(world.venue, world.session, WANG, "in", "forgot")
        seen = undoing.last_touch(world.venue, world.session)
        assert seen is not None
        makeups.add_makeup(world.venue, world.session, LI, "in", "forgot")
        with pytest.raises(RuleError, match="NOTHING_TO_UNDO"):
            undoing.undo(world.venue, world.session, seen.place, "the wrong person")
        assert len(world.venue.taps(world.session)) == 2

    def test_a_swipe_taken_back_leaves_the_card_usable(self, world: Deployment) -> None:
        world.issue(WANG)
        at_door = world.swiping()
        assert world.touch(at_door, WANG).cseq == 1
        last = undoing.last_touch(world.venue, world.session)
        assert last is not None
        undoing.undo(world.venue, world.session, last.place, "a trial")
        again = world.touch(at_door, WANG)
        assert (again.code, again.cseq) == ("ACCEPTED_IN", 2)


class TestMoving:
    def other(self, world: Deployment) -> str:
        return add_session(world.venue, "C0000001", START_MS + 5 * HOUR, START_MS + 6 * HOUR)

    def test_touches_between_two_moments_go_to_the_other_session(self, world: Deployment) -> None:
        right = self.other(world)
        for minute, person in enumerate((WANG, LI, ZHAO)):
            makeups.add_makeup(world.venue, world.session, person, "in", "forgot", START_MS + minute * MINUTE)
        found = moving.preview(world.venue, world.session, right, START_MS, START_MS + MINUTE)
        assert [line.person.code for line in found.lines] == [WANG, LI]
        assert len(world.venue.taps(world.session)) == 3
        assert moving.move(world.venue, found, "the wrong session was open") == 2
        assert {tap.person for tap in world.venue.taps(right)} == {WANG, LI}
        assert {tap.course for tap in world.venue.taps(right)} == {"C0000001"}
        assert moving.move(world.venue, found, "once more") == 0

    def test_what_another_station_took_stays_and_is_told(self, world: Deployment) -> None:
        right = self.other(world)
        epoch = "ab" * 16
        swipe = facts.Swipe(
            p=1,
            at=START,
            hlc="2026-09-25T00:00:00.000Z-0000",
            person=LI,
            course="C0000001",
            session=world.session,
            dir="in",
        )
        line = facts.encode(swipe)
        world.venue.absorb("V0008", epoch, 1, [line], [facts.line_hash(line)], [swipe])
        found = moving.preview(world.venue, world.session, right, START_MS, START_MS + HOUR)
        assert (found.lines, found.foreign) == ((), 1)
        with pytest.raises(RuleError, match="NOTHING_TO_MOVE"):
            moving.move(world.venue, found, "wrong")

    def test_what_is_refused(self, world: Deployment) -> None:
        with pytest.raises(RuleError, match="SAME_SESSION"):
            moving.preview(world.venue, world.session, world.session, 0, 1)
        with pytest.raises(RuleError, match="BETWEEN_ORDER"):
            moving.preview(world.venue, world.session, self.other(world), 1, 0)
        with pytest.raises(RuleError, match="NO_SESSION"):
            moving.preview(world.venue, world.session, "S0070099", 0, 1)


class TestFinding:
    @pytest.mark.parametrize(
        ("typed", "expected"),
        [
            ("王", [WANG]),
            ("wsy", [WANG]),
            ("w", [WANG]),
            ("试验 ws", [WANG]),
            ("p0000102", [LI]),
            ("002X", [LI]),
            ("zy", [ZHAO]),
            ("nobody", []),
            ("", [LI, WANG, ZHAO]),
        ],
    )
    def test_by_whatever_is_typed(self, world: Deployment, typed: str, expected: list[str]) -> None:
        world.venue.record(world.venue.put("person", LI, idno="11010119900101002X"))
        assert [one.code for one in finding.find(world.venue, typed).found] == expected

    def test_by_the_number_of_the_card(self, world: Deployment) -> None:
        world.issue(ZHAO)
        (card,) = world.venue.registry.all("card")
        assert [one.code for one in finding.find(world.venue, card.id).found] == [ZHAO]

    def test_guests_come_last_and_pages_join(self, world: Deployment) -> None:
        world.venue.record(world.venue.put("guest", "V0070001", name="安客人", unit_name="外院"))
        whole = finding.find(world.venue, "")
        assert (whole.total, whole.found[-1].is_guest) == (4, True)
        pages = [finding.find(world.venue, "", first, 2).found for first in (0, 2, 4)]
        assert [one for page in pages for one in page] == whole.found
        assert [one.code for one in finding.find(world.venue, "akr").found] == ["V0070001"]


def tap(person: str, way: str, at: int) -> Tap:
    return Tap("V0007", "e", at + 1, person, "C", "S", way, at, "", None, False, "swipe", "", None, False)


touches = st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from(["in", "out"])), max_size=12)


def recount(came: list[tuple[str, str]]) -> tuple[int, int, int]:
    """The counts by their definition."""
    last = dict(came)
    return (
        len({person for person, way in came if way == "in"}),
        len({person for person, way in came if way == "out"}),
        sum(way == "in" for way in last.values()),
    )


class TestTally:
    @given(touches)
    def test_one_by_one_it_says_what_it_says_of_all_at_once(self, came: list[tuple[str, str]]) -> None:
        self.check(came, Tally)

    def test_the_property_can_fail(self) -> None:
        class Forgetful(Tally):
            def add(self, person: str, direction: str) -> None:
                if direction == "in":
                    super().add(person, direction)

        with pytest.raises(AssertionError):
            self.check([("A", "in"), ("A", "out")], Forgetful)

    def check(self, came: list[tuple[str, str]], kind: type[Tally]) -> None:
        grown = kind([])
        for person, way in came:
            grown.add(person, way)
        whole = kind([tap(person, way, at) for at, (person, way) in enumerate(came)])
        assert tuple(grown.counts) == tuple(whole.counts) == recount(came)

    def test_those_without_sign_out(self, world: Deployment) -> None:
        session = sitting.open_session(world.venue, world.session)
        for person in (WANG, LI):
            makeups.add_makeup(world.venue, world.session, person, "in", "forgot")
        makeups.add_makeup(world.venue, world.session, LI, "out", "forgot")
        assert [line.person.code for line in doorlist.without_out(world.venue, session)] == [WANG]
        assert doorlist.without_out(world.venue, session._replace(mode="in")) == []
