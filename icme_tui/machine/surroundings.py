"""What a check may look at: files below a root, the environment, who runs the program. Nothing here raises,
nothing is changed, and whatever is asked of another program has a time limit.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

LONGEST = 1_000_000
"""Characters of a file that are read."""

RUN_S = 2.0
"""Longest time that another program is given."""

PROCESSES = 4_096
"""Processes that are looked at, at most."""

Run = Callable[[Sequence[str]], str]


@dataclass(frozen=True)
class Surroundings:
    """A machine. ``root`` stands for ``/``, so that a made folder can stand for a machine."""

    root: Path = Path("/")
    environ: Mapping[str, str] = field(default_factory=dict)
    user: str = ""
    is_root: bool = False
    groups: frozenset[str] = frozenset()
    """Names of the groups that the program runs with."""
    platform: str = "linux"
    size: tuple[int, int] | None = None
    """Columns and rows of the terminal; None where there is none."""
    now_ms: int = 0
    has_module: Callable[[str], bool] = lambda name: False
    """Whether Python could import it."""
    run: Run = lambda arguments: ""
    """What a program prints; empty where there is no such program, or it fails or takes too long."""
    readers: tuple[str, ...] = ()
    """Addresses of the station's readers."""
    home: Path | None = None

    def path(self, name: str) -> Path:
        """``/sys/…`` below the root."""
        return self.root / name.lstrip("/")

    def read(self, name: str) -> str:
        """The text of a file without blanks around it; empty where it cannot be read."""
        try:
            with self.path(name).open(encoding="utf-8", errors="replace") as file:
                return file.read(LONGEST).strip("\0 \n\t")
        except OSError:
            return ""

    def exists(self, name: str) -> bool:
        try:
            return self.path(name).exists()
        except OSError:
            return False

    def names(self, folder: str) -> list[str]:
        """What lies in a folder, sorted; nothing where it cannot be read."""
        try:
            return sorted(path.name for path in self.path(folder).iterdir())
        except OSError:
            return []

    def is_readable(self, folder: str) -> bool:
        """Whether a folder that exists may be looked into."""
        try:
            next(self.path(folder).iterdir(), None)
        except OSError:
            return not self.exists(folder)
        return True

    def link(self, name: str) -> str:
        """The last part of what a link points to; empty for anything else."""
        try:
            return self.path(name).readlink().name
        except OSError:
            return ""

    def processes(self) -> Iterator[tuple[int, str]]:
        """(number, name) of what runs, ourselves left out."""
        numbers = [int(name) for name in self.names("/proc") if name.isdigit()]
        for number in sorted(numbers)[:PROCESSES]:
            if number != os.getpid() and (name := self.read(f"/proc/{number}/comm")):
                yield number, name

    def runs(self, *names: str) -> bool:
        """Whether a program of one of these names runs. The kernel keeps 15 characters of a name."""
        short = {name[:15] for name in names}
        return any(name in short for _number, name in self.processes())

    @property
    def is_remote(self) -> bool:
        """Whether somebody sits at another machine, or at none: over SSH, or in a session that is not active
        at this seat. That is what polkit asks."""
        if self.environ.get("SSH_CONNECTION"):
            return True
        number = self.environ.get("XDG_SESSION_ID", "")
        if not re.fullmatch(r"\w{1,32}", number):
            return False
        told = self.read(f"/run/systemd/sessions/{number}")
        told = told or self.run(["loginctl", "show-session", number, "-p", "Active", "-p", "Remote"])
        said = {line.strip().upper() for line in told.splitlines()}
        return not said.isdisjoint(("REMOTE=1", "REMOTE=YES", "ACTIVE=0", "ACTIVE=NO"))

    def wants(self, kind: str) -> bool:
        """Whether a reader of this kind is named, or none at all, so that every kind may be meant."""
        return self.names_kind(kind) or all(address.startswith("sim:") for address in self.readers)

    def names_kind(self, kind: str) -> bool:
        """Whether a reader of this kind is named."""
        return any(address.startswith(f"{kind}:") for address in self.readers)


def here(environ: Mapping[str, str], readers: Sequence[str] = (), home: Path | None = None) -> Surroundings:
    """The machine that this program runs on."""
    return Surroundings(
        environ=environ,
        user=_user(environ),
        is_root=hasattr(os, "geteuid") and os.geteuid() == 0,
        groups=_groups(),
        platform=sys.platform,
        size=_size(),
        now_ms=time.time_ns() // 1_000_000,
        has_module=_has_module,
        run=lambda arguments: _run(arguments, environ),
        readers=tuple(readers),
        home=home,
    )


def _user(environ: Mapping[str, str]) -> str:
    try:
        import pwd

        return pwd.getpwuid(os.geteuid()).pw_name
    except (ImportError, KeyError):
        return environ.get("USER") or environ.get("USERNAME") or ""


def _groups() -> frozenset[str]:
    try:
        import grp
    except ImportError:
        return frozenset()
    found = set()
    for number in {*os.getgroups(), os.getegid()}:
        try:
            found.add(grp.getgrgid(number).gr_name)
        except KeyError:
            continue
    return frozenset(found)


def _size() -> tuple[int, int] | None:
    for stream in (sys.stdout, sys.stderr, sys.stdin):
        try:
            columns, rows = os.get_terminal_size(stream.fileno())
        except (OSError, ValueError, AttributeError):
            continue
        return columns, rows
    return None


def _has_module(name: str) -> bool:
    import importlib.util

    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def _run(arguments: Sequence[str], environ: Mapping[str, str]) -> str:
    folders = f"{environ.get('PATH', '')}:/usr/sbin:/sbin"
    program = shutil.which(arguments[0], path=folders)
    if program is None:
        return ""
    try:
        done = subprocess.run(  # noqa: S603 - names and options are those of the checks
            [program, *arguments[1:]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=RUN_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", "replace")[:LONGEST]
