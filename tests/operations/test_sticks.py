"""Which folders are sticks."""

from __future__ import annotations

from pathlib import Path

from icme_tui.operations.sticks import Stick, sticks

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
