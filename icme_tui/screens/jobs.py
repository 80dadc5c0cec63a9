"""Work beside the screen: what a function in a worker thread is given, and what comes of it.

The app runs every job (``IcmeApp.start_job``), so that what goes wrong in one ends in one place.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.message import Message

if TYPE_CHECKING:
    from icme_tui.screens.base import StationScreen

EVERY_S = 0.2
"""Progress is told this often at most."""


class Stopped(Exception):  # noqa: N818 - nothing has gone wrong
    """Raised inside a job that was asked to stop, at its next step."""


class Progressed(Message):
    """How far a job is. A newer one replaces one that nobody has seen yet."""

    def __init__(self, job: Job, done: int, total: int) -> None:
        super().__init__()
        self.job = job
        self.done = done
        self.total = total

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, Progressed) and message.job is self.job


class Heard(Message):
    """Something that a job has to say before it ends."""

    def __init__(self, job: Job, value: Any) -> None:
        super().__init__()
        self.job = job
        self.value = value


class Job:
    """One piece of work in a thread of its own. ``step``, ``stepper`` and ``tell`` are for the thread."""

    def __init__(
        self,
        owner: StationScreen | None,
        function: Callable[[Job], Any],
        group: str,
        then: Callable[[Any], None] | None = None,
        failed: Callable[[Exception], bool] | None = None,
        heard: Callable[[Any], None] | None = None,
        progressed: Callable[[int, int], None] | None = None,
        keeps: bool = False,
    ) -> None:
        self.owner = owner
        """The screen it works for; none where it works for the program."""
        self.group = group
        self.then = then
        self.failed = failed
        self.heard = heard
        self.progressed = progressed
        self.keeps = keeps
        """Whether leaving waits for its end."""
        self._function = function
        self._stop = threading.Event()
        self.began = threading.Event()
        self.ended = threading.Event()
        self._told_at = 0.0

    def run(self) -> Any:
        """Called in the thread."""
        self.began.set()
        try:
            return self._function(self)
        finally:
            self.ended.set()

    def stop(self) -> None:
        """Ask it to stop at its next step."""
        self._stop.set()

    @property
    def is_running(self) -> bool:
        """Whether its thread is at work."""
        return self.began.is_set() and not self.ended.is_set()

    @property
    def is_wanted(self) -> bool:
        """Whether what it found is still to be shown."""
        return self.owner.is_attached if self.owner is not None else True

    @property
    def stopped(self) -> bool:
        """Whether it was asked to stop. A job that waits for cards looks here between two waits."""
        return self._stop.is_set()

    def step(self, done: int, total: int) -> None:
        """Say how far it is. Raises Stopped where it is to stop; so call it only where that harms nothing."""
        if self.stopped:
            raise Stopped
        now = time.monotonic()
        if now - self._told_at >= EVERY_S or done >= total:
            self._told_at = now
            self._post(Progressed(self, done, total))

    def stepper(self, total: int) -> Callable[..., None]:
        """A ``step(n=1)`` that counts by itself, as operations take it."""
        done = 0

        def step(n: int = 1) -> None:
            nonlocal done
            done += n
            self.step(done, total)

        return step

    def tell(self, value: Any) -> None:
        """Hand a value to ``heard`` on the screen, while the job goes on."""
        self._post(Heard(self, value))

    def _post(self, message: Message) -> None:
        if self.owner is not None:
            self.owner.post_message(message)
