"""Founding a station: all of it or nothing, and never without its recovery keys."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from icme_tui import durable
from icme_tui.codes import StoreError
from icme_tui.home import Home
from icme_tui.operations import founding
from icme_tui.operations.founding import found_office, found_venue, recovery_file_of
from icme_tui.station import Station, open_station
from tests.support.stations import DOMAIN, PASSWORD


class CutError(BaseException):
    """The power fails."""


def make(home: Path, recovery_out: Path | None = None) -> Station:
    return found_office(home, "OFFICE", "示范办", DOMAIN, PASSWORD, recovery_out=recovery_out).station


def cut_at(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """The n-th durable step does not happen."""
    steps = itertools.count(1)

    def point(_name: str) -> None:
        if next(steps) == step:
            raise CutError

    monkeypatch.setattr(durable, "point", point)


def test_cut_at_any_step_it_can_be_made_again_and_has_its_recovery_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in itertools.count(1):
        home = tmp_path / f"office-{step}"
        with monkeypatch.context() as patch:
            cut_at(patch, step)
            try:
                make(home).close()
            except CutError:
                _make_again_or_open(home)
            else:
                break
    assert step > 15


def _make_again_or_open(home: Path) -> None:
    recovery = recovery_file_of(home)
    if not Home(home).config.exists():
        # Keys without a station: only the operator may say that they are worth nothing.
        with make(home, home.with_suffix(".txt") if recovery.exists() else None) as station:
            assert station.setting("masters") is not None
        return
    with open_station(home, None, PASSWORD) as station:
        public = station.setting("recovery")
        assert station.setting("masters") is not None
    assert public in recovery.read_text("utf-8")


def test_what_an_unfinished_founding_left_is_set_aside(tmp_path: Path) -> None:
    home = tmp_path / "office"
    make(home).close()
    old = Home(home).store.read_bytes()
    Home(home).config.unlink()
    make(home, tmp_path / "new.txt").close()
    assert (home / "unfinished-1" / "store.db").read_bytes() == old


def test_the_recovery_keys_lie_beside_the_home_so_that_no_copy_of_it_carries_them(tmp_path: Path) -> None:
    with make(tmp_path / "office") as station:
        sheet = (tmp_path / "office-recovery.txt").read_text("utf-8")
        (secret,) = (line for line in sheet.splitlines() if not line.startswith("#"))
        assert secret.startswith("AGE-SECRET-KEY-")
    files = [path for path in station.home.rglob("*") if path.is_file()]
    assert not any(secret.encode() in path.read_bytes() for path in files)


def test_a_folder_that_is_not_there_refuses_before_anything_is_made(tmp_path: Path) -> None:
    home = tmp_path / "office"
    with pytest.raises(StoreError, match="FOLDER_MISSING"):
        make(home, tmp_path / "gone" / "recovery.txt")
    assert not home.exists()
    make(home).close()


def test_nothing_that_is_there_is_written_over(tmp_path: Path) -> None:
    home = tmp_path / "office"
    recovery_file_of(home).write_text("older keys", "utf-8")
    with pytest.raises(StoreError, match="RECOVERY_EXISTS"):
        make(home)
    make(home, tmp_path / "r.txt").close()
    with pytest.raises(StoreError, match="HOME_EXISTS"):
        make(home, tmp_path / "s.txt")
    with pytest.raises(StoreError, match="HOME_EXISTS"):
        found_venue(home, "V0007", "示范医院", DOMAIN, PASSWORD)
    assert not (tmp_path / "s.txt").exists()


@pytest.mark.parametrize(
    ("code", "name", "domain", "password", "reason"),
    [
        ("v 7", "n", DOMAIN, PASSWORD, "CODE_BAD"),
        ("V0007", "", DOMAIN, PASSWORD, "NAME_BAD"),
        ("V0007", "n", "no domain", PASSWORD, "DOMAIN_BAD"),
        ("V0007", "n", DOMAIN, "short", "PASSWORD_WEAK"),
        (founding.OFFICE_CODE, "n", DOMAIN, PASSWORD, "CODE_BAD"),
    ],
)
def test_what_is_refused_leaves_nothing(
    tmp_path: Path, code: str, name: str, domain: str, password: str, reason: str
) -> None:
    with pytest.raises(StoreError, match=reason):
        found_venue(tmp_path / "venue", code, name, domain, password)
    assert not (tmp_path / "venue").exists()
