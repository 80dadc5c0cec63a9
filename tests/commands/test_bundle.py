"""``icme bundle check``: what it prints and how it ends."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import icme_tui
from icme_tui.cli import main

VECTORS = Path(__file__).parents[2] / "exports/vectors"
OFFICE = [
    "--trust", str(VECTORS / "keys/allowed_signers"),
    "--identity", str(VECTORS / "keys/office_age.txt"),
    "--as", "OFFICE",
]  # fmt: skip


def _check(*arguments: str) -> int:
    return main(["bundle", "check", *arguments])


def _file(name: str) -> str:
    return str(VECTORS / f"{name}.cmeb")


def test_every_file_is_judged_for_itself(capsys: pytest.CaptureFixture[str]) -> None:
    names = ["ok-01", "ok-02-cumulative", "hold-gap", "bad-audience"]
    assert _check(*map(_file, names), *OFFICE, "--json") == 3
    told = json.loads(capsys.readouterr().out)["bundles"]
    assert [(each["result"], each["code"]) for each in told] == [
        ("accept", "OK"),
        ("accept", "OK"),
        ("hold", "GAP"),
        ("quarantine", "AUDIENCE"),
    ]


def test_people_read_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert _check(_file("ok-01"), *OFFICE) == 0
    shown = capsys.readouterr().out
    assert "ok-01.cmeb" in shown
    assert "V0007" in shown
    assert "1-4" in shown


def test_a_revoked_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = (VECTORS / "keys/venue_V0007_sign.pub").read_text()
    (tmp_path / "revoked").write_text(f"# lost\n{key}")
    assert _check(_file("ok-01"), *OFFICE, "--revoked", str(tmp_path / "revoked"), "--json") == 3
    assert json.loads(capsys.readouterr().out)["bundles"][0]["code"] == "KEY_REVOKED"


def test_a_file_that_is_too_large_for_a_bundle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(66 * 1024 * 1024)
    assert _check(str(tmp_path / "huge"), *OFFICE, "--json") == 3
    assert json.loads(capsys.readouterr().out)["bundles"][0]["code"] == "CONTAINER"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (["--trust", "nowhere"], "FILE_MISSING"),
        (["--trust", _file("ok-01")], "FILE_NOT_TEXT"),
        (["--trust", str(VECTORS / "keys/office_age.txt")], "TRUST_BAD"),
        (["--identity", str(VECTORS / "keys/allowed_signers")], "IDENTITY_BAD"),
        (["--revoked", str(VECTORS / "keys/office_age.txt")], "REVOKED_BAD"),
        (["--after", _file("hold-gap")], "AFTER_NOT_ACCEPTED"),
        (["--after", "nowhere"], "FILE_MISSING"),
    ],
)
def test_what_it_cannot_work_with(change: list[str], code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _check(_file("ok-01"), *OFFICE, *change, "--json") == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == code


@pytest.mark.parametrize("arguments", [[], [_file("ok-01")], [_file("ok-01"), *OFFICE, "--now", "yesterday"]])
def test_wrong_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert _check(*arguments) == 2
    assert capsys.readouterr().out == ""


def test_a_missing_bundle_is_a_failure_not_a_judgement(capsys: pytest.CaptureFixture[str]) -> None:
    assert _check("nowhere.cmeb", *OFFICE, "--json") == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "FILE_MISSING"


def test_people_read_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert _check(_file("hold-gap"), *OFFICE) == 3
    shown = capsys.readouterr().out
    assert "hold-gap.cmeb: An earlier bundle of this sender is still missing." in shown
    assert "[GAP]" in shown


def test_the_handbook_names_every_code() -> None:
    handbook = (Path(__file__).parents[2] / "docs" / "bundles.md").read_text(encoding="utf-8")
    folder = Path(icme_tui.__file__).parent
    sources = [
        folder / "bundles" / f"{name}.py" for name in ("check", "container", "payload", "age", "sshsig")
    ]
    sources += [folder / "operations" / f"{name}.py" for name in ("importing", "packtaking")]
    raised = {
        code
        for source in sources
        for code in re.findall(r'BundleError\(\s*"([A-Z_]+)"', source.read_text(encoding="utf-8"))
    }
    assert "GAP" in raised
    never_judged = {
        "ENROLMENT_REQUEST",
        "NOT_A_BUNDLE",
        "IDENTITY_BAD",
        "RECIPIENT_BAD",
        "TOO_LARGE",
        "KEY_BAD",
    }
    assert sorted(code for code in raised - never_judged if f"`{code}`" not in handbook) == []
