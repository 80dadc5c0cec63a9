"""The script with stock tools prints what holds, and nothing of what does not."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.tools import tool

EXPORTS = Path(__file__).parents[2] / "exports"
KEYS = EXPORTS / "vectors/keys"
SEEN_BY_SIGNATURE_AND_HASHES = (
    "bad-cipher-flip", "bad-manifest-blanks", "bad-manifest-edit", "bad-member-order",
    "bad-namespace", "bad-plain-hash", "bad-plain-len", "bad-principal", "bad-recipient", "bad-sig-stranger",
    "bad-truncated",
)  # fmt: skip
"""The others need the chain, positions, or what the reader holds."""

pytestmark = pytest.mark.integration


def _open(path: Path, sender: str = "V0007", kind: str = "facts") -> subprocess.CompletedProcess[bytes]:
    for name in ("tar", "ssh-keygen", "sha256sum", "age", "gunzip"):
        tool(name)
    identity = KEYS / ("office_age.txt" if kind == "facts" else "venue_V0007_age.txt")
    script = str(EXPORTS / "open-with-stock-tools.sh")
    arguments = [path, KEYS / "allowed_signers", identity, sender, "cme.example", kind]
    return subprocess.run(["sh", script, *map(str, arguments)], capture_output=True, check=False)


@pytest.mark.parametrize(
    ("name", "positions"),
    [("ok-01", [1, 2, 3, 4]), ("ok-02-cumulative", [1, 2, 3, 4, 5, 6, 7]), ("ok-04-empty", [])],
)
def test_a_good_bundle(name: str, positions: list[int]) -> None:
    done = _open(EXPORTS / f"vectors/{name}.cmeb")
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["p"] for line in done.stdout.splitlines()] == positions


def test_a_good_pack() -> None:
    done = _open(EXPORTS / "vectors/ok-pack-17.cmeb", "OFFICE", "pack")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[0])["k"] == "receipt"


@pytest.mark.parametrize("name", SEEN_BY_SIGNATURE_AND_HASHES)
def test_what_does_not_hold_prints_nothing(name: str) -> None:
    done = _open(EXPORTS / f"vectors/{name}.cmeb")
    assert done.returncode == 1
    assert done.stdout == b""
    assert done.stderr


def test_another_sender_than_the_one_that_was_asked_for() -> None:
    done = _open(EXPORTS / "vectors/ok-01.cmeb", "V0008")
    assert (done.returncode, done.stdout) == (1, b"")


def test_wrong_usage_tells_how() -> None:
    script = str(EXPORTS / "open-with-stock-tools.sh")
    done = subprocess.run(["sh", script], capture_output=True, check=False, text=True)
    assert done.returncode == 2
    assert "ALLOWED_SIGNERS" in done.stderr
