"""The panels of the swipe screen: somebody found by name, and short forms."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from textual.widget import Widget
from textual.widgets import Input

from icme_tui.commands.words import _
from icme_tui.operations.finding import FoundPage
from icme_tui.screens.widgets.field import Field, check_fields
from icme_tui.screens.widgets.pagedlist import Column, Page, PagedList, Row
from icme_tui.screens.widgets.panel import Panel
from icme_tui.screens.widgets.plain import Plain

Finding = Callable[[int, int, str], FoundPage]


class FindPanel(Panel):
    """Find somebody by typing, then take the row."""

    def __init__(self, find: Finding, chosen: Callable[[str, str], None]) -> None:
        """``chosen`` is called with the code and the name."""
        super().__init__(_("Who? Name, initials, number, or the end of the ID number:"))
        self._find = find
        self._chosen = chosen

    def body(self) -> Iterator[Widget]:
        yield PagedList(
            [Column(_("Name"), 20), Column(_("Unit")), Column(_("Code"), 9)],
            self._page,
            id="find",
            empty=_("Nobody is known here. Take in a pack first (7 Transfer)."),
        )

    def on_mount(self) -> None:
        self.query_one(PagedList).start_search()

    def _page(self, first: int, count: int, words: str) -> Page:
        page = self._find(first, count, words)
        rows = [Row(one.code, (one.name, one.unit, one.code)) for one in page.found]
        return Page(rows, page.total)

    def on_paged_list_opened(self, event: PagedList.Opened) -> None:
        event.stop()
        row = event.row
        self.close()
        self._chosen(row.key, str(row.cells[0]))


class FormPanel(Panel):
    """Some fields; Enter goes to the next one and sends after the last."""

    def __init__(
        self, title: str, fields: Sequence[Field], send: str, done: Callable[[dict[str, str]], bool]
    ) -> None:
        """``send`` says what Enter does at the end; ``done`` takes the values and tells if all is well."""
        super().__init__(title)
        self.fields = {field.field_name: field for field in fields}
        self._send = send
        self._done = done

    def body(self) -> Iterator[Widget]:
        yield from self.fields.values()
        yield Plain(_("Enter: next, at the end: {what}   Esc: cancel").format(what=self._send))

    def on_mount(self) -> None:
        next(iter(self.fields.values())).focus_line()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        fields = list(self.fields.values())
        at = next(number for number, field in enumerate(fields) if field.line is event.input)
        if at + 1 < len(fields):
            fields[at + 1].focus_line()
        elif check_fields(fields) and self._done({name: each.value for name, each in self.fields.items()}):
            self.close()
