"""Telephone numbers of a roster."""

from __future__ import annotations

import re
import unicodedata

MAX_CHARACTERS = 40

_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LANDLINE = re.compile(r"(?:0\d{2,3}-?)?[2-9]\d{6,7}(?:-\d{1,6})?", re.ASCII)
_COUNTRY = re.compile(r"^(?:\+|00)?86(?=1[3-9]\d{9}$|0)", re.ASCII)


def read_phone(text: str) -> tuple[str, bool]:
    """The number without blanks and country code, and whether it has a known form.

    A number of another form is kept as it was written: it may be an extension.
    """
    plain = unicodedata.normalize("NFKC", text).strip().strip("'’‘")
    joined = re.sub(r"[\s()]|[‐‑–—−]", lambda found: "-" if found[0] in "‐‑–—−" else "", plain)
    joined = _COUNTRY.sub("", joined.removeprefix('="').removesuffix('"'))
    mobile = _COUNTRY.sub("", joined.replace("-", ""))
    if _MOBILE.fullmatch(mobile):
        return mobile, True
    if _LANDLINE.fullmatch(joined):
        return joined, True
    return plain[:MAX_CHARACTERS], False


def mask_phone(text: str) -> str:
    """A number as it may be shown: ``138****1234``."""
    return text[:3] + "*" * (len(text) - 7) + text[-4:] if len(text) >= 9 else text
