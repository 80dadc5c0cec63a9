"""The round trip from nothing to credits, and a summary whose figures must add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from icme_tui.clock import format_utc
from icme_tui.codes import RuleError
from icme_tui.operations import auditing, courses, crediting, exporting, importing
from icme_tui.operations.demo import morning, roster
from icme_tui.operations.demo.morning import Agenda, Touches, moment
from icme_tui.operations.demo.sites import Sites, deliver_packs, enrol, found

LEAST_PEOPLE = 10

Progress = Callable[[str, int], AbstractContextManager[Callable[[], None]]]
"""A progress bar: what is done (``cards``, ``swipes``) and how many steps it takes, giving the step."""


class Summary(NamedTuple):
    """What the round trip came to."""

    folder: Path
    people: int
    cards: int
    touches: int
    accepted: int
    refused: dict[str, int]
    bundles: dict[str, int]
    """File name → bytes."""
    swipe_bytes: float
    """Bytes of the hospital's bundle for each of its swipes."""
    first_import: dict[str, int]
    second_import: dict[str, int]
    credits: dict[str, int]
    """Hundredths: class_1, class_2."""
    not_counted: dict[str, int]
    """Credit rows by reason."""
    flags: dict[str, int]
    """Flags at the office by code."""
    checks: dict[str, bool]
    """What must hold for the figures to add up."""


def run(folder: Path, people: int, progress: Progress) -> Summary:
    """Go through the whole round trip below ``folder``, which must be new or empty.

    Raises RuleError ``DEMO_FOLDER``, ``DEMO_PEOPLE``, ``DEMO_ROSTER``.
    """
    if not LEAST_PEOPLE <= people <= roster.MOST_PEOPLE:
        raise RuleError("DEMO_PEOPLE", least=LEAST_PEOPLE, most=roster.MOST_PEOPLE)
    roster.require_roster()
    day = datetime.now().astimezone().date() - timedelta(
        days=1
    )  # yesterday: the clocks of this machine are then past it
    sites = found(folder, format_utc(moment(day, 6, 30)))
    try:
        return _run(sites, day, people, progress)
    finally:
        sites.close()


def _run(sites: Sites, day: date, people: int, progress: Progress) -> Summary:
    enrol(sites)
    roster.import_people(sites, people)
    agenda = morning.plan_day(sites, day)
    deliver_packs(sites)
    with progress("cards", people) as step:
        cards = roster.issue_cards(sites, step)
    _send(sites)
    roster.block_last_card(sites)
    deliver_packs(sites)
    touches = Touches()
    courses.open_session(sites.hospital, agenda.lecture)
    with progress("swipes", 2 * len(cards)) as step:
        morning.swipe_lecture(sites, agenda, day, cards, touches, step)
    courses.close_session(sites.hospital, agenda.lecture)
    morning.swipe_ward_round(sites, agenda, day, cards, touches)
    return _summary(sites, agenda, touches, cards, _send(sites))


class _Trip(NamedTuple):
    bundles: dict[str, int]
    first: dict[str, int]
    second: dict[str, int]


def _send(sites: Sites) -> _Trip:
    """Both venues export to the stick; the office imports it, and imports it again."""
    bundles: dict[str, int] = {}
    files: list[Path] = []
    for venue in sites.venues:
        for sent in exporting.export(venue, sites.stick):
            bundles[sent.file.name] = sent.bytes
            files.append(sent.file)
    first = morning.totals(importing.import_files(sites.office, files))
    second = morning.totals(importing.import_files(sites.office, files))
    return _Trip(bundles, first, second)


def _summary(sites: Sites, agenda: Agenda, touches: Touches, cards: list[str], trip: _Trip) -> Summary:
    office = sites.office
    report = crediting.credits(office)
    taps = [tap for session in agenda for tap in office.taps(session)]
    attended = crediting.attendance_of(office, agenda.lecture)
    by_class = {
        f"class_{cls}": sum(row.after_year_c for row in report.rows if row.cls == cls) for cls in (1, 2)
    }
    not_counted = Counter(row.reason for row in report.rows if row.reason)
    flags = Counter(flag.partition(":")[0] for flag in [*office.flags(), *report.flags])
    at_hospital = sum(1 for tap in taps if tap.station == sites.hospital.code)
    checks = {
        "every accepted swipe is at the office": len(taps) == touches.accepted,
        "everybody was at the lecture but the holder of the blocked card": len(attended) == len(cards) - 1,
        "the second import brought nothing new": trip.second["new"] == 0
        and trip.second["known"] >= trip.first["new"],
        "the chains hold": not any(report.problems for report in auditing.verify(office)),
        "the projections agree with the journal": not any(office.rebuild(check=True).values()),
    }
    largest = max(trip.bundles.values())
    return Summary(
        sites.folder,
        sum(1 for _ in office.registry.all("person")),
        sum(1 for _ in office.registry.all("card")),
        sum(touches.outcomes.values()),
        touches.accepted,
        touches.refused,
        trip.bundles,
        round(largest / max(1, at_hospital), 1),
        trip.first,
        trip.second,
        by_class,
        dict(sorted(not_counted.items())),
        dict(sorted(flags.items())),
        checks,
    )
