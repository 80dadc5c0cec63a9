"""Cards that are pulled away while they are issued or changed, again and again, until one presentation is
whole."""

from __future__ import annotations

import random
from typing import NamedTuple

from icme_tui.cards import change, image, issue
from icme_tui.cards.image import Image
from icme_tui.cards.inspect import inspect
from icme_tui.cards.layout import (
    DATA_BLOCKS,
    HINT_EVEN,
    HINT_ODD,
    HOLDER_BLOCKS,
    RING_BLOCKS,
    SIGNATURE_BLOCKS,
    is_trailer,
)
from icme_tui.cards.plan import Operation, Plan, Write
from icme_tui.codes import CardError
from icme_tui.devices.mifare import new_memory
from tests.support.cards import HOLDER, ISSUER, UID, image_of, issued_memory, keys_of
from tests.support.tearing import BrokenRuleError, Cut, Kind, TornField

KEYS = keys_of(ISSUER)
CHANGED = HOLDER._replace(name="王试验改", unit="U0070002", title=234, issue=2)
ISSUE, AGAIN, CHANGE = "issue", "issue again", "change"
OPERATIONS = {ISSUE: 300, AGAIN: 100, CHANGE: 38}
"""What one whole presentation takes, about."""

_WRITTEN: tuple[Kind, ...] = ("old", "new", "zero", "mixed", "faded", "unstable")
_ISSUED = issued_memory()
_HISTORY = (HINT_EVEN, HINT_ODD, *RING_BLOCKS)


class Whole(NamedTuple):
    """What is written, and whose card it may be meanwhile."""

    image: Image
    holders: tuple[object, ...]


def _whole(what: str) -> Whole:
    if what == CHANGE:
        return Whole(image_of(CHANGED), (HOLDER, CHANGED))
    return Whole(image_of(), (HOLDER,))


class MakingField(TornField):
    """A field whose trailers stay old or new: a torn one cannot be undone by anybody."""

    def perform(self, operation: Operation) -> bytes:
        cut = self.cut
        due = cut is not None and len(self.log) >= cut.at
        if cut is not None and due and isinstance(operation, Write) and is_trailer(operation.block):
            if cut.salt % 2:
                self.chip.write(operation.block, operation.data)
            raise CardError("CARD_GONE")
        return super().perform(operation)


def play(what: str, chance: random.Random) -> int:
    """One card, cut one to four times and then left alone. How many cuts met a presentation.

    Raises BrokenRuleError for another holder, for a card that cannot be finished, and where ring or hints of
    a card that has any were touched.
    """
    field = _card(what, chance)
    history = {block: field.chip.peek(block) for block in _HISTORY}
    whole = _whole(what)
    cuts = 0
    for _ in range(chance.randrange(1, 5)):
        field.log = []
        field.cut = Cut(
            chance.randrange(OPERATIONS[what]), chance.choice(_WRITTEN), chance.randrange(1 << 30)
        )
        try:
            field.run(_plan(what, whole.image))
        except CardError as error:
            if error.code != "CARD_GONE":
                raise BrokenRuleError(f"cannot be finished: {error.code}") from error
            cuts += 1
        field.log, field.cut = [], None
        _require_nobody_else(field, whole)
    try:
        field.run(_plan(what, whole.image))
    except CardError as error:
        raise BrokenRuleError(f"cannot be finished: {error.code}") from error
    if image.collect({block: field.chip.peek(block) for block in DATA_BLOCKS}) != whole.image:
        raise BrokenRuleError("not finished")
    if not field.unstable.keys().isdisjoint({*HOLDER_BLOCKS, *SIGNATURE_BLOCKS}):
        raise BrokenRuleError("what was finished does not stay")
    if what != ISSUE and history != {block: field.chip.peek(block) for block in _HISTORY}:
        raise BrokenRuleError("hints or ring were touched")
    if what == ISSUE and bytes(field.memory) != bytes(_ISSUED):
        raise BrokenRuleError("not what an issue leaves")
    return cuts


def _card(what: str, chance: random.Random) -> MakingField:
    """A blank card, or one of ours with a history; to be issued again it was cancelled before."""
    if what == ISSUE:
        return MakingField(new_memory(UID))
    field = MakingField(bytearray(_ISSUED))
    for block in _HISTORY:
        field.chip.put(block, chance.randbytes(16))
    if what == AGAIN:
        field.run(change.rewrite(UID, KEYS, change.CANCELLED))
    return field


def _plan(what: str, new: Image) -> Plan[None]:
    if what == CHANGE:
        return change.rewrite(UID, KEYS, new)
    return _issue(new)


def _issue(new: Image) -> Plan[None]:
    blank = yield from issue.examine(UID, KEYS, True)
    yield from issue.write(UID, KEYS, new, blank)


def _require_nobody_else(field: MakingField, whole: Whole) -> None:
    """Looked at by another station, it is whoever is meant, or nobody's."""
    seen = field.run(inspect(UID, keys_of(ISSUER + 1)))
    if seen.state == "OK" and seen.holder not in whole.holders:
        raise BrokenRuleError("another holder")
