"""The state of a store is the set of its facts: order, repeats and portions of arrival do not show.

Each property has a control: a defect put in on purpose, with which the property must fail.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from icme_tui import facts
from icme_tui.store import journal, merging, operations, registry
from icme_tui.store.store import Store
from tests.support.merging import Delivered, at_place, deliver, new_store, projections, undone, view

OFFICE, VENUES = "OFFICE", ("V0001", "V0002")
PEOPLE, SESSIONS, CARDS, UNITS = ("P1", "P2", "P3"), ("S1", "S2"), ("04AA", "04BB"), ("U1", "U2", "U3")

KINDS = ("swipe", "swipe", "swipe", "makeup", "operation", "operation", "put", "merge", "clock", "adjust")
KINDS += ("note", "bad")

stations = st.sampled_from((OFFICE, *VENUES))
positions = st.integers(1, 5)
stamps = st.builds(
    "2026-09-25T08:{:02d}:{:02d}.000Z-0000".format, st.integers(0, 5), st.sampled_from((0, 30))
)
people = st.sampled_from(PEOPLE)
sessions = st.sampled_from(SESSIONS)
directions = st.sampled_from(("in", "out"))
targets = st.tuples(stations, st.just("e"), positions).map(list)


@st.composite
def lines(draw: st.DrawFn) -> Delivered:
    """One line of any kind that the merge knows, or one that cannot be read."""
    station, p, hlc = draw(stations), draw(positions), draw(stamps)
    head: dict[str, Any] = {"p": p, "hlc": hlc, "at": hlc[:24]}
    touch = {"person": draw(people), "course": "C1", "session": draw(sessions), "dir": draw(directions)}
    fact: facts.Fact
    match draw(st.sampled_from(KINDS)):
        case "swipe":
            cseq = draw(st.none() | st.integers(1, 3))
            fact = facts.Swipe(**head, **touch, card=draw(st.sampled_from(CARDS)), cseq=cseq)
        case "makeup":
            fact = facts.Makeup(**head, **touch, when=draw(stamps)[:24], reason="forgotten")
        case "operation":
            fact = draw(operations_of(head))
        case "put":
            fact = draw(puts(head))
        case "adjust":
            first, ms = draw(positions), draw(st.sampled_from((0, 60_000, -90_000)))
            fact = facts.ClockAdjust(
                **head, station=draw(stations), epoch="e", first=first, last=draw(positions), ms=ms
            )
        case "note":
            fact = facts.Note(**head, text="seen", about=draw(st.sampled_from(("", "FORK:1", "FORK:2"))))
        case "merge":
            fact = facts.MergePerson(**head, person=draw(people), into=draw(people))
        case "clock":
            target = draw(targets)
            fact = facts.ClockFact(
                **head, what="CLOCK_AHEAD", target=target, last=draw(st.none() | positions)
            )
        case _:
            return Delivered(
                station, "e", p, draw(st.sampled_from((b"{", b'{"k":"later","p":1}', b'{"k":"swipe"}')))
            )
    return at_place(station, "e", fact)


@st.composite
def operations_of(draw: st.DrawFn, head: dict[str, Any]) -> facts.Operation:
    target = draw(targets)
    match draw(st.sampled_from(("void", "correct", "reinstate", "confirm", "resolve"))):
        case "void":
            return facts.Void(**head, target=target)
        case "correct":
            changes = draw(
                st.fixed_dictionaries(
                    {}, optional={"person": people, "session": sessions, "name": st.just("改")}
                )
            )
            return facts.Correct(**head, target=target, set=changes)
        case "reinstate":
            return facts.Reinstate(**head, target=target)
        case "confirm":
            return facts.Confirm(**head, target=target)
    return facts.Resolve(**head, target=target, keep=[])


@st.composite
def puts(draw: st.DrawFn, head: dict[str, Any]) -> facts.Put:
    v, unit = draw(st.integers(1, 3)), st.sampled_from(UNITS)
    match draw(st.sampled_from(("person", "person", "unit", "unit", "station", "session"))):
        case "person":
            fields = {
                "name": st.sampled_from(("甲", "乙")),
                "unit": unit,
                "idno": st.sampled_from(("1", "2")),
            }
            body = draw(st.fixed_dictionaries({}, optional=fields))
            return facts.PersonPut(**head, id=draw(people), v=v, set=body)
        case "unit":
            body = draw(
                st.fixed_dictionaries({}, optional={"name": st.sampled_from(("院", "科")), "parent": unit})
            )
            return facts.UnitPut(**head, id=draw(unit), v=v, set=body)
        case "station":
            return facts.StationPut(**head, id=draw(st.sampled_from(VENUES)), v=v, set={"unit": draw(unit)})
    return facts.SessionPut(**head, id=draw(sessions), v=v, set={"minutes": draw(st.integers(1, 2))})


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[list[Delivered]], list[list[Delivered]]]:
    """The same set of lines twice: in different order, portions and with different repeats."""
    given_lines = draw(st.lists(lines(), min_size=1, max_size=9))

    def one_way() -> list[list[Delivered]]:
        order = draw(st.permutations(given_lines + draw(st.lists(st.sampled_from(given_lines), max_size=3))))
        cuts = sorted(draw(st.sets(st.integers(1, len(order)), max_size=4)) | {0, len(order)})
        return [order[start:stop] for start, stop in itertools.pairwise(cuts)]

    return one_way(), one_way()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = new_store(tmp_path_factory.mktemp("properties"))
    yield opened
    opened.close()


def seen_after(store: Store, portions: list[list[Delivered]]) -> Any:
    with undone(store):
        for portion in portions:
            deliver(store, portion)
        return (
            view(store),
            projections(store),
            {one: store.top(*one) for one in store.sources() if store.top(*one)[0]},
        )


def differs(store: Store, ways: tuple[list[list[Delivered]], list[list[Delivered]]]) -> bool:
    return bool(seen_after(store, ways[0]) != seen_after(store, ways[1]))


def drifts(store: Store, ways: tuple[list[list[Delivered]], list[list[Delivered]]]) -> bool:
    """Whether what was kept up to date differs from what is computed from nothing."""
    with undone(store):
        for portion in ways[0]:
            deliver(store, portion)
        return any(store.rebuild(check=True).values())


@given(ways=deliveries())
@settings(max_examples=settings.default.max_examples * 4)
def test_arrival_does_not_show(store: Store, ways: Any) -> None:
    assert seen_after(store, ways[0]) == seen_after(store, ways[1])


@given(ways=deliveries())
@settings(max_examples=settings.default.max_examples * 2)
def test_incremental_equals_rebuilt(store: Store, ways: Any) -> None:
    with undone(store):
        for portion in ways[0]:
            deliver(store, portion)
        assert set(store.rebuild(check=True).values()) == {0}


def caught(store: Store, property_fails: Callable[[Store, Any], bool]) -> bool:
    """Whether the property finds the defect that stands in the program now."""
    quickly = settings(max_examples=5000, database=None, phases=[Phase.generate])
    try:
        find(deliveries(), lambda ways: property_fails(store, ways), settings=quickly)
    except NoSuchExample:
        return False
    return True


def test_control_hashes_not_compared(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = journal.Journal.compare

    def careless(self: Any, source: int, first: int, hashes: Any) -> bytearray:
        return bytearray(min(state, journal.KNOWN) for state in honest(self, source, first, hashes))

    monkeypatch.setattr(journal.Journal, "compare", careless)
    assert caught(store, differs)


def test_control_operations_before_their_target_forgotten(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "targeted", lambda *_: set())
    assert caught(store, differs)


def test_control_last_arrived_put_wins(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = registry.insert

    def replacing(books: Any, source: int, fact: facts.Put, hlc: str, changes: Any) -> Any:
        books.run("DELETE FROM put WHERE kind = ? AND id = ?", facts.kind_of(fact), fact.id)
        return honest(books, source, fact, hlc, changes)

    monkeypatch.setattr(registry, "insert", replacing)
    assert caught(store, differs)


def test_control_old_row_left_behind(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging.taps, "delete", lambda *_: None)
    assert caught(store, drifts)


def test_corrections_of_one_swipe_cost_no_more_each_the_more_there_are(store: Store) -> None:
    """By one station on its own swipe, to many people and sessions; then all of them are ordered anew."""
    swipe = facts.Swipe(p=1, person="P1", course="C1", session="S1", dir="in")
    count = 300
    given_lines = [at_place("V0001", "e", swipe)] + [
        at_place(
            "V0001",
            "e",
            facts.Correct(p=p, target=["e", 1], set={"person": f"P{p}", "session": f"S{p}", f"x{p}": p}),
        )
        for p in range(2, count + 2)
    ]
    ahead = facts.ClockFact(p=1, what="CLOCK_AHEAD", target=["V0001", "e", 1], last=count + 1)
    statements: list[str] = []
    with undone(store):
        store.books.connection.set_trace_callback(statements.append)
        deliver(store, given_lines)
        deliver(store, [at_place(OFFICE, "e", ahead)])
        store.books.connection.set_trace_callback(None)
        assert len(store.taps(f"S{count + 1}")) == 1
    assert len(statements) < 30 * count


def test_a_second_history_reads_the_numbers_of_a_card_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of many numbers with gaps between costs as much as all of them."""
    asked: list[int] = []
    honest = merging.cardevents.note

    def note(books: Any, source: int, swipes: Any) -> None:
        asked.append(len(list(swipes)))
        honest(books, source, swipes)

    monkeypatch.setattr(merging.cardevents, "note", note)
    with undone(store):
        for person in PEOPLE:
            deliver(
                store,
                [
                    at_place(
                        "V0001",
                        "e",
                        facts.Swipe(
                            p=p, person=person, course="C1", session="S1", dir="in", card="04AA", cseq=2 * p
                        ),
                    )
                    for p in range(1, 9)
                ],
            )
        assert len(asked) == 3
