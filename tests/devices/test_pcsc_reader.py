"""The PC/SC reader on the real stack: pcscd, its virtual reader, pyscard."""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import NoReturn

import pytest

from icme_tui.codes import CardError, IcmeError, ReaderError
from icme_tui.commands.sentences import sentence
from icme_tui.devices.opening import open_reader
from icme_tui.devices.pcsc import keyways, profiles, scard
from icme_tui.devices.pcsc.apdu import KeyWay
from icme_tui.devices.pcsc.reader import PcscReader
from icme_tui.devices.port import Reader
from icme_tui.devices.traffic import TRACE
from tests.support import vpcd_card
from tests.support.vpcd import ACS, PLAIN, Slot, Stack, another_client, wait_until
from tests.support.vpcd_card import FAILED, Fault, StorageCard

pytestmark = pytest.mark.integration

UID = bytes.fromhex("04A1B2C3")
TRANSPORT = b"\xff" * 6
WRONG = b"\xfe" * 6
SECOND = f"{PLAIN} 00 01"


@pytest.fixture
def slot(stack: Stack) -> Slot:
    return stack.slots[f"{PLAIN} 00 00"]


@pytest.fixture
def reader(stack: Stack, slot: Slot) -> Iterator[Reader]:
    found = open_reader(f"pcsc:{slot.name.lower()}")
    yield found
    found.close()


def put_on(slot: Slot, reader: Reader, card: StorageCard) -> StorageCard:
    slot.put_on(card)
    assert reader.wait_for_card(10) is not None
    return card


@pytest.mark.parametrize(
    ("atr", "uid", "kind"),
    [
        (vpcd_card.CLASSIC_1K, UID, "mifare-classic-1k"),
        (vpcd_card.CLASSIC_4K, bytes.fromhex("04A1B2C3D4E5F6"), "mifare-classic-4k"),
        (vpcd_card.CLONE, UID, "mifare-classic-1k"),
        (vpcd_card.ULTRALIGHT, bytes.fromhex("04A1B2C3D4E5F6"), "mifare-ultralight"),
        (vpcd_card.DESFIRE, bytes.fromhex("08A1B2C3"), "mifare-desfire"),
    ],
)
def test_a_card_is_seen_with_its_uid_and_kind(
    slot: Slot, reader: Reader, atr: bytes, uid: bytes, kind: str
) -> None:
    slot.put_on(StorageCard.blank(uid, atr=atr))
    assert reader.wait_for_card(10) == (uid, kind)


def test_a_card_is_read_and_written_with_the_right_key_only(slot: Slot, reader: Reader) -> None:
    put_on(slot, reader, StorageCard.blank(UID))
    reader.authenticate(7, "A", TRANSPORT)
    reader.write(5, bytes(range(16)))
    assert reader.read(5) == bytes(range(16))
    with pytest.raises(CardError, match="AUTH_REFUSED"):
        reader.authenticate(7, "B", WRONG)
    reader.authenticate(7, "A", TRANSPORT)  # the card had halted and was selected again
    with pytest.raises(CardError, match="ACCESS_DENIED"):
        reader.read(8)
    reader.authenticate(7, "A", TRANSPORT)
    assert reader.read(5) == bytes(range(16))


def test_waiting_ends_in_time_and_sees_cards_come_and_go(slot: Slot, reader: Reader) -> None:
    assert reader.wait_for_card(0.05) is None
    put_on(slot, reader, StorageCard.blank(UID))
    assert not reader.wait_for_removal(0.05)
    seen = reader.wait_for_card(0)
    assert seen is not None
    assert seen.uid == UID
    assert not reader.wait_for_removal(0)
    slot.take_off()
    assert reader.wait_for_removal(10)
    assert reader.wait_for_removal(0)


def test_a_card_that_is_pulled_is_no_wrong_key(slot: Slot, reader: Reader) -> None:
    card = put_on(slot, reader, StorageCard.blank(UID))
    slot.take_off()
    card.fault = Fault(0, "pull")
    for _ in range(2):
        with pytest.raises(CardError, match="CARD_GONE"):
            reader.authenticate(7, "A", TRANSPORT)


