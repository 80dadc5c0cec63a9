"""A dry run says what the import then does, and changes nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icme_tui.operations import filing, importing, scanning
from icme_tui.station import Station
from tests.support import stations
from tests.support.pairs import Pair


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    stations.weaken_passwords(monkeypatch)
    made = Pair(tmp_path)
    made.join()
    yield made
    made.close()


def held(station: Station) -> list[tuple[str, str, int]]:
    return [(*source, station.top(*source)[0]) for source in station.sources()]


def trees(home: Path) -> dict[str, bytes]:
    return {
        path.relative_to(home).as_posix(): path.read_bytes()
        for name in ("inbox", "quarantine", "outbox")
        for path in sorted((home / name).iterdir())
    }


def test_it_tells_sender_number_time_and_facts(pair: Pair) -> None:
    pair.note(3)
    bundle = pair.export()
    (found,) = scanning.scan(pair.office, [pair.stick]).files
    assert found.file == bundle
    assert (found.result, found.code, found.kind, found.sender) == ("accept", "OK", "facts", "V0007")
    assert (found.seq, found.made) == (1, "2026-09-25T08:03:00Z")
    assert found.facts == pair.venue.top("V0007", pair.venue.epoch)[0]
    assert found.known == 0


def test_it_changes_nothing(pair: Pair) -> None:
    pair.note()
    good = pair.export()
    bad = pair.stick / "bad.cmeb"
    bad.write_bytes(good.read_bytes()[:-1])
    before = held(pair.office), trees(pair.office.home)
    assert [each.result for each in scanning.scan(pair.office, [pair.stick]).files] == [
        "accept",
        "quarantine",
    ]
    assert (held(pair.office), trees(pair.office.home)) == before
    importing.import_files(pair.office, [pair.stick])
    assert (held(pair.office), trees(pair.office.home)) != before


def test_what_is_not_ours_is_only_counted(pair: Pair) -> None:
    pair.export()
    at_office = scanning.scan(pair.office, [pair.stick])
    assert (len(at_office.files), at_office.left_alone) == (1, 1), "the pack is the office's own"
    at_venue = scanning.scan(pair.venue, [pair.stick])
    assert (len(at_venue.files), at_venue.left_alone) == (1, 1), "the bundle is the venue's own"


def test_a_pack_that_answers_another_request_is_seen(pair: Pair, tmp_path: Path) -> None:
    pack = pair.pack()
    (found,) = scanning.scan(pair.venue, [pack]).files
    assert (found.result, found.kind, found.snapshot > 0) == ("accept", "pack", True)
    pair.venue.set_setting("request", "another one\n")
    (found,) = scanning.scan(pair.venue, [pack]).files
    assert (found.result, found.code) == ("quarantine", "REQUEST_MISMATCH")


def test_a_file_that_cannot_be_read_is_one_line_of_the_answer(pair: Pair) -> None:
    pair.export()
    (pair.stick / "link.cmeb").symlink_to(pair.stick / "elsewhere")
    files = {each.file.name: each for each in scanning.scan(pair.office, [pair.stick]).files}
    assert files["link.cmeb"].result == "unreadable"
    assert files["link.cmeb"].code == "FILE_NOT_REGULAR"


def _agrees(office: Station, files: list[Path], scan: list[scanning.Scanned]) -> bool:
    """Whether an import of the same files ends as the scan said."""
    said = {each.file.read_bytes(): (each.result, each.code, each.facts - each.known) for each in scan}
    contents = {path.name: path.read_bytes() for path in files}
    inbox = {path.name: path.read_bytes() for path in scanning.waiting_files(office)}
    last: dict[bytes, tuple[str, str, int]] = {}
    for each in importing.import_files(office, files):
        data = contents.get(each.file.name) or inbox.get(each.file.name) or b""
        new = each.new if each.result == "accept" else last.get(data, ("", "", 0))[2]
        last[data or _held_data(office, each.file, contents)] = (each.result, each.code, new)
    return all(said[data][:2] == told[:2] for data, told in last.items() if data in said) and all(
        said[data][2] == told[2] for data, told in last.items() if data in said and told[0] == "accept"
    )


def _held_data(office: Station, path: Path, contents: dict[str, bytes]) -> bytes:
    """The bytes of a file that was held and has been let in since: it has the name of its hash."""
    return next((data for data in contents.values() if filing.digest(data) == path.stem), b"")


_numbers = count()


@pytest.mark.parametrize("with_defect", [False, True])
def test_the_import_does_what_the_scan_said(
    pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, with_defect: bool
) -> None:
    pair.clock.advance(0)
    monkeypatch.setattr(
        "icme_tui.operations.exporting.receipts.receipted", lambda station, epoch: _sent(pair)
    )
    bundles: list[Path] = []
    for facts_in_it in (1, 3, 2, 4):
        pair.note(facts_in_it)
        bundles.append(pair.export().rename(tmp_path / f"{facts_in_it}.cmeb"))
    pair.office.close()
    if with_defect:  # a scan that forgets what came before
        monkeypatch.setattr(scanning._Ahead, "take", lambda self, checked: None)

    @given(st.lists(st.integers(0, 3), min_size=1, max_size=4, unique=True), st.booleans())
    def agree(order: list[int], twice: bool) -> None:
        folder = tmp_path / f"case-{next(_numbers)}"
        home = stations.copy_home(pair.office.home, folder / "home")
        files = [Path(shutil.copy(bundles[number], folder / f"{at}.cmeb")) for at, number in enumerate(order)]
        with stations.open_station(home, None, stations.PASSWORD, pair.clock) as office:
            if twice:
                importing.import_files(office, files[:1])
            scan = scanning.scan(office, files).files
            assert _agrees(office, files, scan)

    if with_defect:
        with pytest.raises(AssertionError):
            agree()
    else:
        agree()


def _sent(pair: Pair) -> tuple[int, str]:
    """As if the office had receipted everything that was exported, so that bundles follow each other."""
    position = int(pair.venue.setting("exported", {}).get(pair.venue.epoch, 0))
    head = pair.venue.head("V0007", pair.venue.epoch, position)
    assert head is not None
    return position, head.hex()
