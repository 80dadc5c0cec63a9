"""``icme init``: makes the home folder of a station."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from icme_tui.codes import StoreError
from icme_tui.commands.context import invocation_of, password
from icme_tui.commands.output import Output
from icme_tui.commands.words import _

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
) -> None:
    """Make an office: home folder, keys, encrypted store and its first operator.

    The operator is admin, or the one named with --operator. The recovery file opens every bundle
    and brings the office back after a loss: print it, put it into a safe, delete the file.

    JSON:
        home: the home folder
        code: code of the station
        operator: the first operator
        fingerprint: 30 digits of the office's key, which every venue types in
        recovery_file: file with the recovery keys
    """
    from icme_tui.operations import founding

    out = Output(ctx)
    invocation = invocation_of(ctx)
    operator = invocation.operator or founding.FIRST_OPERATOR
    _refuse_existing(invocation.home)
    founded = founding.found_office(
        invocation.home,
        code,
        name,
        domain,
        password(ctx, new=True),
        operator=operator,
        recovery_out=recovery_out,
    )
    with founded.station:
        out.result(
            {
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
        )


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
