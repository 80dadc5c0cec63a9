"""Credit rules as data: one TOML file for each set of rules, read strictly.

Credits are whole hundredths (``_c``), time whole minutes. Every figure carries its source (``src``, a
key of ``[sources]``) and a mark: V the rule's own text was seen, S a secondary page, C public code, M from
memory, D a decision of ours. Files lie in ``icme_tui/rules/data``.
"""

from __future__ import annotations

import datetime
import tomllib
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from math import lcm
from typing import Annotated, Any, Literal

import msgspec

from icme_tui.codes import RuleError

DEFAULT_POLICY = "cn-2006"

Whole = Annotated[int, msgspec.Meta(ge=0)]
Positive = Annotated[int, msgspec.Meta(ge=1)]
Word = Annotated[str, msgspec.Meta(min_length=1)]
Words = Annotated[tuple[Word, ...], msgspec.Meta(min_length=1)]
Mark = Literal["V", "S", "C", "M", "D"]
Rank = Literal["senior", "vice_senior", "middle", "junior_master", "junior_assistant"]
Kind = Literal["minutes", "each"]

_UNIX_DAY = datetime.date(1970, 1, 1).toordinal()


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key that is not known here is a mistake, never ignored."""


class Target(_Strict, frozen=True, kw_only=True):
    """What a group of people has to reach in a year."""

    id: Word
    who: Annotated[tuple[Rank, ...], msgspec.Meta(min_length=1)]
    basis: Literal["employed", "certificate"]
    """Which title decides: that of the post held, or that of the certificate."""
    total_c: Whole
    class_1_c: Whole = 0
    class_2_c: Whole = 0
    class_1_most_c: Whole | None = None
    """The most of the class that counts toward the total."""
    class_2_most_c: Whole | None = None
    substitute_pct: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0
    """How much of the least of one class the other may stand in for."""
    min_hours_min: Whole = 0
    """Minutes of study, a test of its own beside the credits."""
    src: Word
    mark: Mark


class Cycle(_Strict, frozen=True, kw_only=True):
    """What staff of some units have to reach over several years at one level of project."""

    years: Positive
    unit_level: Words
    level: Word
    min_c: Whole
    src: Word
    mark: Mark


class Rate(_Strict, frozen=True, kw_only=True):
    """What one kind of activity gives, by level of the project and role of the person."""

    code: Word
    cls: Literal[0, 1, 2] = msgspec.field(name="class")
    """Class Ⅰ or Ⅱ; 0 where the rules know no classes."""
    level: Word
    role: Literal["attendee", "lecturer"]
    kind: Kind = "minutes"
    """``minutes``: ``gives_c`` per ``per_minutes``. ``each``: ``gives_c`` for each session."""
    per_minutes: Positive | None = None
    gives_c: Positive
    src: Word
    mark: Mark


class Cap(_Strict, frozen=True, kw_only=True):
    """The most that a person can be credited by some rates, per project or per year together."""

    scope: Literal["project", "year"]
    codes: Words
    """Rate codes; ``*`` stands for anything."""
    max_c: Whole
    group: str = ""
    src: Word
    mark: Mark


class Head(_Strict, frozen=True, kw_only=True):
    """Which rules these are."""

    id: Word
    title: Word
    valid_from: datetime.date
    valid_to: datetime.date | None = None
    year: Literal["calendar"]
    utc_offset_minutes: Annotated[int, msgspec.Meta(ge=-840, le=840)]
    """Days and years are those of this offset, so that every machine agrees on them."""
    carry_over: Literal[False]


class Rounding(_Strict, frozen=True, kw_only=True):
    """How the sum of a project becomes credits, before its cap."""

    mode: Literal["floor", "half_up", "exact"]
    step_c: Positive
    scope: Literal["per_project"]
    applies_to: tuple[Kind, ...]


class AttendanceRule(_Strict, frozen=True, kw_only=True):
    """What an attendance is worth and when."""

    credit_minutes: Literal["attended", "session"]
    """Whether an attendance that is long enough gives its own minutes or all of the session's."""
    confirm_makeups: tuple[Word, ...]
    """Levels at which a make-up counts only once the office has confirmed it."""


class Reading(_Strict, frozen=True, kw_only=True):
    """How lines of the rules that can be read in two ways are read."""

    most_counts: bool
    """Whether ``class_…_most_c`` limits what counts toward the total."""
    cycle: bool
    """Whether the requirement over several years applies."""


