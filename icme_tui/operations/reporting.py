"""What the imports of this home brought, file by file and station by station.

It is kept beside the journal, in the same transaction as what was taken in: two homes of one office have the
same facts and have each taken in other files.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from icme_tui import durable
from icme_tui.bundles.trust import FACTS
from icme_tui.codes import SheetError
from icme_tui.operations.tables import Table, write_file
from icme_tui.sheets import write_csv
from icme_tui.station import Import

if TYPE_CHECKING:
    from icme_tui.bundles.check import Checked
    from icme_tui.station import Merged, Station


class OfStation(NamedTuple):
    """The imports of one station together."""

    station: str
    """Empty for files whose sender cannot be believed."""
    name: str
    files: int
    new: int
    known: int
    held: int
    """Files that wait or waited."""
    quarantined: int
    flagged: int
    """Places that carried a flag when they came."""
    last_ms: int
    """When the last file came."""
    last_code: str


def note(station: Station, checked: Checked, merged: Merged | None, file: str) -> None:
    """Keep what became of a file, inside the transaction that takes it in."""
    manifest = checked.manifest
    at, by = station.clock.read().wall_ms, station.operator
    if manifest is None:
        station.note_import(
            Import(at, by, file, "", "", "", "", 0, 0, 0, checked.result, checked.code, 0, 0, 0)
        )
        return
    log = manifest.log
    of_facts = manifest.kind == FACTS and merged is not None
    station.note_import(
        Import(
            at,
            by,
            file,
            checked.bundle_id,
            manifest.kind,
            manifest.from_,
            manifest.epoch,
            manifest.seq,
            log.first,
            log.last,
            checked.result,
            checked.code,
            merged.new if merged else 0,
            merged.known if merged else 0,
            station.flagged_places(manifest.from_, manifest.epoch, log.first, log.last) if of_facts else 0,
        )
    )


def imports(station: Station, since_ms: int = 0) -> list[Import]:
    """What was taken in from a moment on (Unix milliseconds), the oldest first."""
    return station.imports(since_ms)


def by_station(station: Station, since_ms: int = 0) -> list[OfStation]:
    """The same for each station, by code."""
    found: dict[str, list[Import]] = {}
    for one in station.imports(since_ms):
        found.setdefault(one.station, []).append(one)
    return [_together(station, code, of_station) for code, of_station in sorted(found.items())]


def _together(station: Station, code: str, every: list[Import]) -> OfStation:
    record = station.registry.get("station", code) if code else None
    return OfStation(
        code,
        str(record.body.get("name", "")) if record is not None else "",
        len(every),
        sum(one.new for one in every),
        sum(one.known for one in every),
        sum(one.result == "hold" for one in every),
        sum(one.result == "quarantine" for one in every),
        sum(one.flagged for one in every),
        every[-1].at_ms,
        every[-1].code,
    )


def write_csv_file(path: Path, table: Table) -> Path:
    """Write a table as CSV, in the place of a file of that name. Raises SheetError ``SHEET_NOT_WRITTEN``."""
    try:
        durable.write_atomic(path, write_csv(table))
    except OSError as error:
        raise SheetError("SHEET_NOT_WRITTEN", file=str(path), reason=error.strerror or "") from error
    return path


def write_xlsx_file(path: Path, table: Table) -> Path:
    """Write a table as a workbook. Raises SheetError ``SHEET_NOT_WRITTEN``."""
    return write_file(path, [table])
