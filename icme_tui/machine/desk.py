"""What the operator sits at: the terminal, Python, the clock."""

from __future__ import annotations

import sys

from icme_tui.machine.finding import Finding
from icme_tui.machine.surroundings import Surroundings

SIZE = (80, 24)
"""Columns and rows that the screens are made for."""

OLDEST_PYTHON = (3, 11)

BUILT_MS = 1_767_225_600_000
"""2026-01-01: a clock that stands before it has lost its time."""

_SYNCHRONISED = "/run/systemd/timesync/synchronized"
_LOCALES = ("LC_ALL", "LC_CTYPE", "LANG")


def terminal(machine: Surroundings) -> Finding:
    """Whether the terminal shows the screens."""
    check = "terminal"
    if machine.size is None:
        return Finding(check, "skipped", "TERMINAL_NONE")
    kind = machine.environ.get("TERM", "")
    columns, rows = machine.size
    told = {"kind": kind or "?", "columns": columns, "rows": rows, "colours": _colours(machine)}
    if machine.platform != "win32" and kind in ("", "dumb"):
        return Finding(check, "fail", "TERM_DUMB", told, ("export TERM=xterm-256color",))
    if columns < SIZE[0] or rows < SIZE[1]:
        return Finding(check, "warn", "TERMINAL_SMALL", told)
    if kind == "linux":
        return Finding(check, "warn", "TERMINAL_CONSOLE", told)
    return Finding(check, "ok", "TERMINAL_GOOD", told)


def _colours(machine: Surroundings) -> str:
    if machine.environ.get("NO_COLOR"):
        return "0"
    if machine.environ.get("COLORTERM", "") in ("truecolor", "24bit"):
        return "16777216"
    return "256" if "256" in machine.environ.get("TERM", "") else "16"


def letters(machine: Surroundings) -> Finding:
    """Whether Chinese can be shown and typed."""
    check = "letters"
    said = next((machine.environ[name] for name in _LOCALES if machine.environ.get(name)), "")
    if machine.platform == "win32" or "UTF8" in said.upper().replace("-", ""):
        return Finding(check, "ok", "LETTERS_UTF8", {"locale": said or "UTF-8"})
    return Finding(check, "warn", "LETTERS_NOT_UTF8", {"locale": said or "C"}, ("export LANG=C.UTF-8",))


def python(machine: Surroundings) -> Finding:
    """Whether this Python is one that the program was made for."""
    check = "python"
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info[:2] < OLDEST_PYTHON:
        return Finding(check, "fail", "PYTHON_OLD", {"version": version})
    return Finding(check, "ok", "PYTHON_GOOD", {"version": version})


def clock(machine: Surroundings) -> Finding:
    """Whether the machine's clock can be right, and whether anything keeps it so."""
    check = "machine-clock"
    if machine.now_ms < BUILT_MS:
        return Finding(
            check, "fail", "MACHINE_CLOCK_LOST", {}, ("sudo timedatectl set-time '2026-01-31 08:00'",)
        )
    if machine.platform != "linux":
        return Finding(check, "skipped", "NOT_LINUX")
    if machine.exists(_SYNCHRONISED) or machine.runs("chronyd", "ntpd"):
        return Finding(check, "ok", "MACHINE_CLOCK_KEPT")
    return Finding(check, "warn", "MACHINE_CLOCK_ALONE", {}, ("sudo timedatectl set-ntp true", "timedatectl"))


CHECKS = (terminal, letters, python, clock)
