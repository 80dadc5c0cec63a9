"""The keys of a part of a screen in one line, for those that find no room in the line at the bottom."""

from __future__ import annotations

from collections.abc import Sequence

from icme_tui.commands.words import _
from icme_tui.screens.actions import Action, key_name
from icme_tui.screens.base import StationScreen


def key_hints(screen: StationScreen, actions: Sequence[Action]) -> str:
    """``x Export  t Take a pack``, with the keys that work now."""
    keys: dict[str, str] = {}
    for key, active in screen.active_bindings.items():
        if active.binding.id is not None:
            keys.setdefault(active.binding.id, key_name(key))
    return "  ".join(f"{keys[action.id]} {_(action.label)}" for action in actions if action.id in keys)
