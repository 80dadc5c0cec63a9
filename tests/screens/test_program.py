"""The program as a process: how it begins on each kind of terminal, and how it ends."""

from __future__ import annotations

import os
import signal
import tomllib
from pathlib import Path

import pytest

from icme_tui.operations.preferences import change_preferences
from icme_tui.station import open_station
from tests.support import pilots, stations
from tests.support.pty import Pty

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo terminals")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    stations.weaken_passwords(monkeypatch)
    stations.venue(tmp_path / "home").close()
    return tmp_path / "home"


def begun(home: Path, *options: str, **more: str) -> Pty:
    return Pty(options, pilots.environment(home, HOME=str(home.parent), **more))


def enter(program: Pty) -> None:
    program.send(stations.PASSWORD, "enter")
    program.wait_for("What needs doing now")


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_signal_ends_the_program_in_order(home: Path, number: signal.Signals) -> None:
    with begun(home, "--profile", "lean") as program:
        program.wait_for("Password")
        enter(program)
        program.kill(number)
        assert program.ended() == 0
        assert b"Traceback" not in program.raw
    assert not list((home / "logs").iterdir())
    open_station(home, None, stations.PASSWORD).close()


def test_a_line_that_drops_ends_the_program_in_order(home: Path) -> None:
    with begun(home, "--profile", "lean") as program:
        program.wait_for("Password")
        enter(program)
        program.hang_up()
        assert program.process.wait(timeout=30) == 0
    assert not list((home / "logs").iterdir())


def test_keys_that_come_in_a_burst_go_where_they_belong(tmp_path: Path) -> None:
    with begun(tmp_path / "new", "--profile", "lean") as program:
        program.wait_for("What is this machine going to be?")
        program.send("v", "V0012", "enter", "市人民医院", "enter", "cme.example", "enter", "enter")
        program.send(*["correct horse", "enter"] * 2)
        program.wait_for("Bring this request to the office")
        assert "V0012 市人民医院" in program.screen.text
        program.press("escape")
        program.send("ctrl+q")
        assert program.ended() == 0
    config = tomllib.loads((tmp_path / "new" / "station.toml").read_text("utf-8"))
    assert (config["code"], config["name"], config["domain"]) == ("V0012", "市人民医院", "cme.example")
    open_station(tmp_path / "new", "admin", "correct horse").close()


def test_a_terminal_of_lines_is_told_of_the_commands(home: Path) -> None:
    with begun(home, TERM="dumb") as program:
        assert program.ended() == 1
        program.listen()
        assert b"icme --help" in program.raw
        assert b"\x1b" not in program.raw


def test_chinese_where_the_locale_says_so(home: Path) -> None:
    with begun(home, LANG="zh_CN.UTF-8") as program:
        program.wait_for("密码")
        assert "登录" in program.screen.text


def test_the_language_of_the_station_counts_before_the_locale(home: Path) -> None:
    change_preferences(home, language="zh_CN")
    with begun(home) as program:
        program.wait_for("密码")
    with begun(home, "--lang", "en") as program:
        program.wait_for("Password")


def test_the_linux_console_speaks_english_once_says_so_and_draws_only_its_own_glyphs(home: Path) -> None:
    with begun(home, TERM="linux", LANG="zh_CN.UTF-8") as program:
        program.wait_for("cannot show Chinese")
        enter(program)
        program.press("f1")
        assert "shi fan yi yuan" in program.screen.text
        for char in program.screen.text:
            char.encode("cp437")
        assert "cannot show Chinese" not in program.screen.text


def test_without_colour_nothing_is_coloured(home: Path) -> None:
    import re

    with begun(home, "--profile", "lean", NO_COLOR="1") as program:
        program.wait_for("Password")
        styles = {
            part for found in re.findall(rb"\x1b\[([0-9;]*)m", program.raw) for part in found.split(b";")
        }
        assert styles <= {b"", b"0", b"1", b"2", b"4", b"7", b"39", b"49"}


def test_a_fault_of_the_program_is_one_sentence(home: Path) -> None:
    (home / "station.toml").write_text('role = "venue"\ncode = 7\nname = ["x"]\n')
    with begun(home, "--profile", "lean") as program:
        program.wait_for("Password")
        program.send("admin", "enter", "x", "enter")
        program.listen(1.0)
        assert b"Traceback" not in program.raw
        program.send("ctrl+q")
        program.ended()


def test_output_without_a_terminal_is_the_help(home: Path) -> None:
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "icme_tui.cli"],
        env={**pilots.environment(home), "PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "Usage" in done.stderr
    assert done.stdout == ""
