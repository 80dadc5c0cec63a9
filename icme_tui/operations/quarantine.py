"""What was refused and is kept in ``quarantine/``: why, what can be done about it, and what was decided.

Nothing is ever let in against a check. To release a file is to have it judged anew, by what is believed now:
it gets in if its cause has passed (a station was enrolled, a mark was set, the program was updated), and not
otherwise. What is wrong with the bytes themselves never passes.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from icme_tui.codes import RuleError
from icme_tui.operations import filing

if TYPE_CHECKING:
    from icme_tui.station import Station

AGAIN, RESOLVE, NEVER = "again", "resolve", "never"
"""What a release can come to: it is judged anew; it is done once the office has decided the fork; nothing."""

WAYS: dict[str, str] = {
    "AUDIENCE": NEVER,
    "BUNDLE_FAULT": AGAIN,
    "CHAIN": NEVER,
    "CIPHER_HASH": NEVER,
    "CONTAINER": NEVER,
    "COUNT": NEVER,
    "FORK": RESOLVE,
    "INNER_MISMATCH": NEVER,
    "KEY_REVOKED": AGAIN,
    "MANIFEST_BAD": AGAIN,
    "NOT_DECRYPTABLE": AGAIN,
    "PACK_KEYS": NEVER,
    "PLAIN_HASH": NEVER,
    "PLAIN_LEN": NEVER,
    "REJECTED": AGAIN,
    "REQUEST_MISMATCH": NEVER,
    "ROLLBACK": AGAIN,
    "SCHEMA_NEWER": AGAIN,
    "SIG_BAD": NEVER,
    "SIG_NAMESPACE": NEVER,
    "SIG_UNKNOWN_KEY": AGAIN,
    "SIG_WRONG_PRINCIPAL": AGAIN,
}
"""Every reason for which a file is refused, and what a release of it can come to."""

DECISIONS = "quarantine"
"""Setting: {SHA-256 of a file: [what, by, at, reason]} of the decisions, written with their facts."""

SHORTEST = 6
"""Digits of a SHA-256 that name a file, if they name only one."""


class Decision(NamedTuple):
    """What somebody decided about a file."""

    what: str
    """``release`` or ``reject``."""
    by: str
    at: str
    """In UTC."""
    reason: str


class Kept(NamedTuple):
    """A file that was set aside, and why."""

    file: Path
    code: str
    """Empty where the reason beside the file is missing or damaged."""
    name: str
    """What the file was called where it came from."""
    sender: str
    at: str
    """When it was set aside, in UTC."""
    by: str
    decision: Decision | None = None

    @property
    def id(self) -> str:
        """SHA-256 of the file, in hex."""
        return self.file.stem

    @property
    def way(self) -> str:
        """What a release can come to: one of ``WAYS``."""
        return WAYS.get(self.code, AGAIN)


def kept_files(station: Station, *, decided: bool = True) -> list[Kept]:
    """What lies in ``quarantine/``, the newest first; without what was ``decided`` if that is not wanted."""
    decisions = station.setting(DECISIONS, {})
    found: list[Kept] = []
    for path in filing.kept_in(station.folders.quarantine):
        label = filing.label_of(path)
        told = decisions.get(path.stem)
        decision = Decision(*told) if told else None
        if decided or decision is None:
            found.append(Kept(path, label.code, label.file, label.from_, label.at, label.by, decision))
    return sorted(found, key=lambda each: (each.at, each.file.name), reverse=True)


def count_open(station: Station) -> int:
    """How many files wait for a decision."""
    decisions = station.setting(DECISIONS, {})
    return sum(path.stem not in decisions for path in filing.kept_in(station.folders.quarantine))


def find(station: Station, wanted: str) -> Kept:
    """The file that is meant by its name, or by the beginning of its SHA-256.

    Raises RuleError ``NOT_IN_QUARANTINE``, ``QUARANTINE_AMBIGUOUS``.
    """
    kept = kept_files(station)
    found = [each for each in kept if wanted in (each.name, each.id, each.file.name)]
    if not found and len(wanted) >= SHORTEST:
        found = [each for each in kept if each.id.startswith(wanted.lower())]
    if not found:
        raise RuleError("NOT_IN_QUARANTINE", file=wanted)
    if len(found) > 1:
        raise RuleError("QUARANTINE_AMBIGUOUS", file=wanted, ids=[each.id[:12] for each in found])
    return found[0]


def is_rejected(station: Station, id_: str) -> bool:
    """Whether somebody has refused this very file for good."""
    told = station.setting(DECISIONS, {}).get(id_)
    return told is not None and told[0] == "reject"


def note(station: Station, id_: str, decision: Decision | None) -> None:
    """Remember a decision; None forgets it: the file has to be decided again."""
    decisions = station.setting(DECISIONS, {})
    if decision is None and id_ not in decisions:
        return
    others = {known: told for known, told in decisions.items() if known != id_}
    station.set_setting(DECISIONS, others if decision is None else {**others, id_: list(decision)})
