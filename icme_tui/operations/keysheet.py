"""The recovery sheet: what an office prints when it is made, and what it starts again from.

A text that is read by people, typed in again or scanned. Every line but the recovery identity is a comment,
so ``age -d -i SHEET`` takes it as it is. It holds

* the **recovery identity** (``AGE-SECRET-KEY-1…``): opens every bundle and pack, and every station whose
  password is forgotten;
* the **next key** (``ICME-NEXT-KEY-1-…``): the signing key that the venues believe when the office's own is
  lost, as its 32-byte seed (RFC 8032) and 3 bytes of its SHA-256;
* the **card key** (``ICME-CARD-KEY-1-…``): 16 bytes, of which the keys of all cards are derived, and 4 bytes
  of their SHA-256.

Before them stand the 30 digits of the office's key (``ICME-OFFICE-1``). The last two are base32 (RFC 4648)
in groups of four. Nothing of the sheet is kept in any home folder.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import NamedTuple

from icme_tui.bundles import age
from icme_tui.bundles.keys import SigningKey
from icme_tui.codes import BundleError, StoreError
from icme_tui.operations import qr

_OFFICE, _NEXT, _CARD = "ICME-OFFICE-1", "ICME-NEXT-KEY-1", "ICME-CARD-KEY-1"
_SIZES = {_NEXT: (32, 3), _CARD: (16, 4)}
"""Bytes of the secret, and of its hash that stand behind it."""

_AGE = "AGE-SECRET-KEY-1"
_IDENTITY = re.compile(_AGE + r"[0-9A-Z]{50,80}")
_MISREAD = str.maketrans("018", "OIB")
"""Digits that base32 does not have, and the letters that they are taken for."""


class Sheet(NamedTuple):
    """What stands on it. Its repr tells none of it."""

    recovery: age.Identity
    next_key: SigningKey
    card_seed: bytes
    office: str = ""
    """30 digits of the office's key, in 6 groups; empty where they were not typed in."""

    def __repr__(self) -> str:
        return "Sheet(…)"


class Notes(NamedTuple):
    """What the sheet says to people, a line each of at most 76 columns; empty ones are left out."""

    keep: str = ""
    """How it is to be kept."""
    office: str = ""
    """Before the digits of the office's key, and so on."""
    next_digits: str = ""
    recovery: str = ""
    next_key: str = ""
    card_key: str = ""


def text(sheet: Sheet, code: str, domain: str, notes: Notes | None = None) -> str:
    """The sheet of the office ``code``, with a QR code of each secret."""
    notes = notes or Notes()
    identity = sheet.recovery.secret()
    next_line, card_line = _line(_NEXT, sheet.next_key.seed()), _line(_CARD, sheet.card_seed)
    identity_code, next_code, card_code = ([f"# {line}".rstrip() for line in code] for code in codes(sheet))
    return "\n".join(
        (
            f"# icme {code} {domain}",
            *_said(notes.keep),
            "#",
            *_said(notes.office),
            f"# {_OFFICE} {sheet.office}",
            *_said(notes.next_digits),
            f"# {sheet.next_key.public.fingerprint}",
            "#",
            *_said(notes.recovery),
            f"# {sheet.recovery.public}",
            identity,
            *identity_code,
            "#",
            *_said(notes.next_key),
            *_typed(next_line),
            *next_code,
            "#",
            *_said(notes.card_key),
            *_typed(card_line),
            *card_code,
            "",
        )
    )


def codes(sheet: Sheet, *, on_dark: bool = False) -> list[list[str]]:
    """The lines of the three QR codes: recovery identity, next key, card key."""
    secrets = (sheet.recovery.secret(), _line(_NEXT, sheet.next_key.seed()), _line(_CARD, sheet.card_seed))
    return [qr.lines(secret, on_dark=on_dark) for secret in secrets]


def parse(typed: str) -> Sheet:
    """Read a sheet back, from its file or typed in: blanks, small letters and the QR codes do not count.

    Raises StoreError ``SHEET_BAD`` (``part``: how what is missing or misread begins on the paper).
    """
    try:
        (recovery,) = identities_in(typed)
    except (BundleError, ValueError):
        raise StoreError("SHEET_BAD", part=_AGE) from None
    found = re.search(rf"{_OFFICE}((?:\s*[0-9]{{5}}){{6}})", typed.upper())
    return Sheet(
        recovery,
        SigningKey.from_seed(_secret(typed, _NEXT)),
        _secret(typed, _CARD),
        " ".join(found[1].split()) if found else "",
    )


def identities_in(typed: str) -> list[age.Identity]:
    """The age identities that stand in a text. Raises BundleError ``IDENTITY_BAD`` where there is none."""
    found = dict.fromkeys(_IDENTITY.findall(typed.upper()))
    if not found:
        raise BundleError("IDENTITY_BAD")
    return [age.Identity(secret) for secret in found]


def _line(name: str, secret: bytes) -> str:
    letters = base64.b32encode(secret + _check(name, secret)).decode()
    return "-".join((name, *(letters[i : i + 4] for i in range(0, len(letters), 4))))


def _secret(typed: str, name: str) -> bytes:
    size, checks = _SIZES[name]
    spread = r"[\s-]*".join(name.replace("-", ""))
    found = re.search(rf"{spread}((?:[\s#-]*[0-9A-Z]){{{(size + checks) * 8 // 5}}})", typed.upper())
    if found is not None:
        letters = re.sub(r"[\s#-]", "", found[1]).translate(_MISREAD)
        try:
            raw = base64.b32decode(letters)
        except ValueError:
            raw = b""
        if raw and hmac.compare_digest(raw[size:], _check(name, raw[:size])):
            return raw[:size]
    raise StoreError("SHEET_BAD", part=name)


def _check(name: str, secret: bytes) -> bytes:
    return hashlib.sha256(name.encode() + secret).digest()[: _SIZES[name][1]]


def _said(note: str) -> list[str]:
    return [f"# {note}"] if note else []


def _typed(line: str) -> list[str]:
    """A secret as people type it: a row for its name, then rows of eight groups."""
    groups = line.split("-")
    rows = [groups[:4], *(groups[i : i + 8] for i in range(4, len(groups), 8))]
    return [f"# {'-'.join(row)}" for row in rows]
