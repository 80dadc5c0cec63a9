"""The last three bundles of a station stay on a stick; none goes that holds what is nowhere else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from icme_tui.operations import backing_up, exporting, importing, restoring, tidying
from icme_tui.station import open_station
from tests.support import stations
from tests.support.pairs import Pair
from tests.support.stations import PASSWORD


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    stations.weaken_passwords(monkeypatch)
    made = Pair(tmp_path)
    made.join()
    for path in made.stick.iterdir():
        path.unlink()
    yield made
    made.office.close()
    made.venue.close()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_three_bundles_stay_and_the_outbox_keeps_all(pair: Pair) -> None:
    written = []
    for _ in range(6):
        pair.note()
        written.append(pair.export().name)
    assert names(pair.stick) == written[3:]
    assert len(list(pair.venue.folders.outbox.glob("*.cmeb"))) == 6
    assert pair.office_takes(pair.stick / written[3]).result == "accept"
    assert pair.office_takes(pair.stick / written[5]).new == 2


def test_three_packs_stay_for_each_venue(pair: Pair) -> None:
    written = [pair.pack().name for _ in range(5)]
    bundle = pair.export().name
    assert names(pair.stick) == sorted([*written[2:], bundle])


def test_what_others_wrote_and_what_cannot_be_read_stays(pair: Pair, tmp_path: Path) -> None:
    with stations.venue(tmp_path / "other", clock=pair.clock) as other:  # the same code, another key
        other.set_setting("recipients", pair.venue.setting("recipients"))
        exporting.export(other, pair.stick)
    (foreign,) = names(pair.stick)
    for name in ("V0007-00000000-000001.cmeb", "V0007-notes.cmeb.txt", "V0008-x.cmeb.part"):
        (pair.stick / name).write_bytes(b"not a bundle")
    (pair.stick / "V0007-11111111-000001.cmeb.part").write_bytes(b"cut off")
    (pair.stick / "V0007-22222222-000001.cmeb").symlink_to(pair.stick / foreign)
    for _ in range(5):
        pair.note()
        pair.export()
    left = names(pair.stick)
    assert foreign in left
    assert len(left) == 3 + 5
    assert "V0007-11111111-000001.cmeb.part" not in left


def test_a_stick_that_lets_nothing_be_removed_is_as_good(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = os.unlink

    def stuck(path: object, **how: object) -> None:
        if str(path).endswith(".cmeb"):
            raise PermissionError(1, "no")
        honest(path, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "unlink", stuck)
    for _ in range(5):
        pair.note()
        pair.export()
    assert len(names(pair.stick)) == 5


def history_that_lies_on_a_stick_only(pair: Pair, tmp_path: Path) -> int:
    """A venue exports, is restored from a backup of before, and exports often to the same stick. How many of
    its facts the office then has of the time in between."""
    venue = pair.venue
    made = backing_up.back_up(venue, tmp_path / "b.icmebak")
    pair.note(7)
    epoch, top = venue.epoch, venue.top(venue.code, venue.epoch)[0]
    pair.export()
    venue.close()
    restoring.restore(
        restoring.read_backup(made.file), venue.home, None, PASSWORD, replace=True, clock=pair.clock
    )
    pair.venue = open_station(venue.home, None, PASSWORD, pair.clock)
    for _ in range(6):
        pair.note()
        pair.export()
    importing.import_files(pair.office, [pair.stick])
    return 7 - (top - pair.office.top("V0007", epoch)[0])


def test_the_history_of_a_home_that_was_restored_stays(pair: Pair, tmp_path: Path) -> None:
    assert history_that_lies_on_a_stick_only(pair, tmp_path) == 7
    assert not [flag for flag in pair.office.flags() if flag.startswith("FORK")]


def test_control_older_ones_removed_unseen(
    pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tidying, "_is_held", lambda station, manifest: True)
    assert history_that_lies_on_a_stick_only(pair, tmp_path) < 7
