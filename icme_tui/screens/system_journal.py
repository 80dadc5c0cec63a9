"""The journal: who did what when."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar

from textual.widget import Widget
from textual.widgets import Input

from icme_tui.clock import format_utc
from icme_tui.commands.kindwords import KINDS, field_word, kind_word, value_word
from icme_tui.commands.moments import show_utc, typed_moment
from icme_tui.commands.words import N_, _
from icme_tui.operations import auditing, people
from icme_tui.operations.auditing import Shown, Wanted
from icme_tui.screens.actions import Action
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import clean, one_line
from icme_tui.screens.widgets.field import Field, check_fields
from icme_tui.screens.widgets.pagedlist import Column, Page, PagedList, Row
from icme_tui.screens.widgets.panel import Choice, ChoosePanel, Panel, TextPanel
from icme_tui.screens.widgets.plain import Plain

_STAMPS = ("hlc", "boot", "mono_ms", "clk")


class FilterPanel(Panel):
    """What the journal is narrowed to; an empty line narrows nothing."""

    def __init__(self, values: dict[str, str], done: Callable[[dict[str, str]], None]) -> None:
        super().__init__(_("Which facts? Enter at the last line shows them; empty lines narrow nothing."))
        self._values = values
        self._done = done

    def body(self) -> Iterator[Widget]:
        yield Field(
            "person", _("Person"), self._values.get("person", ""), explains=N_("Name, initials or code.")
        )
        yield Field("operator", _("Operator"), self._values.get("operator", ""), explains=N_("Who did it."))
        yield Field("source", _("Station"), self._values.get("source", ""), explains=N_("Such as V0007."))
        for name, label in (("since", _("Not before")), ("until", _("Before"))):
            yield Field(
                name,
                label,
                self._values.get(name, ""),
                check=_moment_wrong,
                explains=N_("Local time, such as 2026-09-25 or 2026-09-25T08:30."),
                hint="2026-09-25",
            )

    def on_mount(self) -> None:
        self.query(Field).first().focus_line()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        fields = list(self.query(Field))
        at = next(number for number, field in enumerate(fields) if field.line is event.input)
        if at + 1 < len(fields):
            fields[at + 1].focus_line()
        elif check_fields(fields):
            values = {field.field_name: field.value for field in fields if field.value}
            self.close()
            self._done(values)


class JournalScreen(StationScreen):
    """All facts, the newest first."""

    LABEL = N_("Journal")
    HELP = N_(
        "Everything that was ever recorded here or came from venues, the newest first. / looks for words in"
        " it; f narrows it to a person, an operator, a station or a time, k to a kind."
    )
    CSS_PATH = "system.tcss"
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("journal.filter", "f", N_("Filter"), N_("Narrow to a person, operator, station or time.")),
        Action("journal.kind", "k", N_("Kind"), N_("Narrow to one kind of fact.")),
        Action("journal.all", "n", N_("All"), N_("Take every filter away.")),
    )

    def __init__(self) -> None:
        super().__init__()
        self._values: dict[str, str] = {}
        self._wanted = Wanted()
        self._shown: dict[str, Shown] = {}

    def body(self) -> Iterable[Widget]:
        yield Plain("", id="journal-what", classes="system-top")
        yield PagedList(
            [
                Column(_("Time"), 16),
                Column(_("Station"), 9),
                Column(_("No."), 7, right=True),
                Column(_("Kind"), 12),
                Column(_("By"), 10),
                Column(_("What")),
            ],
            self._page,
            id="journal",
            empty=_("No fact fits. n takes every filter away."),
            explains=N_("One fact a row. Enter shows all of it."),
        )

    def on_mount(self) -> None:
        self.query_one(PagedList).focus_rows()
        self._tell_filter()

    def _page(self, first: int, count: int, words: str) -> Page:
        wanted = self._wanted._replace(words=tuple(words.split()))
        found, total = auditing.page(self.station, wanted, first, count)
        keyed = {f"{one.station}/{one.epoch}/{one.p}": one for one in found}
        if first == 0:
            self._shown = keyed
        else:
            self._shown.update(keyed)
        return Page([_row(key, one) for key, one in keyed.items()], total)

    # Narrowing

    def action_filter(self) -> None:
        self.open_panel(FilterPanel(self._values, self._narrow))

    def _narrow(self, values: dict[str, str]) -> None:
        self.fetch(lambda job: self._wanted_of(values), lambda wanted: self._set(values, wanted), group="who")

    def _wanted_of(self, values: dict[str, str]) -> Wanted | int:
        """The filter, or how many people fit where it is not one."""
        person = None
        if typed := values.get("person"):
            query = people.query_of(self.station, typed, gone=None)
            lines, total = people.people_page(self.station, query, 0, 2)
            if total != 1:
                return total
            person = lines[0].code
        return Wanted(
            self._wanted.kind,
            person,
            values.get("operator"),
            values.get("source"),
            _utc(values.get("since")),
            _utc(values.get("until")),
        )

    def _set(self, values: dict[str, str], wanted: Wanted | int) -> None:
        if isinstance(wanted, int):
            told = _("{n} people fit '{typed}'. Type more of the name, or the code.")
            self.tell(told.format(n=wanted, typed=clean(values["person"])), "warn")
            return
        self._values, self._wanted = values, wanted
        self._renew()

    def action_kind(self) -> None:
        choices = [Choice(kind, _(word)) for kind, word in KINDS.items()]
        self.open_panel(
            ChoosePanel(_("Which kind? Type a part of it."), choices, self._set_kind, search=True)
        )

    def _set_kind(self, kind: str) -> None:
        self._wanted = self._wanted._replace(kind=kind)
        self._renew()

    def action_all(self) -> None:
        self._values, self._wanted = {}, Wanted()
        self._renew()

    def _renew(self) -> None:
        self._tell_filter()
        self.query_one(PagedList).reload(first=True)

    def _tell_filter(self) -> None:
        labels = {
            "person": _("Person"), "operator": _("Operator"), "source": _("Station"),
            "since": _("Not before"), "until": _("Before"),
        }  # fmt: skip
        parts = [f"{_('Kind')}: {kind_word(self._wanted.kind)}"] if self._wanted.kind else []
        parts += [f"{labels[name]}: {value}" for name, value in self._values.items()]
        told = ", ".join(parts) or _("All facts, the newest first")
        self.query_one("#journal-what", Plain).show(one_line(told, max(20, self.app.size.width - 2)))

    # Showing

    def on_paged_list_opened(self, event: PagedList.Opened) -> None:
        one = self._shown.get(event.row.key)
        if one is not None:
            self.open_panel(TextPanel(clean(event.row.key), "\n".join(_in_full(one))))

    def back(self) -> None:
        """Escape first ends a search."""
        if not self.query_one(PagedList).end_search():
            super().back()


def _row(key: str, one: Shown) -> Row:
    return Row(key, (show_utc(one.at), one.station, one.p, kind_word(one.kind), one.by, told(one.fields)))


def told(fields: dict[str, Any]) -> str:
    """The fields of a fact in one line, without its stamps; a put shows what it sets of which record."""
    shown = {name: value for name, value in fields.items() if name not in (*_STAMPS, "id", "v", "set")}
    inner = fields.get("set")
    if isinstance(inner, dict):
        shown.update(inner)
    parts = [f"{field_word(name)} {_value(name, value)}" for name, value in shown.items() if value != ""]
    return " ".join([_text(fields["id"]), *parts] if "id" in fields else parts)


def _in_full(one: Shown) -> Iterator[str]:
    yield f"{show_utc(one.at)}  {clean(kind_word(one.kind))}  {clean(one.by)}"
    for name, value in one.fields.items():
        if name == "set" and isinstance(value, dict):
            for inner, each in value.items():
                yield f"{clean(field_word(inner))}: {clean(_value(inner, each))}"
        else:
            yield f"{clean(field_word(name))}: {clean(_value(name, value))}"


def _value(name: str, value: Any) -> str:
    return value_word(name, _text(value))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _moment_wrong(text: str) -> str:
    if not text or typed_moment(text) is not None:
        return ""
    return _("'{text}' is no moment such as 2026-09-25T08:30.").format(text=text)


def _utc(typed: str | None) -> str | None:
    ms = typed_moment(typed) if typed else None
    return None if ms is None else format_utc(ms)
