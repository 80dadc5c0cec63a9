"""Copies of cards: let in where they are known, flagged for the office, listed until it has looked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from icme_tui.operations import deciding, worklist
from tests.support import stations
from tests.support.mornings import HOUR, START, Morning

WANG = "P0000101"


@pytest.fixture
def morning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Morning]:
    stations.weaken_passwords(monkeypatch)
    made = Morning(tmp_path)
    made.issue(made.lost)
    made.carry(made.lost, "evening")
    made.renew()
    made.go_to(START)
    yield made
    made.close()


def waiting(morning: Morning) -> list[tuple[str, str]]:
    return [(item.kind, item.subject) for item in worklist.items(morning.office)]


def test_an_older_state_of_a_card_is_let_in_and_flagged(morning: Morning) -> None:
    file = morning.cards / f"{WANG}.mfd"
    older = file.read_bytes()
    assert morning.swipe(morning.lost, 0, WANG).accepted
    morning.clock.advance(HOUR)
    assert morning.swipe(morning.lost, 0, WANG).accepted
    file.write_bytes(older)
    morning.clock.advance(HOUR * 3)
    outcome = morning.swipe(morning.lost, 1, WANG)
    assert (outcome.accepted, outcome.warnings, outcome.cseq) == (True, ("CARD_BEHIND",), 3)
    morning.carry(morning.lost, "noon")
    assert waiting(morning) == [("CARD_BEHIND", "王试验")]
    [item] = worklist.items(morning.office)
    deciding.note(morning.office, item.flags, "the card was asked for and blocked")
    assert waiting(morning) == []


def test_a_copy_that_is_used_elsewhere_is_a_fork_of_the_numbers(morning: Morning) -> None:
    file = morning.cards / f"{WANG}.mfd"
    copy = file.read_bytes()
    assert morning.swipe(morning.lost, 0, WANG).accepted
    file.write_bytes(copy)
    morning.clock.advance(8 * HOUR)
    outcome = morning.swipe(morning.other, 2, WANG)
    assert (outcome.accepted, outcome.warnings) == (True, ())
    morning.carry(morning.lost, "noon")
    assert waiting(morning) == []
    morning.carry(morning.other, "evening 2")
    assert waiting(morning) == [("CARD_FORK", "王试验")]


def test_a_copy_of_a_lost_machines_card_is_found_by_what_cards_tell(morning: Morning) -> None:
    """Neither venue has exported: the office learns of both events from the two cards alone."""
    file = morning.cards / f"{WANG}.mfd"
    copy = file.read_bytes()
    assert morning.swipe(morning.lost, 0, WANG).accepted
    assert morning.inspect(morning.office, WANG).kept == 1
    file.write_bytes(copy)
    morning.clock.advance(8 * HOUR)
    assert morning.swipe(morning.other, 2, WANG).accepted
    assert morning.inspect(morning.office, WANG).kept == 1
    assert waiting(morning) == [("CARD_FORK", "王试验")]


def test_a_forged_record_under_our_own_name_is_told_to_the_office(morning: Morning) -> None:
    file = morning.cards / f"{WANG}.mfd"
    for hour in range(2):
        assert morning.swipe(morning.lost, hour, WANG).accepted
        morning.clock.advance(3 * HOUR)
    memory = bytearray(file.read_bytes())
    memory[21 * 16 + 15] ^= 1
    file.write_bytes(memory)
    assert morning.inspect(morning.lost, WANG).kept == 1
    morning.carry(morning.lost, "noon")
    assert [kind for kind, _ in waiting(morning)] == ["MAC_BAD"]


def test_two_places_are_found_where_one_of_them_is_only_on_the_card(morning: Morning) -> None:
    """The other venue reads of the lost one, and the person swipes there at the same session."""
    assert morning.swipe(morning.lost, 0, WANG).accepted
    morning.clock.advance(HOUR)
    assert morning.swipe(morning.other, 0, WANG).accepted
    morning.carry(morning.other, "evening 2")
    assert waiting(morning) == [("TWO_VENUES", "王试验")]


def test_a_copy_that_overtook_the_card_is_found_at_the_door(morning: Morning) -> None:
    """The copy was used more often elsewhere; whoever it was has lost the journal."""
    file = morning.cards / f"{WANG}.mfd"
    copy = file.read_bytes()
    assert morning.swipe(morning.other, 0, WANG).accepted
    card, copy = copy, file.read_bytes()
    file.write_bytes(card)
    assert morning.swipe(morning.lost, 0, WANG).accepted
    file.write_bytes(copy)
    morning.clock.advance(2 * HOUR)
    assert morning.swipe(morning.other, 0, WANG).cseq == 2
    morning.clock.advance(6 * HOUR)
    assert morning.swipe(morning.lost, 2, WANG).cseq == 3
    morning.carry(morning.lost, "evening 2")
    assert ("CARD_FORK", "王试验") in waiting(morning)
