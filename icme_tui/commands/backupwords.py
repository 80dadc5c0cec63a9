"""What is said of backups and of what follows a restore."""

from __future__ import annotations

from collections.abc import Iterator

from icme_tui.commands.moments import show_moment
from icme_tui.commands.words import N_, _, ngettext

BACKUP: dict[str, str] = {
    "BACKUP_DAMAGED": N_("{file} is a damaged backup, and nothing of it is used. Take an older one."),
    "BACKUP_EXISTS": N_(
        "{file} exists already, and this station did not make it as a backup. Choose another name, or name a"
        " folder."
    ),
    "BACKUP_FOREIGN": N_("{file} was not signed by the station whose keys are in it. It is not used."),
    "BACKUP_GOOD": N_("The last backup is {days} days old: {file}"),
    "BACKUP_NEVER": N_("No backup was ever made. 'icme backup --to FOLDER' makes one on another disk."),
    "BACKUP_NEWER": N_("{file} was made by a newer version of the program. Update icme, then restore it."),
    "BACKUP_NOT_ONE": N_("{file} is no backup of icme. Its backups end in .icmebak."),
    "BACKUP_OLD": N_("The last backup is {days} days old. 'icme backup --to FOLDER' makes one."),
    "BACKUP_ROOM": N_(
        "A backup needs {needed} MB beside the store for a while, and {free} MB are free. Make room first."
    ),
    "BACKUP_RUNNING": N_("Another backup of this station is being made. Wait for its end."),
    "COPY_DIFFERS": N_(
        "The copy of the store does not hold what the store holds (from {p} on). Run 'icme check', then try"
        " again."
    ),
    "STICK_GONE": N_(
        "{file} could not be written to its end: the stick was pulled out, or it fails. Nothing of it counts"
        " as done. Put the stick in again, or take another, and repeat it."
    ),
    "STICK_NOT_MOUNTED": N_(
        "{folder} is only a folder of this machine: no stick is mounted there. Put the stick in and mount it:"
        " icme stick mount"
    ),
    "STORE_IN_USE": N_("A program has this station open. Close it everywhere, then do this again."),
}


_BEGUN: dict[str, str] = {
    "MARK_MISSING": N_(
        "This machine has not seen this home folder in this place before: a new epoch begins. If a copy of it"
        " is in use elsewhere, go on with one of the two only."
    ),
    "OTHER_MACHINE": N_(
        "This home folder comes from another machine: a new epoch begins. If it is still in use there, go on"
        " with one of the two only."
    ),
    "RESTORED": N_(
        "This home folder is older than what it once was: a new epoch begins. What is missing here counts all"
        " the same where it was exported: take the sticks of that time to the office."
    ),
    "FORKED": N_(
        "This home folder has another history than the one that was here: a new epoch begins. If a copy of it"
        " is in use elsewhere, go on with one of the two only."
    ),
}


def begun(why: str) -> str:
    """Why a station that was opened has begun a new epoch, and what that asks of people."""
    return _(_BEGUN[why]) if why in _BEGUN else why


def after_restore(role: str, made_ms: int, later: list[str]) -> Iterator[str]:
    """What the person who has restored a station is to do next."""
    yield _(
        "What was recorded after the backup of {when} is not in this store. What this station records from"
        " now on goes under a new epoch, so nothing old can be mistaken for it."
    ).format(when=show_moment(made_ms))
    if role == "office":
        yield _("Now do this, in this order:")
        yield _(
            "1. Admit again every venue that was admitted after the backup: icme enroll VENUE.enrol, the"
            " request that it has in its outbox/."
        )
        yield _(
            "2. Write every venue a new pack. Its receipts say what is missing here, and the venue sends it"
            " again with its next export."
        )
        yield _("3. Import the sticks and bundles of the last weeks again: what is known is counted once.")
        yield _("4. What clerks entered here after the backup has to be entered again.")
        yield _("5. So has what was withdrawn: revoke those keys again, and remove those operators again.")
        return
    yield _("Now do this, in this order:")
    yield _(
        "1. Take every stick that was written after the backup to the office, before it is written to again:"
        " what lies on it counts."
    )
    if later:
        n = len(later)
        yield ngettext(
            "2. In outbox/ lies {n} bundle with facts of that time. Copy it to a stick for the office:"
            " {names}",
            "2. In outbox/ lie {n} bundles with facts of that time. Copy them to a stick for the office:"
            " {names}",
            n,
        ).format(n=n, names=" ".join(later))
    else:
        yield _("2. In outbox/ is nothing of that time.")
    yield _(
        "3. Swipes of that time that are on no stick are still on the cards: they are recorded at the next"
        " touch of each card."
    )
    yield _("4. Export, and have the office write a new pack: its receipts show what it has of that time.")
    yield _("5. An operator who was removed after it may log in again: remove the account again.")
