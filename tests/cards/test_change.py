"""Changing and cancelling: cuts at every moment, one after another, whatever the torn block holds."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icme_tui.cards import change
from icme_tui.cards.image import Image, collect, data_blocks
from icme_tui.cards.inspect import inspect
from icme_tui.cards.layout import DATA_BLOCKS, HOLDER_BLOCKS, SECTORS, SIGNATURE_BLOCKS, trailer_of
from icme_tui.cards.plan import Plan, Read, Write
from icme_tui.codes import CardError
from tests.support.cards import HOLDER, ISSUER, UID, Field, image_of, issued_memory, keys_of
from tests.support.tearing import KINDS, Cut, TornField

KEYS = keys_of(ISSUER)
ISSUED = issued_memory()
CHANGED = HOLDER._replace(name="王试验改", unit="U0070002", title=234, issue=2)
NEW = image_of(CHANGED)
OPERATIONS = 38
"""What one change takes: 8 authentications, 20 reads, 10 writes."""

_OURS = {*HOLDER_BLOCKS, *SIGNATURE_BLOCKS}

Rewrite = Callable[[Image], Plan[None]]


class BrokenRuleError(AssertionError):
    """Something that must never happen."""


cuts = st.lists(
    st.builds(
        Cut,
        st.integers(0, OPERATIONS - 1),
        st.sampled_from([kind for kind in KINDS if kind != "crash"]),
        st.integers(0, 1 << 30),
    ),
    min_size=1,
    max_size=4,
)


def used_card() -> TornField:
    """A card with a history: the hints and some slots are not empty."""
    field = TornField(bytearray(ISSUED))
    for block in (17, 18, 20, 33, 62):
        field.chip.put(block, bytes([block]) * 16)
    return field


def rewriting(new: Image) -> Plan[None]:
    return change.rewrite(UID, KEYS, new)


def play(new: Image, some: list[Cut], rewrite: Rewrite = rewriting) -> None:
    """Cuts one after another, then a whole presentation. Raises BrokenRuleError."""
    field = used_card()
    rest = {block: field.chip.peek(block) for block in range(1, 4 * SECTORS) if block not in _OURS}
    allowed = {HOLDER, CHANGED} if new is NEW else {HOLDER}
    for cut in some:
        field.log, field.cut = [], cut
        with contextlib.suppress(CardError):
            field.run(rewrite(new))
        field.log, field.cut = [], None
        seen = field.run(inspect(UID, keys_of(8)))
        if seen.state == "OK" and seen.holder not in allowed:
            raise BrokenRuleError("another holder")
        if seen.state == "CANCELLED" and new is NEW:
            raise BrokenRuleError("a change cancelled the card")
    field.log = []
    field.run(rewrite(new))
    if field.unstable or collect({block: field.chip.peek(block) for block in DATA_BLOCKS}) != new:
        raise BrokenRuleError("not finished")
    if rest != {block: field.chip.peek(block) for block in rest}:
        raise BrokenRuleError("something else was written")


@given(cuts)
def test_a_change_that_was_cut_is_finished_and_never_anothers(some: list[Cut]) -> None:
    play(NEW, some)


@given(cuts)
def test_a_cancellation_that_was_cut_is_finished_and_never_anothers(some: list[Cut]) -> None:
    play(change.CANCELLED, some)


def test_every_operation_can_be_the_last_one() -> None:
    for new in (NEW, change.CANCELLED):
        for at in range(OPERATIONS):
            for kind in ("old", "new", "zero", "mixed"):
                play(new, [Cut(at, kind, at)])


def believing(new: Image) -> Plan[None]:
    """A seeded defect: blocks that read right are not written, though a torn one may read old tomorrow."""
    plan = rewriting(new)
    operation = next(plan)
    while True:
        if isinstance(operation, Write):
            seen = yield Read(operation.block)
            answer = b"" if seen == operation.data else (yield operation)
        else:
            answer = yield operation
        try:
            operation = plan.send(answer)
        except StopIteration:
            return


def test_control_a_block_that_reads_right_is_not_believed() -> None:
    def plays(salts: range) -> None:
        for salt in salts:
            with contextlib.suppress(CardError):
                play(NEW, [Cut(2, "unstable", salt)], believing)

    with pytest.raises(BrokenRuleError, match="not finished"):
        plays(range(200))


def test_control_another_image_on_the_way_makes_another_holder() -> None:
    """A seeded defect: something else is signed and written before what was recorded."""

    def detour(new: Image) -> Plan[None]:
        yield from change.rewrite(UID, KEYS, image_of(HOLDER._replace(person="P0070009")))
        yield from change.rewrite(UID, KEYS, new)

    with pytest.raises(BrokenRuleError, match="another holder"):
        play(NEW, [Cut(38, "old", 0)], detour)


def test_what_a_change_takes() -> None:
    field = used_card()
    field.run(change.rewrite(UID, KEYS, NEW))
    assert field.counts() == (8, 20, 10)
    assert len(field.log) == OPERATIONS
    seen = field.run(inspect(UID, KEYS))
    assert (seen.state, seen.holder) == ("OK", CHANGED)


def test_a_cancelled_card_keeps_keys_directory_hints_and_ring() -> None:
    field = used_card()
    before = bytes(field.memory)
    field.run(change.rewrite(UID, KEYS, change.CANCELLED))
    seen = field.run(inspect(UID, KEYS))
    assert (seen.state, seen.holder, set(seen.sectors)) == ("CANCELLED", None, {"ours"})
    changed = {at // 16 for at in range(1024) if field.memory[at] != before[at]}
    assert changed <= _OURS
    assert {trailer_of(sector) for sector in range(SECTORS)}.isdisjoint(changed)
    assert data_blocks(image_of())[1] == field.chip.peek(1)


def test_a_foreign_card_and_a_station_that_issues_none_write_nothing() -> None:
    foreign = Field()
    before = bytes(foreign.memory)
    with pytest.raises(CardError, match="AUTH_REFUSED"):
        foreign.run(change.rewrite(UID, KEYS, NEW))
    visitor = type(KEYS)(KEYS.k_a, KEYS.k_ring, None, KEYS.record_key, None, KEYS.issuers)
    with pytest.raises(CardError, match="NO_ISSUE_KEY"):
        foreign.run(change.rewrite(UID, visitor, NEW))
    assert bytes(foreign.memory) == before
