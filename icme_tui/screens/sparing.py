"""A driver that sends only what differs from what the terminal shows already.

Textual repaints whole lines, and a new screen twice while it is put together. Over a thin line that is most
of what travels. ``Picture`` reads what textual writes (cursor positions, styles, text), keeps the cells of
the terminal, and writes the cells that have changed. Everything else passes through, but for the shape of
the mouse pointer.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from rich.cells import get_character_cell_size
from textual.drivers.linux_driver import LinuxDriver

from icme_tui.screens.glyphs import in_437, latin_only

_TOKEN = re.compile(
    r"\x1b\[(?P<at>\d+;\d+)H|\x1b\[(?P<style>[0-9;]*)m|(?P<text>[^\x1b\r\n\x07\x08]+)|\r?\n"
    r"|(?P<other>\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-9;?<>=!$ ]*[@-~]|\x1b.|[\x07\x08\r])",
    re.DOTALL,
)

NEAR = 8
"""Cells that have not changed are written again rather than jumped over, if they are no more than this."""

_POINTER = "\x1b]22;"
_ENTER = "\x1b[?1049h"


class Cell(NamedTuple):
    """What one cell shows. The right half of a wide character is a cell with an empty text."""

    text: str
    style: str
    """Parameters of SGR, without those that are the default."""


_BLANK = Cell(" ", "")


class Picture:
    """The cells of a terminal, and what has to be sent to change them."""

    def __init__(self) -> None:
        self._rows: dict[int, list[Cell]] = {}
        """By row; a row that is missing is blank. None of it is known before the first ``forget``."""
        self._known = False
        self._shown_style = ""
        self._shown_at: tuple[int, int] | None = None

    def forget(self) -> None:
        """Nothing is known of what the terminal shows: send everything again."""
        self._rows.clear()
        self._known = False
        self._shown_at = None

    def sent(self, data: str) -> str:
        """What to send for ``data``, as textual writes it."""
        out: list[str] = []
        new: dict[int, list[Cell]] = {}
        x = y = 0
        style = ""
        moved = False
        for token in _TOKEN.finditer(data):
            kind = token.lastgroup
            if kind == "at":
                row, _semicolon, column = token["at"].partition(";")
                y, x, moved = int(row) - 1, int(column) - 1, True
            elif kind == "style":
                style = token["style"]
            elif kind == "text":
                if y not in new:
                    new[y] = list(self._rows.get(y, ()))
                x = _put(new[y], x, _drawable(token["text"]), style)
            elif kind == "other" and not token["other"].startswith(_POINTER):
                self._flush(out, new)
                out.append(token["other"])
                if token["other"] == _ENTER:  # the other screen is blank
                    self._rows.clear()
                    self._known = True
                    self._shown_at = None
        self._flush(out, new)
        if moved and (y, x) != self._shown_at:
            out.append(f"\x1b[{y + 1};{x + 1}H")
            self._shown_at = (y, x)
        return "".join(out)

    def _flush(self, out: list[str], new: dict[int, list[Cell]]) -> None:
        for y, row in sorted(new.items()):
            old = self._rows.get(y) if self._known or y in self._rows else None
            self._send_row(out, y, row, old)
            self._rows[y] = row
        new.clear()

    def _send_row(self, out: list[str], y: int, row: list[Cell], old: list[Cell] | None) -> None:
        width = len(row)
        blank = _BLANK if self._known else Cell("", "?")
        before = old or []
        changed = [x for x in range(width) if row[x] != (before[x] if x < len(before) else blank)]
        if not changed:
            return
        end = width
        while end and row[end - 1] == _BLANK:
            end -= 1
        erase = len([x for x in changed if x >= end]) > 4
        at = 0
        for x in changed:
            if x < at or (erase and x >= end):
                continue
            if at and x - at <= NEAR:
                start = at
            else:
                start = x - 1 if x and row[x].text == "" else x
                self._go(out, y, start)
            last = x
            while last + 1 < width and row[last + 1].text == "":
                last += 1
            for cell in row[start : last + 1]:
                self._paint(out, cell)
            at = last + 1
            self._shown_at = (y, at) if at < width else None
        if erase:
            if not (at == end and self._shown_at == (y, end)):
                self._go(out, y, end)
            self._style(out, "")
            out.append("\x1b[K")

    def _go(self, out: list[str], y: int, x: int) -> None:
        if self._shown_at != (y, x):
            out.append(f"\x1b[{y + 1};{x + 1}H")
            self._shown_at = (y, x)

    def _paint(self, out: list[str], cell: Cell) -> None:
        if cell.text:
            self._style(out, cell.style)
            out.append(cell.text)

    def _style(self, out: list[str], style: str) -> None:
        if style != self._shown_style:
            out.append(f"\x1b[0;{style}m" if style else "\x1b[0m")
            self._shown_style = style


def _drawable(text: str) -> str:
    """The text, on a bare console with a mark for each cell that it has no glyph for."""
    if text.isascii() or not latin_only():
        return text
    return "".join(char if in_437(char) else "?" * get_character_cell_size(char) for char in text)


def _put(row: list[Cell], x: int, text: str, style: str) -> int:
    """Write a text into a row of cells; the column after it."""
    plain, blank = _styles(style)
    for char in text:
        cells = get_character_cell_size(char)
        if not cells:
            continue
        while len(row) < x + cells:
            row.append(_BLANK)
        if row[x].text == "" and x:  # the right half of a wide character goes: so does the left
            row[x - 1] = _BLANK
        if x + cells < len(row) and row[x + cells].text == "":
            row[x + cells] = _BLANK
        row[x] = Cell(char, blank if char == " " else plain)
        if cells == 2:
            row[x + 1] = Cell("", plain)
        x += cells
    return x


@lru_cache(512)
def _styles(style: str) -> tuple[str, str]:
    """The parameters that matter, for a character and for a blank, of which only the ground is seen."""
    parameters = style.split(";")
    kept: list[str] = []
    ground: list[str] = []
    at = 0
    while at < len(parameters):
        one = parameters[at]
        length = 1
        if one in ("38", "48"):
            length = 3 if parameters[at + 1 : at + 2] == ["5"] else 5
        piece = ";".join(parameters[at : at + length])
        if one not in ("", "0", "39", "49"):
            kept.append(piece)
            if (
                one in ("4", "7", "9", "21", "48")
                or one.startswith("10")
                or (len(one) == 2 and one[0] == "4")
            ):
                ground.append(piece)
        at += length
    return ";".join(kept), ";".join(kept if {"7", "4", "9"} & set(ground) else ground)


class SparingDriver(LinuxDriver):
    """Textual's driver for POSIX terminals, for thin lines."""

    def __init__(self, *arguments: Any, **how: Any) -> None:
        super().__init__(*arguments, **how)
        self.picture = Picture()

    def write(self, data: str) -> None:
        if sent := self.picture.sent(data):
            super().write(sent)
