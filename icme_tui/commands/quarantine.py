"""``icme quarantine``: what was set aside, and the decisions about it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from icme_tui.commands.context import opened
from icme_tui.commands.moments import show_utc
from icme_tui.commands.output import HELD, Output
from icme_tui.commands.quarantinewords import WAYS, decided, meaning, remedy
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import _

app = typer.Typer(help=_("What was set aside: look at it, let it in, reject it."))

File = Annotated[
    str,
    typer.Argument(metavar="FILE", help=_("What the file was called, or the first digits of its SHA-256.")),
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help=_("Why; it stands in the journal."))]


@app.command("list")
def list_kept(
    ctx: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help=_("Also what was decided."))] = False,
) -> None:
    """List what was set aside and waits for a decision.

    JSON:
        files: list of {id, name, code, from, at, by, way, decision}; id is the SHA-256 of the file, at UTC;
            way is again, resolve or never: what a release can come to; decision is null or
            {what, by, at, reason}
    """
    from icme_tui.operations import quarantine

    out = Output(ctx)
    with opened(ctx) as station:
        found = quarantine.kept_files(station, decided=everything)
    rows = [
        [
            one.id[:8],
            show_utc(one.at),
            one.sender,
            one.name,
            one.code,
            decided(one.decision) if one.decision else "",
        ]
        for one in found
    ]
    headings = ["SHA-256", _("Since"), _("From"), _("File"), _("Code"), _("Decided")]
    shown = out.table(headings, rows) if found else _("Nothing was set aside.")
    out.result({"files": [_json(one) for one in found]}, shown)


@app.command()
def show(ctx: typer.Context, file: File) -> None:
    """Show why a file was set aside, what it means and what to do.

    JSON:
        file: {id, name, code, from, at, by, way, decision} as in 'icme quarantine list'
        path: where it is kept
        meaning: what the code means
        remedy: what to do
    """
    from icme_tui.operations import quarantine

    out = Output(ctx)
    with opened(ctx) as station:
        kept = quarantine.find(station, file)
    pairs = [
        (_("File"), kept.name),
        (_("From"), kept.sender),
        (_("Since"), show_utc(kept.at)),
        (_("By"), kept.by),
        (_("Kept as"), kept.file),
        (_("Code"), kept.code),
        (_("Why"), meaning(kept)),
        (_("What to do"), remedy(kept.code)),
        (_("Release"), _(WAYS[kept.way])),
        (_("Decided"), decided(kept.decision) if kept.decision else ""),
    ]
    out.result(
        {
            "file": _json(kept),
            "path": str(kept.file),
            "meaning": meaning(kept),
            "remedy": remedy(kept.code),
        },
        out.pairs([(name, value) for name, value in pairs if value]),
    )


@app.command()
def release(ctx: typer.Context, file: File, reason: Reason) -> None:
    """Have a file judged anew and take it in if it holds now.

    No check is set aside: what is not signed by a key that is believed, or cannot be decrypted, never gets
    in. The decision is recorded with the operator's name and the reason. Ends with 3 if the file stays.

    JSON:
        id: SHA-256 of the file
        result: accept, hold (it waits in inbox/ now) or quarantine (it stays; nothing was recorded)
        code: of the new judgement
        new: facts that were not held before
        known: facts that were
    """
    from icme_tui.operations import releasing

    out = Output(ctx)
    with opened(ctx) as station:
        done = releasing.release(station, file, reason)
    name = done.kept.name or done.kept.id[:8]
    told = {
        "accept": _("{file} is let in: {new} facts new, {known} known."),
        "hold": _("{file} is let in and waits in inbox/ now: {why}"),
        "quarantine": _("{file} stays set aside: {why} [{code}]"),
    }[done.result]
    said = told.format(
        file=name,
        new=done.new,
        known=done.known,
        code=done.code,
        why=sentence(done.code, {"file": name, "sender": done.kept.sender or "-"}),
    )
    out.result(
        {"id": done.kept.id, "result": done.result, "code": done.code, "new": done.new, "known": done.known},
        said,
    )
    if done.result != "accept":
        raise typer.Exit(HELD)


@app.command()
def reject(ctx: typer.Context, file: File, reason: Reason) -> None:
    """Refuse a file for good: brought again it is not taken in. It stays where it is kept.

    The decision is recorded with the operator's name and the reason; 'icme quarantine release' takes it back.

    JSON:
        id: SHA-256 of the file
        code: why it was set aside
    """
    from icme_tui.operations import releasing

    out = Output(ctx)
    with opened(ctx) as station:
        kept = releasing.reject(station, file, reason)
    out.result(
        {"id": kept.id, "code": kept.code},
        _("{file} is rejected. It stays in quarantine/.").format(file=kept.name or kept.id[:8]),
    )


def _json(kept: Any) -> dict[str, Any]:
    return {
        "id": kept.id,
        "name": kept.name,
        "code": kept.code,
        "from": kept.sender,
        "at": kept.at,
        "by": kept.by,
        "way": kept.way,
        "decision": kept.decision._asdict() if kept.decision else None,
    }
