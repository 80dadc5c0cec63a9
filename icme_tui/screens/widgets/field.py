"""Fields of forms: a label, a line to type in, and below it what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Blur
from textual.widgets import Input

from icme_tui.commands.words import N_, _
from icme_tui.screens.actions import Action, bindings
from icme_tui.screens.widgets.panel import Panel
from icme_tui.screens.widgets.plain import Plain

LABEL_CELLS = 18

FIELD_ACTIONS = (
    Action("field.above", "up", N_("Field above"), N_("To the field above; also Shift+Tab."), shown=False),
    Action("field.below", "down", N_("Field below"), N_("To the field below; also Tab."), shown=False),
)


class _Line(Input):
    """The line itself. Tells its field when the focus has left it. A password is shown as stars."""

    ACTIONS = FIELD_ACTIONS
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

    def action_above(self) -> None:
        self._go(-1)

    def action_below(self) -> None:
        self._go(1)

    def _go(self, step: int) -> None:
        """To the line before or after this one, of the same panel or form; it stays at both ends."""
        form = next((one for one in self.ancestors if isinstance(one, Panel)), self.screen)
        lines = [line for line in form.query(_Line) if line.focusable]
        at = lines.index(self) + step
        if 0 <= at < len(lines):
            self.screen.set_focus(lines[at])

    @property
    def _value(self) -> Text:
        return Text("*" * len(self.value)) if self.password else super()._value

    def on_blur(self, event: Blur) -> None:
        for field in self.ancestors:
            if isinstance(field, Field):
                if self.value or field.is_wrong:  # a field that nobody has filled in yet is left in peace
                    field.check()
                return


class Field(Vertical):
    """One value of a form.

    ``check`` is a function of the text that returns a sentence, or nothing where the text is right. It is
    asked when the focus leaves the field and when the form is sent.
    """

    def __init__(
        self,
        name: str,
        label: str,
        value: str = "",
        *,
        check: Callable[[str], str] | None = None,
        explains: str = "",
        password: bool = False,
        hint: str = "",
        most: int = 0,
    ) -> None:
        """``label`` is translated, ``explains`` marked with ``N_``; ``hint`` is an example."""
        super().__init__(id=f"field-{name}", classes="field")
        self.field_name = name
        self.explains = explains
        """What F1 says of it."""
        self._label = label
        self._check = check
        self._how: dict[str, Any] = {
            "value": value,
            "password": password,
            "placeholder": _("such as {example}").format(example=hint) if hint else "",
            "max_length": most,
            "compact": True,
            "select_on_focus": not password,
        }

    def compose(self) -> ComposeResult:
        with Horizontal(classes="field-row"):
            yield Plain(self._label, classes="field-label")
            line = _Line(**self._how, classes="field-line")
            line.cursor_blink = False
            yield line
        yield Plain("", classes="field-wrong")

    @property
    def line(self) -> Input:
        return self.query_one(_Line)

    @property
    def value(self) -> str:
        """What was typed, without blanks at the ends; a password as it is."""
        typed = self.line.value
        return typed if self._how["password"] else typed.strip()

    @value.setter
    def value(self, text: str) -> None:
        self.line.value = text

    def check(self) -> bool:
        """Whether the value is right; shows below the field why not."""
        why = self._check(self.value) if self._check is not None else ""
        self.complain(why)
        return not why

    def complain(self, why: str) -> None:
        """Show a sentence below the field; nothing takes it away."""
        wrong = self.query_one(".field-wrong", Plain)
        wrong.show(why)
        wrong.display = bool(why)

    @property
    def is_wrong(self) -> bool:
        """Whether something stands below it."""
        return bool(self.query_one(".field-wrong", Plain).words)

    def focus_line(self) -> None:
        self.screen.set_focus(self.line)


def check_fields(fields: list[Field]) -> bool:
    """Whether all are right; else the focus goes to the first that is not."""
    wrong = [field for field in fields if not field.check()]
    if wrong:
        wrong[0].focus_line()
    return not wrong
