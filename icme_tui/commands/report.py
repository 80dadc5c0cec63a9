"""``icme report``: what the imports of this station brought."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from icme_tui.commands.arrivalwords import RESULTS
from icme_tui.commands.context import opened
from icme_tui.commands.moments import read_moment, show_moment
from icme_tui.commands.output import Output
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import N_, _, ngettext
from icme_tui.operations.tables import Table

if TYPE_CHECKING:
    from icme_tui.operations.reporting import OfStation
    from icme_tui.station import Import

app = typer.Typer(help=_("What imports brought."))

Since = Annotated[
    str, typer.Option(metavar="TIME", help=_("From this local time on, such as 2026-09-25T08:30."))
]
Csv = Annotated[Path | None, typer.Option("--csv", metavar="FILE", help=_("Write the rows as CSV."))]
Xlsx = Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help=_("Write the rows as a workbook."))]

_IMPORTS: tuple[str, ...] = (N_("Time"), N_("By"), N_("File"), N_("From"), N_("Epoch"), N_("Bundle"))
_IMPORTS += (N_("First"), N_("Last"), N_("Result"), N_("New"), N_("Known"), N_("Flagged"), N_("Why"))
_STATIONS: tuple[str, ...] = (N_("Station"), N_("Called"), N_("Files"), N_("New"), N_("Known"), N_("Held"))
_STATIONS += (N_("Set aside"), N_("Flagged"), N_("Last seen"), N_("Why"))

_EPOCH = 8
"""Digits of an epoch that are shown."""


@app.command("imports")
def imports(ctx: typer.Context, since: Since = "", csv: Csv = None, xlsx: Xlsx = None) -> None:
    """Show what became of every file that was taken in here, the oldest first.

    A file that waits is told again only when its reason changes.

    JSON:
        imports: list of {at_ms, by, file, bundle, kind, station, epoch, seq, first, last, result, code, new,
            known, flagged}; flagged counts the places that carried a flag when they came
        totals: {files, new, known, held, quarantined, flagged}
    """
    from icme_tui.operations import reporting

    out = Output(ctx)
    with opened(ctx) as station:
        found = reporting.imports(station, read_moment(since, "--since") if since else 0)
    table = Table(_("Imports"), [_(heading) for heading in _IMPORTS], [_import(one) for one in found])
    totals = {
        "files": len(found),
        "new": sum(one.new for one in found),
        "known": sum(one.known for one in found),
        "held": sum(one.result == "hold" for one in found),
        "quarantined": sum(one.result == "quarantine" for one in found),
        "flagged": sum(one.flagged for one in found),
    }
    told = _(
        "{files} files: {new} new facts, {known} known, {flagged} flagged; {held} held, {aside} set aside."
    )
    out.result(
        {"imports": [one._asdict() for one in found], "totals": totals},
        out.table(table.headings, table.rows, right=(5, 6, 7, 9, 10, 11)) if found else None,
        told.format(aside=totals["quarantined"], **totals),
        *_write(table, csv, xlsx),
    )


@app.command("stations")
def stations(ctx: typer.Context, since: Since = "", csv: Csv = None, xlsx: Xlsx = None) -> None:
    """Show what imports brought of each station.

    JSON:
        stations: list of {station, name, files, new, known, held, quarantined, flagged, last_ms, last_code};
            station is empty for files whose sender cannot be believed
        total: how many there are
    """
    from icme_tui.operations import reporting

    out = Output(ctx)
    with opened(ctx) as station:
        found = reporting.by_station(station, read_moment(since, "--since") if since else 0)
    table = Table(_("Stations"), [_(heading) for heading in _STATIONS], [_station(one) for one in found])
    out.result(
        {"stations": [one._asdict() for one in found], "total": len(found)},
        out.table(table.headings, table.rows, right=(2, 3, 4, 5, 6, 7)) if found else None,
        ngettext("{n} station.", "{n} stations.", len(found)).format(n=len(found)),
        *_write(table, csv, xlsx),
    )


def _write(table: Table, csv: Path | None, xlsx: Path | None) -> list[str]:
    from icme_tui.operations import reporting

    written: list[Path] = []
    if csv is not None:
        written.append(reporting.write_csv_file(csv, table))
    if xlsx is not None:
        written.append(reporting.write_xlsx_file(xlsx, table))
    return [_("Written to {file}").format(file=path) for path in written]


def _why(code: str) -> str:
    return "" if code == "OK" else sentence(code)


def _import(one: Import) -> list[Any]:
    numbers = [one.seq, one.first, one.last] if one.bundle else ["", "", ""]
    return [
        show_moment(one.at_ms),
        one.by,
        one.file,
        one.station,
        one.epoch[:_EPOCH],
        *numbers,
        _(RESULTS[one.result]),
        one.new,
        one.known,
        one.flagged,
        _why(one.code),
    ]


def _station(one: OfStation) -> list[Any]:
    return [
        one.station or _("unknown"),
        one.name,
        one.files,
        one.new,
        one.known,
        one.held,
        one.quarantined,
        one.flagged,
        show_moment(one.last_ms),
        _why(one.last_code),
    ]
