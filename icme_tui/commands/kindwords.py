"""What the kinds of facts are called, in a word or two."""

from __future__ import annotations

from icme_tui.commands.rulewords import LEVELS
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


FIELDS: dict[str, str] = {
    "id": N_("Code"),
    "person": N_("Person"),
    "course": N_("Course"),
    "session": N_("Session"),
    "project": N_("Project"),
    "unit": N_("Unit"),
    "unit_name": N_("Unit"),
    "operator": N_("Operator"),
    "station": N_("Station"),
    "card": N_("Card"),
    "reader": N_("Reader"),
    "dir": N_("Direction"),
    "when": N_("Time"),
    "reason": N_("Reason"),
    "name": N_("Name"),
    "title": N_("Title"),
    "type": N_("Type"),
    "parent": N_("Belongs to"),
    "sex": N_("Sex"),
    "idno": N_("ID number"),
    "born": N_("Born"),
    "phone": N_("Telephone"),
    "state": N_("State"),
    "level": N_("Level"),
    "number": N_("Number"),
    "uid": N_("Number of the chip"),
    "issue": N_("Issue"),
    "start": N_("Start"),
    "end": N_("End"),
    "starts": N_("First day"),
    "ends": N_("Last day"),
    "minutes": N_("Minutes"),
    "mode": N_("Swipes"),
    "lecturers": N_("Lecturers"),
    "into": N_("Is now"),
    "target": N_("Acts on"),
    "role": N_("Role"),
    "counts": N_("Counts"),
    "specialty": N_("Specialty"),
    "education": N_("Education"),
    "degree": N_("Degree"),
    "employed_title": N_("Employed as"),
    "employed_on": N_("Employed since"),
    "in_from": N_("Door opens"),
    "in_until": N_("Last coming"),
    "out_from": N_("First going"),
    "out_until": N_("Door closes"),
    "min_percent": N_("Stay in percent"),
    "credit_hundredths": N_("Hundredths of a credit"),
    "cseq": N_("Record on the card"),
    "clk": N_("Clock"),
    "text": N_("Text"),
    "v": N_("Version"),
    "set": N_("Sets"),
    "sign_key": N_("Signing key"),
    "card_key": N_("Card key"),
    "key_version": N_("Version of the record key"),
}
"""What the fields of a fact are called."""

_VALUES: dict[str, dict[str, str]] = {
    "dir": {"in": N_("in"), "out": N_("out")},
    "mode": {"in": N_("coming only"), "in_out": N_("coming and going")},
    "state": {
        "active": N_("in use"),
        "lost": N_("lost"),
        "cancelled": N_("cancelled"),
        "replaced": N_("replaced"),
    },
    "level": LEVELS,
    "role": {"office": N_("office"), "venue": N_("venue")},
}


def field_word(name: str, kind: str = "") -> str:
    """What a field of a fact is called, or of a record of a kind; one that is not known, as it is."""
    if (kind, name) == ("person", "title"):
        return _("Job title")
    return _(FIELDS.get(name, name))


def value_word(name: str, value: str) -> str:
    """The value of a field: one that is itself a code of this program in words, any other as it is."""
    words = _VALUES.get(name, {})
    return _(words[value]) if value in words else value
