"""The driver of the PN532 against a chip behind a real pseudo terminal, with all that goes wrong."""

from __future__ import annotations

import errno
import logging
import os
import re
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import serial
from hypothesis import given
from hypothesis import strategies as st

from icme_tui.cards import access
from icme_tui.cards.access import TRANSPORT_KEY
from icme_tui.codes import CardError, ReaderError
from icme_tui.devices import traffic
from icme_tui.devices.mifare import new_memory
from icme_tui.devices.opening import open_reader, require_address
from icme_tui.devices.pn532 import chip, frames
from icme_tui.devices.pn532 import reader as reader_
from icme_tui.devices.pn532.chip import Chip, Exchanged, Limits, Target, target_of
from icme_tui.devices.pn532.reader import Pn532Reader, kind_of
from icme_tui.devices.port import CardSeen
from icme_tui.devices.traffic import TRACE, Traffic
from tests.support.pn532 import ACK, UID, Bench, Fault, Simulator, frame
from tests.support.properties import of

NEW = b"new bytes of 16."
UID_7 = bytes.fromhex("04DEADBEEF1234")
SHORT = Limits(ack=0.1, waking=(0.2, 0.2), answer=0.2, gap=0.05)


@pytest.fixture
def module() -> Iterator[Simulator]:
    with Simulator() as made:
        yield made


@pytest.fixture
def reader(module: Simulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pn532Reader]:
    monkeypatch.setattr(reader_, "POLL_S", 0.01)
    made = Pn532Reader(module.device, SHORT)
    yield made
    made.close()


def bench(module: Simulator) -> Bench:
    assert isinstance(module.cards, Bench)
    return module.cards


def gone(reader: Pn532Reader) -> None:
    """One operation fails because the card is not to be had."""
    with pytest.raises(CardError, match="CARD_GONE"):
        reader.authenticate(4, "A", TRANSPORT_KEY)


