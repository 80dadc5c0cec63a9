"""Issuing: what lies on the card afterwards, which cards are refused, and cuts at every moment."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icme_tui.cards import access, image
from icme_tui.cards.inspect import inspect
from icme_tui.cards.layout import SECTORS, is_trailer, trailer_of
from icme_tui.cards.plan import Authenticate, Operation, Write
from icme_tui.codes import CardError
from tests.support.cards import HOLDER, ISSUER, UID, Field, image_of, issue, issued_memory, keys_of

KEYS = keys_of(ISSUER)
ISSUED = issued_memory()
OPERATIONS = 300
"""What one issue takes: 64 authentications, 173 reads, 63 writes."""


def copy_issued(field: Field) -> None:
    field.memory[:] = ISSUED


def test_an_issued_card_holds_the_whole_image() -> None:
    field = Field(bytearray(ISSUED))
    for block, data in image.data_blocks(image_of()).items():
        assert field.chip.peek(block) == data
    for sector in range(SECTORS):
        assert field.chip.peek(trailer_of(sector)) == image.trailer(UID, sector, KEYS)


def test_every_trailer_comes_after_all_data_was_read_back() -> None:
    field = Field()
    field.run(issue(begun=False))
    writes = [operation.block for operation in field.log if isinstance(operation, Write)]
    assert [is_trailer(block) for block in writes] == [False] * 47 + [True] * 16
    assert len(field.log) == OPERATIONS


@pytest.mark.parametrize(
    ("prepare", "code"),
    [
        (lambda field: field.chip.put(20, b"x" * 16), "FOREIGN_CARD"),
        (lambda field: field.chip.put(23, b"\1" * 6 + access.OURS + b"\x69" + b"\2" * 6), "FOREIGN_CARD"),
        (lambda field: field.chip.put(23, b"\xff" * 6 + access.OURS + b"\x69" + b"\2" * 6), "FOREIGN_CARD"),
        (lambda field: field.chip.put(3, image.trailer(UID, 0, KEYS)), "INCOMPLETE"),
        (lambda field: copy_issued(field), "CARD_IN_USE"),
    ],
    ids=["data", "closed", "open but not blank", "begun elsewhere", "somebody's"],
)  # fmt: skip
def test_a_card_that_is_not_blank_is_refused_before_anything_is_written(prepare, code) -> None:  # type: ignore[no-untyped-def]
    field = Field()
    prepare(field)
    before = bytes(field.memory)
    with pytest.raises(CardError, match=code):
        field.run(issue(begun=False))
    assert bytes(field.memory) == before


class CutField(Field):
    """Pulls the card at one operation; a data block that is being written then holds anything."""

    def __init__(self, at: int, left: bytes, trailer_written: bool) -> None:
        super().__init__()
        self._at = at
        self._left = left
        self._trailer_written = trailer_written

    def perform(self, operation: Operation) -> bytes:
        if len(self.log) == self._at:
            self._at = -1
            if isinstance(operation, Write):
                if not is_trailer(operation.block):
                    self.chip.put(operation.block, self._left)
                elif self._trailer_written:
                    self.chip.write(operation.block, operation.data)
            raise CardError("CARD_GONE")
        return super().perform(operation)


@given(st.integers(0, OPERATIONS), st.binary(min_size=16, max_size=16), st.booleans())
def test_an_issue_that_was_cut_is_finished_and_is_never_anothers(
    at: int, left: bytes, trailer_written: bool
) -> None:
    field = CutField(at, left, trailer_written)
    try:
        field.run(issue(begun=False))
    except CardError:
        seen = field.run(inspect(UID, keys_of(8)))
        assert seen.state in ("BLANK", "INCOMPLETE", "OK", "FOREIGN_CARD")
        assert seen.state != "OK" or seen.holder == HOLDER
        field.run(issue(begun=True))
    assert bytes(field.memory) == bytes(ISSUED)


def test_finishing_leaves_hints_and_ring_alone() -> None:
    field = Field(bytearray(ISSUED))
    for block in (17, 18, 20, 62):
        field.chip.put(block, bytes([block]) * 16)
    before = bytes(field.memory)
    field.run(issue(begun=True))
    assert bytes(field.memory) == before


def test_without_issuing_keys_nothing_is_written() -> None:
    visitor = type(KEYS)(KEYS.k_a, KEYS.k_ring, None, KEYS.record_key, None, KEYS.issuers)
    field = Field()
    with pytest.raises(CardError, match="NO_ISSUE_KEY"):
        field.run(issue(begun=False, keys=visitor))
    assert not [operation for operation in field.log if isinstance(operation, Write)]


def test_keys_stay_out_of_the_repr_of_an_operation() -> None:
    assert "key=" not in repr(Authenticate(3, "A", b"secret"))
