"""People, units and the sheet of a session from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from icme_tui.cli import main
from icme_tui.rules.people.idnumber import check_digit, mask
from tests.support.offices import PASSWORD, Office

BODY = "34022119900307951"
IDNO = BODY + check_digit(BODY)

Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command on an office; JSON, or text with ``shown=True``."""
    Office(tmp_path / "office").station.close()
    secret = tmp_path / "password"
    secret.write_text(PASSWORD + "\n")
    secret.chmod(0o600)
    monkeypatch.setenv("ICME_PASSWORD_FILE", str(secret))
    monkeypatch.setenv("ICME_HOME", str(tmp_path / "office"))

    def one(*arguments: str, shown: bool = False) -> tuple[int, Any]:
        code = main([*arguments] if shown else [*arguments, "--json"])
        out = capsys.readouterr().out
        return code, out if shown else json.loads(out)

    return one


def test_units_make_a_tree(run: Run) -> None:
    _code, top = run("unit", "add", "示范医院", "--type", "hospital")
    _code, below = run("unit", "add", "内科", "--parent", top["unit"])
    _code, listed = run("unit", "list")
    assert [(one["name"], one["depth"]) for one in listed["units"]] == [("示范医院", 0), ("内科", 1)]
    assert run("unit", "edit", below["unit"], "--name", "心内科")[1]["changed"] is True
    assert "心内科" in run("unit", "list", shown=True)[1]
    code, refused = run("unit", "edit", top["unit"], "--parent", below["unit"])
    assert (code, refused["error"]["code"]) == (1, "UNIT_RING")
    assert run("unit", "edit", below["unit"], "--close")[0] == 0
    assert run("unit", "list")[1]["total"] == 1


def test_a_person_is_added_changed_found_and_shown(run: Run, tmp_path: Path) -> None:
    run("unit", "add", "内科")
    number = tmp_path / "id.txt"
    number.write_text(IDNO + "\n")
    add = ("person", "add", "张示例", "--unit", "内科", "--title", "主治医师", "--idno-file")
    _code, made = run(*add, str(number))
    person = made["person"]
    assert made["errors"] == []
    _code, listed = run("person", "list", "zsl", IDNO[-4:])
    assert [(one["person"], one["idno"]) for one in listed["people"]] == [(person, mask(IDNO))]
    code, again = run(*add, str(number))
    assert (code, again["person"]) == (1, None)
    assert [error["code"] for error in again["errors"]] == ["ID_TAKEN"]
    assert IDNO not in json.dumps(again)
    run("person", "edit", person, "--specialty", "心血管", "--phone", "13800138000")
    _code, shown = run("person", "show", person)
    assert shown["values"]["specialty"] == "心血管"
    assert shown["values"]["phone"] == "138****8000"
    run("person", "edit", person, "--left")
    assert run("person", "list")[1]["total"] == 0
    assert run("person", "list", "--left")[1]["total"] == 1
    assert "张示例" in run("person", "show", person, shown=True)[1]


def test_what_is_wrong_is_said_by_field(run: Run, tmp_path: Path) -> None:
    number = tmp_path / "id.txt"
    number.write_text("123\n")
    code, said = run(
        "person", "add", "张示例", "--unit", "核科", "--title", "无", "--idno-file", str(number), shown=True
    )
    assert code == 1
    assert "ID number" in said
    assert "Nothing was written." in said
    code, missing = run("person", "add", "张", "--unit", "内科", "--idno-file", str(tmp_path / "none"))
    assert (code, missing["error"]["code"]) == (1, "ID_FILE")


@pytest.mark.parametrize("suffix", [".xlsx", ".txt"])
def test_the_sheet_of_a_session(run: Run, tmp_path: Path, suffix: str) -> None:
    _code, made = run("project", "add", "心电图", "--level", "national")
    _code, session = run(
        "session", "add", made["course"], "--start", "2026-09-25T08:30", "--end", "2026-09-25T11:30"
    )
    out = tmp_path / f"sheet{suffix}"
    _code, written = run("session", "sheet", session["session"], "--to", str(out), "--blank", "3")
    assert (written["total"], out.is_file()) == (0, True)
    code, refused = run("session", "sheet", session["session"], "--to", str(out))
    assert (code, refused["error"]["code"]) == (1, "SHEET_EXISTS")
    assert run("session", "sheet", session["session"], "--to", str(out), "--force")[0] == 0


def test_a_sheet_of_another_kind_is_a_slip(run: Run, tmp_path: Path) -> None:
    assert main(["session", "sheet", "S0000001", "--to", str(tmp_path / "sheet.pdf")]) == 2


def test_what_is_taught_is_changed(run: Run) -> None:
    _code, made = run("project", "add", "心电图", "--level", "national")
    _code, session = run(
        "session", "add", made["course"], "--start", "2026-09-25T08:30", "--end", "2026-09-25T11:30"
    )
    assert run("project", "edit", made["project"], "--title", "心电图新进展")[1]["changed"] is True
    assert run("project", "edit", made["project"], "--title", "心电图新进展")[1]["changed"] is False
    run("course", "edit", made["course"], "--credit", "2.5")
    [course] = run("course", "list")[1]["courses"]
    assert (course["title"], course["credit_hundredths"]) == ("心电图", 250)
    run("course", "edit", made["course"], "--credit", "")
    assert run("course", "list")[1]["courses"][0]["credit_hundredths"] is None
    run("session", "edit", session["session"], "--end", "10:30", "--mode", "in_out")
    [one] = run("session", "list")[1]["sessions"]
    assert (one["minutes"], one["mode"]) == (120, "in_out")
    code, refused = run("session", "edit", session["session"], "--end", "08:00")
    assert (code, refused["error"]["code"]) == (1, "TIMES_ORDER")
