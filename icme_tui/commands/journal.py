"""``icme journal``: is it whole, do the lists agree with it, and who did what when."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from icme_tui.clock import format_utc, parse_utc
from icme_tui.commands.context import opened
from icme_tui.commands.moments import read_moment, show_moment
from icme_tui.commands.output import FAILED, Output
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import _, ngettext

if TYPE_CHECKING:
    from icme_tui.operations.auditing import Known, Shown

app = typer.Typer(help=_("Verify, rebuild and show the journal."))


@app.command()
def verify(ctx: typer.Context) -> None:
    """Compute every hash and every chain anew from the stored bytes.

    Ends with 1 if anything is wrong. A gap is no fault of this store: an earlier bundle is missing.

    JSON:
        ok: true when nothing is wrong
        facts: how many there are
        sources: list of {station, epoch, facts, top, head, problems}; top is the last position without a gap
            before it; problems are HASH:p, HEAD:p, PLACE:p, FORK:p and GAP:p
    """
    from icme_tui.operations import auditing

    out = Output(ctx)
    with opened(ctx) as station:
        reports = auditing.verify(station)
    wrong = [each for report in reports for each in report.problems if not each.startswith("GAP:")]
    total = sum(report.lines for report in reports)
    out.result(
        {
            "ok": not wrong,
            "facts": total,
            "sources": [
                {
                    "station": report.station,
                    "epoch": report.epoch,
                    "facts": report.lines,
                    "top": report.top,
                    "head": report.head,
                    "problems": report.problems,
                }
                for report in reports
            ],
        },
        out.table(
            [_("Station"), _("Epoch"), _("Facts"), _("Up to"), _("Problems")],
            [[r.station, r.epoch[:8], r.lines, r.top, " ".join(r.problems)] for r in reports],
            right=(2, 3),
        ),
        _verdict(total, wrong),
    )
    if wrong:
        raise typer.Exit(FAILED)


def _verdict(total: int, wrong: list[str]) -> str:
    if not wrong:
        return _("{n} facts: every hash and every chain is right.").format(n=total)
    if all(each.startswith("FORK:") for each in wrong):
        return sentence("CHAIN_FORKS", {"facts": total, "forks": len(wrong)})
    return _(
        "{n} facts: {wrong} things are wrong. Change nothing, and keep a copy of the home folder."
    ).format(n=total, wrong=len(wrong))


@app.command()
def rebuild(
    ctx: typer.Context,
    check: Annotated[
        bool, typer.Option("--check", help=_("Only compare; change nothing, end with 1 at a difference."))
    ] = False,
) -> None:
    """Work out every list from the facts alone and report what differs from the lists that are kept.

    JSON:
        ok: true when nothing differed
        differences: object of table name and number of rows that differed
    """
    out = Output(ctx)
    with opened(ctx) as station:
        differed = {table: rows for table, rows in station.rebuild(check=check).items() if rows}
    if not differed:
        told = _("Everything agrees with the facts.")
    elif check:
        told = _("The lists differ from the facts. Run 'icme journal rebuild' to make them agree.")
    else:
        told = _("The lists were made anew from the facts.")
    out.result(
        {"ok": not differed, "differences": differed},
        out.table([_("Table"), _("Rows that differ")], sorted(differed.items()), right=(1,))
        if differed
        else None,
        told,
    )
    if check and differed:
        raise typer.Exit(FAILED)


@app.command()
def show(
    ctx: typer.Context,
    kind: Annotated[
        str | None, typer.Option(metavar="KIND", help=_("Only this kind, such as swipe."))
    ] = None,
    person: Annotated[
        str | None, typer.Option(metavar="CODE", help=_("Only what concerns this person."))
    ] = None,
    by: Annotated[str | None, typer.Option(metavar="NAME", help=_("Only what this operator did."))] = None,
    station: Annotated[
        str | None, typer.Option(metavar="CODE", help=_("Only what this station wrote."))
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help=_("From this local time on, such as 2026-09-25T08:30."))
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help=_("Before this local time."))] = None,
    limit: Annotated[int, typer.Option(min=1, help=_("At most so many, the newest."))] = 50,
) -> None:
    """Show who did what and when: the newest facts that fit, oldest first.

    ID numbers and telephone numbers are masked.

    JSON:
        facts: list of {station, epoch, p, kind, at, by, fields, adjusted_at}; at is UTC; adjusted_at is what
            it counts as where the office has moved it
        shown: how many there are
    """
    from icme_tui.operations import auditing

    out = Output(ctx)
    start = format_utc(read_moment(since, "--since")) if since else None
    end = format_utc(read_moment(until, "--until")) if until else None
    with opened(ctx) as opened_station:
        found = auditing.show(
            opened_station,
            kind=kind,
            person=person,
            operator=by,
            source=station,
            since=start,
            until=end,
            limit=limit,
        )
        hints = [] if found else _hints(auditing.known(opened_station), kind, by, station)
    out.result(
        {"facts": [fact._asdict() for fact in found], "shown": len(found)},
        out.table(
            [_("Time"), _("Station"), _("No."), _("Kind"), _("By"), _("What")],
            [[_local(f.at), f.station, f.p, f.kind, f.by, _counted(f) + _told(f.fields)] for f in found],
            right=(2,),
        ),
        ngettext("{n} fact.", "{n} facts.", len(found)).format(n=len(found)),
        *hints,
    )


def _hints(known: Known, kind: str | None, by: str | None, station: str | None) -> list[str]:
    """Where nothing fits: which of the words that were asked for stands in no fact at all."""
    asked = (
        (kind, known.kinds, _("There are no facts of the kind '{given}'. There are: {known}.")),
        (by, known.operators, _("'{given}' has done nothing. There are: {known}.")),
        (station, known.stations, _("Nothing is held of '{given}'. There are: {known}.")),
    )
    return [
        text.format(given=given, known=", ".join(sorted(there)))
        for given, there, text in asked
        if given is not None and given not in there
    ]


LONGEST_SHOWN = 40
"""Characters of a value in the table; --json gives it whole."""

_STAMPS = ("hlc", "boot", "mono_ms", "clk")


def _counted(fact: Shown) -> str:
    """The time that counts where the office has moved the one that the fact says."""
    return _("counts as {time}").format(time=_local(fact.adjusted_at)) + "; " if fact.adjusted_at else ""


def _told(fields: dict[str, Any]) -> str:
    """The fields of a fact in one line, without its stamps; a put shows what it sets."""
    shown = {name: value for name, value in fields.items() if name not in _STAMPS}
    inner = shown.pop("set", None)
    if isinstance(inner, dict):
        shown.update(inner)
    return " ".join(f"{name}={_short(value)}" for name, value in shown.items() if value != "")


def _short(value: Any) -> str:
    text = _local(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def _local(at: str) -> str:
    try:
        return show_moment(parse_utc(at))
    except (ValueError, OverflowError):
        return at
