"""What screens and their parts may ask of the program that they are shown by."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from icme_tui.terminal import Terminal

if TYPE_CHECKING:
    from icme_tui.clock import Clock
    from icme_tui.operations.overview import Overview
    from icme_tui.screens.desk import Desk
    from icme_tui.screens.jobs import Job
    from icme_tui.station import Station


class Program(Protocol):
    """The app, as far as it concerns a screen. ``IcmeApp`` is the one there is."""

    home: Path
    terminal: Terminal
    station: Station | None
    """The opened station; None before the login."""
    overview: Overview | None
    """What the status line tells; None until it was read for the first time."""
    desk: Desk
    given_operator: str | None
    unsafe_home: bool
    clock: Clock | None

    def enter(self, station: Station, *, go: bool = True) -> None:
        """A station was opened: go to the start screen, unless ``go`` says no."""

    def go(self, name: str) -> None:
        """To the screen of this name in ``places.PLACES``."""

    def go_back(self) -> None:
        """Away from a screen that was opened from another; else to the start screen."""

    def tell(self, text: str, kind: str = "") -> None:
        """Say a sentence on whatever screen there is."""

    def tell_desk(self, **changes: Any) -> None:
        """Change what is in hand and show it."""

    def look(self) -> None:
        """Read again what the status line tells."""

    def look_soon(self) -> None:
        """Read it again in a moment, once for all that happens until then."""

    def start_job(self, job: Job) -> Job:
        """Run a job in a thread."""

    def is_busy(self, group: str) -> bool:
        """Whether a job of a group has not ended."""

    def stop_jobs(self, owner: Any = None) -> None:
        """Ask the jobs of a screen, or all, to stop at their next step."""

    def sentence_of(self, error: BaseException) -> str:
        """What a person is told of an error."""
