"""Durable writes: whole or not at all, and a process can be killed at each of their steps."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from icme_tui import durable

ROOT = Path(__file__).parent.parent


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_replaced_whole_and_is_its_owner_s_alone(tmp_path: Path) -> None:
    path = tmp_path / "station.toml"
    durable.write_atomic(path, b"old")
    durable.write_atomic(path, b"new")
    assert path.read_bytes() == b"new"
    assert _mode(path) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["station.toml"]


def test_folders_are_their_owner_s_alone(tmp_path: Path) -> None:
    durable.make_folder(tmp_path / "a" / "b")
    durable.make_folder(tmp_path / "a" / "b")
    assert [_mode(tmp_path / "a"), _mode(tmp_path / "a" / "b")] == [0o700, 0o700]


def test_a_new_file_never_takes_the_place_of_another(tmp_path: Path) -> None:
    durable.create_private(tmp_path / "store.db", b"x")
    with pytest.raises(FileExistsError):
        durable.create_private(tmp_path / "store.db")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        durable.create_private(tmp_path / "link")
    assert not (tmp_path / "elsewhere").exists()


def test_a_failed_write_leaves_the_old_file_and_no_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "keyring.toml"
    durable.write_atomic(path, b"old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(durable, "fsync_file", full)
    with pytest.raises(OSError, match="No space"):
        durable.write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["keyring.toml"]


def test_what_was_written_through_reads_back(tmp_path: Path) -> None:
    durable.write_through(tmp_path / "x", b"data")
    assert durable.reads_back(tmp_path / "x", b"data")
    assert not durable.reads_back(tmp_path / "x", b"dat")
    assert not durable.reads_back(tmp_path / "x", b"Data")


class TestReadRegular:
    def test_up_to_the_limit(self, tmp_path: Path) -> None:
        (tmp_path / "x").write_bytes(b"12345")
        assert durable.read_regular(tmp_path / "x", 5) == b"12345"
        with pytest.raises(durable.TooLargeError):
            durable.read_regular(tmp_path / "x", 4)

    def test_links_folders_and_pipes_are_refused_without_waiting(self, tmp_path: Path) -> None:
        (tmp_path / "x").write_bytes(b"secret")
        (tmp_path / "link").symlink_to(tmp_path / "x")
        os.mkfifo(tmp_path / "pipe")
        (tmp_path / "folder").mkdir()
        for name in ("link", "pipe", "folder"):
            with pytest.raises(durable.NotRegularError):
                durable.read_regular(tmp_path / name, 100)
        with pytest.raises(FileNotFoundError):
            durable.read_regular(tmp_path / "nothing", 100)


WRITE = """
import sys, pathlib
from icme_tui import durable
durable.write_atomic(pathlib.Path(sys.argv[1]), b"new")
"""


def _killed_at(step: int, path: Path) -> int:
    environment = os.environ | {"ICME_TEST_DIE_AT": str(step), "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, "-c", WRITE, str(path)], env=environment, check=False).returncode


def test_killed_at_each_step_the_file_is_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    """Steps of one write: the file's fsync, the replace, the folder's fsync."""
    seen = []
    for step in (1, 2, 3, 4):
        path = tmp_path / str(step) / "station.toml"
        path.parent.mkdir()
        path.write_bytes(b"old")
        status = _killed_at(step, path)
        seen.append((status == -signal.SIGKILL, path.read_bytes()))
    assert seen == [(True, b"old"), (True, b"old"), (True, b"new"), (False, b"new")]


def test_without_the_variable_nothing_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("killed")

    monkeypatch.setattr(os, "kill", refuse)
    for _ in range(3):
        durable.point("commit")
    monkeypatch.setattr(durable, "_DIE_AT", 2)
    monkeypatch.setattr(durable, "_points_passed", 0)
    durable.point("commit")
    with pytest.raises(AssertionError, match="killed"):
        durable.point("commit")
