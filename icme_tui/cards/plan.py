"""Plans: generators that yield one card operation at a time and receive its result.

A plan yields ``Authenticate``, ``Read`` or ``Write`` and is sent 16 bytes for a read, nothing for the
others. What the card or the reader refuses is thrown into the plan as a ``CardError`` or
``ReaderError``, so that a plan may try a second key; what it does not catch ends it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeVar

from icme_tui.codes import CardError

KeyType = Literal["A", "B"]


@dataclass(frozen=True)
class Authenticate:
    """Open the sector of ``block`` with a 6-byte key."""

    block: int
    key_type: KeyType
    key: bytes = field(repr=False)


class Read(NamedTuple):
    """Read 16 bytes."""

    block: int


class Write(NamedTuple):
    """Write 16 bytes."""

    block: int
    data: bytes


Operation = Authenticate | Read | Write
Result = TypeVar("Result")
Plan = Generator[Operation, bytes, Result]


def drive(plan: Plan[Result], perform: Callable[[Operation], bytes]) -> Result:
    """Carry out a plan with ``perform`` and give back its result.

    Raises what ``perform`` raised if the plan does not deal with it.
    """
    try:
        operation = next(plan)
        while True:
            try:
                answer = perform(operation)
            except CardError as refusal:
                operation = plan.throw(refusal)
            else:
                operation = plan.send(answer)
    except StopIteration as done:
        result: Result = done.value
        return result


def write_checked(block: int, data: bytes) -> Plan[None]:
    """Write a block and read it back. Raises CardError READ_BACK if it holds something else."""
    yield Write(block, data)
    seen = yield Read(block)
    if seen != data:
        raise CardError("READ_BACK", block=block)


def try_key(block: int, key_type: KeyType, key: bytes) -> Plan[bool]:
    """Whether a key opens the sector of ``block``; other errors than a refusal pass through."""
    try:
        yield Authenticate(block, key_type, key)
    except CardError as refusal:
        if refusal.code != "AUTH_REFUSED":
            raise
        return False
    return True
