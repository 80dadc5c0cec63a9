"""One bad file, row or neighbour keeps nothing else out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from icme_tui import facts
from icme_tui.operations import filing, importing, packrows, receipts
from icme_tui.operations.packing import write_pack
from icme_tui.station import Station
from tests.support.pairs import Pair
from tests.support.rivals import beside, overtaken
from tests.support.stations import PASSWORD


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    made = Pair(tmp_path)
    yield made
    made.close()


@pytest.fixture
def poisoned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines with the word ``poison`` are more than the program can deal with."""
    absorb = Station.absorb

    def fails(station: Station, name: str, epoch: str, first: int, lines: Any, *more: Any) -> Any:
        merged = absorb(station, name, epoch, first, lines, *more)
        if any(b"poison" in line for line in lines):
            raise OverflowError
        return merged

    monkeypatch.setattr(Station, "absorb", fails)


def bundles(pair: Pair, *texts: str) -> list[Path]:
    """A bundle for each note, one after another."""
    found = []
    for text in texts:
        pair.clock.advance(60_000)
        pair.venue.record(facts.Note(text=text))
        path = pair.export()
        found.append(path.rename(path.with_name(f"{text}.cmeb")))
        confirm_all(pair)
    return found


def confirm_all(pair: Pair) -> None:
    """As if the office had told that it has everything, so that the next bundle holds what is new."""
    epoch = pair.venue.epoch
    top, head = pair.venue.top("V0007", epoch)
    pair.venue.set_setting("receipts", {epoch: {"pos": top, "head": head.hex()}})


class TestAFault:
    """A fault of the program with one file."""

    def test_is_a_reason_and_the_next_file_is_taken(self, pair: Pair, poisoned: None) -> None:
        pair.join()
        first, bad = bundles(pair, "first", "poison")
        results = importing.import_files(pair.office, [bad, first])
        assert [(each.result, each.code) for each in results] == [
            ("hold", "GAP"),
            ("accept", "OK"),
            ("quarantine", "BUNDLE_FAULT"),
        ]
        assert list(pair.office.folders.inbox.iterdir()) == []
        assert len(list(pair.office.folders.quarantine.glob("*.cmeb"))) == 1

    def test_leaves_nothing_behind_and_is_told_in_the_receipt(self, pair: Pair, poisoned: None) -> None:
        pair.join()
        first, bad = bundles(pair, "first", "poison")
        importing.import_files(pair.office, [first])
        top = pair.office.top("V0007", pair.venue.epoch)
        importing.import_files(pair.office, [bad])
        assert pair.office.top("V0007", pair.venue.epoch) == top
        (row,) = receipts.rows_for(pair.office, "V0007", "2026-09-28T09:00:00Z")
        assert [each["result"] for each in row["bundles"]] == ["accepted", "quarantined"]


class TestWhatLiesOnAStick:
    def test_folders_and_links_with_the_name_of_a_bundle_are_passed_by(self, pair: Pair) -> None:
        pair.join()
        (good,) = bundles(pair, "good")
        for path in pair.stick.iterdir():
            if path != good:
                path.unlink()
        (pair.stick / "folder.cmeb").mkdir()
        (pair.stick / "link.cmeb").symlink_to(good)
        results = importing.import_files(pair.office, [pair.stick])
        assert [(each.name, each.result, each.code) for each in results] == [
            ("folder.cmeb", "unreadable", "FILE_NOT_REGULAR"),
            ("good.cmeb", "accept", "OK"),
            ("link.cmeb", "unreadable", "FILE_NOT_REGULAR"),
        ]

    def test_a_file_that_waited_keeps_the_name_it_came_with(self, pair: Pair) -> None:
        pair.join()
        first, second = bundles(pair, "first", "second")
        importing.import_files(pair.office, [second])
        (kept,) = pair.office.folders.inbox.glob("*.cmeb")
        assert filing.name_of(kept) == "second.cmeb"
        results = importing.import_files(pair.office, [first])
        assert [(each.name, each.result) for each in results] == [
            ("first.cmeb", "accept"),
            ("second.cmeb", "accept"),
        ]
        assert list(pair.office.folders.inbox.iterdir()) == []


class TestRowsOfAPack:
    def pack(self, pair: Pair, monkeypatch: pytest.MonkeyPatch, *rows: bytes) -> importing.Imported:
        good = packrows.rows_for
        with monkeypatch.context() as patch:
            patch.setattr(packrows, "rows_for", lambda *given: [*good(*given), *rows])
            file = pair.pack()
        (outcome,) = importing.import_files(pair.venue, [file])
        return outcome

    @pytest.mark.parametrize("v", [99999999999999999999, 2**63 - 1, 2**53, 0, -1])
    def test_a_version_without_room_for_ours_is_left_out(
        self, pair: Pair, monkeypatch: pytest.MonkeyPatch, v: int
    ) -> None:
        pair.join()
        row = b'{"k":"unit","id":"UX","name":"n","v":%d}' % v
        assert self.pack(pair, monkeypatch, row).code == "OK"
        assert pair.venue.registry.get("unit", "UX") is None
        pair.venue.record(pair.venue.put("unit", "UX", name="ours"))

    @pytest.mark.parametrize("key", [b"5", b'"x"', b'"ssh-ed25519 AAAA"', b"null"])
    def test_an_issuer_whose_key_cannot_be_read_is_not_believed_and_nothing_else(
        self, pair: Pair, monkeypatch: pytest.MonkeyPatch, key: bytes
    ) -> None:
        pair.join()
        row = b'{"k":"station","id":"SX","v":1,"number":77,"card_key":%s}' % key
        assert self.pack(pair, monkeypatch, row).code == "OK"
        keys = pair.venue.card_keys
        assert keys is not None
        assert set(keys.issuers) == {0, 1}


def test_two_programs_take_one_pack_once(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk of the home folder has no locks, so that nobody waits for a turn."""
    monkeypatch.setattr(importing, "import_turn", lambda station: nullcontext())
    pair.join()
    file = write_pack(pair.office, "V0007", pair.stick).sent.file
    with beside(pair.venue, PASSWORD) as rival:
        overtaken(pair.venue, lambda: importing.import_files(rival, [file]))
        (outcome,) = importing.import_files(pair.venue, [file])
    assert (outcome.result, outcome.code) == ("accept", "OK")
    lines = [facts.decode(entry.line) for entry in pair.venue.entries()]
    assert len([line for line in lines if isinstance(line, facts.PackTaken)]) == 2
