"""Headings: found by their words, never by their place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icme_tui.rules.people.headings import Match, field_of, fields, is_note, match_row, total_in

ROW = ["姓名", "身份证号", "科室", "职称", "性别", "手机号码"]


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("姓 名", "name"),
        ("姓　　名", "name"),
        ("*姓名", "name"),
        ("★姓名（必填）", "name"),
        ("姓名必填", "name"),
        ("身份证\n号码", "idno"),
        ("身份证号码（18位）", "idno"),
        ("公民身份号码", "idno"),
        ("ＩＤ　Ｎｏ．", "idno"),
        ("Date of Birth (YYYY-MM-DD)", "born"),
        ("现任职称（资格）", "title"),
        ("职称（聘任）", "employed_title"),
        ("聘用职称", "employed_title"),
        ("最高学历", "education"),
        ("所学专业：", "specialty"),
        ("联系电话【必填】", "phone"),
        ("序号", "-"),
        ("No.", "-"),
        ("民族", ""),
        ("", ""),
    ],
)
def test_synonyms(heading: str, key: str) -> None:
    assert field_of(heading) == key


def test_every_field_is_found_by_its_own_heading() -> None:
    assert {field_of(field.heading) for field in fields()} == {field.key for field in fields()}
    assert [field.heading for field in fields() if field.required] == ["姓名", "身份证号", "科室", "职称"]


def test_unknown_and_doubled_columns() -> None:
    match = match_row(["序号", "姓名", "民族", "姓 名", "", "身份证号"])
    assert match == Match({"name": 1, "idno": 5}, {"name": [1, 3]}, [2])
    assert [field.key for field in match.missing()] == ["unit", "title"]


def test_the_unit_stands_in_for_the_department_only_where_there_is_none() -> None:
    assert match_row(["姓名", "单位"]).columns == {"name": 0, "unit": 1}
    assert match_row(["单位", "姓名", "科室"]) == Match({"name": 1, "unit": 2}, {}, [0])


@given(st.permutations(ROW))
def test_the_order_of_columns_does_not_matter(order: list[str]) -> None:
    match = match_row(order)
    assert {key: order[column] for key, column in match.columns.items()} == {
        field_of(heading): heading for heading in ROW
    }


def test_a_match_by_place_would_be_seen() -> None:
    """Control: columns taken by their place do not hold what their key says once the order changes."""
    by_place = {field_of(heading): place for place, heading in enumerate(ROW)}
    turned = ROW[::-1]
    assert {key: turned[place] for key, place in by_place.items()} != {field_of(h): h for h in ROW}


@pytest.mark.parametrize(
    "text",
    ["制表人：医教科", "合计", "总计60人", "备注：", "填表说明", "共60人", "注：以上", "Total 60", "Note: x"],
)
def test_notes(text: str) -> None:
    assert is_note(text)


@pytest.mark.parametrize("text", ["共小红", "注册", "张三", "Notee", "明说明"])
def test_no_notes(text: str) -> None:
    assert not is_note(text)


def test_totals() -> None:
    assert total_in("合计：60人") == 60
    assert total_in("共 60 名。") == 60
    assert total_in("Total 60 people") == 60
    assert total_in("合计") is None
    assert total_in("备注60") is None
