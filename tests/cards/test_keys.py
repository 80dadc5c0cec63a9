"""Key derivation: the vectors of NXP AN10922, and what the always-padded rule is about."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

from icme_tui.cards.keys import diversify, record_key, sector_key
from icme_tui.codes import CardError
from tests.support.cards import MASTER_A, MASTER_RECORD, UID, keys_of


@pytest.mark.parametrize(
    ("master", "message", "derived"),
    [
        (
            "00112233445566778899AABBCCDDEEFF",
            "04782E21801D803042F54E585020416275",
            "A8DD63A3B89D54B37CA802473FDA9175",
        ),
        ("F3F9377698707B688EAF84ABE39E3791", "04DEADBEEFFEED", "0BB408BAFF98B6EE9F2E1585777F6A51"),
    ],
)
def test_published_vectors(master: str, message: str, derived: str) -> None:
    assert diversify(bytes.fromhex(master), bytes.fromhex(message)).hex().upper() == derived


def test_a_library_cmac_is_another_function_for_short_inputs() -> None:
    key, message = bytes(range(16)), b"\x04\xde\xad"
    cmac = CMAC(AES(key))
    cmac.update(b"\x01" + message)
    assert diversify(key, message) != cmac.finalize()


def test_an_input_of_31_bytes_is_not_padded_and_a_longer_one_refused() -> None:
    key, message = bytes(range(16)), bytes(range(31))
    cmac = CMAC(AES(key))
    cmac.update(b"\x01" + message)
    assert diversify(key, message) == cmac.finalize()
    with pytest.raises(ValueError, match="31"):
        diversify(key, bytes(32))


def test_every_sector_key_of_a_card_differs() -> None:
    keys = {sector_key(MASTER_A, UID, sector, kind) for sector in range(16) for kind in ("A", "B")}
    assert len(keys) == 32
    assert {len(key) for key in keys} == {6}


def test_record_keys_differ_by_station_and_version() -> None:
    assert len({record_key(MASTER_RECORD, *pair) for pair in ((7, 1), (8, 1), (7, 2))}) == 3


def test_card_keys_show_nothing_and_refuse_what_is_not_held() -> None:
    keys = keys_of(7)
    assert MASTER_A.hex() not in repr(keys)
    assert repr(MASTER_A) not in repr(keys)
    visitor = type(keys)(keys.k_a, keys.k_ring, None, keys.record_key, None, keys.issuers)
    assert visitor.key_b(UID, 4) == keys.key_b(UID, 4)
    with pytest.raises(CardError, match="NO_ISSUE_KEY"):
        visitor.key_b(UID, 3)
