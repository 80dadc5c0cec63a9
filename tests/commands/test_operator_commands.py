"""``icme operator`` and ``icme check`` from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from icme_tui.cli import main
from tests.support import stations

Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    stations.weaken_passwords(monkeypatch)
    stations.venue(tmp_path / "home").close()
    monkeypatch.setenv("ICME_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ICME_PASSWORD_FILE", str(secret(tmp_path, "own", stations.PASSWORD)))

    def one(*arguments: str) -> tuple[int, dict[str, Any]]:
        code = main([*arguments, "--json"])
        found = json.loads(capsys.readouterr().out)
        assert isinstance(found, dict)
        return code, found

    return one


def secret(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text + "\n")
    path.chmod(0o600)
    return path


def test_an_operator_is_added_and_changes_his_password(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = secret(tmp_path, "first", "invented one")
    second = secret(tmp_path, "second", "invented two")
    assert run("operator", "add", "li", "--new-password-file", str(first)) == (
        0,
        {"name": "li", "role": "operator"},
    )
    monkeypatch.setenv("ICME_OPERATOR", "li")
    monkeypatch.setenv("ICME_PASSWORD_FILE", str(first))
    code, refused = run("operator", "add", "wang", "--new-password-file", str(second))
    assert (code, refused["error"]["code"]) == (1, "ADMIN_ONLY")
    assert run("operator", "password", "--new-password-file", str(second)) == (0, {"name": "li"})
    code, refused = run("operator", "list")
    assert (code, refused["error"]["code"]) == (1, "LOGIN_REFUSED")
    monkeypatch.setenv("ICME_PASSWORD_FILE", str(second))
    code, listed = run("operator", "list")
    assert code == 0
    assert [one["name"] for one in listed["operators"]] == ["admin", "li"]


def test_the_check_ends_with_1_where_something_is_bad(run: Run, tmp_path: Path) -> None:
    code, found = run("check")
    assert code == 0
    assert len(found["checks"]) == 8
    (tmp_path / "home" / "keyring.toml").chmod(0o644)
    code, found = run("check")
    assert (code, found["state"]) == (1, "bad")
    assert [one["code"] for one in found["checks"] if one["state"] == "bad"] == ["RIGHTS_OPEN"]


def test_an_operator_is_removed_and_a_forgotten_password_mended(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = secret(tmp_path, "first", "invented one")
    run("operator", "add", "li", "--new-password-file", str(first))
    monkeypatch.setenv("ICME_OPERATOR", "admin")
    assert run("operator", "password", "--for", "li", "--new-password-file", str(first)) == (
        0,
        {"name": "li"},
    )
    monkeypatch.setenv("ICME_OPERATOR", "admin")
    assert run("operator", "remove", "li", "--reason", "left the hospital") == (0, {"name": "li"})
    assert [one["name"] for one in run("operator", "list")[1]["operators"]] == ["admin"]
    identity = secret(tmp_path, "identity", "nothing of the kind")
    again = ("operator", "recover", "admin", "--new-password-file", str(first), "--identity")
    assert run(*again, str(identity))[1]["error"]["code"] == "IDENTITY_BAD"
    assert run(*again, str(tmp_path / "none"))[1]["error"]["code"] == "IDENTITY_FILE"
    stations.office(tmp_path / "office").close()
    monkeypatch.setenv("ICME_HOME", str(tmp_path / "office"))
    assert run(*again, str(tmp_path / "office-recovery.txt")) == (0, {"name": "admin"})
    monkeypatch.setenv("ICME_PASSWORD_FILE", str(first))
    assert run("operator", "list")[0] == 0
