"""What is said of a pack: what it changes beside the one in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from icme_tui.commands.kindwords import field_word
from icme_tui.commands.output import visible
from icme_tui.commands.words import N_, _

if TYPE_CHECKING:
    from icme_tui.operations.packchanges import Change, Changes

KINDS = {
    "person": N_("People"),
    "course": N_("Courses"),
    "session": N_("Sessions"),
    "card": N_("Cards"),
    "blacklist": N_("Blocked cards"),
    "unit": N_("Units"),
    "project": N_("Projects"),
    "station": N_("Stations"),
}

WHAT = {"new": N_("new"), "changed": N_("changed"), "gone": N_("gone")}

NAMED = 8
"""Rows of one kind that are named, of each sort; of more, how many."""


def pack_lines(changes: Changes, *, named: int = NAMED) -> list[str]:
    """What a pack changes, a line for each kind and some names below it."""
    if changes.is_first:
        head = _("The first pack here: everything in it is new.")
    elif not changes.changes:
        return [_("Nothing is different from the pack in force.")]
    else:
        head = _("Beside the pack in force:")
    lines = [head]
    for kind, label in KINDS.items():
        new, changed, gone = changes.counts(kind)
        if not (new or changed or gone):
            continue
        told = _("{kind}: {new} new, {changed} changed, {gone} gone")
        lines.append("  " + told.format(kind=_(label), new=new, changed=changed, gone=gone))
        if not changes.is_first:
            for what in WHAT:
                lines += _named(
                    [one for one in changes.changes if (one.kind, one.what) == (kind, what)], named
                )
    return lines


def pack_brief(changes: Changes) -> str:
    """What a pack changes, in a sentence."""
    if changes.is_first:
        return _("The first pack here: everything in it is new.")
    told = [
        " ".join([_(label), *(f"{sign}{n}" for sign, n in zip("+~-", counts, strict=True) if n)])
        for kind, label in KINDS.items()
        for counts in [changes.counts(kind)]
        if any(counts)
    ]
    if not told:
        return _("Nothing is different from the pack in force.")
    return _("New +, changed ~, gone -: {list}. Enter shows which.").format(list=", ".join(told))


def change_line(one: Change) -> str:
    """One row that is different: what became of it, its name and code, and which fields."""
    who = f"{visible(one.name)} ({visible(one.id)})" if one.name else visible(one.id)
    fields = ", ".join(visible(field_word(field, one.kind)) for field in one.fields)
    return f"{_(WHAT[one.what])}: {who}" + (f" [{fields}]" if fields else "")


def pack_json(changes: Changes | None) -> list[dict[str, Any]] | None:
    """For ``--json``: every row that is different; null where no pack is taken."""
    return None if changes is None else [one._asdict() for one in changes.changes]


def _named(rows: list[Change], most: int) -> list[str]:
    lines = [f"    {change_line(one)}" for one in rows[:most]]
    more = len(rows) - most
    return [*lines, "    " + _("and {n} more").format(n=more)] if more > 0 else lines
