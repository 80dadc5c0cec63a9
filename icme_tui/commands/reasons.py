"""Words for the codes that stand beside an attendance or a credit."""

from __future__ import annotations

from icme_tui.commands.words import _

REASONS: dict[str, str] = {
    "BELOW_STEP": _("not yet enough for a step of credit"),
    "CLASS_1_BELOW": _("class Ⅰ too low"),
    "CLASS_2_BELOW": _("class Ⅱ too low"),
    "HOURS_BELOW": _("hours too low"),
    "MAKEUP_OPEN": _("make-up waits for the office"),
    "NOT_HELD": _("not held yet"),
    "NO_IN": _("no swipe in"),
    "NO_OUT": _("no swipe out"),
    "NO_RATE": _("the rules have no rate for it"),
    "OVER_PROJECT_CAP": _("over the limit of the project"),
    "OVER_YEAR_CAP": _("over the limit of the year"),
    "SHORT": _("stayed too short"),
    "TOTAL_BELOW": _("total too low"),
    "TWO_VENUES": _("at two venues at once"),
    "UNKNOWN_COURSE": _("course or session not known yet"),
}

LEVELS: dict[str, str] = {
    "national": _("national"),
    "province": _("provincial"),
    "city": _("city"),
    "distance": _("distance learning"),
    "in_house": _("in-house"),
    "case_conference": _("case conference"),
}

ROLES: dict[str, str] = {"attendee": _("attendee"), "lecturer": _("lecturer")}

CLASSES: dict[int, str] = {0: "", 1: "Ⅰ", 2: "Ⅱ"}


def in_words(code: str) -> str:
    """A code in words; an unknown code as it is."""
    return REASONS.get(code, code)
