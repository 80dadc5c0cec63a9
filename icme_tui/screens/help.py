"""F1: what has the focus and which keys work. Ctrl+P: the same, to choose from."""

from __future__ import annotations

from rich.text import Text
from textual.binding import ActiveBinding

from icme_tui.commands.words import _
from icme_tui.screens.actions import APP_ACTIONS, Action, key_name, place_actions
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import filled
from icme_tui.screens.widgets.panel import Choice, ChoosePanel, TextPanel

_KEY_CELLS = 12


def _known(screen: StationScreen) -> dict[str, Action]:
    """The actions that may work here, by id."""
    found = {action.id: action for action in (*APP_ACTIONS, *place_actions(), *screen.ACTIONS)}
    for widget in screen.walk_children():
        found.update({action.id: action for action in getattr(widget, "ACTIONS", ())})
    return found


def _active(screen: StationScreen) -> list[tuple[Action, list[str], ActiveBinding]]:
    """What works now: the action, its keys as people read them, and how it is called."""
    known = _known(screen)
    found: dict[str, tuple[Action, list[str], ActiveBinding]] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if binding.id in known and active.enabled:
            entry = found.setdefault(binding.id, (known[binding.id], [], active))
            entry[1].append(key_name(binding.key))
    return list(found.values())


def help_panel(screen: StationScreen) -> TextPanel:
    """What F1 shows on a screen."""
    text = Text()
    for sentence in screen.explain():
        text.append(sentence + "\n\n")
    for action, keys, _how in _active(screen):
        text.append(filled(" ".join(keys), _KEY_CELLS), style="bold")
        text.append(f" {_(action.help)}\n")
    text.rstrip()
    return TextPanel(_("Help"), text)


def palette(screen: StationScreen) -> ChoosePanel:
    """What Ctrl+P shows: everything that works here, found by typing."""
    choices = [
        Choice(how, f"{filled(' '.join(keys), _KEY_CELLS)} {_(action.label)}: {_(action.help)}")
        for action, keys, how in _active(screen)
        if action.id != "app.palette"
    ]

    def chosen(how: ActiveBinding) -> None:
        screen.call_next(screen.app.run_action, how.binding.action, how.node)

    return ChoosePanel(_("What would you like to do?"), choices, chosen, search=True)
