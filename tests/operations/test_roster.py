"""Rosters from the file to the registry: what is imported, what is refused, and that nothing is lost."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icme_tui.clock import FixedClock
from icme_tui.codes import RuleError, SheetError
from icme_tui.operations.founding import found_office
from icme_tui.operations.roster import Applied, RosterPlan, apply, plan_import, template, write_back
from icme_tui.operations.roster import planning as planning_module
from icme_tui.station import Station
from tests.support.rivals import beside, overtaken
from tests.support.rosters import HEADINGS, SAMPLES, id_number, person, table, write_csv, write_xlsx

NOW = "2026-09-25T08:00:00Z"
PEOPLE = [person(serial) for serial in range(1, 8)]


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    made = found_office(
        tmp_path / "home", "OFFICE", "示范", "cme.example", "correct horse", clock=FixedClock(NOW)
    ).station
    yield made
    made.close()


def take_in(station: Station, path: Path) -> RosterPlan:
    """Import with all its departments; the file must be sound."""
    plan = plan_import(station, path, create_units=True)
    assert plan.errors == []
    apply(station, plan)
    return plan


def codes(plan: RosterPlan) -> list[tuple[int, str]]:
    return [(finding.row, finding.code) for finding in plan.findings]


def facts_of(station: Station) -> int:
    return sum(1 for _entry in station.entries())


def refused(station: Station, path: Path) -> SheetError:
    with pytest.raises(SheetError) as caught:
        plan_import(station, path, create_units=True)
    return caught.value


# The shipped rosters


@pytest.mark.parametrize(
    ("file", "people"),
    [
        ("roster_300.csv", 300),
        ("roster_300.xlsx", 300),
        ("roster_300.xls", 300),
        ("roster_gb18030.csv", 300),
        ("roster_titled.csv", 60),
        ("roster_titled.ods", 60),
    ],
)
def test_sound_rosters_are_imported_once(station: Station, file: str, people: int) -> None:
    plan = plan_import(station, SAMPLES / file, create_units=True)
    assert plan.findings == []
    assert plan.unknown_columns == []
    assert len(plan.new) == plan.people == people
    units = len(plan.units_to_create)
    assert apply(station, plan) == Applied(people, 0, units, people + units)
    before = facts_of(station)
    again = plan_import(station, SAMPLES / file)
    assert (again.new, again.changed, again.missing, again.unchanged) == ([], [], [], people)
    assert apply(station, again) == Applied(0, 0, 0, 0)
    assert facts_of(station) == before


def test_every_format_of_one_roster_means_the_same(station: Station) -> None:
    take_in(station, SAMPLES / "roster_300.xlsx")
    for other in ("roster_300.csv", "roster_300.xls", "roster_gb18030.csv"):
        plan = plan_import(station, SAMPLES / other)
        assert (plan.new, plan.changed, plan.unchanged) == ([], [], 300)


def test_what_is_recorded_of_a_person(station: Station) -> None:
    take_in(station, SAMPLES / "roster_300.csv")
    with (SAMPLES / "roster_300.csv").open(encoding="utf-8-sig", newline="") as file:
        row = next(csv.DictReader(file))
    found = station.registry.find("person", "idno", row["身份证号"])
    assert len(found) == 1
    body = found[0].body
    unit = station.registry.get("unit", body.pop("unit"))
    assert unit is not None
    assert unit.body == {"name": row["所在科室"], "type": "department"}
    assert body == {
        "name": row["姓名"],
        "idno": row["身份证号"],
        "sex": 2,
        "born": "1997-11-03",
        "title": 234,
        "employed_title": 234,
        "employed_on": "2015-04-01",
        "education": 30,
        "degree": 3,
        "specialty": "骨",
        "phone": row["手机号码"],
    }


BAD_ROWS = {
    3: {"ID_CHECK"},
    4: {"ID_SCIENTIFIC"},
    5: {"ID_ZEROED"},
    6: {"ID_DOUBLE", "SEX_DISAGREES", "BORN_DISAGREES"},
    7: {"NAME_MISSING"},
    8: {"SEX_DISAGREES"},
    9: {"BORN_NO_SUCH_DAY", "BORN_DISAGREES"},
    11: {"TITLE_UNKNOWN"},
    12: {"UNIT_UNUSUAL"},
    14: {"NAME_FORMULA"},
    15: {"PHONE_FORM"},
}


@pytest.mark.parametrize("file", ["roster_bad_rows.csv", "roster_bad_rows.xlsx"])
def test_bad_rows_are_each_named_and_nothing_is_imported(station: Station, file: str) -> None:
    before = facts_of(station)
    plan = plan_import(station, SAMPLES / file, create_units=True)
    expected = {**BAD_ROWS, 14: {"NAME_FORMULA" if file.endswith("csv") else "NAME_ONE_LETTER"}}
    found: dict[int, set[str]] = {}
    for row, code in codes(plan):
        found.setdefault(row, set()).add(code)
    assert found == expected
    assert {finding.code for finding in plan.warnings} == {"UNIT_UNUSUAL", "PHONE_FORM"}
    with pytest.raises(SheetError, match="ROSTER_REFUSED"):
        apply(station, plan)
    assert facts_of(station) == before
    assert list(station.registry.all("person")) == list(station.registry.all("unit")) == []


def test_the_double_the_suggestion_and_the_markup_of_the_bad_rows(station: Station) -> None:
    plan = plan_import(station, SAMPLES / "roster_bad_rows.csv", create_units=True)
    by_code = {finding.code: finding for finding in plan.findings}
    assert by_code["ID_DOUBLE"].detail == {"other": 2}
    assert by_code["TITLE_UNKNOWN"].detail == {"suggestion": "主任医师"}
    assert [entry.name for entry in plan.new if entry.row == 13] == ["[bold red]张[/x]"]


def test_departments_that_are_not_known_are_errors_unless_they_are_to_be_created(station: Station) -> None:
    plan = plan_import(station, SAMPLES / "roster_bad_rows.csv")
    unknown = [finding.row for finding in plan.errors if finding.code == "UNIT_UNKNOWN"]
    assert unknown == list(range(2, 16))
    assert plan.units_to_create == []


def test_lost_digits_refuse_the_file(station: Station) -> None:
    plan = plan_import(station, SAMPLES / "roster_lost_digits.xlsx", create_units=True)
    assert {finding.code for finding in plan.errors} == {"ID_ROUNDED"}
    assert len(plan.errors) == 268  # the numbers that end in X are text and stayed whole


def test_missing_and_doubled_headings_refuse_the_file_by_name(station: Station) -> None:
    error = refused(station, SAMPLES / "roster_missing_column.csv")
    assert (error.code, error.detail["headings"]) == ("HEADING_MISSING", ["身份证号"])
    error = refused(station, SAMPLES / "roster_duplicate_heading.csv")
    assert (error.code, error.detail["heading"], error.detail["columns"]) == (
        "HEADING_DOUBLE",
        "职称",
        ["G", "H"],
    )


def test_the_key_of_the_bad_rows_says_the_same() -> None:
    with (SAMPLES / "roster_bad_rows_key.csv").open(encoding="utf-8-sig", newline="") as file:
        key = {int(row["line"]): row["expected"] for row in csv.DictReader(file)}
    assert {line for line, expected in key.items() if not expected.startswith("ok")} == set(BAD_ROWS)


# Changes


def test_changes_are_shown_field_by_field_and_only_they_are_recorded(
    station: Station, tmp_path: Path
) -> None:
    take_in(station, write_csv(tmp_path / "a.csv", table(PEOPLE)))
    moved = [person(1, 姓名="张改名", 职称="副主任医师", 科室="急诊科"), *PEOPLE[1:]]
    plan = plan_import(station, write_csv(tmp_path / "b.csv", table(moved)), create_units=True)
    (entry,) = plan.changed
    assert [tuple(change) for change in entry.changes] == [
        ("name", PEOPLE[0]["姓名"], "张改名"),
        ("title", "主治医师", "副主任医师"),
        ("unit", "骨科", "急诊科"),
    ]
    assert codes(plan) == [(2, "NAME_CHANGES")]
    assert plan.unchanged == 6
    assert apply(station, plan) == Applied(0, 1, 1, 2)
    body = station.registry.find("person", "idno", id_number(1))[0].body
    assert (body["name"], body["title"]) == ("张改名", 232)
    assert plan_import(station, tmp_path / "b.csv").unchanged == 7


def test_an_empty_cell_erases_nothing_but_none_does(station: Station, tmp_path: Path) -> None:
    take_in(station, write_csv(tmp_path / "a.csv", table(PEOPLE)))
    bare = [person(1, 手机号码="", 学历="", 职称="", 聘任职称="无"), *PEOPLE[1:]]
    plan = plan_import(station, write_csv(tmp_path / "b.csv", table(bare)))
    assert [tuple(change) for change in plan.changed[0].changes] == [("employed_title", "医师", "")]
    apply(station, plan)
    body = station.registry.find("person", "idno", id_number(1))[0].body
    assert body["title"] == 233
    assert "employed_title" not in body


def test_people_who_are_not_in_the_file_are_listed_and_stay(station: Station, tmp_path: Path) -> None:
    take_in(station, write_csv(tmp_path / "a.csv", table(PEOPLE)))
    plan = take_in(station, write_csv(tmp_path / "b.csv", table(PEOPLE[:2])))
    units = {PEOPLE[0]["科室"], PEOPLE[1]["科室"]}
    assert [one.name for one in plan.missing] == [p["姓名"] for p in PEOPLE[2:] if p["科室"] in units]
    assert all("*" * 10 in one.masked_idno for one in plan.missing)
    assert len(list(station.registry.all("person"))) == 7


def test_numbers_of_fifteen_and_eighteen_digits_are_one_person(station: Station, tmp_path: Path) -> None:
    take_in(station, write_csv(tmp_path / "a.csv", table([person(1)])))
    number = id_number(1)
    old = person(1, 身份证号=number[:6] + number[8:17])
    plan = plan_import(station, write_csv(tmp_path / "b.csv", table([old])))
    assert (plan.unchanged, codes(plan)) == (1, [(2, "ID_OLD_FORM")])


class TestAnotherProgramComesFirst:
    """The plan is looked at again inside the transaction that carries it out."""

    def test_it_imported_the_same_file(self, station: Station, tmp_path: Path) -> None:
        file = write_csv(tmp_path / "a.csv", table(PEOPLE))
        plan = plan_import(station, file, create_units=True)
        with beside(station, "correct horse") as rival:
            overtaken(station, lambda: take_in(rival, file))
            with pytest.raises(SheetError, match="ROSTER_STALE"):
                apply(station, plan)
        assert len(list(station.registry.all("person"))) == len(PEOPLE)

    def test_it_changed_somebody_whom_the_plan_changes(self, station: Station, tmp_path: Path) -> None:
        take_in(station, write_csv(tmp_path / "a.csv", table([person(1)])))
        plan = plan_import(station, write_csv(tmp_path / "b.csv", table([person(1, 专业="内科")])))
        (entry,) = plan.changed
        station.record(station.put("person", entry.person, specialty="儿科"))
        with pytest.raises(SheetError, match="ROSTER_STALE"):
            apply(station, plan)


def test_a_plan_is_refused_when_the_store_has_changed(station: Station, tmp_path: Path) -> None:
    plan = plan_import(station, write_csv(tmp_path / "a.csv", table(PEOPLE)), create_units=True)
    apply(station, plan)
    before = facts_of(station)
    with pytest.raises(SheetError, match="ROSTER_STALE"):
        apply(station, plan)
    assert facts_of(station) == before


def test_two_people_of_the_store_with_one_number(station: Station, tmp_path: Path) -> None:
    for _ in range(2):
        station.record(station.put("person", station.new_code("person"), name="张", idno=id_number(1)))
    plan = plan_import(station, write_csv(tmp_path / "a.csv", table([person(1)])), create_units=True)
    assert codes(plan) == [(2, "ID_IN_STORE_TWICE")]


def test_departments_of_one_name_need_their_path(station: Station, tmp_path: Path) -> None:
    for name in ("东院", "西院"):
        above, below = station.new_code("unit"), station.new_code("unit")
        station.record(
            station.put("unit", above, name=name), station.put("unit", below, name="骨科", parent=above)
        )
    path = write_csv(tmp_path / "a.csv", table([person(1), person(2, 科室="西院 / 骨科")]))
    plan = plan_import(station, path)
    (finding,) = plan.errors
    assert (finding.row, finding.code, finding.detail) == (
        2,
        "UNIT_AMBIGUOUS",
        {"units": ["东院/骨科", "西院/骨科"]},
    )
    unit = station.registry.get("unit", plan.new[-1].set["unit"])
    assert unit is not None
    assert unit.body["name"] == "骨科"


def test_a_department_nearly_named_comes_with_its_neighbour(station: Station, tmp_path: Path) -> None:
    take_in(station, write_csv(tmp_path / "a.csv", table([person(1, 科室="心血管内科")])))
    plan = plan_import(station, write_csv(tmp_path / "b.csv", table([person(2, 科室="心血管科")])))
    assert plan.errors[0].detail == {"suggestion": "心血管内科"}


# Files as hospitals send them


def test_a_title_line_notes_totals_and_repeated_headings(station: Station, tmp_path: Path) -> None:
    rows = [
        ["示范医院名册"],
        [],
        ["单位：示范医院", "", "填报日期：2026年"],
        [],
        *table(PEOPLE[:3]),
        *table(PEOPLE[3:]),
        [],
        ["合计：7人"],
        ["制表人：医教科", "", "审核：王某"],
        ["填表说明：身份证号为文本"],
    ]
    plan = plan_import(station, write_xlsx(tmp_path / "a.xlsx", rows), create_units=True)
    assert (plan.heading_row, plan.people, plan.findings) == (5, 7, [])
    assert plan.note_rows == [9, 15, 16, 17]


def test_a_total_that_differs_is_a_warning(station: Station, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [*table(PEOPLE), ["合计", "8", "人"]])
    (finding,) = plan_import(station, path, create_units=True).findings
    assert (finding.code, finding.row, finding.detail) == ("TOTAL_DIFFERS", 9, {"people": 7})


def test_headings_of_two_lines(station: Station, tmp_path: Path) -> None:
    rows = [["姓名", "身份证号", "职称情况", "", "科室"], ["", "", "资格", "聘任", ""]]
    rows += [[p["姓名"], p["身份证号"], p["职称"], p["聘任职称"], p["科室"]] for p in PEOPLE]

    def merge(book: Any) -> None:
        for cells in ("A1:A2", "B1:B2", "C1:D1", "E1:E2"):
            book.active.merge_cells(cells)

    plan = plan_import(station, write_xlsx(tmp_path / "a.xlsx", rows, merge), create_units=True)
    assert (plan.heading_row, len(plan.new), plan.findings) == (2, 7, [])
    assert (plan.new[0].set["title"], plan.new[0].set["employed_title"]) == (233, 234)


def test_the_sheet_with_the_headings_is_found(station: Station, tmp_path: Path) -> None:
    def add(book: Any) -> None:
        book.create_sheet("填表说明", 0)["A1"] = "姓名和身份证号必填"
        old = book.copy_worksheet(book["Sheet"])
        old.title, old.sheet_state = "去年", "hidden"

    path = write_xlsx(tmp_path / "a.xlsx", table(PEOPLE), add)
    plan = plan_import(station, path, create_units=True)
    assert (plan.sheet, plan.people) == ("Sheet", 7)


def test_several_rosters_in_one_file_need_a_choice(station: Station, tmp_path: Path) -> None:
    def add(book: Any) -> None:
        book.copy_worksheet(book.active).title = "二院"

    path = write_xlsx(tmp_path / "a.xlsx", table(PEOPLE), add)
    error = refused(station, path)
    assert (error.code, error.detail["sheets"]) == ("SHEETS_SEVERAL", ["Sheet", "二院"])
    assert plan_import(station, path, create_units=True, sheet="二院").sheet == "二院"
    with pytest.raises(SheetError, match="SHEET_NOT_THERE"):
        plan_import(station, path, sheet="三院")


def test_cells_as_spreadsheets_make_them(station: Station, tmp_path: Path) -> None:
    row = person(1, 出生日期=29660, 聘任日期=date(2015, 4, 1), 手机号码=13800000001, 序号=1)
    plan = plan_import(station, write_xlsx(tmp_path / "a.xlsx", table([row])), create_units=True)
    assert plan.findings == []
    assert plan.new[0].set["employed_on"] == "2015-04-01"
    assert plan.new[0].set["phone"] == "13800000001"


@pytest.mark.parametrize(
    ("changed", "code", "severity"),
    [
        ({"身份证号": 320102198103150012}, "ID_ROUNDED", "error"),
        ({"身份证号": ""}, "ID_MISSING", "error"),
        ({"身份证号": "护照E1234567"}, "ID_FORM", "error"),
        ({"性别": "女"}, "SEX_DISAGREES", "error"),
        ({"性别": "难"}, "SEX_FORM", "error"),
        ({"出生日期": "1981-03-16"}, "BORN_DISAGREES", "error"),
        ({"出生日期": "不详细"}, "BORN_FORM", "warning"),
        ({"科室": ""}, "UNIT_MISSING", "error"),
        ({"科室": "=1+1"}, "UNIT_FORMULA", "error"),
        ({"科室": "#N/A"}, "CELL_ERROR", "error"),
        ({"职称": ""}, "TITLE_MISSING", "warning"),
        ({"职称": 0.5}, "TITLE_UNKNOWN", "error"),
        ({"聘任职称": "主任医生"}, "TITLE_UNKNOWN", "error"),
        ({"聘任日期": "2015-02-30"}, "DATE_NONE_SUCH", "error"),
        ({"聘任日期": 2015.1}, "DATE_AMBIGUOUS", "error"),
        ({"聘任日期": "去年"}, "DATE_FORM", "error"),
        ({"聘任日期": "1979-01-01"}, "DATE_BEFORE_BIRTH", "error"),
        ({"聘任日期": "2027-01-01"}, "DATE_FUTURE", "warning"),
        ({"学历": "神童"}, "EDUCATION_UNKNOWN", "warning"),
        ({"学位": "院士"}, "DEGREE_UNKNOWN", "warning"),
        ({"专业": "@x"}, "SPECIALTY_FORMULA", "error"),
        ({"手机号码": "12345"}, "PHONE_FORM", "warning"),
        ({"姓名": "王"}, "NAME_ONE_CHARACTER", "warning"),
    ],
)
def test_each_finding(
    station: Station, tmp_path: Path, changed: dict[str, Any], code: str, severity: str
) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", table([person(3), person(1, **changed)]), edit=as_text)
    plan = plan_import(station, path, create_units=True)
    (finding,) = plan.findings
    assert (finding.row, finding.code, finding.severity) == (3, code, severity)
    (heading,) = changed
    assert finding.heading == heading
    assert HEADINGS.index(heading) == ord(finding.column) - ord("A")


def as_text(book: Any) -> None:
    """openpyxl takes =… for a formula and #N/A for an error; here they are text that somebody typed."""
    for row in book.active.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and cell.value[:1] in ("=", "#"):
                cell.data_type = "s"


