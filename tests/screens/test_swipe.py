"""The swipe screen by its keys: one large outcome for every touch, whatever happens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len

from icme_tui import facts
from icme_tui.clock import parse_utc
from icme_tui.codes import ReaderError, StoreError
from icme_tui.devices import shelf
from icme_tui.devices.simulated import SimulatedReader
from icme_tui.operations import courses, exporting, listening, posts
from icme_tui.operations.doorlist import Counts
from icme_tui.operations.guests import GUEST
from icme_tui.operations.holders import Person
from icme_tui.operations.swiping import Outcome, Swiping
from icme_tui.screens.swipe import SwipeScreen, saying
from icme_tui.station import Station
from tests.support import pilots
from tests.support.doors import journey, open_door, press, touch, until, venue_at_work
from tests.support.venues import FIRST_CARD, PEOPLE, START, Deployment, give_pack

WANG, LI, ZHAO = PEOPLE
MINUTE, HOUR = 60_000, 3_600_000


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployment]:
    made = venue_at_work(tmp_path, monkeypatch)
    yield made
    made.office.close()


def kinds(station: Station) -> list[str]:
    """The kinds of all facts of a station, in order."""
    found = [facts.decode(entry.line) for entry in station.entries()]
    return [facts.kind_of(fact) for fact in found if fact is not None]


@journey
async def test_coming_again_and_going(world: Deployment) -> None:
    world.issue(WANG)
    async with pilots.at(world.venue, "swipe") as pilot:
        await open_door(pilot)
        shown = await touch(pilot, world, WANG, "[ OK ]")
        assert "王试验 / 内科" in shown
        assert f"07:50:00  card {FIRST_CARD}" in shown
        assert "In 1   Out 0   Inside 1   Refused 0" in shown
        await touch(pilot, world, WANG, "ALREADY IN")
        world.clock.advance(3 * HOUR + 30 * MINUTE)
        shown = await touch(pilot, world, WANG, " OUT")
        assert "In 1   Out 1   Inside 0   Refused 0" in shown
        rows = [line.split()[:2] for line in pilots.lines(pilot) if line.startswith((" 07:", " 11:"))]
        assert rows == [["11:20:00", "out"], ["07:50:00", "!"], ["07:50:00", "in"]]


@journey
async def test_the_status_line_counts_what_was_not_exported_yet(world: Deployment) -> None:
    """A touch is counted there a moment later, although no key was pressed."""
    world.issue(WANG)
    async with pilots.at(world.venue, "swipe", size=(120, 30)) as pilot:
        await open_door(pilot)
        before = exporting.waiting(world.venue)[1]
        assert f" {before} unexported" in pilots.lines(pilot)[0]
        await touch(pilot, world, WANG, "[ OK ]")
        await until(pilot, f" {exporting.waiting(world.venue)[1]} unexported")
        assert exporting.waiting(world.venue)[1] > before


def test_a_row_of_the_last_touches_tells_where_a_guest_comes_from() -> None:
    """The large outcome has already said when it counts; the row has no room for it."""
    guest = Person("V0010001", "张示例", "乙医院")
    outcome = Outcome("ACCEPTED_IN", "11223344", guest, direction="in", warnings=(GUEST,))
    row, _kind = saying.line_of_touch(listening.Touched(outcome, 0, Counts(1, 0, 1), None), 80)
    assert row.endswith("乙医院")
    behind = outcome._replace(warnings=("CARD_BEHIND",))
    row, _kind = saying.line_of_touch(listening.Touched(behind, 0, Counts(1, 0, 1), None), 80)
    assert "乙医院" not in row


@journey
async def test_cards_that_are_turned_away(world: Deployment) -> None:
    uid = world.issue(WANG)
    for name in ("blank", "ticket"):
        shelf.new_card(world.folder, name)
    shelf.load(world.folder, "ticket").put(4, b"ticket 000000042")
    async with pilots.at(world.venue, "swipe") as pilot:
        await open_door(pilot)
        shown = await touch(pilot, world, "blank", "UNKNOWN CARD")
        assert "[ X ]" in shown
        assert "Refused 1" in shown
        await touch(pilot, world, "ticket", "FOREIGN CARD")
        give_pack(world.office, world.venue, uid)
        shown = await touch(pilot, world, WANG, "CARD BLOCKED")
        assert "王试验" in shown
        give_pack(world.office, world.venue)
        world.venue.record(world.venue.put("card", FIRST_CARD, state="cancelled"))
        await touch(pilot, world, WANG, "CARD CANCELLED")
        assert "Refused 4" in pilots.shown(pilot)
        assert "swipe" not in kinds(world.venue)


@journey
async def test_a_card_pulled_early_is_put_back(world: Deployment) -> None:
    world.issue(WANG)
    async with pilots.at(world.venue, "swipe") as pilot:
        await open_door(pilot)
        shown = await touch(pilot, world, WANG, "PUT THE CARD BACK", pull_after=5)
        assert "Refused 0" in shown
        await touch(pilot, world, WANG, "[ OK ]")
        assert kinds(world.venue).count("swipe") == 1


@journey
async def test_an_older_state_of_a_card_is_let_in_and_told(world: Deployment) -> None:
    world.issue(WANG)
    file = world.folder / f"{WANG}.mfd"
    old = file.read_bytes()
    async with pilots.at(world.venue, "swipe") as pilot:
        await open_door(pilot)
        await touch(pilot, world, WANG, "[ OK ]")
        file.write_bytes(old)
        world.clock.advance(3 * HOUR + 30 * MINUTE)
        shown = await touch(pilot, world, WANG, "OUT, COPY SUSPECTED")
        assert "it may be a copy" in shown


@journey
async def test_too_early_at_the_wrong_session(world: Deployment) -> None:
    world.issue(WANG)
    later = parse_utc(START) + 48 * HOUR
    courses.add_session(world.venue, "C0000001", later, later + HOUR, title="下午场")
    async with pilots.at(world.venue, "swipe") as pilot:
        await until(pilot, "Which session?")
        await press(pilot, "down", "enter")
        await until(pilot, "READY")
        shown = await touch(pilot, world, WANG, "TOO EARLY")
        assert "Wrong session? Open now is: 心电图新进展 (key s)" in shown
        await press(pilot, "s", "down", "enter")
        await until(pilot, "READY")
        await touch(pilot, world, WANG, "[ OK ]")
        world.clock.advance(12 * HOUR)
        shown = await touch(pilot, world, WANG, "TOO LATE")
        assert "Sign in from 07:00 to 11:00." in shown or "Sign out from" in shown


@journey
async def test_a_full_disk_is_an_outcome(world: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    world.issue(WANG)
    async with pilots.at(world.venue, "swipe") as pilot:
        await open_door(pilot)

        def full(*_: object) -> None:
            raise StoreError("STORE_FULL")

        with monkeypatch.context() as patch:
            patch.setattr(Station, "record", full)
            shown = await touch(pilot, world, WANG, "NOT RECORDED")
        assert "The disk is full." in shown
        await touch(pilot, world, WANG, "[ OK ]")


@journey
async def test_a_reader_that_is_pulled_out_and_plugged_in_again(
    world: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.issue(WANG)
    monkeypatch.setattr(posts, "RETRY_S", (0.01,))
    async with pilots.at(world.venue, "swipe") as pilot:
        await open_door(pilot)

        def gone(*_: object) -> None:
            raise ReaderError("READER_GONE")

        with monkeypatch.context() as patch:
            patch.setattr(SimulatedReader, "wait_for_card", gone)
            shown = await until(pilot, "READER GONE")
            assert "Is it plugged in?" in shown
            assert "! reader gone" in shown
        shown = await until(pilot, "The reader is back.")
        assert "! reader gone" not in shown
        await touch(pilot, world, WANG, "[ OK ]")


@journey
async def test_a_fault_beside_the_screen_is_told_and_r_starts_again(
    world: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.issue(WANG)
    async with pilots.at(world.venue, "swipe") as pilot:
        await open_door(pilot)
        with monkeypatch.context() as patch:
            patch.setattr(Swiping, "touch", lambda *_: 1 / 0)
            shown = await touch(pilot, world, WANG, "NO CARDS ARE TAKEN")
            await until(pilot, "The program made a mistake")
        assert "Press r to start again." in shown
        await press(pilot, "r")
        await until(pilot, "READY")
        await touch(pilot, world, WANG, "[ OK ]")


@journey
async def test_a_test_touch_records_nothing(world: Deployment) -> None:
    world.issue(WANG)
    async with pilots.at(world.venue, "swipe") as pilot:
        await open_door(pilot)
        before = (world.folder / f"{WANG}.mfd").read_bytes(), kinds(world.venue)
        assert "Esc ends the test." in await press(pilot, "t")
        shown = await touch(pilot, world, WANG, "nothing was recorded")
        assert "王试验 / 内科" in shown
        assert ((world.folder / f"{WANG}.mfd").read_bytes(), kinds(world.venue)) == before
        await touch(pilot, world, WANG, "[ OK ]")
        await press(pilot, "t", "escape")
        assert isinstance(pilot.app.screen, SwipeScreen)
        await touch(pilot, world, WANG, "ALREADY IN")


@journey
async def test_no_card_is_taken_while_the_screen_is_locked(world: Deployment) -> None:
    world.issue(WANG)
    async with pilots.at(world.venue, "swipe") as pilot:
        await open_door(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, SwipeScreen)
        assert screen.door is not None
        await press(pilot, "ctrl+l")
        assert screen.door.is_paused
        shelf.tap(world.folder, WANG)
        await pilot.pause(0.1)
        assert "swipe" not in kinds(world.venue)
        pilot.app.pop_screen()
        await until(pilot, "[ OK ]")


@journey
async def test_without_keys_for_cards_it_says_what_to_do(world: Deployment) -> None:
    world.venue.set_setting("card_keys", None)
    async with pilots.at(world.venue, "swipe") as pilot:
        await until(pilot, "Which session?")
        await press(pilot, "enter")
        shown = await until(pilot, "NO CARDS ARE TAKEN")
        assert "no keys for cards yet" in shown


@journey
async def test_without_any_session_it_says_what_to_do_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = venue_at_work(tmp_path, monkeypatch)
    made.office.close()
    made.venue.lay_pack([])
    async with pilots.at(made.venue, "swipe") as pilot:
        assert "THERE ARE NO SESSIONS" in pilots.shown(pilot)
        await press(pilot, "f")
        assert pilot.app.screen.panel is None  # type: ignore[attr-defined]


@journey
async def test_the_session_at_hand_is_open_again_at_the_next_start(world: Deployment) -> None:
    async with pilots.at(world.venue, "swipe") as pilot:
        await open_door(pilot)
        await press(pilot, "0", "1")
        await until(pilot, "READY")
        assert kinds(world.venue).count("session-open") == 1


@journey
async def test_the_refused_are_counted_until_the_session_is_closed(world: Deployment) -> None:
    shelf.new_card(world.folder, "blank")
    async with pilots.at(world.venue, "swipe") as pilot:
        await open_door(pilot)
        await touch(pilot, world, "blank", "Refused 1")
        await press(pilot, "0", "1")
        await until(pilot, "Refused 1")
        await press(pilot, "c", "y")
        await until(pilot, "NO SESSION IS OPEN")
        await press(pilot, "s", "enter")
        await until(pilot, "Refused 0")


@pytest.mark.parametrize(
    "name", ["[/x] [red]", "𠮷田😀家", "名" * 60, "שלום עולם", "张\n三\t\u202e\x1b[31m", ""], ids=str.encode
)
@journey
async def test_any_name_stays_on_its_line(world: Deployment, name: str) -> None:
    world.issue(WANG)
    world.venue.record(world.venue.put("person", WANG, name=name))
    async with pilots.at(world.venue, "swipe") as pilot:
        await open_door(pilot)
        shown = await touch(pilot, world, WANG, "[ OK ]")
        rows = shown.split("\n")
        assert all(cell_len(row) <= 80 for row in rows)
        assert not any(char in shown for char in "\x1b\u202e\t…")
        assert sum("内科" in row for row in rows) >= 1
        if "[" in name[:1]:
            assert f"{name} / 内科" in shown


@pytest.mark.parametrize(
    ("keys", "module", "function"),
    [
        ((), "sitting", "session_at_hand"),
        ((), "sitting", "offered"),
        (("enter",), "sitting", "open_session"),
        (("enter", "u"), "undoing", "last_touch"),
        (("enter", "f"), "finding", "find"),
        (("enter", "c"), "doorlist", "without_out"),
        (("enter", "m"), "sitting", "offered"),
    ],
)
@journey
async def test_whatever_fails_beside_the_screen_is_told(
    world: Deployment, monkeypatch: pytest.MonkeyPatch, keys: tuple[str, ...], module: str, function: str
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("seeded")

    where = f"icme_tui.operations.{module}.{function}"
    if not keys or function == "open_session":
        monkeypatch.setattr(where, fail)
    async with pilots.at(world.venue, "swipe") as pilot:
        if len(keys) == 2:
            await open_door(pilot)
            monkeypatch.setattr(where, fail)
        await press(pilot, *keys[-1:])
        await until(pilot, "The program made a mistake")


@journey
async def test_a_panel_over_the_outcome_cuts_no_character(world: Deployment) -> None:
    async with pilots.at(world.venue, "swipe", language="zh_CN") as pilot:
        await until(pilot, "哪个场次")
        await press(pilot, "enter")
        await until(pilot, "请刷卡")
        shown = await press(pilot, "f1")
        assert "\n 帮助\n 先打开场次" in shown


@journey
async def test_on_the_linux_console_only_its_glyphs_are_drawn(world: Deployment) -> None:
    world.issue(WANG)
    async with pilots.at(world.venue, "swipe", console=True) as pilot:
        await open_door(pilot)
        screens = [await touch(pilot, world, WANG, "[ OK ]")]
        for key in ("f", "g", "u", "m", "c", "s", "t"):
            screens.append(await press(pilot, key))
            await press(pilot, "escape")
        for shown in screens:
            shown.encode("cp437")
        assert "wang shi yan" in screens[0]
