"""A folder is watched: whole files come in once, half ones are left until they are whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from icme_tui.codes import BundleError, RuleError
from icme_tui.operations import importing, watching
from icme_tui.operations.watching import PATIENCE_S, Watch
from tests.support import stations
from tests.support.pairs import Pair


class Ticker:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    stations.weaken_passwords(monkeypatch)
    made = Pair(tmp_path)
    made.join()
    for path in made.stick.iterdir():
        path.unlink()
    yield made
    made.close()


@pytest.fixture
def share(tmp_path: Path) -> Path:
    folder = tmp_path / "share"
    folder.mkdir()
    return folder


def told(look: watching.Look) -> list[tuple[str, str, str]]:
    return [(each.name, each.result, each.code) for each in look.results]


def test_a_file_is_taken_once_it_has_come_to_rest(pair: Pair, share: Path) -> None:
    watch = Watch(pair.office, share, Ticker())
    assert watch.look() == ([], [], "")
    data = pair.export().read_bytes()
    (share / "a.cmeb").write_bytes(data)
    look = watch.look()
    assert (look.results, look.growing) == ([], ["a.cmeb"])
    assert told(watch.look()) == [("a.cmeb", "accept", "OK")]
    assert watch.look() == ([], [], "")
    assert (share / "a.cmeb").exists()


def test_a_file_that_is_being_copied_is_left_alone_until_it_is_whole(pair: Pair, share: Path) -> None:
    ticker = Ticker()
    watch = Watch(pair.office, share, ticker)
    data = pair.export().read_bytes()
    path = share / "a.cmeb"
    for end in (0, 600, 5000):
        path.write_bytes(data[:end])
        os.utime(path, ns=(end, end))
        for _ in range(3):
            ticker.now += 5
            assert watch.look().results == []
    assert list(pair.office.folders.quarantine.iterdir()) == []
    path.write_bytes(data)
    watch.look()
    assert told(watch.look()) == [("a.cmeb", "accept", "OK")]


def test_a_file_that_stays_in_pieces_is_set_aside_in_the_end(pair: Pair, share: Path) -> None:
    ticker = Ticker()
    watch = Watch(pair.office, share, ticker)
    (share / "a.cmeb").write_bytes(pair.export().read_bytes()[:-1])
    watch.look()
    ticker.now += PATIENCE_S - 1
    assert watch.look().results == []
    ticker.now += 1
    assert told(watch.look()) == [("a.cmeb", "quarantine", "CONTAINER")]
    assert watch.look().results == []


def test_control_without_looking_into_files_a_pause_in_a_copy_sets_it_aside(
    pair: Pair, share: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "PATIENCE_S", 0.0)
    watch = Watch(pair.office, share, Ticker())
    (share / "a.cmeb").write_bytes(pair.export().read_bytes()[:600])
    watch.look()
    assert told(watch.look()) == [("a.cmeb", "quarantine", "CONTAINER")]


def test_parts_hidden_files_links_and_folders_are_never_looked_at(pair: Pair, share: Path) -> None:
    ticker = Ticker()
    watch = Watch(pair.office, share, ticker)
    data = pair.export().read_bytes()
    (share / "a.cmeb.part").write_bytes(data)
    (share / ".a.cmeb").write_bytes(data)
    (share / "b.cmeb").mkdir()
    (share / "c.cmeb").symlink_to(share / ".a.cmeb")
    os.mkfifo(share / "d.cmeb")
    for _ in range(3):
        ticker.now += PATIENCE_S
        assert watch.look() == ([], [], "")


def test_what_is_for_others_is_left_alone_and_what_waits_waits(pair: Pair, share: Path) -> None:
    watch = Watch(pair.office, share, Ticker())
    pair.stick = share
    pair.pack()
    pair.export().unlink()
    epoch = pair.venue.epoch
    top, head = pair.venue.top("V0007", epoch)
    pair.venue.set_setting("receipts", {epoch: {"pos": top, "head": head.hex()}})
    pair.note()
    later = pair.export()
    watch.look()
    assert told(watch.look()) == [(later.name, "hold", "GAP")]
    pair.venue.set_setting("receipts", {})
    pair.clock.advance(60_000)
    whole = pair.export()
    watch.look()
    assert told(watch.look()) == [(whole.name, "accept", "OK"), (later.name, "accept", "OK")]


def test_a_second_program_remembers_what_the_first_has_taken(pair: Pair, share: Path) -> None:
    (share / "a.cmeb").write_bytes(pair.export().read_bytes())
    first = Watch(pair.office, share, Ticker())
    first.look()
    assert len(first.look().results) == 1
    second = Watch(pair.office, share, Ticker())
    assert (second.look(), second.look()) == (([], [], ""), ([], [], ""))
    (share / "a.cmeb").unlink()
    second.look()
    pair.note()
    (share / "a.cmeb").write_bytes(pair.export().read_bytes())
    second.look()
    assert [name for name, *_rest in told(second.look())] == ["a.cmeb"]


def test_a_folder_that_goes_and_comes_back_is_no_end(pair: Pair, share: Path) -> None:
    watch = Watch(pair.office, share, Ticker())
    away = share.with_name("away")
    share.rename(away)
    assert watch.look().problem == "FOLDER_MISSING"
    (away / "a.cmeb").write_bytes(pair.export().read_bytes())
    away.rename(share)
    watch.look()
    assert told(watch.look()) == [("a.cmeb", "accept", "OK")]


def test_while_another_import_runs_the_file_waits_for_the_next_look(
    pair: Pair, share: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Watch(pair.office, share, Ticker())
    (share / "a.cmeb").write_bytes(pair.export().read_bytes())
    watch.look()

    def running(station: object) -> object:
        raise RuleError("IMPORT_RUNNING")

    monkeypatch.setattr(importing, "import_turn", running)
    assert watch.look().problem == "IMPORT_RUNNING"
    monkeypatch.setattr(importing, "import_turn", lambda station: nullcontext())
    assert told(watch.look()) == [("a.cmeb", "accept", "OK")]


def test_the_folder_is_a_setting_of_the_station(pair: Pair, share: Path) -> None:
    assert watching.watched_folder(pair.office) == ""
    watching.set_folder(pair.office, share)
    assert watching.watched_folder(pair.office) == str(share)
    with pytest.raises(BundleError, match="FOLDER_MISSING"):
        watching.set_folder(pair.office, share / "none")
    watching.set_folder(pair.office, None)
    assert watching.watched_folder(pair.office) == ""
