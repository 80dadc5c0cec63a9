"""A swipe's plans: the order of operations, and what is found on a card after something went wrong."""

from __future__ import annotations

import pytest

from icme_tui.cards import ring
from icme_tui.cards.layout import RING_BLOCKS
from icme_tui.cards.plan import Authenticate, Operation, Read, Write
from icme_tui.cards.record import Record, encode
from icme_tui.cards.touch import Spot, Touch, Unreported, read_holder
from icme_tui.codes import CardError
from tests.support.cards import HOLDER, UID, Field, image_of, issued_memory, keys_of

SESSION = 0x00070001
NUMBER = int(HOLDER.number)
ISSUED = issued_memory()


def touch_of(station: int = 7, open_sector: int | None = None) -> Touch:
    return Touch(UID, NUMBER, keys_of(station), station, open_sector)


def write_one(field: Field, station: int = 7, known: int = 0, hint: bool = True) -> Record:
    """One touch of a card that holds nothing unreported."""
    touch = touch_of(station)
    spot = field.run(touch.locate(known))
    assert isinstance(spot, Spot)
    written = field.run_on(touch.write_record(spot, SESSION, 3_000_000, "in", False))
    if hint:
        field.run_on(touch.write_hint(spot.number))
    return written.record


def card_with(*numbers: int, station: int = 7, hints: tuple[int, ...] = ()) -> Field:
    """A card that holds these record numbers and these hints only."""
    field = Field(bytearray(ISSUED))
    for number in numbers:
        record = Record(number, station, SESSION, 3_000_000, "in", 1, False)
        field.chip.put(ring.block_of(number), encode(record, UID, NUMBER, keys_of(station).record_key))
    for block in (17, 18):
        field.chip.put(block, bytes(16))
    for hint in hints:
        field.chip.put(ring.hint_block(hint), ring.encode_hint(hint))
    return field


def short(operation: Operation) -> str:
    if isinstance(operation, Authenticate):
        return f"open {operation.block // 4}{operation.key_type}"
    return f"{'read' if isinstance(operation, Read) else 'write'} {operation.block}"


def test_the_usual_path_is_3_authentications_4_reads_2_writes_in_this_order() -> None:
    field = Field(bytearray(ISSUED))
    touch = touch_of()
    spot = field.run(touch.locate(0))
    assert spot == Spot(1)
    field.run_on(touch.write_record(Spot(1), SESSION, 3_000_000, "in", False))
    before_commit = len(field.log)
    field.run_on(touch.write_hint(1))
    assert [short(operation) for operation in field.log] == [
        "open 4B", "read 17", "read 18", "open 5B", "read 21", "write 21", "read 21", "open 4B", "write 18",
    ]  # fmt: skip
    assert before_commit == 7
    assert field.counts() == (3, 4, 2)


def test_a_hundred_touches_take_the_usual_path_and_the_ring_shows_the_32_newest() -> None:
    field = Field(bytearray(ISSUED))
    for number in range(1, 101):
        field.log.clear()
        assert write_one(field, known=number - 1).number == number
        assert field.counts() == (3, 4, 2)
    touch = touch_of()
    field.run(touch.read_numbers(range(60, 101)))
    assert list(touch.records()) == list(range(69, 101))


def test_an_unknown_holder_costs_3_authentications_and_10_reads_more() -> None:
    field = Field(bytearray(ISSUED))
    assert field.run(read_holder(UID, keys_of(8))) == image_of()
    touch = touch_of(8, open_sector=4)
    spot = field.run_on(touch.locate(0))
    assert isinstance(spot, Spot)
    field.run_on(touch.write_record(spot, SESSION, 3_000_000, "in", False))
    field.run_on(touch.write_hint(spot.number))
    assert field.counts() == (6, 14, 2)


@pytest.mark.parametrize("lost", [1, 2, 3, 4])
def test_after_lost_hints_of_another_station_the_numbers_go_on(lost: int) -> None:
    field = card_with(*range(1, 50 + lost), station=8, hints=(48, 49))
    assert write_one(field).number == 50 + lost
    auths, reads, writes = field.counts()
    assert auths <= 5
    assert reads <= 8
    assert writes <= 3


