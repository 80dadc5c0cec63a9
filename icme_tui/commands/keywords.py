"""Sentences about keys, accounts and the recovery sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icme_tui.commands.words import N_, _

if TYPE_CHECKING:
    from icme_tui.operations.keysheet import Notes

SENTENCES: dict[str, str] = {
    "IDENTITY_EXPORTED": N_("The age identity of this station was written to a file."),
    "KEY_ROTATES": N_("New keys were made and are being made known."),
    "KEY_ROTATED": N_("The new keys have taken the place of the old ones."),
    "FILE_EXISTS": N_("{file} is there already. Name a new file."),
    "NO_OPERATOR": N_("There is no operator {operator} at this station."),
    "NOTHING_KEPT": N_("Nothing of {station} was received yet. Leave out --keep-received."),
    "REVOKES_SELF": N_("This is the office's own key. 'icme keys rotate' gives it another one."),
    "REKEY_ROOM": N_(
        "To encrypt the store anew {needed} MB must be free, and {free} MB are. Make room first."
    ),
    "REKEY_FAILED": N_(
        "The store could not be encrypted anew and has its old key still: the disk is full, or it fails."
        " Nothing is lost. See to the disk, then do this again."
    ),
    "REMOVES_SELF": N_("You cannot remove yourself. Let another admin do it."),
    "RECOVERY_SLOT_MISSING": N_(
        "No recovery identity opens this station: it had no pack of its office yet. A backup, or the"
        " password, is the only way."
    ),
    "IDENTITY_WRONG": N_("This is not the recovery identity of this station's office."),
    "IDENTITY_FILE": N_("{file} cannot be read as a file of keys."),
    "ROTATION_OPEN": N_("New keys are on their way already. Their digits: {digits}."),
    "SHEET_OTHER": N_("This recovery sheet is of another office, or its next key was used already."),
    "SHEET_BAD": N_(
        "The recovery sheet cannot be read: {part}. Compare what was typed with the paper, letter by letter."
    ),
}


def sheet_notes() -> Notes:
    """What the recovery sheet says to people."""
    from icme_tui.operations.keysheet import Notes

    return Notes(
        keep=_("Recovery sheet. Print it, put it into a safe, delete the file."),
        office=_("Digits of the office's key:"),
        next_digits=_("Digits of its next key:"),
        recovery=_("Recovery identity: opens bundles, packs, and a station without its password."),
        next_key=_("Next key: signs the packs when the office's own key is lost."),
        card_key=_("Card key: the keys of all cards come from it."),
    )
