"""``icme card trace`` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from icme_tui.cli import main
from icme_tui.devices import shelf
from tests.support.venues import PASSWORD, PEOPLE, deploy

WANG, *_ = PEOPLE


@pytest.fixture
def cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The simulated cards of a venue; one of them is issued."""
    made = deploy(tmp_path)
    made = made._replace(folder=made.venue.folders.cards)
    made.folder.mkdir(exist_ok=True)
    made.issue(WANG)
    made.office.close()
    made.venue.close()
    secret = tmp_path / "password"
    secret.write_text(PASSWORD + "\n")
    secret.chmod(0o600)
    monkeypatch.setenv("ICME_PASSWORD_FILE", str(secret))
    monkeypatch.setenv("ICME_HOME", str(tmp_path / "venue"))
    monkeypatch.setattr("icme_tui.station.opening.SystemClock", lambda: made.clock)
    return made.folder


def test_a_card_is_traced_to_the_screen_or_to_a_file(
    cards: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf.tap(cards, WANG)
    assert main(["card", "trace", "--wait", "0"]) == 0
    shown = capsys.readouterr().out
    assert "wait for card: " in shown
    assert "authenticate block" in shown
    file = tmp_path / "trace.txt"
    assert main(["card", "trace", "--wait", "0", "--save", str(file), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["state"], found["code"], found["lines"], found["file"]) == ("OK", "", [], str(file))
    assert "close: done" in file.read_text().splitlines()[-1]
    assert main(["card", "trace", "--wait", "0", "--save", str(file)]) == 1


def test_where_no_card_comes_it_says_so(cards: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["card", "trace", "--wait", "0", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["code"] == "NO_CARD"
    assert "wait for card: none" in found["lines"][0]