def test_an_own_lost_hint_is_looked_up_in_the_ring() -> None:
    field = card_with(*range(1, 51), hints=(48, 49))
    assert write_one(field, known=50).number == 51
    auths, reads, _ = field.counts()
    assert auths <= 5
    assert reads <= 8


@pytest.mark.parametrize(
    "field",
    [
        card_with(*range(1, 60)),
        card_with(*range(1, 60), station=8),
        card_with(*range(1, 60), hints=(20, 21)),
        card_with(*range(1, 60), station=8, hints=(26, 27)),
    ],
    ids=["no hints", "no hints, all of others", "hints a turn old", "hints a turn old, all of others"],
)
def test_a_full_scan_takes_no_more_than_14_40_2(field: Field) -> None:
    field.log.clear()
    assert write_one(field, known=59).number == 60
    auths, reads, writes = field.counts()
    assert auths <= 14
    assert reads <= 40
    assert writes <= 2


def test_a_record_of_ours_without_a_fact_is_finished_not_repeated() -> None:
    field = card_with(*range(1, 6), hints=(3, 4))
    touch = touch_of()
    found = field.run(touch.locate(4))
    assert isinstance(found, Unreported)
    assert found.record.number == 5
    field.run_on(touch.secure(found))
    field.run_on(touch.write_hint(5))
    auths, reads, writes = field.counts()
    assert (auths, reads, writes) == (3, 5, 2)
    assert field.run(touch_of().locate(5)) == Spot(6)


def test_after_an_old_unreported_record_the_same_touch_can_go_on() -> None:
    field = card_with(*range(1, 6), hints=(3, 4))
    touch = touch_of()
    found = field.run(touch.locate(4))
    assert isinstance(found, Unreported)
    assert field.run_on(touch.locate_after(5)) == Spot(6)


def test_a_record_that_reads_differently_the_second_time_is_used_and_not_ours() -> None:
    field = card_with(*range(1, 6), hints=(3, 4))
    reads = 0

    def flicker(operation: Operation) -> bytes:
        nonlocal reads
        answer = Field.perform(field, operation)
        if operation == Read(ring.block_of(5)):
            reads += 1
            return answer if reads == 1 else bytes(16)
        return answer

    field.perform = flicker  # type: ignore[method-assign]
    assert field.run(touch_of().locate(4)) == Spot(6)


def test_a_record_of_ours_copied_from_another_card_is_only_used() -> None:
    field = card_with(*range(1, 5), hints=(3, 4))
    stranger = Record(5, 7, SESSION, 3_000_000, "in", 1, False)
    field.chip.put(ring.block_of(5), encode(stranger, b"\1\2\3\4", NUMBER, keys_of(7).record_key))
    assert field.run(touch_of().locate(4)) == Spot(6)


def test_an_older_state_of_a_card_is_noticed_and_its_numbers_are_not_used_again() -> None:
    field = card_with(*range(1, 11), hints=(9, 10))
    assert field.run(touch_of().locate(15)) == Spot(16, behind=True)
    assert field.run(touch_of().locate(10)) == Spot(11)


def test_at_65000_the_card_is_worn() -> None:
    assert card_with(64_999, hints=(64_999,)).run(touch_of().locate(64_999)) == Spot(65_000)
    for field in (card_with(65_000, hints=(65_000,)), card_with(65_000)):
        with pytest.raises(CardError, match="CARD_WORN"):
            field.run(touch_of().locate(65_000))


def test_a_record_that_does_not_stay_is_an_error() -> None:
    field = Field(bytearray(ISSUED))
    touch = touch_of()
    spot = field.run(touch.locate(0))
    assert isinstance(spot, Spot)

    def deaf(operation: Operation) -> bytes:
        return b"" if isinstance(operation, Write) else Field.perform(field, operation)

    field.perform = deaf  # type: ignore[method-assign]
    with pytest.raises(CardError, match="READ_BACK"):
        field.run_on(touch.write_record(spot, SESSION, 3_000_000, "in", False))


def test_the_ring_is_33_blocks_and_the_hints_are_outside_it() -> None:
    assert {17, 18}.isdisjoint(RING_BLOCKS)
