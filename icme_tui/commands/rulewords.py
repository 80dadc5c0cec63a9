"""Words for the levels, roles and classes of the rules."""

from __future__ import annotations

from icme_tui.commands.words import N_

LEVELS: dict[str, str] = {
    "national": N_("national"),
    "province": N_("provincial"),
    "city": N_("city"),
    "distance": N_("distance learning"),
    "in_house": N_("in-house"),
    "case_conference": N_("case conference"),
}

ROLES: dict[str, str] = {"attendee": N_("attendee"), "lecturer": N_("lecturer")}

CLASSES: dict[int, str] = {0: "", 1: "Ⅰ", 2: "Ⅱ"}
