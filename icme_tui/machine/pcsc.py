"""PC/SC readers: the driver, the service, who may speak to it, and who else does.

What each check knows: pcsc-lite ``doc/README.polkit`` and ``ChangeLog``; libccid ``readers`` and
``Info.plist``; libnfc ``contrib/linux/blacklist-libnfc.conf``.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from icme_tui.machine.finding import Finding, Level
from icme_tui.machine.surroundings import Surroundings
from icme_tui.machine.usb import DEVICES, PN533_READERS, Device, devices

SOCKET = "/run/pcscd/pcscd.comm"
POLICY = "/usr/share/polkit-1/actions/org.debian.pcsc-lite.policy"
RULES = ("/etc/polkit-1/rules.d", "/usr/local/share/polkit-1/rules.d", "/usr/share/polkit-1/rules.d")
ACTIONS = ("org.debian.pcsc-lite.access_pcsc", "org.debian.pcsc-lite.access_card")
GROUP = "cardop"
"""The group that our rule lets in."""

RULE = """polkit.addRule(function(action, subject) {
  if ((action.id == "org.debian.pcsc-lite.access_pcsc" || action.id == "org.debian.pcsc-lite.access_card")
      && subject.isInGroup("cardop")) return polkit.Result.YES;
});"""

_BLACKLIST = "/etc/modprobe.d/blacklist-pn533.conf"
_MINE = "/etc/polkit-1/rules.d/50-cme-card.rules"
_DRIVER = "/usr/lib/pcsc/drivers/ifd-ccid.bundle/Contents/Info.plist"
_OPTIONS = re.compile(r"<key>ifdDriverOptions</key>\s*<string>(0x[0-9A-Fa-f]+|\d+)</string>")
_IN_GROUP = re.compile(r"isInGroup\(\s*[\"']([^\"']+)[\"']\s*\)")
_HIDES = re.compile(r"hidepid=(?!0|off)")
"""Then polkit cannot see who asks, and refuses everybody (pcsc-lite issue 224)."""
_VERSION = re.compile(r"pcsc-lite version (\d+(?:\.\d+)+)")
_ESCAPES = 0x0001
"""Bit of ifdDriverOptions: let programs send commands to the reader itself."""
_OLD_FIRMWARE = 0x0004
"""Bit of ifdDriverOptions: take readers with firmware that is known to be faulty."""
_FIRMWARE = 0x0206
"""Oldest firmware of an ACR122U that libccid takes without that bit (``ccid_usb.c``)."""

TAKERS = {
    "scdaemon": ("echo disable-ccid >> ~/.gnupg/scdaemon.conf", "gpgconf --kill scdaemon"),
    "gsd-smartcard": ("systemctl --user mask --now org.gnome.SettingsDaemon.Smartcard.service",),
    "pcsc_scan": (),
    "opensc-notify": (),
    "pcscd-broker": (),
}
"""Programs that take cards for themselves, and what keeps them from it."""


def _wanted(machine: Surroundings, check: str) -> Finding | None:
    """Why a check does not apply here."""
    if machine.platform != "linux":
        return Finding(check, "skipped", "NOT_LINUX")
    if not machine.wants("pcsc") and not _card_readers(machine):
        return Finding(check, "skipped", "NO_PCSC_READER")
    return None


def _card_readers(machine: Surroundings) -> list[Device]:
    return [device for device in devices(machine) if device.is_card_reader or device.id in PN533_READERS]


def usb_reader(machine: Surroundings) -> Finding:
    """Whether a card reader is plugged in, and is what it says."""
    check = "usb-reader"
    if (skip := _wanted(machine, check)) is not None:
        return skip
    found = _card_readers(machine)
    if not found:
        return Finding(check, "warn", "READER_NOT_PLUGGED", {}, ("lsusb",))
    names = ", ".join(device.name or device.id for device in found)
    copies = [device.name for device in found if device.id == "072f:2200" and "ACR122" not in device.name]
    if copies:
        return Finding(check, "warn", "READER_COPY", {"name": copies[0] or "072f:2200"})
    asleep = [device for device in found if _sleeps(machine, device)]
    if asleep:
        switch = f"{DEVICES}/{asleep[0].place}/power/control"
        return Finding(
            check, "warn", "READER_SLEEPS", {"name": asleep[0].name}, (f"echo on | sudo tee {switch}",)
        )
    return Finding(check, "ok", "READER_PLUGGED", {"names": names})


def _sleeps(machine: Surroundings, device: Device) -> bool:
    power = f"{DEVICES}/{device.place}/power"
    return (
        machine.read(f"{power}/control") == "auto" and machine.read(f"{power}/runtime_status") == "suspended"
    )


def kernel_driver(machine: Surroundings) -> Finding:
    """Whether the kernel's NFC driver holds a reader that pcscd needs."""
    check = "pn533"
    if (skip := _wanted(machine, check)) is not None:
        return skip
    held = [device for device in devices(machine) if "pn533_usb" in device.drivers]
    if not held:
        return Finding(check, "ok", "PN533_FREE")
    return Finding(
        check,
        "fail",
        "PN533_HOLDS",
        {"name": held[0].name or held[0].id},
        (
            f"printf 'blacklist pn533_usb\\nblacklist pn533\\nblacklist nfc\\n' | sudo tee {_BLACKLIST}",
            "sudo modprobe -r pn533_usb pn533",
            "sudo systemctl restart pcscd",
        ),
    )


