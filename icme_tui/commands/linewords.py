"""Sentences for readers on a serial line and readers that type."""

from __future__ import annotations

from icme_tui.commands.words import N_

LINES = {
    "READER_DENIED": N_(
        "{device} may not be used by this account. For a serial port: sudo usermod -aG dialout $USER, then"
        " log in again."
    ),
    "READER_SILENT": N_(
        "{reader}: nothing answers. Is it the right port, are the switches of the module set to HSU, does it"
        " have power?"
    ),
    "READER_NOISY": N_("{reader}: what it sends arrives damaged. Check the cable and its plugs."),
    "READER_UNKNOWN": N_("{reader}: something answers, but it is no PN532. Name another port."),
}
"""Reason code → sentence, for ``sentences.SENTENCES``."""
