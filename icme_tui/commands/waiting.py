"""``icme waiting``: what an office has to look at, and its decisions."""

from __future__ import annotations

from typing import Annotated

import typer

from icme_tui.codes import RuleError
from icme_tui.commands.context import opened
from icme_tui.commands.makeup import read_place
from icme_tui.commands.moments import show_utc
from icme_tui.commands.output import Output
from icme_tui.commands.words import _, ngettext
from icme_tui.commands.worklistwords import NAMES, name_of, todo, waits, why

app = typer.Typer(help=_("What an office has to look at, and its decisions."))

Reason = Annotated[str, typer.Option(help=_("Why; it goes into the journal."))]
Names = Annotated[
    list[str], typer.Argument(metavar="KIND:NAME…", help=_("As 'icme waiting list' shows them."))
]


@app.command("list")
def list_waiting(
    ctx: typer.Context,
    kind: Annotated[str, typer.Option(metavar="KIND", help=_("Only this kind, such as FORK."))] = "",
) -> None:
    """List everything that nobody has decided, with what can be done about it.

    JSON:
        items: list of {kind, name, subject, size, flags, detail}; flags are what a note takes off the list
        total: how many there are
    """
    from icme_tui.operations import worklist

    if kind and kind not in NAMES:
        raise typer.BadParameter(
            _("There is no kind '{kind}'. There are: {known}").format(
                kind=kind, known=", ".join(sorted(NAMES))
            ),
            param_hint="--kind",
        )
    out = Output(ctx)
    with opened(ctx) as station:
        found = [item for item in worklist.items(station) if kind in ("", item.kind)]
    shown: list[str] = []
    for item in found:
        shown += [f"{item.kind}:{item.name}  {name_of(item)}: {item.subject}", f"    {why(item)}"]
        shown.append(f"    {todo(item)}")
    out.result({"items": [item._asdict() for item in found], "total": len(found)}, *shown, waits(len(found)))


@app.command()
def note(ctx: typer.Context, names: Names, reason: Reason) -> None:
    """At the office: say that these need no change, so that they leave the list.

    JSON:
        noted: how many flags
    """
    from icme_tui.operations import deciding, worklist

    out = Output(ctx)
    with opened(ctx) as station:
        known = {f"{item.kind}:{item.name}": item.flags for item in worklist.items(station)}
        for name in names:
            if not known.get(name):
                raise RuleError("NOTHING_WAITS", name=name)
        n = deciding.note(station, [flag for name in names for flag in known[name]], reason)
    out.result({"noted": n}, ngettext("{n} flag is noted.", "{n} flags are noted.", n).format(n=n))


@app.command()
def accept(
    ctx: typer.Context,
    place: Annotated[
        str, typer.Argument(metavar="PLACE", help=_("Place of a proposal, behind NOT_ALLOWED:."))
    ],
    reason: Reason,
) -> None:
    """At the office: make what a venue did beyond its rights the office's own.

    JSON:
        place: of the office's fact
    """
    from icme_tui.operations import deciding

    out = Output(ctx)
    with opened(ctx) as station:
        made = deciding.accept(station, read_place(place, "NOTHING_WAITS"), reason)
    out.result({"place": str(made)}, _("It is recorded."))


@app.command()
def choose(
    ctx: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="KIND/CODE/FIELD", help=_("The conflict, behind CONFLICT:."))
    ],
    station_code: Annotated[
        str, typer.Option("--of", metavar="STATION", help=_("Take the newest value of this station."))
    ] = "",
) -> None:
    """Show what stations set a field to; at the office, with --of, choose one.

    JSON:
        values: list of {place, at, by, shown, counts}, the newest first
        chosen: place of the office's edit, or null
    """
    from icme_tui.operations import deciding

    kind, _slash, rest = name.partition("/")
    code, _slash, field = rest.rpartition("/")
    out = Output(ctx)
    chosen = None
    with opened(ctx) as station:
        values = deciding.values(station, kind, code, field)
        wanted = [one.place for one in values if one.place.station == station_code]
        if not values or (station_code and not wanted):
            raise RuleError("NOTHING_WAITS", name=name)
        if station_code:
            chosen = str(deciding.choose(station, kind, code, field, wanted[0]))
    out.result(
        {"values": [{**one._asdict(), "place": str(one.place)} for one in values], "chosen": chosen},
        out.table(
            [_("Station"), _("Time"), _("By"), _("Value"), _("Counts")],
            [
                [one.place.station, show_utc(one.at), one.by, one.shown, _("yes") if one.counts else ""]
                for one in values
            ],
        ),
        _("It is recorded.") if station_code else None,
    )


@app.command()
def merge(
    ctx: typer.Context,
    person: Annotated[str, typer.Argument(metavar="CODE", help=_("The record that is given up."))],
    into: Annotated[str, typer.Argument(metavar="CODE", help=_("The record that stays."))],
    reason: Reason,
) -> None:
    """At the office: two records are one person.

    JSON:
        person: the record that is given up
        into: the record that stays
    """
    from icme_tui.operations import deciding

    out = Output(ctx)
    with opened(ctx) as station:
        deciding.merge_people(station, person, into, reason)
    out.result(
        {"person": person, "into": into},
        _("{guest} is {person} from now on.").format(guest=person, person=into),
    )


@app.command()
def void(
    ctx: typer.Context,
    places: Annotated[
        list[str], typer.Argument(metavar="PLACE…", help=_("Places of touches: STATION/EPOCH/POSITION."))
    ],
    reason: Reason,
) -> None:
    """At the office: take touches back that do not count rightly.

    JSON:
        voided: how many
    """
    from icme_tui.operations import deciding

    out = Output(ctx)
    wanted = [read_place(text, "NOTHING_WAITS") for text in places]
    with opened(ctx) as station:
        n = deciding.void(station, wanted, reason)
    out.result({"voided": n}, ngettext("{n} fact is taken back.", "{n} facts are taken back.", n).format(n=n))
