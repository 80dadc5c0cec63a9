"""What is decided about the terminal before anything is shown."""

from __future__ import annotations

import subprocess
import sys

import pytest

from icme_tui.codes import IcmeError
from icme_tui.operations.preferences import Preferences
from icme_tui.terminal import FULL, LEAN, decide, prepare, require_screen

UTF8 = {"LANG": "zh_CN.UTF-8", "TERM": "xterm-256color"}


@pytest.mark.parametrize(
    ("environ", "profile"),
    [
        (UTF8, FULL),
        ({**UTF8, "SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"}, LEAN),
        ({**UTF8, "TERM": "linux"}, LEAN),
        ({**UTF8, "TERM": "vt220"}, LEAN),
        ({**UTF8, "TERM": "screen-256color"}, LEAN),
        ({**UTF8, "TERM": "tmux-256color"}, FULL),
    ],
)
def test_thin_lines_and_bare_consoles_are_spared(environ: dict[str, str], profile: str) -> None:
    assert decide(environ).profile == profile


def test_what_is_asked_for_counts_before_the_station_and_the_terminal() -> None:
    ssh = {**UTF8, "SSH_CONNECTION": "x"}
    assert decide(ssh, Preferences(profile=FULL)).profile == FULL
    assert decide(ssh, Preferences(profile=FULL), profile=LEAN).profile == LEAN
    assert decide(UTF8, Preferences(language="en")).language == "en"
    assert decide(UTF8, Preferences(language="en"), language="zh_CN").language == "zh_CN"


@pytest.mark.parametrize(
    ("environ", "language", "cannot"),
    [
        (UTF8, "zh_CN", ""),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en", ""),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.utf8"}, "zh_CN", ""),
        ({**UTF8, "TERM": "linux"}, "en", "zh_CN"),
        ({"LANG": "zh_CN.GB18030"}, "en", "zh_CN"),
        ({"LANG": "de_DE.UTF-8"}, "en", ""),
    ],
)
def test_chinese_only_where_the_terminal_can_show_it(
    environ: dict[str, str], language: str, cannot: str
) -> None:
    found = decide(environ)
    assert (found.language, found.cannot_show) == (language, cannot)


def test_a_terminal_of_lines_is_refused() -> None:
    for environ in ({"TERM": "dumb"}, {"TERM": ""}, {}):
        with pytest.raises(IcmeError) as caught:
            require_screen(environ)
        assert caught.value.code == "TERMINAL_DUMB"
    require_screen(UTF8)


def test_the_lean_profile_is_told_to_textual_by_the_environment_only() -> None:
    environ = dict(UTF8)
    prepare(decide(environ), environ)
    assert environ == UTF8
    prepare(decide({**UTF8, "TERM": "linux"}), environ)
    assert environ["TEXTUAL_ANIMATIONS"] == "none"
    assert environ["TEXTUAL_SMOOTH_SCROLL"] == "0"


def test_deciding_imports_no_textual() -> None:
    program = "import sys, icme_tui.terminal; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert not {"textual", "rich", "sqlcipher3", "cryptography", "msgspec"} & set(done.stdout.split())
