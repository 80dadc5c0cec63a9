"""Keys that come faster than they are answered, as over a slow line: each waits until the one before is done.

Textual hands keys to whatever has the focus when they arrive. A burst "name, Enter, next name" would so end
in one field, because the focus has not moved on by then.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Protocol

from textual.widget import Widget

if TYPE_CHECKING:
    from textual.events import Key
    from textual.screen import Screen

TRIES = 100
"""How often a screen that is being put together is looked at before the next key goes on all the same."""


class _Keyed(Protocol):
    @property
    def screen(self) -> Screen[Any]: ...

    @property
    def focused(self) -> Widget | None: ...

    async def take_key(self, key: Key) -> None: ...

    def call_later(self, callback: Any, *args: Any) -> bool: ...


class TypeAhead:
    """The queue of keys of an app."""

    def __init__(self, app: _Keyed) -> None:
        self._app = app
        self._waiting: deque[Key] = deque()
        self._is_busy = False

    async def take(self, key: Key) -> None:
        """Hand on a key, now or when those before it are done."""
        if self._is_busy:
            self._waiting.append(key)
            return
        self._is_busy = True
        target = self._app.focused or self._app.screen
        await self._app.take_key(key)
        # The key goes up to the app, which carries out its action; then the messages of the action go up.
        self._pass([*target.ancestors_with_self, *target.ancestors_with_self], 0)

    def _pass(self, way: list[Any], at: int) -> None:
        while at < len(way):
            if way[at].call_later(self._pass, way, at + 1):
                return
            at += 1
        self._app.call_later(self._next, 0)

    async def _next(self, tries: int) -> None:
        screen = self._app.screen
        if tries < TRIES and not is_ready(screen) and screen.call_later(self._again, tries + 1):
            return
        self._is_busy = False
        if self._waiting:
            await self.take(self._waiting.popleft())

    def _again(self, tries: int) -> None:
        self._app.call_later(self._next, tries)


def is_ready(screen: Screen[Any]) -> bool:
    """Whether a screen and everything on it has been put together."""
    return screen.is_mounted and all(widget.is_mounted for widget in screen.walk_children(Widget))
