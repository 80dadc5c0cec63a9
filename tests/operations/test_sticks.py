"""Which folders are sticks."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from icme_tui.operations.sticks import MOST_USED, Stick, remember, sticks, used
from tests.support import stations

TABLE = r"""proc /proc proc rw,relatime 0 0
/dev/sda1 / ext4 rw 0 0
/dev/sdb1 /media/desk/BLUE\040STICK vfat rw,nosuid 0 0
/dev/sdc1 /run/media/desk/红盘 exfat ro,nosuid 0 0
/dev/sdd1 /mnt vfat rw 0 0
/dev/sde1 /mnt2 vfat rw 0 0
short line
"""


def test_mounted_media_are_found(tmp_path: Path) -> None:
    table = tmp_path / "mounts"
    table.write_text(TABLE, "utf-8")
    assert sticks(table) == [
        Stick(Path("/media/desk/BLUE STICK"), False),
        Stick(Path("/mnt"), False),
        Stick(Path("/run/media/desk/红盘"), True),
    ]


def test_a_system_that_does_not_tell_has_none(tmp_path: Path) -> None:
    assert sticks(tmp_path / "missing") == []


def test_a_folder_that_was_used_stays_when_others_are_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that cannot be written to changes nothing; the second-last one can still be chosen."""
    stations.weaken_passwords(monkeypatch)
    station = stations.venue(tmp_path / "home")
    stick, locked, other = (tmp_path / name for name in ("stick", "locked", "other"))
    may = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != locked and may(path, mode))
    for folder in (stick, other):
        folder.mkdir()
    remember(station, stick)
    remember(station, locked)
    assert used(station) == [str(stick)]
    remember(station, other)
    assert used(station) == [str(other), str(stick)]
    remember(station, stick)
    assert used(station) == [str(stick), str(other)]
    for name in "abcd":
        (tmp_path / name).mkdir()
        remember(station, tmp_path / name)
    assert len(used(station)) == MOST_USED
    station.close()
