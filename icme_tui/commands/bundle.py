"""``icme bundle``: looking at bundles without a station."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from icme_tui.clock import SystemClock, parse_utc
from icme_tui.commands.arrivalwords import VERDICTS, Judged, reasons
from icme_tui.commands.output import HELD, Output
from icme_tui.commands.words import _

app = typer.Typer(help=_("Check bundles without a home folder."))


@app.callback()
def bundle() -> None: ...


def _moment(text: str | None) -> int:
    if text is None:
        return SystemClock().read().wall_ms
    try:
        return parse_utc(text)
    except ValueError:
        raise typer.BadParameter(
            _("'{text}' is no moment such as 2026-09-30T00:00:00Z.").format(text=text), param_hint="--now"
        ) from None


@app.command()
def check(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help=_("Bundles or packs."))],
    trust: Annotated[
        Path,
        typer.Option(
            metavar="ALLOWED_SIGNERS", help=_("Whose keys may sign what: the file of ssh-keygen -Y verify.")
        ),
    ],
    identity: Annotated[
        Path, typer.Option(metavar="AGE_KEY", help=_("The age identity that opens them: the file of age -i."))
    ],
    receiver: Annotated[
        str, typer.Option("--as", metavar="CODE", help=_("Who receives them, such as OFFICE or V0007."))
    ],
    revoked: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help=_("Revoked public keys, one a line; good=EPOCH:POSITION:HEAD after a key keeps that much."),
        ),
    ] = None,
    after: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help=_("A bundle taken in before; may be given again, in order.")),
    ] = None,
    now: Annotated[
        str | None,
        typer.Option(metavar="TIME", help=_("The receiver's time, in UTC; else the clock's.")),
    ] = None,
) -> None:
    """Tell what this receiver would do with each file, and why.

    Every file is judged for itself: on an empty store, or on one that holds the files under --after.
    Nothing is written. Ends with 3 if any file would be held or set aside.

    JSON:
        bundles: list of {file, result, code}; result is accept, hold or quarantine
    """
    from icme_tui.operations import checking

    out = Output(ctx)
    now_ms = _moment(now)
    me = checking.make_receiver(receiver, trust, identity, revoked)
    results = list(checking.check_files(me, files, after or [], now_ms))
    rows = [
        [r.file, _(VERDICTS[r.result]), r.code, r.sender, f"{r.first}-{r.last}" if r.sender else ""]
        for r in results
    ]
    out.result(
        {"bundles": [{"file": str(r.file), "result": r.result, "code": r.code} for r in results]},
        out.table([_("File"), _("Result"), _("Code"), _("From"), _("Facts")], rows),
        *reasons(Judged(r.file.name, r.code, r.sender) for r in results),
    )
    if any(r.result != "accept" for r in results):
        raise typer.Exit(HELD)
