"""The whole morning from the keyboard, through the real program in a pseudo terminal: cards good and bad, a
make-up, the export, then the office's import and its credits. In both languages and both profiles."""

from __future__ import annotations

import gettext
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.pty import ROOT, Pty

WORDS = {
    "en": ("Swipe", "Help", "Back", "Leave", "Transfer"),
    "zh_CN": ("刷卡", "帮助", "返回", "离开", "传输"),
}
"""Words of every screen: those of the other language must never appear."""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    homes = {f"XDG_{kind}_HOME": str(tmp_path / kind.lower()) for kind in ("DATA", "STATE", "CONFIG")}
    return {
        **kept,
        **homes,
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "Asia/Shanghai",
    }


def speaker(language: str) -> Callable[[str], str]:
    """What a message says in a language."""
    if language == "en":
        return str
    return gettext.translation("icme", ROOT / "icme_tui" / "locale", [language]).gettext


class Sitting:
    """Somebody at the keyboard who looks at every screen."""

    def __init__(self, program: Pty, language: str) -> None:
        self._program = program
        self._others = [word for other, words in WORDS.items() if other != language for word in words]
        self.say = speaker(language)

    def see(self, text: str) -> None:
        self._program.wait_for(text)
        shown = self._program.screen.text
        assert not [word for word in self._others if word in shown], shown
        assert "Traceback" not in shown

    def press(self, *keys: str) -> None:
        self._program.press(*keys)

    def log_in(self) -> None:
        self.see(self.say("Password"))
        self.press("icme-demo", "enter")
        self.see(self.say("What needs doing now"))


def swipe(desk: Sitting) -> None:
    say = desk.say
    desk.press("1")
    desk.see(say("READY"))
    desk.see(say("Cards to try: hold Shift and press the letter."))
    came = say("In {came}   Out {left}   Inside {inside}   Refused {refused}").partition("   ")[0]
    for number, letter in enumerate("ABCDEFGHIJ", 1):
        desk.press(letter)
        desk.see(came.format(came=number))
    desk.press("J")
    desk.see(say("ALREADY IN"))
    desk.press("K")
    desk.see(say("PUT THE CARD BACK"))
    desk.press("M")
    desk.see(say("UNKNOWN CARD"))


def make_up(desk: Sitting) -> None:
    desk.press("f")
    desk.see(desk.say("Who? Name, initials, number, or the end of the ID number:"))
    desk.press("lj")
    desk.see("鲁军涛")
    desk.press("enter")
    desk.press("enter")
    desk.press("i")
    desk.press("enter", "enter")
    desk.see(desk.say("MADE UP: IN"))


def export(desk: Sitting, stick: Path) -> None:
    desk.press("7")
    desk.see(desk.say("Epoch"))
    desk.press("x")
    desk.press("t")
    desk.press(str(stick), "enter")
    desk.see("V0007-")


def import_at_office(desk: Sitting, stick: Path) -> None:
    desk.press("7")
    desk.see("V0008")
    desk.press("f")
    desk.press("t")
    desk.press(str(stick), "enter")
    desk.see(desk.say("take in"))
    desk.press("i")
    desk.see(desk.say("taken in"))


def look_at_credits(desk: Sitting) -> None:
    desk.press("5")
    desk.see("方娟晓")
    desk.press("c")
    desk.see("C0000001")
    desk.press("enter")
    desk.see("cn-2006")
    desk.see("鲁军涛")


@pytest.mark.parametrize("profile", ["lean", "full"])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_whole_morning(tmp_path: Path, environment: dict[str, str], language: str, profile: str) -> None:
    folder = tmp_path / "demo"
    spoken = ["--lang", language, "--profile", profile, "demo", "--to", str(folder)]
    with Pty(spoken, environment) as program:
        desk = Sitting(program, language)
        desk.log_in()
        swipe(desk)
        make_up(desk)
        export(desk, folder / "stick")
        program.send("ctrl+q")
        assert program.ended() == 0
    (bundle,) = (folder / "stick").glob("V0007-*.cmeb")
    with Pty([*spoken, "--office"], environment) as program:
        desk = Sitting(program, language)
        desk.log_in()
        import_at_office(desk, folder / "stick")
        look_at_credits(desk)
        program.send("ctrl+q")
        assert program.ended() == 0
    assert bundle.exists()
