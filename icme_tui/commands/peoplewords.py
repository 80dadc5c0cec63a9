"""Sentences and words about people and units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from icme_tui.commands.rosterwords import ROWS, SUGGESTION
from icme_tui.commands.words import N_, _

if TYPE_CHECKING:
    from icme_tui.operations.roster import Finding

PEOPLE = {
    "FOLDER_UNREADABLE": N_("The folder {folder} cannot be read: {reason}."),
    "ID_FILE": N_("{file} cannot be read as text with an ID number."),
    "ID_TAKEN": N_("{person} {name} has this ID number already. Change that person instead."),
    "PERSON_REFUSED": N_("Something is wrong in {errors} fields; nothing was written."),
    "SESSION_OF_OTHERS": N_("Session {session} was planned at {office}: it is changed there."),
    "UNIT_NAME_BAD": N_("A unit cannot be called '{name}'. Type its name."),
    "UNIT_NAME_MISSING": N_("The name of the unit is missing."),
    "UNIT_NOT_EMPTY": N_("{unit} still has {people} people and {units} units below it. Move them first."),
    "UNIT_NOT_THERE": N_("There is no such unit. Choose one that there is, or add it first."),
    "UNIT_OF_OTHERS": N_("This unit is not one of this venue: it is changed at the office."),
    "UNIT_RING": N_("{unit} cannot belong to a unit below itself."),
    "UNIT_TAKEN": N_("There is a unit '{name}' at this place already: {unit}."),
    "UNIT_TYPE_UNKNOWN": N_("There is no type '{type}'. There are: {known}."),
}

LABELS = {
    "name": N_("Name"),
    "idno": N_("ID number"),
    "sex": N_("Sex"),
    "born": N_("Born"),
    "unit": N_("Unit"),
    "title": N_("Job title"),
    "employed_title": N_("Employed title"),
    "employed_on": N_("Employed on"),
    "education": N_("Education"),
    "degree": N_("Degree"),
    "specialty": N_("Specialty"),
    "phone": N_("Telephone"),
}
"""Of the fields of a person."""

TYPES = {
    "department": N_("department"),
    "hospital": N_("hospital"),
    "authority": N_("authority"),
    "school": N_("school"),
    "other": N_("other unit"),
}

CARD_STATES = {
    "active": N_("active"),
    "cancelled": N_("cancelled"),
    "lost": N_("lost"),
    "replaced": N_("replaced"),
}

RANKS = {
    1: N_("senior (正高)"),
    2: N_("associate senior (副高)"),
    3: N_("intermediate (中级)"),
    4: N_("junior (师)"),
    5: N_("assistant (士)"),
    0: N_("without a rank"),
}
"""Ranks of titles."""


def finding_sentence(finding: Finding) -> str:
    """The sentence of a finding without its place, with the value and a suggestion."""
    values: dict[str, Any] = {"value": finding.value}
    for name, value in finding.detail.items():
        values[name] = ", ".join(map(str, value)) if isinstance(value, list) else value
    said = _(ROWS.get(finding.code) or PEOPLE[finding.code]).format_map(values)
    return f"{said} {_(SUGGESTION).format(**values)}" if values.get("suggestion") else said
