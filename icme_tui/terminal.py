"""What the terminal can do, and how the program is to behave on it. Imports nothing of textual.

Textual reads its environment variables when it is imported, so ``prepare`` comes before that.
"""

from __future__ import annotations

import locale
import os
from collections.abc import Mapping, MutableMapping
from typing import NamedTuple

from icme_tui.codes import IcmeError
from icme_tui.operations.preferences import Preferences

OWN_COLOURS = "ansi-dark"
"""Textual's theme of the terminal's own colours."""

LEAN = "lean"
FULL = "full"

_LEAN_TERMS = ("linux", "vt", "screen")

_LEAN_VARIABLES = {
    "TEXTUAL_ANIMATIONS": "none",
    "TEXTUAL_FPS": "20",
    "TEXTUAL_COLOR_SYSTEM": "standard",
    "TEXTUAL_SMOOTH_SCROLL": "0",
    "TEXTUAL_DISABLE_KITTY_KEY": "1",
}


class Terminal(NamedTuple):
    """How the program behaves on one terminal."""

    profile: str = FULL
    """``lean`` for thin lines and bare consoles, else ``full``."""
    language: str = "en"
    is_console: bool = False
    """The Linux console: only the glyphs of code page 437."""
    cannot_show: str = ""
    """The language that was wanted and that this terminal cannot show."""

    @property
    def lean(self) -> bool:
        return self.profile == LEAN


def decide(
    environ: Mapping[str, str],
    preferences: Preferences = Preferences(),  # noqa: B008 - frozen
    profile: str = "",
    language: str = "",
) -> Terminal:
    """What was asked for on the command line counts first, then the preferences, then the terminal."""
    wanted = choose_language(environ, preferences, language)
    console = environ.get("TERM", "") == "linux"
    shows = wanted == "en" or (not console and is_utf8(environ))
    return Terminal(
        profile or preferences.profile or _profile_of(environ),
        wanted if shows else "en",
        console,
        "" if shows else wanted,
    )


def choose_language(
    environ: Mapping[str, str],
    preferences: Preferences = Preferences(),  # noqa: B008 - frozen
    asked: str = "",
) -> str:
    """``zh_CN`` or ``en``: as asked, else as the station prefers, else by the locale."""
    for named in (asked, preferences.language):
        if named:
            return _known_language(named)
    return _known_language(_locale(environ))


def is_utf8(environ: Mapping[str, str]) -> bool:
    """Whether the terminal's encoding holds every character."""
    encoding = _locale(environ).partition(".")[2].partition("@")[0].lower().replace("-", "")
    if encoding:
        return encoding == "utf8"
    return locale.getencoding().lower().replace("-", "") == "utf8"


def require_screen(environ: Mapping[str, str]) -> None:
    """Raises IcmeError ``TERMINAL_DUMB`` where nothing but lines can be shown."""
    if environ.get("TERM", "dumb") in ("dumb", ""):
        raise IcmeError("TERMINAL_DUMB")


def prepare(terminal: Terminal, environ: MutableMapping[str, str] = os.environ) -> None:
    """Tell textual, through the environment, to spare the line in the lean profile, and to use the terminal's
    own colours there and where none are wanted: what takes colours away is chosen with the first theme."""
    if terminal.lean:
        environ.update(_LEAN_VARIABLES)
    if terminal.lean or "NO_COLOR" in environ:
        environ["TEXTUAL_THEME"] = OWN_COLOURS


def _profile_of(environ: Mapping[str, str]) -> str:
    thin = environ.get("SSH_CONNECTION") or environ.get("TERM", "").startswith(_LEAN_TERMS)
    return LEAN if thin else FULL


def _locale(environ: Mapping[str, str]) -> str:
    """The locale for messages, as POSIX orders the variables."""
    return environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""


def _known_language(named: str) -> str:
    return "zh_CN" if named.lower().startswith("zh") else "en"