def service(machine: Surroundings) -> Finding:
    """Whether pcscd is installed and can be reached."""
    check = "pcsc-service"
    if (skip := _wanted(machine, check)) is not None:
        return skip
    is_needed = machine.names_kind("pcsc") or bool(_card_readers(machine))
    level: Level = "fail" if is_needed else "warn"
    socket = machine.environ.get("PCSCLITE_CSOCK_NAME", "")
    if socket:
        told = {"socket": socket}
        if machine.exists(socket):
            return Finding(check, "ok", "PCSC_OTHER_SOCKET", told)
        return Finding(check, "fail", "PCSC_SOCKET_GONE", told, ("unset PCSCLITE_CSOCK_NAME",))
    if machine.exists(SOCKET):
        if not _is_heard(machine, SOCKET):
            restart = ("sudo systemctl restart pcscd.socket",)
            return Finding(check, "warn", "PCSC_NOT_HEARD", {"socket": SOCKET}, restart)
        return Finding(check, "ok", "PCSC_RUNS", {"version": _version(machine) or "?"})
    if not machine.exists("/usr/sbin/pcscd"):
        install = ("sudo apt install pcscd libccid", "sudo systemctl enable --now pcscd.socket")
        return Finding(check, level, "PCSC_NOT_INSTALLED", {}, install)
    return Finding(check, level, "PCSC_STOPPED", {}, ("sudo systemctl enable --now pcscd.socket",))


def _is_heard(machine: Surroundings, socket: str) -> bool:
    """Whether somebody listens at a socket. In a container the kernel does not list those of the host."""
    listed = machine.read("/proc/net/unix")
    return not listed or any(line.endswith(f" {socket}") for line in listed.splitlines())


def driver(machine: Surroundings) -> Finding:
    """Whether the driver of USB readers is there and lets commands to the reader itself pass."""
    check = "pcsc-driver"
    if (skip := _wanted(machine, check)) is not None:
        return skip
    text = machine.read(_DRIVER)
    if not text:
        return Finding(
            check, "warn", "CCID_MISSING", {}, ("sudo apt install libccid", "sudo systemctl restart pcscd")
        )
    found = _OPTIONS.search(text)
    options = int(found[1], 0) if found else 0
    old = [one for one in _card_readers(machine) if one.id == "072f:2200" and 0 < one.version < _FIRMWARE]
    if old and not options & _OLD_FIRMWARE:
        version = f"{old[0].version >> 8:x}.{old[0].version & 0xFF:02x}"
        remedy = _set_option(machine, options, _OLD_FIRMWARE)
        return Finding(check, "fail", "FIRMWARE_REFUSED", {"name": old[0].name, "version": version}, remedy)
    if options & _ESCAPES:
        return Finding(check, "ok", "ESCAPES_PASS")
    if not any(device.id.startswith("072f:") for device in _card_readers(machine)):
        return Finding(check, "ok", "CCID_THERE")
    return Finding(check, "warn", "ESCAPES_REFUSED", {}, _set_option(machine, options, _ESCAPES))


def _set_option(machine: Surroundings, options: int, bit: int) -> tuple[str, ...]:
    where = "/etc/libccid_Info.plist" if machine.exists("/etc/libccid_Info.plist") else _DRIVER
    change = f"/ifdDriverOptions/{{n;s/0x[0-9A-Fa-f]*/0x{options | bit:04X}/}}"
    return (f"sudo sed -i '{change}' {where}", "sudo systemctl restart pcscd")


