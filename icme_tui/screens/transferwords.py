"""Words of the screens of transfer."""

from __future__ import annotations

from icme_tui.codes import RuleError
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import N_
from icme_tui.operations import enrolling

WOULD = {
    "accept": N_("take in"),
    "hold": N_("wait"),
    "quarantine": N_("set aside"),
    "unreadable": N_("unreadable"),
}
"""What an import would do with a file."""

TOLD = {"accepted": N_("taken in"), "held": N_("waits"), "quarantined": N_("set aside")}
"""What the office says that it did."""

KINDS = {"accept": "good", "hold": "warn", "quarantine": "bad", "unreadable": "bad"}


def digits_wrong(typed: str) -> str:
    """What is wrong with digits, or nothing."""
    try:
        enrolling.plain_digits(typed)
    except RuleError as wrong:
        return sentence(wrong.code, wrong.detail)
    return ""
