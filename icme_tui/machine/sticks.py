"""USB sticks: whether this person can mount one, also over SSH (udisks2 asks polkit)."""

from __future__ import annotations

from icme_tui.machine.finding import Finding
from icme_tui.machine.pcsc import RULES
from icme_tui.machine.surroundings import Surroundings

ACTION = "org.freedesktop.udisks2.filesystem-mount"

RULE = """polkit.addRule(function(action, subject) {
  if (action.id.indexOf("org.freedesktop.udisks2.filesystem-mount") == 0 && subject.isInGroup("cardop"))
    return polkit.Result.YES;
});"""

_SAMPLE = "XXXX-XXXX"


def stick(machine: Surroundings) -> Finding:
    """Whether a stick that is put in can be mounted without root's password."""
    check = "stick"
    if machine.platform != "linux":
        return Finding(check, "skipped", "NOT_LINUX")
    mounted = _mounted(machine)
    table = fstab_line(machine)
    if mounted:
        return Finding(check, "ok", "STICK_MOUNTED", {"folder": mounted})
    if not machine.exists("/usr/bin/udisksctl"):
        if _in_table(machine):
            return Finding(check, "ok", "STICK_IN_TABLE")
        made = (f"echo '{table}' | sudo tee -a /etc/fstab", "sudo mkdir -p /media/cme")
        return Finding(check, "warn", "STICKS_UNMOUNTED", {}, ("sudo apt install udisks2", *made))
    if machine.is_root or not machine.is_remote:
        return Finding(check, "ok", "STICK_MOUNTS")
    rules = [machine.read(f"{folder}/{name}") for folder in RULES for name in machine.names(folder)]
    if any(ACTION in text for text in rules) or _in_table(machine):
        return Finding(check, "ok", "STICK_RULE")
    return Finding(
        check,
        "warn",
        "STICK_REMOTE",
        {},
        (
            "sudo groupadd -f cardop",
            f"sudo usermod -aG cardop {machine.user or '$USER'}",
            f"sudo tee /etc/polkit-1/rules.d/51-cme-stick.rules <<'EOF'\n{RULE}\nEOF",
            f"echo '{table}' | sudo tee -a /etc/fstab",
        ),
    )


def fstab_line(machine: Surroundings) -> str:
    """A line for ``/etc/fstab`` that lets everybody mount the stick that is put in, without polkit."""
    removable = _removable(machine)
    number = next(
        (
            uuid
            for uuid in machine.names("/dev/disk/by-uuid")
            if any(machine.link(f"/dev/disk/by-uuid/{uuid}").startswith(disk) for disk in removable)
        ),
        _SAMPLE,
    )
    return f"UUID={number} /media/cme auto noauto,users,umask=0077,flush 0 0"


def _removable(machine: Surroundings) -> list[str]:
    disks = machine.names("/sys/block")
    return [disk for disk in disks if machine.read(f"/sys/block/{disk}/removable") == "1"]


def _mounted(machine: Surroundings) -> str:
    removable = {
        name for name in machine.names("/sys/block") if machine.read(f"/sys/block/{name}/removable") == "1"
    }
    for line in machine.read("/proc/mounts").splitlines():
        device, _space, rest = line.partition(" ")
        if device.startswith("/dev/") and any(device[5:].startswith(disk) for disk in removable):
            return rest.split(" ")[0].replace("\\040", " ")
    return ""


def _in_table(machine: Surroundings) -> bool:
    lines = machine.read("/etc/fstab").splitlines()
    return any("noauto" in line and "user" in line for line in lines if not line.lstrip().startswith("#"))


CHECKS = (stick,)
