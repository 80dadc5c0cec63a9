"""``icme backup`` and ``icme restore`` as a person and as a script use them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from icme_tui import cli
from icme_tui.clock import FixedClock
from icme_tui.station import open_station
from tests.support import stations
from tests.support.stations import PASSWORD, START


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    stations.weaken_passwords(monkeypatch)
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    password.chmod(0o600)
    monkeypatch.setenv("ICME_PASSWORD_FILE", str(password))
    stations.venue(tmp_path / "home").close()
    return tmp_path / "home"


def run(capsys: pytest.CaptureFixture[str], home: Path, *words: str | Path) -> tuple[int, str, str]:
    code = cli.main(["--home", str(home), *map(str, words)])
    out, err = capsys.readouterr()
    return code, out, err


def test_there_and_back(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, home, "backup", "--to", tmp_path)
    assert code == 0
    assert "Written, read back and opened: safe to remove." in out
    (file,) = tmp_path.glob("*.icmebak")
    code, out, _ = run(capsys, tmp_path / "new", "restore", file)
    assert code == 0
    for said in (
        "V0007 is restored",
        "Take every stick",
        "are still on the cards",
        "is nothing of that time",
    ):
        assert said in out
    clock = FixedClock(START)
    with (
        open_station(home, None, PASSWORD, clock) as old,
        open_station(tmp_path / "new", None, PASSWORD, clock) as new,
    ):
        assert old.public_key == new.public_key
        assert f"Digits of its key: {new.public_key.fingerprint}" in out
        assert old.epoch != new.epoch


def test_json(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, home, "backup", "--json")
    made: dict[str, Any] = json.loads(out)
    assert Path(made["file"]).parent == home / "backups"
    assert (made["removed"], Path(made["file"]).stat().st_size) == ([], made["bytes"])
    code, out, _ = run(capsys, home, "restore", "--replace", "--json", made["file"])
    done: dict[str, Any] = json.loads(out)
    assert code == 0
    assert (done["code"], done["facts"], done["later"]) == ("V0007", made["facts"], [])
    assert done["aside"] == str(home / "replaced-1")


def test_refusals(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, home, "backup", "--to", tmp_path / "one.icmebak")
    file = tmp_path / "one.icmebak"
    code, _, err = run(capsys, home, "restore", file)
    assert (code, "[HOME_EXISTS]" in err) == (1, True)
    code, _, err = run(capsys, tmp_path / "new", "restore", tmp_path / "none")
    assert (code, "[FILE_MISSING]" in err) == (1, True)
    file.write_bytes(file.read_bytes()[:-1])
    code, _, err = run(capsys, tmp_path / "new", "restore", file)
    assert (code, "[BACKUP_DAMAGED]" in err) == (1, True)
    code, _, err = run(capsys, tmp_path / "new", "restore", tmp_path / "password")
    assert (code, "[BACKUP_NOT_ONE]" in err) == (1, True)
    assert not (tmp_path / "new").exists()


def test_where_nobody_knows_the_password_any_more(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with stations.office(tmp_path / "office"):
        sheet = tmp_path / "office-recovery.txt"
    with open_station(tmp_path / "office", None, PASSWORD, FixedClock(START)):
        pass  # from its first opening on the recovery identity opens it too
    run(capsys, tmp_path / "office", "backup", "--to", tmp_path / "b.icmebak")
    monkeypatch.delenv("ICME_PASSWORD_FILE")
    new = tmp_path / "new"
    code, _, err = run(capsys, new, "restore", tmp_path / "b.icmebak")
    assert (code, "[PASSWORD_NEEDED]" in err) == (1, True)
    code, out, _ = run(capsys, new, "restore", tmp_path / "b.icmebak", "--identity", sheet)
    assert (code, "OFFICE is restored" in out) == (0, True)
