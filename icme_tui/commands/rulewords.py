"""Words for the levels, roles and classes of the rules."""

from __future__ import annotations

from icme_tui.commands.words import _

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
