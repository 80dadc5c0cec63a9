"""The vocabulary of the journal: one frozen struct per kind of fact, places, hashes and the chain.

A fact is one immutable JSON line, made once, stored and exported as the exact bytes. Its place is
``(station, epoch, p)``. Nothing else in the program decodes or encodes lines.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

import msgspec

Position = Annotated[int, msgspec.Meta(ge=1, le=2**53)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Version = Annotated[int, msgspec.Meta(ge=1, le=2**53)]
Span = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
"""Milliseconds, to and fro."""
Direction = Literal["in", "out"]
Target = Annotated[list[str | int], msgspec.Meta(min_length=2, max_length=3)]
"""``[station, epoch, p]``; two parts ``[epoch, p]`` mean the station of the fact that names it."""


class Fact(msgspec.Struct, frozen=True, kw_only=True, tag_field="k", omit_defaults=True):
    """What every fact carries. Facts that are not yet recorded have ``p`` 0 and empty stamps."""

    p: int = 0
    """Position in the epoch, from 1."""
    at: str = ""
    """UTC with milliseconds and ``Z``."""
    hlc: str = ""
    """Hybrid logical clock: sorts as text."""
    mono_ms: Count | None = None
    """Milliseconds since the boot (CLOCK_BOOTTIME)."""
    boot: str = ""
    clk: str = ""
    """``synced``, ``unsynced`` or ``suspect``."""
    by: str = ""
    """The operator."""


FactT = TypeVar("FactT", bound=Fact)


class Touch(Fact, frozen=True, kw_only=True, omit_defaults=True):
    """What a swipe and a make-up share: a person's coming or going at a session."""

    person: str
    course: str
    session: str
    dir: Direction


class Swipe(Touch, frozen=True, kw_only=True, tag="swipe", omit_defaults=True):
    """A card touched a reader and was accepted.

    Of a touch that was cut and that only the card tells of, ``at`` is the minute in its record and there are
    no clocks of a boot; ``hlc`` says when it was journalled.
    """

    card: str = ""
    """UID in upper-case hex; empty where another program left it out."""
    cseq: Count | None = None
    """Number of the record on the card; none for a card of which only the UID is known."""
    reader: str = ""


class Makeup(Touch, frozen=True, kw_only=True, tag="makeup", omit_defaults=True):
    """An operator's entry for a missed swipe. ``when`` is the moment it stands for."""

    when: str
    reason: str = ""


class CardRecord(Fact, frozen=True, kw_only=True, tag="card-record", omit_defaults=True):
    """A record of any station, seen on a card. ``rec`` is its 16 bytes in hex."""

    card: str
    rec: Annotated[str, msgspec.Meta(pattern="^[0-9A-Fa-f]{32}$")]
    reader: str = ""


class Put(Fact, frozen=True, kw_only=True, omit_defaults=True):
    """A change to a record of the registry. It carries only the fields that it sets."""

    id: Annotated[str, msgspec.Meta(min_length=1)]
    v: Version
    set: dict[str, Any]


class UnitPut(Put, frozen=True, tag="unit"):
    """name, type, parent (unit code), state."""


class PersonPut(Put, frozen=True, tag="person"):
    """name, sex, idno, born, unit, title, employed_title, employed_on, education, degree,
    specialty, phone, state."""


class CardPut(Put, frozen=True, tag="card"):
    """uid, person, issue, state (active, cancelled, lost, replaced), why."""


class ProjectPut(Put, frozen=True, tag="project"):
    """number, title, level, unit, starts, ends, state."""


class CoursePut(Put, frozen=True, tag="course"):
    """project, title, minutes, credit_hundredths, class, role, state."""


class SessionPut(Put, frozen=True, tag="session"):
    """course, title, start, end, in_from, in_until, out_from, out_until, mode, minutes,
    min_percent, lecturers, state."""


class GuestPut(Put, frozen=True, tag="guest"):
    """name, unit_name, phone, idno, card: a visitor whom the office has still to recognise."""


