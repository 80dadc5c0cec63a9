"""Reason codes and the errors that carry them.

A code is a stable upper-case word. It appears in JSON output, receipts and reports; screens and
commands turn it into a sentence in the operator's language. Codes never change their meaning.
"""

from __future__ import annotations

from typing import Any


class IcmeError(Exception):
    """Something was refused or failed for a reason that a person can act on.

    ``code`` is the stable reason code. ``detail`` holds the values that the sentence needs, as
    JSON-able scalars or lists of them: never a key, a password or a whole ID number.
    """

    def __init__(self, code: str, /, **detail: Any) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail

    def __str__(self) -> str:
        return self.code


class ReaderError(IcmeError):
    """The reader, or the way to it, failed."""


class CardError(IcmeError):
    """The card refused, was taken away, or holds what cannot be used."""


class StoreError(IcmeError):
    """The home folder, its keyring or its database cannot be used as asked."""


class BundleError(IcmeError):
    """A bundle, pack or enrolment request failed one of its checks."""


class RuleError(IcmeError):
    """What was asked goes against a rule of the domain, or a rule file is wrong."""


class SheetError(IcmeError):
    """A spreadsheet cannot be read, or is not laid out as it must be."""
