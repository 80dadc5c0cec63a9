"""Removable drives, by what lsblk and udisksctl say; the system's own disks are never touched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from icme_tui.codes import BundleError
from icme_tui.operations import drives
from tests.support.killing import ROOT
from tests.support.tools import tool

SYSTEM = {
    "path": "/dev/sda", "type": "disk", "rm": False, "hotplug": False, "ro": False, "tran": "sata",
    "size": 256060514304, "fstype": None, "label": None, "model": "SAMSUNG", "mountpoint": None,
    "children": [
        {"path": "/dev/sda1", "type": "part", "rm": False, "hotplug": False, "ro": False, "tran": None,
         "size": 255058771968, "fstype": "ext4", "label": None, "model": None, "mountpoint": "/"},
    ],
}  # fmt: skip


def stick(
    device: str = "/dev/sdb", label: str = "CME", folder: str | None = None, **more: Any
) -> dict[str, Any]:
    """A stick with one partition, as lsblk 2.38 tells it."""
    part = {
        "path": f"{device}1", "type": "part", "rm": True, "hotplug": True, "ro": False, "tran": None,
        "size": 7864320000, "fstype": "vfat", "label": label, "model": None, "mountpoint": folder,
    }  # fmt: skip
    disk = {**part, "path": device, "type": "disk", "tran": "usb", "size": 7865368576, "fstype": None,
            "label": None, "model": "DataTraveler ", "mountpoint": None, "children": [part]}  # fmt: skip
    return disk | more


FAKE = """#!{python}
import json, os, sys
state = {state!r}
told = json.load(open(state))
if os.path.basename(sys.argv[0]) == "lsblk":
    assert os.environ["LC_ALL"] == "C"
    json.dump({{"blockdevices": told["disks"]}}, sys.stdout)
    sys.exit()
verb, _b, device, *rest = sys.argv[1:]
assert rest == ["--no-user-interaction"]
told["asked"].append([verb, device])
if verb in told["errors"]:
    sys.stderr.write(told["errors"][verb] + "\\n")
    code = 1
else:
    code = 0
    for disk in told["disks"]:
        for part in [disk, *disk.get("children", [])]:
            if part["path"] == device and verb != "power-off":
                part["mountpoint"] = "/media/desk/" + part["label"] if verb == "mount" else None
