"""Enrolment, packs, export and import: what travels between a venue and its office."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from icme_tui.codes import BundleError
from icme_tui.commands.arrivalwords import RESULTS, brought, judged, nothing_here, reasons
from icme_tui.commands.context import opened
from icme_tui.commands.output import HELD, Output
from icme_tui.commands.words import _

if TYPE_CHECKING:
    from icme_tui.operations.importing import Imported

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


def import_(
    ctx: typer.Context,
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help=_("Bundles, packs, or the stick's folder."))
    ],
) -> None:
    """Take in bundles at the office, or a pack at a venue.

    What has to wait stays in inbox/ and is tried again at every import; what is refused is kept in
    quarantine/ with its reason. Ends with 3 if anything was held or set aside.

    JSON:
        bundles: list of {file, name, result, code, kind, from, facts, new, known, waited, brought}; name is
            what the file was called where it came from, result also unreadable for what is no file; brought
            is of a pack that was put in force: {people, courses, sessions, cards, blocked}, else empty
        totals.new: facts that were not held before
        totals.known: facts that were
        totals.held: facts in bundles that have to wait
        totals.quarantined: files set aside
        totals.files_taken: files taken in
        totals.files_held: files that have to wait
        passed_over: list of {file, kind, from, to}: where nothing was taken in, what lies in the folder; as
            the files say of themselves, not verified
    """
    from icme_tui.operations import importing, passing

    out = Output(ctx)
    with opened(ctx) as station:
        count = len(importing.bundles_in(files))
        with out.progress(_("Importing"), count) as step:
            results = importing.import_files(station, files, step)
        code = station.code
    passed = [] if results else passing.passed_over(files)
    totals = {
        "new": sum(r.new for r in results),
        "known": sum(r.known for r in results),
        "held": sum(r.facts for r in results if r.result == "hold"),
        "quarantined": sum(r.result == "quarantine" for r in results),
        "files_taken": sum(r.result == "accept" for r in results),
        "files_held": sum(r.result == "hold" for r in results),
    }
    out.result(
        {
            "bundles": [
                {
                    "file": str(r.file),
                    "name": r.name,
                    "result": r.result,
                    "code": r.code,
                    "kind": r.kind,
                    "from": r.sender,
                    "facts": r.facts,
                    "new": r.new,
                    "known": r.known,
                    "waited": r.from_inbox,
                    "brought": r.brought,
                }
                for r in results
            ],
            "totals": totals,
            "passed_over": [
                {"file": str(one.file), "kind": one.kind, "from": one.sender, "to": one.to} for one in passed
            ],
        },
        *(_imported(out, results, totals) if results else [nothing_here(code, passed)]),
    )
    if any(r.result != "accept" for r in results):
        raise typer.Exit(HELD)


def _imported(out: Output, results: list[Imported], totals: dict[str, int]) -> list[Any]:
    rows = [
        [
            r.name,
            r.sender,
            _(RESULTS[r.result]),
            r.code,
            *(("", "") if r.kind == "pack" else (r.new, r.known)),
        ]
        for r in results
    ]
    return [
        out.table([_("File"), _("From"), _("Result"), _("Code"), _("New"), _("Known")], rows, right=(4, 5)),
        *(brought(r) for r in results if r.brought),
        *reasons(judged(results)),
        _("Files: {files_taken} taken in, {files_held} waiting, {quarantined} set aside.").format(**totals),
        _("Facts: {new} new, {known} known, {held} waiting.").format(**totals),
    ]