class Policy(_Strict, frozen=True, kw_only=True):
    """A whole set of rules."""

    schema: Literal[1]
    head: Head = msgspec.field(name="policy")
    target: tuple[Target, ...]
    cycle: tuple[Cycle, ...] = ()
    rate: Annotated[tuple[Rate, ...], msgspec.Meta(min_length=1)]
    cap: tuple[Cap, ...] = ()
    rounding: Rounding
    attendance: AttendanceRule
    reading: Reading
    sources: dict[str, Word]

    @property
    def id(self) -> str:
        return self.head.id

    @property
    def denominator(self) -> int:
        """Exact sums are kept in this fraction of a hundredth of a credit."""
        return lcm(*(rate.per_minutes or 1 for rate in self.rate))

    def levels(self) -> tuple[str, ...]:
        """The levels of projects that these rules know, in their order."""
        return tuple(dict.fromkeys(rate.level for rate in self.rate))

    def rate_for(self, level: str, role: str) -> Rate | None:
        """The rate of a level and role, or None if the rules have none."""
        return next((rate for rate in self.rate if rate.level == level and rate.role == role), None)

    def caps_of(self, rate: Rate) -> tuple[tuple[int, Cap], ...]:
        """The caps on a rate, each with its index."""
        return tuple((n, cap) for n, cap in enumerate(self.cap) if _covers(cap, rate))

    def year_of(self, at_ms: int) -> int:
        """The credit year of a moment in Unix milliseconds."""
        return self.day_of(at_ms).year

    def day_of(self, at_ms: int) -> datetime.date:
        """The day of a moment in Unix milliseconds, by the offset of the rules. Moments come from anybody:
        one outside the calendar is its first or last day."""
        days = (at_ms + self.head.utc_offset_minutes * 60_000) // 86_400_000
        first, last = datetime.date.min.toordinal(), datetime.date.max.toordinal()
        return datetime.date.fromordinal(min(max(_UNIX_DAY + days, first), last))

    def covers_year(self, year: int) -> bool:
        """Whether any day of the year lies in the rules' own time. Outside it they still apply."""
        last = self.head.valid_to
        return self.head.valid_from.year <= year and (last is None or year <= last.year)


def _covers(cap: Cap, rate: Rate) -> bool:
    return any(fnmatchcase(rate.code, pattern) for pattern in cap.codes)


def parse_policy(text: str, name: str) -> Policy:
    """The rules in a TOML text; ``name`` tells errors apart.

    Raises RuleError ``POLICY_INVALID`` with ``name``, ``key`` (where in the file) and ``why``.
    """
    try:
        found: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _wrong(name, "", str(error)) from None
    try:
        policy = msgspec.convert(found, Policy)
    except msgspec.ValidationError as error:
        why, _at, where = str(error).partition(" - at `")
        raise _wrong(name, where.removesuffix("`").removeprefix("$").removeprefix("."), why) from None
    _check(policy, name)
    return policy


@cache
def load_policy(policy: str = DEFAULT_POLICY) -> Policy:
    """The rules shipped under this id.

    Raises RuleError: ``UNKNOWN_POLICY``, or ``POLICY_INVALID`` as ``parse_policy``.
    """
    if policy not in shipped_policies():
        raise RuleError("UNKNOWN_POLICY", policy=policy, known=list(shipped_policies()))
    file = resources.files("icme_tui.rules") / "data" / f"{policy}.toml"
    rules = parse_policy(file.read_text(encoding="utf-8"), policy)
    if rules.id != policy:
        raise _wrong(policy, "policy.id", "differs from the name of the file")
    return rules


@cache
def shipped_policies() -> tuple[str, ...]:
    """The ids of the rules that come with the program."""
    folder = resources.files("icme_tui.rules") / "data"
    return tuple(
        sorted(
            file.name.removesuffix(".toml")
            for file in folder.iterdir()
            if file.name.endswith(".toml") and file.name[:1].islower()
        )
    )


def _wrong(name: str, key: str, why: str) -> RuleError:
    return RuleError("POLICY_INVALID", name=name, key=key, why=why)


def _check(policy: Policy, name: str) -> None:
    """What types alone cannot say."""
    listed: list[tuple[str, tuple[Target | Cycle | Rate | Cap, ...]]] = [
        ("target", policy.target),
        ("cycle", policy.cycle),
        ("rate", policy.rate),
        ("cap", policy.cap),
    ]
    for key, entries in listed:
        for number, entry in enumerate(entries):
            if entry.src not in policy.sources:
                raise _wrong(name, f"{key}[{number}].src", f"{entry.src!r} is not in [sources]")
    _check_rates(policy, name)
    for number, cap in enumerate(policy.cap):
        if not any(_covers(cap, rate) for rate in policy.rate):
            raise _wrong(name, f"cap[{number}].codes", "no rate has such a code")
    groups = [rank for target in policy.target for rank in target.who]
    if len(set(groups)) != len(groups):
        raise _wrong(name, "target.who", "a group stands in two targets")
    last = policy.head.valid_to
    if last is not None and last < policy.head.valid_from:
        raise _wrong(name, "policy.valid_to", "lies before valid_from")
    for level in policy.attendance.confirm_makeups:
        if level not in policy.levels():
            raise _wrong(name, "attendance.confirm_makeups", f"no rate has the level {level!r}")


def _check_rates(policy: Policy, name: str) -> None:
    codes: set[str] = set()
    meanings: set[tuple[str, str]] = set()
    for number, rate in enumerate(policy.rate):
        if rate.code in codes:
            raise _wrong(name, f"rate[{number}].code", f"{rate.code!r} stands twice")
        if (rate.level, rate.role) in meanings:
            raise _wrong(name, f"rate[{number}].level", f"{rate.level!r} has two rates for {rate.role!r}")
        if (rate.kind == "minutes") != (rate.per_minutes is not None):
            raise _wrong(name, f"rate[{number}].per_minutes", f"does not fit the kind {rate.kind!r}")
        codes.add(rate.code)
        meanings.add((rate.level, rate.role))
