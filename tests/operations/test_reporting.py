"""The report of imports: every file with what became of it, kept with what was taken in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from icme_tui.operations import importing, receipts, reporting
from icme_tui.operations.tables import Table
from icme_tui.sheets import read_book, write_csv
from tests.support import stations
from tests.support.copies import Copied
from tests.support.pairs import Pair


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    stations.weaken_passwords(monkeypatch)
    made = Pair(tmp_path)
    made.join()
    yield made
    made.close()


def test_new_and_known_facts_by_file_and_station(pair: Pair) -> None:
    pair.note(3)
    file = pair.export()
    pair.office_takes(file)
    pair.office_takes(file)
    first, again = reporting.imports(pair.office)
    top, _head = pair.venue.top("V0007", pair.venue.epoch)
    assert (first.file, first.station, first.result, first.code) == (file.name, "V0007", "accept", "OK")
    assert (first.first, first.last, first.new, first.known, first.flagged) == (1, top, top, 0, 0)
    assert (again.new, again.known, again.bundle) == (0, top, first.bundle)
    assert first.by == pair.office.operator
    [together] = reporting.by_station(pair.office)
    assert (together.name, together.files, together.new, together.known) == ("示范医院", 2, top, top)
    assert reporting.imports(pair.office, again.at_ms + 1) == []
    [pack] = reporting.imports(pair.venue)
    assert (pack.kind, pack.station, pack.result) == ("pack", "OFFICE", "accept")


def test_what_waits_is_told_once_and_again_when_it_is_taken_in(pair: Pair) -> None:
    pair.note(1)
    first = pair.export()
    epoch = pair.venue.epoch
    top, head = pair.venue.top("V0007", epoch)
    row = {"venue": "V0007", "epoch": epoch, "pos": top, "head": head.hex()}
    receipts.take_receipts(pair.venue, [row])
    pair.note(1)
    second = pair.export()
    for _ in range(3):
        importing.import_files(pair.office, [second])
    assert [(one.result, one.code) for one in reporting.imports(pair.office)] == [("hold", "GAP")]
    importing.import_files(pair.office, [first])
    told = [(one.file, one.result, one.new) for one in reporting.imports(pair.office)][1:]
    assert told == [(first.name, "accept", top), (second.name, "accept", 1)]
    assert reporting.by_station(pair.office)[0].held == 1


def test_what_was_set_aside_has_no_sender_that_can_be_believed(pair: Pair, tmp_path: Path) -> None:
    spoiled = bytearray(pair.export().read_bytes())
    spoiled[600] ^= 1
    path = tmp_path / "=cmd|'x'.cmeb"
    path.write_bytes(spoiled)
    importing.import_files(pair.office, [path])
    [one] = reporting.imports(pair.office)
    assert (one.station, one.result, one.file) == ("", "quarantine", path.name)
    [together] = reporting.by_station(pair.office)
    assert (together.station, together.quarantined) == ("", 1)


def test_flagged_places_are_counted_when_they_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stations.weaken_passwords(monkeypatch)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    world = Copied(tmp_path)
    world.fork()
    last = reporting.imports(world.pair.office)[-1]
    assert (last.code, last.flagged > 0) == ("FORK", True)
    world.pair.close()


def test_nothing_is_told_of_what_was_undone(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    file = pair.export()

    def fails(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(importing, "_take", fails)
    with pytest.raises(OSError):  # noqa: PT011 - any
        importing.import_files(pair.office, [file])
    assert reporting.imports(pair.office) == []


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "＝1", "-"])
def test_a_text_is_no_formula(text: str, tmp_path: Path) -> None:
    table = Table("t", ["a", "b"], [[text, -5], ['plain, with "marks"', 1.5]])
    path = reporting.write_csv_file(tmp_path / "t.csv", table)
    assert path.read_bytes() == write_csv(table)
    rows = read_book(path).sheets[0].rows
    assert str(rows[1][0]).startswith("'")
    assert [str(cell) for cell in rows[2]] == ['plain, with "marks"', "1.5"]
    assert str(rows[1][1]) == "-5"
    book = read_book(reporting.write_xlsx_file(tmp_path / "t.xlsx", table))
    assert book.sheets[0].rows[1][0] == text
