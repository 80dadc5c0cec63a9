"""Bytes of PC/SC: ATRs, commands, status words and codes, names of readers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icme_tui.codes import CardError, ReaderError
from icme_tui.commands.sentences import SENTENCES
from icme_tui.devices.pcsc import acr122, apdu, atr, failures
from icme_tui.devices.pcsc.apdu import KeyWay
from icme_tui.devices.pcsc.profiles import DEFAULT, PROFILES, choose, profile_of

KEY = bytes.fromhex("FFFFFFFFFFFF")
CLASSIC = bytes.fromhex("3B8F8001804F0CA000000306030001000000006A")

ATRS = {
    "3B8F8001804F0CA000000306030001000000006A": "mifare-classic-1k",
    "3B8F8001804F0CA0000003060300020000000069": "mifare-classic-4k",
    "3B8F8001804F0CA0000003060300030000000068": "mifare-ultralight",
    "3B8F8001804F0CA000000306030026000000004D": "mifare-mini",
    atr.storage_atr(0xFF08).hex(): "mifare-classic-1k",
    atr.storage_atr(0xFF88).hex(): "mifare-classic-1k",
    atr.storage_atr(0xFF28).hex(): "mifare-classic-1k",
    atr.storage_atr(0xFF18).hex(): "mifare-classic-4k",
    atr.storage_atr(0xFF20).hex(): "other",
    atr.storage_atr(0x0036).hex(): "mifare-classic-1k",
    atr.storage_atr(0x0037).hex(): "mifare-classic-4k",
    atr.storage_atr(0x0038).hex(): "other",
    atr.storage_atr(0x003A).hex(): "mifare-ultralight",
    atr.storage_atr(0xF004).hex(): "other",
    atr.storage_atr(0x0001, standard=0x0B).hex(): "other",
    "3B8180018080": "mifare-desfire",
    "3B8680010675778102 8000": "mifare-desfire",
    "3B8F8001804F0CA000000306030001000000006B": "other",
    "3B": "other",
    "": "other",
}


@pytest.mark.parametrize("text", ATRS)
def test_the_atr_says_what_kind_of_card_it_is(text: str) -> None:
    assert atr.kind_of(bytes.fromhex(text)) == ATRS[text]


@given(st.integers(1, 19), st.integers(1, 255))
def test_an_atr_with_a_wrong_byte_is_not_believed(at: int, flip: int) -> None:
    damaged = bytearray(CLASSIC)
    damaged[at] ^= flip
    assert atr.kind_of(bytes(damaged)) == "other"


@given(st.binary(max_size=40))
def test_no_atr_is_too_strange(data: bytes) -> None:
    assert atr.kind_of(data)


def test_commands_are_those_of_the_manuals() -> None:
    way = KeyWay(0x00, 0x00, 0x00)
    assert apdu.load_key(way, KEY) == bytes.fromhex("FF82000006FFFFFFFFFFFF")
    assert apdu.load_key(way, b"secret")[apdu.KEY_IN_LOAD] == b"secret"
    assert apdu.authenticate(way, 4, "A") == bytes.fromhex("FF860000050100046000")
    assert apdu.authenticate(way._replace(is_old=True), 4, "B") == bytes.fromhex("FF8800046100")
    assert apdu.authenticate(KeyWay(0x00, 0x60, 0x01), 7, "B") == bytes.fromhex("FF860000050100076101")
    assert apdu.load_key(KeyWay(0x20, 0x1F, 0x1F), KEY) == bytes.fromhex("FF82201F06FFFFFFFFFFFF")
    assert apdu.read(4) == bytes.fromhex("FFB0000410")
    assert apdu.write(4, bytes(range(16))) == bytes.fromhex("FFD6000410000102030405060708090A0B0C0D0E0F")


@pytest.mark.parametrize(
    ("answer", "ok", "refusal", "unsupported"),
    [
        ("9000", True, False, False),
        ("6300", False, True, False),
        ("6386", False, True, False),
        ("6982", False, True, False),
        ("6986", False, True, False),
        ("6A81", False, False, True),
        ("6D00", False, False, True),
        ("6581", False, False, False),
    ],
)
def test_status_words(answer: str, ok: bool, refusal: bool, unsupported: bool) -> None:
    parsed = apdu.parse(bytes.fromhex(answer))
    assert parsed is not None
    assert (parsed.is_ok, parsed.is_refusal, parsed.is_unsupported) == (ok, refusal, unsupported)


@pytest.mark.parametrize("short", [b"", b"\x90"])
def test_no_answer_is_no_answer(short: bytes) -> None:
    assert apdu.parse(short) is None


NAMES = {
    "ACS ACR122U PICC Interface 00 00": "ACS ACR122U",
    "ACS ACR1252 1S CL Reader [ACR1252 1S CL Reader PICC] 00 00": "ACS ACR1252U",
    "ACS ACR1281 1S Dual Reader 00 01": "ACS ACR1281U",
    "Identiv uTrust 3700 F CL Reader [uTrust 3700 F CL Reader] (53691) 00 00": "Identiv uTrust",
    "HID Global OMNIKEY 5022 Smart Card Reader 00 00": "HID OMNIKEY",
    "OMNIKEY CardMan 5x21-CL 0": "HID OMNIKEY",
    "Virtual PCD 00 00": "PC/SC",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_reader_is_known_by_its_name(name: str) -> None:
    assert profile_of(name).title == NAMES[name]


def test_no_reader_writes_keys_into_memory_that_wears_out_while_another_way_works() -> None:
    for profile in (*PROFILES, DEFAULT):
        volatile = [way.structure == 0 for way in profile.ways]
        assert volatile == sorted(volatile, reverse=True) or profile.title == "HID OMNIKEY"


@pytest.mark.parametrize(
    ("firmware", "parameter", "fault"),
    [
        (b"ACR122U201", "90A1", ""),
        (b"ACR122U214", "90FF", "READER_MODE"),
        (b"ACR122U214", "9081", "READER_MODE"),
        (b"RF1258V603", "90A1", "READER_COPY"),
        (b"ACR122U201", "6300", ""),
        (b"ACR122U201", "", ""),
        (b"", "", ""),
        (b"\x63\x00", "", ""),
    ],
)
def test_an_acr122u_says_whether_it_is_one(firmware: bytes, parameter: str, fault: str) -> None:
    assert acr122.fault_of(firmware, bytes.fromhex(parameter)) == fault


@given(st.binary(max_size=12), st.binary(max_size=4))
def test_no_answer_of_a_reader_is_too_strange(firmware: bytes, parameter: bytes) -> None:
    assert acr122.fault_of(firmware, parameter) in ("", "READER_COPY", "READER_MODE")


def test_outcomes_sound_different() -> None:
    for profile in PROFILES:
        sounds = (
            [profile.signals[outcome] for outcome in ("accepted", "refused", "again")]
            if (profile.signals)
            else []
        )
        assert len(set(sounds)) == len(sounds)


ACR1252 = ["ACS ACR1252 Reader [SAM] 01 00", "ACS ACR1252 Reader [PICC] 00 00"]
UTRUST = ["uTrust 4701 F [Contact Reader] 00 00", "uTrust 4701 F [Contactless Reader] 01 00"]


@pytest.mark.parametrize(
    ("readers", "part", "chosen"),
    [
        (ACR1252, "", ACR1252[1]),
        (ACR1252, "acr1252", ACR1252[1]),
        (ACR1252, "sam", ACR1252[0]),
        (UTRUST, "", UTRUST[1]),
        ([UTRUST[0]], "", None),
        ([*UTRUST, *ACR1252], "ACR", ACR1252[1]),
        (ACR1252, "omnikey", None),
        ([], "", None),
    ],
)
def test_the_first_reader_for_contactless_cards_is_chosen(
    readers: list[str], part: str, chosen: str | None
) -> None:
    assert choose(readers, part) == chosen


STATUSES = {
    0x8010001D: "NO_SERVICE",
    0x8010001E: "NO_SERVICE",
    0x80100013: "NO_SERVICE",
    0x8010002E: "NO_READER",
    0x80100009: "NO_READER",
    0x80100017: "NO_READER",
    0x8010000B: "READER_IN_USE",
    0x8010006A: "READER_FORBIDDEN",
    -1: "SERVICE_HANGS",
    0x80100022: "READER_FAILED",
}


@pytest.mark.parametrize("status", STATUSES)
def test_a_code_between_presentations_tells_of_the_reader(status: int) -> None:
    error = failures.between_presentations(status, "reader")
    assert isinstance(error, ReaderError)
    assert error.code == STATUSES[status]
    assert error.code in SENTENCES


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (0x80100069, "CARD_GONE"),
        (0x8010000C, "CARD_GONE"),
        (0x80100016, "CARD_GONE"),
        (0x80100066, "CARD_GONE"),
        (0x80100068, "CARD_RESET"),
        *((status, "READER_LOST") for status in STATUSES),
    ],
)
def test_every_code_during_a_presentation_means_that_the_state_is_unknown(status: int, code: str) -> None:
    from icme_tui.operations.presenting import UNKNOWN_STATE

    error = failures.during_presentation(status, "reader")
    assert isinstance(error, CardError)
    assert error.code == code
    assert error.code in UNKNOWN_STATE
    assert error.code in SENTENCES
