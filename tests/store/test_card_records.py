"""Records seen on cards: checked at the office, joined with the swipes of the same events, counted once.

What they give is a function of the set of facts, as for every other projection; each property has a control.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from icme_tui import facts, idcodes
from icme_tui.cards import record
from icme_tui.cards.keys import record_key
from icme_tui.cards.record import Record
from icme_tui.clock import format_utc, minute_ms
from icme_tui.rules.attendance import Tap
from icme_tui.store import cardevents, cardrecords, registry
from icme_tui.store.books import Books
from icme_tui.store.store import Store
from tests.support.merging import Delivered, at_place, deliver, new_store, projections, undone

MASTER = bytes(range(16))
OFFICE, VENUES = "OFFICE", {"V0001": 1, "V0002": 2}
UID = "04AA0001"
CARDS = {"000100016": "P0000001", "000100024": "P0000002"}
"""Two issues of one card."""
SESSIONS = tuple(idcodes.make_code("session", 1, counter) for counter in (1, 2))
MINUTE = 3_000_000


def rec(
    station: int, number: int, session: int = 0, version: int = 1, card: str = "000100016", way: str = "in"
) -> str:
    """The 16 bytes of a record that a station wrote, in hex."""
    value = idcodes.session_number(SESSIONS[session])
    assert value is not None
    told = Record(number, station, value, MINUTE + number, way, version, False)  # type: ignore[arg-type]
    key = record_key(MASTER, station, version)
    return record.encode(told, bytes.fromhex(UID), int(card), key).hex()


def forged(text: str) -> str:
    """The same with another MAC."""
    return f"{text[:-2]}{int(text[-2:], 16) ^ 1:02x}"


RECORDS = [
    *(rec(station, number) for station in (1, 2) for number in (1, 2)),
    rec(1, 1, session=1),
    rec(1, 2, version=2, way="out"),
    rec(1, 2, card="000100024"),
    rec(3, 1),
    forged(rec(1, 1)),
]
stations = st.sampled_from((OFFICE, *VENUES))
positions = st.integers(1, 5)
LOST = st.lists(
    st.fixed_dictionaries({"version": st.integers(1, 2), "epoch": st.just("e"), "pos": st.integers(0, 4)}),
    max_size=2,
)
"""What a revocation says of record keys."""
stamps = st.builds("2026-09-25T08:{:02d}:00.000Z-0000".format, st.integers(0, 5))


@st.composite
def lines(draw: st.DrawFn) -> Delivered:
    station, p, hlc = draw(stations), draw(positions), draw(stamps)
    head: dict[str, Any] = {"p": p, "hlc": hlc, "at": hlc[:24]}
    target = [draw(stations), "e", draw(positions)]
    fact: facts.Fact
    match draw(
        st.sampled_from(("record", "record", "record", "swipe", "card", "link", "station", "operation"))
    ):
        case "record":
            fact = facts.CardRecord(**head, card=UID, rec=draw(st.sampled_from(RECORDS)))
        case "swipe":
            fact = facts.Swipe(
                **head,
                card=UID,
                cseq=draw(st.integers(1, 2)),
                person=draw(st.sampled_from(("P0000001", "P0000003"))),
                course="C1",
                session=draw(st.sampled_from(SESSIONS)),
                dir="in",
            )
        case "card":
            body = {"uid": draw(st.sampled_from((UID, "04AA0002"))), "person": draw(st.sampled_from("AB"))}
            fact = facts.CardPut(
                **head, id=draw(st.sampled_from(sorted(CARDS))), v=draw(st.integers(1, 2)), set=body
            )
        case "link":
            card = draw(st.sampled_from((UID, "04AA0002")))
            fact = facts.Link(**head, card=card, person=draw(st.sampled_from(("", "A", "B"))))
        case "station":
            code = draw(st.sampled_from(sorted(VENUES)))
            body = {"number": draw(positions)} if draw(st.booleans()) else {"lost_versions": draw(LOST)}
            fact = facts.StationPut(**head, id=code, v=draw(st.integers(1, 2)), set=body)
        case _:
            kind = draw(st.sampled_from((facts.Void, facts.Reinstate, facts.Correct, facts.Resolve)))
            more = {"set": {"person": "P0000009", "dir": "out"}} if kind is facts.Correct else {}
            fact = kind(**head, target=target, **more)
    return at_place(station, "e", fact)


GROUND = [
    at_place(OFFICE, "ground", facts.CardPut(p=p, id=number, v=1, set={"uid": UID, "person": person}))
    for p, (number, person) in enumerate(CARDS.items(), 1)
] + [
    at_place(OFFICE, "ground", facts.StationPut(p=p, id=code, v=1, set={"number": number}))
    for p, (code, number) in enumerate(VENUES.items(), 3)
]
"""What the office knows as a rule; it arrives like everything else."""


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[list[Delivered]], list[list[Delivered]]]:
    """The same set of lines twice, in different order and portions."""
    given_lines = draw(st.lists(lines(), min_size=1, max_size=7)) + GROUND

    def one_way() -> list[list[Delivered]]:
        order = draw(st.permutations(given_lines))
        cuts = sorted(draw(st.sets(st.integers(1, len(order)), max_size=4)) | {0, len(order)})
        return [order[start:stop] for start, stop in itertools.pairwise(cuts)]

    return one_way(), one_way()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = new_store(tmp_path_factory.mktemp("records"))
    opened.set_setting("masters", {"k_record": MASTER.hex()})
    yield opened
    opened.close()


def taps(store: Store) -> list[Tap]:
    return [tap for session in store.sessions_with_taps() for tap in store.taps(session)]


def seen_after(store: Store, portions: list[list[Delivered]]) -> Any:
    with undone(store):
        for portion in portions:
            deliver(store, portion)
        return projections(store)


def differs(store: Store, ways: Any) -> bool:
    return bool(seen_after(store, ways[0]) != seen_after(store, ways[1]))


def drifts(store: Store, ways: Any) -> bool:
    """Whether what was kept up to date differs from what is computed from nothing."""
    with undone(store):
        for portion in ways[0]:
            deliver(store, portion)
        return any(store.rebuild(check=True).values())


def miscounts(store: Store, ways: Any) -> bool:
    """Whether a forged record counts, an event counts twice, or one beside the swipe that tells of it."""
    with undone(store):
        for portion in ways[0]:
            deliver(store, portion)
        swiped = {
            (fact.card, fact.cseq, entry.place.station)
            for entry in store.entries()
            if isinstance(fact := facts.decode(entry.line), facts.Swipe)
        }
        events: set[tuple[str, int | None, str]] = set()
        for tap in taps(store):
            if tap.kind != "card-record":
                continue
            event = (tap.card, tap.cseq, tap.at_station)
            if event in swiped or event in events or tap.at_station not in VENUES:
                return True
            events.add(event)
            at = facts.Place(tap.station, tap.epoch, tap.p)
            held = {facts.decode(entry.line) for entry in store.entries() if entry.place == at}
            if all(isinstance(one, facts.CardRecord) and one.rec == forged(rec(1, 1)) for one in held):
                return True
        return False


@given(ways=deliveries())
@settings(max_examples=settings.default.max_examples * 4)
def test_arrival_does_not_show(store: Store, ways: Any) -> None:
    assert seen_after(store, ways[0]) == seen_after(store, ways[1])


@given(ways=deliveries())
@settings(max_examples=settings.default.max_examples * 2)
def test_incremental_equals_rebuilt(store: Store, ways: Any) -> None:
    assert not drifts(store, ways)


@given(ways=deliveries())
@settings(max_examples=settings.default.max_examples * 2)
def test_every_event_counts_once_and_none_that_is_forged(store: Store, ways: Any) -> None:
    assert not miscounts(store, ways)


def caught(store: Store, property_fails: Callable[[Store, Any], bool]) -> bool:
    quickly = settings(max_examples=3000, database=None, phases=[Phase.generate])
    try:
        find(deliveries(), lambda ways: property_fails(store, ways), settings=quickly)
    except NoSuchExample:
        return False
    return True


def test_control_macs_not_checked(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "verify", lambda *_: True)
    assert caught(store, miscounts)


def test_control_events_not_joined(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cardevents, "runs", lambda *_: [])
    assert caught(store, miscounts)


def test_control_swipes_that_come_later_forgotten(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cardrecords, "replaced_by", lambda *_: set())
    assert caught(store, differs)


def test_control_cards_that_come_later_forgotten(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cardrecords, "_units", lambda *_: set())
    assert caught(store, drifts)


# Cases


def put(p: int, fact: facts.Fact, station: str = "V0002", epoch: str = "e") -> Delivered:
    return at_place(station, epoch, facts.replace(fact, p=p, hlc=f"2026-09-25T08:00:{p:02d}.000Z-0000"))


def told(
    store: Store, *given_lines: Delivered, ground: list[Delivered] = GROUND
) -> tuple[list[Tap], list[str]]:
    with undone(store):
        deliver(store, [*ground, *given_lines])
        return taps(store), store.flags()


def seen(text: str) -> facts.CardRecord:
    return facts.CardRecord(card=UID, rec=text)


def test_a_record_counts_as_a_swipe_of_the_station_that_wrote_it(store: Store) -> None:
    [tap], flags = told(store, put(1, seen(rec(1, 2, way="out"))))
    assert (tap.person, tap.session, tap.dir, tap.cseq) == ("P0000001", SESSIONS[0], "out", 2)
    assert (tap.at_station, tap.station, tap.kind, tap.course) == ("V0001", "V0002", "card-record", "")
    assert format_utc(tap.at_ms) == format_utc(minute_ms(MINUTE + 2))
    assert not tap.suspect
    assert flags == []


@pytest.mark.parametrize("version", range(8))
def test_every_version_of_a_record_key_is_believed(store: Store, version: int) -> None:
    assert len(told(store, put(1, seen(rec(1, 2, version=version))))[0]) == 1


def test_whose_it_was_follows_from_the_number_that_the_mac_covers(store: Store) -> None:
    [tap], _ = told(store, put(1, seen(rec(1, 2, card="000100024"))))
    assert tap.person == "P0000002"


def test_a_forged_record_counts_for_nothing_and_is_flagged(store: Store) -> None:
    found, flags = told(store, put(1, seen(forged(rec(1, 2)))), put(2, seen("00" * 16)))
    assert (found, flags) == ([], ["MAC_BAD:V0002/e/1", "MAC_BAD:V0002/e/2"])


def test_of_a_card_that_nobody_knows_nothing_is_said(store: Store) -> None:
    without = [line for line in GROUND if b'"card"' not in line.line]
    assert told(store, put(1, seen(rec(1, 2))), ground=without) == ([], [])


def test_the_swipe_of_the_same_event_tells_more_even_one_that_was_voided(store: Store) -> None:
    swipe = facts.Swipe(
        card=UID,
        cseq=2,
        person="P0000001",
        course="C1",
        session=SESSIONS[0],
        dir="in",
        at="2026-09-25T08:00:00Z",
    )
    found, _ = told(store, put(1, seen(rec(1, 2))), put(1, swipe, "V0001"))
    assert [tap.kind for tap in found] == ["swipe"]
    void = facts.Void(target=["V0001", "e", 1])
    assert told(store, put(1, seen(rec(1, 2))), put(1, swipe, "V0001"), put(2, void, "V0001"))[0] == []


def test_the_office_voids_an_event_for_good(store: Store) -> None:
    twice = put(1, seen(rec(1, 2))), put(1, seen(rec(1, 2)), OFFICE)
    assert len(told(store, *twice)[0]) == 1
    void = put(2, facts.Void(target=["V0002", "e", 1]), OFFICE)
    assert told(store, *twice, void)[0] == []
    back = put(3, facts.Reinstate(target=["V0002", "e", 1]), OFFICE)
    assert len(told(store, *twice, void, back)[0]) == 1


def test_one_number_from_two_stations_is_two_events_and_a_flag(store: Store) -> None:
    found, flags = told(store, put(1, seen(rec(1, 2))), put(2, seen(rec(2, 2))))
    assert {tap.at_station for tap in found} == {"V0001", "V0002"}
    assert flags == [f"CARD_FORK:{UID}/2"]


def test_one_number_with_two_macs_is_one_event_and_a_flag(store: Store) -> None:
    found, flags = told(store, put(1, seen(rec(1, 1))), put(2, seen(rec(1, 1, session=1))))
    assert (len(found), flags) == (1, [f"CARD_FORK:{UID}/1"])


def test_a_venue_keeps_records_and_believes_none(tmp_path: Any) -> None:
    venue = new_store(tmp_path, "V0002")
    found, flags = told(venue, put(1, seen(rec(1, 2))))
    assert (found, flags) == ([], [])
    with undone(venue):
        deliver(venue, [put(1, seen(rec(1, 2)))])
        assert venue.records_seen(UID, 1, 5) == {bytes.fromhex(rec(1, 2))}
        assert venue.numbers_told(UID, 1, 5) == {2}
    venue.close()


def test_a_note_of_a_card_behind_is_a_flag_until_it_is_voided(store: Store) -> None:
    note = put(1, facts.Note(text=f"CARD_BEHIND:{UID}/7"))
    assert told(store, note)[1] == [f"CARD_BEHIND:{UID}/7"]
    assert told(store, note, put(2, facts.Void(target=["V0002", "e", 1]), OFFICE))[1] == []


def test_only_the_office_calls_a_station_a_forger(store: Store) -> None:
    note = facts.Note(text="MACS_BAD:V0001")
    assert told(store, put(1, note))[1] == []
    assert told(store, put(1, note, OFFICE))[1] == ["MACS_BAD:V0001"]


def heard(p: int, number: int, version: int = 1) -> Delivered:
    """A record of V0001 that V0002 saw on the card."""
    return at_place("V0002", "e", facts.CardRecord(p=p, card=UID, rec=rec(1, number, version=version)))


REVOKED = at_place(
    OFFICE,
    "ground",
    facts.StationPut(p=9, id="V0001", v=2, set={"lost_versions": [{"version": 1, "epoch": "e", "pos": 1}]}),
)


def test_of_a_revoked_record_key_only_what_was_heard_before_counts(store: Store) -> None:
    records = [heard(1, 1), heard(2, 2), heard(3, 3, version=2)]
    for order in itertools.permutations([*records, REVOKED]):
        with undone(store):
            for line in [*GROUND, *order]:
                deliver(store, [line])
            assert sorted(tap.cseq or 0 for tap in taps(store)) == [1, 3]
            flags = [flag for flag in store.flags() if flag.startswith("KEY_REVOKED")]
            assert flags == ["KEY_REVOKED:V0002/e/2"]
            assert not any(store.rebuild(check=True).values())


def test_control_a_revocation_that_settles_nothing_anew(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = registry._told_to_records

    def without_keys(books: Books, kind: str, id_: str) -> tuple[Any, Any]:
        first, second = told(books, kind, id_)
        return first, None if kind == "station" else second

    monkeypatch.setattr(registry, "_told_to_records", without_keys)
    with undone(store):
        for line in [*GROUND, heard(2, 2), REVOKED]:
            deliver(store, [line])
        assert any(store.rebuild(check=True).values())


def test_what_an_older_program_kept_is_looked_into(store: Store) -> None:
    with undone(store):
        deliver(store, [*GROUND, put(1, seen(rec(1, 2)))])
        for table in ("card_record", "tap"):
            store.books.run(f"DELETE FROM {table}")
        store.set_setting("refold", ["card-record"])
        store.refold_due()
        assert [tap.cseq for tap in taps(store)] == [2]
        assert set(store.rebuild(check=True).values()) == {0}
        assert store.setting("refold") == []


def test_a_venue_takes_nothing_from_the_event_of_another(store: Store) -> None:
    """V0002 and an office saw what V0001 wrote. V0002 takes back and corrects what it told, nothing else."""
    twice = put(1, seen(rec(1, 2))), put(1, seen(rec(1, 2)), OFFICE)
    void = put(2, facts.Void(target=["V0002", "e", 1]))
    correct = put(2, facts.Correct(target=["V0002", "e", 1], set={"person": "P0000009"}))
    assert told(store, twice[0], void)[0] == []
    assert [tap.station for tap in told(store, *twice, void)[0]] == [OFFICE]
    for lines in (twice, twice[:1]):
        assert [tap.person for tap in told(store, *lines, correct)[0]] == ["P0000001"]
    by_office = put(2, facts.Correct(target=["V0002", "e", 1], set={"person": "P0000009"}), OFFICE)
    assert [tap.person for tap in told(store, *twice, by_office)[0]] == ["P0000009"]


def test_a_venue_takes_back_and_corrects_its_own_event(store: Store) -> None:
    own = put(1, seen(rec(2, 2))), put(1, seen(rec(2, 2)), OFFICE)
    correct = put(2, facts.Correct(target=["V0002", "e", 1], set={"person": "P0000009"}))
    assert [tap.person for tap in told(store, *own, correct)[0]] == ["P0000009"]
    assert told(store, *own, put(2, facts.Void(target=["V0002", "e", 1])))[0] == []
