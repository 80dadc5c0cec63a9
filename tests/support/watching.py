"""Somebody who stays at the door of a session in a thread and hears what happens there."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from icme_tui.devices import shelf
from icme_tui.operations import sitting
from icme_tui.operations.listening import Door, Event, Touched
from icme_tui.station import Station
from tests.support.venues import Deployment

ADDRESS = "sim:cards?pace=0"


class Watch:
    """A door with somebody who hears what happens there."""

    def __init__(self, station: Station, session: str, *addresses: str) -> None:
        self.door = Door(station, sitting.open_session(station, session), "auto", addresses or (ADDRESS,))
        self.events: list[Event] = []
        self.fault: BaseException | None = None
        self.on_event: Callable[[Event], None] = lambda event: None
        """Called in the reader's thread."""
        self._heard = threading.Condition()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()
        self.join()

    def leave(self) -> None:
        """Ask the door to end."""
        self._stop.set()

    def join(self) -> None:
        """Until it has ended."""
        self._thread.join(10)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self.door.watch(self._stop.is_set, self._tell)
        except BaseException as error:
            self.fault = error

    def _tell(self, event: Event) -> None:
        self.on_event(event)
        with self._heard:
            self.events.append(event)
            self._heard.notify_all()

    def wait(self, kind: type[Any], count: int = 1) -> Any:
        """The newest event of a kind, once there are as many."""

        def found() -> list[Event]:
            return [event for event in self.events if isinstance(event, kind)]

        with self._heard:
            assert self._heard.wait_for(lambda: len(found()) >= count, 10), self.events
        return found()[-1]

    def wait_until(self, holds: Callable[[list[Event]], bool]) -> None:
        """Until something is true of all that was heard."""
        with self._heard:
            assert self._heard.wait_for(lambda: holds(self.events), 10), self.events

    def touch(self, world: Deployment, card: str, count: int) -> Touched:
        shelf.tap(world.folder, card)
        touched: Touched = self.wait(Touched, count)
        return touched
