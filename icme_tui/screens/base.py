"""The base of every screen: its frame, its keys, its work beside the screen, its panel and its notice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen
from textual.widget import Widget

from icme_tui.codes import IcmeError
from icme_tui.commands.words import _
from icme_tui.screens.actions import Action, bindings
from icme_tui.screens.covering import CoveringCompositor
from icme_tui.screens.jobs import Heard, Job, Progressed
from icme_tui.screens.widgets.keyline import KeyLine
from icme_tui.screens.widgets.notice import Notice
from icme_tui.screens.widgets.panel import Panel, confirm_panel
from icme_tui.screens.widgets.statusline import StatusLine

if TYPE_CHECKING:
    from icme_tui.operations.overview import Overview
    from icme_tui.screens.program import Program
    from icme_tui.station import Station

T = TypeVar("T")


class StationScreen(Screen[None]):
    """A screen. A subclass names itself and its actions and yields its parts in ``body``."""

    PLACE: ClassVar[str] = ""
    """Its name in ``places.PLACES``; empty for one that is reached from another screen."""
    LABEL: ClassVar[str] = ""
    """Its title, marked with ``N_``."""
    HELP: ClassVar[str] = ""
    """What F1 says first, marked with ``N_``."""
    ACTIONS: ClassVar[tuple[Action, ...]] = ()
    NEEDS_STATION: ClassVar[bool] = True
    """Whether it shows anything of the store; login and set-up do not."""

    AUTO_FOCUS = None

    def __init_subclass__(cls, **how: Any) -> None:
        cls.BINDINGS = bindings(cls.ACTIONS)
        super().__init_subclass__(**how)

    def __init__(self) -> None:
        super().__init__()
        self._compositor = CoveringCompositor()

    def compose(self) -> ComposeResult:
        yield StatusLine(_(self.LABEL))
        with Vertical(id="body"):
            yield from self.body()
        yield Notice()
        yield KeyLine()

    def body(self) -> Iterable[Widget]:
        """The parts of the screen between the status line and the notice."""
        return ()

    # The station

    @property
    def icme(self) -> Program:
        return cast("Program", self.app)

    @property
    def station(self) -> Station:
        """The opened station. Its registry and settings are read in jobs only, never here."""
        station = self.icme.station
        if station is None:
            raise IcmeError("LOCKED")
        return station

    def overview_changed(self, overview: Overview) -> None:
        """Called when what the status line tells has been read again."""

    # Work beside the screen

    def fetch(
        self,
        function: Callable[[Job], T],
        then: Callable[[T], None],
        *,
        group: str = "fetch",
        failed: Callable[[Exception], bool] | None = None,
    ) -> Job:
        """Read something in a thread, then show it. A newer one of the same group replaces it.

        ``failed`` may take an error upon itself by returning True; else the notice tells it.
        """
        return self.icme.start_job(Job(self, function, group, then, failed))

    def perform(
        self,
        function: Callable[[Job], T],
        then: Callable[[T], None],
        *,
        group: str = "perform",
        failed: Callable[[Exception], bool] | None = None,
        progressed: Callable[[int, int], None] | None = None,
    ) -> Job | None:
        """Change something in a thread, then say so. Nothing else of the group starts before it has ended:
        None then. Leaving waits for it. ``progressed`` takes (done, total), ``Progress.advance`` for one.
        """
        if self.icme.is_busy(group):
            self.tell(_("This is still being done. Please wait."), "warn")
            return None
        return self.icme.start_job(
            Job(self, function, group, then, failed, progressed=progressed, keeps=True)
        )

    def listen(
        self,
        function: Callable[[Job], None],
        heard: Callable[[Any], None],
        *,
        group: str = "listen",
        then: Callable[[Any], None] | None = None,
        failed: Callable[[Exception], bool] | None = None,
    ) -> Job:
        """Stay at something in a thread, such as a reader, until the screen goes; ``job.tell`` → ``heard``.

        The function looks at ``job.stopped`` at least once a second. Leaving waits for its end.
        """
        return self.icme.start_job(Job(self, function, group, then, failed, heard, keeps=True))

    def on_progressed(self, message: Progressed) -> None:
        message.stop()
        if message.job.progressed is not None:
            message.job.progressed(message.done, message.total)

    def on_heard(self, message: Heard) -> None:
        message.stop()
        if message.job.heard is not None and not message.job.stopped:
            message.job.heard(message.value)
            self.icme.look_soon()

    def job_stopped(self, job: Job) -> None:
        """Called when a job of this screen has ended because it was asked to stop."""

    def on_unmount(self) -> None:
        self.icme.stop_jobs(self)

    # What is said

    def tell(self, text: str, kind: str = "") -> None:
        """Say a sentence above the keys. ``kind``: ``good``, ``warn``, ``bad`` or nothing."""
        notices = self.query(Notice)
        if not notices and not self.is_mounted:  # a screen that was only just asked for
            self.call_after_refresh(self.tell, text, kind)
        for notice in notices:
            notice.tell(text, kind)

    # The panel

    @property
    def panel(self) -> Panel | None:
        """The panel that is open."""
        found = [panel for panel in self.query(Panel) if not panel.is_closed]
        return found[-1] if found else None

    def open_panel(self, panel: Panel, *, over: bool = False) -> None:
        """Open a panel over the screen; it has the focus until it closes. One that was open goes, or with
        ``over`` comes back afterwards as it was.
        """
        before, panel.returned = self.panel, self.focused
        if over and before is not None:
            panel.covered = before
            before.display = False
        else:
            while before is not None:
                panel.returned = before.returned
                before.remove()
                before = before.covered
        self.mount(panel)
        self.tell("")
        self.refresh_bindings()

    def confirm(self, question: str, yes: str, done: Callable[[], None]) -> None:
        """Ask before something that cannot be taken back."""
        self.open_panel(confirm_panel(question, yes, done))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a panel is open, the keys of the screen do nothing."""
        return self.panel is None or not any(action == _word(each) for each in self.ACTIONS)

    # Leaving

    def back(self) -> None:
        """What Escape does where no panel is open."""
        self.icme.go_back()

    def explain(self) -> Iterator[str]:
        """What F1 says: of what has the focus, then of the screen. Sentences, translated."""
        node: Any = self.focused
        while node is not None and node is not self:
            if words := getattr(node, "explains", ""):
                yield _(words)
                break
            node = node.parent
        if self.HELP:
            yield _(self.HELP)


def _word(action: Action) -> str:
    return action.run or action.id.partition(".")[2]