class TestOpening:
    def test_wakes_the_chip_and_sets_it_up(self, module: Simulator) -> None:
        reader = open_reader(module.address)
        assert reader.name == f"pn532:{Path(module.device).name}"
        assert [command.hex() for command in module.heard] == ["14010000", "02", "1204", "3205ff0101"]
        reader.close()
        assert module.heard[-1].hex() == "320100"

    def test_is_for_one_program_only(self, module: Simulator) -> None:
        first = open_reader(module.address)
        with pytest.raises(ReaderError, match="READER_IN_USE") as refused:
            open_reader(module.address)
        assert (refused.value.detail["reader"], refused.value.detail["device"]) == (first.name, module.device)
        first.close()
        open_reader(module.address).close()

    @pytest.mark.parametrize(
        ("number", "code"),
        [
            (errno.EACCES, "READER_DENIED"),
            (errno.EBUSY, "READER_IN_USE"),
            (errno.ENOENT, "READER_GONE"),
            (errno.ENODEV, "READER_GONE"),
        ],
    )
    def test_tells_what_is_wrong_with_the_device(
        self, monkeypatch: pytest.MonkeyPatch, number: int, code: str
    ) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise serial.SerialException(number, "could not open port")

        monkeypatch.setattr(serial, "Serial", refuse)
        with pytest.raises(ReaderError, match=code) as refused:
            open_reader("pn532:/dev/ttyUSB7")
        assert refused.value.detail == {
            "reader": "pn532:ttyUSB7",
            "device": "/dev/ttyUSB7",
            "group": "dialout",
        }

    def test_a_device_that_is_not_there_or_is_no_line(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        for name in ("missing", "file", "."):
            with pytest.raises(ReaderError, match="READER_GONE"):
                open_reader(f"pn532:{tmp_path / name}")

    def test_a_port_with_nothing_behind_it(self) -> None:
        master, slave = os.openpty()
        tty.setraw(slave)
        with pytest.raises(ReaderError, match="READER_SILENT"):
            Pn532Reader(os.ttyname(slave), SHORT)
        os.close(master)
        os.close(slave)

    def test_a_line_that_echoes(self) -> None:
        with pytest.raises(ReaderError, match="READER_SILENT"):
            Chip(Echo(), "echo", silent(), SHORT).start()

    def test_another_chip(self, module: Simulator) -> None:
        module.faults[1] = "other chip"
        with pytest.raises(ReaderError, match="READER_UNKNOWN"):
            Pn532Reader(module.device, SHORT)
        Pn532Reader(module.device, SHORT).close()

    def test_addresses(self) -> None:
        for address in ("pn532:/dev/ttyUSB0", "pn532:COM3", "pn532:/dev/serial/by-id/usb-1a86 USB"):
            require_address(address)
        for address in ("pn532:", "pn532: ", "pn532", "pn532:?x"):
            with pytest.raises(ReaderError, match="READER_ADDRESS"):
                require_address(address)


class TestCards:
    def test_a_card_is_seen_used_and_seen_to_leave(self, module: Simulator, reader: Pn532Reader) -> None:
        assert reader.wait_for_card(0) is None
        assert reader.wait_for_removal(0)
        card = bench(module).put()
        assert reader.wait_for_card(0) == CardSeen(UID, "mifare-classic-1k")
        reader.authenticate(4, "A", TRANSPORT_KEY)
        reader.write(4, NEW)
        assert reader.read(4) == card.peek(4) == NEW
        assert not reader.wait_for_removal(0)
        bench(module).take()
        assert reader.wait_for_removal(1)
        gone(reader)

    def test_the_commands_are_those_of_the_manual(self, module: Simulator, reader: Pn532Reader) -> None:
        bench(module).put(bytes.fromhex("948A3B0B"))
        reader.wait_for_card(0)
        del module.heard[:]
        reader.authenticate(3, "A", TRANSPORT_KEY)
        reader.read(3)
        reader.authenticate(8, "B", TRANSPORT_KEY)
        reader.authenticate(8, "A", TRANSPORT_KEY)
        reader.write(8, NEW)
        assert [command.hex().upper() for command in module.heard] == [
            "40016003FFFFFFFFFFFF948A3B0B",
            "40013003",
            "40016108FFFFFFFFFFFF948A3B0B",
            "40016008FFFFFFFFFFFF948A3B0B",
            "4001A008" + NEW.hex().upper(),
        ]

    @pytest.mark.parametrize("uid", [UID_7, bytes(range(16, 26))])
    def test_of_a_longer_uid_the_last_four_bytes_open_it(
        self, module: Simulator, reader: Pn532Reader, uid: bytes
    ) -> None:
        bench(module).put(uid, atqa=b"\x00\x44")
        assert reader.wait_for_card(0) == CardSeen(uid, "mifare-classic-1k")
        reader.authenticate(4, "A", TRANSPORT_KEY)
        assert module.heard[-1].endswith(uid[-4:])

    def test_a_card_that_is_two_cards_stays_a_classic(self, module: Simulator, reader: Pn532Reader) -> None:
        bench(module).put(sak=0x28, tail=bytes.fromhex("0675778102"))
        assert reader.wait_for_card(0) == CardSeen(UID, "mifare-classic-1k")
        reader.authenticate(4, "A", TRANSPORT_KEY)
        assert reader.read(4) == bytes(16)

    @pytest.mark.parametrize(
        ("atqa", "sak", "kind"),
        [
            ("0004", 0x08, "mifare-classic-1k"),
            ("0044", 0x08, "mifare-classic-1k"),
            ("0004", 0x88, "mifare-classic-1k"),
            ("0004", 0x28, "mifare-classic-1k"),
            ("0002", 0x18, "mifare-classic-4k"),
            ("0002", 0x38, "mifare-classic-4k"),
            ("0004", 0x09, "mifare-mini"),
            ("0044", 0x00, "mifare-ultralight"),
            ("0344", 0x20, "mifare-desfire"),
            ("0048", 0x20, "other"),
            ("0004", 0x20, "other"),
            ("0C00", 0x01, "other"),
        ],
    )
    def test_kinds(self, atqa: str, sak: int, kind: str) -> None:
        assert kind_of(bytes.fromhex(atqa), sak) == kind

    def test_a_refused_key_and_the_card_goes_on(self, module: Simulator, reader: Pn532Reader) -> None:
        bench(module).put()
        reader.wait_for_card(0)
        with pytest.raises(CardError, match="AUTH_REFUSED"):
            reader.authenticate(4, "A", b"wrong!")
        with pytest.raises(CardError, match="NOT_AUTHENTICATED"):
            reader.read(4)
        reader.authenticate(4, "A", TRANSPORT_KEY)
        with pytest.raises(CardError, match="NOT_AUTHENTICATED"):
            reader.write(8, NEW)
        assert reader.read(4) == bytes(16)

    def test_what_the_access_bits_forbid(self, module: Simulator, reader: Pn532Reader) -> None:
        memory = new_memory(UID)
        memory[112:128] = access.trailer(b"key A.", bytes.fromhex("787788"), 0x69, b"key B.")
        bench(module).put(memory=memory)
        reader.wait_for_card(0)
        reader.authenticate(4, "A", b"key A.")
        with pytest.raises(CardError, match="ACCESS_DENIED"):
            reader.write(4, NEW)
        reader.authenticate(4, "B", b"key B.")
        reader.write(4, NEW)

    def test_another_card_in_its_place_means_that_it_left(
        self, module: Simulator, reader: Pn532Reader
    ) -> None:
        bench(module).put()
        reader.wait_for_card(0)
        bench(module).put(UID[::-1])
        with pytest.raises(CardError, match="CARD_GONE"):
            reader.authenticate(4, "A", TRANSPORT_KEY)
        assert reader.wait_for_removal(0)
        assert reader.wait_for_card(0) == CardSeen(UID[::-1], "mifare-classic-1k")


RECOVERED: list[Fault] = ["no ack", "nack", "flipped", "half", "noise", "silent", "duplicate"]
"""What a person at the door never learns of."""
LOST: list[Fault] = [
    "always flipped", "error frame", "status 02", "asleep", "reset", "no answer", "late", "pulled",
    "pulled after",
]  # fmt: skip
"""After these nobody knows what the card holds: it has to be put back."""


class TestFaults:
    @pytest.mark.parametrize("fault", RECOVERED)
    @pytest.mark.parametrize("number", [0, 2], ids=["authenticate", "write"])
    def test_what_is_recovered_from(
        self, module: Simulator, reader: Pn532Reader, fault: Fault, number: int
    ) -> None:
        card = bench(module).put()
        reader.wait_for_card(0)
        module.card_faults[number] = fault
        reader.authenticate(4, "A", TRANSPORT_KEY)
        assert reader.read(4) == bytes(16)
        reader.write(4, NEW)
        assert reader.read(4) == card.peek(4) == NEW
        assert module.card_faults == {}

    @pytest.mark.parametrize("fault", LOST)
    @pytest.mark.parametrize("number", [0, 1], ids=["authenticate", "write"])
    def test_after_what_the_card_has_to_be_put_back(
        self, module: Simulator, reader: Pn532Reader, fault: Fault, number: int
    ) -> None:
        bench(module).put()
        reader.wait_for_card(0)
        module.card_faults[number] = fault

        def use() -> None:
            reader.authenticate(4, "A", TRANSPORT_KEY)
            reader.write(4, NEW)
            assert reader.read(4) == NEW

        with pytest.raises(CardError, match="CARD_GONE"):
            use()
        bench(module).take()
        assert reader.wait_for_removal(2)
        bench(module).put()
        assert reader.wait_for_card(2) is not None
        use()

    @pytest.mark.parametrize("fault", [*RECOVERED, "always flipped", "asleep", "reset", "no answer", "late"])
    def test_looking_for_a_card(self, module: Simulator, reader: Pn532Reader, fault: Fault) -> None:
        module.faults[module.commands] = fault
        assert reader.wait_for_card(0) is None
        bench(module).put()
        assert reader.wait_for_card(0) == CardSeen(UID, "mifare-classic-1k")

    def test_a_card_pulled_away_is_never_one_that_refused_a_key(
        self, module: Simulator, reader: Pn532Reader
    ) -> None:
        bench(module).put()
        reader.wait_for_card(0)
        module.card_faults[0] = "refused and pulled"
        gone(reader)

    def test_one_look_that_misses_is_no_removal(self, module: Simulator, reader: Pn532Reader) -> None:
        bench(module).put()
        reader.wait_for_card(0)
        laid, bench(module).laid = bench(module).laid, None
        assert not reader.wait_for_removal(0)
        bench(module).laid = laid
        assert not reader.wait_for_removal(0.2)

    def test_a_damaged_answer_is_asked_for_again_once(self, module: Simulator, reader: Pn532Reader) -> None:
        bench(module).put()
        reader.wait_for_card(0)
        module.card_faults[0] = "flipped"
        reader.authenticate(4, "A", TRANSPORT_KEY)
        assert module.signs == ["NACK"]
        module.card_faults[1] = "always flipped"
        with pytest.raises(CardError, match="CARD_GONE"):
            reader.read(4)
        assert module.signs == ["NACK", "NACK", "ACK"]

    def test_a_short_answer_to_a_read(self, module: Simulator, reader: Pn532Reader) -> None:
        bench(module).put()
        reader.wait_for_card(0)
        reader.authenticate(4, "A", TRANSPORT_KEY)
        module.card_faults[1] = "short read"
        with pytest.raises(CardError, match="CARD_GONE"):
            reader.read(4)

    def test_a_late_answer_is_not_taken_for_that_of_another_block(
        self, module: Simulator, reader: Pn532Reader
    ) -> None:
        memory = new_memory(UID)
        memory[64:80], memory[80:96] = b"block four......", b"block five......"
        bench(module).put(memory=memory)
        reader.wait_for_card(0)
        reader.authenticate(4, "A", TRANSPORT_KEY)
        module.card_faults[1] = "duplicate"
        assert reader.read(4) == b"block four......"
        module.say(frame(b"\xd5\x41\x00block four......"))
        assert reader.read(5) == b"block five......"

    def test_the_module_loses_its_power_for_a_moment(self, module: Simulator, reader: Pn532Reader) -> None:
        bench(module).put()
        reader.wait_for_card(0)
        module.switch_off_and_on()
        gone(reader)
        assert reader.wait_for_card(0) is not None
        reader.authenticate(4, "A", TRANSPORT_KEY)

    def test_the_cable_is_pulled(self, module: Simulator, reader: Pn532Reader) -> None:
        bench(module).put()
        reader.wait_for_card(0)
        module.unplug()
        with pytest.raises(CardError, match="READER_LOST"):
            reader.authenticate(4, "A", TRANSPORT_KEY)
        gone(reader)
        assert reader.wait_for_removal(1)
        with pytest.raises(ReaderError, match="READER_GONE"):
            reader.wait_for_card(1)

    def test_the_cable_is_pulled_while_a_card_lies_there(
        self, module: Simulator, reader: Pn532Reader
    ) -> None:
        bench(module).put()
        reader.wait_for_card(0)
        module.unplug()
        with pytest.raises(ReaderError, match="READER_GONE"):
            reader.wait_for_removal(1)

    def test_the_module_dies_in_a_presentation(self, module: Simulator, reader: Pn532Reader) -> None:
        bench(module).put()
        reader.wait_for_card(0)
        reader.authenticate(4, "A", TRANSPORT_KEY)
        for number in range(40):
            module.faults[module.commands + number] = "asleep"
        with pytest.raises(CardError, match="READER_LOST"):
            reader.write(4, NEW)

    def test_a_line_that_never_stops_talking(self) -> None:
        class Babble(Echo):
            def read(self, until: float) -> bytes:
                return b"\x00\xff\x55" * 20

        with pytest.raises(ReaderError, match="READER_SILENT"):
            Chip(Babble(), "babble", silent(), Limits(0.01, (0.01,), 0.01, 0.01)).start()


def test_keys_are_never_in_the_raw_traffic(
    module: Simulator, reader: Pn532Reader, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(TRACE, logger=traffic.ROOT)
    key_a, key_b = bytes.fromhex("A1A2A3A4A5A6"), bytes.fromhex("B1B2B3B4B5B6")
    bench(module).put()
    reader.wait_for_card(0)
    reader.authenticate(4, "A", TRANSPORT_KEY)
    reader.write(7, access.trailer(key_a, access.TRANSPORT, 0x69, key_b))
    reader.authenticate(4, "A", key_a)
    assert reader.read(7).endswith(key_b)
    reader.read(4)
    told = "\n".join(record.getMessage() for record in caplog.records)
    assert "> 00 00 FF 0F F1 D4 40 01 60 04 **" in told
    assert "> 00 00 FF 05 FB D4 40 01 30 04 B7 00" in told
    assert re.search("(A1|B1|FF) (A2|B2|FF) (A3|B3|FF)", told) is None
    assert re.search(r"D5 41 00 EA 00  \(", told)


class Echo:
    """A line that gives back what it is sent."""

    def __init__(self) -> None:
        self.rest = b""

    def write(self, data: bytes) -> None:
        self.rest += data

    def read(self, until: float) -> bytes:
        taken, self.rest = self.rest, b""
        if not taken:
            time.sleep(max(0.0, min(0.01, until - time.monotonic())))
        return taken

    def drop(self) -> None:
        self.rest = b""


class Scripted(Echo):
    """A line on which these pieces come, whatever is sent."""

    def __init__(self, pieces: list[bytes]) -> None:
        super().__init__()
        self._pieces = iter(pieces)

    def write(self, data: bytes) -> None:
        pass

    def read(self, until: float) -> bytes:
        return next(self._pieces, b"")


def silent() -> Traffic:
    return Traffic(logging.getLogger("tests.silent"))


def outcome_of(call: Callable[[], object]) -> tuple[object, str]:
    """What a call gives back, and the code of the reader's error that it raised."""
    try:
        return call(), ""
    except ReaderError as error:
        return None, error.code


AT_ONCE = Limits(0.001, (0.001,), 0.001, 0.001)
answers = st.one_of(
    st.binary(max_size=30),
    st.just(ACK),
    st.binary(max_size=20).map(lambda data: frame(b"\xd5\x41" + data)),
    st.binary(max_size=20).map(lambda data: frame(b"\xd5\x4b" + data)),
    st.binary(min_size=1, max_size=20).map(frame),
)


@given(st.lists(answers, max_size=12))
def test_whatever_comes_it_raises_nothing_but_its_own_errors(pieces: list[bytes]) -> None:
    line = Chip(Scripted([*pieces, *pieces]), "scripted", silent(), AT_ONCE)
    for command in (lambda: line.exchange(1, b"\x30\x04"), line.list_target, line.start, line.stop):
        answer, code = outcome_of(command)
        assert code in ("", "READER_SILENT", "READER_NOISY", "READER_UNKNOWN")
        assert answer is None or isinstance(answer, Exchanged | Target)


@given(st.one_of(st.binary(max_size=40), st.binary(max_size=30).map(lambda data: b"\x01\x01" + data)))
def test_a_card_is_made_of_bytes_or_refused(answer: bytes) -> None:
    target, code = outcome_of(lambda: target_of(answer))
    assert code in ("", "READER_NOISY")
    assert (target is None) == (code != "" or answer[:1] == b"\0")
    if target is not None:
        assert isinstance(target, Target)
        assert len(target.uid) in (4, 7, 10)
        assert target.uid in answer or (len(target.uid) == 10 and target.uid[3:] in answer)


def test_a_card_in_an_answer() -> None:
    assert target_of(b"\0") is None
    assert target_of(bytes.fromhex("010100040804C3D7C833")) == Target(
        1, b"\x00\x04", 0x08, bytes.fromhex("C3D7C833")
    )


@pytest.mark.parametrize(
    ("told", "uid"),
    [
        ("07 04010203040506", "04010203040506"),
        ("08 88 04010203040506", "04010203040506"),
        ("0C 88 040102 88 030405 06070809", "04010203040506070809"),
    ],
)
def test_cascade_tags_are_no_part_of_a_uid(told: str, uid: str) -> None:
    found = target_of(bytes.fromhex(f"0101004408{told}"))
    assert found is not None
    assert found.uid.hex() == uid


def test_every_status_has_a_name() -> None:
    assert set(chip.STATUS) <= set(range(0x40))
    assert len(set(chip.STATUS.values())) == len(chip.STATUS)


HASTY = Limits(ack=0.03, waking=(0.05, 0.05), answer=0.05, gap=0.02)
"""So short that a busy machine breaks them as well, which must do no harm either."""
BLOCKS = (4, 5, 6)


def content(block: int) -> bytes:
    return b"block %10d" % block


@of(
    st.lists(
        st.tuples(
            st.sampled_from(BLOCKS),
            st.sampled_from([None, None, *RECOVERED, *LOST, "refused and pulled", "short read", "slow"]),
            st.sampled_from([b"", b"", b"\x00\xff\x03", frame(b"\xd5\x41\x00" + bytes(16)), ACK]),
        ),
        min_size=2,
        max_size=5,
    )
)
def a_read_tells_its_block_or_fails(steps: list[tuple[int, Fault | None, bytes]]) -> None:
    """Whatever happens to commands, and whatever else is on the line."""
    memory = new_memory(UID)
    for block in BLOCKS:
        memory[block * 16 : block * 16 + 16] = content(block)
    with Simulator() as module, pytest.MonkeyPatch.context() as patched:
        patched.setattr(reader_, "POLL_S", 0.005)
        reader = Pn532Reader(module.device, SHORT)
        reader._chip._limits = HASTY
        for block, fault, stray in steps:
            bench(module).put(memory=memory)
            with suppress(CardError, ReaderError):
                if reader.wait_for_card(0.1) is None:
                    continue
                reader.authenticate(4, "A", TRANSPORT_KEY)
                if fault is not None:
                    module.card_faults[module.card_commands] = fault
                module.say(stray)
                assert reader.read(block) == content(block)
                assert reader.read(BLOCKS[0]) == content(BLOCKS[0])
        reader.close()


@pytest.mark.hypothesis
def test_a_read_tells_its_block_or_fails() -> None:
    a_read_tells_its_block_or_fails.holds()


class TestControls:
    def test_answers_before_the_acknowledgement_would_be_those_of_other_blocks(
        self, module: Simulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A driver that takes any answer reads what belongs to another block."""
        reader = Pn532Reader(module.device, SHORT)

        def hasty(self: Chip, code: int, data: bytes = b"", ack_s: float = 0.1, masked: str = "") -> bytes:
            self._line.write(frames.encode(bytes([code]) + data))
            return self._answer(code, None)

        memory = new_memory(UID)
        memory[64:80] = b"block four......"
        bench(module).put(memory=memory)
        reader.wait_for_card(0)
        reader.authenticate(4, "A", TRANSPORT_KEY)
        monkeypatch.setattr(Chip, "_once", hasty)
        module.card_faults[1] = "duplicate"
        assert reader.read(4) == b"block four......"
        assert reader.read(5) == b"block four......"
        reader.close()

    def test_and_the_law_would_say_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        once = Chip._once

        def hasty(
            self: Chip, code: int, data: bytes = b"", ack_s: float = 0.1, masked: str = ""
        ) -> bytes | None:
            if code != chip.IN_DATA_EXCHANGE:
                return once(self, code, data, ack_s, masked)  # type: ignore[arg-type]
            self._line.write(frames.encode(bytes([code]) + data))
            return self._answer(code, None)

        monkeypatch.setattr(Chip, "_once", hasty)
        a_read_tells_its_block_or_fails.breaks()
