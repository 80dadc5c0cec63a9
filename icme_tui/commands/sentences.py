"""Reason code → a sentence for people: what happened, where, and what to do next.

Braces name values of the error's ``detail``; a value that is missing is shown as ``?``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from icme_tui.commands.words import _

SENTENCES: dict[str, str] = {
    "CONFIRM_NEEDED": _(
        "This asks for a yes and there is no terminal. Run it from a terminal, or use --yes."
    ),
    "INTERNAL": _("The program made a mistake ({kind}); nothing more was done. Where it happened: {file}."),
    "INTERRUPTED": _("Stopped. What was already recorded stays recorded."),
    "NO_HOME": _("There is no station in {home}. Make one with 'icme init', or name its folder with --home."),
    "PASSWORD_DIFFERS": _("The two passwords differ. Start again."),
    "PASSWORD_FILE": _("The password cannot be read from {file}: {reason}."),
    "PASSWORD_FILE_OPEN": _("Others may read the password file {file}. Close it with: chmod 600 {file}"),
    "PASSWORD_NEEDED": _("A password is needed. Type it at a terminal, or name a file with --password-file."),
}


class _Values(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


def _as_text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_as_text(item) for item in value)
    return "?" if value is None else str(value)


def sentence(code: str, detail: Mapping[str, Any]) -> str:
    """The sentence of a code with its values filled in; for an unknown code, the code and its values."""
    template = SENTENCES.get(code)
    values = _Values({name: _as_text(value) for name, value in detail.items()})
    if template is None:
        listed = ", ".join(f"{name}: {value}" for name, value in values.items())
        return f"{code} ({listed})" if listed else code
    return template.format_map(values)
