"""Frames of the PN532: the examples of the manuals, and whatever a line may bring."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icme_tui.devices.pn532 import frames
from icme_tui.devices.pn532.frames import ACK, NACK, TO_HOST, Body, Damaged, Decoder, Frame, Sign, encode
from tests.support.properties import Property, of

COMMANDS = {
    "GetFirmwareVersion": "0000FF02FED4022A00",
    "SAMConfiguration": "0000FF05FBD4140100001700",
    "SAMConfiguration, short": "0000FF03FDD414011700",
    "InListPassiveTarget": "0000FF04FCD44A0100E100",
    "authenticate with key A": "0000FF0FF1D440016003FFFFFFFFFFFF948A3B0B2A00",
    "read": "0000FF05FBD440013008B300",
}
ANSWERS = {
    "SAMConfiguration": "0000FF02FED5151600",
    "authenticated": "0000FF03FDD54100EA00",
}


def decoded(stream: bytes) -> list[Frame]:
    return Decoder().feed(stream)


class TestExamples:
    @pytest.mark.parametrize("example", COMMANDS.values(), ids=COMMANDS)
    def test_commands(self, example: str) -> None:
        frame = bytes.fromhex(example)
        (body,) = decoded(frame)
        assert isinstance(body, Body)
        assert (body.tfi, encode(body.data)) == (0xD4, frame)

    @pytest.mark.parametrize("example", ANSWERS.values(), ids=ANSWERS)
    def test_answers(self, example: str) -> None:
        (body,) = decoded(bytes.fromhex(example))
        assert isinstance(body, Body)
        assert (body.tfi, encode(body.data, TO_HOST)) == (0xD5, bytes.fromhex(example))

    def test_signs_and_the_error_frame(self) -> None:
        assert bytes.fromhex("0000FF00FF00") == ACK
        assert bytes.fromhex("0000FFFF0000") == NACK
        assert decoded(ACK + NACK) == [Sign(True), Sign(False)]
        assert decoded(bytes.fromhex("0000FF01FF7F8100")) == [Body(frames.SYNTAX_ERROR, b"")]

    @pytest.mark.parametrize("length", [0, 1, 253, 254, 255, 256, 263, 264])
    def test_normal_and_extended_frames(self, length: int) -> None:
        data = bytes(range(256)) * 2
        frame = encode(data[:length])
        assert decoded(frame) == [Body(0xD4, data[:length])]
        assert (frame[3:5] == b"\xff\xff") == (length > 254)
        assert not sum(frame[5 if length <= 254 else 8 : -1]) & 0xFF

    def test_an_extended_frame_may_be_short(self) -> None:
        assert decoded(bytes.fromhex("0000FFFFFF0002FED5151600")) == [Body(TO_HOST, b"\x15")]

    def test_no_frame_holds_more(self) -> None:
        with pytest.raises(ValueError, match="more than a frame can hold"):
            encode(bytes(265))


class TestDamage:
    @pytest.mark.parametrize(
        ("stream", "fault"),
        [
            ("0000FF03FED54100EA00", "length checksum"),
            ("0000FF03FDD54101EA00", "checksum"),
            ("0000FF0000", "length"),
            ("0000FFFFFF010AF5", "length"),
            ("0000FFFFFF0109F7", "length checksum"),
            ("0000FFFFFF000000", "length"),
        ],
    )
    def test_is_told(self, stream: str, fault: str) -> None:
        assert decoded(bytes.fromhex(stream)) == [Damaged(fault)]  # type: ignore[arg-type]

    @pytest.mark.parametrize("noise", ["", "00", "0000", "FF", "13FF20", "0000FF03FED5", "5555", "00FF00"])
    def test_a_frame_is_found_behind_noise(self, noise: str) -> None:
        answer = bytes.fromhex(ANSWERS["authenticated"])
        assert decoded(bytes.fromhex(noise) + answer)[-1] == Body(TO_HOST, b"\x41\x00")

    def test_the_content_of_a_damaged_frame_is_never_a_frame(self) -> None:
        inner = bytes.fromhex(ANSWERS["authenticated"])
        outer = bytearray(encode(b"\x41\x00" + inner, TO_HOST))
        outer[7] ^= 1
        assert decoded(bytes(outer)) == [Damaged("checksum")]

    def test_half_a_frame_can_be_forgotten(self) -> None:
        decoder = Decoder()
        assert decoder.feed(bytes.fromhex("0000FF03FDD5")) == []
        assert decoder.is_inside
        decoder.clear()
        assert not decoder.is_inside
        assert decoder.feed(ACK) == [Sign(True)]


def pieces_of(stream: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({cut % (len(stream) + 1) for cut in cuts})
    return [stream[a:b] for a, b in zip([0, *places], [*places, len(stream)], strict=True)]


part = st.one_of(
    st.binary(max_size=12),
    st.sampled_from([ACK, NACK, b"\x00\xff", b"\x00\x00\xff\xff\xff", b"\x00"]),
    st.binary(max_size=264).map(encode),
    st.tuples(st.binary(min_size=1, max_size=20).map(encode), st.integers(0), st.integers(1, 255)).map(
        lambda one: bytes(b ^ (one[2] if at == one[1] % len(one[0]) else 0) for at, b in enumerate(one[0]))
    ),
)
streams = st.lists(part, max_size=8).map(b"".join)
cuts = st.lists(st.integers(0, 3000), max_size=12)


@of(streams, cuts)
def any_split_gives_the_same_frames(stream: bytes, cuts: list[int]) -> None:
    decoder = Decoder()
    found = [frame for piece in pieces_of(stream, cuts) for frame in decoder.feed(piece)]
    assert found == decoded(stream)


@of(st.lists(st.binary(max_size=264), max_size=4), st.lists(st.sampled_from([b"", b"\x00", b"\x55\x55\x00"])))
def what_was_encoded_is_decoded(contents: list[bytes], between: list[bytes]) -> None:
    padding = [*between, *[b""] * len(contents)]
    stream = b"".join(pad + encode(data) for data, pad in zip(contents, padding, strict=False))
    assert decoded(stream) == [Body(0xD4, data) for data in contents]


@of(st.binary(min_size=1, max_size=264), st.integers(0), st.integers(1, 255))
def one_wrong_byte_is_never_taken_for_right(data: bytes, at: int, bits: int) -> None:
    frame = bytearray(encode(data))
    inside = range(5 if len(data) < 255 else 8, len(frame) - 1)
    frame[inside[at % len(inside)]] ^= bits
    assert decoded(bytes(frame)) == [Damaged("checksum")]


PROPERTIES = [
    any_split_gives_the_same_frames,
    what_was_encoded_is_decoded,
    one_wrong_byte_is_never_taken_for_right,
]


@pytest.mark.hypothesis
@pytest.mark.parametrize("law", PROPERTIES, ids=lambda law: law.name)
def test_law(law: Property) -> None:
    law.holds()


@given(st.binary(max_size=600), cuts)
def test_nothing_that_comes_makes_it_raise(stream: bytes, cuts: list[int]) -> None:
    decoder = Decoder()
    for piece in pieces_of(stream, cuts):
        decoder.feed(piece)
        assert len(decoder._rest) < 280


class TestControls:
    def test_frames_that_end_at_pauses_would_be_noticed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        feed = Decoder.feed

        def hasty(self: Decoder, data: bytes) -> list[Frame]:
            found = feed(self, data)
            self.clear()
            return found

        monkeypatch.setattr(Decoder, "feed", hasty)
        any_split_gives_the_same_frames.breaks()

    def test_a_decoder_without_sums_would_be_noticed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        first = frames._first

        def trusting(stream: bytes) -> tuple[Frame, int] | None:
            taken = first(stream)
            if taken is not None and taken[0] == Damaged("checksum"):
                return Body(stream[4], stream[5 : taken[1] - 1]), taken[1]
            return taken

        monkeypatch.setattr(frames, "_first", trusting)
        one_wrong_byte_is_never_taken_for_right.breaks()
