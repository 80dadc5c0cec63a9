"""Writing a stick: the file has its name only once it is proven; reading one believes nothing."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from icme_tui import durable
from icme_tui.bundles import build, stick
from icme_tui.bundles.trust import namespace
from icme_tui.codes import BundleError
from tests.support.forging import DOMAIN, World, swipes

NAME = "V0007-0f0f0f0f-000001.cmeb"


def _accept(_data: bytes) -> None:
    return None


def _names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_a_bundle_is_written_read_back_and_verified(tmp_path: Path) -> None:
    world = World()
    data = world.bundle(swipes(3)).data
    path = stick.write(
        tmp_path,
        NAME,
        data,
        lambda back: build.verify_own(back, world.venue.public, namespace("facts", DOMAIN)),
    )
    assert path == tmp_path / NAME
    assert stick.read(path) == data
    assert _names(tmp_path) == [NAME]


def test_the_steps_come_in_the_order_of_the_procedure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    for name in ("write_through", "reads_back", "replace", "fsync_folder"):
        real = getattr(durable, name)
        monkeypatch.setattr(
            durable, name, lambda *a, _name=name, _real=real: (steps.append(_name), _real(*a))[1]
        )
    stick.write(tmp_path, NAME, b"data", lambda _: steps.append("verify"))
    assert steps == ["write_through", "reads_back", "verify", "replace", "fsync_folder"]


def test_the_rest_of_an_attempt_that_was_cut_off_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.part").symlink_to(tmp_path / "elsewhere")
    stick.write(tmp_path, NAME, b"data", _accept)
    assert _names(tmp_path) == [NAME]


def test_what_does_not_come_back_the_same_gets_no_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(durable, "reads_back", lambda *_: False)
    with pytest.raises(BundleError, match="STICK_READ_BACK"):
        stick.write(tmp_path, NAME, b"data", _accept)
    assert _names(tmp_path) == []


def test_what_does_not_verify_gets_no_name(tmp_path: Path) -> None:
    world = World()
    with pytest.raises(BundleError, match="SIG_BAD"):
        stick.write(
            tmp_path,
            NAME,
            world.bundle(swipes(1)).data,
            lambda back: build.verify_own(back, world.office.public, namespace("facts", DOMAIN)),
        )
    assert _names(tmp_path) == []


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "STICK_FULL"),
        (errno.EROFS, "STICK_READ_ONLY"),
        (errno.EIO, "STICK_GONE"),
        (errno.EMFILE, "STICK_FAILED"),
    ],
)
def test_a_failure_of_the_medium_has_its_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(durable, "fsync_file", fail)
    with pytest.raises(BundleError, match=code):
        stick.write(tmp_path, NAME, b"data", _accept)
    assert _names(tmp_path) == []


def test_a_stick_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="STICK_MISSING"):
        stick.write(tmp_path / "nowhere", NAME, b"data", _accept)


def test_reading_takes_regular_files_only(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "x")
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(65 * 1024 * 1024 + 1)
    expected = {
        "x": None,
        "link": "FILE_NOT_REGULAR",
        "pipe": "FILE_NOT_REGULAR",
        ".": "FILE_NOT_REGULAR",
        "huge": "FILE_TOO_LARGE",
        "none": "FILE_MISSING",
    }
    for name, code in expected.items():
        if code is None:
            assert stick.read(tmp_path / name) == b"x"
            continue
        with pytest.raises(BundleError, match=code):
            stick.read(tmp_path / name)


def test_a_folder_that_has_lost_its_stick_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Below a place for sticks something has to be mounted; elsewhere any folder will do."""
    place = tmp_path / "media"
    folder = place / "desk" / "STICK"
    folder.mkdir(parents=True)
    monkeypatch.setattr(stick, "PLACES", (str(place),))
    with pytest.raises(BundleError, match="STICK_NOT_MOUNTED"):
        stick.write(folder, NAME, b"data", _accept)
    (tmp_path / "link").symlink_to(folder)
    with pytest.raises(BundleError, match="STICK_NOT_MOUNTED"):
        stick.write(tmp_path / "link", NAME, b"data", _accept)
    assert _names(folder) == []
    stick.write(place, NAME, b"data", _accept)
    stick.write(tmp_path, NAME, b"data", _accept)
    mounted = place / "desk"
    monkeypatch.setattr(os.path, "ismount", lambda path: Path(path) == mounted)
    stick.write(folder, NAME, b"data", _accept)


def test_a_folder_that_has_become_another_one(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="STICK_GONE"):
        stick.write(tmp_path, NAME, b"data", _accept, on=tmp_path.stat().st_dev + 1)
    assert _names(tmp_path) == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="limits of files are those of POSIX")
def test_a_file_that_the_medium_cannot_hold(tmp_path: Path) -> None:
    """A real limit: the system itself refuses to write on in the middle of the file."""
    import resource

    child = os.fork()
    if not child:
        status = 1
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
            try:
                stick.write(tmp_path, NAME, bytes(9000), _accept)
            except BundleError as refused:
                status = 0 if refused.code == "STICK_FAILED" else 2
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    assert _names(tmp_path) == []
