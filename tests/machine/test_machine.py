"""What ``icme doctor`` finds on machines that are made of a few files."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from icme_tui.commands.doctorwords import CHECKS as NAMES
from icme_tui.commands.doctorwords import DOCTOR
from icme_tui.machine import desk, examining, pcsc, serial, sticks
from icme_tui.machine.finding import Finding
from icme_tui.machine.surroundings import Surroundings
from tests.support.machines import NOW_MS, POLICY, Made

SSH = {"SSH_CONNECTION": "192.0.2.7 50000 192.0.2.1 22"}
BOTH = 'access_pcsc" || action.id == "org.debian.pcsc-lite.access_card'
PLIST = "<key>ifdDriverOptions</key>\n\t<string>{}</string>\n"
DRIVER = "/usr/lib/pcsc/drivers/ifd-ccid.bundle/Contents/Info.plist"
ACR = ("1-1", "072f:2200", "ACS ACR122U PICC Interface")


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path)


def rule(text: str) -> str:
    action = f"org.debian.pcsc-lite.{text}"
    return f'polkit.addRule(function(action, subject) {{ if (action.id == "{action}") {{}} }});'


def says(check: Callable[[Surroundings], Finding], machine: Surroundings, level: str, code: str) -> Finding:
    found = check(machine)
    assert (found.level, found.code) == (level, code), found
    return found


def test_the_service(made: Made) -> None:
    says(pcsc.service, made.machine(), "warn", "PCSC_NOT_INSTALLED")
    named = made.machine(readers=("pcsc:",))
    says(pcsc.service, named, "fail", "PCSC_NOT_INSTALLED")
    made.put("/usr/sbin/pcscd")
    found = says(pcsc.service, named, "fail", "PCSC_STOPPED")
    assert found.remedy == ("sudo systemctl enable --now pcscd.socket",)
    made.put("/run/pcscd/pcscd.comm")
    running = made.machine(tools={"pcscd": "pcsc-lite version 2.3.3.\n"})
    assert says(pcsc.service, running, "ok", "PCSC_RUNS").detail == {"version": "2.3.3"}
    listed = (
        "Num RefCount Protocol Flags Type St Inode Path\n0: 2 0 10000 1 1 99 /run/dbus/system_bus_socket\n"
    )
    made.put("/proc/net/unix", listed)
    says(pcsc.service, running, "warn", "PCSC_NOT_HEARD")
    made.put("/proc/net/unix", f"{listed}0: 2 0 10000 1 1 98 /run/pcscd/pcscd.comm\n")
    says(pcsc.service, running, "ok", "PCSC_RUNS")
    forwarded = {"PCSCLITE_CSOCK_NAME": "/run/user/1000/pcscd.comm"}
    says(pcsc.service, made.machine(environ=forwarded), "fail", "PCSC_SOCKET_GONE")
    made.put("/run/user/1000/pcscd.comm")
    says(pcsc.service, made.machine(environ=forwarded), "ok", "PCSC_OTHER_SOCKET")
    says(pcsc.access, made.machine(environ=forwarded), "skipped", "PCSC_ELSEWHERE")
    says(pcsc.service, made.machine(readers=("pn532:/dev/ttyUSB0",)), "skipped", "NO_PCSC_READER")
    says(pcsc.service, made.machine(platform="win32"), "skipped", "NOT_LINUX")


def test_polkit_over_ssh(made: Made) -> None:
    remote = made.machine(environ=SSH)
    says(pcsc.access, remote, "ok", "POLKIT_NOT_ASKED")
    made.put(POLICY)
    says(pcsc.access, made.machine(), "ok", "POLKIT_AT_SEAT")
    says(pcsc.access, made.machine(environ=SSH, is_root=True), "ok", "POLKIT_ROOT")
    refused = says(pcsc.access, remote, "fail", "POLKIT_REFUSES")
    assert "sudo usermod -aG cardop technician" in refused.remedy
    assert all(action in refused.remedy[-1] for action in pcsc.ACTIONS)
    made.put("/etc/polkit-1/rules.d/50-half.rules", rule("access_pcsc"))
    says(pcsc.access, remote, "fail", "POLKIT_HALF")
    made.put("/etc/polkit-1/rules.d/50-half.rules", rule(BOTH) + 'subject.isInGroup("cardop")')
    assert says(pcsc.access, remote, "fail", "POLKIT_GROUP").detail == {"group": "cardop"}
    says(pcsc.access, made.machine(environ=SSH, groups=("cardop",)), "ok", "POLKIT_RULE")


def test_polkit_that_cannot_see_who_asks(made: Made) -> None:
    made.put(POLICY).put("/proc/mounts", "proc /proc proc rw,nosuid,hidepid=invisible 0 0\n")
    says(pcsc.access, made.machine(), "fail", "POLKIT_BLIND")
    made.put("/proc/mounts", "proc /proc proc rw,hidepid=0 0 0\n")
    says(pcsc.access, made.machine(), "ok", "POLKIT_AT_SEAT")


def test_our_own_rule_is_one_that_counts(made: Made) -> None:
    made.put(POLICY).put("/etc/polkit-1/rules.d/50-cme-card.rules", pcsc.RULE)
    says(pcsc.access, made.machine(environ=SSH, groups=("cardop",)), "ok", "POLKIT_RULE")
    made.put("/usr/bin/udisksctl").put("/etc/polkit-1/rules.d/51-cme-stick.rules", sticks.RULE)
    says(sticks.stick, made.machine(environ=SSH), "ok", "STICK_RULE")


@pytest.mark.parametrize(
    ("session", "tool", "remote"),
    [
        ("ACTIVE=1\nREMOTE=0\n", "", False),
        ("ACTIVE=1\nREMOTE=1\n", "", True),
        ("ACTIVE=0\nREMOTE=0\n", "", True),
        ("", "Active=no\nRemote=no\n", True),
        ("", "Active=yes\nRemote=no\n", False),
        ("", "", False),
    ],
)
def test_who_sits_at_this_machine(made: Made, session: str, tool: str, remote: bool) -> None:
    if session:
        made.put("/run/systemd/sessions/c2", session)
    assert made.machine(environ={"XDG_SESSION_ID": "c2"}, tools={"loginctl": tool}).is_remote == remote


def test_a_polkit_without_policy_file_is_known_by_what_the_service_says(made: Made) -> None:
    tools = {"pcscd": "pcsc-lite version 2.0.1.\nEnabled features: Linux x86_64 libsystemd polkit\n"}
    says(pcsc.access, made.machine(environ=SSH, tools=tools), "fail", "POLKIT_REFUSES")


def test_the_kernel_holds_a_reader(made: Made) -> None:
    says(pcsc.kernel_driver, made.usb(*ACR, driver="usbfs").machine(), "ok", "PN533_FREE")
    made.usb("1-2", "04e6:5591", "SCL3711", driver="pn533_usb")
    found = says(pcsc.kernel_driver, made.machine(), "fail", "PN533_HOLDS")
    assert found.detail == {"name": "SCL3711"}
    assert "sudo modprobe -r pn533_usb pn533" in found.remedy


def test_what_is_plugged_in(made: Made) -> None:
    says(pcsc.usb_reader, made.machine(), "warn", "READER_NOT_PLUGGED")
    made.usb("1-3", "046d:c31c", "Keyboard", kind="03").usb(*ACR)
    assert says(pcsc.usb_reader, made.machine(), "ok", "READER_PLUGGED").detail["names"] == ACR[2]
    power = "/sys/bus/usb/devices/1-1/power"
    made.put(f"{power}/control", "auto\n").put(f"{power}/runtime_status", "suspended\n")
    assert power in says(pcsc.usb_reader, made.machine(), "warn", "READER_SLEEPS").remedy[0]
    made.usb("1-4", "072f:2200", "RF1258V603")
    says(pcsc.usb_reader, made.machine(), "warn", "READER_COPY")


def test_commands_to_the_reader_itself(made: Made) -> None:
    made.usb(*ACR)
    says(pcsc.driver, made.machine(), "warn", "CCID_MISSING")
    made.put(DRIVER, PLIST.format("0x0004"))
    found = says(pcsc.driver, made.machine(), "warn", "ESCAPES_REFUSED")
    assert "0x0005" in found.remedy[0]
    made.put(DRIVER, PLIST.format("0x0001"))
    says(pcsc.driver, made.machine(), "ok", "ESCAPES_PASS")
    shutil.rmtree(made.root / "sys")
    made.put(DRIVER, PLIST.format("0x0000"))
    says(pcsc.driver, made.machine(), "ok", "CCID_THERE")


def test_a_reader_with_old_firmware(made: Made) -> None:
    made.usb(*ACR).put("/sys/bus/usb/devices/1-1/bcdDevice", "0204\n").put(DRIVER, PLIST.format("0x0000"))
    found = says(pcsc.driver, made.machine(), "fail", "FIRMWARE_REFUSED")
    assert found.detail["version"] == "2.04"
    assert "0x0004" in found.remedy[0]
    made.put(DRIVER, PLIST.format("0x0005"))
    says(pcsc.driver, made.machine(), "ok", "ESCAPES_PASS")


@pytest.mark.parametrize("old", ["0x0000", "0x0004"])
def test_the_remedy_for_the_driver_does_what_it_says(made: Made, old: str) -> None:
    made.usb(*ACR).put(DRIVER, PLIST.format(old))
    line = pcsc.driver(made.machine()).remedy[0].removeprefix("sudo ")
    subprocess.run(["sh", "-c", line.replace(DRIVER, str(made.root / DRIVER.lstrip("/")))], check=True)
    says(pcsc.driver, made.machine(), "ok", "ESCAPES_PASS")


def test_the_library(made: Made) -> None:
    says(pcsc.library, made.machine(), "ok", "PYSCARD_THERE")
    found = says(pcsc.library, made.machine(modules=()), "warn", "PYSCARD_MISSING")
    assert "pip install 'icme-tui[pcsc]'" in found.remedy
    says(pcsc.library, made.machine(environ={"CONDA_PREFIX": "/opt/conda"}), "warn", "PCSC_OWN_LIBRARY")
    says(pcsc.library, made.machine(readers=("keyboard:",)), "skipped", "NO_PCSC_READER")


def test_others_at_the_readers(made: Made) -> None:
    made.process(10, "pcscd", "7f00-7f01 r-xp 0 08:01 1 /usr/lib/libpcsclite.so.1.0.0\n").process(11, "bash")
    says(pcsc.others, made.machine(), "ok", "PCSC_ALONE")
    made.process(12, "scdaemon").process(13, "firefox", "1-2 r-xp 0 08:01 1 /lib/libpcsclite.so.1\n")
    found = says(pcsc.others, made.machine(), "warn", "PCSC_OTHERS")
    assert found.detail == {"names": "firefox, scdaemon"}
    assert "gpgconf --kill scdaemon" in found.remedy


def test_serial_ports(made: Made) -> None:
    says(serial.port, made.machine(), "skipped", "NO_SERIAL_READER")
    named = {"readers": ("pn532:/dev/ttyUSB0",)}
    says(serial.port, made.machine(**named), "fail", "SERIAL_GONE")
    made.put("/dev/ttyUSB0")
    found = says(serial.port, made.machine(**named), "fail", "SERIAL_GROUP")
    assert found.remedy == ("sudo usermod -aG dialout technician",)
    says(serial.port, made.machine(groups=("dialout",), **named), "ok", "SERIAL_OPENS")
    says(serial.port, made.machine(groups=("dialout",)), "ok", "SERIAL_OPENS")
    says(serial.port, made.machine(readers=("pcsc:",)), "skipped", "NO_SERIAL_READER")


def test_what_takes_serial_ports(made: Made) -> None:
    says(serial.braille, made.machine(), "ok", "BRLTTY_ABSENT")
    made.put("/usr/bin/brltty").put("/dev/ttyUSB0")
    says(serial.braille, made.machine(), "skipped", "NO_SERIAL_READER")
    made.usb("1-5", "1a86:7523", "USB Serial", kind="ff")
    says(serial.braille, made.machine(), "warn", "BRLTTY_TAKES")
    says(serial.modems, made.machine(), "ok", "MODEMS_ABSENT")
    made.process(20, "brltty").process(21, "ModemManager")
    says(serial.braille, made.machine(), "fail", "BRLTTY_TAKES")
    found = says(serial.modems, made.machine(), "warn", "MODEMS_TRIED")
    line = re.search(r"echo '(.*)' \|", found.remedy[0])
    assert line is not None
    made.put("/etc/udev/rules.d/60-cme-card.rules", line[1])
    says(serial.modems, made.machine(), "ok", "MODEMS_TOLD")


def test_a_serial_bridge_that_waits(made: Made) -> None:
    made.put("/dev/ttyUSB0").put("/sys/bus/usb-serial/devices/ttyUSB0/latency_timer", "16\n")
    found = says(serial.latency, made.machine(), "warn", "SERIAL_WAITS")
    assert found.detail == {"port": "/dev/ttyUSB0", "ms": 16}
    made.put("/sys/bus/usb-serial/devices/ttyUSB0/latency_timer", "1\n")
    says(serial.latency, made.machine(), "ok", "SERIAL_PROMPT")


def test_sticks(made: Made) -> None:
    found = says(sticks.stick, made.machine(), "warn", "STICKS_UNMOUNTED")
    assert any("/etc/fstab" in line for line in found.remedy)
    made.put("/usr/bin/udisksctl")
    says(sticks.stick, made.machine(), "ok", "STICK_MOUNTS")
    made.put("/sys/block/sdb/removable", "1\n").link("/dev/disk/by-uuid/4A1B-2C3D", "../../sdb1")
    found = says(sticks.stick, made.machine(environ=SSH), "warn", "STICK_REMOTE")
    assert any("UUID=4A1B-2C3D /media/cme auto noauto,users" in line for line in found.remedy)
    made.put("/etc/fstab", sticks.fstab_line(made.machine()) + "\n")
    says(sticks.stick, made.machine(environ=SSH), "ok", "STICK_RULE")
    made.put("/proc/mounts", "/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 /media/op/CME\\0401 vfat rw 0 0\n")
    assert says(sticks.stick, made.machine(environ=SSH), "ok", "STICK_MOUNTED").detail == {
        "folder": "/media/op/CME 1"
    }


def test_the_terminal(made: Made) -> None:
    def at(kind: str, size: tuple[int, int] | None = (80, 24), **more: str) -> Surroundings:
        return made.machine(environ={"TERM": kind, **more}, size=size)

    says(desk.terminal, at("xterm", None), "skipped", "TERMINAL_NONE")
    says(desk.terminal, at("dumb"), "fail", "TERM_DUMB")
    says(desk.terminal, at("xterm", (79, 24)), "warn", "TERMINAL_SMALL")
    says(desk.terminal, at("linux"), "warn", "TERMINAL_CONSOLE")
    colours = [
        says(desk.terminal, at(kind, **more), "ok", "TERMINAL_GOOD").detail["colours"]
        for kind, more in (
            ("xterm", {}),
            ("xterm-256color", {}),
            ("xterm-256color", {"COLORTERM": "truecolor"}),
            ("xterm-256color", {"NO_COLOR": "1"}),
        )
    ]
    assert colours == ["16", "256", "16777216", "0"]
    says(desk.letters, made.machine(environ={"LANG": "zh_CN.utf8"}), "ok", "LETTERS_UTF8")
    says(
        desk.letters, made.machine(environ={"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}), "warn", "LETTERS_NOT_UTF8"
    )


def test_the_clock(made: Made) -> None:
    says(desk.clock, made.machine(now_ms=1_000_000), "fail", "MACHINE_CLOCK_LOST")
    says(desk.clock, made.machine(), "warn", "MACHINE_CLOCK_ALONE")
    made.put("/run/systemd/timesync/synchronized")
    says(desk.clock, made.machine(), "ok", "MACHINE_CLOCK_KEPT")
    says(desk.python, made.machine(now_ms=NOW_MS), "ok", "PYTHON_GOOD")


def test_a_check_that_breaks_ends_no_other(made: Made) -> None:
    def broken(machine: Surroundings) -> Finding:
        raise ZeroDivisionError

    found = examining.examine(made.machine(), checks=(broken, desk.python))
    assert [one.code for one in found] == ["CHECK_BROKE", "PYTHON_GOOD"]


texts = st.text(max_size=60) | st.sampled_from(["auto", "1", "0b", "072f", "2200", "-1", "99999999999", "\0"])
FILES = (
    "/sys/bus/usb/devices/1-1/idVendor", "/sys/bus/usb/devices/1-1/idProduct", DRIVER, POLICY, "/etc/group",
    "/sys/bus/usb/devices/1-1:1.0/bInterfaceClass", "/proc/7/comm", "/proc/7/maps", "/proc/x/comm",
    "/etc/polkit-1/rules.d/1.rules", "/sys/bus/usb-serial/devices/ttyUSB0/latency_timer", "/dev/ttyUSB0",
    "/sys/block/sdb/removable", "/proc/mounts", "/etc/fstab", "/run/systemd/sessions/3", "/usr/bin/udisksctl",
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(FILES), texts), st.booleans(), texts, texts)
def test_whatever_the_files_say_every_check_answers_in_words(
    made: Made, files: dict[str, str], folders: bool, told: str, session: str
) -> None:
    shutil.rmtree(made.root, ignore_errors=True)
    for name, text in files.items():
        made.put(f"{name}/inside" if folders else name, text.encode("utf-8", "replace").decode())
    machine = made.machine(
        environ={"XDG_SESSION_ID": session, "TERM": told, "LANG": told},
        tools={"pcscd": told, "loginctl": told},
        readers=("pcsc:", "pn532:/dev/ttyUSB0"),
    )
    found = examining.examine(machine)
    assert len(found) == len(examining.CHECKS)
    for one in found:
        assert one.code != "CHECK_BROKE", one
        assert one.check in NAMES
        places = set(re.findall(r"\{(\w+)\}", DOCTOR[one.code]))
        assert places <= set(one.detail), one
        assert (one.level in ("warn", "fail")) or not one.remedy


def test_looking_changes_nothing(made: Made) -> None:
    made.usb(*ACR).put(POLICY).process(10, "scdaemon")

    def state() -> dict[str, tuple[int, int]]:
        return {str(path): (path.lstat().st_mtime_ns, path.lstat().st_size) for path in made.root.rglob("*")}

    before = state()
    examining.examine(made.machine(environ=SSH, readers=("pcsc:",)))
    assert state() == before
