"""The udisks2 of the system with a stick that is a file, in mount and process namespaces of its own.

``unshare --mount --pid --fork --mount-proc python -m tests.support.udisks FOLDER``, as root. What it starts
ends with it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from icme_tui.codes import BundleError
from icme_tui.operations import drives

BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
"""
UDEVD, UDISKSD = "/lib/systemd/systemd-udevd", "/usr/libexec/udisks2/udisksd"
LONGEST_S = 20


def run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def start(folder: Path, device: str) -> None:
    """Start the daemons, and wait until udisks2 knows the device."""
    for name in ("udev", "dbus", "lock"):
        Path("/run", name).mkdir()
    number = Path(device).stat().st_rdev
    known = "".join(f"E:ID_FS_{name}={value}\n" for name, value in _files(device).items())
    data = Path("/run/udev/data")
    data.mkdir()
    (data / f"b{os.major(number)}:{os.minor(number)}").write_text(f"I:1000\n{known}G:systemd\n")
    bus = folder / "bus.conf"
    bus.write_text(BUS)
    run(UDEVD, "--daemon")
    log = (folder / "log").open("wb")
    subprocess.Popen(["dbus-daemon", "--config-file", bus, "--nofork"], stdout=log, stderr=log)
    until = time.monotonic() + LONGEST_S
    while not Path("/run/dbus/system_bus_socket").exists():
        assert time.monotonic() < until, "no bus"
        time.sleep(0.02)
    subprocess.Popen([UDISKSD], stdout=log, stderr=log)
    while subprocess.run(["udisksctl", "info", "-b", device], capture_output=True, check=False).returncode:
        assert time.monotonic() < until, "udisks does not know the device"
        time.sleep(0.02)


def _files(device: str) -> dict[str, str]:
    """What udev's rules would say of a device that was put in."""
    number = run("blkid", "-o", "value", "-s", "UUID", device)
    return {
        "TYPE": "ext4", "USAGE": "filesystem", "VERSION": "1.0", "LABEL": "CMESTICK", "LABEL_ENC": "CMESTICK",
        "UUID": number, "UUID_ENC": number,
    }  # fmt: skip


def journey(device: str) -> None:
    """Find it, mount it, write to it, be refused while it is in use, let go of it."""
    drive = next(each for each in drives.drives() if each.device == device)
    assert (drive.label, drive.system, drive.folder) == ("CMESTICK", "ext4", "")
    folder = drives.mount(drive)
    assert folder.name == "CMESTICK"
    assert drives.mount(drive) == folder
    assert folder in [stick.folder for stick in drives.mounted()]
    with (folder / "file").open("w") as file:
        file.write("in use")
        assert _code(lambda: drives.eject(drives.find("CMESTICK"))) == "DRIVE_BUSY"
    # It has no USB device to turn off: letting go is enough.
    assert drives.eject(drives.find(device)) == drives.LetGo(device, [str(folder)], False)
    assert not os.path.ismount(folder)
    if nobody := os.fork():
        assert os.waitpid(nobody, 0)[1] == 0
    else:
        status = 1
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            status = int(_code(lambda: drives.mount(drive)) != "DRIVE_DENIED")
        finally:
            os._exit(status)


def _code(action: object) -> str:
    try:
        action()  # type: ignore[operator]
    except BundleError as error:
        return error.code
    return "OK"


def main(folder: Path) -> None:
    """A loop device does not say that it can be pulled out; here it stands for a stick, which does."""
    for private in ("/run", "/media"):
        run("mount", "-t", "tmpfs", "none", private)
    image = Path("/run/stick.img")
    with image.open("wb") as file:
        file.truncate(16 << 20)
    run("mkfs.ext4", "-q", "-L", "CMESTICK", str(image))
    device = run("losetup", "--find", "--show", str(image))
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(drives, "_is_removable", lambda disk: disk.get("path") == device)
            start(folder, device)
            journey(device)
    finally:
        run("losetup", "--detach", device)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
