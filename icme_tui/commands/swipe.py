"""``icme swipe``: take swipes at a session."""

from __future__ import annotations

import sys
from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from icme_tui.commands.context import opened
from icme_tui.commands.moments import show_time
from icme_tui.commands.output import Output
from icme_tui.commands.readers import readers_for
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import _, ngettext

if TYPE_CHECKING:
    from icme_tui.operations.swiping import Outcome


class Direction(StrEnum):
    """What ``--dir`` takes."""

    AUTO = "auto"
    IN = "in"
    OUT = "out"


def swipe(
    ctx: typer.Context,
    session: Annotated[str, typer.Argument(metavar="SESSION", help=_("Code of the session."))],
    direction: Annotated[
        Direction, typer.Option("--dir", help=_("auto: by the time, else the opposite of the last swipe."))
    ] = Direction.AUTO,
    count: Annotated[
        int | None,
        typer.Option(
            min=1, help=_("End after so many cards; one to be put back is not done yet. Else Ctrl+C ends it.")
        ),
    ] = None,
    wait: Annotated[
        float | None, typer.Option(min=0, help=_("End when no card comes for so many seconds."))
    ] = None,
    reader: Annotated[
        list[str] | None,
        typer.Option(metavar="ADDRESS", help=_("A reader; several for several doors. Else all readers.")),
    ] = None,
) -> None:
    """Take swipes at a session. One line for every card, once its swipe is stored for good.

    Ctrl+C is the usual end: the cards under way are finished, and it ends with 0. So does the end of the
    input, for a reader that types. Several readers are served at the same time, each by itself.

    JSON:
        session: code of the session
        outcomes: list of {code, accepted, uid, card, person, name, unit, dir, cseq, position, warnings,
            reader}; position is that of the fact in the journal, null where none was recorded
        counts: how many of each code
        accepted: how many were accepted
    """
    from icme_tui.operations.attending import Answered, Attending
    from icme_tui.operations.preferences import read_preferences

    out = Output(ctx)
    answered: list[Answered] = []
    with opened(ctx) as station:
        devices = readers_for(out, station, reader or ())
        rings = sys.stderr.isatty() and read_preferences(station.home).bell
        try:
            at_door = Attending(station, devices, session, direction.value, most=count, wait_s=wait)
            if station.is_clock_suspect(station.clock.read()):
                out.note(_("The clock of this machine is wrong: swipes are taken, and marked. Set it soon."))
            out.note(_("{title}: cards, please.").format(title=at_door.session.title))

            def show(one: Answered) -> None:
                line = _line(one.outcome, station.clock.read().wall_ms)
                out.say(f"{line}  {one.reader}" if len(devices) > 1 else line)
                sys.stdout.flush()  # whoever reads the lines may rely on each at once
                if rings:
                    print("\a", end="", file=sys.stderr, flush=True)

            answered = at_door.answered
            at_door.take(show)
        except KeyboardInterrupt:
            out.note("")
        finally:
            for device in devices:
                device.close()
    outcomes = [one.outcome for one in answered]
    accepted = sum(outcome.accepted for outcome in outcomes)
    counts = Counter(outcome.code for outcome in outcomes)
    out.result(
        {
            "session": session,
            "outcomes": [{**_as_json(one.outcome), "reader": one.reader} for one in answered],
            "counts": dict(sorted(counts.items())),
            "accepted": accepted,
        },
        ngettext("{n} card, {accepted} accepted.", "{n} cards, {accepted} accepted.", len(outcomes)).format(
            n=len(outcomes), accepted=accepted
        ),
    )


def _line(outcome: Outcome, now_ms: int) -> str:
    """One outcome on one line: mark, time, who, in words, code."""
    who = f"{outcome.person.name}  {outcome.person.unit}" if outcome.person else outcome.uid
    words = [sentence(code, outcome.detail) for code in (outcome.code, *outcome.warnings)]
    mark = "+" if outcome.accepted else "!"
    codes = " ".join((outcome.code, *outcome.warnings))
    return f"{mark} {show_time(now_ms)}  {who}  {' '.join(words)}  [{codes}]"


def _as_json(outcome: Outcome) -> dict[str, Any]:
    person = outcome.person
    return {
        "code": outcome.code,
        "accepted": outcome.accepted,
        "uid": outcome.uid,
        "card": outcome.card,
        "person": person.code if person else "",
        "name": person.name if person else "",
        "unit": person.unit if person else "",
        "dir": outcome.direction,
        "cseq": outcome.cseq,
        "position": outcome.place.p if outcome.place else None,
        "warnings": list(outcome.warnings),
    }
