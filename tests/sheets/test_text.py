"""Tables as text: encodings, delimiters, quotes, ends of lines."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icme_tui.codes import SheetError
from icme_tui.sheets.text import read_text

TEXT = '姓名,科室\r\n张三,骨科\r\n李四,"内科,外科"\r\n'
ROWS = [["姓名", "科室"], ["张三", "骨科"], ["李四", "内科,外科"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-32"])
def test_encodings(encoding: str) -> None:
    book = read_text(TEXT.encode(encoding), "a.csv")
    assert book.sheets[0].rows == ROWS
    assert book.encoding == encoding


def test_utf_16_big_endian_with_its_mark() -> None:
    assert read_text(b"\xfe\xff" + TEXT.encode("utf-16-be"), "a.csv").sheets[0].rows == ROWS


def test_rare_characters_of_gb18030() -> None:
    assert read_text("姓名,x\n𠮷㵘,y\n".encode("gb18030"), "a").sheets[0].rows[1][0] == "𠮷㵘"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_ends_of_lines(end: str) -> None:
    assert read_text(TEXT.replace("\r\n", end).encode(), "a").sheets[0].rows == ROWS


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(delimiter: str) -> None:
    text = StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(ROWS)
    book = read_text(text.getvalue().encode(), "a")
    assert (book.delimiter, book.sheets[0].rows) == (delimiter, ROWS)


def test_a_note_full_of_commas_does_not_decide_the_delimiter() -> None:
    text = "姓名;科室;职称\n张三;骨科;医师\n李四;骨科;医师\n说明,a,b,c,d\n"
    assert read_text(text.encode(), "a").delimiter == ";"


def test_the_line_that_names_the_delimiter_is_no_row() -> None:
    book = read_text(b"sep=;\r\na;b,c\r\n", "a")
    assert book.sheets[0].rows == [["a", "b,c"]]


def test_a_line_break_inside_quotes_makes_no_row() -> None:
    rows = read_text(b'a,b\n"x\ny",z\nlast,1\n', "a").sheets[0].rows
    assert rows == [["a", "b"], ["x\ny", "z"], ["last", "1"]]


def test_empty_lines_are_rows() -> None:
    assert read_text(b"a,b\n\n\nc,d\n", "a").sheets[0].rows == [["a", "b"], [], [], ["c", "d"]]


def test_the_row_of_an_open_quote_is_named() -> None:
    with pytest.raises(SheetError) as caught:
        read_text(b'a,b\nc,d\n"e,f\ng,h\n', "a")
    assert (caught.value.code, caught.value.detail["row"]) == ("SHEET_QUOTES", 3)


def test_a_quote_inside_a_cell_is_a_character() -> None:
    assert read_text(b'a,b\nsay "x",d\n"k"l,m\n', "a").sheets[0].rows[1] == ['say "x"', "d"]


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
tables = st.lists(st.lists(cells, min_size=2, max_size=4), min_size=1, max_size=6)


@given(tables.filter(lambda rows: not rows[0][0].startswith("sep=")), st.sampled_from([",", ";", "\t"]))
def test_what_is_written_with_a_named_delimiter_is_read(rows: list[list[str]], delimiter: str) -> None:
    text = StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    content = f"sep={delimiter}\r\n{text.getvalue()}".encode("utf-8-sig")
    assert read_text(content, "a").sheets[0].rows == rows


def test_unquoted_writing_would_be_seen() -> None:
    """Control of the property: without quotes a cell with the delimiter falls apart."""
    rows = [["a,b", "c"]]
    content = "sep=,\r\n" + ",".join(rows[0])
    assert read_text(content.encode(), "a").sheets[0].rows != rows
