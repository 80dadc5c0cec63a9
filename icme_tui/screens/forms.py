"""Forms: some fields, checked where they stand, written in one go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import ClassVar, NamedTuple

from rich.text import Text
from textual.containers import VerticalScroll
from textual.events import DescendantBlur
from textual.widget import Widget
from textual.widgets import Input

from icme_tui.codes import IcmeError
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import N_, _
from icme_tui.screens.actions import Action
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import clean, latin, latin_only
from icme_tui.screens.widgets.field import Field
from icme_tui.screens.widgets.panel import Choice, ChoosePanel
from icme_tui.screens.widgets.plain import Plain


class Entry(NamedTuple):
    """One field of a form. ``label`` and ``explains`` are marked with ``N_``, ``hint`` is translated."""

    name: str
    label: str
    explains: str = ""
    hint: str = ""
    chooses: bool = False
    """Whether ``choices`` has something for it."""


class Remark(NamedTuple):
    """What is said of a field."""

    field: str
    text: str
    refuses: bool = True
    """Whether the form cannot be written with it."""


class FormScreen(StationScreen):
    """The base of forms. A subclass names its ``ENTRIES`` and what is done with the texts."""

    CSS_PATH = "forms.tcss"
    ENTRIES: ClassVar[tuple[Entry, ...]] = ()
    AT_FIELD: ClassVar[Mapping[str, str]] = {}
    """Reason code → field at which it is shown."""
    ACTIONS = (
        Action("form.save", "ctrl+s", N_("Save"), N_("Check everything and write it.")),
        Action("form.choose", "ctrl+o", N_("Choose"), N_("Choose what belongs into this field from a list.")),
    )

    def __init__(self, title: str, values: Mapping[str, str], saved: Callable[[str], None]) -> None:
        """``title`` is translated; ``saved`` gets what ``write`` has returned, after the form was closed."""
        super().__init__()
        self._title = title
        self._before = {entry.name: values.get(entry.name, "") for entry in self.ENTRIES}
        self._unseen = {
            name: text for name, text in self._before.items() if latin_only() and latin(text) != text
        }
        """Values that this terminal cannot show in a line to type in: they stay where nothing is typed."""
        self._saved = saved

    # What a subclass says; all of it is called in jobs

    def remarks(self, values: dict[str, str], only: Sequence[str]) -> list[Remark]:
        """What is to be said of the texts, ``only`` of these fields where it names some."""
        return []

    def write(self, values: dict[str, str]) -> str:
        """Write the texts. What it raises is shown, at a field where ``AT_FIELD`` names one."""
        return ""

    def choices(self, name: str) -> list[Choice]:
        """What can be chosen for a field; the keys are texts for it."""
        return []

    def hint_of(self, entry: Entry) -> str:
        """What stands in the empty field."""
        return _(entry.hint)

    # The frame

    def body(self) -> Iterable[Widget]:
        yield Plain(Text(clean(self._title), style="bold"), classes="heading")
        with VerticalScroll(classes="form", can_focus=False):
            for entry in self.ENTRIES:
                yield Field(
                    entry.name,
                    _(entry.label),
                    "" if entry.name in self._unseen else self._before[entry.name],
                    explains=entry.explains,
                    hint=self._hint(entry),
                )

    def on_mount(self) -> None:
        self.field(self.ENTRIES[0].name).focus_line()

    def field(self, name: str) -> Field:
        return self.query_one(f"#field-{name}", Field)

    def _hint(self, entry: Entry) -> str:
        unseen = self._unseen.get(entry.name)
        return clean(stays(unseen) if unseen else self.hint_of(entry))

    @property
    def values(self) -> dict[str, str]:
        names = [entry.name for entry in self.ENTRIES]
        return {name: self.field(name).value or self._unseen.get(name, "") for name in names}

    @property
    def _here(self) -> str:
        """The field that has the focus."""
        for node in self.focused.ancestors if self.focused is not None else ():
            if isinstance(node, Field):
                return node.field_name
        return ""

    def on_input_submitted(self, event: Input.Submitted) -> None:
        names = [entry.name for entry in self.ENTRIES]
        if self._here not in names:
            return
        at = names.index(self._here)
        if at + 1 < len(names):
            self.field(names[at + 1]).focus_line()
        else:
            self.action_save()

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        for node in event.widget.ancestors:
            if isinstance(node, Field) and self.is_current:
                self._check(node.field_name)

    def _check(self, name: str) -> None:
        values = self.values
        if values[name] == self._before[name] and not values[name]:
            return
        self.fetch(lambda job: self.remarks(values, [name]), self._show_remarks, group=f"check-{name}")

    def _show_remarks(self, remarks: list[Remark]) -> None:
        told: set[str] = set()
        for remark in sorted(remarks, key=lambda one: not one.refuses):
            if remark.field not in told:
                told.add(remark.field)
                self.field(remark.field).complain(remark.text)

    def action_save(self) -> None:
        values = self.values
        for entry in self.ENTRIES:
            self.field(entry.name).complain("")

        def work(job: object) -> tuple[list[Remark], str | None]:
            remarks = self.remarks(values, ())
            return remarks, None if any(one.refuses for one in remarks) else self.write(values)

        self.perform(work, self._worked, failed=self._refused)

    def _worked(self, result: tuple[list[Remark], str | None]) -> None:
        remarks, written = result
        if written is None:
            self._show_remarks(remarks)
            wrong = {one.field for one in remarks if one.refuses}
            self.field(next(each.name for each in self.ENTRIES if each.name in wrong)).focus_line()
            self.tell(_("Nothing was written: something is not right yet."), "warn")
            return
        self.app.pop_screen()
        self._saved(written)

    def _refused(self, error: Exception) -> bool:
        at = self.AT_FIELD.get(error.code) if isinstance(error, IcmeError) else None
        if at is None or not isinstance(error, IcmeError):
            return False
        self.field(at).complain(sentence(error.code, error.detail))
        self.field(at).focus_line()
        return True

    def action_choose(self) -> None:
        name = self._here
        entry = next((each for each in self.ENTRIES if each.name == name), None)
        if entry is None or not entry.chooses:
            self.tell(_("There is nothing to choose from: type it."))
            return
        label = _(entry.label)
        self.fetch(lambda job: self.choices(name), lambda found: self._offer(name, label, found))

    def _offer(self, name: str, label: str, found: list[Choice]) -> None:
        def chosen(text: str) -> None:
            self.field(name).value = text
            self._check(name)

        self.open_panel(ChoosePanel(label, found, chosen, search=len(found) > 10))

    def back(self) -> None:
        """What was typed is not thrown away without a word."""
        if self.values == self._before:
            super().back()
        else:
            self.confirm(_("Leave without saving?"), _("Yes, throw away what I typed"), self.icme.go_back)


def stays(known: str) -> str:
    """What stands in an empty field whose value is kept."""
    return _("{known} (empty: stays)").format(known=known)
