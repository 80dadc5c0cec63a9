"""The attendance of a session as a sheet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from icme_tui.codes import RuleError, SheetError
from icme_tui.operations import attendancesheet, courses
from icme_tui.operations.attendancesheet import Grid, as_text, attendance_sheet, save
from tests.support.offices import Office
from tests.support.touches import at

HOURS = 3 * 3_600_000


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path / "office")
    with made.station:
        yield made


def session_of(office: Office) -> tuple[str, str]:
    made = courses.add_project(office.station, "心电图新进展", "national", number="2026-04-08-186(国)")
    start = at("08:00")
    return made.course, courses.add_session(office.station, made.course, start, start + HOURS, mode="in_out")


def test_a_sheet_has_times_minutes_reason_and_credits(office: Office) -> None:
    course, session = session_of(office)
    unit = office.station.new_code("unit")
    office.station.record(office.station.put("unit", unit, name="内科"))
    whole = office.person("张示例", unit=unit, title=233)
    short = office.person("李样本", unit=unit)
    office.swipe_at("V0007", whole, session, "in", "08:00", course=course)
    office.swipe_at("V0007", short, session, "in", "08:05", course=course)
    office.swipe_at("V0007", whole, session, "out", "11:00", course=course)
    sheet = attendance_sheet(office.station, session)
    assert [(line.name, line.reason) for line in sheet.lines] == [("张示例", ""), ("李样本", "NO_OUT")]
    first, second = sheet.lines
    assert (first.unit, first.title, first.minutes) == ("内科", "主治医师", 180)
    assert (first.in_ms, first.out_ms) == (at("08:00"), at("11:00"))
    assert first.credit_c
    assert second.credit_c == 0
    assert sheet.counted == 1
    assert (sheet.course, sheet.number, sheet.level) == ("心电图新进展", "2026-04-08-186(国)", "national")


def test_without_credits_none_are_told(office: Office) -> None:
    course, session = session_of(office)
    office.swipe_at("V0007", office.person(), session, "in", "08:00", course=course)
    assert [
        line.credit_c for line in attendance_sheet(office.station, session, with_credits=False).lines
    ] == [None]


def test_a_session_that_nobody_knows_is_refused(office: Office) -> None:
    with pytest.raises(RuleError, match="NO_SESSION"):
        attendance_sheet(office.station, "S9999999")


def grid(rows: int, tall: bool = True) -> Grid:
    return Grid(
        "签到", ["心电图"], ["序号", "姓名", "签名"], [4, 8, 10],
        [[number, "张示例", ""] for number in range(1, rows + 1)], ["共"], tall,
    )  # fmt: skip


def test_a_workbook_holds_the_table(tmp_path: Path) -> None:
    path = save(tmp_path / "sheet.xlsx", grid(3))
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert rows[0][0] == "心电图"
    assert rows[1] == ["序号", "姓名", "签名"]
    assert rows[2] == [1, "张示例", ""]
    assert rows[5][0] == "共"


def test_a_name_that_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    odd = grid(0)._replace(rows=[[1, "=1+1", "@x"]])
    rows = CalamineWorkbook.from_path(save(tmp_path / "odd.xlsx", odd)).get_sheet_by_index(0).to_python()
    assert rows[2] == [1, "=1+1", "@x"]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SheetError, match="SHEET_NOT_WRITTEN"):
        save(tmp_path / "none" / "sheet.xlsx", grid(1))


def test_the_text_has_pages_with_headings(tmp_path: Path) -> None:
    text = save(tmp_path / "sheet.txt", grid(50)).read_text(encoding="utf-8")
    pages = text.split("\f")
    assert len(pages) == 3
    for page in pages:
        assert "姓名" in page
        assert page.count("\n") <= attendancesheet.PAGE_LINES
    assert text.count("张示例") == 50
    assert text.count("共") == 1


TEXTS = st.lists(st.text(max_size=20), min_size=3, max_size=3)


def is_even(text: str) -> bool:
    """Whether every line of the table is as wide as its rules."""
    lines = [line for line in text.split("\n") if "|" in line or "+" in line]
    widths = {len(line) for line in lines if "-+-" in line}
    bars = [
        [at for at, char in enumerate(_spread(line)) if char == "|"][:2]
        for line in lines
        if "-+-" not in line
    ]
    rules = [[at for at, char in enumerate(line) if char == "+"][:2] for line in lines if "-+-" in line]
    return len(widths) == 1 and all(bar == rules[0] for bar in bars)


def _places(mark: str, line: str) -> list[int]:
    return [at for at, char in enumerate(line) if char == mark][:2]


def _spread(line: str) -> str:
    return "".join(char * attendancesheet._columns(char) for char in line)


@given(row=TEXTS)
def test_columns_stand_under_each_other_whatever_the_cells_hold(row: list[str]) -> None:
    clean = [cell.replace("|", "").replace("+", "") for cell in row]
    assert is_even(as_text(grid(0)._replace(rows=[clean])))


def test_control_columns_counted_in_characters_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    right = attendancesheet._columns
    monkeypatch.setattr(attendancesheet, "_columns", lambda char: 1)
    text = as_text(grid(1))
    monkeypatch.setattr(attendancesheet, "_columns", right)
    assert not is_even(text)
