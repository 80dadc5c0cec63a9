"""Printing: data is never markup and never acts on the terminal."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icme_tui.codes import IcmeError
from icme_tui.commands.context import Invocation
from icme_tui.commands.output import Output, hundredths, visible


class Ctx:
    """As much of a typer.Context as Output asks for."""

    def __init__(self, json: bool = False) -> None:
        self.invocation = Invocation(json=json)

    def find_object(self, kind: type[Invocation]) -> Invocation:
        return self.invocation


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


HOSTILE = "[bold red]张[/x]"


def test_names_that_look_like_markup_are_shown_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    out = Output(Ctx())
    out.result({}, HOSTILE, out.table(["[/]"], [[HOSTILE]]), out.pairs([(HOSTILE, HOSTILE)]))
    shown = capsys.readouterr().out
    assert shown.count(HOSTILE) == 4
    assert "[/]" in shown


@given(st.text())
def test_visible_leaves_nothing_that_acts_on_a_terminal(text: str) -> None:
    shown = visible(text)
    assert not [c for c in shown if (ord(c) < 0x20 and c not in "\t\n") or 0x7F <= ord(c) < 0xA0]
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


def test_escape_sequences_are_spelled_out(capsys: pytest.CaptureFixture[str]) -> None:
    out = Output(Ctx())
    out.say("a\x1b[2Jb", out.table(["n"], [["c\x07d"]]))
    shown = capsys.readouterr().out
    assert "a\\x1b[2Jb" in shown
    assert "c\\x07d" in shown


def test_a_pipe_gets_whole_cells_and_no_colour(capsys: pytest.CaptureFixture[str]) -> None:
    out = Output(Ctx())
    long = "长" * 90
    out.say(out.table(["a", "b"], [[long, 1]]), "x" * 500)
    shown = capsys.readouterr().out
    assert long in shown
    assert "x" * 500 in shown
    assert "\x1b" not in shown


def test_json_is_one_object_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    out = Output(Ctx(json=True))
    out.say("for people")
    out.result({"name": HOSTILE, "n": 1}, out.table(["a"], [["b"]]), "text")
    assert json.loads(capsys.readouterr().out) == {"name": HOSTILE, "n": 1}


def test_json_holds_no_character_that_acts_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    name = "左\u202e右\x9b"
    Output(Ctx(json=True)).result({"name": name})
    printed = capsys.readouterr().out
    assert printed == '{"name":"左\\u202e右\\u009b"}\n'
    assert json.loads(printed) == {"name": name}


def test_codes_are_not_broken_over_two_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setenv("COLUMNS", "50")
    out = Output(Ctx())
    rows = [["P0000001", "很长的项目名称" * 6, "2026-04-08-186(国)"]]
    out.say(out.table(["Code", "Title", "Number"], rows))
    assert "P0000001" in terminal.getvalue()
    assert "2026-04-08-186(国)" in terminal.getvalue()


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (100, "1"), (250, "2.5"), (1025, "10.25"), (-50, "-0.5"), (5, "0.05")]
)
def test_credits_are_written_without_needless_digits(value: int, text: str) -> None:
    assert hundredths(value) == text


def test_no_bar_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with Output(Ctx()).progress("Reading", 3) as step:
        step()
        step(2)
    assert capsys.readouterr() == ("", "")


def test_a_bar_shows_once_the_work_has_taken_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    now = [0.0]
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr("icme_tui.commands.output.time.monotonic", lambda: now[0])
    with Output(Ctx()).progress("Reading", 3) as step:
        step()
        assert terminal.getvalue() == ""
        now[0] = 2.0
        step()
        step()
    assert "Reading" in terminal.getvalue()


def test_a_question_needs_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    with pytest.raises(IcmeError, match="CONFIRM_NEEDED"):
        Output(Ctx()).confirm("Go on?")


@pytest.mark.parametrize(("typed", "answer"), [("y\n", True), ("YES\n", True), ("n\n", False), ("", False)])
def test_only_a_yes_is_a_yes(monkeypatch: pytest.MonkeyPatch, typed: str, answer: bool) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    assert Output(Ctx()).confirm("Go on?") is answer
