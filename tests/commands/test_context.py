"""Where passwords come from."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from icme_tui.cli import main
from icme_tui.codes import StoreError
from icme_tui.commands.context import Invocation, ask_password, password, read_password_file


class Ctx:
    def __init__(self, invocation: Invocation) -> None:
        self.invocation = invocation

    def find_object(self, kind: type[Invocation]) -> Invocation:
        return self.invocation


def write(path: Path, content: bytes, mode: int = 0o600) -> Path:
    path.write_bytes(content)
    path.chmod(mode)
    return path


@pytest.mark.parametrize("content", [b"pass word\n", b"pass word", b"pass word\r\nsecond line\n"])
def test_the_first_line_is_the_password(tmp_path: Path, content: bytes) -> None:
    assert read_password_file(write(tmp_path / "p", content)) == "pass word"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_file_open_to_others_is_warned_of(
    tmp_path: Path, mode: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert read_password_file(write(tmp_path / "p", b"secret\n", mode)) == "secret"
    told = capsys.readouterr().err
    assert "chmod 600" in told
    assert "secret" not in told


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe\n"])
def test_a_file_without_a_password_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(StoreError) as refused:
        read_password_file(write(tmp_path / "p", content))
    assert refused.value.code == "PASSWORD_FILE"


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as refused:
        read_password_file(tmp_path / "none")
    assert refused.value.code == "PASSWORD_FILE"
    assert "none" in refused.value.detail["file"]


def test_the_option_goes_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ICME_PASSWORD_FILE", str(write(tmp_path / "env", b"from environment\n")))
    assert password(Ctx(Invocation())) == "from environment"
    given = write(tmp_path / "option", b"from option\n")
    assert password(Ctx(Invocation(given_password_file=given))) == "from option"


def test_nobody_is_asked_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("typed\n"))
    with pytest.raises(StoreError, match="PASSWORD_NEEDED"):
        password(Ctx(Invocation()))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_new_password_is_asked_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["one", "one", "one", "two"])
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda *_args, **_options: next(typed))
    assert ask_password("Password", twice=True) == "one"
    with pytest.raises(StoreError, match="PASSWORD_DIFFERS"):
        ask_password("Password", twice=True)


def test_no_option_takes_a_password(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--password", "secret", "journal", "verify"]) == 2


def test_a_folder_without_a_station_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(tmp_path / "nowhere"), "journal", "verify"]) == 1
    assert "icme init" in capsys.readouterr().err


def test_a_missing_station_is_named_by_the_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for arguments in (["project", "list"], ["sim", "list"]):
        assert main(["--home", "", *arguments]) == 1
        assert f"There is no station in {tmp_path}. Make one" in capsys.readouterr().err
