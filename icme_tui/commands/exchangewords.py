"""Sentences for refusals at imports and at decisions about what was set aside."""

from __future__ import annotations

from icme_tui.commands.words import N_

SENTENCES = {
    "FORK_OPEN": N_("The fork is not decided yet ({places} places). Decide it in the work list first."),
    "IMPORT_RUNNING": N_(
        "Another import is running in this home folder. Nothing was taken in: wait for its end, then do it"
        " again."
    ),
    "NOT_IN_QUARANTINE": N_("Nothing named {file} was set aside. 'icme quarantine list' shows what was."),
    "QUARANTINE_AMBIGUOUS": N_("Several files are named {file}. Name one by its digits: {ids}"),
    "REJECTED": N_("Somebody here has rejected this very file."),
    "RELEASE_NEVER": N_("{file} can never be let in [{why}]: what is wrong lies in the file itself."),
}
