"""``icme import``, and what an import would do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from icme_tui.commands.arrivalwords import (
    RESULTS,
    VERDICTS,
    Judged,
    brought,
    judged,
    nothing_here,
    reasons,
)
from icme_tui.commands.context import opened
from icme_tui.commands.moments import show_utc
from icme_tui.commands.output import HELD, Output
from icme_tui.commands.packwords import pack_json, pack_lines
from icme_tui.commands.words import _

if TYPE_CHECKING:
    from icme_tui.operations.importing import Imported
    from icme_tui.station import Station


def import_(
    ctx: typer.Context,
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FILE…",
            help=_("Bundles, packs, or the stick's folder; else the folder that this station watches."),
        ),
    ] = None,
    identity: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help=_("At an office made anew: its recovery sheet opens what was sent to the lost one."),
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=_("Only tell what would become of them; change nothing."))
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help=_("Stay, and take in what comes into the folder. Ctrl+C ends it."))
    ] = False,
    every: Annotated[
        float, typer.Option(min=1, max=3600, metavar="SECONDS", help=_("With --watch: look so often."))
    ] = 5,
    minutes: Annotated[
        int | None,
        typer.Option("--for", min=1, metavar="MINUTES", help=_("With --watch: end after so many minutes.")),
    ] = None,
) -> None:
    """Take in bundles at the office, or a pack at a venue.

    Of a pack it is told what it changes: people, courses, cards, blocked cards. With --dry-run that is told
    before anything is taken in, as by 'icme transfer scan'.

    What has to wait stays in inbox/ and is tried again at every import; what is refused is kept in
    quarantine/ with its reason. Ends with 3 if anything was held or set aside.

    With --watch one folder is looked at again and again. A file is taken in once nobody writes to it any
    more; names ending in .part or beginning with a dot are left alone.

    JSON:
        bundles: list of {file, name, result, code, kind, from, facts, new, known, waited, brought,
            changes}; name is what the file was called where it came from, result also unreadable for what is
            no file; brought is of a pack that was put in force: {people, courses, sessions, cards, blocked},
            else empty; changes is of such a pack a list of {kind, id, name, what, fields}, else null
        totals.new: facts that were not held before
        totals.known: facts that were
        totals.held: facts in bundles that have to wait
        totals.quarantined: files set aside
        totals.files_taken: files taken in
        totals.files_held: files that have to wait
        passed_over: list of {file, kind, from, to}: where nothing was taken in, what lies in the folder; as
            the files say of themselves, not verified
    """
    from icme_tui.operations import importing, passing, recovering

    out = Output(ctx)
    lent = recovering.read_identities(identity) if identity is not None else []
    if dry_run:
        show_scan(files or [], ctx)
        return
    with opened(ctx) as station:
        station.lend(lent)
        paths = files or _watched(station)
        if watch:
            results = _watch(out, station, paths, every, minutes)
        else:
            with out.progress(_("Importing"), len(importing.bundles_in(paths))) as step:
                results = importing.import_files(station, paths, step)
        code = station.code
    passed = [] if results or watch else passing.passed_over(paths)
    totals = {
        "new": sum(r.new for r in results),
        "known": sum(r.known for r in results),
        "held": sum(r.facts for r in results if r.result == "hold"),
        "quarantined": sum(r.result == "quarantine" for r in results),
        "files_taken": sum(r.result == "accept" for r in results),
        "files_held": sum(r.result == "hold" for r in results),
    }
    out.result(
        {
            "bundles": [
                {
                    "file": str(r.file),
                    "name": r.name,
                    "result": r.result,
                    "code": r.code,
                    "kind": r.kind,
                    "from": r.sender,
                    "facts": r.facts,
                    "new": r.new,
                    "known": r.known,
                    "waited": r.from_inbox,
                    "brought": r.brought,
                    "changes": pack_json(r.changes),
                }
                for r in results
            ],
            "totals": totals,
            "passed_over": [
                {"file": str(one.file), "kind": one.kind, "from": one.sender, "to": one.to} for one in passed
            ],
        },
        *_shown(out, results, totals, nothing_here(code, passed), watched=watch),
    )
    if any(r.result != "accept" for r in results):
        raise typer.Exit(HELD)


def _watched(station: Station) -> list[Path]:
    """The folder of the station's setting. Raises typer.BadParameter where there is none."""
    from icme_tui.operations import watching

    folder = watching.watched_folder(station)
    if not folder:
        raise typer.BadParameter(
            _("Name files or a folder. 'icme station watch DIR' sets one for good."), param_hint="FILE…"
        )
    return [Path(folder)]


