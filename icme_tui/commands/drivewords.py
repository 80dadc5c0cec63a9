"""What is said of removable drives."""

from __future__ import annotations

from icme_tui.commands.words import N_


def size_words(count: int) -> str:
    """``7.9 GB`` of a number of bytes, as it stands on sticks."""
    return f"{count / 1_000_000_000:.1f} GB" if count >= 100_000_000 else f"{count / 1_000_000:.1f} MB"


DRIVES: dict[str, str] = {
    "DRIVE_BUSY": N_(
        "{device} is in use: a program or a shell still has something open on it. Close it, then try again."
    ),
    "DRIVE_DENIED": N_(
        "This session may not mount {device}: over SSH, udisks2 asks for a rule. The rule stands below;"
        " 'icme doctor' shows it too."
    ),
    "DRIVE_FAILED": N_("{device} cannot be used: {reason}. Put it in again, or take another stick."),
    "DRIVE_GONE": N_("{device} is not there any more. Put it in again."),
    "DRIVE_NONE": N_("No removable drive is put in. What is mounted under /media can be used all the same."),
    "DRIVE_SEVERAL": N_("There are several: {known}. Name one of them."),
    "DRIVE_SLOW": N_("{device} is still at work. Leave it in, and try again in a minute."),
    "DRIVE_UNKNOWN": N_(
        "{given} is no removable drive. There are: {known}. The disks of the system are left alone."
    ),
    "UDISKS_MISSING": N_(
        "{device} cannot be mounted from here: udisks2 is not installed or does not run. Install it, or use"
        " the line for /etc/fstab below."
    ),
}
