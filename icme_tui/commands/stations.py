"""``icme stations``: the stations of an office, and what they owe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from icme_tui.commands.context import opened
from icme_tui.commands.moments import show_utc
from icme_tui.commands.output import Output
from icme_tui.commands.stationwords import STATES, owed
from icme_tui.commands.words import _

if TYPE_CHECKING:
    from icme_tui.operations.owing import Debts
    from icme_tui.operations.stations import Known


def stations(
    ctx: typer.Context,
    owing: Annotated[
        bool, typer.Option("--owing", help=_("Only venues that owe data, and what is missing of them."))
    ] = False,
    days: Annotated[
        int, typer.Option(min=1, max=3650, metavar="N", help=_("So many days without a bundle are too many."))
    ] = 14,
) -> None:
    """List the stations of this office: keys, how far each has come, when it was heard last.

    With --owing: the venues that were not heard for long, of which a piece is missing, or that held a
    session of which nothing has come a day after its end.

    JSON:
        stations: list of {code, name, number, state, fingerprint, epoch, last, epochs, seen}; state is self,
            enrolled, revoked, rotated or replaced; seen is UTC, empty for never
        venues: with --owing instead, list of {code, name, days, silent, missing, sessions}; days since its
            last bundle, or null; missing are [first, last] positions of facts
        unplaced: with --owing, sessions without facts that no venue is known to have held
    """
    from icme_tui.operations import owing as debts
    from icme_tui.operations.stations import known_stations

    out = Output(ctx)
    with opened(ctx) as station:
        if owing:
            found = debts.debts(station, days)
        else:
            known = known_stations(station)
    if owing:
        out.result(_owed_json(found), *_owed_shown(out, found))
    else:
        out.result({"stations": [each._asdict() for each in known]}, *_tables(out, known))


def _tables(out: Output, known: list[Known]) -> list[Any]:
    """How far each station has come, then the digits of every key: both fit into 80 columns."""
    from icme_tui.operations.stations import FORMER

    rows = [
        [each.code, each.number, each.epoch[:8], each.last or "", show_utc(each.seen), each.name]
        for each in known
        if each.state not in FORMER
    ]
    headings = [_("Station"), _("Number"), _("Epoch"), _("Last fact"), _("Last seen"), _("Called")]
    keys = [[each.code, _(STATES[each.state]), each.fingerprint] for each in known]
    return [
        out.table(headings, rows, right=(1, 3)),
        out.table([_("Station"), _("State"), _("Digits of its key")], keys),
    ]


def _owed_json(found: Debts) -> dict[str, Any]:
    return {
        "venues": [
            {
                "code": each.code,
                "name": each.name,
                "days": each.days,
                "silent": each.is_silent,
                "missing": [list(span) for span in each.missing],
                "sessions": [session.id for session in each.sessions],
            }
            for each in found.venues
        ],
        "unplaced": [session.id for session in found.unplaced],
    }


def _owed_shown(out: Output, found: Debts) -> list[Any]:
    if not found.venues and not found.unplaced:
        return [_("No venue owes anything.")]
    shown: list[Any] = []
    if found.venues:
        rows = [[each.code, each.name, "\n".join(owed(each))] for each in found.venues]
        shown.append(out.table([_("Venue"), _("Called"), _("What is owed")], rows))
    if found.unplaced:
        names = ", ".join(session.id for session in found.unplaced)
        shown.append(
            _("Nothing has come of these sessions, and no venue is known for them: {list}").format(list=names)
        )
    return shown
