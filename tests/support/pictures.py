"""Pictures of screens as SVG, the same every time: the clock stands still, no key is drawn by lot."""

from __future__ import annotations

import hashlib
import itertools
import re
import secrets
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from textual.pilot import Pilot

from icme_tui.bundles import keys

_OWN = re.compile(r"terminal-\d+(?=-)")


def draw_nothing_by_lot(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signing keys, epochs and numbers from one row of seeds: what is shown of them never changes."""
    row = itertools.count(1)

    def seed(size: int) -> bytes:
        return hashlib.shake_256(f"picture {next(row)}".encode()).digest(size)

    def generate() -> keys.SigningKey:
        return keys.SigningKey(Ed25519PrivateKey.from_private_bytes(seed(32)))

    monkeypatch.setattr(keys.SigningKey, "generate", staticmethod(generate))
    monkeypatch.setattr(secrets, "token_hex", lambda size=32: seed(size).hex())


def picture(pilot: Pilot[int], folder: Path) -> str:
    """The screen as SVG, without what differs from run to run: ids, and the folder of the test."""
    drawn = pilot.app.export_screenshot(title="icme", simplify=True)
    drawn = _OWN.sub("terminal", drawn)
    return drawn.replace(str(folder), "~")
