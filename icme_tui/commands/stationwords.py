"""What is said of stations, and of what they owe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icme_tui.commands.moments import show_moment
from icme_tui.commands.output import visible
from icme_tui.commands.words import N_, _, ngettext

if TYPE_CHECKING:
    from icme_tui.operations.owing import Owing

STATES = {
    "self": N_("this office"),
    "enrolled": N_("enrolled"),
    "revoked": N_("revoked"),
    "rotated": N_("former key"),
    "replaced": N_("replaced key"),
}
"""What ``icme stations`` says of a key."""

SHOWN = 3
"""Sessions that are named; of more, how many."""


def owed(venue: Owing) -> list[str]:
    """What is to be asked of a venue, a sentence each."""
    said: list[str] = []
    n = venue.days
    if n is None:
        said.append(_("Nothing has ever come of it."))
    elif venue.is_silent:
        told = ngettext("Its last bundle came {n} day ago.", "Its last bundle came {n} days ago.", n)
        said.append(told.format(n=n))
    for first, last in venue.missing:
        told = _("Facts {first} to {last} are missing: another stick has them.")
        said.append(told.format(first=first, last=last))
    for session in venue.sessions[:SHOWN]:
        told = _("No facts of {session}, {at}: {title}")
        at = show_moment(session.start_ms)
        said.append(told.format(session=session.id, at=at, title=visible(session.title)))
    more = len(venue.sessions) - SHOWN
    if more > 0:
        said.append(ngettext("and of {n} more session", "and of {n} more sessions", more).format(n=more))
    return said
