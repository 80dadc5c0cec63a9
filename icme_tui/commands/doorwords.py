"""Sentences and words for what happens at the door of a session."""

from __future__ import annotations

from icme_tui.commands.words import N_

DOOR = {
    "BETWEEN_ORDER": N_("The second moment lies before the first."),
    "GUEST": N_("A guest: it counts once the office has recognised who it is."),
    "GUEST_NUMBER_MISSING": N_("A telephone or ID number tells guests apart: give one."),
    "GUEST_UNIT_MISSING": N_("The guest's hospital is needed."),
    "MAKEUP_OUTSIDE": N_("The moment must lie between the opening of the door and its closing."),
    "NOTHING_TO_MOVE": N_("No touch of the session {session} lies between these moments."),
    "NOTHING_TO_UNDO": N_("There is nothing to take back, or something newer has come since."),
    "NO_OPEN_MAKEUP": N_("No make-up at {place} waits. 'icme makeup list --open' shows what does."),
    "NO_GUEST": N_("There is no guest {guest}. 'icme guest list' shows them."),
    "NO_OUT_HERE": N_("At this session nobody signs out."),
    "READER_GONE": N_("The reader does not answer. Is it plugged in?"),
    "REASON_MISSING": N_("A reason is needed."),
    "SAME_SESSION": N_("That is the same session, {session}. Name another one."),
}
"""Reason code → sentence, for ``sentences.SENTENCES``."""

WORDS = {
    "ACCEPTED_IN": N_("IN"),
    "ACCEPTED_OUT": N_("OUT"),
    "ALREADY_IN": N_("ALREADY IN"),
    "ALREADY_OUT": N_("ALREADY OUT"),
    "TOO_EARLY": N_("TOO EARLY"),
    "TOO_LATE": N_("TOO LATE"),
    "UNKNOWN_CARD": N_("UNKNOWN CARD"),
    "ISSUER_UNKNOWN": N_("UNKNOWN CARD"),
    "BLOCKED": N_("CARD BLOCKED"),
    "CANCELLED": N_("CARD CANCELLED"),
    "FOREIGN_CARD": N_("FOREIGN CARD"),
    "LAYOUT_NEWER": N_("CARD NOT READABLE"),
    "HOLDER_BAD": N_("CARD DAMAGED"),
    "MAD_BAD": N_("CARD DAMAGED"),
    "ACCESS_BITS": N_("CARD DAMAGED"),
    "INCOMPLETE": N_("CARD NOT FINISHED"),
    "CARD_WORN": N_("CARD WORN OUT"),
    "SIGNATURE_BAD": N_("COPY SUSPECTED"),
    "PUT_CARD_BACK": N_("PUT THE CARD BACK"),
}
"""Reason code → the one word or two that are read from two metres."""

NOT_RECORDED = N_("NOT RECORDED")
"""The word of any other reason: the store could not keep the touch."""
