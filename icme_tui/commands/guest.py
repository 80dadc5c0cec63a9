"""``icme guest``: doctors of other hospitals without a card and without a record."""

from __future__ import annotations

from typing import Annotated

import typer

from icme_tui.commands.context import opened
from icme_tui.commands.output import Output
from icme_tui.commands.readers import reader_for
from icme_tui.commands.words import _, ngettext

app = typer.Typer(help=_("Guests of other hospitals, whom the office merges later."))


@app.command("add")
def add(
    ctx: typer.Context,
    session: Annotated[str, typer.Argument(metavar="SESSION", help=_("Code of the session."))],
    name: Annotated[str, typer.Argument(metavar="NAME", help=_("Name of the guest."))],
    unit: Annotated[str, typer.Option(help=_("The guest's hospital."))],
    phone: Annotated[str, typer.Option(help=_("Telephone; this or the ID number."))] = "",
    idno_file: Annotated[
        typer.FileText | None,
        typer.Option("--idno-file", help=_("File with the ID number, so that nobody sees it.")),
    ] = None,
    wait: Annotated[
        float | None, typer.Option(min=0, help=_("Wait so many seconds for any card of the guest."))
    ] = None,
    reader: Annotated[
        str, typer.Option(metavar="ADDRESS", help=_("The reader. Else the first one of the station."))
    ] = "",
) -> None:
    """Let a guest come in: with any card that is touched, or without one by a make-up.

    JSON:
        guest: code of the guest; empty where the card belonged to somebody else
        code: what the touch was answered, MAKEUP without a card
        card: UID of the card, empty without one
    """
    from icme_tui.operations import guests, presenting
    from icme_tui.operations.answering import touch_for_guest
    from icme_tui.operations.guests import NewGuest
    from icme_tui.operations.swiping import Swiping, signal_for

    out = Output(ctx)
    guest = guests.checked(NewGuest(name, unit, phone, idno_file.readline(200) if idno_file else ""))
    with opened(ctx) as station:
        if wait is None:
            made = guests.come_without_card(station, session, guest, _("Guest without any card"))
            answer, uid = "MAKEUP", ""
        else:
            device = reader_for(out, station, reader)
            try:
                out.note(_("Hold any card of the guest to the reader."))
                swiping = Swiping(station, device, session)
                seen = presenting.wait(device, wait)
                outcome = touch_for_guest(station, swiping, "auto", guest, seen, device)
                device.signal(signal_for(outcome))
            finally:
                device.close()
            person = outcome.person.code if outcome.person else ""
            made = person if station.registry.get("guest", person) else ""
            answer, uid = outcome.code, outcome.uid
    out.result({"guest": made, "code": answer, "card": uid}, f"{answer}  {made}  {guest.name}")


@app.command("list")
def list_guests(ctx: typer.Context) -> None:
    """List the guests.

    JSON:
        guests: list of {guest, name, unit, phone, card, person}; person is whom the office took the guest for
        total: how many there are
    """
    from icme_tui.operations import guests

    out = Output(ctx)
    with opened(ctx) as station:
        rows = [
            {
                "guest": record.id,
                "name": str(record.body.get("name") or ""),
                "unit": str(record.body.get("unit_name") or ""),
                "phone": str(record.body.get("phone") or ""),
                "card": str(record.body.get("card") or ""),
                "person": merged if (merged := station.person_code(record.id)) != record.id else "",
            }
            for record in guests.guests(station)
        ]
    out.result(
        {"guests": rows, "total": len(rows)},
        out.table(
            [_("Code"), _("Name"), _("Unit"), _("Telephone"), _("Card"), _("Person")],
            [list(row.values()) for row in rows],
        ),
        ngettext("{n} guest.", "{n} guests.", len(rows)).format(n=len(rows)),
    )


@app.command("merge")
def merge(
    ctx: typer.Context,
    guest: Annotated[str, typer.Argument(metavar="GUEST", help=_("Code of the guest."))],
    person: Annotated[str, typer.Argument(metavar="PERSON", help=_("Code of the person."))],
    reason: Annotated[str, typer.Option(help=_("How it was found out."))] = "",
) -> None:
    """At the office: say who a guest is, so that everything of the guest counts for that person.

    JSON:
        guest: code of the guest
        person: code of the person
    """
    from icme_tui.operations import guests

    out = Output(ctx)
    with opened(ctx) as station:
        guests.merge_guest(station, guest, person, reason)
    out.result(
        {"guest": guest, "person": person},
        _("{guest} is {person} from now on.").format(guest=guest, person=person),
    )
