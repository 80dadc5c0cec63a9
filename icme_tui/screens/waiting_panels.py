"""Panels of decisions: the reason that each needs, and how far times are to be moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from textual.widget import Widget
from textual.widgets import Input

from icme_tui.commands.clockwords import read_span
from icme_tui.commands.words import N_, _
from icme_tui.screens.widgets.field import Field, check_fields
from icme_tui.screens.widgets.panel import Panel

MOST_REASON = 200


class LinePanel(Panel):
    """One line that is typed and checked."""

    def __init__(self, title: str, field: Field, done: Callable[[str], None]) -> None:
        super().__init__(title)
        self._field = field
        self._done = done

    def body(self) -> Iterator[Widget]:
        yield self._field

    def on_mount(self) -> None:
        self._field.focus_line()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if check_fields([self._field]):
            self.close()
            self._done(self._field.value)


def reason_panel(title: str, done: Callable[[str], None]) -> LinePanel:
    """Why something is decided so."""
    field = Field(
        "reason",
        _("Reason"),
        check=lambda text: "" if text.strip() else _("A reason is needed."),
        explains=N_("It goes into the journal with your name and cannot be changed."),
        most=MOST_REASON,
    )
    return LinePanel(title, field, done)


def span_panel(title: str, done: Callable[[str], None], value: str = "") -> LinePanel:
    """How far times are moved; ``value`` is what stands in the line at first."""
    field = Field(
        "span",
        _("Add to the times"),
        value,
        check=lambda text: "" if read_span(text) is not None else _("Type a distance such as +1h05m."),
        explains=N_("Hours, minutes and seconds with + or -, such as +1h05m or -20m; +0s puts them back."),
        hint="+1h05m",
    )
    return LinePanel(title, field, done)
