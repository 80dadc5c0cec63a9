"""What the kinds of facts are called, in a word or two."""

from __future__ import annotations

from icme_tui.commands.words import N_, _

KINDS: dict[str, str] = {
    "swipe": N_("swipe"),
    "makeup": N_("make-up"),
    "card-record": N_("card record"),
    "unit": N_("unit"),
    "person": N_("person"),
    "card": N_("card"),
    "project": N_("project"),
    "course": N_("course"),
    "session": N_("session"),
    "guest": N_("guest"),
    "station": N_("station"),
    "operator": N_("operator"),
    "session-open": N_("opened"),
    "session-close": N_("closed"),
    "card-begin": N_("card begun"),
    "void": N_("taken back"),
    "correct": N_("corrected"),
    "reinstate": N_("reinstated"),
    "confirm": N_("confirmed"),
    "resolve": N_("fork decided"),
    "link": N_("card linked"),
    "merge-person": N_("merged"),
    "pack": N_("pack"),
    "revoke": N_("key revoked"),
    "release": N_("let in"),
    "reject": N_("refused"),
    "login": N_("login"),
    "clock": N_("clock"),
    "clock-adjust": N_("times moved"),
    "epoch": N_("epoch"),
    "note": N_("note"),
}


def kind_word(kind: str) -> str:
    """What a kind of fact is called; one that is not known, as it is."""
    return _(KINDS.get(kind, kind))
