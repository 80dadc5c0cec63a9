"""Panels: a question, a choice or an explanation inside the screen, instead of a window of its own.

A panel lies over the lower rows, takes the focus and keeps it. Escape closes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, NamedTuple

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.events import Key
from textual.widget import Widget
from textual.widgets import Input

from icme_tui.commands.words import N_, _
from icme_tui.screens.glyphs import clean, one_line
from icme_tui.screens.widgets.plain import Plain

_EXPLAINS = N_(
    "One of these lines is to be chosen: Up and Down go to it, Enter takes it. A letter before a line takes"
    " it at once."
)
_EXPLAINS_SEARCH = N_(
    "One of these lines is to be chosen: type a part of it. Up and Down go to a line, Enter takes it."
)


class Panel(Vertical):
    """The base of all panels. Open one with ``StationScreen.open_panel``; it ends with ``close``."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "next", show=False),
        Binding("shift+tab", "previous", show=False),
    ]

    def __init__(self, title: str) -> None:
        super().__init__(classes="panel")
        self._title = title
        self.returned: Widget | None = None
        """What gets the focus back."""
        self.covered: Panel | None = None
        """The panel over which it was opened, hidden meanwhile."""
        self.is_closed = False
        """Whether it is on its way out: it is taken away a moment after it was closed."""

    def compose(self) -> ComposeResult:
        yield Plain(Text(clean(self._title), style="bold"), classes="panel-title")
        yield from self.body()

    def body(self) -> Iterator[Widget]:
        """What stands under the title."""
        yield from ()

    def close(self) -> None:
        """Take it away and give the focus back."""
        if self.covered is not None:
            self.covered.display = True
        if self.returned is not None and self.returned.is_attached:
            self.screen.set_focus(self.returned)
        self.is_closed = True
        self.remove()
        self.screen.refresh_bindings()

    def action_next(self) -> None:
        self.screen.focus_next(".panel *")

    def action_previous(self) -> None:
        self.screen.focus_previous(".panel *")


class Choice(NamedTuple):
    """One line to choose."""

    key: Any
    text: str
    letter: str = ""
    """A letter that chooses it at once."""


class _Choices(Plain, can_focus=True):
    """The lines of a choice, with a cursor."""

    explains = ""

    def __init__(self, rows: int) -> None:
        super().__init__("", classes="panel-choices")
        self._rows = rows
        self.choices: list[Choice] = []
        self.cursor = 0

    def put(self, choices: Sequence[Choice]) -> None:
        self.choices = list(choices)
        self.move_to(0)

    def move_to(self, cursor: int) -> None:
        self.cursor = max(0, min(cursor, len(self.choices) - 1))
        first = max(0, min(self.cursor - self._rows // 2, len(self.choices) - self._rows))
        shown = Text()
        for number, choice in enumerate(self.choices[first : first + self._rows], first):
            letter = f"{choice.letter}  " if choice.letter else ""
            mark = ">" if number == self.cursor else " "
            line = one_line(f"{mark} {letter}{choice.text}", max(20, self.app.size.width - 4))
            shown.append(line + "\n", style="reverse" if number == self.cursor else "")
        shown.rstrip()
        self.show(shown if self.choices else Text(_("Nothing fits.")))


class ChoosePanel(Panel):
    """Choose one of some lines, by cursor, by letter, or by typing a part of it."""

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        chosen: Callable[[Any], None],
        search: bool = False,
        rows: int = 10,
    ) -> None:
        super().__init__(title)
        self._choices = list(choices)
        self._chosen = chosen
        self._search = search
        self._rows = rows

    def body(self) -> Iterator[Widget]:
        if self._search:
            yield Input(compact=True, classes="panel-search")
        yield _Choices(self._rows)

    def on_mount(self) -> None:
        for field in self.query(Input):
            field.cursor_blink = False
        self._list.put(self._choices)
        self.screen.set_focus(self.query_one(Input) if self._search else self._list)

    @property
    def explains(self) -> str:
        """What F1 says here."""
        return _EXPLAINS_SEARCH if self._search else _EXPLAINS

    @property
    def _list(self) -> _Choices:
        return self.query_one(_Choices)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        words = event.value.lower().split()
        self._list.put([each for each in self._choices if all(word in each.text.lower() for word in words)])

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._take(self._list.cursor)

    def on_key(self, event: Key) -> None:
        steps = {"up": -1, "down": 1, "pageup": -self._rows, "pagedown": self._rows}
        if event.key in steps:
            event.stop()
            event.prevent_default()
            self._list.move_to(self._list.cursor + steps[event.key])
        elif event.key == "enter":
            event.stop()
            self._take(self._list.cursor)
        elif not self._search and event.character:
            for number, choice in enumerate(self._list.choices):
                if choice.letter and choice.letter == event.character.lower():
                    event.stop()
                    self._take(number)
                    return

    def _take(self, number: int) -> None:
        if 0 <= number < len(self._list.choices):
            choice = self._list.choices[number]
            self.close()
            self._chosen(choice.key)


def confirm_panel(question: str, yes: str, done: Callable[[], None]) -> ChoosePanel:
    """Ask before something that cannot be taken back. ``yes`` says what will be done."""

    def chosen(key: bool) -> None:
        if key:
            done()

    return ChoosePanel(
        question, [Choice(False, _("No, leave it as it is"), "n"), Choice(True, yes, "y")], chosen
    )


class TextPanel(Panel):
    """Something to read; any of Escape and Enter closes it."""

    def __init__(self, title: str, text: str | Text) -> None:
        super().__init__(title)
        self._text = text

    def body(self) -> Iterator[Widget]:
        with VerticalScroll(classes="panel-text"):
            yield Plain(self._text)

    def on_mount(self) -> None:
        self.screen.set_focus(self.query_one(VerticalScroll))

    def on_key(self, event: Key) -> None:
        if event.key == "enter":
            event.stop()
            self.close()
