"""``icme undo``: take back the last touch of this station."""

from __future__ import annotations

from typing import Annotated

import typer

from icme_tui.clock import format_utc
from icme_tui.codes import RuleError
from icme_tui.commands.context import opened
from icme_tui.commands.moments import show_time
from icme_tui.commands.output import FAILED, Output
from icme_tui.commands.words import _


def undo(
    ctx: typer.Context,
    session: Annotated[str, typer.Argument(metavar="SESSION", help=_("Code of the session."))],
    reason: Annotated[str, typer.Option(help=_("Why the touch is not to count."))],
    yes: Annotated[bool, typer.Option("--yes", help=_("Do not ask."))] = False,
) -> None:
    """Take back the last touch of this station at a session. It stays on record and no longer counts.

    JSON:
        undone: {person, name, dir, at, position}; at in UTC, position that of the touch in the journal
    """
    from icme_tui.operations import undoing

    out = Output(ctx)
    with opened(ctx) as station:
        line = undoing.last_touch(station, session)
        if line is None:
            raise RuleError("NOTHING_TO_UNDO")
        shown = f"{show_time(line.at_ms)}  {line.direction}  {line.person.name}  {line.person.unit}"
        if not yes and not out.confirm(_("Take back {touch}?").format(touch=shown)):
            raise typer.Exit(FAILED)
        undoing.undo(station, session, line.place, reason)
    out.result(
        {
            "undone": {
                "person": line.person.code,
                "name": line.person.name,
                "dir": line.direction,
                "at": format_utc(line.at_ms),
                "position": line.place.p,
            }
        },
        _("Taken back: {touch}").format(touch=shown),
    )
