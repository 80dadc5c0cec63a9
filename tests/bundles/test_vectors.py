"""Every vector gives the result and the code that stand beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from icme_tui.bundles import age, build, container, keys, sshsig
from icme_tui.bundles.trust import namespace
from icme_tui.cli import main

HERE = Path(__file__).parents[2] / "exports/vectors"
SHARED = Path(__file__).parents[3] / "shared/data/vectors/bundle"
RESULTS = {
    "accept": ("OFFICE", "accept"),
    "hold": ("OFFICE", "hold"),
    "quarantine": ("OFFICE", "quarantine"),
    "accept-at-venue": ("V0007", "accept"),
    "accept-with-warning": ("V0007", "accept"),
    "reject-at-venue": ("V0007", "quarantine"),
}
IDENTITIES = {"OFFICE": "office_age.txt", "V0007": "venue_V0007_age.txt"}


def _cases() -> list[Any]:
    found = []
    for folder in (HERE, SHARED):
        if not (folder / "expected.json").is_file():
            continue
        expected = json.loads((folder / "expected.json").read_text())
        for name, case in expected["cases"].items():
            preload = expected["preload"].get(name, [])
            mark = f"{'shared' if folder == SHARED else 'own'}-{name}"
            found.append(pytest.param(folder, name, case, preload, id=mark))
    return found


def _arguments(folder: Path, name: str, case: dict[str, Any], preload: list[str]) -> list[str]:
    me, _result = RESULTS[case["result"]]
    now = "2026-09-30T00:00:00Z" if case["code"] == "STALE" else "2026-09-28T10:00:00Z"
    arguments = ["bundle", "check", str(folder / f"{name}.cmeb"), "--as", me, "--json", "--now", now]
    arguments += ["--trust", str(folder / "keys/allowed_signers")]
    arguments += ["--identity", str(folder / "keys" / IDENTITIES[me])]
    revoked = case.get("revoked", "revoked_V0008" if case["use_revocation_list"] else "")
    if revoked:
        arguments += ["--revoked", str(folder / "keys" / revoked)]
    for earlier in preload:
        arguments += ["--after", str(folder / f"{earlier}.cmeb")]
    return arguments


@pytest.mark.parametrize(("folder", "name", "case", "preload"), _cases())
def test_a_vector_gives_its_result(
    folder: Path, name: str, case: dict[str, Any], preload: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    _me, result = RESULTS[case["result"]]
    status = main(_arguments(folder, name, case, preload))
    told = json.loads(capsys.readouterr().out)
    assert told == {
        "bundles": [{"file": str(folder / f"{name}.cmeb"), "result": result, "code": case["code"]}]
    }
    assert status == (0 if result == "accept" else 3)


def test_the_first_vector_and_our_own_bundle_are_the_same_bytes_but_for_the_ciphertext() -> None:
    """age draws fresh keys each time; all else is fixed by its content."""
    data = (HERE / "ok-01.cmeb").read_bytes()
    stored, armored, cipher = container.read(data, container.BUNDLE)
    key = keys.SigningKey.from_openssh((HERE / "keys/venue_V0007_sign").read_bytes())
    signature = sshsig.sign(key, namespace("facts", "cme.example"), stored)
    assert signature == armored
    ours = container.write(container.BUNDLE, [stored, signature, cipher])
    assert data == ours + bytes(-len(ours) % 10_240)
    build.verify_own(data, key.public, namespace("facts", "cme.example"))


def test_the_recovery_key_opens_what_the_office_key_opens() -> None:
    _stored, _armored, cipher = container.read((HERE / "ok-01.cmeb").read_bytes(), container.BUNDLE)
    opened = [
        age.decrypt(cipher, age.parse_identities((HERE / "keys" / name).read_text()))
        for name in ("office_age.txt", "recovery_age.txt")
    ]
    assert opened[0] == opened[1]
