"""A home that was copied, restored or taken to another machine is noticed, whatever its mark says."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest

from icme_tui import facts, marks
from icme_tui.clock import FixedClock
from icme_tui.station import Station, open_station
from tests.support import stations
from tests.support.stations import PASSWORD, START


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    stations.weaken_passwords(monkeypatch)
    with stations.venue(tmp_path / "home") as station:
        station.record(*(facts.Note(text=str(n)) for n in range(3)))
    return tmp_path / "home"


def opened(home: Path) -> Station:
    return open_station(home, None, PASSWORD, FixedClock(START))


def change(home: Path, **values: object) -> None:
    (path,) = marks.mark_path("x", home).parent.glob("*.json")
    mark = msgspec.json.decode(path.read_bytes(), type=marks.Mark)
    path.write_bytes(msgspec.json.encode(mark._replace(**values)))


def reason(station: Station) -> str:
    """Why the newest epoch of a station began."""
    begun = facts.decode(station.lines(station.code, station.epoch, 1, 1)[0])
    assert isinstance(begun, facts.EpochFact)
    return begun.why


def test_a_copy_beside_begins_an_epoch_and_the_first_goes_on(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "copy")
    with opened(home) as first:
        epoch = first.epoch
        first.record(facts.Note(text="goes on"))
    with opened(tmp_path / "copy") as copy:
        assert copy.begun == reason(copy) == "MARK_MISSING"
        assert copy.epoch != epoch
    with opened(home) as first:
        assert (first.epoch, first.begun) == (epoch, "")


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"machine": "0" * 32}, "OTHER_MACHINE"),
        ({"p": 10_000}, "RESTORED"),
        ({"epoch": "e" * 32}, "RESTORED"),
        ({"head": "0" * 64}, "FORKED"),
    ],
)
def test_a_mark_that_does_not_fit(home: Path, values: dict[str, object], why: str) -> None:
    change(home, **values)
    with opened(home) as station:
        assert station.begun == reason(station) == why
    with opened(home) as again:
        assert again.begun == ""


def test_a_mark_that_fell_behind_does_no_harm(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(home) as station:
        epoch = station.epoch
        monkeypatch.setattr(marks, "write_mark", lambda *_: None)
        station.record(facts.Note(text="the power goes before the mark is on the disk"))
    with opened(home) as again:
        assert (again.epoch, again.begun) == (epoch, "")


def test_another_user_and_a_state_folder_that_cannot_be_written(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "no folder").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "no folder"))
    epochs = set()
    for _ in range(2):
        with opened(home) as station:
            assert station.begun == "MARK_MISSING"
            station.record(facts.Note(text="nothing is in the way"))
            epochs.add(station.epoch)
    assert len(epochs) == 2
