"""``icme doctor``: what stands in the way of readers, sticks, the terminal and the station."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from icme_tui.codes import IcmeError
from icme_tui.commands.context import invocation_of, opened
from icme_tui.commands.doctorwords import name_of
from icme_tui.commands.output import FAILED, Output
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import _

if TYPE_CHECKING:
    from icme_tui.operations.doctoring import Finding, Surroundings
    from icme_tui.station import Station


def doctor(
    ctx: typer.Context,
    login: Annotated[
        bool, typer.Option("--login", help=_("Ask for the password and check the store too."))
    ] = False,
) -> None:
    """Find what stands in the way: terminal, readers, permissions, sticks, clock, home folder, store.

    Changes nothing. Below each finding stand the lines to type against it. It works before there is a
    station, and without a password; with a password file the store is checked too. 'icme check' reads the
    whole journal. Ends with 1 if anything fails.

    JSON:
        level: the worst of all: ok, warn or fail
        findings: list of {check, level, code, detail, message, remedy}; level is ok, warn, fail or skipped,
            remedy is a list of lines for a shell
    """
    from icme_tui.operations import doctoring

    out = Output(ctx)
    invocation = invocation_of(ctx)
    machine = doctoring.surroundings(invocation.home, os.environ)
    findings = _found(ctx, machine, login or invocation.password_file is not None, out)
    level = doctoring.worst(findings)
    out.result(
        {
            "level": level,
            "findings": [
                {
                    **one._asdict(),
                    "detail": dict(one.detail),
                    "message": sentence(one.code, one.detail),
                    "remedy": list(one.remedy),
                }
                for one in findings
            ],
        },
        *(line for one in findings for line in _lines(one)),
    )
    if level == "fail":
        raise typer.Exit(FAILED)


def _found(ctx: typer.Context, machine: Surroundings, with_store: bool, out: Output) -> list[Finding]:
    from icme_tui.operations import doctoring

    def look(station: Station | None) -> list[Finding]:
        with out.progress(_("Checking"), doctoring.count(machine)) as step:
            return doctoring.examine(machine, station, step)

    if not with_store or not (invocation_of(ctx).home / "station.toml").is_file():
        return look(None)
    try:
        with opened(ctx) as station:
            return look(station)
    except IcmeError as error:  # the store does not open, or breaks off: that stands in the way too
        return [*look(None)[:-1], doctoring.unopened(error)]


def _lines(one: Finding) -> Iterator[str]:
    marks = {"ok": "+", "warn": "!", "fail": "X", "skipped": "-"}
    yield f"{marks[one.level]} {name_of(one.check)}: {sentence(one.code, one.detail)}  [{one.code}]"
    for command in one.remedy:
        first, *more = command.split("\n")
        yield f"      $ {first}"
        yield from more
