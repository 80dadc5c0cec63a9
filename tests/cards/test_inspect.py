"""What an inspection says of cards in every state."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from icme_tui.cards import holder, ring
from icme_tui.cards.inspect import inspect
from icme_tui.cards.layout import HOLDER_BLOCKS, SIGNATURE_BLOCKS
from icme_tui.cards.record import Record, encode
from icme_tui.codes import CardError
from tests.support.cards import HOLDER, ISSUER, PUBLIC, UID, Field, image_of, issued_memory, keys_of

ISSUED = issued_memory()
OTHER = Ed25519PrivateKey.from_private_bytes(b"\x06" * 32).public_key().public_bytes_raw()


def test_an_issued_card() -> None:
    field = Field(bytearray(ISSUED))
    raw = encode(Record(1, 9, 1, 1, "in", 1, False), UID, 1, bytes(16))
    field.chip.put(ring.block_of(1), raw)
    seen = field.run(inspect(UID, keys_of(8)))
    assert (seen.state, seen.holder, seen.image) == ("OK", HOLDER, image_of())
    assert seen.records == {1: raw}
    assert set(seen.sectors) == {"ours"}


def test_a_blank_card() -> None:
    seen = Field().run(inspect(UID, keys_of(8)))
    assert seen.state == "BLANK"
    assert set(seen.sectors) == {"transport"}
    assert seen.records == {}


def test_a_foreign_card_shows_what_is_open() -> None:
    field = Field()
    for sector in range(1, 16):
        field.chip.put(4 * sector + 3, b"\1" * 6 + bytes.fromhex("78778869") + b"\2" * 6)
    seen = field.run(inspect(UID, keys_of(8)))
    assert seen.state == "FOREIGN_CARD"
    assert seen.sectors == ("transport",) + ("closed",) * 15
    assert set(seen.blocks) == {1, 2}


@pytest.mark.parametrize("code", ["ACCESS_DENIED", "NOT_AUTHENTICATED"])
def test_blocks_that_a_foreign_card_keeps_closed_hide_no_others(
    code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readers call it differently: PN532 13 or 14, PC/SC 63 00 or 69 82."""
    field = Field()
    read = field.chip.read

    def refusing(block: int) -> bytes:
        if block == 5:
            field.chip.select()
            raise CardError(code)
        return read(block)

    monkeypatch.setattr(field.chip, "read", refusing)
    seen = field.run(inspect(UID, keys_of(8)))
    assert seen.sectors == ("transport",) * 16
    assert {4, 8, 62} <= set(seen.blocks)
    assert not {5, 6} & set(seen.blocks)


def test_a_card_of_the_default_keys_with_the_data_of_others() -> None:
    field = Field()
    field.chip.put(4, b"ticket 000000042")
    assert field.run(inspect(UID, keys_of(8))).state == "FOREIGN_CARD"


def test_a_cancelled_card() -> None:
    field = Field(bytearray(ISSUED))
    for block in (*HOLDER_BLOCKS, *SIGNATURE_BLOCKS):
        field.chip.put(block, bytes(16))
    assert field.run(inspect(UID, keys_of(8))).state == "CANCELLED"


@pytest.mark.parametrize("copied", [0, 1, 4, 5, 8])
def test_an_issue_that_was_cut_before_the_trailers(copied: int) -> None:
    field = Field()
    for block in (4, 5, 6, 8, 9, 10, 12, 13)[:copied]:
        field.chip.put(block, Field(bytearray(ISSUED)).chip.peek(block))
    expected = "INCOMPLETE" if copied else "BLANK"
    assert field.run(inspect(UID, keys_of(8))).state == expected


def test_a_copy_on_another_uid_and_a_changed_holder_are_not_believed() -> None:
    field = Field(bytearray(ISSUED))
    other = HOLDER._replace(name="别人")
    for i, block in enumerate(HOLDER_BLOCKS):
        field.chip.put(block, holder.encode(other)[16 * i : 16 * i + 16])
    seen = field.run(inspect(UID, keys_of(8)))
    assert seen.state == "SIGNATURE_BAD"
    assert seen.holder == other


def test_a_stranger_among_issuers_is_named() -> None:
    keys = keys_of(8)
    lonely = type(keys)(keys.k_a, keys.k_ring, None, keys.record_key, None, {ISSUER + 1: bytes(32)})
    assert Field(bytearray(ISSUED)).run(inspect(UID, lonely)).state == "ISSUER_UNKNOWN"


@pytest.mark.parametrize(
    ("number", "issue", "state"),
    [
        (HOLDER.number, HOLDER.issue, "OK"),
        (HOLDER.number, HOLDER.issue + 1, "ISSUER_UNKNOWN"),
        ("000000019", HOLDER.issue, "ISSUER_UNKNOWN"),
    ],
)
@pytest.mark.parametrize("goes_on", [False, True])
def test_of_a_revoked_issuer_only_what_is_listed_is_believed(
    number: str, issue: int, state: str, goes_on: bool
) -> None:
    listed = (UID, number, issue)
    keys = replace(
        keys_of(8),
        issuers={ISSUER: OTHER} if goes_on else {},
        lost_issuers={ISSUER: (PUBLIC,)},
        is_listed=lambda *asked: asked == listed,
    )
    assert Field(bytearray(ISSUED)).run(inspect(UID, keys)).state == state


def test_without_keys_only_public_facts() -> None:
    seen = Field(bytearray(ISSUED)).run(inspect(UID, None))
    assert seen.state == "FOREIGN_CARD"
    assert seen.sectors[0] == "ours"
    assert set(seen.sectors[1:]) == {"closed"}


def test_what_everybody_can_read_of_a_card_of_another_system() -> None:
    field = Field()
    closed = b"\1" * 6 + bytes.fromhex("78778869") + b"\2" * 6
    for sector in range(1, 16):
        field.chip.put(4 * sector + 3, closed)
    field.chip.put(7, bytes.fromhex("D3F7D3F7D3F7 7F0788 40") + b"\2" * 6)  # an NDEF sector
    field.chip.put(11, b"\1" * 6 + bytes.fromhex("78778869 B0B1B2B3B4B5"))
    field.chip.put(4, b"\x03\x0b https://a.b".ljust(16))
    before = bytes(field.memory)
    seen = field.run(inspect(UID, keys_of(8), publicly=True))
    assert seen.state == "FOREIGN_CARD"
    assert seen.sectors == ("transport", "public", "public") + ("closed",) * 13
    assert seen.blocks[4] == field.chip.peek(4)
    assert set(seen.blocks) == {1, 2, 4, 5, 6, 8, 9, 10}
    assert bytes(field.memory) == before
    assert field.counts()[2] == 0


def test_a_block_that_nobody_may_read_hides_no_other_sector() -> None:
    field = Field()
    field.chip.put(7, bytes.fromhex("FFFFFFFFFFFF 0F00FF 69") + b"\2" * 6)  # data blocks to key B alone
    seen = field.run(inspect(UID, keys_of(8), publicly=True))
    assert (seen.state, seen.sectors[1], seen.sectors[2]) == ("FOREIGN_CARD", "transport", "transport")
    assert set(seen.blocks) >= {1, 2, 8, 9, 10}


def test_at_a_door_no_time_goes_into_the_keys_of_others() -> None:
    field = Field()
    for sector in range(1, 16):
        field.chip.put(4 * sector + 3, b"\1" * 6 + bytes.fromhex("78778869") + b"\2" * 6)
    field.run(inspect(UID, keys_of(8)))
    assert field.counts()[0] <= 32
