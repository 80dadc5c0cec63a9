"""Sentences for readers on a serial line and readers that type."""

from __future__ import annotations

from icme_tui.commands.words import N_

LINES = {
    "READER_DENIED": N_(
        "{device} may not be used by this account. Type: sudo usermod -aG {group} $USER, then log in again."
    ),
    "READER_SILENT": N_(
        "{reader}: nothing answers. Is it the right port, are the switches of the module set to HSU, does it"
        " have power?"
    ),
    "READER_NOISY": N_("{reader}: what it sends arrives damaged. Check the cable and its plugs."),
    "READER_UNKNOWN": N_("{reader}: something answers, but it is no PN532. Name another port."),
    "INPUT_UNKNOWN": N_("{device} is no keyboard. Those of readers lie in /dev/input/by-id/."),
    "READER_FORMAT": N_(
        "{reader} types numbers, and their form is not known yet. Take a card whose number is known, and"
        " type: icme reader learn {reader} --card NUMBER"
    ),
    "READER_TYPES_NOT": N_("{reader} types no numbers, so there is nothing to learn."),
    "FORMAT_NONE": N_(
        "{reader} typed '{typed}', which is not {card} in any form known here. Was it that card? Else set the"
        " reader to another form."
    ),
    "FORMAT_PART": N_(
        "{reader} typed '{typed}': only 3 bytes of the number, which many cards share. Set the reader to 8"
        " digits hex or 10 digits."
    ),
    "FORMAT_OPEN": N_(
        "{reader}: more than one form fits ({formats}). Do it again with one more card: --card A --card B"
    ),
    "FORMAT_UNKNOWN": N_("'{given}' is no form. Those are: {formats}."),
    "NO_MEMORY": N_(
        "{reader} only tells the number of a card; nothing can be read from it or written to it."
    ),
    "TYPING_ENDED": N_("The input has ended, so no reader can type any more."),
}
"""Reason code → sentence, for ``sentences.SENTENCES``."""
