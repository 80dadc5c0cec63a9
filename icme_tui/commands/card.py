"""``icme card``: issue, inspect, change, cancel, replace, block and link cards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from icme_tui.commands import card_changes, card_links, card_trace, foreignwords
from icme_tui.commands.context import opened
from icme_tui.commands.output import FAILED, Output
from icme_tui.commands.readers import reader_for
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import _, ngettext

if TYPE_CHECKING:
    from icme_tui.operations.inspecting import Sight
    from icme_tui.operations.issuing import Issued, Refused
    from icme_tui.station import Record, Station

app = typer.Typer(help=_("Issue, inspect, change and replace cards."))

Reader = Annotated[
    str, typer.Option("--reader", metavar="ADDRESS", help=_("The reader. Else the first one of the station."))
]
Wait = Annotated[float, typer.Option(min=0, help=_("Seconds to wait for a card."))]


@app.command("issue")
def issue(
    ctx: typer.Context,
    person: Annotated[str, typer.Argument(metavar="[PERSON]", help=_("Code of the person."))] = "",
    unit: Annotated[
        str, typer.Option(metavar="UNIT", help=_("Everybody in this unit who has no card, one by one."))
    ] = "",
    wait: Wait = 60,
    reader: Reader = "",
) -> None:
    """Issue a card to a person, or to a whole unit. The card must lie on the reader until it is done.

    A card that was taken away too early is finished when it is put back.

    JSON:
        issued: list of {person, name, number, uid, finished}; finished: begun at an earlier try
        refused: list of {person, name, uid, code, detail, message}: cards that were not written
        without_card: how many people still have none
        reason: why nobody of the unit was asked for: NOBODY_IN_UNIT or ALL_HAVE_CARDS, else empty
    """
    from icme_tui.operations import issuing, presenting

    if bool(person) == bool(unit):
        raise typer.BadParameter(_("Name a person, or a unit with --unit."), param_hint="PERSON")
    out = Output(ctx)
    issued: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    with opened(ctx) as station:
        device = reader_for(out, station, reader)
        try:
            if person:
                waiting = [issuing.person_for_card(station, person)]
                _ask(out, waiting[0])
                done = issuing.issue_card(station, device, presenting.wait(device, wait), person)
                _told(out, station, done, issued, refused)
            else:
                waiting = issuing.people_without_card(station, unit)
                for result in issuing.issue_to_all(
                    station, device, waiting, wait, lambda record: _ask(out, record)
                ):
                    _told(out, station, result, issued, refused)
        except KeyboardInterrupt:
            out.note("")
        finally:
            device.close()
        reason = "" if waiting else issuing.why_nobody(station, unit)
    left = len(waiting) - len(issued)
    out.result(
        {"issued": issued, "refused": refused, "without_card": left, "reason": reason},
        sentence(reason, {"unit": unit}) if reason else None,
        ngettext("{n} card issued.", "{n} cards issued.", len(issued)).format(n=len(issued)),
        ngettext("{n} person has no card yet.", "{n} people have no card yet.", left).format(n=left)
        if left
        else None,
    )
    if left:
        raise typer.Exit(FAILED)


@app.command("inspect")
def inspect(
    ctx: typer.Context,
    wait: Wait = 60,
    reader: Reader = "",
    harvest: Annotated[
        bool, typer.Option("--harvest", help=_("Keep the records that this store does not know."))
    ] = False,
) -> None:
    """Show what the card on the reader holds. Nothing is written to it.

    With --harvest a station that has lost its machine comes home on the cards: what they tell of it is kept
    here, and counts once the office has checked it.

    JSON:
        uid: of the card
        kind: mifare-classic-1k, mifare-classic-4k, mifare-mini, mifare-ultralight, mifare-desfire or other
        state: OK, BLANK, INCOMPLETE, CANCELLED, FOREIGN_CARD, ISSUER_UNKNOWN, SIGNATURE_BAD or HOLDER_BAD
        registered: its number in the registry; empty if it is not known there
        registered_state: active, cancelled, lost or replaced; empty if it is not known there
        person: code of its holder
        name: of the holder
        unit: of the holder
        begun: whether this station has begun to issue or to change it and was cut
        holder: what stands on the card, or null: {number, person, unit, name, issue, key_version, sex,
            title, valid_until, station}
        applications: identifiers in its directory
        sectors: list of ours, transport, public (a key that everybody knows) or closed
        records: list of {number, station, session, at, direction, doubtful, verified, known}; verified is
            null for those of other stations; known: the store knows it
        highest: the highest record number that the store knows of this card, 0 for none
        kept: how many records were kept with --harvest
    """
    from icme_tui.operations import inspecting, presenting

    out = Output(ctx)
    with opened(ctx) as station:
        device = reader_for(out, station, reader)
        try:
            seen = presenting.wait(device, wait)
            sight = inspecting.inspect_card(station, device, seen, harvest=harvest)
        finally:
            device.close()
    kept = ngettext("{n} record kept.", "{n} records kept.", sight.kept).format(n=sight.kept)
    out.result(
        _as_json(sight),
        out.pairs(_pairs(sight)),
        _record_table(out, sight) if sight.records else None,
        kept if harvest else None,
    )


for _verb, _function in {**card_changes.COMMANDS, **card_links.COMMANDS}.items():
    app.command(_verb)(_function)
app.command("trace")(card_trace.trace)


def _ask(out: Output, person: Record) -> None:
    name = person.body.get("name", "")
    out.note(_("A blank card for {name} ({person}), please.").format(name=name, person=person.id))


def _told(
    out: Output,
    station: Station,
    result: Issued | Refused,
    issued: list[dict[str, Any]],
    refused: list[dict[str, Any]],
) -> None:
    """Note one result and say it."""
    from icme_tui.operations.holders import person_of
    from icme_tui.operations.issuing import Refused

    name = person_of(station, result.person).name
    if isinstance(result, Refused):
        message = sentence(result.code, result.detail)
        refused.append({**result._asdict(), "name": name, "message": message})
        out.say(f"! {name}  {message}  [{result.code}]")
    else:
        issued.append({**result._asdict(), "name": name})
        out.say(f"+ {name}  {result.number}")


def _as_json(sight: Sight) -> dict[str, Any]:
    person, holder = sight.person, sight.holder
    return {
        "uid": sight.uid,
        "kind": sight.kind,
        "state": sight.state,
        "registered": sight.registered,
        "registered_state": sight.registered_state,
        "person": person.code if person else "",
        "name": person.name if person else "",
        "unit": person.unit if person else "",
        "begun": sight.begun,
        "holder": holder._asdict() if holder else None,
        "applications": list(sight.applications),
        "sectors": list(sight.sectors),
        "records": [record._asdict() for record in sight.records],
        "highest": sight.highest,
        "kept": sight.kept,
    }


def _pairs(sight: Sight) -> list[tuple[str, object]]:
    person, holder = sight.person, sight.holder
    words = _("In order.") if sight.state == "OK" else sentence(sight.state)
    return [
        (_("UID"), sight.uid),
        (_("Kind"), foreignwords.kind(sight.kind)),
        (_("State"), f"{words} [{sight.state}]"),
        (_("Number on the card"), holder.number if holder else ""),
        (_("Number in the registry"), f"{sight.registered} {sight.registered_state}".strip()),
        (_("Holder"), f"{person.name} ({person.code})" if person else ""),
        (_("Unit"), person.unit if person else ""),
        (_("Issuing station"), holder.station if holder else ""),
        (_("Applications"), foreignwords.applications(sight.applications)),
        (_("Sectors"), foreignwords.open_sectors(sight.sectors)),
        (_("Was cut here"), _("yes") if sight.begun else _("no")),
        (_("Records"), len(sight.records)),
    ]


def _record_table(out: Output, sight: Sight) -> Any:
    checked = {True: _("ours"), False: _("forged"), None: ""}
    ways = {"in": _("in"), "out": _("out")}
    return out.table(
        [_("Number"), _("Station"), _("Session"), _("Minute (UTC)"), _("Way"), _("Checked")],
        [
            [one.number, one.station, one.session, one.at, ways[one.direction], checked[one.verified]]
            for one in sight.records
        ],
        right=(0, 1),
    )