def test_a_number_ending_in_zeros_is_believed_only_in_a_sound_column(
    station: Station, tmp_path: Path
) -> None:
    body = next(
        number
        for day in range(1, 29)
        for number in [id_number(100, f"198103{day:02d}")]
        if number.endswith("000")
    )
    row = person(100, 身份证号=body, 出生日期="", 性别="")
    alone = plan_import(station, write_csv(tmp_path / "a.csv", table([row])), create_units=True)
    assert (codes(alone), alone.errors) == ([(2, "ID_ZEROS")], [])
    spoilt = person(1, 身份证号="3.2E+17")
    both = plan_import(station, write_csv(tmp_path / "b.csv", table([row, spoilt])), create_units=True)
    assert {finding.code for finding in both.errors} == {"ID_ZEROED", "ID_SCIENTIFIC"}


def test_empty_rows_and_numbered_empty_rows_are_no_people(station: Station, tmp_path: Path) -> None:
    rows = [*table(PEOPLE), ["8"], ["9"], [], ["", " ", "　"], ["10"]]
    plan = plan_import(station, write_csv(tmp_path / "a.csv", rows), create_units=True)
    assert (plan.people, plan.findings) == (7, [])


def test_a_roster_without_people_is_refused(station: Station, tmp_path: Path) -> None:
    plan = plan_import(station, write_csv(tmp_path / "a.csv", table([])), create_units=True)
    assert codes(plan) == [(1, "ROSTER_EMPTY")]


