"""What can be done by key: one description for bindings, key line, help, palette, keymap and docs/keys.md."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from textual.binding import Binding, BindingType
from textual.keys import format_key

from icme_tui.commands.words import N_
from icme_tui.screens.places import PLACES, present

if TYPE_CHECKING:
    from icme_tui.screens.base import StationScreen


class Action(NamedTuple):
    """Something that a key does. ``label`` and ``help`` are marked with ``N_``."""

    id: str
    """``screen.word``: the method ``action_word`` of that screen does it."""
    key: str
    """Textual's names, several divided by commas: ``a``, ``slash``, ``f5,r``."""
    label: str
    """A word or two for the key line."""
    help: str
    """A sentence."""
    shown: bool = True
    """Whether it stands in the key line."""
    priority: bool = False
    """Whether it goes before what the focused thing does with the key."""
    run: str = ""
    """The method without ``action_`` and its arguments, where it is not the word of the id."""

    @property
    def screen(self) -> str:
        """Where it belongs: a screen, ``app`` or a widget such as ``list``."""
        return self.id.partition(".")[0]

    def binding(self) -> Binding:
        """For textual. The label is in English: what is shown is translated when it is shown."""
        return Binding(
            self.key,
            self.run or self.id.partition(".")[2],
            self.label,
            show=self.shown,
            priority=self.priority,
            id=self.id,
        )


def bindings(actions: Iterable[Action]) -> list[BindingType]:
    """The bindings of some actions."""
    return [action.binding() for action in actions]


APP_ACTIONS = (
    Action(
        "app.help", "f1,question_mark", N_("Help"), N_("Explain what has the focus, and the keys."),
        run="app.help",
    ),
    Action("app.back", "escape", N_("Back"), N_("Close what is open, or go back."), run="app.back"),
    Action(
        "app.palette", "ctrl+p", N_("Find"), N_("Find everything that can be done here, by a word."),
        shown=False, priority=True, run="app.palette",
    ),
    Action(
        "app.lock", "ctrl+l", N_("Lock"), N_("Lock the screen. The password opens it again."),
        shown=False, priority=True, run="app.lock",
    ),
    Action(
        "app.redraw", "ctrl+r", N_("Redraw"), N_("Paint the screen anew, if something has spoilt it."),
        shown=False, priority=True, run="app.redraw",
    ),
    Action(
        "app.leave", "ctrl+q", N_("Leave"), N_("Leave the program."), priority=True, run="app.leave",
    ),
)  # fmt: skip
"""What works on every screen."""


def place_actions() -> list[Action]:
    """A digit and a function key for every screen that there is."""
    return [
        Action(
            f"go.{place.name}",
            f"{place.digit},{place.function_key}",
            place.label,
            place.help,
            shown=False,
            run=f"app.go('{place.name}')",
        )
        for place in present()
    ]


def registry() -> dict[str, Action]:
    """Every action there is, by id; imports every screen."""
    import icme_tui.screens
    from icme_tui.screens.base import StationScreen
    from icme_tui.screens.transfer_office import OfficeTransfer
    from icme_tui.screens.transfer_venue import VenueTransfer
    from icme_tui.screens.widgets.field import FIELD_ACTIONS
    from icme_tui.screens.widgets.pagedlist import PagedList

    names = ("app", "go", "list", "field", *PLACES, "venue", "office")
    order = {name: number for number, name in enumerate(names)}
    for module in pkgutil.walk_packages(icme_tui.screens.__path__, "icme_tui.screens."):
        import_module(module.name)
    found = [*APP_ACTIONS, *place_actions(), *PagedList.ACTIONS, *FIELD_ACTIONS]
    found.extend((*VenueTransfer.ACTIONS, *OfficeTransfer.ACTIONS))
    for screen in sorted(_below(StationScreen), key=lambda one: (one.__module__, one.__qualname__)):
        found.extend(screen.ACTIONS)
    return {action.id: action for action in sorted(found, key=lambda one: order.get(one.screen, 99))}


def _below(screen: type[StationScreen]) -> Iterator[type[StationScreen]]:
    for one in screen.__subclasses__():
        if one.__module__.startswith("icme_tui."):
            yield one
            yield from _below(one)


_KEY_NAMES = {
    "escape": "Esc", "enter": "Enter", "space": "Space", "tab": "Tab", "backspace": "Backspace",
    "delete": "Del", "insert": "Ins", "up": "Up", "down": "Down", "left": "Left", "right": "Right",
    "home": "Home", "end": "End", "pageup": "PgUp", "pagedown": "PgDn",
}  # fmt: skip


def key_name(key: str) -> str:
    """A key as people read it: ``ctrl+p`` → ``Ctrl+P``, ``slash`` → ``/``."""
    *modifiers, last = key.split("+")
    if last in _KEY_NAMES:
        shown = _KEY_NAMES[last]
    elif modifiers or (last.startswith("f") and last[1:].isdigit()):
        shown = last.upper()
    else:
        shown = last if len(last) == 1 else format_key(last)
    return "+".join([*(each.capitalize() for each in modifiers), shown])
