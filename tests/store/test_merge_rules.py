"""One example for each rule of the merge."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from icme_tui import facts
from icme_tui.store import taps
from icme_tui.store.store import Store
from tests.support.merging import Delivered, at_place, deliver, new_store, undone, view

OFFICE, VENUE, OTHER = "OFFICE", "V0001", "V0002"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = new_store(tmp_path_factory.mktemp("rules"))
    yield opened
    opened.close()


def hlc(minute: int, second: int = 0) -> str:
    return f"2026-09-25T08:{minute:02d}:{second:02d}.000Z-0000"


def swipe(
    p: int, minute: int, second: int = 0, person: str = "P1", station: str = VENUE, **more: Any
) -> Delivered:
    fields = {"course": "C1", "session": "S1", "dir": "in", "card": "04AA", **more}
    stamp = hlc(minute, second)
    return at_place(station, "e", facts.Swipe(p=p, at=stamp[:24], hlc=stamp, person=person, **fields))


def act(
    kind: type[facts.Operation], p: int, target: list[str | int], minute: int, station: str, **more: Any
) -> Delivered:
    return at_place(station, "e", kind(p=p, hlc=hlc(minute), target=target, **more))


def put(kind: str, p: int, id_: str, v: int, station: str, minute: int = 0, **fields: Any) -> Delivered:
    return at_place(station, "e", facts.PUT_KINDS[kind](p=p, hlc=hlc(minute), id=id_, v=v, set=fields))


def shown(store: Store, *given: Delivered) -> tuple[list[list[str]], list[str]]:
    """Credits and flags; the same for every order of arrival."""
    answers = set()
    for order in permutations(given):
        with undone(store):
            for one in order:
                deliver(store, [one])
            seen = view(store)
        answers.add((tuple(map(tuple, seen.credits)), tuple(seen.flags)))
    assert len(answers) == 1
    credits, flags = answers.pop()
    return [list(one) for one in credits], list(flags)


def record(store: Store, kind: str, id_: str, *given: Delivered) -> dict[str, Any] | None:
    """The body of a record; the same for every order of arrival."""
    answers: list[dict[str, Any] | None] = []
    for order in permutations(given):
        with undone(store):
            for one in order:
                deliver(store, [one])
            found = store.record_of(kind, id_)
            answers.append(found.body if found else None)
    assert all(answer == answers[0] for answer in answers)
    return answers[0]


def test_double_taps_count_once(store: Store) -> None:
    credits, flags = shown(store, swipe(1, 1), swipe(2, 1, 30), swipe(3, 2, 0))
    assert credits == [["P1", "C1", "S1"]]
    assert flags == [f"DOUBLE_TAP:{VENUE}/e/2"]


def test_a_tap_after_a_minute_is_no_double_tap(store: Store) -> None:
    assert shown(store, swipe(1, 1), swipe(2, 2))[1] == []


def test_two_venues_give_one_credit_and_a_flag(store: Store) -> None:
    credits, flags = shown(store, swipe(1, 1), swipe(1, 5, station=OTHER))
    assert credits == [["P1", "C1", "S1"]]
    assert flags == ["TWO_VENUES:P1/C1/S1"]


def test_one_record_number_of_two_stations_is_a_card_fork(store: Store) -> None:
    _, flags = shown(store, swipe(1, 1, cseq=7), swipe(1, 5, station=OTHER, cseq=7, session="S2"))
    assert flags == ["CARD_FORK:04AA/7"]


def test_one_card_event_told_twice_counts_once(store: Store) -> None:
    told_again = at_place(
        VENUE,
        "later",
        facts.Swipe(
            p=1,
            at=hlc(9)[:24],
            hlc=hlc(9),
            person="P1",
            course="C1",
            session="S1",
            dir="in",
            card="04AA",
            cseq=7,
        ),
    )
    assert shown(store, swipe(1, 1, cseq=7), told_again) == ([["P1", "C1", "S1"]], [])


def test_a_venue_voids_only_its_own(store: Store) -> None:
    own = act(facts.Void, 2, ["e", 1], 5, VENUE)
    foreign = act(facts.Void, 1, [VENUE, "e", 1], 5, OTHER)
    assert shown(store, swipe(1, 1), own) == ([], [])
    assert shown(store, swipe(1, 1), foreign) == ([["P1", "C1", "S1"]], [f"NOT_ALLOWED:{OTHER}/e/1"])


def test_the_offices_word_comes_last_whatever_the_clocks_say(store: Store) -> None:
    reinstate = act(facts.Reinstate, 1, [VENUE, "e", 1], 2, OFFICE)
    void = act(facts.Void, 2, ["e", 1], 30, VENUE)
    assert shown(store, swipe(1, 1), void, reinstate) == ([["P1", "C1", "S1"]], [])


def test_a_fork_counts_as_the_office_resolves_it(store: Store) -> None:
    first, second = swipe(1, 1), swipe(1, 1, person="P2")
    keep = [facts.line_hash(second.line).hex()]
    resolve = act(facts.Resolve, 1, [VENUE, "e", 1], 9, OFFICE, keep=keep)
    assert shown(store, first, second) == ([], [f"FORK:{VENUE}/e/1"])
    assert shown(store, first, second, resolve) == ([["P2", "C1", "S1"]], [])


def test_a_venue_resolves_nothing(store: Store) -> None:
    first, second = swipe(1, 1), swipe(1, 1, person="P2")
    resolve = act(facts.Resolve, 2, ["e", 1], 9, VENUE, keep=[facts.line_hash(second.line).hex()])
    assert shown(store, first, second, resolve) == ([], [f"FORK:{VENUE}/e/1", f"NOT_ALLOWED:{VENUE}/e/2"])


def test_two_operations_on_each_other_have_no_effect(store: Store) -> None:
    one, other = act(facts.Void, 2, ["e", 3], 5, VENUE), act(facts.Void, 3, ["e", 2], 6, VENUE)
    assert shown(store, swipe(1, 1), one, other) == ([["P1", "C1", "S1"]], [])


def test_a_make_up_counts_and_is_told_apart(store: Store) -> None:
    makeup = at_place(
        VENUE,
        "e",
        facts.Makeup(
            p=1,
            hlc=hlc(50),
            person="P1",
            course="C1",
            session="S1",
            dir="in",
            when=hlc(1)[:24],
            reason="card forgotten",
        ),
    )
    confirm = act(facts.Confirm, 1, [VENUE, "e", 1], 55, OFFICE)
    with undone(store):
        deliver(store, [makeup])
        deliver(store, [confirm])
        (tap,) = store.taps("S1")
    assert (tap.kind, tap.confirmed, tap.mono_ms) == ("makeup", True, None)


def test_lines_that_cannot_be_read_are_kept_and_flagged(store: Store) -> None:
    bad = Delivered(VENUE, "e", 2, b'{"k":"swipe","p":2')
    unknown = Delivered(VENUE, "e", 3, b'{"k":"from-the-future","p":3}')
    assert shown(store, swipe(1, 1), bad, unknown) == (
        [["P1", "C1", "S1"]],
        [f"LINE_BAD:{VENUE}/e/2", f"LINE_BAD:{VENUE}/e/3"],
    )


def test_each_field_has_the_latest_version(store: Store) -> None:
    assert record(
        store,
        "person",
        "P1",
        put("person", 1, "P1", 1, OFFICE, name="甲示例", title=233),
        put("person", 2, "P1", 2, OFFICE, title=232),
    ) == {"name": "甲示例", "title": 232}


def test_edits_that_did_not_see_each_other_are_a_conflict_that_the_office_wins(store: Store) -> None:
    station = put("station", 1, VENUE, 1, OFFICE, unit="U1")
    unit = put("unit", 2, "U1", 1, OFFICE, name="院")
    made = put("person", 3, "P1", 1, OFFICE, name="甲示例", unit="U1")
    here = put("person", 4, "P1", 2, OFFICE, minute=1, title=232)
    there = put("person", 1, "P1", 2, VENUE, minute=2, title=233)
    assert record(store, "person", "P1", station, unit, made, here, there) == {
        "name": "甲示例",
        "title": 232,
        "unit": "U1",
    }
    with undone(store):
        deliver(store, [station, unit, made, here, there])
        assert store.flags() == ["CONFLICT:person/P1/title"]
    seen_both = put("person", 5, "P1", 3, OFFICE, minute=3, title=231)
    with undone(store):
        deliver(store, [station, unit, made, here, there, seen_both])
        assert store.flags() == []


def test_a_venue_edits_people_of_its_own_units_only(store: Store) -> None:
    station = put("station", 1, VENUE, 1, OFFICE, unit="U1")
    tree = [put("unit", 2, "U1", 1, OFFICE, name="院"), put("unit", 3, "U9", 1, OFFICE, name="别院")]
    below = put("unit", 1, "U2", 1, VENUE, name="科", parent="U1")
    inside = put("person", 2, "P1", 1, VENUE, name="甲示例", unit="U2")
    outside = put("person", 3, "P2", 1, VENUE, name="乙示例", unit="U9")
    assert shown(store, station, *tree, below, inside)[1] == []
    assert record(store, "person", "P1", station, *tree, below, inside) == {"name": "甲示例", "unit": "U2"}
    assert shown(store, station, *tree, outside)[1] == [f"NOT_ALLOWED:{VENUE}/e/3"]
    assert record(store, "person", "P2", station, *tree, outside) is None


def test_a_unit_that_a_venue_made_without_a_parent_stands_below_its_own(store: Store) -> None:
    station, own = put("station", 1, VENUE, 1, OFFICE, unit="U1"), put("unit", 2, "U1", 1, OFFICE, name="院")
    made, person = (
        put("unit", 1, "U2", 1, VENUE, name="科"),
        put("person", 2, "P1", 1, VENUE, name="甲示例", unit="U2"),
    )
    assert shown(store, station, own, made, person)[1] == []


def test_a_venue_changes_only_the_sessions_that_it_made(store: Store) -> None:
    made = put("session", 1, "S1", 1, VENUE, minutes=60)
    changed = put("session", 2, "S1", 2, VENUE, minutes=90)
    foreign = put("session", 1, "S1", 3, OTHER, minute=9, minutes=10)
    assert record(store, "session", "S1", made, changed, foreign) == {"minutes": 90}
    assert shown(store, made, changed, foreign)[1] == [f"NOT_ALLOWED:{OTHER}/e/1"]


def test_one_id_number_and_one_name_are_one_person(store: Store) -> None:
    older = put("person", 1, "P1", 1, OFFICE, 1, name="甲 示例", idno="11010519491231002X")
    younger = put("person", 2, "P2", 1, OFFICE, 2, name="甲示例", idno="11010519491231002X")
    assert shown(store, older, younger, swipe(1, 5, person="P2")) == ([["P1", "C1", "S1"]], [])


def test_one_id_number_under_two_names_is_flagged(store: Store) -> None:
    older = put("person", 1, "P1", 1, OFFICE, 1, name="甲示例", idno="11010519491231002X")
    younger = put("person", 2, "P2", 1, OFFICE, 2, name="乙示例", idno="11010519491231002X")
    assert shown(store, older, younger, swipe(1, 5, person="P2")) == ([["P2", "C1", "S1"]], ["SAME_ID:P1/P2"])


def test_people_merged_by_the_office_are_one(store: Store) -> None:
    merge = at_place(OFFICE, "e", facts.MergePerson(p=1, hlc=hlc(9), person="P2", into="P1"))
    foreign = at_place(OTHER, "e", facts.MergePerson(p=1, hlc=hlc(9), person="P2", into="P3"))
    assert shown(store, swipe(1, 5, person="P2"), merge, foreign) == (
        [["P1", "C1", "S1"]],
        [f"NOT_ALLOWED:{OTHER}/e/1"],
    )


def test_an_hlc_that_ran_ahead_orders_as_its_import(store: Store) -> None:
    correct = at_place(
        VENUE,
        "e",
        facts.Correct(p=2, hlc="2031-01-01T00:00:00.000Z-0000", target=["e", 1], set={"person": "P8"}),
    )
    later = at_place(VENUE, "e", facts.Correct(p=3, hlc=hlc(40), target=["e", 1], set={"person": "P9"}))
    noticed = at_place(
        OFFICE, "e", facts.ClockFact(p=1, hlc=hlc(20), what="CLOCK_AHEAD", target=[VENUE, "e", 2])
    )
    credits, flags = shown(store, swipe(1, 1), correct, later, noticed)
    assert credits == [["P9", "C1", "S1"]]
    assert flags == [f"CLOCK_AHEAD:{VENUE}/e/2"]


def test_a_pack_lies_under_a_venues_own_puts_of_higher_version(tmp_path: Path) -> None:
    store = new_store(tmp_path, VENUE)
    store.lay_pack(
        [("person", "P1", 2, {"name": "甲示例", "title": 233}), ("person", "P2", 1, {"name": "乙示例"})]
    )
    deliver(
        store,
        [put("person", 1, "P1", 2, VENUE, title=999), put("person", 2, "P1", 3, VENUE, phone="13000000000")],
    )
    found = store.record_of("person", "P1")
    assert found is not None
    assert (found.v, found.body) == (3, {"name": "甲示例", "title": 233, "phone": "13000000000"})
    store.lay_pack([("person", "P1", 4, {"name": "甲示例", "phone": "13111111111"})])
    again = store.record_of("person", "P1")
    assert again is not None
    assert again.body == {"name": "甲示例", "phone": "13111111111"}
    assert store.record_of("person", "P2") is None
    assert set(store.rebuild(check=True).values()) == {0}
    store.close()


def test_a_correction_at_a_forked_place_leaves_nothing_of_what_it_changed(store: Store) -> None:
    corrected = act(facts.Correct, 2, ["e", 1], 1, VENUE, set={"person": "P2"})
    seen, flags = shown(store, swipe(1, 0), corrected, swipe(2, 5, person="P3"))
    assert seen == [["P1", "C1", "S1"]]
    assert flags == [f"FORK:{VENUE}/e/2"]


@pytest.mark.parametrize(
    "change", [(facts.Void, {}), (facts.Correct, {"set": {"what": "CLOCK_GOOD"}})], ids=["void", "correct"]
)
def test_nothing_acts_on_what_orders_it(store: Store, change: tuple[Any, dict[str, Any]]) -> None:
    kind, more = change
    acting = act(kind, 1, ["e", 2], 1, OFFICE, **more)
    noticed = at_place(
        OFFICE, "e", facts.ClockFact(p=2, hlc=hlc(20), what="CLOCK_AHEAD", target=[OFFICE, "e", 1])
    )
    assert shown(store, acting, noticed) == ([], [f"CLOCK_AHEAD:{OFFICE}/e/1"])


def test_forks_that_are_resolved_to_operations_on_each_other_come_to_rest(store: Store) -> None:
    on_second = act(facts.Void, 1, ["e", 2], 5, OFFICE)
    on_first = act(facts.Void, 2, ["e", 1], 6, OFFICE)
    kept = [facts.line_hash(one.line).hex() for one in (on_second, on_first)]
    resolved = [act(facts.Resolve, 3 + i, ["e", 1 + i], 7, OFFICE, keep=[kept[i]]) for i in range(len(kept))]
    first, second = swipe(1, 1, station=OFFICE), swipe(2, 2, station=OFFICE)
    assert shown(store, first, second, on_second, on_first, *resolved) == ([], [])


def test_open_make_ups_are_found_by_their_index(store: Store) -> None:
    plan = store.books.run("EXPLAIN QUERY PLAN SELECT * FROM tap t WHERE (t.bits & 10) = 2").fetchall()
    assert "tap_open_makeup" in str(plan)
    assert (taps.MAKEUP | taps.CONFIRMED, taps.MAKEUP) == (10, 2)