def _watch(
    out: Output, station: Station, paths: list[Path], every_s: float, minutes: int | None
) -> list[Imported]:
    from icme_tui.commands import watching

    if len(paths) != 1 or not paths[0].is_dir():
        raise typer.BadParameter(_("Name one folder to watch."), param_hint="FILE…")
    return watching.watch(out, station, paths[0], every_s, minutes)


def _shown(
    out: Output, results: list[Imported], totals: dict[str, int], nothing: str, *, watched: bool
) -> list[Any]:
    if watched:  # what came was told when it came
        return _told(totals)
    return _imported(out, results, totals) if results else [nothing]


def _imported(out: Output, results: list[Imported], totals: dict[str, int]) -> list[Any]:
    rows = [
        [
            r.name,
            r.sender,
            _(RESULTS[r.result]),
            r.code,
            *(("", "") if r.kind == "pack" else (r.new, r.known)),
        ]
        for r in results
    ]
    return [
        out.table([_("File"), _("From"), _("Result"), _("Code"), _("New"), _("Known")], rows, right=(4, 5)),
        *(line for r in results if r.brought for line in _brought(r)),
        *reasons(judged(results)),
        *_told(totals),
    ]


def _told(totals: dict[str, int]) -> list[str]:
    """The sums of an import, and where to go on."""
    told = [
        _("Files: {files_taken} taken in, {files_held} waiting, {quarantined} set aside.").format(**totals),
        _("Facts: {new} new, {known} known, {held} waiting.").format(**totals),
    ]
    if totals["quarantined"]:
        told.append(_("What to do about files set aside: icme quarantine list"))
    return told


def _brought(taken: Imported) -> list[str]:
    """What a pack has brought and changed."""
    return [brought(taken), *(pack_lines(taken.changes) if taken.changes else [])]


def show_scan(files: list[Path], ctx: typer.Context) -> None:
    """Tell what an import of these files would do. Raises typer.Exit."""
    from icme_tui.operations import scanning

    out = Output(ctx)
    with opened(ctx) as station:
        count = len(scanning.files_in(station, files))
        with out.progress(_("Looking"), count) as step:
            found = scanning.scan(station, files, step)
    words = {**VERDICTS, "unreadable": RESULTS["unreadable"]}
    out.result(
        {
            "files": [
                {
                    "file": str(one.file),
                    "name": one.name,
                    "result": one.result,
                    "code": one.code,
                    "kind": one.kind,
                    "from": one.sender,
                    "seq": one.seq,
                    "made": one.made,
                    "facts": one.facts,
                    "known": one.known,
                    "snapshot": one.snapshot,
                    "waited": one.from_inbox,
                    "changes": pack_json(one.changes),
                }
                for one in found.files
            ],
            "left_alone": found.left_alone,
        },
        out.table(
            [_("File"), _("From"), _("No."), _("Written"), _("Facts"), _("Known"), _("Result")],
            [
                [
                    one.name,
                    one.sender,
                    one.seq or "",
                    show_utc(one.made),
                    one.facts,
                    one.known,
                    _(words[one.result]),
                ]
                for one in found.files
            ],
            right=(2, 4, 5),
        ),
        *reasons(Judged(one.name, one.code, one.sender) for one in found.files),
        *(line for one in found.files if one.changes for line in [one.name, *pack_lines(one.changes)]),
        _("Nothing has been changed."),
    )
    if any(one.result != "accept" for one in found.files):
        raise typer.Exit(HELD)
