"""Sentences for what an office decides: times that were wrong, histories that part, flags."""

from __future__ import annotations

from icme_tui.commands.words import N_

DECIDING = {
    "CARD_FORK": N_("Two stations wrote the same record number on this card: it may have been copied."),
    "CONFLICT": N_("Two stations changed this without seeing each other; the newest edit counts."),
    "MAC_BAD": N_("This record of a card does not verify; it counts for nothing."),
    "MACS_BAD": N_("This station brought too many forged records of cards; they count for nothing."),
    "SAME_ID": N_("Two people have one ID number and different names."),
    "CLOCK_TOO_FAR": N_("No clock is off by more than a hundred years."),
    "EPOCH_UNCLEAR": N_("Name one epoch of {station} with --epoch; 'icme clock show {station}' lists them."),
    "NO_FACTS_OF": N_("Nothing of {station} is held here. 'icme transfer venues' lists the venues."),
    "NOTHING_WAITS": N_("Nothing named {name} waits. 'icme waiting list' shows what does."),
    "NO_PROPOSAL": N_("Only the station itself can do this. Note it, so that it leaves the list."),
    "SAME_PERSON": N_("These two are one person already."),
    "NO_FORK": N_("No fork {fork} waits for a decision. 'icme fork list' shows those that do."),
    "NO_SIDE": N_("There is no side {side}; the sides are 1 to {sides}."),
    "RANGE_EMPTY": N_("No swipe of {station} with a clock's time lies between {first} and {last}."),
}
"""Reason code → sentence, for ``sentences.SENTENCES``."""
