"""The simulated chip refuses what a real one refuses."""

from __future__ import annotations

import pytest

from icme_tui.cards import access
from icme_tui.codes import CardError
from icme_tui.devices.mifare import Classic1K, new_memory

UID = bytes.fromhex("04A1B2C3")
KEY_A, KEY_B, NEW = b"AAAAAA", b"BBBBBB", b"n" * 16
READ = ["AB", "AB", "AB", "B", "AB", "B", "AB", ""]
WRITE = ["AB", "", "", "B", "B", "", "B", ""]
TRAILER = {
    0b000: ("A", "A", "", "A", "A"),
    0b010: ("", "A", "", "A", ""),
    0b100: ("B", "AB", "", "", "B"),
    0b110: ("", "AB", "", "", ""),
    0b001: ("A", "A", "A", "A", "A"),
    0b011: ("B", "AB", "B", "", "B"),
    0b101: ("", "AB", "B", "", ""),
    0b111: ("", "AB", "", "", ""),
}
"""Key A written, access bits read, access bits written, key B read, key B written."""


def chip_with(conditions: access.Conditions) -> Classic1K:
    """A chip whose sector 1 has these conditions and keys."""
    chip = Classic1K(new_memory(UID), lambda block, data: None)
    chip.put(7, access.trailer(KEY_A, access.encode(conditions), 0x69, KEY_B))
    return chip


def opens(chip: Classic1K, key_type: str) -> bool:
    """Open sector 1; whether the key is one that gives access at all."""
    chip.select()
    chip.authenticate(4, key_type, KEY_A if key_type == "A" else KEY_B)  # type: ignore[arg-type]
    return not (key_type == "B" and TRAILER[access.decode(chip.peek(7)[6:9])[3]][3])


def allowed(chip: Classic1K, key_type: str, write: bool, block: int = 4) -> bool:
    opens(chip, key_type)
    try:
        if write:
            chip.write(block, NEW)
        else:
            chip.read(block)
    except CardError as error:
        if error.code != "ACCESS_DENIED":
            raise
        return False
    return True


@pytest.mark.parametrize("key_type", ["A", "B"])
@pytest.mark.parametrize("condition", range(8))
def test_data_blocks_follow_the_table(condition: int, key_type: str) -> None:
    chip = chip_with((condition, 0, 0, 0b011))
    assert allowed(chip, key_type, write=False) == (key_type in READ[condition])
    assert allowed(chip, key_type, write=True) == (key_type in WRITE[condition])
    assert (chip.peek(4) == NEW) == (key_type in WRITE[condition])


@pytest.mark.parametrize("key_type", ["A", "B"])
@pytest.mark.parametrize("condition", range(8))
def test_trailers_follow_the_table(condition: int, key_type: str) -> None:
    chip = chip_with((0, 0, 0, condition))
    may = [key_type in cell and opens(chip, key_type) for cell in TRAILER[condition]]
    before = chip.peek(7)
    new = access.trailer(b"aaaaaa", access.OURS, 0x11, b"bbbbbb")
    assert allowed(chip, key_type, write=False, block=7) == opens(chip, key_type)
    if opens(chip, key_type):
        seen = chip.read(7)
        assert seen[:6] == bytes(6)
        assert seen[6:10] == (before[6:10] if may[1] else bytes(4))
        assert seen[10:] == (before[10:] if may[3] else bytes(6))
    opens(chip, key_type)
    if may[0] or may[2] or may[4]:
        chip.write(7, new)
    else:
        with pytest.raises(CardError, match="ACCESS_DENIED"):
            chip.write(7, new)
    after = chip.peek(7)
    assert after[:6] == (new if may[0] else before)[:6]
    assert after[6:10] == (new if may[2] else before)[6:10]
    assert after[10:] == (new if may[4] else before)[10:]


def test_a_readable_key_b_is_no_key() -> None:
    chip = Classic1K(new_memory(UID), lambda block, data: None)
    chip.authenticate(4, "B", access.TRANSPORT_KEY)
    with pytest.raises(CardError, match="ACCESS_DENIED"):
        chip.read(4)


def test_after_a_wrong_key_the_chip_halts_until_it_is_selected() -> None:
    chip = Classic1K(new_memory(UID), lambda block, data: None)
    with pytest.raises(CardError, match="AUTH_REFUSED"):
        chip.authenticate(4, "A", KEY_A)
    assert chip.halted
    with pytest.raises(CardError, match="NOT_AUTHENTICATED"):
        chip.authenticate(4, "A", access.TRANSPORT_KEY)
    chip.select()
    chip.authenticate(4, "A", access.TRANSPORT_KEY)
    assert chip.read(4) == bytes(16)


def test_another_sector_needs_another_authentication() -> None:
    chip = Classic1K(new_memory(UID), lambda block, data: None)
    chip.authenticate(4, "A", access.TRANSPORT_KEY)
    with pytest.raises(CardError, match="NOT_AUTHENTICATED"):
        chip.read(8)


def test_access_bits_that_contradict_themselves_kill_the_sector_for_ever() -> None:
    chip = Classic1K(new_memory(UID), lambda block, data: None)
    chip.authenticate(4, "A", access.TRANSPORT_KEY)
    chip.write(7, KEY_A + b"\0\0\0\x69" + KEY_B)
    for key_type, key in (("A", KEY_A), ("B", KEY_B)):
        chip.select()
        with pytest.raises(CardError, match="AUTH_REFUSED"):
            chip.authenticate(4, key_type, key)  # type: ignore[arg-type]


def test_block_0_cannot_be_written() -> None:
    chip = Classic1K(new_memory(UID), lambda block, data: None)
    chip.authenticate(0, "A", access.TRANSPORT_KEY)
    assert chip.read(0)[:8] == UID + bytes([0x04 ^ 0xA1 ^ 0xB2 ^ 0xC3, 8, 4, 0])
    with pytest.raises(CardError, match="ACCESS_DENIED"):
        chip.write(0, NEW)
