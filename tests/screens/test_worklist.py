"""The work list on the screen: a fork side by side, times of a wrong clock, what is decided in a line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from icme_tui import facts
from icme_tui.clock import format_utc
from icme_tui.operations import courses, crediting, forks, worklist
from tests.support import pilots, stations
from tests.support.copies import Copied
from tests.support.doors import journey, press, until
from tests.support.offices import Office
from tests.support.touches import at

HOUR = 3_600_000
EPOCH = "e" * 32


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Copied]:
    stations.weaken_passwords(monkeypatch)
    pilots.freeze_zone(monkeypatch)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    made = Copied(tmp_path)
    made.fork()
    yield made
    made.pair.venue.close()


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office with a person whose going a wrong clock told, and with two records of one ID number."""
    stations.weaken_passwords(monkeypatch)
    pilots.freeze_zone(monkeypatch)
    office = Office(tmp_path / "office")
    office.clock.advance(6 * HOUR)
    person = office.person("张示例", idno="11010119900101001X")
    office.person("李样本", idno="11010119900101001X")
    course = courses.add_project(office.station, "心电图新进展", "in_house").course
    session = courses.add_session(office.station, course, at("08:30"), at("11:30"), mode="in_out")
    touch: dict[str, Any] = {"person": person, "course": course, "session": session, "card": "04AA"}
    for p, way, really, off, boot in (
        (1, "in", "08:25", 0, "a"),
        (2, "out", "11:35", 6, "b"),
        (3, "in", "11:40", 0, "b"),
    ):
        said = at(really) - off * HOUR
        fact = facts.Swipe(
            p=p,
            at=format_utc(said),
            hlc=f"{format_utc(at('08:00'))}-{p:04x}",
            boot=boot * 32,
            mono_ms=at(really) - at("00:00"),
            clk="suspect" if off else "synced",
            dir=way,
            **touch,
        )  # fmt: skip
        line = facts.encode(fact)
        office.station.absorb("V0007", EPOCH, p, [line], [facts.line_hash(line)], [facts.decode(line)])
    return office


@journey
async def test_a_fork_is_decided_side_by_side(copied: Copied) -> None:
    office = copied.pair.office
    async with pilots.at(office, "credits") as pilot:
        await press(pilot, "w")
        shown = await until(pilot, "its home was copied")
        assert "icme fork show" in shown
        await press(pilot, "enter")
        shown = await until(pilot, "in 张示例")
        assert "in 李示例" in shown
        shown = await press(pilot, "d")
        assert "both: 2 attendances change. Credits: +1" in shown
        await press(pilot, "b")
        await pilots.type_text(pilot, "two doors")
        await press(pilot, "enter")
        shown = await until(pilot, "places are decided")
        assert forks.forks(office) == []
        assert set(copied.credited()) == set(copied.people)


@journey
async def test_times_are_moved_after_a_look_at_what_changes(office: Office) -> None:
    async with pilots.at(office.station, "credits") as pilot:
        await press(pilot, "w")
        shown = await until(pilot, "The clock of V0007 was wrong")
        await press(pilot, "enter")
        shown = await until(pilot, "+6h puts it right")
        shown = await until(pilot, "1 attendance changes")
        assert "180 min, 0.5 credits" in shown
        await press(pilot, "m")
        await pilots.type_text(pilot, "x")
        shown = await press(pilot, "enter")
        assert "such as +1h05m" in shown
        await press(pilot, "escape", "d")
        await pilots.type_text(pilot, "battery")
        await press(pilot, "enter")
        await until(pilot, "The times are moved")
        [row] = [row for row in crediting.credits(office.station).rows if row.after_year_c]
        assert row.minutes == 180


@journey
async def test_one_line_decisions_and_notes(office: Office) -> None:
    async with pilots.at(office.station, "credits") as pilot:
        await press(pilot, "w")
        await until(pilot, "The clock of V0007 was wrong")
        await press(pilot, "n")
        await pilots.type_text(pilot, "paper list")
        await press(pilot, "enter")
        shown = await until(pilot, "have one ID number")
        assert "was wrong" not in shown
        assert "11010119900101001X" not in shown
        shown = await press(pilot, "enter")
        assert "One person: 张示例" in shown
        await press(pilot, "enter")
        await pilots.type_text(pilot, "married")
        await press(pilot, "enter")
        await until(pilot, "Nothing waits.")
        assert worklist.items(office.station) == []
