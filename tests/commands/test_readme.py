"""The first morning of both READMEs runs as it is printed."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

from icme_tui.cli import main
from icme_tui.home import Home
from tests.support.rosters import person, table, write_xlsx

ROOT = Path(__file__).parents[2]
NOT_WAITING = {"card": 1, "swipe": 0}
"""Commands that wait for a card, and how they end without one."""


def printed(readme: str) -> list[list[str]]:
    """The commands of the first morning, as a shell reads them."""
    text = (ROOT / readme).read_text(encoding="utf-8").replace("\\\n", " ")
    (morning,) = (part for part in text.split("\n## ") if "icme --home office init office" in part)
    blocks = re.findall(r"^```\n(.*?)^```", morning, re.MULTILINE | re.DOTALL)
    return [shlex.split(line, comments=True) for block in blocks for line in block.splitlines()]


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_first_morning(
    readme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    secret = tmp_path / "password"
    secret.write_text("plainly invented\n")
    secret.chmod(0o600)
    monkeypatch.setenv("ICME_PASSWORD_FILE", str(secret))
    digits: dict[str, str] = {}
    commands = printed(readme)
    assert len(commands) > 15
    for words in commands:
        if words[0] == "mkdir":
            Path(words[1]).mkdir()
            continue
        if words[0] == "cp":
            shutil.copy(words[1], words[2])
            continue
        assert words[0] == "icme"
        home, word = words[2], words[3]
        if word == "trust":  # the digits that are printed are nobody's
            words = [*words[:4], digits["office"]]
        if word == "enroll":
            words += ["--digits", digits["venue"]]
        if word in NOT_WAITING:
            words += ["--wait", "0"]
        assert main([*words[1:], "--json"]) == NOT_WAITING.get(word, 0), words
        told = json.loads(capsys.readouterr().out)
        if word == "init":
            digits[home] = told["fingerprint"]
        if "template" in words:
            write_xlsx(Path(words[-1]), table([person(1), person(2)]))
        if word == "card":
            assert told["without_card"] == 2
    assert Home(tmp_path / "venue").store.is_file()
