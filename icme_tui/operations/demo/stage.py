"""The stage for somebody who wants to try the program: an office and two venues that know each other, a
session that is on right now, and a tray of simulated cards, the faulty ones too."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from icme_tui.clock import format_utc
from icme_tui.codes import RuleError
from icme_tui.devices import shelf
from icme_tui.operations import courses, exporting, presenting, sitting
from icme_tui.operations.demo import roster
from icme_tui.operations.demo.morning import STRANGER
from icme_tui.operations.demo.sites import PASSWORD, SWIFT, Sites, deliver_packs, enrol, found
from icme_tui.operations.demo.tray import TrayCard, lay_out, tray_of
from icme_tui.operations.founding import FIRST_OPERATOR
from icme_tui.operations.presenting import reader_of
from icme_tui.operations.sticks import remember
from icme_tui.operations.swiping import Swiping
from icme_tui.rules.window import Way
from icme_tui.station import Station, open_station

PEOPLE = 12
COMING = 4
"""People who swipe before the venue exports for the office of the demonstration."""
SESSION_MIN = 180

_MINUTE = 60_000


class Stage(NamedTuple):
    """Where the homes are."""

    venue: Path
    office: Path
    stick: Path


def stage_in(folder: Path) -> Stage | None:
    """The stage that stands in a folder, if there is one."""
    stage = Stage(folder / "v0007", folder / "office", folder / "stick")
    return stage if (stage.venue / "station.toml").is_file() else None


def is_over(folder: Path, now_s: float) -> bool:
    """Whether the session of a stage has ended; ``now_s`` in Unix seconds."""
    return now_s - (folder / "password.txt").stat().st_mtime > SESSION_MIN * 60


def set_stage(folder: Path, now_ms: int) -> Stage:
    """Set the stage in a new or empty folder. Raises RuleError ``DEMO_FOLDER``, ``DEMO_ROSTER``."""
    sites = found(folder, format_utc(now_ms - 120 * _MINUTE))
    try:
        enrol(sites)
        roster.import_people(sites, PEOPLE)
        lecture = _plan(sites, now_ms)
        deliver_packs(sites)
        cards = roster.issue_cards(sites)
        _send(sites)
        roster.block_last_card(sites)
        deliver_packs(sites)
        lay_out(sites.hospital, _tray(sites.hospital, cards))
        courses.open_session(sites.hospital, lecture)
        for station in (sites.office, *sites.venues):
            remember(station, sites.stick)
        for file in sites.stick.iterdir():
            file.unlink()
    finally:
        sites.close()
    stage = stage_in(folder)
    if stage is None:
        raise RuleError("DEMO_FAILED", step="stage")
    return stage


def bring_bundle(stage: Stage) -> None:
    """See that a bundle of the venue waits on the stick: if nothing was exported there, some people come in,
    one of them leaves again, and the venue exports it."""
    if any(stage.stick.glob("V0007-*.cmeb")):
        return
    with open_station(stage.venue, FIRST_OPERATOR, PASSWORD) as venue:
        _let_some_in(venue)
        exporting.export(venue, stage.stick)


def _let_some_in(venue: Station) -> None:
    session = sitting.session_at_hand(venue)
    good = [card.card for card in tray_of(venue) if not card.what][:COMING]
    if session is None:
        return
    reader = reader_of(venue, SWIFT)
    ways: list[tuple[Way, list[str]]] = [("in", good), ("out", good[:1])]
    for way, cards in ways:
        swiping = Swiping(venue, reader, session.id, way)
        for card in cards:
            shelf.tap(venue.folders.cards, card)
            swiping.touch(presenting.wait(reader, 1))
            shelf.remove(venue.folders.cards)
            reader.wait_for_removal(1)
    reader.close()


def _plan(sites: Sites, now_ms: int) -> str:
    """A session that began a quarter of an hour ago; its doors are open both ways, so that one can try."""
    start = now_ms - 15 * _MINUTE
    project = courses.add_project(sites.office, "心肺复苏新进展", "national")
    return courses.add_session(
        sites.office,
        project.course,
        start,
        start + SESSION_MIN * _MINUTE,
        mode="in_out",
        in_from_ms=start - 60 * _MINUTE,
        in_until_ms=start + (SESSION_MIN - 10) * _MINUTE,
        out_from_ms=start,
        out_until_ms=start + (SESSION_MIN + 60) * _MINUTE,
    )


def _tray(station: Station, cards: list[str]) -> list[TrayCard]:
    tray: list[TrayCard] = []
    for number, card in enumerate(cards):
        person = station.registry.get("person", card)
        name = str(person.body.get("name", "")) if person is not None else ""
        what = "blocked" if card == cards[-1] else "torn" if card == cards[-2] else ""
        tray.append(TrayCard(chr(ord("A") + number), card, name, what))
    return [*tray, TrayCard(chr(ord("A") + len(cards)), STRANGER, "", "stranger")]


def _send(sites: Sites) -> None:
    from icme_tui.operations import importing

    files = [sent.file for venue in sites.venues for sent in exporting.export(venue, sites.stick)]
    importing.import_files(sites.office, files)
