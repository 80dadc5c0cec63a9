"""All actions with their keys; another key for one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import ClassVar

from textual.events import Key
from textual.widget import Widget

from icme_tui.commands.words import N_, _
from icme_tui.operations import settings
from icme_tui.operations.preferences import read_preferences
from icme_tui.screens.actions import Action, key_name, registry
from icme_tui.screens.base import StationScreen
from icme_tui.screens.keymap import keys_of, why_not
from icme_tui.screens.rows import page_of
from icme_tui.screens.widgets.pagedlist import Column, Page, PagedList, Row
from icme_tui.screens.widgets.panel import Panel
from icme_tui.screens.widgets.plain import Plain


class KeyPanel(Panel, can_focus=True):
    """Waits for one key."""

    def __init__(self, title: str, taken: Callable[[str], None]) -> None:
        super().__init__(title)
        self._taken = taken

    def body(self) -> Iterator[Widget]:
        yield Plain(_("Press the new key. Esc leaves it as it is."))

    def on_mount(self) -> None:
        self.screen.set_focus(self)

    def on_key(self, event: Key) -> None:
        if event.key != "escape":
            event.stop()
            event.prevent_default()
            self.close()
            self._taken(event.key)


class KeysScreen(StationScreen):
    """The table of actions."""

    LABEL = N_("Keys")
    HELP = N_(
        "Every action of the program with its key. Enter gives the one under the cursor another key, from the"
        " next screen on; it is written to station.toml."
    )
    CSS_PATH = "system.tcss"
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("keys.own", "d", N_("As it was"), N_("Give this action the key back that it came with.")),
    )

    def __init__(self) -> None:
        super().__init__()
        self._actions: dict[str, Action] = {}
        self._changed: Mapping[str, str] = {}

    def body(self) -> Iterable[Widget]:
        yield PagedList(
            [
                Column(_("Key"), 12),
                Column(_("Action"), 16),
                Column(_("What it does")),
                Column(_("Id"), 22, from_width=100),
            ],
            self._page,
            id="keys-list",
            explains=N_("One action a row. / finds one by a word. Enter changes its key."),
        )
        yield Plain("", id="key-help", classes="system-why")

    def on_mount(self) -> None:
        self.query_one(PagedList).focus_rows()

    def _page(self, first: int, count: int, words: str) -> Page:
        if not self._actions:
            self._actions = registry()
        self._changed = read_preferences(self.icme.home).keys
        rows = [
            Row(action.id, (_keys(action, self._changed), _(action.label), _(action.help), action.id))
            for action in self._actions.values()
        ]
        return page_of(rows, first, count, words)

    def on_paged_list_moved(self, event: PagedList.Moved) -> None:
        action = self._actions.get(event.row.key) if event.row is not None else None
        self.query_one("#key-help", Plain).show(_(action.help) if action is not None else "")

    def on_paged_list_opened(self, event: PagedList.Opened) -> None:
        action = self._actions[event.row.key]
        title = _("Another key for: {label}").format(label=_(action.label))
        self.open_panel(KeyPanel(title, lambda key: self._give(action, key)))

    def _give(self, action: Action, key: str) -> None:
        why = why_not(key, action, self._actions.values(), self._changed)
        if why:
            self.tell(why, "warn")
        else:
            self._set(action, key)

    def action_own(self) -> None:
        row = self.query_one(PagedList).row
        if row is not None:
            self._set(self._actions[row.key], "")

    def _set(self, action: Action, key: str) -> None:
        self.perform(lambda job: settings.set_key(self.station, action.id, key), self._were_set)

    def _were_set(self, keys: dict[str, str]) -> None:
        self.app.set_keymap(keys)
        self.query_one(PagedList).reload()
        self.tell(_("Noted. It counts from the next screen on."), "good")

    def back(self) -> None:
        """Escape first ends a search."""
        if not self.query_one(PagedList).end_search():
            super().back()


def _keys(action: Action, changed: Mapping[str, str]) -> str:
    shown = " ".join(key_name(key) for key in keys_of(action, changed))
    return f"{shown} *" if action.id in changed else shown