def test_no_headings_at_all(station: Station, tmp_path: Path) -> None:
    assert refused(station, write_csv(tmp_path / "a.csv", [["a", "b"], ["c", "d"]])).code == "HEADINGS_NONE"


def test_a_doubled_optional_heading_and_unknown_columns(station: Station, tmp_path: Path) -> None:
    doubled = write_csv(tmp_path / "a.csv", table(PEOPLE, [*HEADINGS, "联系电话"]))
    assert refused(station, doubled).detail["heading"] == "手机号码"
    more = write_csv(tmp_path / "b.csv", table(PEOPLE, ["民族", *HEADINGS, "备注"]))
    assert plan_import(station, more).unknown_columns == [("A", "民族"), ("O", "备注")]


@given(st.permutations(HEADINGS))
def test_the_order_of_columns_does_not_matter(order: list[str]) -> None:
    assert checked_values(table(PEOPLE, order)) == checked_values(table(PEOPLE))


def checked_values(rows: list[list[Any]]) -> list[dict[str, Any]]:
    """What the checks make of rows under the usual headings."""
    from icme_tui.operations.roster.checking import RowChecker
    from icme_tui.operations.roster.layout import find_layout, sort_lines
    from icme_tui.sheets import Book, Sheet

    book = Book("csv", [Sheet("", rows)])
    layout = find_layout(book, "x")
    checker = RowChecker(layout, date(2026, 9, 25))
    return [checker.check(row, cells).set for row, cells in sort_lines(book.sheets[0], layout).people]


