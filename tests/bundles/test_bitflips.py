"""No byte of a bundle is without meaning: any flipped bit gives a reason code, never acceptance."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from icme_tui.bundles import age, container
from icme_tui.bundles.check import check
from icme_tui.bundles.held import Remembered
from icme_tui.bundles.trust import Trust, parse_allowed_signers

VECTORS = Path(__file__).parents[2] / "exports/vectors"
TRUST = Trust(parse_allowed_signers((VECTORS / "keys/allowed_signers").read_text()))
NOW = 1_790_000_000_000
EVERY_BIT = os.environ.get("ICME_EVERY_BIT") == "1"
"""All eight bits of every byte instead of one chosen by its place."""


def _code(data: bytes, me: str) -> tuple[str, str]:
    name = "office_age.txt" if me == "OFFICE" else "venue_V0007_age.txt"
    identities = age.parse_identities((VECTORS / "keys" / name).read_text())
    checked = check(data, TRUST, identities, me, Remembered(), NOW)
    return checked.result, checked.code


def _flipped(data: bytes) -> list[tuple[int, int]]:
    if EVERY_BIT:
        return [(at, bit) for at in range(len(data)) for bit in range(8)]
    chosen = random.Random(20260925)
    return [(at, chosen.randrange(8)) for at in range(len(data))]


@pytest.mark.parametrize(("name", "me"), [("ok-01", "OFFICE"), ("ok-pack-17", "V0007")])
def test_a_flipped_bit_is_never_accepted(name: str, me: str) -> None:
    data = (VECTORS / f"{name}.cmeb").read_bytes()
    assert _code(data, me) == ("accept", "OK")
    changed = bytearray(data)
    for at, bit in _flipped(data):
        changed[at] ^= 1 << bit
        result, code = _code(bytes(changed), me)
        changed[at] ^= 1 << bit
        assert result != "accept", (at, bit)
        assert code in ("CONTAINER", "SIG_BAD", "SIG_UNKNOWN_KEY", "SIG_NAMESPACE", "CIPHER_HASH"), (at, bit)


def test_control_a_reader_that_skips_padding_accepts_a_flipped_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The property above can fail: with the rule of zero padding broken, a flipped bit goes through."""
    data = bytearray((VECTORS / "ok-01.cmeb").read_bytes())
    data[-1] ^= 1
    strict = container.read
    monkeypatch.setattr(container, "read", lambda data, members: strict(data[: 5 * 1024], members))
    assert _code(bytes(data), "OFFICE")[0] == "accept"


@pytest.mark.parametrize("length", [0, 1, 511, 512, 2600, 5119, 5632 - 512 + 1, 10_241, 10_240 + 512])
def test_another_length_is_never_accepted(length: int) -> None:
    data = (VECTORS / "ok-01.cmeb").read_bytes()
    assert _code((data + bytes(length))[:length], "OFFICE") == ("quarantine", "CONTAINER")


def test_two_zero_blocks_are_enough() -> None:
    data = (VECTORS / "ok-01.cmeb").read_bytes()
    assert _code(data[:5120], "OFFICE") == ("accept", "OK")
    assert _code(data[: 5120 - 512], "OFFICE") == ("quarantine", "CONTAINER")