class StationPut(Put, frozen=True, tag="station"):
    """number, name, unit, place, sign_key, age, card_key, key_version, card_from, card_to,
    request, replaced_keys, rotated_keys, replaced_card_keys, state,
    good_marks (list of {key, epoch, pos, head}: how far revoked keys are good),
    lost_versions (list of {version, epoch, pos}: revoked record keys, and what was held of each epoch)."""


class OperatorPut(Put, frozen=True, tag="operator"):
    """name, role, state, password_at (when it was last changed), reason (of a removal, or of a password that
    the recovery identity gave) of an account of this station."""


class SessionOpen(Fact, frozen=True, kw_only=True, tag="session-open", omit_defaults=True):
    """A session was opened at a station."""

    session: str
    counts: dict[str, int] = {}


class SessionClose(Fact, frozen=True, kw_only=True, tag="session-close", omit_defaults=True):
    """A session was closed at a station, with the counts that stood on the screen."""

    session: str
    counts: dict[str, int] = {}


class CardBegin(Fact, frozen=True, kw_only=True, tag="card-begin", omit_defaults=True):
    """The whole image that is about to be written to a card, so that a cut can be finished."""

    card: str
    number: str = ""
    person: str = ""
    image: str = ""
    """Hex of holder (96 bytes) and issuer signature (64 bytes)."""


class Operation(Fact, frozen=True, kw_only=True, omit_defaults=True):
    """Something done to another fact."""

    target: Target
    reason: str = ""


class Void(Operation, frozen=True, tag="void"):
    """The target no longer counts."""


class Correct(Operation, frozen=True, kw_only=True, tag="correct", omit_defaults=True):
    """The target counts with these fields replaced."""

    set: dict[str, Any]


class Reinstate(Operation, frozen=True, tag="reinstate"):
    """A voided target counts again."""


class Confirm(Operation, frozen=True, tag="confirm"):
    """The office confirms a make-up."""


class Resolve(Operation, frozen=True, kw_only=True, tag="resolve", omit_defaults=True):
    """The office decides a fork: the hashes (hex) of the lines that count."""

    keep: list[str] = []


class Link(Fact, frozen=True, kw_only=True, tag="link", omit_defaults=True):
    """A card of which only the UID is known belongs to a person; to nobody where ``person`` is empty."""

    card: str
    person: str
    reason: str = ""


class MergePerson(Fact, frozen=True, kw_only=True, tag="merge-person", omit_defaults=True):
    """Two records are one person; ``into`` gives the code."""

    person: str
    into: str
    reason: str = ""


class PackTaken(Fact, frozen=True, kw_only=True, tag="pack", omit_defaults=True):
    """A pack came into force at a venue, or was written by the office (``to``)."""

    snapshot: Count
    sha256: str
    to: str = ""


class Revoke(Fact, frozen=True, kw_only=True, tag="revoke", omit_defaults=True):
    """A key is no longer believed: as a whole, or beyond the good marks {epoch: [pos, head]}."""

    key: str
    marks: dict[str, list[str | int]] | None = None
    reason: str = ""


class Release(Fact, frozen=True, kw_only=True, tag="release", omit_defaults=True):
    """A quarantined file is let in. ``file`` is its SHA-256."""

    file: str
    reason: str = ""


class Reject(Fact, frozen=True, kw_only=True, tag="reject", omit_defaults=True):
    """A quarantined file is refused for good."""

    file: str
    reason: str = ""


class Login(Fact, frozen=True, kw_only=True, tag="login", omit_defaults=True):
    """An account was used; ``refused`` counts wrong passwords since the last login."""

    operator: str
    refused: Count = 0


class ClockFact(Fact, frozen=True, kw_only=True, tag="clock", omit_defaults=True):
    """What happened to time: ``what`` is a reason code, ``ms`` how far off it was.

    Where it speaks of received facts, ``target`` is the first of them and ``last`` the position of
    the last.
    """

    what: str
    ms: Span = 0
    target: Target | None = None
    last: Position | None = None


class ClockAdjust(Fact, frozen=True, kw_only=True, tag="clock-adjust", omit_defaults=True):
    """The office moves the times of a range of a station's facts by ``ms``, counted from what they say."""

    station: str
    epoch: str
    first: Position
    last: Position
    ms: Span
    reason: str = ""


