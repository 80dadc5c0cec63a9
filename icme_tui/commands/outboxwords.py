"""What is said of facts on their way to the office, and of those that it does not count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icme_tui.commands.moments import show_utc
from icme_tui.commands.output import visible
from icme_tui.commands.words import N_, _, ngettext

if TYPE_CHECKING:
    from icme_tui.operations.outbox import Outbox, Stretch

REMEDIES = {
    "CARD_FORK": N_("Ask for the card: it may have been copied. The office decides."),
    "CLOCK_AHEAD": N_("Set the clock of this machine."),
    "DOUBLE_TAP": N_("Nothing: it counts once."),
    "FORK": N_("The office decides which history counts. Tell it what happened to this machine."),
    "LINE_BAD": N_("Keep the home folder as it is and report it."),
    "MAC_BAD": N_("Ask for the card and issue a new one."),
    "NOT_ALLOWED": N_("Ask the office to enter it: it sees your entry as a proposal."),
    "TWO_VENUES": N_("Tell the office where the person was."),
    "UNKNOWN_COURSE": N_("Ask the office to make the course or session; then it counts by itself."),
}
"""What somebody at a venue can do about a fact that does not count."""


def remedy(code: str) -> str:
    """What to do about a refused fact."""
    return _(REMEDIES.get(code, N_("Ask the office by telephone.")))


def standing(stretch: Stretch) -> str:
    """What has become of a stretch of facts."""
    if stretch.state == "receipted":
        return _("receipted by the office {at}").format(at=show_utc(stretch.at))
    if stretch.state == "recorded":
        return _("on no stick yet: export")
    if not stretch.file:
        return _("exported, not receipted yet")
    said = _("exported {at} to {folder}").format(at=show_utc(stretch.at), folder=visible(stretch.folder))
    more = stretch.bundles - 1
    if more > 0:
        said += " " + ngettext("(and once before)", "(and {n} times before)", more).format(n=more)
    return said


def summary(found: Outbox) -> list[str]:
    """How much has come how far, and what that asks for."""
    said = [
        _("Facts: {recorded} recorded, {exported} exported, {receipted} receipted.").format(
            recorded=found.recorded, exported=found.exported, receipted=found.receipted
        )
    ]
    fresh = found.recorded - found.exported
    if fresh > 0:
        said.append(
            ngettext("{n} fact is on no stick yet.", "{n} facts are on no stick yet.", fresh).format(n=fresh)
        )
    if found.is_late:
        n = found.late_days or 0
        told = ngettext(
            "A stick of {n} day ago is not receipted. Export again, to another stick: the new bundle has"
            " everything.",
            "A stick of {n} days ago is not receipted. Export again, to another stick: the new bundle has"
            " everything.",
            n,
        )
        said.append(told.format(n=n))
    if not fresh and found.recorded == found.receipted:
        said.append(_("The office has receipted everything."))
    return said
