"""``icme init``: makes the home folder of a station."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from icme_tui.codes import StoreError
from icme_tui.commands.context import invocation_of, password
from icme_tui.commands.keywords import sheet_notes
from icme_tui.commands.output import Output
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import _

if TYPE_CHECKING:
    from icme_tui.operations.refounding import Adopted
    from icme_tui.station import Station

app = typer.Typer(help=_("Make the home folder of an office or a venue."))

Code = Annotated[str, typer.Option(metavar="CODE", help=_("Code of the station, such as V0007."))]
Name = Annotated[str, typer.Option(metavar="NAME", help=_("Name for people to read."))]
Domain = Annotated[
    str, typer.Option(metavar="DOMAIN", help=_("The deployment's name; all its stations have the same."))
]


@app.command()
def office(
    ctx: typer.Context,
    name: Name,
    domain: Domain,
    code: Code = "OFFICE",
    recovery_out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help=_("Where the recovery keys go; else NAME-recovery.txt beside the home folder NAME."),
        ),
    ] = None,
    from_recovery: Annotated[
        Path | None,
        typer.Option(metavar="SHEET", help=_("The recovery sheet of an office that was lost, as a file.")),
    ] = None,
    packs: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="PATH",
            help=_("With --from-recovery: packs of the lost office, or a folder of them. Repeatable."),
        ),
    ] = None,
    digits: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DIGITS",
            help=_("With --packs: digits of the lost office's key, where the sheet has others. Repeatable."),
        ),
    ] = None,
) -> None:
    """Make an office: home folder, keys, encrypted store and its first operator.

    The operator is admin, or the one named with --operator. The recovery file opens every bundle
    and brings the office back after a loss: print it, put it into a safe, delete the file.

    With --from-recovery the office is one that its venues believe already: it signs with the next key of
    the sheet. People, courses and enrolments are read back from the packs. docs/recovery.md tells the rest.

    JSON:
        home: the home folder
        code: code of the station
        operator: the first operator
        fingerprint: 30 digits of the office's key, which every venue types in
        recovery_file: file with the recovery keys
        packs: {venue: number of the pack that was read back}
        records: {kind: how many were read back}
        refused: list of {file, code}: what was no pack of the lost office
    """
    from icme_tui.operations import founding, keysheet, recovering, refounding

    out = Output(ctx)
    invocation = invocation_of(ctx)
    operator = invocation.operator or founding.FIRST_OPERATOR
    _refuse_existing(invocation.home)
    sheet = keysheet.parse(recovering.read_text(from_recovery)) if from_recovery is not None else None
    found = refounding.Adopted({}, {}, [])

    def read_back(station: Station) -> None:
        nonlocal found
        if sheet is not None:
            found = refounding.adopt(station, sheet, packs or (), digits or ())

    founded = founding.found_office(
        invocation.home,
        code,
        name,
        domain,
        password(ctx, new=True),
        operator=operator,
        recovery_out=recovery_out,
        sheet=sheet,
        notes=sheet_notes(),
        fill=read_back,
    )
    with founded.station:
        out.result(
            {
                "packs": found.packs,
                "records": found.records,
                "refused": [{"file": file, "code": why} for file, why in found.refused],
                "home": str(invocation.home),
                "code": code,
                "operator": operator,
                "fingerprint": founded.fingerprint,
                "recovery_file": str(founded.recovery_file),
            },
            _("Office {code} in {home}, operator {operator}.").format(
                code=code, home=invocation.home, operator=operator
            ),
            _("Digits of the office, for the venues: {digits}").format(digits=founded.fingerprint),
            _("Recovery keys: {file}. Print this file, put it into a safe, delete it here.").format(
                file=founded.recovery_file
            ),
            *(_read_back(found) if sheet is not None else ()),
        )


def _read_back(found: Adopted) -> Iterator[str]:
    """What came out of the packs of a lost office."""
    for venue, snapshot in sorted(found.packs.items()):
        yield _("Pack {number} of {venue} was read back.").format(number=snapshot, venue=venue)
    for file, code in found.refused:
        yield f"{file}: {sentence(code)}"
    yield _("{people} people, {courses} courses, {stations} stations.").format(
        people=found.records.get("person", 0),
        courses=found.records.get("course", 0),
        stations=found.records.get("station", 0),
    )
    yield _("Now write every venue a pack. It sends all its facts again with the next export.")


@app.command()
def venue(ctx: typer.Context, name: Name, domain: Domain, code: Code) -> None:
    """Make a venue: home folder, keys, encrypted store, its first operator and the enrolment request.

    The operator is admin, or the one named with --operator. Take the request to the office and
    read the digits to the clerk.

    JSON:
        home: the home folder
        code: code of the station
        operator: the first operator
        fingerprint: 30 digits of the venue's key, which the office compares
        request: the enrolment request for the office
    """
    from icme_tui.operations import enrolling, founding

    out = Output(ctx)
    invocation = invocation_of(ctx)
    operator = invocation.operator or founding.FIRST_OPERATOR
    _refuse_existing(invocation.home)
    founded = founding.found_venue(
        invocation.home, code, name, domain, password(ctx, new=True), operator=operator
    )
    with founded.station:
        request = enrolling.write_request(founded.station)
        out.result(
            {
                "home": str(invocation.home),
                "code": code,
                "operator": operator,
                "fingerprint": founded.fingerprint,
                "request": str(request),
            },
            _("Venue {code} in {home}, operator {operator}.").format(
                code=code, home=invocation.home, operator=operator
            ),
            _("Digits of the venue, for the office: {digits}").format(digits=founded.fingerprint),
            _("Enrolment request for the office: {file}").format(file=request),
        )


def _refuse_existing(home: Path) -> None:
    """Say so before a password is asked for nothing."""
    if (home / "station.toml").exists():
        raise StoreError("HOME_EXISTS", home=str(home))
