"""``icme session move``: touches that were taken at the wrong session."""

from __future__ import annotations

from typing import Annotated

import typer

from icme_tui.clock import format_utc
from icme_tui.commands.context import opened
from icme_tui.commands.moments import read_moment, show_time
from icme_tui.commands.output import FAILED, Output
from icme_tui.commands.words import _, ngettext

_MINUTE_MS = 60_000


def move_session(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(metavar="FROM", help=_("Code of the session that was open."))],
    target: Annotated[str, typer.Argument(metavar="TO", help=_("Code of the session that was meant."))],
    between: Annotated[
        tuple[str, str],
        typer.Option(metavar="TIME TIME", help=_("First and last minute, such as 08:00 08:59.")),
    ],
    reason: Annotated[str, typer.Option(help=_("Why; the office reads it."))] = "",
    yes: Annotated[bool, typer.Option("--yes", help=_("Do not ask."))] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("Only show what would be moved."))] = False,
) -> None:
    """Move the touches of one session between two minutes to another session, after a preview.

    JSON:
        touches: list of {person, name, dir, at, position}; moments in UTC
        total: how many there are
        twice: how many of them stand at the other session already
        foreign: touches of other stations, which only the office may move
        moved: how many were moved; 0 with --dry-run
    """
    from icme_tui.operations import courses, moving

    out = Output(ctx)
    with opened(ctx) as station:
        start_ms = courses.session(station, source).start_ms
        first, last = (read_moment(text, "--between", start_ms) for text in between)
        found = moving.preview(station, source, target, first, last + _MINUTE_MS - 1)
        out.say(
            out.table(
                [_("Time"), _("Direction"), _("Code"), _("Name"), _("Unit")],
                [
                    [
                        show_time(line.at_ms),
                        line.direction,
                        line.person.code,
                        line.person.name,
                        line.person.unit,
                    ]
                    for line in found.lines
                ],
            )
        )
        moved = 0
        if not dry_run:
            n = len(found.lines)
            question = ngettext("Move {n} touch to {title}?", "Move {n} touches to {title}?", n)
            if not yes and not out.confirm(question.format(n=n, title=found.target.title)):
                raise typer.Exit(FAILED)
            moved = moving.move(station, found, reason or _("The wrong session was open"))
    out.result(
        {
            "touches": [
                {
                    "person": line.person.code,
                    "name": line.person.name,
                    "dir": line.direction,
                    "at": format_utc(line.at_ms),
                    "position": line.place.p,
                }
                for line in found.lines
            ],
            "total": len(found.lines),
            "twice": found.twice,
            "foreign": found.foreign,
            "moved": moved,
        },
        ngettext("{n} touch was moved.", "{n} touches were moved.", moved).format(n=moved),
    )
