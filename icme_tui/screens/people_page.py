"""One person: what is known, and the cards."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rich.text import Text
from textual.containers import VerticalScroll
from textual.widget import Widget

from icme_tui.commands.peoplewords import CARD_STATES, LABELS
from icme_tui.commands.words import N_, _
from icme_tui.operations import people
from icme_tui.screens.actions import Action
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import clean, filled
from icme_tui.screens.people_form import PersonForm
from icme_tui.screens.widgets.plain import Plain

_LABEL_CELLS = 16


class PersonScreen(StationScreen):
    """Shows one person."""

    LABEL = N_("Person")
    HELP = N_("What this station knows of a person. ID and telephone numbers are shown masked only.")
    CSS_PATH = "people.tcss"
    ACTIONS = (
        Action("person.edit", "e", N_("Edit"), N_("Change this person.")),
        Action(
            "person.leave", "x", N_("Has left / is back"), N_("Note that this person has left, or is back.")
        ),
    )

    def __init__(self, code: str, changed: Callable[[str], None]) -> None:
        super().__init__()
        self._code = code
        self._changed = changed
        self._view: people.PersonView | None = None

    def body(self) -> Iterable[Widget]:
        with VerticalScroll(classes="sheet"):
            yield Plain("", id="person")

    def on_mount(self) -> None:
        self.screen.set_focus(self.query_one(VerticalScroll))
        self._read()

    def _read(self) -> None:
        self.fetch(lambda job: people.person_view(self.station, self._code), self._show)

    def _show(self, view: people.PersonView) -> None:
        self._view = view
        text = Text()
        self._line(text, _("Code"), view.code)
        for key, value in view.values.items():
            self._line(text, _(LABELS[key]), value or "-")
        cards = [f"{card.number}  {_(CARD_STATES.get(card.state, card.state))}" for card in view.cards]
        self._line(text, _("Cards"), "; ".join(cards) or _("none yet"))
        if view.state:
            self._line(text, _("State"), _("has left") if view.state == people.LEFT else view.state)
        self._line(text, _("Made by"), view.maker)
        text.rstrip()
        self.query_one("#person", Plain).show(text)

    @staticmethod
    def _line(text: Text, label: str, value: str) -> None:
        text.append(filled(label, _LABEL_CELLS), style="dim")
        text.append(f" {clean(value)}\n")

    def action_edit(self) -> None:
        edit_person(self, self._code, self._saved)

    def action_leave(self) -> None:
        view = self._view
        if view is None:
            return
        leaves = view.state != people.LEFT
        question = _("{name} has left?") if leaves else _("{name} is back?")
        self.confirm(
            question.format(name=clean(view.values["name"])),
            _("Yes. Nothing is removed"),
            lambda: self._set_left(leaves),
        )

    def _set_left(self, leaves: bool) -> None:
        self.perform(
            lambda job: people.set_left(self.station, self._code, leaves),
            lambda changed: self._saved(self._code),
        )

    def _saved(self, code: str) -> None:
        self.tell(_("Written: {code}.").format(code=code), "good")
        self._changed(code)
        self._read()


def edit_person(screen: StationScreen, code: str, saved: Callable[[str], None]) -> None:
    """Open the form of a person, its values read first."""

    def read(job: object) -> tuple[dict[str, str], people.PersonView]:
        return people.shown_values(screen.station, code), people.person_view(screen.station, code)

    def show(found: tuple[dict[str, str], people.PersonView]) -> None:
        values, view = found
        masked = {key: view.values[key] for key in people.SECRET if view.values[key]}
        screen.app.push_screen(PersonForm(values, saved, code, masked))

    screen.fetch(read, show)
