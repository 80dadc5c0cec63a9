"""``icme roster``: what a clerk sees, and the exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from icme_tui.clock import FixedClock
from icme_tui.commands.loading import run
from icme_tui.commands.rosterwords import ROWS
from icme_tui.operations.founding import found_office
from tests.support.rosters import SAMPLES, id_number, person, table, write_csv

PASSWORD = "correct horse"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home, secret = tmp_path / "home", tmp_path / "password"
    clock = FixedClock("2026-09-25T08:00:00Z")
    found_office(home, "OFFICE", "示范", "cme.example", PASSWORD, clock=clock).station.close()
    secret.write_text(PASSWORD)
    secret.chmod(0o600)
    monkeypatch.setenv("ICME_HOME", str(home))
    monkeypatch.setenv("ICME_PASSWORD_FILE", str(secret))
    return home


def test_a_roster_is_imported_once(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["roster", "import", str(SAMPLES / "roster_300.xlsx"), "--create-units"]) == 0
    said = capsys.readouterr().out
    assert "300 new" in said
    assert "sheet 'roster_300'" in said
    assert run(["roster", "import", str(SAMPLES / "roster_300.csv")]) == 0
    assert "0 new, 0 changed, 300 unchanged" in capsys.readouterr().out


@pytest.mark.parametrize("file", ["roster_bad_rows.csv", "roster_bad_rows.xlsx"])
def test_every_bad_row_has_its_sentence(office: Path, capsys: pytest.CaptureFixture[str], file: str) -> None:
    assert run(["roster", "import", str(SAMPLES / file), "--create-units"]) == 1
    said = capsys.readouterr().out
    for row, words in {
        3: "check digit",
        4: "lost its digits in a spreadsheet",
        5: "last three digits to 000",
        6: "same ID number as in row 2",
        7: "name is missing",
        8: "sex disagrees with the ID number",
        9: "no such day",
        11: "Unknown title",
        12: "Unknown department",
        14: "formula",
        15: "telephone number",
    }.items():
        lines = [line for line in said.splitlines() if line.strip().startswith(f"Row {row},")]
        assert any(words in line for line in lines), (row, lines)
    assert "主任医师 meant?" in said
    assert "format Text" in said
    assert "Nothing was imported" in said
    for row in (2, 10, 13):
        assert f"Row {row}," not in said
    assert "34020219811018951X" not in said
    assert "3402**********951X" in said


@pytest.mark.parametrize(
    ("file", "words"),
    [("roster_missing_column.csv", "身份证号"), ("roster_duplicate_heading.csv", "职称")],
)
def test_headings_that_do_not_fit_are_named(
    office: Path, capsys: pytest.CaptureFixture[str], file: str, words: str
) -> None:
    assert run(["roster", "import", str(SAMPLES / file), "--create-units"]) == 1
    assert words in capsys.readouterr().err


def test_a_dry_run_in_json(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        run(["roster", "import", str(SAMPLES / "roster_titled.ods"), "--create-units", "--dry-run", "--json"])
        == 0
    )
    data: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert (data["imported"], data["dry_run"], data["people"], len(data["new"])) == (False, True, 60, 60)
    assert data["file"] == {
        "name": "roster_titled.ods",
        "format": "ods",
        "encoding": "",
        "sheet": "roster_titled",
        "heading_row": 3,
    }
    assert data["new"][0]["idno"] == "3212**********9826"
    assert data["new"][0]["unit"] == "骨科"
    assert (data["errors"], data["warnings"], data["facts"], data["errors_file"]) == ([], [], 0, None)
    assert run(["roster", "import", str(SAMPLES / "roster_titled.csv"), "--json"]) == 1
    refused = json.loads(capsys.readouterr().out)
    assert refused["imported"] is False
    assert {error["code"] for error in refused["errors"]} == {"UNIT_UNKNOWN"}


def test_changes_and_the_missing_are_shown(
    office: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people = [person(serial, 科室="骨科") for serial in (1, 2)]
    run(["roster", "import", str(write_csv(tmp_path / "a.csv", table(people))), "--create-units"])
    capsys.readouterr()
    changed = write_csv(
        tmp_path / "b.csv", table([person(1, 科室="骨科", 职称="主任医师", 手机号码="13900009999")])
    )
    assert run(["roster", "import", str(changed)]) == 0
    said = capsys.readouterr().out
    assert "title '主治医师' → '主任医师'" in said
    assert "139****9999" in said
    assert "13900009999" not in said
    assert people[1]["姓名"] in said
    assert id_number(2) not in said


def test_the_roster_comes_back_with_findings(
    office: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "back.xlsx"
    arguments = ["roster", "import", str(SAMPLES / "roster_bad_rows.csv"), "--errors-to", str(out)]
    assert run(arguments) == 1
    assert str(out) in capsys.readouterr().out
    assert out.exists()


def test_a_file_that_is_there_is_not_overwritten(
    office: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    precious = tmp_path / "keep.xlsx"
    precious.write_text("precious")
    arguments = ["roster", "import", str(SAMPLES / "roster_300.csv"), "--create-units", "--dry-run"]
    assert run([*arguments, "--errors-to", str(precious)]) == 1
    assert "SHEET_EXISTS" in capsys.readouterr().err
    assert precious.read_text() == "precious"
    assert run([*arguments, "--errors-to", str(precious), "--force"]) == 0
    assert f"No findings in {precious}" in capsys.readouterr().out
    assert precious.read_bytes().startswith(b"PK")


def test_one_unknown_department_is_one_line_and_errors_come_first(
    office: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [person(serial, 科室="骨科", 职称="") for serial in range(1, 7)]
    assert run(["roster", "import", str(write_csv(tmp_path / "a.csv", table(rows)))]) == 1
    said = capsys.readouterr().out
    assert said.count("Unknown department") == 1
    assert "(also in 5 more rows, the last is 7)" in said
    assert said.index("Errors:") < said.index("Warnings:")


def test_of_those_not_in_the_file_twenty_are_shown(
    office: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [person(serial, 科室="骨科") for serial in range(1, 31)]
    run(["roster", "import", str(write_csv(tmp_path / "a.csv", table(rows))), "--create-units"])
    capsys.readouterr()
    assert run(["roster", "import", str(write_csv(tmp_path / "b.csv", table(rows[:1])))]) == 0
    said = capsys.readouterr().out
    assert "Not in the file (kept): 29" in said
    assert "… and 9 more" in said
    assert sum(line.startswith("  P000") for line in said.splitlines()) == 20


def test_a_venue_without_a_pack_is_told_that_the_office_must_enter_it_too(
    office: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ICME_HOME", str(tmp_path / "venue"))
    domain = ["--domain", "cme.example"]
    assert run(["init", "venue", "--code", "V0007", "--name", "示范医院", *domain]) == 0
    capsys.readouterr()
    path = write_csv(tmp_path / "a.csv", table([person(1)]))
    assert run(["roster", "import", str(path), "--create-units", "--json"]) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out)["office_must_enter"] is True
    assert "the office has to enter this too" in shown.err
    assert run(["project", "add", "预备", "--level", "in_house", "--json"]) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out)["office_must_enter"] is True
    assert "the office has to enter this too" in shown.err


def test_wrong_usage(office: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    roster = str(SAMPLES / "roster_300.xlsx")
    assert run(["roster", "import"]) == 2
    assert run(["roster", "import", roster, "--errors-to", roster]) == 2
    assert run(["roster", "import", roster, "--errors-to", str(tmp_path / "a.csv")]) == 2
    assert run(["roster", "template", str(tmp_path / "a.csv")]) == 2
    assert "xlsx" in capsys.readouterr().err


def test_an_empty_form(office: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "form.xlsx"
    assert run(["roster", "template", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"file": str(path)}
    assert run(["roster", "template", str(path)]) == 1
    assert run(["roster", "template", str(path), "--force"]) == 0
    assert run(["roster", "import", str(path)]) == 1
    assert "no people" in capsys.readouterr().out


@pytest.mark.parametrize("field", ["UNIT", "SPECIALTY"])
@pytest.mark.parametrize("error", ["FORMULA", "CONTROL", "LONG"])
def test_codes_that_are_put_together_have_sentences(field: str, error: str) -> None:
    assert ROWS[f"{field}_{error}"]


def test_the_handbook_names_every_finding() -> None:
    handbook = (Path(__file__).parents[2] / "docs" / "rosters.md").read_text(encoding="utf-8")
    assert [code for code in ROWS if f"`{code}`" not in handbook] == []
