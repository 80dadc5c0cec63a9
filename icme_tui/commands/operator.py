"""``icme operator``: the accounts of a station."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from icme_tui.codes import StoreError
from icme_tui.commands.checkwords import ROLES
from icme_tui.commands.context import ask_password, invocation_of, opened, opened_as, read_password_file
from icme_tui.commands.output import Output
from icme_tui.commands.words import _

app = typer.Typer(help=_("Accounts of this station."))

NewPassword = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help=_("The first line is the new password; else it is asked, twice, at the terminal."),
    ),
]


class Role(StrEnum):
    """What ``--role`` takes."""

    ADMIN = "admin"
    OPERATOR = "operator"


@app.command("list")
def list_operators(ctx: typer.Context) -> None:
    """Show who may log in here.

    JSON:
        operators: list of {name, role, self}
    """
    from icme_tui.operations import operators

    out = Output(ctx)
    with opened(ctx) as station:
        found = operators.operators(station)
    out.result(
        {"operators": [{"name": one.name, "role": one.role, "self": one.is_self} for one in found]},
        out.table([_("Operator"), _("Role")], [[one.name, _(ROLES[one.role])] for one in found]),
    )


@app.command()
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help=_("Up to 32 of a-z, 0-9 and '.', '_', '-'."))],
    role: Annotated[
        Role, typer.Option(metavar="ROLE", help=_("admin or operator; only an admin adds others."))
    ] = Role.OPERATOR,
    new_password_file: NewPassword = None,
) -> None:
    """Add an account. Your own password is asked for, then the new one twice.

    JSON:
        name: the new operator
        role: admin or operator
    """
    from icme_tui.operations import operators

    out = Output(ctx)
    with opened_as(ctx) as (station, own):
        made = operators.add(station, own, name, _new_password(new_password_file, name), role.value)
    out.result(
        {"name": made.name, "role": made.role}, _("{name} may log in here now.").format(name=made.name)
    )


@app.command()
def password(
    ctx: typer.Context,
    name: Annotated[
        str, typer.Option("--for", metavar="NAME", help=_("An operator who forgot his; only an admin may."))
    ] = "",
    new_password_file: NewPassword = None,
) -> None:
    """Give yourself a new password, or as an admin another operator.

    JSON:
        name: whose password was changed
    """
    from icme_tui.operations import operators

    out = Output(ctx)
    with opened_as(ctx) as (station, own):
        name = name or station.operator
        operators.change_password(station, own, _new_password(new_password_file, name), name)
    out.result({"name": name}, _("{name} has a new password.").format(name=name))


@app.command()
def remove(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help=_("Who shall not log in any more."))],
    reason: Annotated[str, typer.Option(metavar="TEXT", help=_("Why; it stands in the journal."))],
) -> None:
    """Remove an account. The store gets a new key, because the operator knew the old one.

    Close every other icme program on this home folder first. Backups that were made before still open with
    the passwords of that day. Given again after a power failure, it comes to its end.

    JSON:
        name: who was removed
    """
    from icme_tui.operations import operators

    out = Output(ctx)
    with opened_as(ctx) as (station, own):
        operators.remove(station, own, name, reason)
    out.result(
        {"name": name},
        _("{name} may not log in here any more; the store has a new key.").format(name=name),
        _("If {name} may have copied this home folder, give the station new keys: icme keys rotate").format(
            name=name
        ),
    )


@app.command()
def recover(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help=_("Who forgot the password."))],
    identity: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help=_("The recovery identity of the office, AGE-SECRET-KEY-...; else it is asked."),
        ),
    ] = None,
    new_password_file: NewPassword = None,
) -> None:
    """Give an operator a new password by the office's recovery identity. No fact is lost.

    The identity stands on the sheet that the office printed when it was made. At a venue it opens what was
    recorded after the first pack came.

    JSON:
        name: who has a new password
    """
    from icme_tui.operations import keysheet, recovering

    out = Output(ctx)
    invocation = invocation_of(ctx)
    if not (invocation.home / "station.toml").is_file():
        raise StoreError("NO_HOME", home=str(invocation.home.absolute()))
    if identity is not None:
        found = recovering.read_identities(identity)
    else:
        found = keysheet.identities_in(ask_password(_("Recovery identity, AGE-SECRET-KEY-...")))
    new = _new_password(new_password_file, name)
    recovering.set_password(invocation.home, name, found, new, unsafe_home=invocation.unsafe_home)
    out.result({"name": name}, _("{name} has a new password.").format(name=name))


def _new_password(file: Path | None, name: str) -> str:
    if file is not None:
        return read_password_file(file)
    return ask_password(_("New password of {who}").format(who=name), twice=True)
