"""``icme init`` and ``icme journal`` from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from icme_tui.cli import main

Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command on the home of this test and gives exit code and JSON."""
    secret = tmp_path / "password"
    secret.write_text("correct horse\n")
    secret.chmod(0o600)
    monkeypatch.setenv("ICME_PASSWORD_FILE", str(secret))
    monkeypatch.setenv("ICME_HOME", str(tmp_path / "home"))

    def one(*arguments: str) -> tuple[int, dict[str, Any]]:
        code = main([*arguments, "--json"])
        found = json.loads(capsys.readouterr().out)
        assert isinstance(found, dict)
        return code, found

    return one


@pytest.fixture
def office(run: Run) -> dict[str, Any]:
    code, made = run("init", "office", "--name", "示范市", "--domain", "cme.example")
    assert code == 0
    return made


def test_an_office_is_made_once(office: dict[str, Any], run: Run, tmp_path: Path) -> None:
    assert office["code"] == "OFFICE"
    assert office["operator"] == "admin"
    assert [len(group) for group in office["fingerprint"].split()] == [5] * 6
    recovery = Path(office["recovery_file"])
    assert recovery.stat().st_mode & 0o777 == 0o600
    home = tmp_path / "home"
    assert home.stat().st_mode & 0o777 == 0o700
    assert not (home / "store.db").read_bytes().startswith(b"SQLite format 3")
    code, refused = run("init", "office", "--name", "x", "--domain", "cme.example")
    assert code == 1
    assert refused["error"]["code"] == "HOME_EXISTS"


def test_a_venue_gets_its_request(run: Run) -> None:
    code, made = run("init", "venue", "--code", "V0007", "--name", "示范医院", "--domain", "cme.example")
    assert code == 0
    request = Path(made["request"])
    assert request.name == "V0007.enrol"
    assert request.parent.name == "outbox"
    assert request.stat().st_size > 0


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        (["--code", "v 7", "--name", "x", "--domain", "cme.example"], "CODE_BAD"),
        (["--code", "V0007", "--name", " ", "--domain", "cme.example"], "NAME_BAD"),
        (["--code", "V0007", "--name", "x", "--domain", "CME example"], "DOMAIN_BAD"),
    ],
)
def test_what_cannot_be_is_refused(run: Run, arguments: list[str], refusal: str, tmp_path: Path) -> None:
    code, refused = run("init", "venue", *arguments)
    assert (code, refused["error"]["code"]) == (1, refusal)
    assert not (tmp_path / "home").exists()


def test_a_wrong_password_is_refused_and_noted(office: dict[str, Any], run: Run, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("wrong horse\n")
    wrong.chmod(0o600)
    code, refused = run("--password-file", str(wrong), "journal", "verify")
    assert (code, refused["error"]["code"]) == (1, "LOGIN_REFUSED")
    _code, shown = run("journal", "show", "--kind", "login")
    assert [fact["fields"].get("refused", 0) for fact in shown["facts"]][-1] == 1
    assert "wrong horse" not in json.dumps(refused) + json.dumps(shown)


def test_the_journal_of_a_new_office_is_whole(office: dict[str, Any], run: Run) -> None:
    code, verified = run("journal", "verify")
    assert code == 0
    assert verified["ok"] is True
    assert [source["station"] for source in verified["sources"]] == ["OFFICE"]
    assert verified["facts"] == verified["sources"][0]["top"]
    assert run("journal", "rebuild", "--check") == (0, {"ok": True, "differences": {}})


def test_the_audit_view_filters(office: dict[str, Any], run: Run) -> None:
    _code, everything = run("journal", "show")
    assert {fact["by"] for fact in everything["facts"]} == {"admin"}
    assert [fact["p"] for fact in everything["facts"]] == sorted(fact["p"] for fact in everything["facts"])
    _code, operators = run("journal", "show", "--kind", "operator", "--by", "admin", "--station", "OFFICE")
    assert [fact["fields"]["id"] for fact in operators["facts"]] == ["admin"]
    assert run("journal", "show", "--until", "2020-01-01T00:00Z")[1] == {"facts": [], "shown": 0}
    assert run("journal", "show", "--since", "2020-01-01T00:00Z", "--limit", "1")[1]["shown"] == 1
    assert run("journal", "show", "--by", "nobody")[1]["shown"] == 0


def test_tables_are_for_people(office: dict[str, Any], capsys: pytest.CaptureFixture[str], run: Run) -> None:
    assert main(["journal", "show"]) == 0
    assert main(["journal", "verify"]) == 0
    shown = capsys.readouterr().out
    assert "operator" in shown
    assert "every chain is right" in shown
    assert not any(line.endswith(" ") for line in shown.splitlines())
