"""Projects, courses, sessions and credits from the command line."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from icme_tui.cli import main
from icme_tui.commands.course import read_credit
from icme_tui.commands.credits import flagged, summary
from icme_tui.commands.moments import read_moment, show_moment, show_time
from icme_tui.commands.session import read_lecturer
from tests.support.offices import PASSWORD, Office
from tests.support.touches import at

Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs a command on an office in Chinese local time; JSON, or text with ``shown=True``."""
    Office(tmp_path / "office").station.close()
    secret = tmp_path / "password"
    secret.write_text(PASSWORD + "\n")
    secret.chmod(0o600)
    monkeypatch.setenv("ICME_PASSWORD_FILE", str(secret))
    monkeypatch.setenv("ICME_HOME", str(tmp_path / "office"))
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()

    def one(*arguments: str, shown: bool = False) -> tuple[int, Any]:
        code = main([*arguments] if shown else [*arguments, "--json"])
        out = capsys.readouterr().out
        return code, out if shown else json.loads(out)

    yield one
    monkeypatch.undo()
    time.tzset()


def test_a_course_from_project_to_credits(run: Run, tmp_path: Path) -> None:
    _code, made = run("project", "add", "心血管 [bold]新[/x]", "--level", "national", "--credit", "2.5")
    course = made["course"]
    _code, session = run("session", "add", course, "--start", "2026-09-25T08:30", "--end", "11:30")
    _code, listed = run("session", "list")
    [one] = listed["sessions"]
    assert one["id"] == session["session"]
    assert (one["start"], one["end"], one["minutes"]) == ("2026-09-25T00:30:00Z", "2026-09-25T03:30:00Z", 180)
    _code, courses = run("course", "list", "--project", made["project"])
    assert courses["courses"][0]["credit_hundredths"] == 250
    code, now_open = run("session", "open", one["id"])
    assert (code, now_open["session"]) == (0, one["id"])
    assert now_open["counts"] == {"people": 0, "in": 0, "out": 0}
    assert run("session", "close", one["id"])[0] == 0
    _code, attended = run("session", "show", one["id"])
    assert (attended["session"]["title"], attended["attendances"]) == ("心血管 [bold]新[/x]", [])
    sheet = tmp_path / "credits.xlsx"
    code, credit = run("credits", "--year", "2026", "--course", course, "--to", str(sheet))
    assert credit["file"] == str(sheet)
    assert sheet.read_bytes().startswith(b"PK")
    assert (code, credit["policy"], credit["rows"], credit["totals"]["counted"]) == (0, "cn-2006", [], 0)


def test_people_read_tables_with_titles_as_they_are_and_local_time(run: Run) -> None:
    _code, made = run("project", "add", "心血管 [bold]新[/x]", "--level", "in_house")
    run("session", "add", made["course"], "--start", "2026-09-25T08:30", "--end", "11:30")
    for arguments in (("project", "list"), ("course", "list"), ("session", "list")):
        code, text = run(*arguments, shown=True)
        assert code == 0
        assert "心血管 [bold]新[/x]" in text
    assert "2026-09-25 08:30" in text


def test_refusals_have_a_code_and_status_1(run: Run) -> None:
    for arguments, code in (
        (("course", "add", "G0000099", "某课程"), "NO_PROJECT"),
        (("session", "show", "S0000099"), "NO_SESSION"),
        (("project", "add", "某项目", "--level", "planet"), "UNKNOWN_LEVEL"),
        (("credits", "--policy", "cn-1900"), "UNKNOWN_POLICY"),
        (("credits", "--person", "P0000099"), "NO_PERSON"),
    ):
        status, refused = run(*arguments)
        assert (status, refused["error"]["code"]) == (1, code)


