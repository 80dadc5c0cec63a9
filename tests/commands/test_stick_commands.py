"""``icme stick``: no password, plain sentences, and what an administrator can copy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from icme_tui import cli
from icme_tui.codes import BundleError
from icme_tui.operations import drives
from icme_tui.operations.drives import Drive, LetGo
from icme_tui.operations.sticks import Stick

CME = Drive("/dev/sdb1", "/dev/sdb", "CME", "DataTraveler", "vfat", 7864320000, False, "")


@pytest.fixture(autouse=True)
def _one_drive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drives, "drives", lambda: [CME])
    monkeypatch.setattr(drives, "mounted", lambda: [Stick(Path("/mnt/share"), False)])


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["stick", "list"]) == 0
    shown = capsys.readouterr().out
    for word in ("/dev/sdb1", "CME", "7.9 GB", "not mounted", "/mnt/share"):
        assert word in shown
    assert cli.main(["stick", "list", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["drives"] == [CME._asdict()]
    assert told["mounted"] == [{"folder": "/mnt/share", "read_only": False}]


def test_mount_and_eject(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(drives, "mount", lambda drive: Path("/media/desk") / drive.label)
    monkeypatch.setattr(drives, "eject", lambda drive: LetGo(drive.disk, ["/media/desk/CME"], True))
    assert cli.main(["stick", "mount"]) == 0
    assert "/dev/sdb1 is mounted: /media/desk/CME" in capsys.readouterr().out
    assert cli.main(["stick", "eject", "CME"]) == 0
    assert "/dev/sdb may be pulled out." in capsys.readouterr().out


def test_a_session_that_may_not_is_told_the_rule(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(drive: Drive) -> Path:
        raise BundleError("DRIVE_DENIED", device=drive.device)

    monkeypatch.setattr(drives, "mount", refuse)
    assert cli.main(["stick", "mount", "CME"]) == 1
    told = capsys.readouterr().err
    for word in ("polkit.addRule", "# /etc/fstab", "[DRIVE_DENIED]"):
        assert word in told


def test_no_such_drive(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["stick", "eject", "/dev/sda"]) == 1
    assert "The disks of the system are left alone. [DRIVE_UNKNOWN]" in capsys.readouterr().err
