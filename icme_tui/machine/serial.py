"""Serial readers: the port, who may open it, and who else does.

What each check knows: pygmc issue 105 and arduino-ide issue 1788 (brltty takes CH340 and CP210x), proxmark3
``ModemManager-Must-Be-Discarded.md``, FTDI's latency timer of 16 ms.
"""

from __future__ import annotations

from icme_tui.machine.finding import Finding
from icme_tui.machine.surroundings import Surroundings
from icme_tui.machine.usb import SERIAL_BRIDGES, devices

GROUPS = ("dialout", "uucp")
"""Who may open serial ports: the first on Debian and Ubuntu, the second on Arch."""

_LATENCY = "/sys/bus/usb-serial/devices"
_RULE = "/etc/udev/rules.d/60-cme-card.rules"


def _ports(machine: Surroundings) -> list[str]:
    """The serial ports that may have a reader: those that are named, else all that hang on the USB."""
    named = [address.removeprefix("pn532:") for address in machine.readers if address.startswith("pn532:")]
    return named or [
        f"/dev/{name}" for name in machine.names("/dev") if name.startswith(("ttyUSB", "ttyACM"))
    ]


def _wanted(machine: Surroundings, check: str) -> Finding | None:
    if machine.platform != "linux":
        return Finding(check, "skipped", "NOT_LINUX")
    if not machine.wants("pn532") or not _ports(machine):
        return Finding(check, "skipped", "NO_SERIAL_READER")
    return None


def port(machine: Surroundings) -> Finding:
    """Whether the named ports are there, and this person may open them."""
    check = "serial-port"
    if (skip := _wanted(machine, check)) is not None:
        return skip
    ports = _ports(machine)
    gone = [name for name in ports if not machine.exists(name)]
    if gone:
        return Finding(check, "fail", "SERIAL_GONE", {"port": gone[0]}, ("ls -l /dev/serial/by-id/",))
    known = [line.split(":", 1)[0] for line in machine.read("/etc/group").splitlines()]
    group = next((name for name in GROUPS if name in known), "")
    if machine.is_root or not group or group in machine.groups:
        return Finding(check, "ok", "SERIAL_OPENS", {"ports": ", ".join(ports)})
    join = f"sudo usermod -aG {group} {machine.user or '$USER'}"
    return Finding(check, "fail", "SERIAL_GROUP", {"port": ports[0], "group": group}, (join,))


def braille(machine: Surroundings) -> Finding:
    """Whether brltty takes serial bridges for Braille displays."""
    check = "brltty"
    bridges = [device for device in devices(machine) if device.id in SERIAL_BRIDGES]
    if machine.platform != "linux":
        return Finding(check, "skipped", "NOT_LINUX")
    if not machine.runs("brltty") and not machine.exists("/usr/bin/brltty"):
        return Finding(check, "ok", "BRLTTY_ABSENT")
    if not bridges:
        return Finding(check, "skipped", "NO_SERIAL_READER")
    return Finding(
        check,
        "fail" if machine.runs("brltty") else "warn",
        "BRLTTY_TAKES",
        {"name": bridges[0].name or bridges[0].id},
        ("sudo systemctl mask --now brltty-udev.service brltty.service",),
    )


def modems(machine: Surroundings) -> Finding:
    """Whether ModemManager tries every serial port for modems."""
    check = "modemmanager"
    if (skip := _wanted(machine, check)) is not None:
        return skip
    if not machine.runs("ModemManager"):
        return Finding(check, "ok", "MODEMS_ABSENT")
    bridge = next((device.id for device in devices(machine) if device.id in SERIAL_BRIDGES), "")
    maker, _colon, product = (bridge or "1a86:7523").partition(":")
    line = f'ATTRS{{idVendor}}=="{maker}", ATTRS{{idProduct}}=="{product}", ENV{{ID_MM_DEVICE_IGNORE}}="1"'
    if bridge and any(
        maker in text and product in text and "ID_MM_DEVICE_IGNORE" in text
        for folder in ("/etc/udev/rules.d", "/usr/lib/udev/rules.d")
        for name in machine.names(folder)
        if "cme" in name or "mm" in name
        for text in [machine.read(f"{folder}/{name}")]
    ):
        return Finding(check, "ok", "MODEMS_TOLD")
    return Finding(
        check,
        "warn",
        "MODEMS_TRIED",
        {},
        (f"echo '{line}' | sudo tee -a {_RULE}", "sudo udevadm control --reload && sudo udevadm trigger"),
    )


def latency(machine: Surroundings) -> Finding:
    """Whether an FTDI bridge waits before it hands over what has come."""
    check = "serial-latency"
    if (skip := _wanted(machine, check)) is not None:
        return skip
    for name in machine.names(_LATENCY):
        timer = f"{_LATENCY}/{name}/latency_timer"
        waits = machine.read(timer)
        if waits.isdigit() and int(waits) > 1:
            rule = 'ACTION=="add", SUBSYSTEM=="usb-serial", DRIVER=="ftdi_sio", ATTR{latency_timer}="1"'
            return Finding(
                check,
                "warn",
                "SERIAL_WAITS",
                {"port": f"/dev/{name}", "ms": int(waits)},
                (f"echo 1 | sudo tee {timer}", f"echo '{rule}' | sudo tee -a {_RULE}"),
            )
    return Finding(check, "ok", "SERIAL_PROMPT")


CHECKS = (port, braille, modems, latency)
