"""The one place where commands print: one JSON object or text for people, never both.

Results go to standard output, questions, progress and errors to standard error. What comes from data is
shown as it is: never read as markup, and control characters are made visible.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from icme_tui.codes import IcmeError
from icme_tui.commands.context import invocation_of
from icme_tui.commands.words import _

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

FAILED = 1
USAGE = 2
HELD = 3

PIPE_WIDTH = 400
"""Columns where the output is no terminal, so that nothing is cut for a program that reads it."""

_HIDDEN = {
    code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if code not in (0x09, 0x0A)
} | {
    code: f"\\u{code:04x}"
    for code in (*range(0x200E, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
}


_ESCAPED = {code: f"\\u{code:04x}" for code in _HIDDEN if code >= 0x7F}
"""In JSON, where these can only stand inside strings, the escape means the same character."""


def visible(value: object) -> str:
    """Text of a value in which control and direction characters cannot act on the terminal."""
    return "" if value is None else str(value).translate(_HIDDEN)


def hundredths(value: int) -> str:
    """Credits as people write them: ``250`` → ``2.5``."""
    sign, value = ("-", -value) if value < 0 else ("", value)
    return f"{sign}{value // 100}.{value % 100:02d}".rstrip("0").rstrip(".")


LONGEST_CODE = 20
"""Characters of a cell that is kept whole: a code that is broken over two lines cannot be copied."""

_CODE = re.compile(r"|[-A-Z0-9:./_()（）一-鿿]*[0-9][-A-Z0-9:./_()（）一-鿿]*")


def _is_of_codes(cells: list[str]) -> bool:
    """Whether a column holds nothing but codes and numbers."""
    return all(len(cell) <= LONGEST_CODE and _CODE.fullmatch(cell) for cell in cells)


def _console(stream: Any) -> Console:
    from rich.console import Console

    width = None if stream.isatty() else PIPE_WIDTH
    return Console(file=stream, width=width, markup=False, highlight=False, emoji=False)


class Output:
    """Printing for one command. ``ctx`` is its ``typer.Context``."""

    def __init__(self, ctx: Any) -> None:
        self.json: bool = invocation_of(ctx).json

    def result(self, data: Mapping[str, Any], *shown: RenderableType | None) -> None:
        """Print ``data`` as the one JSON object, or ``shown`` (text, tables) for people."""
        if self.json:
            write_json(data)
        else:
            self.say(*shown)

    def say(self, *shown: RenderableType | None) -> None:
        """Print for people only; nothing with ``--json``. None is left out."""
        if self.json:
            return
        from rich.text import Text

        console = _console(sys.stdout)
        for part in shown:
            if isinstance(part, str):
                console.print(Text(visible(part)), soft_wrap=True)
            elif part is not None and console.is_terminal:
                console.print(part)
            elif part is not None:
                with console.capture() as captured:
                    console.print(part)
                lines = captured.get().splitlines()  # without the blanks that fill a column
                console.out("\n".join(line.rstrip() for line in lines), highlight=False)

    def note(self, text: str) -> None:
        """A line beside the result, on standard error; also with ``--json``."""
        print(visible(text), file=sys.stderr, flush=True)

    def table(
        self,
        headings: Sequence[str],
        rows: Iterable[Sequence[object]],
        title: str = "",
        right: Sequence[int] = (),
    ) -> Table | None:
        """A table of plain cells; ``right`` are the columns set to the right. None with ``--json``."""
        if self.json:
            return None
        from rich import box
        from rich.table import Table
        from rich.text import Text

        table = Table(
            box=box.SIMPLE_HEAD,
            show_edge=False,
            pad_edge=False,
            title=Text(visible(title)) if title else None,
            title_justify="left",
        )
        lines = [[visible(cell) for cell in row] for row in rows]
        for number, heading in enumerate(headings):
            table.add_column(
                Text(visible(heading)),
                justify="right" if number in right else "left",
                overflow="fold",
                no_wrap=_is_of_codes([line[number] for line in lines if number < len(line)]),
            )
        for line in lines:
            table.add_row(*(Text(cell) for cell in line))
        return table

    def pairs(self, pairs: Iterable[tuple[str, object]]) -> Table | None:
        """Two columns, name and value, without headings. None with ``--json``."""
        if self.json:
            return None
        from rich.table import Table
        from rich.text import Text

        table = Table.grid(padding=(0, 2))
        for name, value in pairs:
            table.add_row(Text(visible(name)), Text(visible(value)))
        return table

    @contextmanager
    def progress(self, title: str, total: int) -> Iterator[Callable[..., None]]:
        """A bar on standard error, shown once the work has taken a second.

        Yields ``step(n=1)``. Without a terminal there is no bar.
        """
        if not sys.stderr.isatty() or total <= 0:
            yield lambda n=1: None
            return
        bar = _Bar(title, total)
        try:
            yield bar.step
        finally:
            bar.close()

    def confirm(self, question: str) -> bool:
        """Ask yes or no at the terminal.

        Raises IcmeError ``CONFIRM_NEEDED`` where there is no terminal.
        """
        if not sys.stdin.isatty():
            raise IcmeError("CONFIRM_NEEDED")
        print(f"{visible(question)} [{_('y/N')}] ", end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip().lower() in ("y", "yes", _("yes"))


class _Bar:
    """A determinate bar that appears after a second of work."""

    def __init__(self, title: str, total: int) -> None:
        self._title = title
        self._total = total
        self._done = 0
        self._begun = time.monotonic()
        self._progress: Any = None
        self._task: Any = None

    def step(self, n: int = 1) -> None:
        self._done += n
        if self._progress is not None:
            self._progress.update(self._task, completed=self._done)
        elif time.monotonic() - self._begun > 1:
            self._show()

    def _show(self) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=_console(sys.stderr),
            transient=True,
            refresh_per_second=4,
        )
        self._task = self._progress.add_task(visible(self._title), total=self._total, completed=self._done)
        self._progress.start()

    def close(self) -> None:
        if self._progress is not None:
            self._progress.stop()


def write_json(data: Mapping[str, Any]) -> None:
    """One JSON object and a newline on standard output."""
    import msgspec

    try:
        text = msgspec.json.encode(data).decode()
    except UnicodeEncodeError:  # a file name that is no text: its bytes are escaped
        text = json.dumps(data)
    sys.stdout.write(text.translate(_ESCAPED) + "\n")
    sys.stdout.flush()
