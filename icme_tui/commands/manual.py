"""Writes docs/commands.md from the commands themselves: ``python -m icme_tui.commands.manual FILE``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.core import TyperGroup

from icme_tui.commands.loading import WORDS, load, root_command

_HEAD = """# Commands

Made from the commands themselves by `make docs`; a test compares.

```
icme [--home DIR] [--operator NAME] [--password-file FILE] [--unsafe-home] [--json] COMMAND …
```

The general options stand before the command; `--json` may also stand after it.

## General options

{options}

Passwords are asked at the terminal or read from a file, never taken from the command line.

## Exit codes

| code | meaning |
|---|---|
| 0 | done |
| 1 | refused or failed, with a reason code |
| 2 | wrong usage |
| 3 | something was held or quarantined |
| 130 | stopped with Ctrl+C, but for `swipe` and `card issue`: there it is the usual end |

## Output

With `--json` exactly one object is printed on standard output. Where a command fails it is
`{{"error":{{"code":"…","detail":{{…}},"message":"…"}}}}`; codes are stable, messages are not. A dot in a key
means an object in an object: `totals.new` is `{{"totals":{{"new":…}}}}`; `[]` means each member of a list.
"""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _spelling(param: Any) -> str:
    if param.param_type_name == "argument":
        word = (param.metavar or param.name.upper()).rstrip("…")
        return f"`{word}`" + ("…" if param.nargs == -1 else "")
    names = ", ".join(f"`{name}`" for name in [*param.opts, *param.secondary_opts])
    if param.is_flag:
        return names
    word = param.metavar or ("N" if "int" in param.display_type(None) else "TEXT")
    return f"{names} `{word}`" + (" (again)" if param.multiple else "")


def _default(param: Any) -> str:
    value = param.default
    if param.required:
        return "required"
    if callable(value) or value in (None, False, "", [], ()):
        return ""
    return f"`{getattr(value, 'value', value)}`"


def _options(params: list[Any]) -> str:
    rows = ["| argument or option | default | meaning |", "|---|---|---|"]
    rows += [
        f"| {_spelling(param)} | {_default(param)} | {_cell(param.help or '')} |"
        for param in params
        if not param.hidden
    ]
    return "\n".join(rows)


def _leaves(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(command, TyperGroup):
        for name, sub in command.commands.items():
            yield from _leaves(sub, f"{path} {name}")
    else:
        yield path, command


def _section(path: str, command: Any) -> str:
    parts = [f"## {path}", command.help or ""]
    params = [param for param in command.params if param.name != "json"]
    if params:
        parts.append(_options(params))
    if command.json_keys:
        rows = ["| key | meaning |", "|---|---|"]
        rows += [f"| `{key}` | {_cell(meaning)} |" for key, meaning in command.json_keys]
        parts.append("With `--json`:\n\n" + "\n".join(rows))
    return "\n\n".join(parts)


def leaves() -> list[tuple[str, Any]]:
    """Every command with its whole name, in the order of the table."""
    return [found for word in WORDS for found in _leaves(load(word), f"icme {word}")]


def manual() -> str:
    """The text of docs/commands.md."""
    head = _HEAD.format(options=_options(root_command().params))
    return "\n\n".join([head.rstrip(), *(_section(path, command) for path, command in leaves())]) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(manual(), encoding="utf-8")
