"""Writes docs/keys.md, the key card to print: ``python -m icme_tui.screens.keycard FILE`` (make docs)."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from icme_tui.screens.actions import Action, key_name, registry
from icme_tui.screens.places import PLACES

_HEAD = """# Keys

Made from the program's own table of actions by `make docs`; a test compares. F1 shows on every screen what
works there, Ctrl+P finds it by a word. A key can be changed in `station.toml` by the name of its action:

```toml
[keys]
"list.search" = "s"
```
"""

_GROUPS = {
    "app": "Everywhere",
    "go": "Screens",
    "list": "Lists",
    "field": "Fields of forms",
    "venue": "Transfer at a venue",
    "office": "Transfer at the office",
    "credits_by": "Credits of a course",
    "credits_of": "Credits of a person",
    "add_operator": "Adding an operator",
    "founded": "After the set-up",
    "remove_operator": "Removing an operator",
    "forgotten": "A forgotten password",
    "aside": "Set aside",
    "trust": "Keys of the stations",
    "revoke": "A stolen key",
    "renew": "New keys",
    "clock": "A clock that was wrong",
    "fork": "Two histories of one station",
}


def _title(group: str) -> str:
    return _GROUPS.get(group) or (PLACES[group].label if group in PLACES else group.capitalize())


def _rows(actions: Iterable[Action]) -> str:
    lines = ["| keys | what | action |", "|---|---|---|"]
    for action in actions:
        keys = ", ".join(key_name(key) for key in action.key.split(","))
        lines.append(f"| {keys} | {action.help} | `{action.id}` |")
    return "\n".join(lines)


def keycard() -> str:
    """The text of docs/keys.md."""
    parts = [_HEAD]
    for group, actions in groupby(registry().values(), key=lambda action: action.screen):
        parts.append(f"## {_title(group)}\n\n{_rows(actions)}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(keycard(), encoding="utf-8")
