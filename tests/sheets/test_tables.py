"""Tables as workbooks: text stays text, numbers are numbers."""

from __future__ import annotations

from io import BytesIO

import openpyxl
from hypothesis import given
from hypothesis import strategies as st

from icme_tui.sheets import Table, write_tables

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)


def written(*tables: Table) -> list[list[tuple[object, ...]]]:
    book = openpyxl.load_workbook(BytesIO(write_tables(tables)))
    return [[tuple(cell.value for cell in row) for row in sheet.iter_rows()] for sheet in book.worksheets]


def test_headings_rows_and_title() -> None:
    table = Table("学分", ["Name", "Counted"], [["张示例", 2.5], ["=1+1", 0]], "2026")
    assert written(table) == [[("2026", None), ("Name", "Counted"), ("张示例", 2.5), ("=1+1", 0)]]


def test_two_sheets_of_one_name_both_stay() -> None:
    assert len(written(Table("a/b", ["x"], []), Table("a:b", ["x"], []))) == 2


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=2), max_size=5))
def test_text_comes_back_as_it_was(rows: list[list[str]]) -> None:
    kept = [tuple(text.replace("\ufffe", "").replace("\uffff", "") or None for text in row) for row in rows]
    assert written(Table("t", ["a", "b"], rows))[0][1:] == kept
