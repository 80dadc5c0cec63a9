"""Where the people stand in a spreadsheet: which sheet, which row of headings, which rows below it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from icme_tui.codes import SheetError
from icme_tui.rules.people.cells import Cell, column_letters, is_blank, text_of
from icme_tui.rules.people.headings import Match, field_of, heading_of, is_note, match_row, total_in
from icme_tui.sheets import Book, Sheet

HEADING_WITHIN = 60
"""A row of headings is looked for in this many rows from the top."""

LEAST_HEADINGS = 2
"""So many fields make a row one of headings."""

MERGED_ACROSS = 3
"""A line that is merged over so many columns is a caption, not a person."""

MANY_BLANK_ROWS = 5000
"""Longer gaps than this end the list: what stands below is no roster."""


class Layout(NamedTuple):
    """How a roster is laid out. Rows count from 1, columns from 0."""

    sheet: int
    """Which sheet of the book."""
    heading_row: int
    """The last row of the headings."""
    match: Match
    headings: dict[str, str]
    """Field key → the heading as it stands in the file."""
    unknown: list[tuple[str, str]]
    """(letters, heading) of the columns that are not read."""


class Lines(NamedTuple):
    """The rows below the headings, sorted out."""

    people: list[tuple[int, list[Cell]]]
    """(row, cells)."""
    notes: list[int]
    """Rows that hold a remark, a total or the headings once more."""
    totals: list[tuple[int, int]]
    """(row, number of people that a line of totals states)."""


def find_layout(book: Book, file: str, sheet_name: str = "") -> Layout:
    """Find the one sheet with the headings of a roster. Hidden sheets count only where no other has them.

    Raises SheetError: ``SHEET_NOT_THERE``, ``HEADINGS_NONE``, ``HEADING_MISSING``, ``HEADING_DOUBLE``,
    ``SHEETS_SEVERAL``.
    """
    if sheet_name and sheet_name not in [sheet.name for sheet in book.sheets]:
        raise SheetError("SHEET_NOT_THERE", file=file, sheet=sheet_name, sheets=[s.name for s in book.sheets])
    found = [
        layout
        for number, sheet in enumerate(book.sheets)
        if (not sheet_name or sheet.name == sheet_name) and (layout := _layout_of(sheet, number)) is not None
    ]
    if not found:
        looked_in = [sheet.name for sheet in book.sheets if sheet.name] or [book.encoding]
        raise SheetError("HEADINGS_NONE", file=file, looked_in=looked_in)
    found = [layout for layout in found if book.sheets[layout.sheet].visible] or found
    whole = [layout for layout in found if not layout.match.missing() and not layout.match.doubled]
    if not whole:
        _refuse(max(found, key=lambda layout: len(layout.match.columns)), book, file)
    with_people = [layout for layout in whole if next(_rows_below(book.sheets[layout.sheet], layout), None)]
    if len(with_people) > 1:
        names = [book.sheets[layout.sheet].name for layout in with_people]
        raise SheetError("SHEETS_SEVERAL", file=file, sheets=names)
    return (with_people or whole)[0]


def _refuse(layout: Layout, book: Book, file: str) -> None:
    where = {"file": file, "sheet": book.sheets[layout.sheet].name, "row": layout.heading_row}
    if missing := layout.match.missing():
        raise SheetError("HEADING_MISSING", headings=[field.heading for field in missing], **where)
    key, columns = next(iter(layout.match.doubled.items()))
    letters = [column_letters(column) for column in columns]
    raise SheetError("HEADING_DOUBLE", heading=layout.headings[key], columns=letters, **where)


def _layout_of(sheet: Sheet, number: int) -> Layout | None:
    best: tuple[int, int, list[str], Match] | None = None
    for index in range(min(HEADING_WITHIN, len(sheet.rows))):
        for texts, last in _heading_forms(sheet, index):
            match = match_row(texts)
            count = len(match.columns)
            if count < LEAST_HEADINGS:
                continue
            # A second line that cells of the first span belongs to the headings even if it tells no more.
            spans = last > index and any(top == index for (top, _left), _end in sheet.merged)
            if best is None or count > best[0] or (spans and count == best[0] and best[1] == index):
                best = count, last, texts, match
    if best is None:
        return None
    _count, last, texts, match = best
    headings = {key: " ".join(texts[column].split()) for key, column in match.columns.items()}
    unknown = [(column_letters(column), " ".join(texts[column].split())) for column in match.unknown]
    return Layout(number, last + 1, match, headings, unknown)


def _heading_forms(sheet: Sheet, index: int) -> Iterator[tuple[list[str], int]]:
    """The texts of a row as headings, and those of this row with the next where headings have two lines."""
    above = [text_of(cell) for cell in sheet.rows[index]]
    yield above, index
    if index + 1 >= len(sheet.rows):
        return
    below = [text_of(cell) for cell in sheet.rows[index + 1]]
    columns = match_row(above).columns
    keys = [columns[key] for key in ("name", "idno") if key in columns]
    is_person = any(column < len(below) and below[column].strip() for column in keys)
    if not keys or is_person or not any(text.strip() for text in below):
        return
    yield _joined(above, below), index + 1


def _joined(above: list[str], below: list[str]) -> list[str]:
    """Headings of two lines: a heading that spans several columns is prefixed to those under it."""
    texts: list[str] = []
    spanning = ""
    for column in range(max(len(above), len(below))):
        upper = above[column].strip() if column < len(above) else ""
        lower = below[column].strip() if column < len(below) else ""
        spanning = upper or spanning
        if not lower:
            texts.append(upper)
            continue
        forms = (spanning + lower, spanning.removesuffix("情况") + lower, lower)
        texts.append(next((form for form in forms if field_of(form)), spanning + lower))
    return texts


def sort_lines(sheet: Sheet, layout: Layout) -> Lines:
    """Tell people from empty rows, repeated headings, captions, totals and notes."""
    lines = Lines([], [], [])
    headings = [text_of(cell).strip() for cell in sheet.rows[layout.heading_row - 1]]
    captions = {
        top + 1
        for (top, left), (bottom, right) in sheet.merged
        if top == bottom and right - left + 1 >= MERGED_ACROSS
    }
    for row, cells in _rows_below(sheet, layout):
        first = next(text_of(cell).strip() for cell in cells if not is_blank(cell))
        if [text_of(cell).strip() for cell in cells] == headings:
            lines.notes.append(row)
        elif (total := _total_of(cells)) is not None:
            lines.notes.append(row)
            lines.totals.append((row, total))
        elif _is_blank_at(cells, layout, "idno") and (row in captions or is_note(first)):
            lines.notes.append(row)
        elif any(not _is_blank_at(cells, layout, key) for key in layout.match.columns):
            lines.people.append((row, cells))
        else:
            lines.notes.append(row)
    return lines


def _rows_below(sheet: Sheet, layout: Layout) -> Iterator[tuple[int, list[Cell]]]:
    blank = 0
    for index in range(layout.heading_row, len(sheet.rows)):
        cells = sheet.rows[index]
        if any(map(_is_filled, cells)):
            blank = 0
            yield index + 1, cells
        else:
            blank += 1
            if blank > MANY_BLANK_ROWS:
                return


def _is_filled(cell: Cell) -> bool:
    return cell != "" and not is_blank(cell)


def _is_blank_at(cells: list[Cell], layout: Layout, key: str) -> bool:
    column = layout.match.columns[key]
    return column >= len(cells) or not _is_filled(cells[column])


def _total_of(cells: list[Cell]) -> int | None:
    """The number that a line of totals states, in one cell (合计：60人) or in two (合计 | 60)."""
    texts = [text_of(cell) for cell in cells if _is_filled(cell)][:2]
    for text in (texts[0], "".join(texts)):
        if (total := total_in(text)) is not None:
            return total
    return None


def heading(layout: Layout, key: str) -> str:
    """The heading of a field in the file, or its usual one."""
    return layout.headings.get(key) or heading_of(key)
