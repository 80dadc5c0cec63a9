"""``icme outbox``: what has become of every fact of this venue."""

from __future__ import annotations

from typing import Any

import typer

from icme_tui.commands.context import opened
from icme_tui.commands.kindwords import kind_word
from icme_tui.commands.moments import show_utc
from icme_tui.commands.outboxwords import remedy, standing, summary
from icme_tui.commands.output import Output
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import _


def outbox(ctx: typer.Context) -> None:
    """Show of every fact of this venue whether it is exported and whether the office has receipted it.

    Facts that the office has but does not count are listed with the reason and with what to do.

    JSON:
        recorded: facts of this venue
        exported: of these, how many some stick has carried
        receipted: of these, how many the office has told that it has
        late_days: days since the first bundle that is not receipted was written, or null
        stretches: list of {epoch, first, last, state, at, folder, file, bundles}; state is recorded, exported
            or receipted; at is UTC
        refused: list of {epoch, p, code, kind, at, by}
    """
    from icme_tui.operations import outbox as outboxes

    out = Output(ctx)
    with opened(ctx) as station:
        found = outboxes.outbox(station)
    shown: list[Any] = [
        out.table(
            [_("Epoch"), _("No."), _("State")],
            [[one.epoch[:8], f"{one.first}-{one.last}", standing(one)] for one in found.stretches],
        )
    ]
    if found.refused:
        rows = [
            [epoch[:8], one.p, kind_word(one.kind), show_utc(one.at), sentence(one.code), remedy(one.code)]
            for epoch, one in found.refused
        ]
        headings = [_("Epoch"), _("No."), _("Kind"), _("Time"), _("Why not"), _("What to do")]
        shown.append(out.table(headings, rows, right=(1,)))
    out.result(
        {
            "recorded": found.recorded,
            "exported": found.exported,
            "receipted": found.receipted,
            "late_days": found.late_days,
            "stretches": [one._asdict() for one in found.stretches],
            "refused": [{"epoch": epoch, **one._asdict()} for epoch, one in found.refused],
        },
        *shown,
        *summary(found),
    )
