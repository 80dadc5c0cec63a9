"""Removable drives: which there are, mounting them, and letting go of them, by lsblk and udisksctl.

lsblk tells what there is (lsblk(8), ``--json``). udisksctl acts, as whoever sits at the machine: udisks2 asks
polkit, which lets an active local session mount what is removable, and others only by a rule. Both are told
apart by the names of udisks2's errors (http://storaged.org/doc/udisks2-api/latest/), never by prose.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from icme_tui.bundles.stick import PLACES
from icme_tui.codes import BundleError
from icme_tui.machine.sticks import RULE, fstab_line
from icme_tui.machine.surroundings import here
from icme_tui.operations import sticks

LONGEST_S = 60.0
"""How long a command may take: letting go of a slow stick writes out what is still in memory."""

_COLUMNS = "PATH,TYPE,RM,HOTPLUG,RO,TRAN,SIZE,FSTYPE,LABEL,MODEL,MOUNTPOINT"
_ERROR = re.compile(r"org\.freedesktop\.UDisks2\.Error\.(\w+)")
_NO_FILES = frozenset({"", "swap", "crypto_LUKS", "LVM2_member", "linux_raid_member"})
"""File systems that hold no files of anybody."""


class Drive(NamedTuple):
    """A file system on a removable drive."""

    device: str
    """Such as ``/dev/sdb1``."""
    disk: str
    """The whole drive, such as ``/dev/sdb``; the device itself where it has no partitions."""
    label: str
    model: str
    system: str
    """Of its files, such as ``vfat``; empty where lsblk may not look."""
    bytes: int
    read_only: bool
    folder: str
    """Where it is mounted; empty where it is not."""


class LetGo(NamedTuple):
    """A drive that may be pulled out."""

    disk: str
    folders: list[str]
    """Where it was mounted."""
    is_off: bool
    """Whether it has no current any more; card readers and some sticks keep it, which does no harm."""


def drives() -> list[Drive]:
    """The file systems of all removable drives; none where lsblk is missing. Whatever the system itself uses
    is never among them, even where it lies on a stick."""
    try:
        told = _run("lsblk", "--json", "--bytes", "--output", _COLUMNS)
        tree = msgspec.json.decode(told.stdout.encode("utf-8", "surrogateescape"), type=dict[str, Any])
    except (BundleError, msgspec.MsgspecError, ValueError):
        return []
    found: list[Drive] = []
    for disk in tree.get("blockdevices", ()):
        parts = list(_with_children(disk))
        if _is_removable(disk) and not any(_is_of_the_system(part) for part in parts):
            found += [_drive(part, disk) for part in parts if _holds_files(part, parts)]
    return found


def find(name: str) -> Drive:
    """The drive of a device, label or mount folder. Without a name the only one there is.

    Raises BundleError ``DRIVE_UNKNOWN``, ``DRIVE_SEVERAL``, ``DRIVE_NONE``.
    """
    known = drives()
    if not known:
        raise BundleError("DRIVE_NONE")
    if name:
        wanted = os.path.realpath(name) if name.startswith("/") else name
        known = [each for each in known if wanted in (each.device, each.disk, each.label, each.folder)]
        if not known:
            raise BundleError("DRIVE_UNKNOWN", given=name, known=[each.device for each in drives()])
    if len(known) > 1:
        raise BundleError("DRIVE_SEVERAL", known=[each.device for each in known])
    return known[0]


def mount(drive: Drive) -> Path:
    """Mount a drive where the system wants it; the folder. One that is mounted stays as it is.

    Raises BundleError ``UDISKS_MISSING`` (not installed, or not running), ``DRIVE_DENIED`` (polkit refuses),
    ``DRIVE_GONE``, ``DRIVE_SLOW``, ``DRIVE_FAILED``.
    """
    if not drive.folder:
        if shutil.which("udisksctl"):
            _act("AlreadyMounted", "mount", "-b", drive.device)
        elif _run("mount", drive.device).returncode:  # a line of /etc/fstab may let everybody do it
            raise BundleError("UDISKS_MISSING", device=drive.device)
    now = [each.folder for each in drives() if each.device == drive.device]
    if not now:
        raise BundleError("DRIVE_GONE", device=drive.device)
    if not now[0]:
        raise BundleError("DRIVE_FAILED", device=drive.device, reason="")
    return Path(now[0])


def eject(drive: Drive) -> LetGo:
    """Write out everything, unmount all of the drive that the device lies on, and take its current away.

    Raises BundleError ``DRIVE_BUSY`` (a program uses it), and those of ``mount``.
    """
    mounted = [each for each in drives() if each.disk == drive.disk and each.folder]
    for each in mounted:
        if shutil.which("udisksctl"):
            _act("NotMounted", "unmount", "-b", each.device)
        elif _run("umount", each.folder).returncode:
            raise BundleError("UDISKS_MISSING", device=each.device)
    if any(each.folder for each in drives() if each.disk == drive.disk):
        raise BundleError("DRIVE_BUSY", device=drive.device)
    is_off = bool(shutil.which("udisksctl")) and _udisks("power-off", "-b", drive.disk).returncode == 0
    return LetGo(drive.disk, [each.folder for each in mounted], is_off)


def help_lines(code: str) -> list[str]:
    """What an administrator can copy after ``DRIVE_DENIED`` or ``UDISKS_MISSING``: the rule for polkit, the
    line for /etc/fstab, each after a line that names its file."""
    machine = here(os.environ)
    table = ["# /etc/fstab", fstab_line(machine)]
    return table if code == "UDISKS_MISSING" else ["# /etc/polkit-1/rules.d/51-cme-stick.rules", RULE, *table]


def _act(settled: str, *command: str) -> None:
    """Have udisksctl do something; its error ``settled`` means that it is so already."""
    done = _udisks(*command)
    if done.returncode == 0:
        return
    device = command[-1]
    said = _ERROR.search(done.stderr)
    error = said[1] if said else ""
    if error == settled:
        return
    if error.startswith("NotAuthorized"):
        raise BundleError("DRIVE_DENIED", device=device)
    if error == "DeviceBusy":
        raise BundleError("DRIVE_BUSY", device=device)
    if "Error connecting to the udisks daemon" in done.stderr:
        raise BundleError("UDISKS_MISSING", device=device)
    if "Error looking up object" in done.stderr:
        raise BundleError("DRIVE_GONE", device=device)
    raise BundleError("DRIVE_FAILED", device=device, reason=done.stderr.strip().rpartition(": ")[2])


def _udisks(*command: str) -> subprocess.CompletedProcess[str]:
    return _run("udisksctl", *command, "--no-user-interaction")


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a tool in its own language. Raises BundleError ``DRIVE_SLOW`` where it takes too long."""
    try:
        return subprocess.run(  # noqa: S603 - the words are ours, the devices those that lsblk names
            command,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="surrogateescape",
            stdin=subprocess.DEVNULL,
            timeout=LONGEST_S,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except subprocess.TimeoutExpired as error:
        named = [word for word in command if word.startswith("/")]
        raise BundleError("DRIVE_SLOW", device=named[0] if named else command[0]) from error
    except OSError as error:
        return subprocess.CompletedProcess(command, 127, "", error.strerror or "")


def _with_children(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield part
    for child in part.get("children") or ():
        yield from _with_children(child)


def _is_removable(disk: dict[str, Any]) -> bool:
    """A stick, a memory card, or a disk in a USB case, which says of itself that it is not removable."""
    if disk.get("type") not in ("disk", "loop"):
        return False
    return _yes(disk.get("rm")) or _yes(disk.get("hotplug")) or disk.get("tran") == "usb"


def _is_of_the_system(part: dict[str, Any]) -> bool:
    folder = part.get("mountpoint") or ""
    return bool(folder) and not any(folder == place or folder.startswith(f"{place}/") for place in PLACES)


def _holds_files(part: dict[str, Any], all_of_disk: Sequence[dict[str, Any]]) -> bool:
    if part.get("children"):
        return False
    # As nobody in particular, without udev, lsblk may not look: a lone part may hold files all the same.
    known = part.get("fstype") or ("?" if len(all_of_disk) == 1 or part.get("type") == "part" else "")
    return known not in _NO_FILES and part.get("type") in ("disk", "part", "loop") and bool(part.get("size"))


def _drive(part: dict[str, Any], disk: dict[str, Any]) -> Drive:
    device = str(part.get("path"))
    return Drive(
        device,
        str(disk.get("path")),
        str(part.get("label") or ""),
        str(disk.get("model") or "").strip(),
        str(part.get("fstype") or ""),
        int(part.get("size") or 0),
        _yes(part.get("ro")),
        str(part.get("mountpoint") or ""),
    )


def _yes(value: object) -> bool:
    """Older versions of lsblk write ``"1"`` for true."""
    return value is True or value == "1"


def unmounted() -> list[Drive]:
    """What could be mounted now."""
    return [each for each in drives() if not each.folder]


def mounted() -> list[sticks.Stick]:
    """What is mounted where sticks belong; also without lsblk and udisks2."""
    return sticks.sticks()
