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

SOURCES: tuple[str, ...] = (
    N_("全继委发〔2006〕11号 as published, first copy"),
    N_("regional edition of the same rules"),
    N_("rules of one province"),
    N_("secondary page on activities inside a unit"),
    N_("secondary page on distance learning"),
    N_("国卫办科教发〔2024〕20号, the published text as far as seen"),
    N_("secondary pages on the same rules"),
    N_("application form of traditional Chinese medicine projects"),
    N_("decision of this program, for want of a rule"),
)
"""Where the rules that come with the program were taken from, as their files say it."""
