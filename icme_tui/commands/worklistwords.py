"""What waits for an office in words: what it is, why it was flagged, and what can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icme_tui.commands.kindwords import field_word, kind_word, value_word
from icme_tui.commands.moments import show_moment
from icme_tui.commands.words import N_, _, ngettext

if TYPE_CHECKING:
    from icme_tui.operations.worklist import Item

NAMES: dict[str, str] = {
    "FORK": N_("fork"),
    "CARD_FORK": N_("copied card"),
    "CARD_BEHIND": N_("older card"),
    "MACS_BAD": N_("forged records"),
    "CLOCK": N_("clock"),
    "TWO_VENUES": N_("two places"),
    "SAME_ID": N_("same ID"),
    "CONFLICT": N_("conflict"),
    "NOT_ALLOWED": N_("proposal"),
    "UNKNOWN_COURSE": N_("unknown"),
    "UNKNOWN_CARD": N_("unknown card"),
    "MAKEUP": N_("make-up"),
    "GUEST": N_("guest"),
    "KEY_REVOKED": N_("revoked key"),
    "MAC_BAD": N_("bad record"),
    "LINE_BAD": N_("unreadable"),
    "CLOCK_AHEAD": N_("clock ahead"),
}
"""Kind of an item → a word or two."""

WHY: dict[str, str] = {
    "FORK": N_(
        "{station} has {sides} histories at {first} to {last}: its home was copied. None of it counts yet."
    ),
    "CARD_FORK": N_("Two stations wrote the same record numbers on the card {uid}: it may have been copied."),
    "CARD_BEHIND": N_("The card {uid} showed less at a door than was written to it: it may be a copy."),
    "MACS_BAD": N_("More than 16 records in one bundle of {station} were forged; they count for nothing."),
    "CLOCK": N_("The clock of {station} was wrong: swipes {first} to {last} say {from_} to {until}."),
    "TWO_VENUES": N_("{person} was at two places or in two sessions at once; one of them is {title}."),
    "SAME_ID": N_("{older} and {younger} have one ID number and different names."),
    "CONFLICT": N_("Two stations changed {field} without seeing each other. Now it is: {value}"),
    "NOT_ALLOWED": N_("{station} did what only the office may ({kind} {about}); it has no effect."),
    "UNKNOWN_COURSE": N_("{people} people touched a session that is not known here. Of: {stations}"),
    "UNKNOWN_CARD": N_("{records} records were read off the card {uid}, which is not known here."),
    "MAKEUP": N_("Entered by {by}: {reason}"),
    "GUEST": N_("A guest of {unit}; it counts once it is said who this is."),
    "KEY_REVOKED": N_("{station} told of records of a revoked key after its end; they count for nothing."),
    "MAC_BAD": N_("Records that {station} read off cards do not verify; they count for nothing."),
    "LINE_BAD": N_("Facts of {station} cannot be read by this version; they are kept."),
    "CLOCK_AHEAD": N_(
        "The clock of {station} ran more than ten minutes ahead; its edits order as of import."
    ),
}
"""Kind of an item → why it waits, with the values of its detail."""

DO: dict[str, str] = {
    "FORK": N_("Compare the sides and say which counts: icme fork show, icme fork resolve"),
    "CARD_FORK": N_("Ask for the card; block it if it was copied: icme card block. Else note it."),
    "CARD_BEHIND": N_("Ask for the card; block it if it was copied: icme card block. Else note it."),
    "MACS_BAD": N_("Ask who brought these cards; revoke the key of a machine that was stolen. Then note it."),
    "CLOCK": N_("Move the times after a look at what changes: icme clock adjust. Or note it."),
    "TWO_VENUES": N_("If one touch was not by this person take it back: icme waiting void. Else note it."),
    "SAME_ID": N_("Make them one person, icme waiting merge, or correct the wrong number: icme person edit"),
    "CONFLICT": N_("Choose the value that is right: icme waiting choose"),
    "NOT_ALLOWED": N_("Make it the office's own, icme waiting accept, or note it."),
    "UNKNOWN_COURSE": N_(
        "Import the missing bundle or plan the session; it counts from then on. Else note it."
    ),
    "UNKNOWN_CARD": N_(
        "Import the bundle of the station that issued it, or hold the card up here (2 Cards). Else note it."
    ),
    "MAKEUP": N_("Let it count: icme makeup confirm"),
    "GUEST": N_("Say who it is: icme guest merge"),
    "KEY_REVOKED": N_("Ask who was there; enter what is right as a make-up. Then note it."),
    "MAC_BAD": N_("Many at one station: look at its reader and its keys. Then note it."),
    "LINE_BAD": N_("Update icme; if that does not help, ask the station. Then note it."),
    "CLOCK_AHEAD": N_("Have the clock set there. Then note it."),
}
"""Kind of an item → what can be done."""


def name_of(item: Item) -> str:
    """The kind in a word or two."""
    return _(NAMES[item.kind])


def why(item: Item) -> str:
    """Why an item waits."""
    values = {key: "" if value is None else str(value) for key, value in item.detail.items()}
    if "from_ms" in item.detail:
        values["from_"] = show_moment(item.detail["from_ms"])
        values["until"] = show_moment(item.detail["until_ms"])
    if item.kind == "CONFLICT":
        values["value"] = value_word(values["field"], values["value"])
        values["field"] = field_word(values["field"], values["kind"])
    if item.kind == "NOT_ALLOWED":
        values["kind"] = kind_word(values["kind"])
    return _(WHY[item.kind]).format(**values)


def todo(item: Item) -> str:
    """What can be done about it."""
    return _(DO[item.kind])


def how_many(item: Item) -> str:
    """``3`` where several things hang on an item, else nothing."""
    return str(item.size) if item.size > 1 else ""


def waits(n: int) -> str:
    """``3 things wait.``"""
    return ngettext("{n} thing waits.", "{n} things wait.", n).format(n=n)
