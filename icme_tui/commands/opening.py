"""What is settled before a command is looked for: the language, and whether there is a command at all.

The program on the screen is opened without the library that reads commands, so that it is there at once.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from icme_tui import terminal
from icme_tui.commands import words
from icme_tui.commands.context import Invocation
from icme_tui.operations.preferences import Preferences, read_preferences

_WITH_VALUE = ("--home", "--lang", "--operator", "--password-file", "--profile")


def given(arguments: list[str]) -> tuple[dict[str, str], list[str]]:
    """The general options with a value that stand before the command, and everything else."""
    found: dict[str, str] = {}
    rest = list(arguments)
    kept: list[str] = []
    while rest and rest[0].startswith("-"):
        name, equals, value = rest.pop(0).partition("=")
        if name not in _WITH_VALUE:
            kept.append(name + equals + value)
        elif equals or rest:
            found[name] = value if equals else rest.pop(0)
        else:
            kept.append(name)
    return found, [*kept, *rest]


def choose_language(arguments: list[str]) -> None:
    """Speak the language of the command line, the station or the locale, before any help is put together."""
    named, _rest = given(arguments)
    try:
        preferences = read_preferences(_invocation(named).home)
    except (OSError, ValueError):  # the command itself will say so
        preferences = Preferences()
    words.use(terminal.choose_language(os.environ, preferences, named.get("--lang", "")))


def program_only(arguments: list[str]) -> Invocation | None:
    """The command line, where it is one that opens the program; None for anything that typer has to judge."""
    named, rest = given(arguments)
    if any(one != "--unsafe-home" for one in rest) or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    if named.get("--lang", "en") not in words.LANGUAGES:
        return None
    if named.get("--profile", terminal.LEAN) not in (terminal.LEAN, terminal.FULL):
        return None
    invocation = _invocation(named)
    invocation.unsafe_home = bool(rest)
    return invocation


def _invocation(named: dict[str, str]) -> Invocation:
    return Invocation(
        given_home=Path(named["--home"]) if "--home" in named else None,
        given_operator=named.get("--operator"),
        given_password_file=Path(named["--password-file"]) if "--password-file" in named else None,
        profile=named.get("--profile", ""),
        language=named.get("--lang", ""),
    )
