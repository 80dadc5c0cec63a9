"""``icme transfer``: what travels, looked at without changing anything."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from icme_tui.codes import RuleError
from icme_tui.commands.arrivals import show_scan
from icme_tui.commands.context import opened
from icme_tui.commands.kindwords import kind_word
from icme_tui.commands.moments import show_utc
from icme_tui.commands.output import Output
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import _

app = typer.Typer(help=_("Look at what travels between venues and office; change nothing."))


@app.command()
def scan(
    ctx: typer.Context,
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help=_("Bundles, packs, or the stick's folder."))
    ],
) -> None:
    """Tell what an import of these files would do, without doing it.

    What waits in inbox/ is looked at again, as an import does. Ends with 3 if anything would be held or set
    aside.

    JSON:
        files: list of {file, name, result, code, kind, from, seq, made, facts, known, snapshot, waited,
            changes}; result is accept, hold, quarantine or unreadable; made is UTC, by the sender's clock;
            changes is of a pack that would be taken a list of {kind, id, name, what, fields}, else null
        left_alone: sound files in the folder that are not for this station
    """
    show_scan(files, ctx)


@app.command()
def receipts(ctx: typer.Context) -> None:
    """Show what the office has acknowledged of this venue's facts, and what it refused.

    JSON:
        epochs: list of {epoch, current, recorded, exported, receipted, receipt_at, bundles, refused}
    """
    from icme_tui.operations import acknowledging

    out = Output(ctx)
    with opened(ctx) as station:
        if station.role != "venue":
            raise RuleError("VENUE_ONLY")
        found = acknowledging.epochs(station)
        refused = {one.epoch: acknowledging.refused_facts(station, one.epoch) for one in found}
    shown: list[list[Any]] = [
        [one.epoch[:8], fact.p, kind_word(fact.kind), show_utc(fact.at), fact.by, sentence(fact.code)]
        for one in found
        for fact in refused[one.epoch]
    ]
    out.result(
        {
            "epochs": [
                {
                    "epoch": one.epoch,
                    "current": one.is_current,
                    "recorded": one.recorded,
                    "exported": one.exported,
                    "receipted": one.receipted,
                    "receipt_at": one.receipt_at,
                    "bundles": [bundle._asdict() for bundle in one.bundles],
                    "refused": [fact._asdict() for fact in refused[one.epoch]],
                }
                for one in found
            ]
        },
        out.table(
            [_("Epoch"), _("Recorded"), _("Exported"), _("Receipted"), _("Receipt of")],
            [
                [one.epoch[:8], one.recorded, one.exported, one.receipted, show_utc(one.receipt_at)]
                for one in found
            ],
            right=(1, 2, 3),
        ),
        out.table([_("Epoch"), _("No."), _("Kind"), _("Time"), _("By"), _("Why not")], shown, right=(1,))
        if shown
        else None,
    )


@app.command()
def venues(ctx: typer.Context) -> None:
    """Show the venues of this office and what became of their last bundles.

    JSON:
        venues: list of {code, name, number, is_revoked, facts, last_seq, last_result, last_code, seen};
            seen is UTC, empty for never
    """
    from icme_tui.operations.venues import venues as venues_of

    out = Output(ctx)
    with opened(ctx) as station:
        if station.role != "office":
            raise RuleError("OFFICE_ONLY")
        found = venues_of(station)
    out.result(
        {"venues": [one._asdict() for one in found]},
        out.table(
            [_("Venue"), _("Number"), _("Facts held"), _("Last bundle"), _("Called")],
            [
                [
                    one.code,
                    one.number,
                    one.facts,
                    f"{one.last_seq}: {sentence(one.last_code)}" if one.last_seq else "",
                    one.name,
                ]
                for one in found
            ],
            right=(1, 2),
        ),
    )


@app.command()
def aside(ctx: typer.Context) -> None:
    """Show what was set aside in quarantine/, and why.

    JSON:
        files: list of {file, name, code, from, at, by}; at is UTC
    """
    from icme_tui.operations import quarantine

    out = Output(ctx)
    with opened(ctx) as station:
        found = quarantine.kept_files(station)
    out.result(
        {
            "files": [
                {
                    "file": str(one.file),
                    "name": one.name,
                    "code": one.code,
                    "from": one.sender,
                    "at": one.at,
                    "by": one.by,
                }
                for one in found
            ]
        },
        out.table(
            [_("Since"), _("From"), _("By"), _("File"), _("Why")],
            [
                [show_utc(one.at), one.sender, one.by, one.name, sentence(one.code, {"file": one.name})]
                for one in found
            ],
        ),
    )
