"""Numbers that readers type: examples, and what learning a format promises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icme_tui.cards import numberformat
from icme_tui.cards.numberformat import FORMATS, NumberFormat, decode, encode, fitting, tells_a_part
from tests.support.properties import Property, of

UID = bytes.fromhex("04A1B2C3")
UID_7 = bytes.fromhex("04DEADBEEF1234")

TYPED: dict[str, NumberFormat] = {
    "04A1B2C3": "hex",
    "04a1b2c3": "hex",
    "04:A1:B2:C3": "hex",
    "4A1B2C3": "hex",
    "C3B2A104": "hex-reversed",
    "0077705923": "dec",
    "77705923": "dec",
    "3283263748": "dec-reversed",
    "01185,45763": "pair",
    "50098,41220": "pair-reversed",
}


class TestExamples:
    @pytest.mark.parametrize(("text", "name"), TYPED.items())
    def test_a_format_is_learnt_from_a_known_card(self, text: str, name: NumberFormat) -> None:
        assert fitting(text, UID) == (name,)

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("04DEADBEEF1234", "hex"),
            ("3412EFBEADDE04", "hex-reversed"),
            ("01370737720889908", "dec"),
            ("14657519694503428", "dec-reversed"),
        ],
    )
    def test_longer_uids(self, text: str, name: NumberFormat) -> None:
        assert decode(name, text) == UID_7
        assert encode(name, UID_7) == text

    @pytest.mark.parametrize("text", ["A1B2C3", "10597059", "161,45763", "04A1B2", "00303538", "C3B2A1"])
    def test_three_bytes_name_no_card(self, text: str) -> None:
        assert fitting(text, UID) == ()
        assert tells_a_part(text, UID)
        assert not tells_a_part(text, UID_7)

    def test_a_number_of_another_card(self) -> None:
        assert fitting("0077705924", UID) == ()
        assert not tells_a_part("0077705924", UID)

    def test_a_uid_that_reads_the_same_from_both_ends_fits_two_formats(self) -> None:
        uid = bytes.fromhex("A1B2B2A1")
        assert fitting("A1B2B2A1", uid) == ("hex", "hex-reversed")

    @pytest.mark.parametrize(
        "text", ["", " ", "hello", "-5", "1,2,3", "70000,1", "１２３", "1" * 41, "F" * 21]
    )
    def test_what_is_no_number(self, text: str) -> None:
        assert [decode(name, text) for name in FORMATS] == [None] * len(FORMATS)

    def test_a_pair_has_four_bytes(self) -> None:
        with pytest.raises(ValueError, match="4 bytes"):
            encode("pair", UID_7)


def uids(size: int) -> st.SearchStrategy[bytes]:
    """UIDs of a size; longer ones neither begin nor end with zero, as the maker's number stands there."""
    inner = st.binary(min_size=size - 2, max_size=size - 2)
    if size == 4:
        return st.binary(min_size=4, max_size=4)
    end = st.integers(1, 255).map(lambda byte: bytes([byte]))
    return st.tuples(end, inner, end).map(b"".join)


cards = st.sampled_from([4, 7, 10]).flatmap(uids)


@of(cards, st.sampled_from(FORMATS))
def every_format_gives_back_the_uid(uid: bytes, name: NumberFormat) -> None:
    if len(uid) == 4 or not name.startswith("pair"):
        typed = encode(name, uid)
        assert decode(name, typed) == decode(name, typed.lower()) == uid
        assert decode(name, typed.lstrip("0") or "0") in (uid, None)
        assert name in fitting(typed, uid)


@of(cards, cards, st.sampled_from(FORMATS))
def what_was_learnt_reads_the_next_card(known: bytes, other: bytes, name: NumberFormat) -> None:
    """Where one card leaves a doubt, the formats that fit a second one as well agree on it."""
    if name.startswith("pair") and (len(known), len(other)) != (4, 4):
        return
    left = set(fitting(encode(name, known), known)) & set(fitting(encode(name, other), other))
    assert name in left
    assert {decode(one, encode(name, other)) for one in left} == {other}


@pytest.mark.hypothesis
@pytest.mark.parametrize(
    "law", [every_format_gives_back_the_uid, what_was_learnt_reads_the_next_card], ids=lambda law: law.name
)
def test_law(law: Property) -> None:
    law.holds()


@given(st.text(max_size=50), cards)
def test_any_text_is_a_number_or_none(text: str, uid: bytes) -> None:
    for name in FORMATS:
        found = decode(name, text)
        assert found is None or len(found) in (4, 7, 10)
    assert isinstance(tells_a_part(text, uid), bool)


def test_a_format_that_forgets_to_reverse_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    plain: dict[str, NumberFormat] = {"hex-reversed": "hex", "dec-reversed": "dec", "pair-reversed": "pair"}
    monkeypatch.setitem(
        globals(), "decode", lambda name, text: numberformat.decode(plain.get(name, name), text)
    )
    every_format_gives_back_the_uid.breaks()
