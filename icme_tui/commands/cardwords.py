"""Sentences and words for changing, cancelling, replacing and blocking cards."""

from __future__ import annotations

from icme_tui.commands.words import N_

CARDS = {
    "CARD_NOT_ACTIVE": N_("The card {number} is not in use any more: {state}."),
    "CARD_STATE": N_("A card cannot be made '{state}'. There are: {known}."),
    "CARD_UNKNOWN": N_("This card is not in the registry here."),
    "NOTHING_BEGUN": N_("Nothing was begun with this card here."),
    "NOT_THAT_CARD": N_("That is another card. Put back the one that is meant ({wanted})."),
    "NO_OLD_CARD": N_("{person} has had no card yet. Issue one."),
    "NO_SUCH_CARD": N_("There is no card number {number}."),
    "OTHER_CARD": N_("The card says number {number}, the registry another one. Ask the office."),
}
"""Reason code → sentence, for ``sentences.SENTENCES``."""

FIELDS = {
    "name": N_("name"),
    "unit": N_("unit"),
    "sex": N_("sex"),
    "title": N_("job title"),
    "key_version": N_("keys"),
    "signature": N_("signature"),
}
"""What a change writes anew."""

PROPOSAL = N_("The card is another station's: the office decides.")
LINK_PROPOSAL = N_("It works here now; elsewhere once the office has linked it too.")
LINK_NEXT_PACK = N_("Elsewhere it is known with the office's next pack.")
NEXT_PACK = N_("Elsewhere it is blocked with the office's next pack.")
