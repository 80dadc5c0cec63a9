"""The keys of a part of a screen in one line, for those that find no room in the line at the bottom."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from icme_tui.commands.words import _
from icme_tui.screens.actions import Action, key_name
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import one_line


def key_hints(screen: StationScreen, actions: Sequence[Action]) -> str:
    """``x Export  t Take a pack``, with the keys that work now."""
    keys: dict[str, str] = {}
    for key, active in screen.active_bindings.items():
        if active.binding.id is not None:
            keys.setdefault(active.binding.id, key_name(key))
    return "  ".join(f"{keys[action.id]} {_(action.label)}" for action in actions if action.id in keys)


def heading(screen: StationScreen, text: str) -> str:
    """A heading in one line, with the keys of the screen that do not stand in the line at the bottom."""
    hints = key_hints(screen, [action for action in screen.ACTIONS if not action.shown])
    told = f"   [{hints}]" if hints else ""
    return " " + one_line(text, screen.app.size.width - cell_len(told) - 2) + told