json.dump(told, open(state, "w"))
sys.exit(code)
"""


class Machine:
    """Fakes of lsblk and udisksctl that share what they know."""

    def __init__(self, folder: Path) -> None:
        self._state = folder / "state.json"
        self.tools = folder / "bin"
        self.tools.mkdir()
        for name in ("lsblk", "udisksctl"):
            path = self.tools / name
            path.write_text(FAKE.format(python=sys.executable, state=str(self._state)))
            path.chmod(0o755)
        self.put(SYSTEM)

    def put(self, *disks: dict[str, Any], **errors: str) -> None:
        self._state.write_text(json.dumps({"disks": disks, "errors": errors, "asked": []}))

    @property
    def asked(self) -> list[list[str]]:
        found: list[list[str]] = json.loads(self._state.read_text())["asked"]
        return found


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine(tmp_path)
    monkeypatch.setenv("PATH", f"{made.tools}:/usr/bin:/bin")
    return made


def code_of(action: Callable[[], object]) -> str:
    try:
        action()
    except BundleError as error:
        return error.code
    return "OK"


def test_only_what_can_be_pulled_out_is_listed(machine: Machine) -> None:
    in_a_case = stick("/dev/sdd", "CASE", rm=False, hotplug=False)
    memory_card = stick("/dev/mmcblk0", "CARD", tran=None)
    machine.put(SYSTEM, stick(), in_a_case, memory_card)
    assert [each.label for each in drives.drives()] == ["CME", "CASE", "CARD"]
    first = drives.drives()[0]
    assert (first.device, first.disk, first.model) == ("/dev/sdb1", "/dev/sdb", "DataTraveler")
    assert (first.bytes, first.read_only, first.folder) == (7864320000, False, "")


def test_a_system_that_runs_from_a_stick_is_left_alone(machine: Machine) -> None:
    machine.put(stick(folder="/"), stick("/dev/sdc", "DATA"))
    assert [each.label for each in drives.drives()] == ["DATA"]
    machine.put(stick(folder="/boot/efi"))
    assert drives.drives() == []
    assert code_of(lambda: drives.find("/dev/sdb1")) == "DRIVE_NONE"


def test_what_holds_no_files_is_left_out(machine: Machine) -> None:
    whole = {**stick("/dev/sde", "WHOLE"), "fstype": "exfat", "label": "WHOLE"}
    del whole["children"]
    locked = stick("/dev/sdf")
    locked["children"][0]["fstype"] = "crypto_LUKS"
    empty_reader = {**whole, "path": "/dev/sdg", "fstype": None, "label": None, "size": 0}
    machine.put(whole, locked, empty_reader)
    assert [each.device for each in drives.drives()] == ["/dev/sde"]


def test_an_older_lsblk_writes_words_for_truth(machine: Machine) -> None:
    old = stick(rm="1", hotplug="1", ro="0", tran=None)
    old["children"][0]["ro"] = "1"
    machine.put({**SYSTEM, "rm": "0", "hotplug": "0"}, old)
    (found,) = drives.drives()
    assert found.read_only


def test_a_drive_is_found_by_device_label_and_folder(machine: Machine) -> None:
    machine.put(SYSTEM, stick(folder="/media/desk/CME"), stick("/dev/sdc", "红盘"))
    for name in ("/dev/sdb1", "/dev/sdb", "CME", "/media/desk/CME"):
        assert drives.find(name).device == "/dev/sdb1"
    assert drives.find("红盘").device == "/dev/sdc1"
    assert code_of(lambda: drives.find("")) == "DRIVE_SEVERAL"
    assert code_of(lambda: drives.find("/dev/sda1")) == "DRIVE_UNKNOWN"


def test_mounting_and_letting_go(machine: Machine) -> None:
    machine.put(SYSTEM, stick())
    folder = drives.mount(drives.find(""))
    assert folder == Path("/media/desk/CME")
    assert drives.mount(drives.find("")) == folder
    done = drives.eject(drives.find("CME"))
    assert done == drives.LetGo("/dev/sdb", [str(folder)], True)
    assert machine.asked == [["mount", "/dev/sdb1"], ["unmount", "/dev/sdb1"], ["power-off", "/dev/sdb"]]


# The sentences below were recorded from udisks 2.9.4.


def told(error: str, verb: str, prose: str) -> str:
    return f"Error {verb} /dev/sdb1: GDBus.Error:org.freedesktop.UDisks2.Error.{error}: {prose}"


@pytest.mark.parametrize(
    ("stderr", "code"),
    [
        (told("NotAuthorized", "mounting", "Not authorized to perform operation"), "DRIVE_DENIED"),
        (told("NotAuthorizedCanObtain", "mounting", "Not authorized to perform operation"), "DRIVE_DENIED"),
        (
            "Error connecting to the udisks daemon: Could not connect: No such file or directory",
            "UDISKS_MISSING",
        ),
        ("Error looking up object for device /dev/sdb1", "DRIVE_GONE"),
        (
            told("Failed", "mounting", "wrong fs type, bad option, bad superblock on /dev/sdb1"),
            "DRIVE_FAILED",
        ),
        ("", "DRIVE_FAILED"),
    ],
)
def test_why_a_drive_is_not_mounted(machine: Machine, stderr: str, code: str) -> None:
    machine.put(SYSTEM, stick(), mount=stderr)
    assert code_of(lambda: drives.mount(drives.find(""))) == code


def test_one_that_somebody_else_has_mounted_meanwhile(machine: Machine) -> None:
    already = told("AlreadyMounted", "mounting", "Device /dev/sdb1 is already mounted at `/media/desk/CME'.")
    machine.put(SYSTEM, stick(folder="/media/desk/CME"), mount=already)
    found = drives.find("")._replace(folder="")
    assert drives.mount(found) == Path("/media/desk/CME")


def test_why_a_drive_may_not_be_pulled_out(machine: Machine) -> None:
    busy = told("DeviceBusy", "unmounting", "Error unmounting /dev/sdb1: target is busy")
    machine.put(SYSTEM, stick(folder="/media/desk/CME"), unmount=busy)
    assert code_of(lambda: drives.eject(drives.find(""))) == "DRIVE_BUSY"
    assert ["power-off", "/dev/sdb"] not in machine.asked


def test_a_reader_that_keeps_its_current_lets_go_all_the_same(machine: Machine) -> None:
    machine.put(SYSTEM, stick(folder="/media/desk/CME"), **{"power-off": "No usb device"})
    assert drives.eject(drives.find("")).is_off is False


def test_without_udisks_and_without_lsblk(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.put(SYSTEM, stick())
    monkeypatch.setenv("PATH", str(machine.tools))
    (machine.tools / "udisksctl").unlink()
    assert code_of(lambda: drives.mount(drives.find(""))) == "UDISKS_MISSING"
    (machine.tools / "lsblk").unlink()
    assert drives.drives() == []
    assert isinstance(drives.mounted(), list)


def test_a_drive_that_takes_too_long(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.put(SYSTEM, stick())
    found = drives.find("")

    def late(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("udisksctl", 1)

    monkeypatch.setattr(subprocess, "run", late)
    assert code_of(lambda: drives.mount(found)) == "DRIVE_SLOW"
    monkeypatch.setattr("shutil.which", lambda name: None)  # then mount itself is asked
    assert code_of(lambda: drives.mount(found)) == "DRIVE_SLOW"


def test_what_an_administrator_copies() -> None:
    rule, *table = drives.help_lines("DRIVE_DENIED")[1:]
    assert "org.freedesktop.udisks2.filesystem-mount" in rule
    assert drives.help_lines("UDISKS_MISSING") == table
    assert table[0] == "# /etc/fstab"


@pytest.mark.integration
def test_a_real_udisks(tmp_path: Path) -> None:
    """udevd, D-Bus and udisksd of the system in namespaces of their own, with a loop device for a stick."""
    found = [tool(name) for name in ("unshare", "losetup", "udisksctl", "mkfs.ext4", "dbus-daemon")]
    allowed = [found[0], "--mount", "--pid", "--fork", "--mount-proc", found[1], "--find"]
    if os.geteuid() != 0 or subprocess.run(allowed, capture_output=True, check=False).returncode:
        pytest.skip("no loop device can be had here")
    done = subprocess.run(
        [found[0], "--mount", "--pid", "--fork", "--mount-proc", sys.executable, "-m", "tests.support.udisks",
         tmp_path],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