def test_a_refusal_by_a_card_that_has_gone_meanwhile_is_no_wrong_key(slot: Slot, reader: Reader) -> None:
    """ACS readers say 63 00 to everything."""
    card = put_on(slot, reader, StorageCard.blank(UID))
    card.fault = Fault(len(card.seen) + 1, "status", FAILED)
    card.uid = b"\x04\x00\x00\x01"
    with pytest.raises(CardError, match="CARD_GONE"):
        reader.authenticate(7, "A", TRANSPORT)


@pytest.mark.parametrize("at", [0, 1])
def test_an_answer_without_sense(slot: Slot, reader: Reader, at: int) -> None:
    card = put_on(slot, reader, StorageCard.blank(UID))
    reader.authenticate(7, "A", TRANSPORT)
    card.fault = Fault(len(card.seen) + at, "status")
    with pytest.raises(CardError, match="CARD_ANSWER") as error:
        reader.authenticate(7, "A", TRANSPORT)
    assert error.value.detail == {"status": "6F00"}


def test_an_answer_that_is_too_short(slot: Slot, reader: Reader) -> None:
    card = put_on(slot, reader, StorageCard.blank(UID))
    reader.authenticate(7, "A", TRANSPORT)
    card.fault = Fault(len(card.seen), "status", b"\x00\x90\x00")
    with pytest.raises(CardError, match="CARD_ANSWER"):
        reader.read(4)
    card.fault = Fault(len(card.seen), "silent")
    with pytest.raises(CardError, match="CARD_GONE"):
        reader.write(4, bytes(16))


@pytest.mark.parametrize(
    "card",
    [
        StorageCard.blank(UID, takes=frozenset({(way.structure, way.slot)}), numbers={way.slot: way.number})
        for way in profiles.TRIED
    ]
    + [StorageCard.blank(UID, is_old=True)],
    ids=lambda card: f"{card.takes}",
)
def test_a_reader_is_asked_how_it_takes_keys_and_only_once(
    stack: Stack, slot: Slot, card: StorageCard
) -> None:
    first = open_reader(f"pcsc:{slot.name}")
    put_on(slot, first, card)
    first.authenticate(7, "A", TRANSPORT)
    first.close()
    slot.leave()
    again = open_reader(f"pcsc:{SECOND}")  # the other slot of the same reader
    put_on(stack.slots[SECOND], again, card)
    again.authenticate(7, "A", TRANSPORT)
    again.close()
    assert len(card.seen) == 3


def test_a_way_that_only_seems_to_work_is_not_kept(slot: Slot, reader: Reader) -> None:
    """The reader takes the key in a slot that it does not use."""
    ways = frozenset({(0x00, 0x00), (0x00, 0x20)})
    card = put_on(slot, reader, StorageCard.blank(UID, takes=ways, numbers={0x00: 0x05}))
    with pytest.raises(CardError, match="AUTH_REFUSED"):
        reader.authenticate(7, "A", WRONG)
    assert keyways.KeyWays(slot.name, profiles.DEFAULT).known is None
    reader.authenticate(7, "A", TRANSPORT)
    assert keyways.KeyWays(slot.name, profiles.DEFAULT).known == KeyWay(0x00, 0x20, 0x20)
    before = len(card.seen)
    with pytest.raises(CardError, match="AUTH_REFUSED"):
        reader.authenticate(7, "A", WRONG)
    assert len(card.seen) == before + 3  # key, authentication, and the UID of the card selected again


def test_what_worked_is_kept_in_a_file_that_may_be_damaged(slot: Slot, reader: Reader) -> None:
    put_on(slot, reader, StorageCard.blank(UID))
    reader.authenticate(7, "A", TRANSPORT)
    path = keyways._path()
    assert path.stat().st_mode & 0o777 == 0o600
    known = keyways.KeyWays(slot.name, profiles.DEFAULT)
    assert known.known == KeyWay(0, 0, 0)
    path.write_bytes(b"{")
    assert keyways.KeyWays(slot.name, profiles.DEFAULT).known is None
    assert next(keyways.KeyWays(slot.name, profiles.DEFAULT).to_try()) == profiles.TRIED[0]


