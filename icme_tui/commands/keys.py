"""``icme keys``: the keys of this station, and those that it believes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from icme_tui.commands.context import opened
from icme_tui.commands.keywords import sheet_notes
from icme_tui.commands.output import Output
from icme_tui.commands.stationwords import STATES
from icme_tui.commands.words import _

if TYPE_CHECKING:
    from icme_tui.operations.keylist import Keys

app = typer.Typer(help=_("Keys of this station, and those that it believes."))

Reason = Annotated[str, typer.Option(metavar="TEXT", help=_("Why; it stands in the journal."))]


@app.command("list")
def list_keys(ctx: typer.Context) -> None:
    """Show the keys: of this station, of its office, and at an office those of the venues.

    Digits are 30, in six groups, as they are read out when keys are compared. No secret is shown.

    JSON:
        own: {sign, new_sign, age, card, key_version, recovery_slot}; new_sign is empty unless a rotation is
            on its way; recovery_slot is the recipient that opens this home without a password
        office: {code, fingerprint, next_fingerprint, recipients}
        stations: at an office, list as of 'icme stations'
        waiting_for: at an office, venues that have not yet taken over its new key
    """
    from icme_tui.operations import keylist

    out = Output(ctx)
    with opened(ctx) as station:
        found = keylist.keys(station)
    own = {
        "sign": found.sign,
        "new_sign": found.new_sign,
        "age": found.age,
        "card": found.card,
        "key_version": found.key_version,
        "recovery_slot": found.recovery_slot,
    }
    stations = [each._asdict() for each in found.stations]
    out.result(
        {
            "own": own,
            "office": found.office._asdict(),
            "stations": stations,
            "waiting_for": found.waiting_for,
        },
        *_shown(out, found),
    )


@app.command()
def export(
    ctx: typer.Context,
    identity: Annotated[
        Path, typer.Option(metavar="FILE", help=_("A new file; only you may read it. It is a secret."))
    ],
) -> None:
    """Write the age identity of this station to a file, for the stock program age.

    With it anybody opens what was sent to this station. The journal notes that it was written.

    JSON:
        file: the file
    """
    from icme_tui.operations import keylist

    out = Output(ctx)
    with opened(ctx) as station:
        file = keylist.export_identity(station, identity)
    out.result(
        {"file": str(file)},
        _("The identity is in {file}. Delete it when you are done.").format(file=file),
    )


@app.command()
def rotate(ctx: typer.Context, reason: Reason) -> None:
    """Give this station new keys in the place of its old ones. They travel with the usual sticks.

    Until the other side has them, the old key signs and names the new one. A venue is done with the pack
    after its next export; an office when every venue has answered a pack.

    If the old key was stolen, this is not enough. The office revokes a venue's key with 'icme keys revoke',
    and takes another one itself with 'icme keys adopt-next'.

    JSON:
        fingerprint: 30 digits of the new key
        waiting_for: at an office, venues that have to take it over
    """
    from icme_tui.operations import rotating

    out = Output(ctx)
    with opened(ctx) as station:
        digits = rotating.rotate(station, reason)
        waiting = rotating.waiting_for(station) if station.role == "office" else []
        rotating.settle(station)
        is_office = station.role == "office"
    out.result(
        {"fingerprint": digits, "waiting_for": waiting},
        _("Digits of the new key: {digits}").format(digits=digits),
        _("Write every venue a pack. Venues that have to take the key over: {list}").format(
            list=", ".join(waiting) or _("none")
        )
        if is_office
        else _("Export to the office, then read the pack that it answers with."),
        _("Write these digits on the recovery sheet.") if is_office else None,
    )


@app.command("sheet")
def show_sheet(
    ctx: typer.Context,
    sheet: Annotated[Path, typer.Argument(metavar="SHEET", help=_("The recovery sheet, as a file."))],
    codes: Annotated[
        bool, typer.Option("--codes", help=_("Show the QR codes of its secrets on this screen."))
    ] = False,
) -> None:
    """Read a recovery sheet back: whether what was typed or scanned is right. No home folder is needed.

    JSON:
        office: digits of the office's key; empty where they were not typed
        next_fingerprint: digits of the next key
        recipient: what belongs to the recovery identity
    """
    from icme_tui.operations import keysheet, recovering

    out = Output(ctx)
    found = keysheet.parse(recovering.read_text(sheet))
    titles = [_("Recovery identity"), _("Next key"), _("Card key")]
    shown = zip(titles, keysheet.codes(found, on_dark=True), strict=True) if codes else ()
    out.result(
        {
            "office": found.office,
            "next_fingerprint": found.next_key.public.fingerprint,
            "recipient": found.recovery.public,
        },
        out.pairs(
            [
                (_("Digits of the office's key"), found.office),
                (_("Digits of its next key"), found.next_key.public.fingerprint),
                (_("Recipient"), found.recovery.public),
            ]
        ),
        *("\n".join((title, *lines)) for title, lines in shown),
        _("The sheet is whole: every part of it was read."),
    )


@app.command("adopt-next")
def adopt_next(
    ctx: typer.Context,
    sheet: Annotated[Path, typer.Argument(metavar="SHEET", help=_("The recovery sheet, as a file."))],
    reason: Reason,
    recovery_out: Annotated[
        Path, typer.Option(metavar="FILE", help=_("Where the new recovery sheet goes; a new file."))
    ],
) -> None:
    """Sign with the next key from now on, because the office's own key is lost or stolen.

    The venues have known it since their first pack: with the next pack they believe it, and the old key no
    longer. A new sheet with another next key is written; the old sheet is then worth nothing for this.

    JSON:
        fingerprint: 30 digits of the office's key from now on
        recovery_file: the new sheet
    """
    from icme_tui.operations import adopting, keysheet, recovering

    out = Output(ctx)
    found = keysheet.parse(recovering.read_text(sheet))
    with opened(ctx) as station:
        digits = adopting.adopt_next(station, found, reason, recovery_out, sheet_notes())
    out.result(
        {"fingerprint": digits, "recovery_file": str(recovery_out)},
        _("Digits of the office from now on: {digits}").format(digits=digits),
        _("Recovery keys: {file}. Print this file, put it into a safe, delete it here.").format(
            file=recovery_out
        ),
        _("Now write every venue a new pack."),
    )


@app.command()
def revoke(
    ctx: typer.Context,
    station_code: Annotated[str, typer.Argument(metavar="STATION", help=_("Code of the station."))],
    reason: Reason,
    keep_received: Annotated[
        bool,
        typer.Option("--keep-received", help=_("What this office has of it stays good when it comes again.")),
    ] = False,
    keep_up_to: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help=_("A bundle from before the loss: all up to its end stays good. Repeatable.")
        ),
    ] = None,
    keep_cards: Annotated[
        bool,
        typer.Option("--keep-cards", help=_("Records of it that are seen on cards later go on to count.")),
    ] = False,
) -> None:
    """Believe the key of a stolen or lost station no longer. Only the office can do it.

    What was accepted stays. Without a --keep option every bundle of this key is refused from now on, and of
    its records on cards those count no more of which the office has not heard yet. The
    venues learn of it with their next pack. A new machine of the venue comes in with 'icme enroll --replace'.

    JSON:
        station: its code
        fingerprint: 30 digits of the key
        marks: {epoch: [last good position, head]}; empty for a key that is revoked as a whole
    """
    from icme_tui.operations import revoking

    out = Output(ctx)
    with opened(ctx) as station:
        done = revoking.revoke(
            station,
            station_code,
            reason,
            keep_received=keep_received,
            keep_up_to=keep_up_to or (),
            keep_records=keep_cards,
        )
    marks = {epoch: list(mark) for epoch, mark in done.marks.items()}
    kept = [
        _("Good up to position {pos} of epoch {epoch}.").format(pos=pos, epoch=epoch[:8])
        for epoch, (pos, _head) in done.marks.items()
    ]
    out.result(
        {"station": done.station, "fingerprint": done.fingerprint, "marks": marks},
        _("The key {digits} of {station} is not believed any more.").format(
            digits=done.fingerprint, station=done.station
        ),
        *(kept or [_("Every bundle of it is refused from now on; what was accepted stays.")]),
        _("Write all venues a new pack, so that they learn of it."),
    )


def _shown(out: Output, found: Keys) -> list[Any]:
    office = found.office
    shown = out.pairs(
        [
            (_("Signing key"), found.sign),
            *([(_("New signing key"), found.new_sign)] if found.new_sign else []),
            (_("Card key"), found.card),
            (_("Version of the record key"), found.key_version),
            (_("Recipient"), found.age),
            (_("Opened without a password by"), found.recovery_slot or _("nobody")),
            (_("Office"), office.code),
            (_("Its key"), office.fingerprint),
            (_("Its next key"), office.next_fingerprint),
            (_("Its recipients"), "\n".join(office.recipients)),
        ]
    )
    rows = [[each.code, _(STATES[each.state]), each.fingerprint, each.name] for each in found.stations]
    headings = [_("Station"), _("State"), _("Digits of its key"), _("Called")]
    waiting = _("The new key is not yet known to: {list}").format(list=", ".join(found.waiting_for))
    return [shown, out.table(headings, rows) if rows else None, waiting if found.waiting_for else None]
