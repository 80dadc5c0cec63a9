"""Sentences for readers behind PC/SC: what is wrong, and what to do."""

from __future__ import annotations

from icme_tui.commands.words import N_

PCSC = {
    "CARD_ANSWER": N_("The card or the reader answered what makes no sense ({status}). Present it again."),
    "CARD_RESET": N_("Another program reset the card. Leave it on the reader, or put it back."),
    "NO_READER": N_(
        "No such reader is plugged in. Plug it in; 'pcsc:' takes the first contactless one,"
        " 'pcsc:ACR122' one whose name contains that."
    ),
    "NO_SERVICE": N_(
        "The smart card service does not run. On Linux: 'sudo systemctl enable --now pcscd.socket'"
        " (package pcscd). When it runs again the reader goes on by itself."
    ),
    "PCSC_MISSING": N_(
        "Readers named pcsc: need pyscard. Install it: 'apt install python3-pyscard pcscd',"
        " or \"pip install 'icme-tui[pcsc]'\"."
    ),
    "READER_FAILED": N_("The reader {reader} failed ({status}). Unplug it and plug it in again."),
    "READER_FORBIDDEN": N_(
        "This session may not use readers: polkit refuses it, as it does over SSH and in services."
        " 'icme doctor' shows the rule that allows it."
    ),
    "READER_KEYS": N_("The reader {reader} takes no keys for such cards. Use another model."),
    "READER_LOST": N_(
        "The reader {reader} or the smart card service went away while the card lay there. Leave the card on"
        " the reader, or put it back when the reader is there again."
    ),
    "SERVICE_HANGS": N_("The smart card service does not answer. Unplug the reader, or restart pcscd."),
}
"""Reason code → sentence, for ``sentences.SENTENCES``."""
