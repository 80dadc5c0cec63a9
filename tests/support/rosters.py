"""Invented people and spreadsheets made of them, for tests of rosters."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from icme_tui.rules.people.idnumber import check_digit

SAMPLES = Path(__file__).parent.parent / "data" / "rosters"

HEADINGS = [
    "序号",
    "姓名",
    "性别",
    "身份证号",
    "出生日期",
    "科室",
    "职称",
    "聘任职称",
    "聘任日期",
    "学历",
    "学位",
    "专业",
    "手机号码",
]


def id_number(serial: int, born: str = "19810315", region: str = "320102") -> str:
    """A valid ID number; ``serial`` (0 to 999) is the sequence, odd for men."""
    body = f"{region}{born}{serial:03d}"
    return body + check_digit(body)


def person(serial: int, **changed: Any) -> dict[str, Any]:
    """A sound row by heading; keyword arguments replace cells: ``person(1, 姓名="王五")``."""
    row = {
        "序号": str(serial),
        "姓名": "张" + chr(0x4E00 + serial * 7),
        "性别": "男" if serial % 2 else "女",
        "身份证号": id_number(serial),
        "出生日期": "1981-03-15",
        "科室": "骨科" if serial % 3 else "护理部",
        "职称": "主治医师",
        "聘任职称": "医师",
        "聘任日期": "2015-04-01",
        "学历": "本科",
        "学位": "学士",
        "专业": "外科",
        "手机号码": f"138{serial:08d}",
    }
    return row | changed


def table(people: Sequence[dict[str, Any]], headings: Sequence[str] = HEADINGS) -> list[list[Any]]:
    """Headings and rows."""
    return [list(headings), *([row.get(heading, "") for heading in headings] for row in people)]


def write_csv(path: Path, rows: Sequence[Sequence[Any]], encoding: str = "utf-8", **dialect: Any) -> Path:
    """Write rows as csv."""
    text = StringIO(newline="")
    csv.writer(text, **dialect).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def write_xlsx(path: Path, rows: Sequence[Sequence[Any]], edit: Callable[[Any], None] | None = None) -> Path:
    """Write rows with openpyxl; ``edit`` gets the workbook before it is saved."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(list(row))
    if edit is not None:
        edit(book)
    book.save(path)
    return path