def test_a_reader_that_takes_no_keys_is_named(slot: Slot, reader: Reader) -> None:
    put_on(slot, reader, StorageCard.blank(UID, takes=frozenset()))
    with pytest.raises(ReaderError, match="READER_KEYS"):
        reader.authenticate(7, "A", TRANSPORT)


def test_a_reset_by_another_program_is_known_and_the_card_taken_up_again(
    slot: Slot, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody gets in between while the card is ours alone; a reader's driver may still reset it."""
    library = scard.library()
    monkeypatch.setattr(library, "SCARD_SHARE_EXCLUSIVE", library.SCARD_SHARE_SHARED)
    put_on(slot, reader, StorageCard.blank(UID))
    reader.authenticate(7, "A", TRANSPORT)
    with another_client(slot.name, alone=False) as reset:
        reset()
        with pytest.raises(CardError, match="CARD_RESET"):
            reader.read(4)
        with pytest.raises(CardError, match="CARD_GONE"):
            reader.read(4)
    assert reader.wait_for_removal(0)
    assert reader.wait_for_card(5) is not None
    reader.authenticate(7, "A", TRANSPORT)
    assert reader.read(4) == bytes(16)


def test_nobody_else_gets_the_card_during_a_presentation_and_everybody_after_it(
    slot: Slot, reader: Reader
) -> None:
    put_on(slot, reader, StorageCard.blank(UID))
    context = scard.Context()
    with pytest.raises(scard.StatusError, match="8010000B"):
        context.connect(slot.name, "exclusive")
    reader.wait_for_removal(0)
    context.connect(slot.name, "exclusive").end(reset=False)
    context.release()


def test_another_program_that_holds_the_card_is_told_of(slot: Slot, reader: Reader) -> None:
    slot.put_on(StorageCard.blank(UID))
    with another_client(slot.name, alone=True), pytest.raises(ReaderError, match="READER_IN_USE"):
        reader.wait_for_card(0.2)


def test_a_program_that_only_looks_at_every_card_takes_no_reader_away(slot: Slot, reader: Reader) -> None:
    slot.put_on(StorageCard.blank(UID))
    with ExitStack() as other:
        other.enter_context(another_client(slot.name, alone=True))
        leaves = threading.Timer(0.3, other.pop_all().close)
        leaves.start()
        assert reader.wait_for_card(0.1) is not None
        leaves.join()


def test_what_polkit_refuses_is_told_with_the_card_and_without(
    slot: Slot, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Newer services let a session list readers and refuse it the card (8010006A)."""

    def refuse(*_: object) -> NoReturn:
        raise scard.StatusError(0x8010006A)

    slot.put_on(StorageCard.blank(UID))
    with monkeypatch.context() as patched:
        patched.setattr(scard.Context, "connect", refuse)
        with pytest.raises(ReaderError, match="READER_FORBIDDEN"):
            reader.wait_for_card(5)
        patched.setattr(scard.Context, "readers", refuse)
        with pytest.raises(ReaderError, match="READER_FORBIDDEN"):
            open_reader(f"pcsc:{SECOND}")


def test_two_readers_do_not_disturb_each_other_and_one_belongs_to_one(stack: Stack, slot: Slot) -> None:
    one, two = open_reader(f"pcsc:{slot.name}"), open_reader(f"pcsc:{SECOND}")
    with pytest.raises(ReaderError, match="READER_IN_USE"):
        open_reader(f"pcsc:{SECOND}")
    put_on(slot, one, StorageCard.blank(UID))
    put_on(stack.slots[SECOND], two, StorageCard.blank(b"\x04\x00\x00\x01"))
    for reader in (one, two, one):
        reader.authenticate(7, "A", TRANSPORT)
        assert reader.read(4) == bytes(16)
    one.close()
    two.close()


@pytest.mark.parametrize(("address", "code"), [("pcsc:nobody's", "NO_READER"), ("pcsc:?", "READER_ADDRESS")])
def test_an_address_that_names_no_reader(stack: Stack, address: str, code: str) -> None:
    with pytest.raises(ReaderError, match=code):
        open_reader(address)


def test_without_a_part_the_slot_for_contactless_cards_is_taken(stack: Stack) -> None:
    reader = open_reader("pcsc:")
    assert "SAM" not in reader.name
    reader.close()


def test_a_service_that_does_not_run_is_named(stack: Stack) -> None:
    stack.kill()
    with pytest.raises(ReaderError, match="NO_SERVICE"):
        open_reader("pcsc:")
    stack.start()


def test_a_service_that_hangs_keeps_nobody_waiting(stack: Stack, slot: Slot) -> None:
    reader = open_reader(f"pcsc:{slot.name}")
    assert stack._daemon is not None
    stack._daemon.send_signal(signal.SIGSTOP)
    try:
        begun = time.monotonic()
        with pytest.raises(ReaderError, match="SERVICE_HANGS"):
            reader.wait_for_card(0.1)
        reader.close()
        threads = threading.active_count()
        for _ in range(3):
            with pytest.raises(ReaderError, match="SERVICE_HANGS"):
                open_reader(f"pcsc:{slot.name}")
        assert threading.active_count() <= threads + 1
        assert time.monotonic() - begun < 10 * scard.SHORT_S
    finally:
        stack._daemon.send_signal(signal.SIGCONT)
    wait_until(lambda: not any(caller.is_busy for caller in scard._left_behind))


def test_outcomes_sound_different_and_the_reader_greets_nobody(stack: Stack) -> None:
    slot = stack.slots[f"{ACS} 00 00"]
    reader = open_reader(f"pcsc:{ACS}")
    card = put_on(slot, reader, StorageCard.blank(UID))
    for outcome in ("accepted", "refused", "again"):
        reader.signal(outcome)
    reader.close()
    assert [command.hex() for command in card.told] == [
        "ff00520000",
        "ff0040a00401000101",
        "ff0040500401010301",
        "ff0040500401010201",
        "ff0052ff00",
        "ff0051ff00",
    ]


def test_a_reader_that_cannot_beep_is_no_trouble(stack: Stack) -> None:
    slot = stack.slots[f"{ACS} 00 00"]
    reader = open_reader(f"pcsc:{ACS}")
    reader.signal("refused")  # without a card: the driver refuses the command
    card = put_on(slot, reader, StorageCard.blank(UID))
    card.fault = Fault(len(card.seen), "status", b"\x6d\x00")
    reader.signal("again")
    reader.signal("again")
    assert len(card.told) == 1
    reader.close()


def test_the_trace_shows_every_command_and_no_key(
    slot: Slot, reader: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(TRACE, logger="icme_tui.devices")
    put_on(slot, reader, StorageCard.blank(UID))
    reader.authenticate(7, "A", TRANSPORT)
    lines = [record.getMessage() for record in caplog.records]
    assert "> FF 82 00 00 06 ** ** ** ** ** **" in lines
    assert "> FF 86 00 00 05 01 00 07 60 00" in lines
    assert not [line for line in lines if "FF FF FF" in line]
    caplog.clear()
    trailer = reader.read(7)
    reader.write(7, TRANSPORT + trailer[6:10] + b"secret")
    lines = [record.getMessage() for record in caplog.records]
    assert [line.split("  (")[0] for line in lines] == [
        "> FF B0 00 07 10", "< " + "** " * 16 + "90 00", "> FF D6 00 07 10" + " **" * 16, "< 90 00",
    ]  # fmt: skip


def test_without_pyscard_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "smartcard", None)
    monkeypatch.setitem(sys.modules, "smartcard.scard", None)
    with pytest.raises(IcmeError, match="PCSC_MISSING") as error:
        PcscReader("")
    words = sentence(error.value.code, error.value.detail)
    assert "icme-tui[pcsc]" in words
    assert "python3-pyscard" in words
    logging.getLogger("icme_tui.devices").setLevel(logging.NOTSET)