def access(machine: Surroundings) -> Finding:
    """Whether polkit lets this person use the readers, also over SSH."""
    check = "pcsc-access"
    if (skip := _wanted(machine, check)) is not None:
        return skip
    if machine.environ.get("PCSCLITE_CSOCK_NAME"):
        return Finding(check, "skipped", "PCSC_ELSEWHERE")
    if not machine.exists(POLICY) and "polkit" not in machine.run(["pcscd", "-v"]):
        return Finding(check, "ok", "POLKIT_NOT_ASKED")
    if machine.is_root:
        return Finding(check, "ok", "POLKIT_ROOT")
    if any(" proc " in line and _HIDES.search(line) for line in machine.read("/proc/mounts").splitlines()):
        return Finding(check, "fail", "POLKIT_BLIND", {}, ("sudo mount -o remount,hidepid=0 /proc",))
    if not machine.is_remote:
        return Finding(check, "ok", "POLKIT_AT_SEAT")
    return _rule(machine, check)


def _rule(machine: Surroundings, check: str) -> Finding:
    rules = [
        machine.read(f"{folder}/{name}")
        for folder in RULES
        for name in machine.names(folder)
        if name.endswith(".rules")
    ]
    named = [[action in text for action in ACTIONS] for text in rules]
    make = (
        f"sudo groupadd -f {GROUP}",
        f"sudo usermod -aG {GROUP} {machine.user or '$USER'}",
        f"sudo tee {_MINE} <<'EOF'\n{RULE}\nEOF",
    )
    if not any(any(each) for each in named):
        unread = [folder for folder in RULES if not machine.is_readable(folder)]
        if unread:
            return Finding(check, "warn", "POLKIT_UNREADABLE", {"folder": unread[0]}, make)
        return Finding(check, "fail", "POLKIT_REFUSES", {}, make)
    if not all(any(each[at] for each in named) for at in range(len(ACTIONS))):
        return Finding(check, "fail", "POLKIT_HALF", {}, make)
    wanted = {
        group
        for text, each in zip(rules, named, strict=True)
        if any(each)
        for group in _IN_GROUP.findall(text)
    }
    if wanted and not wanted & machine.groups:
        group = sorted(wanted)[0]
        join = (f"sudo usermod -aG {group} {machine.user or '$USER'}",)
        return Finding(check, "fail", "POLKIT_GROUP", {"group": group}, join)
    return Finding(check, "ok", "POLKIT_RULE")


def library(machine: Surroundings) -> Finding:
    """Whether pyscard is there, and whether this machine's PC/SC library is the one it uses."""
    check = "pcsc-library"
    if not machine.wants("pcsc"):
        return Finding(check, "skipped", "NO_PCSC_READER")
    if not machine.has_module("smartcard"):
        build = ("sudo apt install swig libpcsclite-dev build-essential python3-dev",)
        install = ("pip install 'icme-tui[pcsc]'",)
        return Finding(
            check,
            "warn",
            "PYSCARD_MISSING",
            {},
            (*build, *install) if machine.platform == "linux" else install,
        )
    own = [name for name in ("SNAP", "FLATPAK_ID", "CONDA_PREFIX") if machine.environ.get(name)]
    if own and machine.platform == "linux":
        return Finding(
            check, "warn", "PCSC_OWN_LIBRARY", {"what": own[0], "version": _version(machine) or "?"}
        )
    return Finding(check, "ok", "PYSCARD_THERE")


def _version(machine: Surroundings) -> str:
    found = _VERSION.search(machine.run(["pcscd", "-v"]))
    return found[1] if found else ""


def others(machine: Surroundings) -> Finding:
    """Which other programs speak to the readers."""
    check = "pcsc-others"
    if (skip := _wanted(machine, check)) is not None:
        return skip
    found: dict[str, tuple[str, ...]] = {}
    for number, name in machine.processes():
        short = next((taker for taker in TAKERS if taker[:15] == name), "")
        if short:
            found[short] = TAKERS[short]
        elif name != "pcscd" and _uses_library(machine, number):
            found[name] = ()
    if not found:
        return Finding(check, "ok", "PCSC_ALONE")
    remedy = tuple(line for lines in found.values() for line in lines)
    return Finding(check, "warn", "PCSC_OTHERS", {"names": ", ".join(sorted(found))}, remedy)


def _uses_library(machine: Surroundings, number: int) -> bool:
    maps = machine.read(f"/proc/{number}/maps")
    paths = {PurePosixPath(line.rsplit(" ", 1)[-1]).name for line in maps.splitlines() if "/" in line}
    return any(name.startswith("libpcsclite.so") for name in paths)


CHECKS = (usb_reader, kernel_driver, driver, service, access, library, others)
