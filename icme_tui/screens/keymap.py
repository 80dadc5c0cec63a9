"""Which keys can be given to an action, and why another one cannot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from icme_tui.commands.words import N_, _
from icme_tui.screens.actions import Action, key_name

_TAKEN = frozenset(
    {
        "ctrl+h", "ctrl+i", "ctrl+m", "ctrl+a", "ctrl+b", "ctrl+c", "ctrl+z", "ctrl+q", "enter", "escape",
        "tab", "shift+tab", "backspace", "up", "down", "pageup", "pagedown",
    }
)  # fmt: skip
"""Taken by terminals and multiplexers, or needed everywhere as they are."""

_EVERYWHERE = ("app", "go", "list")

RESERVED = N_("{key} is needed as it is, or taken by the terminal.")
IN_USE = N_("{key} does this here already: {label}.")


def keys_of(action: Action, changed: Mapping[str, str]) -> list[str]:
    """The keys of an action as they are now."""
    return changed.get(action.id, action.key).split(",")


def why_not(key: str, action: Action, actions: Iterable[Action], changed: Mapping[str, str]) -> str:
    """Why ``key`` cannot be given to ``action``, in words; nothing if it can.

    Keys must differ among what works at one place: the actions of one screen, and those that work everywhere.
    """
    if key in _TAKEN:
        return _(RESERVED).format(key=key_name(key))
    for other in actions:
        if other.id == action.id or key not in keys_of(other, changed):
            continue
        if action.screen == other.screen or action.screen in _EVERYWHERE or other.screen in _EVERYWHERE:
            return _(IN_USE).format(key=key_name(key), label=_(other.label))
    return ""
