"""Readers that type: into our terminal, and as a keyboard that is taken away from everybody else."""

from __future__ import annotations

import errno
import os
import struct
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icme_tui.cards.numberformat import FORMATS, decode, encode
from icme_tui.codes import CardError, ReaderError
from icme_tui.devices import evdev, traffic, wedge
from icme_tui.devices.evdev import EVENT, KeyboardSource, Keys
from icme_tui.devices.opening import open_reader, open_source, require_address, types
from icme_tui.devices.port import CardSeen
from icme_tui.devices.traffic import TRACE
from icme_tui.devices.typed import TypedReader
from tests.support.keyboards import Keyboard, typed

UID = bytes.fromhex("04A1B2C3")


@pytest.fixture
def keyboard(tmp_path: Path) -> Iterator[Keyboard]:
    with Keyboard(tmp_path / "usb-reader-event-kbd") as made:
        yield made


def source_of(keyboard: Keyboard) -> KeyboardSource:
    return KeyboardSource(str(keyboard.device), grab=lambda descriptor: None)


class TestTerminal:
    def test_a_number_is_a_card(self) -> None:
        reader = open_reader("keyboard:", "dec")
        assert reader.wait_for_card(0) is None
        assert wedge.feed("0077705923")
        assert reader.wait_for_card(0) == CardSeen(UID, "other")
        assert reader.wait_for_removal(0)
        reader.close()

    def test_what_is_no_number_of_the_reader_is_not_taken(self) -> None:
        reader = open_reader("keyboard:", "dec")
        assert not wedge.feed("hello")
        assert not wedge.feed("04A1B2C3")
        assert reader.wait_for_card(0) is None
        reader.close()
        assert wedge.feed("hello")  # nobody expects a number

    def test_the_longest_prefix_takes_it(self) -> None:
        left, right = open_reader("keyboard:;", "hex"), open_reader("keyboard:;;", "hex-reversed")
        assert wedge.feed(";04A1B2C3")
        assert wedge.feed(";;04A1B2C3")
        assert not wedge.feed("04A1B2C3")
        assert left.wait_for_card(0) == CardSeen(UID, "other")
        assert right.wait_for_card(0) == CardSeen(UID[::-1], "other")
        left.close()
        right.close()

    def test_there_is_one_for_each_prefix(self) -> None:
        first = open_reader("keyboard:", "hex")
        with pytest.raises(ReaderError, match="READER_IN_USE"):
            open_reader("keyboard:", "hex")
        first.close()
        first.close()
        open_reader("keyboard:", "hex").close()

    def test_a_line_from_another_thread_is_waited_for(self) -> None:
        reader = open_reader("keyboard:", "hex")
        thread = threading.Timer(0.05, wedge.feed, ["04A1B2C3"])
        thread.start()
        assert reader.wait_for_card(10) == CardSeen(UID, "other")
        thread.join()
        reader.close()

    def test_when_nothing_more_is_typed_what_came_is_still_taken(self) -> None:
        reader = open_reader("keyboard:", "hex")
        wedge.feed("04A1B2C3")
        wedge.end()
        assert reader.wait_for_card(0) is not None
        for _ in range(2):
            with pytest.raises(ReaderError, match="TYPING_ENDED"):
                reader.wait_for_card(0)
        reader.close()

    def test_support_can_see_what_was_typed(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(TRACE, logger=traffic.ROOT)
        source = open_source("keyboard:")
        reader = TypedReader(source, partial(decode, "hex"))
        assert wedge.feed("hello")
        assert wedge.feed("04A1B2C3")
        assert reader.wait_for_card(0) == CardSeen(UID, "other")
        reader.close()
        assert [record.getMessage() for record in caplog.records] == [
            "- typed 'hello': no number of this reader",
            "- typed '04A1B2C3': 04A1B2C3",
        ]

    def test_there_is_no_card_to_work_on(self) -> None:
        reader = open_reader("keyboard:", "hex")
        with pytest.raises(CardError, match="NO_MEMORY"):
            reader.authenticate(4, "A", b"\xff" * 6)
        with pytest.raises(CardError, match="NO_MEMORY"):
            reader.read(4)
        with pytest.raises(CardError, match="NO_MEMORY"):
            reader.write(4, bytes(16))
        reader.signal("accepted")
        reader.close()


class TestKeyboard:
    def test_a_number_is_a_card(self, keyboard: Keyboard) -> None:
        reader = TypedReader(source_of(keyboard), lambda text: bytes.fromhex(text))
        assert reader.name == "evdev:usb-reader-event-kbd"
        assert reader.wait_for_card(0) is None
        keyboard.type("04A1b2c3")
        assert reader.wait_for_card(1) == CardSeen(UID, "other")
        reader.close()

    def test_events_may_come_in_any_pieces(self, keyboard: Keyboard) -> None:
        source = source_of(keyboard)
        data = typed("04A1B2C3") + typed("C3B2A104", keypad=True)
        lines = []
        for at in range(0, len(data), 37):
            keyboard.send(data[at : at + 37])
            lines.append(source.line(0))
        assert [line for line in lines if line] == ["04a1b2c3", "c3b2a104"]
        source.close()

    def test_several_numbers_wait_for_each_other(self, keyboard: Keyboard) -> None:
        source = source_of(keyboard)
        keyboard.type("1234567890")
        keyboard.type("0987654321", keypad=True)
        assert [source.line(1), source.line(1), source.line(0)] == ["1234567890", "0987654321", None]
        source.close()

    def test_what_some_readers_add_is_passed_over(self, keyboard: Keyboard) -> None:
        source = source_of(keyboard)
        keyboard.type("%;S01185,45763?")
        assert source.line(1) == "01185,45763"
        keyboard.type("04:A1:B2:C3")
        assert source.line(1) == "04:a1:b2:c3"
        source.close()

    def test_a_pause_begins_a_new_number(self, keyboard: Keyboard) -> None:
        source = source_of(keyboard)
        keyboard.send(typed("99", enter=False))
        keyboard.later(2)
        keyboard.type("1234567890")
        assert source.line(1) == "1234567890"
        source.close()

    def test_a_line_of_which_events_were_lost_is_dropped(self, keyboard: Keyboard) -> None:
        source = source_of(keyboard)
        keyboard.send(typed("12345", enter=False))
        keyboard.send(EVENT.pack(0, 0, evdev.EV_SYN, evdev.SYN_DROPPED, 0))
        keyboard.type("67890")
        keyboard.type("1234567890")
        assert source.line(1) == "1234567890"
        source.close()

    def test_the_cable_is_pulled(self, keyboard: Keyboard) -> None:
        source = source_of(keyboard)
        keyboard.unplug()
        with pytest.raises(ReaderError, match="READER_GONE"):
            source.line(1)
        source.close()
        with pytest.raises(ReaderError, match="READER_GONE"):
            source.line(1)

    @pytest.mark.parametrize(
        ("number", "code"),
        [(errno.EBUSY, "READER_IN_USE"), (errno.EPERM, "READER_DENIED"), (errno.ENOTTY, "INPUT_UNKNOWN")],
    )
    def test_what_is_wrong_with_the_grab(self, keyboard: Keyboard, number: int, code: str) -> None:
        def refuse(descriptor: int) -> None:
            raise OSError(number, os.strerror(number))

        with pytest.raises(ReaderError, match=code) as refused:
            KeyboardSource(str(keyboard.device), grab=refuse)
        assert refused.value.detail["group"] == "input"

    def test_what_is_no_keyboard(self, keyboard: Keyboard, tmp_path: Path) -> None:
        with pytest.raises(ReaderError, match="INPUT_UNKNOWN"):
            open_reader(f"evdev:{keyboard.device}", "hex")
        with pytest.raises(ReaderError, match="READER_GONE"):
            open_reader(f"evdev:{tmp_path / 'missing'}", "hex")

    def test_no_right_to_use_it(self, keyboard: Keyboard, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object) -> int:
            raise PermissionError(errno.EACCES, "Permission denied")

        monkeypatch.setattr(evdev.os, "open", refuse)
        with pytest.raises(ReaderError, match="READER_DENIED"):
            source_of(keyboard)

    def test_events_are_those_of_the_kernel(self) -> None:
        assert EVENT.size == 2 * struct.calcsize("@l") + 8
        assert (1 << 30) | (4 << 16) | (ord("E") << 8) | 0x90 == evdev.EVIOCGRAB


class TestAddresses:
    def test_which_they_are(self) -> None:
        for address in ("keyboard:", "keyboard:;", "keyboard:%25", "evdev:/dev/input/by-id/usb-X-event-kbd"):
            require_address(address)
            assert types(address)
        for address in (
            "keyboard",
            "keyboard: ",
            "keyboard:九",
            "keyboard:123456789",
            "evdev:",
            "evdev:event3",
        ):
            with pytest.raises(ReaderError, match="READER_ADDRESS"):
                require_address(address)
        assert not types("sim:cards")
        with pytest.raises(ReaderError, match="READER_ADDRESS"):
            open_source("sim:cards")

    @pytest.mark.parametrize("name", ["", "octal"])
    def test_a_format_is_needed(self, name: str) -> None:
        with pytest.raises(ReaderError, match="READER_FORMAT"):
            open_reader("keyboard:", name)


@given(st.binary(min_size=4, max_size=4), st.sampled_from(FORMATS), st.booleans())
def test_every_card_comes_through_in_every_format(uid: bytes, name: str, keypad: bool) -> None:
    """From the keys that are pressed to the UID."""
    keys = Keys()
    events = EVENT.iter_unpack(typed(encode(name, uid), keypad=keypad))  # type: ignore[arg-type]
    lines = [line for s, us, type_, code, value in events if (line := keys.take(s, type_, code, value))]
    reader = open_reader("keyboard:", name)
    assert [wedge.feed(line) for line in lines] == [True]
    assert reader.wait_for_card(0) == CardSeen(uid, "other")
    reader.close()


@given(
    st.lists(
        st.tuples(st.floats(0, 10), st.integers(0, 3), st.integers(0, 300), st.integers(-1, 2)),
        max_size=300,
    )
)
def test_any_events_make_lines_or_nothing(events: list[tuple[float, int, int, int]]) -> None:
    keys = Keys()
    for event in events:
        line = keys.take(*event)
        assert line is None or 1 <= len(line) <= 41
