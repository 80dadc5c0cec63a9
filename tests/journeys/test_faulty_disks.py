"""A full disk, a read-only stick, a stick that is pulled out: a reason, nothing lost, nothing half done."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.faults import SCENARIOS
from tests.support.killing import ROOT
from tests.support.tools import tool

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def unshare() -> str:
    """``unshare``, where the system lets it make a mount namespace."""
    found = tool("unshare")
    tried = subprocess.run([found, "-rm", "mount", "-t", "tmpfs", "none", "/mnt"], check=False)
    if tried.returncode:  # a container may not; tests/bundles/test_stick.py has the rest
        pytest.skip("unshare -rm may not mount here")
    return found


@pytest.mark.parametrize("scenario", [scenario.__name__ for scenario in SCENARIOS])
def test_nothing_is_lost_and_nothing_half_done(unshare: str, tmp_path: Path, scenario: str) -> None:
    done = subprocess.run(
        [unshare, "-rm", sys.executable, "-m", "tests.support.faults", scenario, tmp_path],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
