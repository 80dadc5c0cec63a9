"""Lists of any length: rows come from the store a few hundred at a time, and are shown page by page.

The cursor moves over a page; at its edge the whole next page is shown. So a key repaints two lines, and a
page costs once what a line would cost each time over a thin line.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import ClassVar, NamedTuple, cast

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from icme_tui.commands.words import N_, _
from icme_tui.screens.actions import Action, bindings
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import filled, one_line
from icme_tui.screens.widgets.plain import Plain

CHUNK = 200
"""Rows read at once."""
CHUNKS = 8
"""Chunks kept."""

SEARCH_AFTER_S = {True: 0.4, False: 0.15}
"""How long a pause in typing is before the search begins, in the lean profile and else."""


class Column(NamedTuple):
    """One column. ``label`` is translated."""

    label: str
    cells: int = 0
    """Its width; 0 for the one that takes what is left."""
    right: bool = False
    """Whether it is set to the right."""
    from_width: int = 0
    """Shown only where the list has this many cells: wider screens show more columns."""


class Row(NamedTuple):
    """One row; ``cells`` are data and shown as they are."""

    key: str
    cells: Sequence[object]
    kind: str = ""
    """``good``, ``warn``, ``bad`` or ``faint``; always told in a cell too."""


class Page(NamedTuple):
    """What was asked for, and how many rows there are in all."""

    rows: Sequence[Row]
    total: int


Fetch = Callable[[int, int, str], Page]
"""(first row, how many, words searched for) → the rows; called in a job."""


class PagedList(Vertical):
    """A list with a cursor, pages and a search."""

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("list.up", "up", N_("Up"), N_("One row up."), shown=False),
        Action("list.down", "down", N_("Down"), N_("One row down."), shown=False),
        Action("list.page_up", "pageup", N_("Page up"), N_("One page up."), shown=False),
        Action("list.page_down", "pagedown", N_("Page down"), N_("One page down."), shown=False),
        Action("list.first", "home", N_("First"), N_("To the first row."), shown=False),
        Action("list.last", "end", N_("Last"), N_("To the last row."), shown=False),
        Action("list.open", "enter", N_("Open"), N_("Open what the cursor is on.")),
        Action("list.search", "slash", N_("Search"), N_("Search by words; Enter goes to the result.")),
    )

    class Moved(Message):
        """The cursor came to a row, or to none."""

        def __init__(self, paged: PagedList, row: Row | None) -> None:
            super().__init__()
            self.paged = paged
            self.row = row

        @property
        def control(self) -> PagedList:
            return self.paged

    class Opened(Message):
        """Enter was pressed on a row."""

        def __init__(self, paged: PagedList, row: Row) -> None:
            super().__init__()
            self.paged = paged
            self.row = row

        @property
        def control(self) -> PagedList:
            return self.paged

    def __init__(
        self,
        columns: Sequence[Column],
        fetch: Fetch,
        *,
        id: str,
        empty: str = "",
        explains: str = "",
        search: str = "",
    ) -> None:
        """``empty`` says what to do first where there is nothing (translated); ``explains`` is for F1."""
        super().__init__(id=id, classes="paged")
        self.columns = list(columns)
        self.explains = explains
        self.words = search
        self.total: int | None = None
        """How many rows there are; None before the first ones have come."""
        self._fetch = fetch
        self._empty = empty
        self._chunks: OrderedDict[int, Sequence[Row]] = OrderedDict()
        self._asked: int | None = None
        self._cursor = 0
        self._want_key = ""
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        yield _Heading()
        yield _Rows(self)
        line = Input(compact=True, classes="paged-search", placeholder=_("Search"))
        line.cursor_blink = False
        line.display = bool(self.words)
        line.value = self.words
        yield line

    def on_mount(self) -> None:
        self._need()

    # What screens use

    @property
    def row(self) -> Row | None:
        """The row under the cursor, once it is there."""
        return self.row_at(self._cursor)

    @property
    def cursor(self) -> int:
        return self._cursor

    def focus_rows(self) -> None:
        """Give the focus to the rows."""
        self.screen.set_focus(self._rows)

    def reload(self, key: str = "", *, first: bool = False) -> None:
        """Read everything anew: something has changed. The cursor stays at its place, goes to the row with
        ``key`` if that is among the rows read first, or to the first row."""
        self._chunks.clear()
        self._asked = None
        self._want_key = key
        if first:
            self._cursor = 0
        self._need()

    def row_at(self, number: int) -> Row | None:
        chunk = self._chunks.get(number // CHUNK)
        at = number % CHUNK
        return chunk[at] if chunk is not None and at < len(chunk) else None

    # Rows

    @property
    def _rows(self) -> _Rows:
        return self.query_one(_Rows)

    @property
    def _height(self) -> int:
        return max(1, self._rows.size.height)

    @property
    def top(self) -> int:
        """Number of the first row of the page that has the cursor."""
        return self._cursor // self._height * self._height

    def _need(self) -> None:
        """Ask for what the page needs and is not there, then for what comes next."""
        last = self.top + self._height - 1
        if self.total is not None:
            last = min(last, self.total - 1)
        wanted = [self.top // CHUNK, max(0, last) // CHUNK]
        ahead = (last + self._height) // CHUNK
        if self.total is not None and ahead * CHUNK < self.total:
            wanted.append(ahead)
        missing = [chunk for chunk in wanted if chunk not in self._chunks]
        if not missing or self._asked == missing[0]:
            return
        self._asked = missing[0]
        screen = cast(StationScreen, self.screen)
        chunk, words = missing[0], self.words
        screen.fetch(
            lambda job: self._fetch(chunk * CHUNK, CHUNK, words),
            partial(self._came, chunk),
            group=f"list-{self.id}",
        )

    def _came(self, chunk: int, page: Page) -> None:
        before = self.total
        self._asked = None
        self.total = page.total
        self._chunks[chunk] = page.rows
        self._chunks.move_to_end(chunk)
        while len(self._chunks) > CHUNKS:
            self._chunks.popitem(last=False)
        if self._want_key:
            for number, row in enumerate(page.rows, chunk * CHUNK):
                if row.key == self._want_key:
                    self._cursor = number
            self._want_key = ""
        self._cursor = max(0, min(self._cursor, page.total - 1))
        if before is None or before != page.total or self._shows(chunk):
            self._rows.refresh()
            self._heading.renew()
        self.post_message(self.Moved(self, self.row))
        self._need()

    def _shows(self, chunk: int) -> bool:
        return self.top // CHUNK <= chunk <= (self.top + self._height - 1) // CHUNK

    @property
    def _heading(self) -> _Heading:
        return self.query_one(_Heading)

    def _go(self, number: int) -> None:
        if not self.total:
            return
        old, old_top = self._cursor, self.top
        self._cursor = max(0, min(number, self.total - 1))
        if self._cursor == old:
            return
        self._need()
        if self.top != old_top:
            if self.row is not None:  # else the page is shown when its rows have come
                self._rows.refresh()
        else:
            self._rows.renew(old - old_top, self._cursor - old_top)
        self._heading.renew()
        self.post_message(self.Moved(self, self.row))

    # Search

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value == self.words:
            return
        if self._timer is not None:
            self._timer.stop()
        lean = cast(StationScreen, self.screen).icme.terminal.lean
        self._timer = self.set_timer(SEARCH_AFTER_S[lean], self._search)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._search()
        self.focus_rows()

    def _search(self) -> None:
        words = self.query_one(Input).value
        if words != self.words:
            self.words = words
            self.reload(first=True)

    def end_search(self) -> bool:
        """Take the search away; whether there was one. Screens call it from ``back``."""
        line = self.query_one(Input)
        if not line.display:
            return False
        line.display = False
        line.value = ""
        self.focus_rows()
        self._search()
        return True

    # Keys; the rows have them bound

    def step(self, by: int) -> None:
        self._go(self._cursor + by)

    def page(self, by: int) -> None:
        self._go(self._cursor + by * self._height)

    def edge(self, last: bool) -> None:
        self._go((self.total or 1) - 1 if last else 0)

    def open_row(self) -> None:
        if self.row is not None:
            self.post_message(self.Opened(self, self.row))

    def start_search(self) -> None:
        line = self.query_one(Input)
        line.display = True
        self.screen.set_focus(line)

    # Drawing

    def widths(self, cells: int) -> Iterator[tuple[Column, int, int]]:
        """(column, its number, its width) of those that are shown where the list has ``cells``."""
        shown = [(column, at) for at, column in enumerate(self.columns) if cells >= column.from_width]
        fixed = sum(column.cells + 1 for column, _at in shown if column.cells)
        rest = [column for column, _at in shown if not column.cells]
        left = max(0, cells - 2 - fixed - len(rest))
        for column, at in shown:
            yield column, at, column.cells or left // len(rest)

    def line_of(self, row: Row | None, cells: int) -> str:
        """The text of a row, exactly ``cells`` wide; blank where it has not come."""
        if row is None:
            return " " * cells
        parts = [
            filled(row.cells[at] if at < len(row.cells) else "", width, column.right)
            for column, at, width in self.widths(cells)
        ]
        return set_cell_size(" " + " ".join(parts), cells)

    def empty_line(self) -> str:
        """What is said where there is no row."""
        if self.total is None:
            return _("Reading ...")
        return _("Nothing fits. Escape ends the search.") if self.words else self._empty


class _Heading(Plain):
    """Labels of the columns, and at which row of how many the cursor is."""

    FIXED = True

    def __init__(self) -> None:
        super().__init__("", classes="paged-heading")

    def on_resize(self) -> None:
        self.renew()

    def renew(self) -> None:
        paged = cast(PagedList, self.parent)
        cells = self.size.width
        place = f"{paged.cursor + 1}/{paged.total}" if paged.total else ""
        labels = Row("", [column.label for column in paged.columns])
        self.show(paged.line_of(labels, max(0, cells - len(place) - 1)) + " " + place)


class _Rows(Widget, can_focus=True):
    """The rows of one page."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(PagedList.ACTIONS)
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "paged--cursor", "paged--blurred", "paged--good", "paged--warn", "paged--bad", "paged--faint",
    }  # fmt: skip

    def __init__(self, paged: PagedList) -> None:
        super().__init__(classes="paged-rows")
        self._paged = paged
        self.ACTIONS = PagedList.ACTIONS

    def on_resize(self) -> None:
        self._paged._need()
        self.refresh()

    def renew(self, *lines: int) -> None:
        """Repaint only these lines."""
        self.refresh(*(Region(0, line, self.size.width, 1) for line in lines))

    def render_line(self, y: int) -> Strip:
        paged, cells = self._paged, self.size.width
        if not paged.total:
            text = one_line(paged.empty_line(), cells - 2) if y == 1 else ""
            return self._strip(filled(f"  {text}", cells), Style())
        number = paged.top + y
        row = paged.row_at(number) if number < paged.total else None
        line = paged.line_of(row, cells)
        style = self.get_component_rich_style(f"paged--{row.kind}") if row and row.kind else Style()
        if row is not None and number == paged.cursor:
            style += self.get_component_rich_style("paged--cursor" if self.has_focus else "paged--blurred")
            line = ">" + line[1:]
        return self._strip(line, style)

    def _strip(self, line: str, style: Style) -> Strip:
        return Strip([Segment(line, self.rich_style + style)])

    def action_up(self) -> None:
        self._paged.step(-1)

    def action_down(self) -> None:
        self._paged.step(1)

    def action_page_up(self) -> None:
        self._paged.page(-1)

    def action_page_down(self) -> None:
        self._paged.page(1)

    def action_first(self) -> None:
        self._paged.edge(last=False)

    def action_last(self) -> None:
        self._paged.edge(last=True)

    def action_open(self) -> None:
        self._paged.open_row()

    def action_search(self) -> None:
        self._paged.start_search()
