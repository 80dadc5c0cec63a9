"""What people and courses send over the line at 80×24 in the lean profile."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from icme_tui.operations import courses
from tests.support import pilots, stations
from tests.support.pty import Pty

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo terminals")

KEY, PAGE, SCREEN = 700, 5_000, 12_000


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    stations.weaken_passwords(monkeypatch)
    with stations.office(tmp_path / "home") as station:
        with station.writing():
            station.record(station.put("unit", "U0000001", name="内科"))
            station.record(
                *(station.put("person", f"P{n:07d}", name=f"王试验{n}", unit="U0000001") for n in range(100))
            )
        for n in range(40):
            courses.add_project(station, f"心电图新进展{n}", "national")
    return tmp_path / "home"


@pytest.mark.parametrize(
    ("language", "password", "start"),
    [("en", "Password", "What needs doing now"), ("zh_CN", "密码", "现在需要做的事")],
)
def test_keys_pages_and_screens(home: Path, language: str, password: str, start: str) -> None:
    with Pty(
        ["--lang", language, "--profile", "lean"], pilots.environment(home, HOME=str(home.parent))
    ) as program:
        program.wait_for(password)
        program.send(stations.PASSWORD, "enter")
        program.wait_for(start)
        assert 0 < program.press("3", until="王试验0") <= SCREEN
        assert 0 < program.press("down") <= KEY
        assert 0 < program.press("pagedown") <= PAGE
        assert 0 < program.press("a") <= SCREEN  # the form
        assert 0 < program.press("x") <= KEY
        assert 0 < program.press("tab") <= PAGE  # what is wrong with the field is shown
        assert 0 < program.press("escape") <= SCREEN  # the question
        assert 0 < program.press("y") <= SCREEN
        assert 0 < program.press("4", until="心电图新进展0") <= SCREEN
        assert 0 < program.press("down") <= KEY
        assert 0 < program.press("pagedown") <= PAGE
        assert 0 < program.press("enter") <= SCREEN
        assert program.listen(2.0) == 0
