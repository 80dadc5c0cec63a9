"""People and units on the screen."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from icme_tui.operations import units
from icme_tui.rules.people.idnumber import check_digit, mask
from icme_tui.screens.people import PeopleScreen
from icme_tui.screens.people_form import PersonForm
from icme_tui.screens.people_page import PersonScreen
from icme_tui.screens.widgets.plain import Plain
from icme_tui.sheets import Table, write_tables
from icme_tui.station import Station
from tests.support import pilots, stations

BODY = "34022119900307951"
IDNO = BODY + check_digit(BODY)
OTHER_BODY = "34022119850307952"
OTHER = OTHER_BODY + check_digit(OTHER_BODY)

Journey = Callable[[Pilot[int]], Awaitable[None]]


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Station:
    stations.weaken_passwords(monkeypatch)
    station = stations.office(tmp_path / "office")
    hospital = units.add_unit(station, "示范医院", "hospital")
    inner = units.add_unit(station, "内科", parent=hospital)
    units.add_unit(station, "外科", parent=hospital)
    for number, name in enumerate(("张示例", "李样本", "王试验"), 1):
        fields = {"unit": inner, "title": 233} if number < 3 else {}
        station.record(station.put("person", f"P000000{number}", name=name, sex=1, **fields))
    return station


def travel(station: Station, journey: Journey, **how: object) -> None:
    async def go() -> None:
        async with pilots.at(station, "people", **how) as pilot:  # type: ignore[arg-type]
            await journey(pilot)

    asyncio.run(go())


async def press(pilot: Pilot[int], *keys: str) -> None:
    """Keys, and texts that begin with a colon."""
    for key in keys:
        if len(key) > 1 and key[0] == ":":
            await pilots.type_text(pilot, key[1:])
        else:
            await pilot.press(key)
        await pilots.settle(pilot)


def names(pilot: Pilot[int]) -> list[str]:
    return [name for name in ("张示例", "李样本", "王试验") if name in pilots.shown(pilot)]


def test_the_tree_stands_beside_the_people(office: Station) -> None:
    async def journey(pilot: Pilot[int]) -> None:
        shown = pilots.shown(pilot)
        assert "示范医院" in shown
        assert "Without a unit" in shown
        assert len(names(pilot)) == 3
        await press(pilot, "tab", "down", "down", "enter")
        assert names(pilot) == ["张示例", "李样本"]
        assert "内科" in pilots.lines(pilot)[1]
        await press(pilot, "escape")
        assert len(names(pilot)) == 3

    travel(office, journey)


@pytest.mark.parametrize(("word", "found"), [("zsl", "张示例"), ("样", "李样本"), ("P0000003", "王试验")])
def test_a_search_narrows_the_list(office: Station, word: str, found: str) -> None:
    async def journey(pilot: Pilot[int]) -> None:
        await press(pilot, "slash", f":{word}", "enter")
        assert names(pilot) == [found]
        await press(pilot, "escape")
        assert len(names(pilot)) == 3

    travel(office, journey)


def test_filters(office: Station) -> None:
    office.record(office.put("card", "700000018", uid="04AA", person="P0000001", state="active"))
    office.record(office.put("person", "P0000002", state="left"))

    async def journey(pilot: Pilot[int]) -> None:
        assert names(pilot) == ["张示例", "王试验"]
        await press(pilot, "f", "c")
        assert names(pilot) == ["王试验"]
        assert "without a card" in pilots.shown(pilot)
        await press(pilot, "f", "l")
        assert names(pilot) == ["李样本"]
        await press(pilot, "f", "3")
        assert names(pilot) == ["张示例"]

    travel(office, journey)


def test_a_person_is_added_with_every_field_checked_where_it_stands(office: Station) -> None:
    async def journey(pilot: Pilot[int]) -> None:
        await press(pilot, "a", ":赵演示", "enter", ":123", "enter")
        assert "This is no ID number" in pilots.shown(pilot)
        await press(pilot, "ctrl+s")
        assert "Nothing was written" in pilots.shown(pilot)
        await press(pilot, f":{IDNO}", "enter")
        assert "This is no ID number" not in pilots.shown(pilot)
        await press(pilot, "tab", "tab", "ctrl+o", "down", "enter")
        await press(pilot, "tab", "ctrl+o", ":主治医师", "enter", "ctrl+s")
        assert isinstance(pilot.app.screen, PeopleScreen)
        assert "赵演示" in pilots.shown(pilot)
        assert IDNO not in pilots.shown(pilot)
        [record] = office.registry.find("person", "idno", IDNO)
        assert record.body["title"] == 233
        assert office.registry.get("unit", record.body["unit"]).body["name"] == "内科"  # type: ignore[union-attr]

    travel(office, journey)


def test_a_form_is_not_left_by_mistake(office: Station) -> None:
    async def journey(pilot: Pilot[int]) -> None:
        await press(pilot, "a", ":赵", "escape")
        assert "Leave without saving?" in pilots.shown(pilot)
        await press(pilot, "n")
        assert isinstance(pilot.app.screen, PersonForm)
        await press(pilot, "escape", "y")
        assert isinstance(pilot.app.screen, PeopleScreen)

    travel(office, journey)


def test_a_page_shows_a_person_and_leads_to_the_form(office: Station) -> None:
    office.record(office.put("person", "P0000001", idno=IDNO, phone="13800138000"))

    async def journey(pilot: Pilot[int]) -> None:
        await press(pilot, "slash", ":zsl", "enter", "enter")
        assert isinstance(pilot.app.screen, PersonScreen)
        shown = pilots.shown(pilot)
        assert mask(IDNO) in shown
        assert IDNO not in shown
        assert "138****8000" in shown
        await press(pilot, "e", "end", ":甲", "ctrl+s")
        assert isinstance(pilot.app.screen, PersonScreen)
        assert "张示例甲" in pilots.shown(pilot)
        assert office.registry.get("person", "P0000001").body["idno"] == IDNO  # type: ignore[union-attr]
        await press(pilot, "x", "y")
        assert "has left" in pilots.shown(pilot)

    travel(office, journey)


def test_a_unit_is_added_changed_and_closed(office: Station) -> None:
    async def journey(pilot: Pilot[int]) -> None:
        await press(pilot, "tab", "down", "a", ":儿科", "ctrl+s")
        assert "儿科" in pilots.shown(pilot)
        [unit] = office.registry.find("unit", "name", "儿科")
        assert unit.body["parent"] == office.registry.find("unit", "name", "示范医院")[0].id
        await press(pilot, "e", "end", ":二", "ctrl+s")
        assert office.registry.get("unit", unit.id).body["name"] == "儿科二"  # type: ignore[union-attr]
        await press(pilot, "x", "y")
        assert "儿科二" not in "\n".join(pilots.lines(pilot)[:-2])

    travel(office, journey)


def test_an_empty_list_says_what_to_do_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stations.weaken_passwords(monkeypatch)

    async def journey(pilot: Pilot[int]) -> None:
        assert "i imports a roster, a adds a person." in pilots.shown(pilot)

    travel(stations.office(tmp_path / "empty"), journey)


ODD = ["[/x]", "[bold red]甲", "𠮷野样本", "名" * 40, "مثال", "甲\n乙", "😀👨‍👩‍👧 甲"]


@pytest.mark.parametrize("name", ODD)
def test_any_name_stays_in_its_line(office: Station, name: str) -> None:
    outer = office.registry.find("unit", "name", "外科")[0].id
    office.record(office.put("person", "P0000009", name=name, unit=outer))

    async def journey(pilot: Pilot[int]) -> None:
        rows = [line for line in pilots.lines(pilot)[3:] if "外科" in line.partition("│")[2]]
        assert len(rows) == 1
        assert all(cell_len(line.partition("│")[0]) == 26 for line in pilots.lines(pilot)[3:20])
        shown = rows[0].partition("│")[2]
        assert cell_len(shown[: shown.index("外科")]) == 14

    travel(office, journey)


def roster(path: Path, *rows: list[str]) -> Path:
    path.write_bytes(write_tables([Table("名册", ["姓名", "身份证号", "科室", "职称"], list(rows))]))
    return path


def test_a_roster_is_shown_before_anything_is_written(office: Station, tmp_path: Path) -> None:
    file = roster(
        tmp_path / "名册.xlsx", ["赵演示", IDNO, "内科", "主治医师"], ["钱样例", OTHER, "内科", "主治医师"]
    )

    async def journey(pilot: Pilot[int]) -> None:
        await press(pilot, "i")
        assert "Which roster?" in pilots.shown(pilot)
        await press(pilot, f":{file}", "enter")
        shown = pilots.shown(pilot)
        assert "2 people" in shown
        assert ">new 2" in shown
        assert "赵演示" in shown
        assert mask(IDNO) in shown
        assert office.registry.find("person", "idno", IDNO) == []
        await press(pilot, "s", "y")
        assert len(office.registry.find("person", "idno", IDNO)) == 1
        assert "unchanged 2" in pilots.shown(pilot)

    travel(office, journey)


def test_errors_are_listed_and_written_back_by_one_key(office: Station, tmp_path: Path) -> None:
    file = roster(
        tmp_path / "名册.xlsx", ["赵演示", IDNO[:-1], "内科", "主治医师"], ["钱样例", OTHER, "核科", "无"]
    )

    async def journey(pilot: Pilot[int]) -> None:
        await press(pilot, "i", f":{file}", "enter")
        shown = pilots.shown(pilot)
        assert ">errors 2" in shown
        assert "Unknown department" in shown
        await press(pilot, "s")
        assert "nothing can be written" in pilots.shown(pilot)
        await press(pilot, "enter")
        assert "This is no ID number" in pilots.shown(pilot)
        await press(pilot, "escape", "b")
        assert (tmp_path / "名册-findings.xlsx").is_file()
        await press(pilot, "u", "b", ":内科", "enter")
        assert ">errors 1" in pilots.shown(pilot)
        assert "creates 1 unit: 核科" in pilots.shown(pilot)
        await press(pilot, "v", "n")
        assert ">new 1" in pilots.shown(pilot)

    travel(office, journey)


def test_the_file_chooser_walks_through_folders(office: Station, tmp_path: Path) -> None:
    (tmp_path / "stick" / "deep").mkdir(parents=True)
    roster(tmp_path / "stick" / "deep" / "list.xlsx", ["赵演示", IDNO, "内科", "主治医师"])

    async def journey(pilot: Pilot[int]) -> None:
        await press(pilot, "i", f":{tmp_path / 'stick'}", "enter")
        assert "deep/" in pilots.shown(pilot)
        await press(pilot, ":deep", "enter", ":list", "enter")
        assert "1 people" in pilots.shown(pilot)
        await press(pilot, "o", "escape", "escape")
        assert isinstance(pilot.app.screen, PeopleScreen)

    travel(office, journey)


def test_a_file_that_cannot_be_read_is_told(office: Station, tmp_path: Path) -> None:
    async def journey(pilot: Pilot[int]) -> None:
        await press(pilot, "i", f":{tmp_path / 'none.xlsx'}", "enter")
        assert "There is no file" in pilots.shown(pilot)

    travel(office, journey)


@pytest.mark.parametrize("place", ["people", "courses"])
def test_in_chinese_too(office: Station, place: str) -> None:
    async def go() -> None:
        async with pilots.at(office, place, language="zh_CN") as pilot:
            shown = pilots.shown(pilot)
            assert "Esc" in shown
            assert "Press" not in shown
            assert "Unit" not in shown

    asyncio.run(go())


@pytest.mark.parametrize("keys", [("f1",), ("f",), ("a", "f1")])
def test_a_panel_beside_the_lists_cuts_no_character_in_two(office: Station, keys: tuple[str, ...]) -> None:
    async def journey(pilot: Pilot[int]) -> None:
        await press(pilot, *keys)
        panel = pilots.app_of(pilot).screen.query(".panel").first()
        said = "".join("".join(each.words.split()) for each in panel.query(Plain))
        rows = pilots.lines(pilot)[panel.region.y + 1 : panel.region.bottom - 1]
        for row in rows:
            assert "".join(row.strip("▁▂▃▄▅▆▇█ >").split()) in said

    travel(office, journey, language="zh_CN")


def test_a_console_without_chinese_keeps_what_it_cannot_show(office: Station) -> None:
    async def journey(pilot: Pilot[int]) -> None:
        await press(pilot, "slash", ":zsl", "enter", "e")
        assert "zhang shi li (empty: stays)" in pilots.shown(pilot)
        pilots.shown(pilot).encode("cp437")
        await press(pilot, *["tab"] * 10, ":heart", "ctrl+s")
        body = office.registry.get("person", "P0000001").body  # type: ignore[union-attr]
        assert (body["name"], body["specialty"], body["title"]) == ("张示例", "heart", 233)

    office.record(office.put("person", "P0000001", idno=IDNO))
    travel(office, journey, console=True)
