"""What travels over the line for credits, transfer and system, in the lean profile."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from icme_tui import facts
from tests.support import pilots, stations
from tests.support.pty import Pty

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo terminals")

KEY, PAGE, SCREEN = 700, 5_000, 12_000


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pty]:
    """An office with a long journal, in Chinese, logged in."""
    stations.weaken_passwords(monkeypatch)
    station = stations.office(tmp_path / "home")
    station.record(*(facts.Note(text=f"备注 {number}") for number in range(300)))
    station.close()
    environment = pilots.environment(station.home, HOME=str(tmp_path))
    with Pty(["--lang", "zh_CN", "--profile", "lean"], environment) as running:
        running.wait_for("密码")
        running.send(stations.PASSWORD, "enter")
        running.wait_for("现在需要做的事")
        yield running


def test_screens_pages_and_keys(program: Pty) -> None:
    for digit in "578":
        assert 0 < program.press(digit) <= SCREEN
    assert 0 < program.press("down") <= KEY
    assert 0 < program.press("j") <= SCREEN
    assert 0 < program.press("down") <= KEY
    assert 0 < program.press("pagedown") <= PAGE
    assert 0 < program.press("escape") <= SCREEN
    assert 0 < program.press("k") <= SCREEN
    assert 0 < program.press("down") <= KEY
