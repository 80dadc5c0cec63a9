"""What an enrolled but careless or malicious station may send: it is kept, it harms nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import Any

import msgspec
import pytest

from icme_tui import facts
from icme_tui.store.store import Store
from tests.support.merging import Delivered, at_place, deliver, new_store, projections, undone, view

OFFICE, VENUE, OTHER = "OFFICE", "V0001", "V0002"
GOOD = "2026-09-25T08:00:0{}.000Z-0000"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = new_store(tmp_path_factory.mktemp("hostile"))
    yield opened
    opened.close()


def raw(station: str, p: int, kind: str, **fields: Any) -> Delivered:
    """A line as another program may write it."""
    line = {"p": p, "k": kind, "at": GOOD.format(p)[:24], "hlc": GOOD.format(p), **fields}
    return Delivered(station, "e", p, msgspec.json.encode(line))


def put(station: str, p: int, kind: str, id_: str, v: int, **more: Any) -> Delivered:
    fields = {name: value for name, value in more.items() if name != "hlc"}
    return raw(station, p, kind, id=id_, v=v, set=fields, **({"hlc": more["hlc"]} if "hlc" in more else {}))


def enrolled(number: int, station: str, p: int) -> Delivered:
    span = {"card_from": number * 10_000 + 1, "card_to": (number + 1) * 10_000}
    return put(OFFICE, p, "station", station, 1, unit="U1", number=number, **span)


def same_however_it_comes(store: Store, *given: Delivered) -> Any:
    answers = []
    for order in permutations(given):
        with undone(store):
            for one in order:
                deliver(store, [one])
            answers.append((projections(store), view(store)))
    with undone(store):
        deliver(store, given)
        answers.append((projections(store), view(store)))
    assert all(answer == answers[0] for answer in answers)
    return answers[0]


@pytest.mark.parametrize(
    "line",
    [
        raw(VENUE, 1, "swipe", person="P1", course="C1", session="S1", dir="in", mono_ms=2**63),
        raw(VENUE, 1, "swipe", person="P1", course="C1", session="S1", dir="in", mono_ms=-1),
        raw(VENUE, 1, "clock", what="x", ms=2**80),
        raw(VENUE, 1, "swipe", person=["P1"], course="C1", session="S1", dir="in"),
    ],
)
def test_absurd_values_make_a_line_bad(store: Store, line: Delivered) -> None:
    with undone(store):
        deliver(store, [line])
        assert store.flags() == [f"LINE_BAD:{VENUE}/e/1"]
        assert len(list(store.entries())) == 1


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("person", {"unit": [], "name": "甲示例"}),
        ("person", {"name": {"x": 1}, "idno": "11010519491231002X"}),
        ("person", {"title": "x", "sex": True}),
        ("person", {"name": 7, "unknown": "later"}),
        ("unit", {"parent": [], "name": 5}),
        ("session", {"lecturers": [{"person": 5}], "minutes": 2**60}),
        ("person", {"name": [[["deep"] * 3] * 3] * 3}),
    ],
)
def test_fields_of_another_type_are_left_out(store: Store, kind: str, fields: dict[str, Any]) -> None:
    with undone(store):
        deliver(store, [put(OFFICE, 1, "unit", "U1", 1, name="院"), enrolled(1, VENUE, 2)])
        deliver(
            store, [put(VENUE, 1, kind, "X1", 1, **fields), put(OFFICE, 3, "person", "P2", 1, name="甲示例")]
        )
        found = store.record_of(kind, "X1")
        assert found is None or set(found.body) <= {"name"} - {"unknown"}
        store.flags()
        store.taps("S1")
        assert set(store.rebuild(check=True).values()) == {0}


def test_a_set_that_is_nested_without_end_harms_nothing(store: Store) -> None:
    deep = b'{"p":1,"k":"correct","target":["e",9],"set":{"person":' + b"[" * 900 + b"]" * 900 + b"}}"
    with undone(store):
        deliver(store, [Delivered(VENUE, "e", 1, deep)])
        assert set(store.rebuild(check=True).values()) == {0}


def test_no_venue_takes_over_what_another_made_by_an_earlier_clock(store: Store) -> None:
    session, early = "S0020001", "2000-01-01T00:00:00.000Z-0000"
    given = [
        enrolled(1, VENUE, 1),
        enrolled(2, OTHER, 2),
        put(OTHER, 1, "session", session, 1, minutes=60),
        put(VENUE, 1, "session", session, 1, minutes=1, hlc=early),
    ]
    same_however_it_comes(store, *given)
    with undone(store):
        deliver(store, given)
        found = store.record_of("session", session)
        assert found is not None
        assert found.body == {"minutes": 60}
        assert store.flags() == [f"NOT_ALLOWED:{VENUE}/e/1"]


def test_no_venue_issues_cards_of_anothers_numbers(store: Store) -> None:
    given = [
        enrolled(1, VENUE, 1),
        enrolled(2, OTHER, 2),
        put(VENUE, 1, "card", "000200013", 1, uid="04AA", person="P1"),
    ]
    with undone(store):
        deliver(store, given)
        assert store.record_of("card", "000200013") is None


def test_no_record_is_pushed_to_the_end_of_the_versions(store: Store) -> None:
    made = [put(OFFICE, 1, "unit", "U1", 1, name="院"), enrolled(1, VENUE, 2)]
    mine = put(VENUE, 1, "person", "P1", 1, name="甲示例", unit="U1")
    pushed = put(VENUE, 2, "person", "P1", 2**53, name="乙示例")
    with undone(store):
        deliver(store, [*made, mine, pushed])
        assert store.highest_version("person", "P1") == 1
        assert store.flags() == [f"NOT_ALLOWED:{VENUE}/e/2"]


def test_a_venue_does_not_touch_the_offices_accounts(store: Store) -> None:
    given = [
        put(OFFICE, 1, "operator", "admin", 1, state="active"),
        put(VENUE, 1, "operator", "admin", 9, state="removed"),
    ]
    with undone(store):
        deliver(store, given)
        found = store.record_of("operator", "admin")
        assert found is not None
        assert found.body == {"state": "active"}
        assert store.flags() == []


@pytest.mark.parametrize("hlc", ["9999", "0", "", "~"])
def test_a_malformed_clock_wins_no_order(store: Store, hlc: str) -> None:
    older = put(OFFICE, 5, "person", "P1", 1, name="甲示例", idno="11010519491231002X")
    station, unit = enrolled(1, VENUE, 1), put(OFFICE, 2, "unit", "U1", 1, name="院")
    claimed = put(VENUE, 1, "person", "P0", 1, name="甲示例", idno="11010519491231002X", unit="U1", hlc=hlc)
    with undone(store):
        deliver(store, [station, unit, older, claimed])
        assert store.person_code("P0") == "P1"


def test_one_person_however_the_id_number_was_typed(store: Store) -> None:
    given = [
        put(OFFICE, 1, "person", "P1", 1, name="甲示例", idno="11010519491231002X"),
        put(OFFICE, 2, "person", "P2", 1, name="甲示例", idno=" 11010519491231002x"),
    ]
    with undone(store):
        deliver(store, given)
        assert store.person_code("P2") == "P1"


@pytest.mark.parametrize(
    "at", ["2026-09-25T08:01:00+0800", "2026-09-25T08:01:99.000Z", "2026-09-25T08:01: 5.000Z"]
)
def test_an_odd_stamp_spoils_no_other(store: Store, at: str) -> None:
    touch = {"course": "C1", "session": "S1", "dir": "in"}
    odd = (
        raw(VENUE, 1, "swipe", person="P1", **touch)
        if not at
        else Delivered(
            VENUE,
            "e",
            1,
            msgspec.json.encode(
                {"p": 1, "k": "swipe", "at": at, "hlc": GOOD.format(1), "person": "P1", **touch}
            ),
        )
    )
    good = at_place(
        VENUE, "e", facts.Swipe(p=2, at="2026-09-25T08:01:30.000Z", hlc=GOOD.format(2), person="P2", **touch)
    )
    same_however_it_comes(store, odd, good)
    with undone(store):
        deliver(store, [odd, good])
        assert {tap.at_ms for tap in store.taps("S1") if tap.person == "P2"} == {1790323290000}


def test_a_doubled_record_number_makes_no_other_known(store: Store) -> None:
    touch = {"person": "P1", "course": "C1", "session": "S1", "dir": "in", "card": "04AA"}
    given = [raw(VENUE, p, "swipe", cseq=cseq, **touch) for p, cseq in ((1, 1), (2, 1), (3, 3))]
    same_however_it_comes(store, *given)
    with undone(store):
        deliver(store, given)
        assert not store.knows_record("04AA", 2, VENUE)
        assert store.knows_record("04AA", 3, VENUE)


def test_a_fork_that_is_kept_whole_shows_the_same_in_any_order(store: Store) -> None:
    first, second = put(OFFICE, 1, "person", "P1", 1, name="甲"), put(OFFICE, 1, "person", "P1", 1, name="乙")
    keep = [facts.line_hash(one.line).hex() for one in (first, second)]
    resolve = at_place(
        OFFICE, "f", facts.Resolve(p=1, hlc=GOOD.format(9), target=[OFFICE, "e", 1], keep=keep)
    )
    same_however_it_comes(store, first, second, resolve)


def test_a_forked_void_that_the_office_keeps_has_its_effect(store: Store) -> None:
    swipe = raw(VENUE, 1, "swipe", person="P1", course="C1", session="S1", dir="in")
    void, other = (raw(VENUE, 2, "void", target=["e", 1], reason=reason) for reason in ("a", "b"))
    keep = [facts.line_hash(void.line).hex()]
    resolve = at_place(OFFICE, "e", facts.Resolve(p=1, hlc=GOOD.format(9), target=[VENUE, "e", 2], keep=keep))
    assert same_however_it_comes(store, swipe, void, other, resolve)[1].credits == []


def test_thousands_of_lines_of_a_later_program_take_no_time(store: Store) -> None:
    lines = [msgspec.json.encode({"p": p, "k": "from-the-future", "text": "x" * 500}) for p in range(1, 3001)]
    unpacked = 0
    journal = store.journal
    honest = type(journal)._unpack

    def counting(self: Any, segment: int) -> list[bytes]:
        nonlocal unpacked
        unpacked += self._unpacked[0] != segment
        return honest(self, segment)

    with undone(store), pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(journal), "_unpack", counting)
        store.merge(VENUE, "e", 1, lines)
        assert len(store.flags()) == 3000
    assert unpacked <= 2
