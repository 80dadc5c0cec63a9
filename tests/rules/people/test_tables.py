"""Titles, education, degrees, sexes, phones, dates and departments."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icme_tui.rules.people import education, titles
from icme_tui.rules.people.cells import column_letters, has_lost_digits, text_of
from icme_tui.rules.people.dates import Day, read_day
from icme_tui.rules.people.departments import comparable, is_usual
from icme_tui.rules.people.phones import mask_phone, read_phone
from icme_tui.rules.people.sexes import UNKNOWN_SEX, read_sex
from icme_tui.rules.people.titles import Title, find_title


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("主任医师", 231),
        ("副主任医师", 232),
        ("主治医师", 233),
        ("住院医师", 234),
        ("主治中医师", 233),
        ("中西医结合副主任医师", 232),
        ("公卫医师", 234),
        ("主管中药师", 243),
        ("主管检验技师", 263),
        ("主管检验师", 263),
        ("护师（初级）", 254),
        ("副主任医师(副高)", 232),
        ("主治（主管）医师", 233),
        (" 主 管 护 师 ", 253),
        ("工程师", 83),
        ("Attending  Physician", 233),
        ("无", None),
        ("－", None),
    ],
)
def test_titles(name: str, code: int | None) -> None:
    assert find_title(name) == Title(code, True)


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [("主任医生", "主任医师"), ("主任护士", "主任护师"), ("总经理大人", ""), ("=1", "")],
)
def test_a_title_that_is_not_known_comes_with_the_nearest(name: str, suggestion: str) -> None:
    assert find_title(name) == Title(None, False, suggestion)


def test_every_title_of_the_table_is_found_and_ranked() -> None:
    names = titles.health_titles()
    assert len(names) == 20
    for name in names:
        code = find_title(name).code
        assert code is not None
        assert titles.title_name(code) == name
        assert titles.rank(code) == code % 10


def test_education_and_degrees() -> None:
    assert education.find_level("education", "硕士研究生") == (14, True)
    assert education.find_level("education", " 大 专 ") == (30, True)
    assert education.find_level("degree", "硕士") == (3, True)
    assert education.find_level("degree", "临床医学博士专业学位") == (245, True)
    assert education.find_level("degree", "") == (None, True)
    assert education.find_level("degree", "无") == (None, True)
    assert education.find_level("degree", "院士") == (None, False)
    assert education.level_name("degree", 3) == "硕士"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("男", 1),
        (" 女 ", 2),
        ("女性", 2),
        ("F", 2),
        ("Male", 1),
        ("1-男", 1),
        ("", 0),
        ("未知", 0),
        ("难", UNKNOWN_SEX),
    ],
)
def test_sexes(written: str, code: int) -> None:
    assert read_sex(written) == code


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("13800001234", ("13800001234", True)),
        ("+86 138-0000-1234", ("13800001234", True)),
        ("１３８００００１２３４", ("13800001234", True)),
        ("0553-3871234", ("0553-3871234", True)),
        ("（025）83712345", ("02583712345", True)),
        ("83712345", ("83712345", True)),
        ("12345", ("12345", False)),
        ("13800001234/13900001234", ("13800001234/13900001234", False)),
    ],
)
def test_phones(written: str, read: tuple[str, bool]) -> None:
    assert read_phone(written) == read


def test_phones_are_masked() -> None:
    assert mask_phone("13800001234") == "138****1234"
    assert mask_phone("12345") == "12345"


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (date(1999, 2, 3), Day(1999, 2, 3)),
        (datetime(1999, 2, 3, 4, 5), Day(1999, 2, 3)),  # noqa: DTZ001 - a cell has no zone
        ("1999-02-03", Day(1999, 2, 3)),
        ("1999/2/3", Day(1999, 2, 3)),
        ("1999.2.3", Day(1999, 2, 3)),
        ("1999年2月3日", Day(1999, 2, 3)),
        ("１９９９－２－３", Day(1999, 2, 3)),
        ("19990203", Day(1999, 2, 3)),
        (19990203.0, Day(1999, 2, 3)),
        (36194.0, Day(1999, 2, 3)),
        ("1999-02-03 00:00:00", Day(1999, 2, 3)),
        ("1999.02", Day(1999, 2)),
        ("1999年", Day(1999)),
        (1999, Day(1999)),
        ("", None),
        ("无", None),
        ("1999-02-30", Day(1999, 2, 30, "DATE_NONE_SUCH")),
        ("1999-13", Day(1999, 13, 0, "DATE_NONE_SUCH")),
        (2015.1, Day(0, error="DATE_AMBIGUOUS")),
        ("3/2/1999", Day(0, error="DATE_AMBIGUOUS")),
        ("昨天", Day(0, error="DATE_FORM")),
    ],
)
def test_days(cell: object, day: Day | None) -> None:
    assert read_day(cell) == day  # type: ignore[arg-type]


@given(st.dates(date(1920, 1, 1), date(2100, 12, 31)))
def test_a_day_is_read_in_every_form(day: date) -> None:
    serial = float((day - date(1899, 12, 30)).days)
    for cell in (day, serial, f"{day:%Y-%m-%d}", f"{day:%Y%m%d}", f"{day.year}年{day.month}月{day.day}日"):
        read = read_day(cell)
        assert read is not None
        assert (read.iso(), read.error) == (day.isoformat(), "")
        assert read.agrees_with(day)


def test_parts_that_are_not_known_agree_with_everything() -> None:
    assert Day(1999, 2).agrees_with(date(1999, 2, 28))
    assert not Day(1999, 3).agrees_with(date(1999, 2, 28))
    assert Day(1999, 2).iso() == "1999-02-01"


@pytest.mark.parametrize(
    "name",
    [
        "骨科", "药剂科", "护理部", "医教科", "神经外科", "医学检验科", "内一科", "ICU", "骨一科",
        "第二心血管内科（东区）", "外科三病区", "党委办公室", "某市人民医院", "东区卫生服务中心",
    ],
)  # fmt: skip
def test_usual_departments(name: str) -> None:
    assert is_usual(name)


@pytest.mark.parametrize("name", ["核聚变科", "骨料", "啊啊", "=1", "123"])
def test_unusual_departments(name: str) -> None:
    assert not is_usual(name)


def test_names_of_departments_are_compared_without_blanks_width_and_case() -> None:
    assert comparable("Ｉ C Ｕ　病房") == comparable("icu病房")


def test_cells_as_text() -> None:
    assert text_of(13800001234.0) == "13800001234"
    assert text_of(0.5) == "0.5"
    assert text_of(3.20102198001019e17) == "3.20102198001019E+17"
    assert text_of(True) == "TRUE"
    assert text_of(date(1999, 2, 3)) == "1999-02-03"
    assert has_lost_digits(1e15)
    assert not has_lost_digits(123456789012345.0)


def test_letters_of_columns() -> None:
    assert [column_letters(n) for n in (0, 25, 26, 701, 702, 16383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
