"""``icme card trace``: what passes between the program and a reader, for support."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from icme_tui.commands import typing
from icme_tui.commands.context import opened
from icme_tui.commands.output import FAILED, Output
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import _, ngettext


def trace(
    ctx: typer.Context,
    wait: Annotated[float, typer.Option(min=0, help=_("Seconds to wait for a card."))] = 60,
    reader: Annotated[
        str,
        typer.Option("--reader", metavar="ADDRESS", help=_("The reader. Else the first one of the station.")),
    ] = "",
    to: Annotated[
        Path | None,
        typer.Option("--save", metavar="FILE", help=_("Write the lines to a new file, and show none.")),
    ] = None,
) -> None:
    """Show every byte between the program and the reader while one card is looked at, with times.

    For support. No keys are shown; what is on the card is, the name of its holder too. Nothing is written to
    the card. Ends with 1 if the reader or the card did not answer; the lines then show how far it came.

    JSON:
        state: of the card, as icme card inspect tells it; empty where it was not read to the end
        code: what ended it, empty where nothing did
        lines: list of text; not with --save
        left_out: lines in the middle that were not kept
        file: where they were written; empty without --save
    """
    from icme_tui.operations import tracing, typed

    out = Output(ctx)
    with opened(ctx) as station:
        out.note(_("A card, please."))
        here = typed.types_here(station, reader)
        found = tracing.trace_card(station, reader, wait, lambda: typing.listen(out) if here else None)
    if to is not None:
        tracing.save(found, to)
    code = found.error.code if found.error is not None else ""
    state = found.sight.state if found.sight is not None else ""
    lines = [] if to is not None else list(found.lines)
    written = ngettext("{n} line written to {file}.", "{n} lines written to {file}.", len(found.lines))
    out.result(
        {
            "state": state,
            "code": code,
            "lines": lines,
            "left_out": found.left_out,
            "file": str(to) if to is not None else "",
        },
        *lines,
        written.format(n=len(found.lines), file=to) if to is not None else None,
        sentence(code, found.error.detail) if found.error is not None else None,
    )
    if code:
        raise typer.Exit(FAILED)
