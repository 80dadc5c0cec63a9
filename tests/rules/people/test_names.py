"""Names: kept as they are, mended where everybody would, refused where no name stands."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icme_tui.rules.people.names import Name, read_label, read_name


@pytest.mark.parametrize(
    "name",
    [
        "[bold red]张[/x]",
        "𠮷田",
        "曾祥㵘",
        "阿卜杜拉·买买提",
        "O'Brien, J. Smith",
        "José",
        "张伟（大）",
        "上官婉儿",
        "{name}",
        "李-王",
    ],
)
def test_kept_as_it_is(name: str) -> None:
    assert read_name(name) == Name(name)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("  张三\u3000", "张三"),
        ("张 三", "张三"),
        ("张\u3000三", "张三"),
        ("张\r\n三", "张三"),
        ("John\nSmith", "John Smith"),
        ("Ｊｏｈｎ", "John"),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉．买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉.买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉 ・ 买买提", "阿卜杜拉·买买提"),
        ("张\u200b三\ufeff", "张三"),
        ("Jose\u0301", "José"),
    ],
)
def test_mended(written: str, name: str) -> None:
    assert read_name(written) == Name(name)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "NAME_MISSING"),
        (" \u3000", "NAME_MISSING"),
        ("无", "NAME_MISSING"),
        ('=HYPERLINK("x")', "NAME_FORMULA"),
        ("@SUM(A1)", "NAME_FORMULA"),
        ("+1", "NAME_FORMULA"),
        ("-2+3", "NAME_FORMULA"),
        ("＝１", "NAME_FORMULA"),
        ("x", "NAME_ONE_LETTER"),
        ("Ｘ", "NAME_ONE_LETTER"),
        ("-", "NAME_NO_LETTER"),
        ("12", "NAME_NO_LETTER"),
        ("张\x1b[31m", "NAME_CONTROL"),
        ("张\u202e三", "NAME_CONTROL"),
        ("曾祥?", "NAME_LOST_CHARACTER"),
        ("曾祥\ufffd", "NAME_LOST_CHARACTER"),
        ("张" * 61, "NAME_LONG"),
    ],
)
def test_refused(written: str, code: str) -> None:
    assert read_name(written) == Name("", code)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("王", "NAME_ONE_CHARACTER"),
        ("张伟1", "NAME_DIGIT"),
        ("张😀", "NAME_SYMBOL"),
        ("张\ue863", "NAME_PRIVATE"),
    ],
)
def test_kept_with_a_warning(name: str, code: str) -> None:
    assert read_name(name) == Name(name, "", (code,))


@given(st.text(max_size=80))
def test_reading_a_name_twice_changes_nothing_more(text: str) -> None:
    once = read_name(text)
    if once.text:
        assert read_name(once.text).text == once.text


def acts(char: str) -> bool:
    """Whether a character moves the cursor or the line. One that Unicode has not named yet may be a rare
    character of somebody's name."""
    return unicodedata.category(char) in ("Cc", "Zl", "Zp")


@given(st.text(max_size=80))
def test_no_control_character_comes_through(text: str) -> None:
    assert not any(acts(c) for c in read_name(text).text)


def test_the_property_sees_a_control_character() -> None:
    """Control: the same question about text that was not read."""
    assert any(acts(c) for c in "张\x1b三")


def test_departments() -> None:
    assert read_label("心血管 内科\n") == ("心血管内科", "")
    assert read_label("=1+1") == ("", "FORMULA")
    assert read_label("骨\x07科") == ("", "CONTROL")
    assert read_label("科" * 61) == ("", "LONG")
    assert read_label("") == ("", "")
