"""Whom we believe: signing keys, whose they are, what they may sign, and which are revoked.

A station makes its ``Trust`` from its facts. Without a station it is read from an ``allowed_signers`` file
(ssh-keygen(1), "ALLOWED SIGNERS") and a list of revoked keys.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import translate
from typing import NamedTuple

from icme_tui.bundles.keys import ALGORITHM, PublicKey
from icme_tui.codes import BundleError

FACTS = "facts"
PACK = "pack"
ENROL = "enrol"
ROTATE = "rotate"

_KEY_TYPES = ("ssh-", "ecdsa-", "sk-ssh-", "sk-ecdsa-")
_FLAGS = ("cert-authority",)
_VALUES = ("namespaces", "valid-after", "valid-before")
_FIELD = re.compile(r'(?:"[^"]*"|[^\s"])+')
_OPTION = re.compile(r'([A-Za-z-]+)(?:=("[^"]*"|[^,"]*))?(?:,|$)')
_MARK = re.compile(r"good=([0-9a-f]{32}):([0-9]{1,16}):([0-9a-f]{64})")


def namespace(kind: str, domain: str) -> str:
    """``cmeb-facts-v1@cme.example``: what a signature of this ``kind`` is made for."""
    return f"cmeb-{kind}-v1@{domain}"


class Mark(NamedTuple):
    """The last good position of an epoch, and the chain's head there (hex)."""

    position: int
    head: str


class Signer(NamedTuple):
    """What one enrolled key may do. Patterns are those of OpenSSH: ``*``, ``?``, ``!`` negates."""

    principals: tuple[str, ...]
    namespaces: tuple[str, ...] | None = None
    """None: any."""
    valid_after: int | None = None
    """Unix milliseconds."""
    valid_before: int | None = None

    def is_valid_at(self, now_ms: int) -> bool:
        """Whether ``now_ms`` lies in the time that this entry is for."""
        early = self.valid_after is not None and now_ms < self.valid_after
        late = self.valid_before is not None and now_ms > self.valid_before
        return not early and not late

    def may_sign(self, name: str) -> bool:
        """Whether signatures in this namespace are allowed."""
        return self.namespaces is None or _matches(name, self.namespaces)

    def is_owner(self, principal: str) -> bool:
        """Whether the key belongs to ``principal``."""
        return _matches(principal, self.principals)


@dataclass(frozen=True)
class Trust:
    """Everything that decides whether a signature counts."""

    signers: Mapping[PublicKey, tuple[Signer, ...]] = field(default_factory=dict)
    revoked: Mapping[PublicKey, Mapping[str, Mark] | None] = field(default_factory=dict)
    """None: as a whole. Else good marks by epoch: what lies within them stays good."""
    is_confirmed: bool = True
    """False at a venue whose operator has not yet typed its office's digits."""


def parse_allowed_signers(text: str) -> dict[PublicKey, tuple[Signer, ...]]:
    """The Ed25519 keys of an ``allowed_signers`` file; keys of other types are left out.

    Raises BundleError ``TRUST_BAD`` (``line``) for a line that ssh-keygen would not read either.
    """
    signers: dict[PublicKey, tuple[Signer, ...]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            found = _signer_of(line)
        except (BundleError, ValueError):
            raise BundleError("TRUST_BAD", line=number) from None
        if found is not None:
            key, signer = found
            signers[key] = (*signers.get(key, ()), signer)
    return signers


def parse_revoked(text: str) -> dict[PublicKey, dict[str, Mark] | None]:
    """A list of revoked keys: one public key a line, as in a ``.pub`` file.

    Words ``good=EPOCH:POSITION:HEAD`` after the key are its good marks; a key without one is revoked as a
    whole. Any other word is a comment. A key that is listed twice is revoked as a whole.

    Raises BundleError ``REVOKED_BAD`` (``line``).
    """
    revoked: dict[PublicKey, dict[str, Mark] | None] = {}
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        try:
            key = PublicKey.from_line(line)
            marks = dict(_mark_of(word) for word in words[2:] if word.startswith("good="))
        except (BundleError, ValueError):
            raise BundleError("REVOKED_BAD", line=number) from None
        revoked[key] = marks if marks and key not in revoked else None
    return revoked


def _mark_of(word: str) -> tuple[str, Mark]:
    found = _MARK.fullmatch(word)
    if found is None:
        raise ValueError(word)
    return found[1], Mark(int(found[2]), found[3])


def _signer_of(line: str) -> tuple[PublicKey, Signer] | None:
    """``principals [options] type key [comment]``."""
    if line.count('"') % 2:
        raise ValueError(line)
    words = _FIELD.findall(line)
    options = ""
    if len(words) >= 2 and not words[1].startswith(_KEY_TYPES):
        options = words.pop(1)
    if len(words) < 3 or not words[1].startswith(_KEY_TYPES):
        raise ValueError(line)
    principals = _patterns(words[0])
    given = _options_of(options)
    if "cert-authority" in given or words[1] != ALGORITHM.decode():
        return None
    namespaces = given.get("namespaces")
    return PublicKey.from_line(f"{words[1]} {words[2]}"), Signer(
        principals,
        None if namespaces is None else _patterns(namespaces),
        _moment(given.get("valid-after")),
        _moment(given.get("valid-before")),
    )


def _options_of(text: str) -> dict[str, str]:
    given: dict[str, str] = {}
    at = 0
    while at < len(text):
        found = _OPTION.match(text, at)
        if found is None:
            raise ValueError(text)
        name = found[1].lower()
        is_flag = found[2] is None
        if name in given or name not in (_FLAGS if is_flag else _VALUES):
            raise ValueError(name)
        given[name] = (found[2] or "").strip('"')
        at = found.end()
    return given


def _patterns(text: str) -> tuple[str, ...]:
    patterns = tuple(text.strip('"').split(","))
    if not all(patterns):
        raise ValueError(text)
    return patterns


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    """OpenSSH's match_pattern_list: some pattern fits, and none that is negated."""
    is_found = False
    for pattern in patterns:
        is_negated = pattern.startswith("!")
        if re.fullmatch(_expression(pattern.removeprefix("!")), name):
            if is_negated:
                return False
            is_found = True
    return is_found


def _expression(pattern: str) -> str:
    # fnmatch also knows [sets], which OpenSSH does not.
    return translate(pattern.replace("[", "[[]"))


def _moment(text: str | None) -> int | None:
    """``YYYYMMDD[HHMM[SS]][Z]`` in Unix milliseconds; without ``Z`` in the time zone of this machine."""
    if text is None:
        return None
    digits = text.removesuffix("Z")
    layout = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}.get(len(digits))
    if layout is None or not digits.isdigit():
        raise ValueError(text)
    if text.endswith("Z"):
        moment = datetime.strptime(digits, layout).replace(tzinfo=UTC)
    else:
        moment = datetime.strptime(digits, layout).astimezone()
    return round(moment.timestamp() * 1000)
