"""``icme clock``: what the facts of a station say of its clock, and moving times that were wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from icme_tui.commands.clockwords import CLOCKS, read_span, show_span, show_verdict
from icme_tui.commands.context import opened
from icme_tui.commands.moments import read_moment, show_moment
from icme_tui.commands.output import Output
from icme_tui.commands.words import N_, _, ngettext

if TYPE_CHECKING:
    from icme_tui.operations.adjusting import Preview
    from icme_tui.operations.clocks import Run
    from icme_tui.operations.supposing import Change

app = typer.Typer(help=_("Clocks that were wrong, and the times that they gave."))

_HEADINGS: tuple[str, ...] = (N_("Epoch"), N_("Boot"), N_("Facts"), N_("Touches"), N_("Start"), N_("Until"))
_HEADINGS += (N_("Clock"), N_("Set by"), N_("Suggested"), N_("Adjusted"))

_EPOCH = 8
"""Digits of an epoch that are shown."""


@app.command()
def show(
    ctx: typer.Context,
    station: Annotated[str, typer.Argument(metavar="STATION", help=_("Code of the station."))],
    epoch: Annotated[str, typer.Option(metavar="EPOCH", help=_("Only the epoch that begins so."))] = "",
) -> None:
    """Show the runs of a station's facts by boot, and where its wall clock was set or wrong.

    A step tells how far the clock was set within one boot. A suggestion is what to add to the times of a
    wrong run, where the same boot has a right one too.

    JSON:
        runs: list of {station, epoch, boot, first, last, facts, swipes, from_ms, until_ms, clk, step_ms,
            suggested_ms, adjusted_ms}; first and last are positions
        wrong: how many of them are of a wrong clock
    """
    from icme_tui.operations import clocks

    out = Output(ctx)
    with opened(ctx) as at:
        runs = clocks.runs(at, station, clocks.full_epoch(at, station, epoch) if epoch else "")
    wrong = sum(1 for run in runs if run.is_suspect)
    out.result(
        {"runs": [run._asdict() for run in runs], "wrong": wrong},
        out.table(
            [_(heading) for heading in _HEADINGS],
            [_cells(run) for run in runs],
            right=(3,),
        ),
        ngettext(
            "{n} run, {wrong} with a wrong clock.", "{n} runs, {wrong} with a wrong clock.", len(runs)
        ).format(n=len(runs), wrong=wrong),
    )


def _cells(run: Run) -> list[object]:
    return [
        run.epoch[:_EPOCH],
        run.boot[:_EPOCH],
        f"{run.first}-{run.last}",
        run.swipes,
        show_moment(run.from_ms),
        show_moment(run.until_ms),
        _(CLOCKS.get(run.clk, "")) or run.clk,
        show_span(run.step_ms or None),
        show_span(run.suggested_ms),
        show_span(run.adjusted_ms),
    ]


@app.command()
def believe(
    ctx: typer.Context,
    reason: Annotated[str, typer.Option(help=_("With what it was compared; it goes into the journal."))],
) -> None:
    """Say that the clock of this machine is right, though it once said a later time.

    A clock that ran ahead and was set right counts as wrong until it passes that time again, or until the
    next pack. Compare it with a watch first: what is recorded from now on is believed.

    JSON:
        place: of the note that says so
    """
    from icme_tui.operations import clocks

    out = Output(ctx)
    with opened(ctx) as at:
        place = clocks.believe(at, reason)
    out.result({"place": str(place)}, _("The clock is believed from now on."))


@app.command()
def adjust(
    ctx: typer.Context,
    station: Annotated[str, typer.Argument(metavar="STATION", help=_("Code of the station."))],
    first: Annotated[int, typer.Option(min=1, help=_("Position of the first fact."))],
    last: Annotated[int, typer.Option(min=1, help=_("Position of the last fact."))],
    epoch: Annotated[
        str, typer.Option(metavar="EPOCH", help=_("Beginning of its epoch; may be left out if it has one."))
    ] = "",
    by: Annotated[
        str, typer.Option(metavar="SPAN", help=_("What to add to the times, such as +1h05m or -20m."))
    ] = "",
    to: Annotated[
        str, typer.Option(metavar="TIME", help=_("Instead: when the first swipe really was, local time."))
    ] = "",
    reason: Annotated[str, typer.Option(help=_("Why; it goes into the journal."))] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("Only show what would change."))] = False,
) -> None:
    """At the office: move the times of a range of a station's facts, after showing what that changes.

    The facts keep what they say. The distance counts from there, so that the same decision made twice moves
    nothing twice; +0s puts the times back.

    JSON:
        station, epoch, first, last, ms: the range, and what is added to its times
        swipes: how many times move
        people: of how many people
        changes: list of {person, name, session, title, course, before, after}; before and after are
            {in_ms, out_ms, minutes, reason, credits_c} or null
        recorded: false for a dry run
    """
    from icme_tui.operations import adjusting

    if bool(by) == bool(to):
        raise typer.BadParameter(_("Give --by or --to."))
    out = Output(ctx)
    with opened(ctx) as at:
        wanted = adjusting.find_range(at, station, epoch, first, last)
        if by:
            span = read_span(by)
            if span is None:
                raise typer.BadParameter(
                    _("'{text}' is no distance such as +1h05m.").format(text=by), param_hint="--by"
                )
        else:
            span = adjusting.distance_to(at, wanted, read_moment(to, "--to", with_time=True))
        found = adjusting.preview(at, wanted, span)
        if not dry_run:
            adjusting.adjust(at, wanted, span, reason)
    out.result(
        {
            **found.range._asdict(),
            "ms": span,
            "swipes": found.swipes,
            "people": found.people,
            "changes": [as_json(change) for change in found.changes],
            "recorded": not dry_run,
        },
        changes_table(out, found.changes),
        told(found),
        _("Nothing is recorded.") if dry_run else _("It is recorded."),
    )


def told(found: Preview) -> str:
    """One line on what an adjust moves and changes."""
    moved = ngettext("{n} swipe moves by {span}", "{n} swipes move by {span}", found.swipes).format(
        n=found.swipes, span=show_span(found.ms)
    )
    changed = ngettext("{n} attendance changes.", "{n} attendances change.", len(found.changes)).format(
        n=len(found.changes)
    )
    return f"{moved}; {changed}"


def changes_table(out: Output, changes: list[Change]) -> Any:
    """The attendances that a decision changes, before and after; None where there are none."""
    if not changes:
        return None
    return out.table(
        [_("Name"), _("Session"), _("So far"), _("After")],
        [
            [change.name, change.title, show_verdict(change.before), show_verdict(change.after)]
            for change in changes
        ],
    )


def as_json(change: Change) -> dict[str, Any]:
    """One change for ``--json``."""
    return {
        **change._asdict(),
        "before": change.before._asdict() if change.before else None,
        "after": change.after._asdict() if change.after else None,
    }
