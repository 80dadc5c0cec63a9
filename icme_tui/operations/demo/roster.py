"""The people of the demonstration and their cards: a real spreadsheet, a card for everybody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from icme_tui import durable
from icme_tui.codes import RuleError
from icme_tui.devices import shelf
from icme_tui.operations import issuing, presenting, roster
from icme_tui.operations.demo.morning import STRANGER
from icme_tui.operations.demo.sites import SWIFT, Sites
from icme_tui.sheets import writing
from icme_tui.sheets.reading import read_book

ROSTER = Path(__file__).parents[3] / "tests" / "data" / "rosters" / "roster_300.xlsx"
"""300 invented people, made with a real spreadsheet program."""

MOST_PEOPLE = 300


def require_roster() -> None:
    """Raises RuleError ``DEMO_ROSTER`` where the program runs without its source tree."""
    if not ROSTER.exists():
        raise RuleError("DEMO_ROSTER", file=ROSTER.name)


def import_people(sites: Sites, people: int) -> None:
    """Import the first ``people`` of the roster at the office. Raises RuleError ``DEMO_ROSTER``."""
    require_roster()
    path = ROSTER
    if people < MOST_PEOPLE:
        path = sites.folder / "roster.xlsx"
        book = read_book(ROSTER)
        first = book.sheets[0]
        shorter = first._replace(rows=first.rows[: people + 1])
        durable.write_atomic(path, writing.write_marked(book._replace(sheets=[shorter]), None))
    plan = roster.plan_import(sites.office, path, create_units=True)
    if plan.errors or len(plan.new) != people:
        raise RuleError("DEMO_FAILED", step="roster")
    roster.apply(sites.office, plan)


def issue_cards(sites: Sites, step: Callable[[], None] = lambda: None) -> list[str]:
    """A card for everybody, named by the person's code, written at the hospital; and one that is nobody's."""
    station = sites.hospital
    folder = station.folders.cards
    reader = presenting.reader_of(station, SWIFT)
    shelf.new_card(folder, STRANGER)
    codes = [person.id for person in station.registry.all("person")]
    for code in codes:
        shelf.new_card(folder, code)
        shelf.tap(folder, code)
        issuing.issue_card(station, reader, presenting.wait(reader, 1), code)
        shelf.remove(folder)
        reader.wait_for_removal(1)
        step()
    reader.close()
    return codes


def block_last_card(sites: Sites) -> None:
    """The office blocks one card as lost; its number goes out with the next pack."""
    card = list(sites.office.registry.all("card"))[-1]
    sites.office.record(sites.office.put("card", card.id, state="lost"))
