"""The layout to the byte: directory, holder, signature, record, hint, access bits, card numbers."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icme_tui.cards import access, holder, image, mad, numbers, record, ring, signature
from icme_tui.cards.holder import Holder
from icme_tui.cards.layout import DATA_BLOCKS, RING_BLOCKS
from icme_tui.cards.record import Record
from icme_tui.codes import CardError
from tests.support.cards import HOLDER, PUBLIC, UID, image_of, keys_of

ACCESS = [
    ("FF0780", (0b000, 0b000, 0b000, 0b001)),
    ("787788", (0b100, 0b100, 0b100, 0b011)),
    ("08778F", (0b110, 0b110, 0b110, 0b011)),
    ("7F0788", (0b000, 0b000, 0b000, 0b011)),
    ("F0FF00", (0b100, 0b100, 0b100, 0b100)),
    ("70F788", (0b010, 0b010, 0b010, 0b011)),
]


class TestAccessBits:
    @pytest.mark.parametrize(("raw", "conditions"), ACCESS[:4])
    def test_known_values(self, raw: str, conditions: access.Conditions) -> None:
        assert access.decode(bytes.fromhex(raw)) == conditions
        assert access.encode(conditions).hex().upper() == raw

    @given(st.tuples(*[st.integers(0, 7)] * 4))
    def test_every_combination_survives(self, conditions: access.Conditions) -> None:
        assert access.decode(access.encode(conditions)) == conditions

    @given(st.tuples(*[st.integers(0, 7)] * 4), st.integers(0, 23))
    def test_one_wrong_bit_is_always_seen(self, conditions: access.Conditions, bit: int) -> None:
        raw = int.from_bytes(access.encode(conditions), "big") ^ 1 << bit
        with pytest.raises(CardError, match="ACCESS_BITS"):
            access.decode(raw.to_bytes(3, "big"))

    def test_no_trailer_is_made_with_bits_that_contradict_themselves(self) -> None:
        with pytest.raises(CardError, match="ACCESS_BITS"):
            access.trailer(bytes(6), bytes.fromhex("787780"), 0x69, bytes(6))


class TestDirectory:
    def test_the_crc_of_a_published_card(self) -> None:
        """A card formatted for NDEF: publisher sector 1, 03E1 in every sector."""
        raw = bytes.fromhex("140103E103E103E103E103E103E103E103E103E103E103E103E103E103E103E1")
        assert mad.decode(raw).applications == (b"\x03\xe1",) * 15
        assert mad.encode(mad.decode(raw)) == raw

    def test_ours_names_our_application_in_every_sector(self) -> None:
        assert set(mad.decode(mad.ours()).applications) == {mad.APPLICATION}

    def test_a_wrong_crc_is_refused(self) -> None:
        with pytest.raises(CardError, match="MAD_BAD"):
            mad.decode(b"\0" + mad.ours()[1:])


class TestHolder:
    def test_every_field_lies_where_the_layout_says(self) -> None:
        raw = holder.encode(
            Holder("123456782", "P0070001", "U007", "王试验", 3, 1, 2, 233, date(2031, 2, 3), 7)
        )
        assert len(raw) == 96
        assert raw[0:4] == bytes([1, 1, 0, 3])
        assert int.from_bytes(raw[4:8], "big") == 123456782
        assert raw[8:24] == b"P0070001U007\0\0\0\0"
        assert raw[24:27] == bytes([2, 0, 233])
        assert int.from_bytes(raw[27:29], "big") == (date(2031, 2, 3) - date(2020, 1, 1)).days
        assert raw[29:33] == bytes([0, 7, 0, 9])
        assert raw[33:42].decode() == "王试验"
        assert not any(raw[42:])

    @given(
        st.builds(
            Holder,
            number=st.integers(0, 99_999_999).map(numbers.card_number),
            person=st.from_regex("[A-Z][0-9A-Z]{7}", fullmatch=True),
            unit=st.from_regex("[A-Z][0-9A-Z]{0,7}", fullmatch=True),
            name=st.text(st.characters(exclude_categories=["Cs"]), max_size=13),
            issue=st.integers(0, 65535),
            key_version=st.integers(0, 255),
            sex=st.sampled_from([0, 1, 2, 9]),
            title=st.integers(0, 65535),
            valid_until=st.none() | st.dates(date(2020, 1, 2), date(2199, 1, 1)),
            station=st.integers(0, 65535),
        )
    )
    def test_every_holder_survives(self, person: Holder) -> None:
        assert holder.decode(holder.encode(person)) == person

    def test_a_long_name_is_cut_at_a_character(self) -> None:
        name = "阿" * 30
        assert holder.decode(holder.encode(HOLDER._replace(name=name))).name == "阿" * 18

    @pytest.mark.parametrize(
        "change",
        [{"person": "P00700012"}, {"number": "99999999999"}, {"issue": 70000}, {"unit": "单位"}],
    )
    def test_values_that_do_not_fit_are_refused(self, change: dict[str, object]) -> None:
        with pytest.raises(CardError, match="HOLDER_BAD"):
            holder.encode(HOLDER._replace(**change))  # type: ignore[arg-type]

    @pytest.mark.parametrize(("at", "value"), [(31, 1), (32, 56), (33, 0xFF), (88, 1), (95, 1), (0, 0)])
    def test_bytes_that_are_no_holder_are_refused(self, at: int, value: int) -> None:
        raw = bytearray(holder.encode(HOLDER))
        raw[at] = value
        with pytest.raises(CardError, match="HOLDER_BAD"):
            holder.decode(bytes(raw))

    def test_a_newer_layout_is_named_as_such(self) -> None:
        with pytest.raises(CardError, match="LAYOUT_NEWER"):
            holder.decode(b"\x02" + holder.encode(HOLDER)[1:])


class TestSignature:
    def test_the_signed_message(self) -> None:
        data = holder.encode(HOLDER)
        assert signature.message(UID, data) == b"icme-card/1\n\x04" + UID + data

    def test_it_binds_holder_and_card(self) -> None:
        made = image_of()
        assert signature.verify(PUBLIC, UID, made.holder, made.signature)
        assert not signature.verify(PUBLIC, bytes(4), made.holder, made.signature)
        assert not signature.verify(PUBLIC, UID, b"\x02" + made.holder[1:], made.signature)
        assert not signature.verify(b"\xff" * 32, UID, made.holder, made.signature)


class TestRecord:
    KEY = bytes(range(16))

    def test_every_field_lies_where_the_layout_says(self) -> None:
        raw = record.encode(Record(258, 7, 0x00070001, 0x2D4C21, "out", 5, True), UID, 123456782, self.KEY)
        assert raw[:12].hex() == "0102" + "0007" + "00070001" + "2d4c21" + "1b"
        assert record.verify(raw, UID, 123456782, self.KEY)
        assert not record.verify(raw, UID, 123456783, self.KEY)
        assert not record.verify(raw, bytes(4), 123456782, self.KEY)

    @given(
        st.builds(
            Record,
            number=st.integers(1, 65_000),
            station=st.integers(0, 65535),
            session=st.integers(0, 2**32 - 1),
            minute=st.integers(0, 2**24 - 1),
            direction=st.sampled_from(["in", "out"]),
            key_version=st.integers(0, 7),
            doubtful=st.booleans(),
        )
    )
    def test_every_record_survives(self, made: Record) -> None:
        assert record.decode(record.encode(made, UID, 1, self.KEY)) == made

    def test_numbers_never_wrap(self) -> None:
        with pytest.raises(CardError, match="CARD_WORN"):
            record.encode(Record(65_001, 7, 1, 1, "in", 1, False), UID, 1, self.KEY)

    @pytest.mark.parametrize("raw", [bytes(16), b"\xff" * 16, b"\0\x01" + bytes(9) + b"\x20" + bytes(4)])
    def test_bytes_that_are_no_record(self, raw: bytes) -> None:
        assert record.decode(raw) is None


class TestRingAndHints:
    def test_the_ring_fills_sectors_5_to_15(self) -> None:
        assert len(RING_BLOCKS) == ring.SLOTS == 33
        assert RING_BLOCKS[:4] == (20, 21, 22, 24)
        assert RING_BLOCKS[-1] == 62
        assert [ring.block_of(number) for number in (1, 32, 33, 34)] == [21, 62, 20, 21]

    def test_a_record_shows_itself_only_in_its_own_slot(self) -> None:
        raw = record.encode(Record(34, 7, 1, 1, "in", 1, False), UID, 1, bytes(16))
        assert [slot for slot in range(33) if ring.plausible(slot, raw)] == [1]

    def test_a_full_ring_shows_the_32_newest(self) -> None:
        slots = {
            ring.slot_of(number): record.encode(Record(number, 7, 1, 1, "in", 1, False), UID, 1, bytes(16))
            for number in range(1, 101)
        }
        assert list(ring.shown(slots)) == list(range(69, 101))

    @given(st.integers(0, 65_000))
    def test_hints_survive_and_lie_apart_for_even_and_odd(self, number: int) -> None:
        raw = ring.encode_hint(number)
        block = ring.hint_block(number)
        assert block == (18 if number % 2 else 17)
        assert ring.decode_hint(block, raw) == number
        assert ring.decode_hint(35 - block, raw) is None

    @given(st.integers(0, 65_000), st.integers(0, 127))
    def test_a_flipped_bit_makes_no_hint(self, number: int, bit: int) -> None:
        raw = (int.from_bytes(ring.encode_hint(number), "big") ^ 1 << bit).to_bytes(16, "big")
        assert ring.decode_hint(ring.hint_block(number), raw) is None

    def test_the_crc_is_ibm_3740(self) -> None:
        def bit_by_bit(data: bytes) -> int:
            crc = 0xFFFF
            for byte in data:
                crc ^= byte << 8
                for _ in range(8):
                    crc = (crc << 1 ^ (0x1021 if crc & 0x8000 else 0)) & 0xFFFF
            return crc

        assert bit_by_bit(b"123456789") == 0x29B1
        for number in (0, 1, 258, 65_000):
            raw = ring.encode_hint(number)
            assert int.from_bytes(raw[14:], "big") == bit_by_bit(raw[:14])

    @pytest.mark.parametrize("raw", [bytes(16), b"\xff" * 16])
    def test_empty_blocks_are_no_hints(self, raw: bytes) -> None:
        assert ring.decode_hint(17, raw) is None
        assert ring.decode_hint(18, raw) is None


class TestImage:
    def test_it_covers_every_data_block(self) -> None:
        blocks = image.data_blocks(image_of())
        assert set(blocks) == set(DATA_BLOCKS)
        assert {len(data) for data in blocks.values()} == {16}
        assert image.collect(blocks) == image_of()

    def test_it_survives_the_fact_that_keeps_it(self) -> None:
        assert image.parse(image_of().hex()) == image_of()
        for bad in ("", "zz", image_of().hex()[2:]):
            with pytest.raises(CardError, match="IMAGE_BAD"):
                image.parse(bad)

    def test_trailers_are_ours(self) -> None:
        assert image.trailer(UID, 0, keys_of(7))[:10].hex() == "a0a1a2a3a4a5787788c1"
        assert image.trailer(UID, 5, keys_of(7))[6:10].hex() == "78778869"


class TestCardNumbers:
    def test_luhn(self) -> None:
        assert numbers.card_number(12345678) == "123456782"
        with pytest.raises(ValueError, match="8 digits"):
            numbers.card_number(100_000_000)