class EpochFact(Fact, frozen=True, kw_only=True, tag="epoch", omit_defaults=True):
    """The first fact of an epoch: why it began and which one it follows."""

    why: str
    after: str = ""


class Note(Fact, frozen=True, kw_only=True, tag="note", omit_defaults=True):
    """A remark. With ``about`` the office has looked at a flag, which then needs no decision any more."""

    text: str
    about: str = ""


AnyFact = (
    Swipe
    | Makeup
    | CardRecord
    | UnitPut
    | PersonPut
    | CardPut
    | ProjectPut
    | CoursePut
    | SessionPut
    | GuestPut
    | StationPut
    | OperatorPut
    | SessionOpen
    | SessionClose
    | CardBegin
    | Void
    | Correct
    | Reinstate
    | Confirm
    | Resolve
    | Link
    | MergePerson
    | PackTaken
    | Revoke
    | Release
    | Reject
    | Login
    | ClockFact
    | ClockAdjust
    | EpochFact
    | Note
)

PUT_KINDS: dict[str, type[Put]] = {
    "unit": UnitPut,
    "person": PersonPut,
    "card": CardPut,
    "project": ProjectPut,
    "course": CoursePut,
    "session": SessionPut,
    "guest": GuestPut,
    "station": StationPut,
    "operator": OperatorPut,
}
"""The kinds that the registry keeps, each with its struct."""


class Place(NamedTuple):
    """Where a fact stands."""

    station: str
    epoch: str
    p: int

    def __str__(self) -> str:
        return f"{self.station}/{self.epoch}/{self.p}"


class LineHead(msgspec.Struct, frozen=True):
    """The least that can be read of a line of an unknown kind."""

    p: Position | None = None
    k: str = ""


_decoder = msgspec.json.Decoder(AnyFact)
_head_decoder = msgspec.json.Decoder(LineHead)
_encoder = msgspec.json.Encoder()


def kind_of(fact: Fact) -> str:
    """The value of ``k``."""
    return kind_name(type(fact))


def kind_name(struct: type[Fact]) -> str:
    """The value of ``k`` in facts of this struct."""
    return str(struct.__struct_config__.tag)


def encode(fact: Fact) -> bytes:
    """The line of a fact, without the newline."""
    return _encoder.encode(fact)


def decode(line: bytes) -> AnyFact | None:
    """The fact in a line, or None if it is malformed or of a kind not known here."""
    try:
        fact = _decoder.decode(line)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    return fact if fact.p >= 1 else None


def decode_many(lines: list[bytes]) -> list[AnyFact | None]:
    """``decode`` for many lines."""
    decode_one = _decoder.decode
    try:
        return [fact if fact.p >= 1 else None for fact in map(decode_one, lines)]
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return [decode(line) for line in lines]


def head_of(line: bytes) -> LineHead:
    """Position and kind of any line, as far as they can be read."""
    try:
        return _head_decoder.decode(line)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return LineHead()


def line_hash(line: bytes) -> bytes:
    """Content hash of a fact: SHA-256 of the line without its newline, 32 bytes."""
    return hashlib.sha256(line).digest()


def chain_start(station: str, epoch: str) -> bytes:
    """The head of an epoch's chain before its first fact, 32 bytes."""
    return hashlib.sha256(f"cmeb-chain/1\n{station}\n{epoch}\n".encode()).digest()


def chain_next(head: bytes, content_hash: bytes) -> bytes:
    """The head after one more fact, 32 bytes."""
    return hashlib.sha256(head + content_hash).digest()


def chain_over(head: bytes, hashes: list[bytes]) -> bytes:
    """The head after all of ``hashes``, in order."""
    sha256 = hashlib.sha256
    for content_hash in hashes:
        head = sha256(head + content_hash).digest()
    return head


def replace(fact: FactT, **changes: Any) -> FactT:
    """The same fact with some fields changed."""
    return msgspec.structs.replace(fact, **changes)