def test_a_slip_of_the_pen_is_wrong_usage(run: Run) -> None:
    for arguments in (
        ("project", "add", "某项目", "--level", "national", "--credit", "2.555"),
        ("session", "add", "C0000001", "--start", "tomorrow", "--end", "11:30"),
        ("session", "add", "C0000001", "--start", "2026-09-25T08:30", "--end", "25:00"),
    ):
        assert run(*arguments)[0] == 2


@pytest.mark.parametrize(
    ("text", "hundredths"), [("3", 300), ("2.5", 250), ("0.25", 25), ("10.05", 1005), (None, None)]
)
def test_credits_are_read_without_fractions(text: str | None, hundredths: int | None) -> None:
    assert read_credit(text) == hundredths


@pytest.mark.parametrize("text", ["", "-1", "1e3", "2.555", "２", "1,5"])
def test_what_is_no_credit(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        read_credit(text)


def test_lecturers_are_read_with_or_without_minutes() -> None:
    assert read_lecturer("P0070001") == ("P0070001", None)
    assert read_lecturer("P0070001:45") == ("P0070001", 45)
    with pytest.raises(typer.BadParameter):
        read_lecturer("P0070001:long")


def test_moments_with_a_zone_are_taken_as_they_are() -> None:
    assert read_moment("2026-09-25T08:30Z", "--start") == at("08:30")
    assert read_moment("2026-09-25T16:30+08:00", "--start") == at("08:30")
    assert show_moment(None) == show_time(None) == ""


@pytest.mark.parametrize("text", ["9999-12-31T23:00", "0001-01-01T00:00", "2026-09-25", "26:70", ""])
def test_a_session_needs_a_moment_of_this_age(run: Run, text: str) -> None:
    _code, made = run("project", "add", "心血管", "--level", "national")
    code, told = run("session", "add", made["course"], "--start", text, "--end", "23:59")
    assert (code, told["error"]["code"]) == (2, "USAGE")
    times = ("--start", "2026-09-25T08:30", "--end", "11:30")
    assert run("session", "add", made["course"], *times, "--in-from", "2026-09-25")[0] == 2


def test_without_standard_input_a_password_is_needed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ICME_PASSWORD_FILE")
    monkeypatch.setattr("sys.stdin", None)
    code, told = run("project", "list")
    assert (code, told["error"]["code"]) == (1, "PASSWORD_NEEDED")


def test_a_search_of_the_journal_that_finds_nothing_names_what_there_is(run: Run) -> None:
    _code, said = run("journal", "show", "--kind", "nonsense", "--by", "nobody", shown=True)
    assert "There are no facts of the kind 'nonsense'." in said
    assert "'nobody' has done nothing. There are: admin." in said
    _code, said = run("journal", "show", "--kind", "operator", shown=True)
    assert "There are" not in said


def test_the_journal_tells_all_moments_on_the_clock_of_the_place(run: Run) -> None:
    _code, made = run("project", "add", "心血管", "--level", "national")
    run("session", "add", made["course"], "--start", "2026-09-25T08:30", "--end", "11:30")
    _code, said = run("journal", "show", "--kind", "session", shown=True)
    assert "start=2026-09-25 08:30" in said


def test_flags_are_counted_and_explained() -> None:
    said = flagged(["TWO_VENUES:P1/C1/S1", "DOUBLE_TAP:V0007/e/1", "TWO_VENUES:P2/C1/S1"])
    assert said is not None
    first, second = said.splitlines()
    assert (first.startswith("Flagged: 1. "), first.endswith("[DOUBLE_TAP]")) == (True, True)
    assert second.startswith("Flagged: 2. In two sessions or at two venues at the same time;")
    assert second.endswith("[TWO_VENUES]")
    assert flagged([]) is None


def test_rules_without_classes_name_none() -> None:
    figures = {"counted": 200, "class_1": 0, "class_2": 0, "gross": 250, "not_counted": {}}
    assert summary(figures) == "Counted 2 credits of 2.5 earned."
    assert summary(figures | {"class_2": 200}) == "Counted 2 credits (Ⅰ 0, Ⅱ 2) of 2.5 earned."
