"""Tools of the system that integration tests run."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def tool(name: str) -> str:
    """Its path. Without it the test is skipped, with ICME_REQUIRE_INTEGRATION it fails."""
    path = shutil.which(name)
    if path is None:
        if os.environ.get("ICME_REQUIRE_INTEGRATION"):
            pytest.fail(f"{name} is not installed")
        pytest.skip(f"{name} is not installed")
    return path


def output_of(*command: str | Path, stdin: bytes = b"") -> bytes:
    """What a tool prints. Raises AssertionError where it fails."""
    done = subprocess.run(
        [tool(str(command[0])), *map(str, command[1:])], input=stdin, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout
