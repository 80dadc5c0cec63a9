"""The full-screen program: one opened station, the screens, their jobs, and an orderly end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App
from textual.binding import BindingType
from textual.events import Event, Key
from textual.scrollbar import ScrollBar
from textual.worker import Worker, WorkerState

from icme_tui import terminal as terminals
from icme_tui.codes import IcmeError
from icme_tui.commands import words
from icme_tui.commands.words import N_, _
from icme_tui.operations.preferences import arrival, read_preferences
from icme_tui.screens import glyphs
from icme_tui.screens.actions import APP_ACTIONS, bindings, place_actions
from icme_tui.screens.base import StationScreen
from icme_tui.screens.desk import Desk
from icme_tui.screens.jobs import Job, Stopped
from icme_tui.screens.places import PLACES
from icme_tui.screens.typeahead import TypeAhead
from icme_tui.screens.widgets.panel import TextPanel
from icme_tui.screens.widgets.scrollbars import PlainScrollBar
from icme_tui.screens.widgets.statusline import StatusLine
from icme_tui.terminal import Terminal

if TYPE_CHECKING:
    from textual.driver import Driver

    from icme_tui.clock import Clock
    from icme_tui.operations.overview import Overview
    from icme_tui.station import Station

LOOK_EVERY_S = 30.0
"""How often what the status line tells is read again while nothing happens."""

LOOK_SOON_S = 0.7
"""After something that a job has said, such as a touch: so many of them cost one look."""

END_WITHIN_S = 20.0
"""How long leaving waits for what must not be cut; every call of a reader has a shorter limit."""

_ENGLISH_ONLY = N_("This terminal cannot show Chinese, so the program speaks English.")


class IcmeApp(App[int]):
    """The program on one home folder."""

    CSS_PATH = "screens/icme.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(
        self,
        home: Path,
        operator: str | None = None,
        terminal: Terminal | None = None,
        *,
        unsafe_home: bool = False,
        clock: Clock | None = None,
        greeting: str = "",
    ) -> None:
        super().__init__(driver_class=_driver(terminal))
        self._greeting = greeting
        self.home = home
        self.given_operator = operator
        self.unsafe_home = unsafe_home
        self.clock = clock
        self.terminal = terminal or terminals.decide(os.environ, read_preferences(home))
        self.station: Station | None = None
        self.overview: Overview | None = None
        self.desk = Desk()
        self.fault: BaseException | None = None
        self._jobs: dict[Worker[Any], Job] = {}
        self._threads: list[Job] = []
        """Every job whose thread may be at work, also those that were replaced."""
        self._is_leaving = False
        self._looks_soon = False
        self._type_ahead = TypeAhead(self)
        self.title = "icme"
        words.use(self.terminal.language)
        glyphs.draw_latin_only(self.terminal.is_console)
        if self.terminal.lean or self.no_color:
            self.theme = terminals.OWN_COLOURS
        if self.terminal.lean:
            self.animation_level = "none"
            ScrollBar.renderer = PlainScrollBar
        self._bindings = type(self._bindings)(bindings([*APP_ACTIONS, *place_actions()]))
        preferences = read_preferences(home)
        self.desk.bell = preferences.bell
        self.set_keymap(dict(preferences.keys))

    # Coming

    def on_mount(self) -> None:
        self.add_class("-lean" if self.terminal.lean else "-full")
        self.set_class(self.no_color, "-mono")
        for number in (signal.SIGHUP, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                asyncio.get_running_loop().add_signal_handler(number, self.leave_now)
        self.push_screen(self._first_screen())
        warning = _(_ENGLISH_ONLY) if self.terminal.cannot_show else ""
        if told := " ".join(filter(None, (warning, self._greeting))):
            self.call_after_refresh(self.tell, told, "warn" if warning else "")

    def _first_screen(self) -> StationScreen:
        from icme_tui.screens.login import LoginScreen

        known = arrival(self.home)
        if known is None:
            from icme_tui.screens.setup import SetupScreen

            return SetupScreen()
        return LoginScreen(known)

    def enter(self, station: Station, *, go: bool = True) -> None:
        """A station was opened: go to the start screen, unless ``go`` says no."""
        self.station = station
        self.set_interval(LOOK_EVERY_S, self.look)
        self.look()
        if go:
            self.go("start")
        if station.begun:
            from icme_tui.commands.backupwords import begun

            self.call_after_refresh(self.tell, begun(station.begun), "warn")

    # Screens

    def go(self, name: str) -> None:
        """To the screen of this name, from whatever is open."""
        screen = self.screen
        place = PLACES[name]
        if self.station is None or not place.exists:
            return
        if isinstance(screen, StationScreen) and name == screen.PLACE:
            return
        if self.is_busy("perform"):
            self.tell(_("This is still being done. Please wait."), "warn")
            return
        while len(self.screen_stack) > 2:
            self.pop_screen()
        self.switch_screen(place.load()())

    def go_back(self) -> None:
        """Away from a screen that was opened from another; else to the start screen."""
        if len(self.screen_stack) > 2:
            if self.is_busy("perform"):
                self.tell(_("This is still being done. Please wait."), "warn")
            else:
                self.pop_screen()
        elif self.station is not None:
            self.go("start")

    def tell(self, text: str, kind: str = "") -> None:
        """Say a sentence on whatever screen there is."""
        if isinstance(self.screen, StationScreen):
            self.screen.tell(text, kind)

    def tell_desk(self, **changes: Any) -> None:
        """Change what is in hand (see ``Desk``) and show it."""
        for name, value in changes.items():
            setattr(self.desk, name, value)
        self._renew_status()

    # What the status line tells

    def look(self) -> None:
        """Read again what the status line tells, beside the screen."""
        station = self.station
        if station is None:
            return

        def read(job: Job) -> Overview:
            from icme_tui.operations.overview import overview

            return overview(station)

        self.start_job(Job(None, read, "look", self._looked))

    def look_soon(self) -> None:
        """Read it again in a moment; what happens until then is covered by the same look."""
        if self.station is not None and not self._looks_soon:
            self._looks_soon = True
            self.set_timer(LOOK_SOON_S, self._look_now)

    def _look_now(self) -> None:
        self._looks_soon = False
        self.look()

    def _looked(self, found: Overview) -> None:
        self.overview = found
        self._renew_status()
        if self._screen_stack and isinstance(self.screen, StationScreen):
            self.screen.overview_changed(found)

    def _renew_status(self) -> None:
        if not self._screen_stack:  # the program is going
            return
        for line in self.screen.query(StatusLine):
            line.renew()

    # Jobs

    def start_job(self, job: Job) -> Job:
        """Run a job in a thread. The one of its group before it is asked to stop."""
        for other_worker, other in list(self._jobs.items()):
            if other.group == job.group:
                other.stop()
                if not other.keeps:
                    del self._jobs[other_worker]  # whatever still comes of it is dropped
        worker = self.run_worker(
            job.run, group=job.group, thread=True, exit_on_error=False, exclusive=not job.keeps
        )
        self._jobs[worker] = job
        self._threads = [*(each for each in self._threads if not each.ended.is_set()), job]
        return job

    def is_busy(self, group: str) -> bool:
        """Whether a job of a group has not ended."""
        return any(job.group == group and not job.ended.is_set() for job in self._jobs.values())

    def stop_jobs(self, owner: StationScreen | None = None) -> None:
        """Ask the jobs of a screen, or all, to stop at their next step."""
        for job in self._jobs.values():
            if owner is None or job.owner is owner:
                job.stop()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """The one place where jobs end."""
        if event.state not in (WorkerState.SUCCESS, WorkerState.ERROR, WorkerState.CANCELLED):
            return
        job = self._jobs.pop(event.worker, None)
        if job is None:
            return
        error = event.worker.error
        if event.state is WorkerState.ERROR and isinstance(error, Exception):
            self._job_failed(job, error)
        elif event.state is WorkerState.SUCCESS:
            if job.then is not None and job.is_wanted and (job.keeps or not job.stopped):
                (job.owner or self).call_next(job.then, event.worker.result)
            if job.keeps:
                self.look()

    def _job_failed(self, job: Job, error: Exception) -> None:
        if isinstance(error, Stopped):
            if job.owner is not None and job.is_wanted:
                job.owner.job_stopped(job)
            if job.keeps:
                self.tell(_("Stopped. What was already recorded stays recorded."), "warn")
        elif not (job.is_wanted and job.failed is not None and job.failed(error)):
            self.tell(self.sentence_of(error), "bad")

    def sentence_of(self, error: BaseException) -> str:
        """What a person is told of an error. A fault of the program is noted in the home's logs."""
        from icme_tui.commands import failures

        return failures.sentence_of(error, self.home)

    # Leaving

    async def action_quit(self) -> None:
        self.action_leave()

    def action_leave(self) -> None:
        """Leave by key: not in the middle of something."""
        if self.is_busy("perform"):
            self.tell(_("This is still being done. Please wait."), "warn")
        else:
            self.leave_now()

    def leave_now(self) -> None:
        """Finish what must not be cut, close the store, leave. Also what SIGHUP and SIGTERM do."""
        if not self._is_leaving:
            self._is_leaving = True
            self.stop_jobs()
            self.run_worker(self._leave(), group="leave", exit_on_error=False)

    async def _leave(self) -> None:
        until = time.monotonic() + END_WITHIN_S
        while time.monotonic() < until and any(job.is_running for job in self._threads):
            await asyncio.sleep(0.02)
        self.close_station()
        self.exit(0)

    def close_station(self) -> None:
        """Close the store; nothing of it is shown afterwards."""
        station, self.station, self.overview = self.station, None, None
        if station is not None:
            station.close()

    # Keys

    async def on_event(self, event: Event) -> None:
        if isinstance(event, Key) and not event.is_forwarded:
            await self._type_ahead.take(event)
        else:
            await super().on_event(event)

    async def take_key(self, key: Key) -> None:
        """Hand a key to what has the focus now."""
        await super().on_event(key)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A panel keeps other screens away, not help and lock; before the login there is nowhere to go."""
        screen = self.screen if self._screen_stack else None
        panel = screen.panel if isinstance(screen, StationScreen) else None
        if action in ("go", "palette"):
            return self.station is not None and panel is None and not self._is_locked
        if action == "lock":
            return self.station is not None and not self._is_locked
        if action == "help":
            return not isinstance(panel, TextPanel)
        return True

    @property
    def _is_locked(self) -> bool:
        return isinstance(self.screen, StationScreen) and not self.screen.NEEDS_STATION

    def action_go(self, name: str) -> None:
        self.go(name)

    async def action_back(self) -> None:
        screen = self.screen
        if isinstance(screen, StationScreen):
            if screen.panel is not None:
                screen.panel.close()
            elif not self._stop_performing(screen):
                screen.back()

    def _stop_performing(self, screen: StationScreen) -> bool:
        """Ask what the screen is doing to stop at its next step; whether it does anything."""
        found = [job for job in self._jobs.values() if job.owner is screen and job.group == "perform"]
        for job in found:
            job.stop()
        if found:
            self.tell(_("Stopping ..."))
        return bool(found)

    def action_help(self) -> None:
        if isinstance(self.screen, StationScreen):
            from icme_tui.screens.help import help_panel

            self.screen.open_panel(help_panel(self.screen), over=True)

    def action_palette(self) -> None:
        if isinstance(self.screen, StationScreen):
            from icme_tui.screens.help import palette

            self.screen.open_panel(palette(self.screen))

    def action_redraw(self) -> None:
        """Paint everything anew: something else has written on the terminal."""
        self._forget_picture()
        self.screen.refresh(layout=True)

    def on_resize(self) -> None:
        self._forget_picture()

    def _forget_picture(self) -> None:
        picture = getattr(self._driver, "picture", None)
        if picture is not None:
            picture.forget()

    def action_lock(self) -> None:
        from icme_tui.screens.login import LockScreen

        self.push_screen(LockScreen())

    # A fault of the program

    def _handle_exception(self, error: Exception) -> None:
        """Never a traceback on the terminal: the program ends, and ``run_program`` says why."""
        self.fault = self.fault or error
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()


def _driver(terminal: Terminal | None) -> type[Driver] | None:
    """The driver that spares the line where that is wanted and there is a POSIX terminal; else textual's."""
    if terminal is None or not terminal.lean or os.name != "posix":
        return None
    from icme_tui.screens.sparing import SparingDriver

    return SparingDriver


def _let_go_of_a_dead_line() -> None:
    """Where the terminal is gone, what is left for it has nowhere to go: it must not fail the exit."""
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None:
            try:
                stream.flush()
            except OSError:
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, stream.fileno())
                os.close(nowhere)


def run_program(
    home: Path,
    operator: str | None,
    terminal: Terminal,
    unsafe_home: bool,
    clock: Clock | None = None,
    greeting: str = "",
) -> int:
    """Run until somebody leaves; the exit code. A fault becomes a sentence and a file in the home's logs."""
    from icme_tui.commands import failures

    app = IcmeApp(home, operator, terminal, unsafe_home=unsafe_home, clock=clock, greeting=greeting)
    fault: BaseException | None = None
    try:
        app.run(mouse=False)
    except IcmeError as error:
        fault = error
    except Exception as error:
        fault = error
    finally:
        app.close_station()
        _let_go_of_a_dead_line()
    fault = fault or app.fault
    if fault is not None:
        with contextlib.suppress(OSError):
            print(failures.sentence_of(fault, home), file=sys.stderr)
        return 1
    return app.return_value or 0
