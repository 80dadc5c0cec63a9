"""The tear rule by numbers: ``ICME_CUTS`` cuts of swipes, and a tenth of it of issues and of changes.

The same number gives the same cuts. ``make soak`` runs 50,000.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Sequence

import pytest

from icme_tui.cards import change, issue, ring
from icme_tui.cards.image import Image
from icme_tui.cards.keys import CardKeys
from icme_tui.cards.layout import SECTORS
from icme_tui.cards.plan import Plan, Read, Write
from tests.cards.test_tearing import ISSUED, BelievesOnlyItself
from tests.support import making
from tests.support.cards import HOLDER, image_of
from tests.support.tearing import STATIONS, BrokenRuleError, World, random_cut

CUTS = int(os.environ.get("ICME_CUTS", "1500"))
OTHER = HOLDER._replace(person="P0070009")
CARDS = 4
"""Cards that the stations of one round share."""

pytestmark = pytest.mark.soak


def swipes(cuts: int, world: Callable[[], World]) -> int:
    """Cut swipes at three stations that share some cards; returns how many cuts met a presentation."""
    done, seed = 0, 0
    while done < cuts:
        chance = random.Random(seed)
        cards = [world() for _ in range(CARDS)]
        for _ in range(100 * CARDS):
            chance.choice(cards).touch(chance.choice(STATIONS), random_cut(chance))
        for card in cards:
            card.touch(STATIONS[0], None)
        done, seed = done + sum(card.cuts for card in cards), seed + 1
    return done


def made(cuts: int, what: str) -> int:
    done, seed = 0, 0
    while done < cuts:
        done, seed = done + making.play(what, random.Random(seed)), seed + 1
    return done


def test_swipes(record_property: Callable[[str, object], None]) -> None:
    record_property("runs", swipes(CUTS, lambda: World(ISSUED)))


@pytest.mark.parametrize("what", [making.ISSUE, making.AGAIN, making.CHANGE])
def test_issues_and_changes(what: str, record_property: Callable[[str, object], None]) -> None:
    record_property("runs", made(max(1, CUTS // 10), what))


@pytest.mark.parametrize(
    ("world", "broken"),
    [
        (lambda: World(ISSUED, shown=ring.SLOTS), "destroyed a record that the ring showed"),
        (lambda: World(ISSUED, touch=BelievesOnlyItself), "used twice|only the oldest|destroyed|nobody's"),
    ],
    ids=["no spare slot", "numbers of other stations not believed"],
)
def test_control_of_swipes(world: Callable[[], World], broken: str) -> None:
    with pytest.raises(BrokenRuleError, match=broken):
        swipes(10_000, world)


def test_control_of_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks that read right are not written again, though a torn one may read old tomorrow."""
    honest = change.rewrite

    def believing(uid: bytes, keys: CardKeys, new: Image) -> Plan[None]:
        plan = honest(uid, keys, new)
        operation = next(plan)
        while True:
            right = False
            if isinstance(operation, Write):
                right = (yield Read(operation.block)) == operation.data
            answer = b"" if right else (yield operation)
            try:
                operation = plan.send(answer)
            except StopIteration:
                return

    monkeypatch.setattr(change, "rewrite", believing)
    with pytest.raises(BrokenRuleError, match=r"does not stay|not finished|cannot be finished"):
        made(10_000, making.CHANGE)


def test_control_of_a_change_that_passes_by_another_image(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = change.rewrite

    def detour(uid: bytes, keys: CardKeys, new: Image) -> Plan[None]:
        yield from honest(uid, keys, image_of(OTHER))
        yield from honest(uid, keys, new)

    monkeypatch.setattr(change, "rewrite", detour)
    monkeypatch.setitem(making.OPERATIONS, making.CHANGE, 76)
    with pytest.raises(BrokenRuleError, match="another holder"):
        made(10_000, making.CHANGE)


def test_control_of_issues(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a cut left is signed anew, for somebody else, instead of being finished as it was begun."""
    honest = issue.write

    def anew(uid: bytes, keys: CardKeys, new: Image, blank: Sequence[int]) -> Plan[None]:
        yield from honest(uid, keys, new if len(blank) == SECTORS else image_of(OTHER), blank)

    monkeypatch.setattr(issue, "write", anew)
    with pytest.raises(BrokenRuleError, match=r"another holder|not finished|cannot be finished"):
        made(10_000, making.ISSUE)
