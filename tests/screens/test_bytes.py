"""What travels over the line at 80×24 in the lean profile, counted at a pseudo terminal."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import pilots, stations
from tests.support.pty import Pty

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo terminals")

IDLE_S = 3.0
KEY, PAGE, SCREEN = 700, 5_000, 12_000


@pytest.fixture
def venue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home with a few hundred people."""
    stations.weaken_passwords(monkeypatch)
    station = stations.venue(tmp_path / "home")
    with station.writing():
        station.record(station.put("unit", "U0000001", name="内科"))
        station.record(
            *(
                station.put("person", f"P00000{n:02X}".replace("I", "J"), name=f"王试验{n}", unit="U0000001")
                for n in range(200)
            )
        )
    station.close()
    return tmp_path / "home"


def logged_in(home: Path, *options: str, **more: str) -> Pty:
    program = Pty(
        ["--lang", "en", "--profile", "lean", *options],
        pilots.environment(home, HOME=str(home.parent), **more),
    )
    program.wait_for("Password")
    return program


def enter(program: Pty) -> None:
    program.send(stations.PASSWORD, "enter")
    program.wait_for("What needs doing now")


def test_nothing_travels_while_nothing_happens(venue: Path) -> None:
    with logged_in(venue) as program:
        assert program.listen(IDLE_S) == 0
        enter(program)
        assert program.listen(IDLE_S) == 0


def test_a_key_in_a_field(venue: Path) -> None:
    with logged_in(venue) as program:
        assert max(program.press(key) for key in ("a", "b", "backspace", "left", "right")) <= KEY


def test_another_screen(venue: Path) -> None:
    with logged_in(venue) as program:
        enter(program)
        assert 0 < program.press("3", until="王试验0") <= SCREEN
        assert 0 < program.press("0", until="What needs doing now") <= SCREEN
        assert 0 < program.press("ctrl+l", until="Locked") <= SCREEN


def test_keys_and_pages_in_a_list(venue: Path) -> None:
    with logged_in(venue) as program:
        enter(program)
        program.press("3", until="王试验0")
        moved = [program.press("down", until=f">王试验{name}") for name in ("1 ", "10 ", "100 ")]
        assert max(moved) <= KEY
        assert 0 < program.press("pagedown", until="王试验116") <= PAGE


def test_help_and_palette(venue: Path) -> None:
    with logged_in(venue) as program:
        enter(program)
        for key, shown in (
            ("f1", "Explain what has"),
            ("escape", " 3  People"),
            ("ctrl+p", "What would you"),
        ):
            assert 0 < program.press(key, until=shown) <= SCREEN, key


def test_the_counter_counts(venue: Path) -> None:
    """The control: the full profile with its colours costs more than is allowed for the lean one."""
    with logged_in(venue) as lean:
        few = lean.count
    with Pty(
        ["--lang", "en", "--profile", "full"], pilots.environment(venue, HOME=str(venue.parent))
    ) as full:
        full.wait_for("Password")
        assert full.count > few > 500
