"""Refused logins wait in ``login.toml`` until the next login makes facts of them: no password material."""

from __future__ import annotations

import contextlib
import tomllib
from pathlib import Path

import tomli_w

from icme_tui import durable


def refused(path: Path) -> dict[str, int]:
    """{operator: logins refused since the last one that succeeded}."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
        return {str(name): int(count) for name, count in raw.get("refused", {}).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def note_refused(path: Path, operator: str) -> None:
    """Count a refused login. What cannot be counted on a full disk is refused all the same."""
    counts = refused(path)
    counts[operator] = counts.get(operator, 0) + 1
    with contextlib.suppress(OSError):
        durable.write_atomic(path, tomli_w.dumps({"refused": counts}).encode())


def clear(path: Path) -> None:
    path.unlink(missing_ok=True)
