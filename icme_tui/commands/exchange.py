"""Enrolment, packs and export: what travels between a venue and its office."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from icme_tui.codes import BundleError
from icme_tui.commands.arrivalwords import RESULTS, brought, judged, reasons
from icme_tui.commands.context import opened
from icme_tui.commands.output import HELD, Output
from icme_tui.commands.words import _

Folder = Annotated[
    Path, typer.Option("--to", metavar="DIR", help=_("Where to write it: the stick's folder."))
]


def enroll(
    ctx: typer.Context,
    request: Annotated[Path, typer.Argument(metavar="REQUEST", help=_("The venue's request, V0007.enrol."))],
    digits: Annotated[
        str | None,
        typer.Option(
            metavar="DIGITS", help=_("The 30 digits that the venue read out, without blanks or in quotes.")
        ),
    ] = None,
    unit: Annotated[
        str,
        typer.Option(metavar="UNIT", help=_("Its unit; else the one of its name, made if there is none.")),
    ] = "",
    place: Annotated[
        str, typer.Option(metavar="PLACE", help=_("Where it stands; stations of one hall share a place."))
    ] = "",
    replace: Annotated[
        bool, typer.Option("--replace", help=_("Take this key for the venue's old one, which is revoked."))
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help=_("The digits were compared: do not ask."))] = False,
) -> None:
    """Admit a venue at the office.

    Compare the digits shown with those that the venue reads out: whoever could change the request on its
    way has others. At a terminal a yes is asked for. In a script, --digits has them compared by the program;
    without it the venue is admitted, and the digits are shown to be compared before its pack is made.

    JSON:
        code: the venue
        name: its name
        number: its station number
        unit: its unit
        fingerprint: 30 digits of its key
        replaced: whether an older key was revoked
        compared: whether the digits were compared, by the program or by the word of the clerk
        again: whether it was admitted with this key before
    """
    from icme_tui.operations import enrolling

    out = Output(ctx)
    with opened(ctx) as station:
        received = enrolling.read_request(station, request)
        found = received.key.fingerprint
        if digits is not None:
            enrolling.require_digits(received, digits)
        compared = digits is not None or yes or sys.stdin.isatty()
        if digits is None and not yes and compared:
            out.note(
                _("{code} {name}: {digits}").format(
                    code=received.request.code, name=received.request.name, digits=found
                )
            )
            if not out.confirm(_("Does the venue read out the same digits?")):
                raise BundleError("DIGITS_NOT_CONFIRMED")
        known = station.registry.get("station", received.request.code) is not None
        enrolled = enrolling.enroll(station, received, unit=unit, place=place, replace=replace)
    again = known and not enrolled.replaced
    said = (
        _("Venue {code} {name} was admitted before, as station {number}.")
        if again
        else _("Venue {code} {name} is admitted as station {number}.")
    )
    if not compared:
        out.note(
            _(
                "NOBODY HAS COMPARED THE DIGITS OF {code} {name}: {digits}\n"
                "Compare them with the venue before you make its pack. If one differs, make none."
            ).format(code=enrolled.code, name=enrolled.name, digits=found)
        )
    out.result(
        {**enrolled._asdict(), "compared": compared, "again": again},
        said.format(**enrolled._asdict()),
        _("Digits of its key: {fingerprint}").format(fingerprint=enrolled.fingerprint),
        _("Next: icme pack {code} --to DIR").format(code=enrolled.code),
    )


def pack(
    ctx: typer.Context,
    venue: Annotated[str, typer.Argument(metavar="VENUE", help=_("Code of the venue, such as V0007."))],
    to: Folder,
    days: Annotated[
        int, typer.Option(min=1, max=3650, metavar="N", help=_("After so many days the venue calls it old."))
    ] = 90,
) -> None:
    """Write the pack for a venue: roster, courses, cards, keys and receipts.

    JSON:
        file: the pack
        venue: for whom
        snapshot: its number
        rows: lines in it
        bytes: size of the file
        expires: when the venue begins to call it old
    """
    from icme_tui.operations import packing

    out = Output(ctx)
    with opened(ctx) as station:
        packed = packing.write_pack(station, venue, to, days=days)
    sent = packed.sent
    out.result(
        {
            "file": str(sent.file),
            "venue": venue,
            "snapshot": packed.snapshot,
            "rows": sent.facts,
            "bytes": sent.bytes,
            "expires": packed.expires,
        },
        _("Pack {snapshot} for {venue}: {file}, {rows} rows, {bytes} bytes.").format(
            snapshot=packed.snapshot, venue=venue, file=sent.file, rows=sent.facts, bytes=sent.bytes
        ),
        _("Written, read back and verified: safe to remove."),
    )


def trust(
    ctx: typer.Context,
    digits: Annotated[
        list[str],
        typer.Argument(metavar="DIGITS", help=_("30 digits, read out by the office; blanks do not count.")),
    ],
) -> None:
    """Confirm the office at a venue, then read a pack that has been waiting for it.

    JSON:
        digits: the digits that the office's key must have
        bundles: list of {file, result, code} of packs that were waiting
    """
    from icme_tui.operations import enrolling, importing

    out = Output(ctx)
    with opened(ctx) as station:
        typed = enrolling.type_digits(station, "".join(digits))
        results = importing.try_waiting(station)
    out.result(
        {
            "digits": typed,
            "bundles": [{"file": str(r.file), "result": r.result, "code": r.code} for r in results],
        },
        _("Only an office with these digits will be believed: {digits}").format(digits=typed),
        *(_("{file}: {result}").format(file=r.name, result=_(RESULTS[r.result])) for r in results),
        *(brought(r) for r in results if r.brought),
        *reasons(judged(results)),
    )
    if any(r.result != "accept" for r in results):
        raise typer.Exit(HELD)


def export(ctx: typer.Context, to: Folder) -> None:
    """Write everything that the office has not yet receipted.

    JSON:
        bundles: list of {file, facts, first, last, bytes, id}
        facts: facts in them
        bytes: size of the files
    """
    from icme_tui.operations import exporting

    out = Output(ctx)
    with opened(ctx) as station:
        sent = exporting.export(station, to)
    facts, size = sum(s.facts for s in sent), sum(s.bytes for s in sent)
    out.result(
        {
            "bundles": [
                {
                    "file": str(s.file),
                    "facts": s.facts,
                    "first": s.first,
                    "last": s.last,
                    "bytes": s.bytes,
                    "id": s.bundle_id,
                }
                for s in sent
            ],
            "facts": facts,
            "bytes": size,
        },
        out.table(
            [_("File"), _("Facts"), _("Bytes")], [[s.file, s.facts, s.bytes] for s in sent], right=(1, 2)
        ),
        _("Written, read back and verified: safe to remove."),
    )