noises = st.sampled_from(["{}", " {}", "{}\u3000", "{}\r\n", "\ufeff{}", "\u00a0{} ", "{}\t"])
wide = {code: code + 0xFEE0 for code in range(ord("0"), ord("9") + 1)}


@given(st.data())
def test_blanks_and_full_width_digits_change_nothing(data: st.DataObject) -> None:
    rows = table(PEOPLE)
    noisy = [rows[0]]
    for row in rows[1:]:
        cells = [data.draw(noises).format(cell) for cell in row]
        noisy.append([cell.translate(wide) if data.draw(st.booleans()) else cell for cell in cells])
    assert checked_values(noisy) == checked_values(rows)


def test_another_digit_would_be_seen() -> None:
    """Control: a change that means something is not taken for noise."""
    rows = table(PEOPLE)
    changed = [rows[0], [*rows[1][:-1], "13912345678"], *rows[2:]]
    assert checked_values(changed) != checked_values(rows)


# Nothing half, nothing shown that should not be


def test_an_import_is_one_transaction(
    station: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_import(station, write_csv(tmp_path / "a.csv", table(PEOPLE)), create_units=True)
    before, counters = facts_of(station), station.setting("counters")
    put = station.put

    def fail_late(kind: str, id: str, **fields: Any) -> Any:
        if fields.get("name") == PEOPLE[5]["姓名"]:
            raise RuntimeError
        return put(kind, id, **fields)

    monkeypatch.setattr(station, "put", fail_late)
    with pytest.raises(RuntimeError):
        apply(station, plan)
    assert facts_of(station) == before
    assert station.setting("counters") == counters
    assert list(station.registry.all("unit")) == []


def test_a_dry_run_writes_nothing(station: Station) -> None:
    before = facts_of(station)
    plan_import(station, SAMPLES / "roster_300.xlsx", create_units=True)
    assert facts_of(station) == before


def test_importing_again_is_found_out_if_people_are_not_matched(
    station: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control of the second import: where the index of ID numbers is blind, all are new again."""
    path = write_csv(tmp_path / "a.csv", table(PEOPLE))
    take_in(station, path)
    monkeypatch.setattr(
        planning_module._Comparison, "_compare", lambda self, checked, *_: self.new.append(checked)
    )
    assert len(plan_import(station, path).new) == 7


@pytest.mark.parametrize("file", ["roster_300.xlsx", "roster_bad_rows.csv"])
def test_no_whole_id_number_is_in_a_repr_or_a_finding(station: Station, file: str) -> None:
    plan = plan_import(station, SAMPLES / file, create_units=True)
    shown = repr(plan) + repr(plan.findings) + repr(plan.new[0]) + repr(plan.missing)
    assert not any(entry.idno in shown for entry in plan.new)
    assert not any(entry.set["phone"] in shown for entry in plan.new if len(entry.set["phone"]) == 11)


# Papers


def test_the_workbook_comes_back_with_a_column_of_findings(station: Station, tmp_path: Path) -> None:
    plan = plan_import(station, SAMPLES / "roster_bad_rows.csv", create_units=True)
    out = tmp_path / "back.xlsx"
    assert write_back(plan, out, "Findings", lambda finding: finding.code) == len(BAD_ROWS)
    sheet = openpyxl.load_workbook(out).active
    assert sheet["N1"].value == "Findings"
    remarks = {row: set(str(sheet.cell(row, 14).value).split("\n")) for row in BAD_ROWS}
    assert remarks == BAD_ROWS
    assert sheet["N2"].value is None
    assert sheet["B14"].value == '=HYPERLINK("x")'
    assert sheet["B14"].data_type == "s"
    assert sheet["D2"].value == "34020219811018951X"
    assert out.stat().st_mode & 0o777 == 0o600
    again = plan_import(station, out, create_units=True)
    assert codes(again) == codes(plan)
    assert again.unknown_columns == [("N", "Findings")]


def test_a_form_can_be_filled_in_and_imported(station: Station, tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    template(path, "人员名册", "填写说明", ["note"], {"idno": "as text"})
    assert codes(plan_import(station, path)) == [(1, "ROSTER_EMPTY")]
    book = openpyxl.load_workbook(path)
    sheet = book["人员名册"]
    headings = [str(cell.value).lstrip("*") for cell in sheet[1]]
    assert sheet.column_dimensions["B"].number_format == "@"
    for row in table(PEOPLE, headings)[1:]:
        sheet.append(row)
    book.save(path)
    plan = take_in(station, path)
    assert (len(plan.new), plan.findings) == (7, [])


def test_a_workbook_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(SheetError, match="SHEET_NOT_WRITTEN"):
        template(tmp_path / "none" / "a.xlsx", "a", "b", [], {})


@pytest.mark.parametrize("cells", [{"姓名": "合计", "身份证号": "1人"}, {"姓名": "合计", "身份证号": "1"}])
def test_a_total_in_the_column_of_numbers_is_no_person(
    station: Station, tmp_path: Path, cells: dict[str, str]
) -> None:
    path = write_csv(tmp_path / "a.csv", table([person(1), cells]))
    plan = plan_import(station, path, create_units=True)
    assert (plan.people, plan.errors, plan.warnings) == (1, [], [])


def test_the_errors_of_formulas_refuse_a_workbook(station: Station, tmp_path: Path) -> None:
    def with_error(book: Any) -> None:
        cell = book.active.cell(2, HEADINGS.index("聘任职称") + 1)
        cell.value, cell.data_type = "#N/A", "e"

    path = write_xlsx(tmp_path / "a.xlsx", table([person(1)]), with_error)
    [finding] = plan_import(station, path, create_units=True).errors
    assert (finding.code, finding.row, finding.value) == ("CELL_ERROR", 2, "#N/A")


def test_new_departments_belong_to_the_unit_that_is_named(station: Station, tmp_path: Path) -> None:
    hospital = station.new_code("unit")
    station.record(station.put("unit", hospital, name="示范医院", type="hospital"))
    path = write_csv(tmp_path / "a.csv", table([person(1, 科室="骨科")]))
    apply(station, plan_import(station, path, create_units=True, under=hospital))
    (made,) = station.registry.find("unit", "name", "骨科")
    assert made.body["parent"] == hospital
    with pytest.raises(RuleError, match="NO_UNIT"):
        plan_import(station, path, create_units=True, under="U0000999")
