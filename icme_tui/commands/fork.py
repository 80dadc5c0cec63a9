"""``icme fork``: places of a station that hold two histories, and which of them counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from icme_tui.clock import parse_utc
from icme_tui.commands.clock import as_json
from icme_tui.commands.clockwords import show_verdict
from icme_tui.commands.context import opened
from icme_tui.commands.kindwords import kind_word
from icme_tui.commands.moments import show_moment
from icme_tui.commands.output import Output
from icme_tui.commands.words import _, ngettext

if TYPE_CHECKING:
    from icme_tui.operations.forks import Fork, Outcome, Side, Told

app = typer.Typer(help=_("Two histories of one station, and which counts."))

Name = Annotated[
    str,
    typer.Argument(
        metavar="FORK",
        help=_("Its name as 'icme fork list' shows it, or some of its places: V0007/4f2a/12-40."),
    ),
]

_EPOCH = 8
"""Digits of an epoch that are shown."""


def local(at: str) -> str:
    """A moment of a line in local time; as it is where it cannot be read."""
    try:
        return show_moment(parse_utc(at))
    except (ValueError, OverflowError):
        return at


def short(fork: Fork) -> str:
    """The name of a fork with the beginning of its epoch only."""
    places = f"{fork.first}-{fork.last}" if fork.last > fork.first else str(fork.first)
    return f"{fork.station}/{fork.epoch[:_EPOCH]}/{places}"


def keep_word(keep: tuple[int, ...], sides: int) -> str:
    """What a decision is called: ``1``, ``2``, ``both``, ``none``."""
    if not keep:
        return _("none")
    if len(keep) == sides:
        return _("both") if sides == 2 else _("all")
    return ", ".join(str(number) for number in keep)


def told_side(side: Side) -> str:
    """One side in a line: what it holds and who made it."""
    told = ngettext("{n} fact", "{n} facts", side.facts).format(n=side.facts)
    swipes = ngettext("{n} swipe of {people}", "{n} swipes of {people}", side.swipes).format(
        n=side.swipes, people=ngettext("{n} person", "{n} people", side.people).format(n=side.people)
    )
    times = f"{local(side.from_at)} - {local(side.until_at)}"
    return ", ".join(part for part in (told, swipes if side.swipes else "", times, *side.operators) if part)


@app.command("list")
def list_forks(ctx: typer.Context) -> None:
    """List what waits for a decision: nothing of it counts before.

    JSON:
        forks: list of {name, station, epoch, first, last, places, sides, after}; sides is a list of {number,
            facts, swipes, people, sessions, operators, boots, from_at, until_at}; after counts later facts
            of one history only, which count
        total: how many there are
    """
    from icme_tui.operations import forks

    out = Output(ctx)
    with opened(ctx) as station:
        found = forks.forks(station)
    out.result(
        {"forks": [_fork_json(fork) for fork in found], "total": len(found)},
        out.table(
            [_("Fork"), _("Places"), _("Side"), _("What it holds")],
            [
                [short(fork), fork.last - fork.first + 1, side.number, told_side(side)]
                for fork in found
                for side in fork.sides
            ],
            right=(1, 2),
        )
        if found
        else None,
        ngettext("{n} fork waits for a decision.", "{n} forks wait for a decision.", len(found)).format(
            n=len(found)
        ),
    )


@app.command()
def show(
    ctx: typer.Context,
    name: Name,
    lines: Annotated[bool, typer.Option("--lines", help=_("Show every line of each side too."))] = False,
) -> None:
    """Show the sides of a fork, and at the office what each decision would change.

    JSON:
        fork: as 'icme fork list' tells it
        lines: list of {p, side, kind, at, by, person, session, dir}
        outcomes: list of {keep, changes}; keep are the sides that would count, changes as 'icme clock adjust'
            tells them; empty at a venue
    """
    from icme_tui.operations import forks

    out = Output(ctx)
    with opened(ctx) as station:
        fork = forks.find(station, name)
        told = forks.lines(station, fork)
        outcomes = forks.outcomes(station, fork) if station.role == "office" else []
    out.result(
        {
            "fork": _fork_json(fork),
            "lines": [line._asdict() for line in told],
            "outcomes": [
                {"keep": list(one.keep), "changes": [as_json(each) for each in one.changes]}
                for one in outcomes
            ],
        },
        *(f"{side.number}: {told_side(side)}" for side in fork.sides),
        _lines_table(out, told) if lines else None,
        _outcomes_table(out, fork, outcomes),
        ngettext(
            "{n} later fact has one history only; it counts.",
            "{n} later facts have one history only; they count.",
            fork.after,
        ).format(n=fork.after)
        if fork.after
        else None,
    )


def _lines_table(out: Output, told: list[Told]) -> Any:
    return out.table(
        [_("No."), _("Side"), _("Time"), _("Kind"), _("By"), _("Person"), _("Session"), _("Direction")],
        [
            [
                one.p,
                one.side,
                local(one.at),
                kind_word(one.kind) if one.kind else _("unreadable"),
                one.by,
                one.person,
                one.session,
                one.dir,
            ]
            for one in told
        ],
        right=(0, 1),
    )


def _outcomes_table(out: Output, fork: Fork, outcomes: list[Outcome]) -> Any:
    rows = [
        [
            keep_word(one.keep, len(fork.sides)),
            each.name,
            each.title,
            show_verdict(each.before),
            show_verdict(each.after),
        ]
        for one in outcomes
        for each in one.changes
    ]
    if not rows:
        return _("No decision changes an attendance.") if outcomes else None
    return out.table([_("Keep"), _("Name"), _("Session"), _("So far"), _("After")], rows)


@app.command()
def resolve(
    ctx: typer.Context,
    name: Name,
    keep: Annotated[
        str, typer.Option(metavar="SIDE", help=_("Which counts: 1, 2, both, or none; several as 1,3."))
    ],
    reason: Annotated[str, typer.Option(help=_("Why; it goes into the journal."))],
) -> None:
    """At the office: decide for all places of a fork which side counts.

    JSON:
        places: how many places were decided
        keep: the sides that count
    """
    from icme_tui.operations import forks

    out = Output(ctx)
    with opened(ctx) as station:
        fork = forks.find(station, name)
        wanted = _read_keep(keep, len(fork.sides))
        n = forks.resolve(station, fork, wanted, reason)
    out.result(
        {"places": n, "keep": wanted},
        ngettext("{n} place is decided.", "{n} places are decided.", n).format(n=n),
    )


def _read_keep(text: str, sides: int) -> list[int]:
    if text in ("both", "all"):
        return list(range(1, sides + 1))
    if text == "none":
        return []
    parts = text.split(",")
    if not all(part.isascii() and part.isdecimal() and len(part) < 3 for part in parts):
        raise typer.BadParameter(
            _("'{text}' is neither a side nor 'both' nor 'none'.").format(text=text), param_hint="--keep"
        )
    return sorted({int(part) for part in parts})


def _fork_json(fork: Fork) -> dict[str, object]:
    return {
        "name": fork.name,
        **fork._asdict(),
        "places": fork.last - fork.first + 1,
        "sides": [side._asdict() for side in fork.sides],
    }
