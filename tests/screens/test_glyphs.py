"""Text from data in one line: cut by cells, nothing that acts, nothing that breaks the screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from icme_tui.screens import glyphs
from icme_tui.screens.glyphs import clean, filled, one_line

HOSTILE = [
    "王[bold]五[/x]",
    "a\nb\tc\r\nd",
    "\x1b[31mred\x1b[0m\x07",
    "\u202egnp.exe\u2066x",
    "𠮷野家",
    "👩‍👩‍👧 ❤️",
    "e\u0301" * 50,
    "שלום עולם",
    "心" * 40,
    "\ud800half",
    "",
]


@pytest.fixture
def console() -> Iterator[None]:
    glyphs.draw_latin_only(True)
    yield
    glyphs.draw_latin_only(False)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("cells", [0, 1, 2, 7, 80])
def test_every_text_fits_its_cells(text: str, cells: int) -> None:
    assert cell_len(one_line(text, cells)) <= cells
    assert cell_len(filled(text, cells)) == cells
    assert cell_len(filled(text, cells, right=True)) == cells


@given(st.text(), st.integers(0, 40))
def test_any_text_is_one_line_of_printable_characters(text: str, cells: int) -> None:
    shown = one_line(text, cells)
    assert cell_len(shown) <= cells
    assert all(char == " " or char.isprintable() for char in shown)
    assert not any(char in shown for char in "\n\r\t\x1b\u202e\u2066\u200d\ufe0f")


def test_what_is_cut_ends_with_a_mark() -> None:
    assert one_line("心电图新进展", 7) == "心电图~"
    assert one_line("心电图新进展", 8) == "心电图~"
    assert one_line("心电图", 6) == "心电图"
    assert one_line("abcdef", 4) == "abc~"


def test_markup_is_text() -> None:
    assert one_line("[/x] [red]王[/red]", 40) == "[/x] [red]王[/red]"


def test_a_bare_console_gets_pinyin_and_its_own_glyphs(console: None) -> None:
    assert clean("王试验") == "wang shi yan"
    assert clean("V0007 示范医院") == "V0007 shi fan yi yuan"
    assert clean("王试验: yes (示范), 好") == "wang shi yan: yes (shi fan), hao"
    for text in HOSTILE:
        one_line(text, 80).encode("cp437")


def test_numbers_and_nothing_are_texts_too() -> None:
    assert one_line(12, 5) == "12"
    assert one_line(None, 5) == ""
