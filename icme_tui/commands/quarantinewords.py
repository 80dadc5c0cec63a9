"""What is said of files that were set aside: what to do, and whom to call. docs/quarantine.md says it at
length."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icme_tui.commands.moments import show_utc
from icme_tui.commands.output import visible
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import N_, _

if TYPE_CHECKING:
    from icme_tui.operations.quarantine import Decision, Kept

_AGAIN = N_("Copy the file from the stick once more; if that does not help, have the sender export again.")
_FORGED = N_("Call the sender before anything else: it may be forged. Do not go on until it is explained.")
_OFFICE = N_("Call the office: it enrols this venue anew and writes a new pack.")

REMEDIES = {
    "AUDIENCE": N_("Give it to the station that it names. Reject it here."),
    "BUNDLE_FAULT": N_("Keep the file and report it. After the next update of icme, release it."),
    "CHAIN": N_("Have the sender update icme and export again. Reject this file."),
    "CIPHER_HASH": _AGAIN,
    "CONTAINER": _AGAIN,
    "COUNT": N_("Have the sender update icme and export again. Reject this file."),
    "FORK": N_("Decide the fork, in the work list. Then release the file: its facts are held already."),
    "INNER_MISMATCH": _FORGED,
    "KEY_REVOKED": N_(
        "Ask when it was written. If that was before the key was lost, mark how far the key is good"
        " ('icme keys revoke --keep-up-to FILE'), then release it; else reject it."
    ),
    "MANIFEST_BAD": N_(
        "Have the sender update icme and export again. If its icme is newer, update here first."
    ),
    "NOT_DECRYPTABLE": N_("Have the sender take our newest pack, then export again. Reject this file."),
    "PACK_KEYS": N_("Call the office: it writes the pack again."),
    "PLAIN_HASH": _FORGED,
    "PLAIN_LEN": _FORGED,
    "REJECTED": N_("Nothing. If it was rejected by mistake, release it."),
    "REQUEST_MISMATCH": _OFFICE,
    "ROLLBACK": N_("Take the newest pack of the office. Reject this one."),
    "SCHEMA_NEWER": N_("Update icme here, then release it."),
    "SIG_BAD": _AGAIN,
    "SIG_NAMESPACE": _FORGED,
    "SIG_UNKNOWN_KEY": N_(
        "If it is a venue of yours, enrol it, then release the file. If nobody knows it, reject it."
    ),
    "SIG_WRONG_PRINCIPAL": _FORGED,
}
"""What a clerk does about a file that was refused."""

WAYS = {
    "again": N_("A release judges it anew: it gets in if its cause has passed, and not otherwise."),
    "resolve": N_("A release closes it once the fork is decided."),
    "never": N_("It can never be let in: what is wrong lies in the file itself."),
}

DECIDED = {"release": N_("let in"), "reject": N_("rejected")}


def remedy(code: str) -> str:
    """What to do about a refused file."""
    return _(REMEDIES.get(code, N_("Keep the file and report it.")))


def meaning(kept: Kept) -> str:
    """Why a file was refused, in a sentence."""
    if not kept.code:
        return _("The reason beside the file is gone.")
    return sentence(kept.code, {"file": kept.name, "sender": kept.sender or "-"})


def decided(decision: Decision) -> str:
    """Who decided what, and why."""
    told = _("{what} {at} by {by}: {reason}")
    return told.format(
        what=_(DECIDED[decision.what]), at=show_utc(decision.at), by=visible(decision.by),
        reason=visible(decision.reason),
    )  # fmt: skip
