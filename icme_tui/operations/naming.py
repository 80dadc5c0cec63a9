"""What codes, names and domains may look like: they become file names, principals and signed text."""

from __future__ import annotations

import re
import unicodedata

from icme_tui.codes import StoreError

_CODE = re.compile(r"[A-Z0-9](?:[A-Z0-9-]{0,14}[A-Z0-9])?")
_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")
_OPERATOR = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
_LONGEST_NAME = 100


def require_code(code: str) -> None:
    """A station's code: 1 to 16 of A–Z, 0–9 and inner hyphens. Raises StoreError ``CODE_BAD``."""
    if not _CODE.fullmatch(code):
        raise StoreError("CODE_BAD", given=code)


def require_domain(domain: str) -> None:
    """The deployment's name, as a host name in lower case. Raises StoreError ``DOMAIN_BAD``."""
    if len(domain) > 100 or not _DOMAIN.fullmatch(domain):
        raise StoreError("DOMAIN_BAD", given=domain)


def require_operator(name: str) -> None:
    """An account's name. Raises StoreError ``OPERATOR_BAD``."""
    if not _OPERATOR.fullmatch(name):
        raise StoreError("OPERATOR_BAD", given=name)


def require_name(name: str) -> None:
    """A name for people to read: one line, not empty, at most 100 characters.

    Raises StoreError ``NAME_BAD``.
    """
    control = any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in name)
    if not name.strip() or len(name) > _LONGEST_NAME or control:
        raise StoreError("NAME_BAD", given=name)
