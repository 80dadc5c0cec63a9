"""A minimal Textual app to compare with, and programs in pseudo terminals."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support import pilots, stations
from tests.support.pty import Pty

LIBRARIES = (
    "cryptography.hazmat.primitives.ciphers.aead", "cryptography.hazmat.primitives.asymmetric.ed25519",
    "cryptography.hazmat.primitives.kdf.argon2", "cryptography.hazmat.primitives.cmac", "msgspec", "peewee",
    "platformdirs", "pyrage", "sqlcipher3.dbapi2", "tomli_w", "tomllib",
)  # fmt: skip
"""What the program has imported at its swipe screen, beside textual."""

_MINIMAL = """
{imports}
from textual.app import App
from textual.widgets import DataTable, Footer, Header, Input

class Minimal(App):
    def compose(self):
        yield Header()
        yield DataTable()
        yield Input(placeholder="ready for input")
        yield Footer()

Minimal().run(mouse=False)
"""


def minimal(home: Path, libraries: tuple[str, ...] = ()) -> Pty:
    """The minimal app: Header, Footer, DataTable, Input."""
    program = _MINIMAL.format(imports="\n".join(f"import {name}" for name in libraries))
    return Pty([], _environment(home), command=(sys.executable, "-c", program))


def icme(home: Path) -> Pty:
    """The program on a home folder, as over a thin line."""
    return Pty(["--lang", "en", "--profile", "lean"], _environment(home))


def rss_kb(program: Pty) -> int:
    """VmRSS of a program in kB (Linux)."""
    status = Path(f"/proc/{program.process.pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")))


@contextmanager
def made_home() -> Iterator[Path]:
    """A venue's home in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        stations.weaken_passwords(patch)
        stations.venue(Path(folder) / "home").close()
        yield Path(folder) / "home"


def _environment(home: Path) -> dict[str, str]:
    found = pilots.environment(home, HOME=str(home.parent), XDG_STATE_HOME=str(home.parent / "state"))
    return {**found, "PATH": os.environ["PATH"]}
