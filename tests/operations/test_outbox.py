"""Of every fact the venue knows whether it is recorded, exported or receipted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from icme_tui import facts
from icme_tui.codes import RuleError
from icme_tui.operations import exporting, importing
from icme_tui.operations.outbox import Outbox, outbox
from tests.support import stations
from tests.support.pairs import Pair

DAY = 24 * 3600 * 1000


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    stations.weaken_passwords(monkeypatch)
    made = Pair(tmp_path)
    made.join()
    yield made
    made.close()


def told(found: Outbox) -> list[tuple[int, int, str, int]]:
    return [(one.first, one.last, one.state, one.bundles) for one in found.stretches]


def top(pair: Pair) -> int:
    return pair.venue.top("V0007", pair.venue.epoch)[0]


def test_facts_go_from_recorded_by_exported_to_receipted(pair: Pair, tmp_path: Path) -> None:
    pair.note(2)
    first = top(pair)
    assert told(outbox(pair.venue)) == [(1, first, "recorded", 0)]
    lost = pair.export()
    pair.note()
    second = top(pair)
    found = outbox(pair.venue)
    assert told(found) == [(1, first, "exported", 1), (first + 1, second, "recorded", 0)]
    assert (found.stretches[0].folder, found.stretches[0].file) == (str(lost.parent), lost.name)
    lost.unlink()
    again = tmp_path / "another"
    again.mkdir()
    pair.stick = again
    bundle = pair.export()
    found = outbox(pair.venue)
    assert told(found) == [(1, first, "exported", 2), (first + 1, second, "exported", 1)]
    assert {one.folder for one in found.stretches} == {str(again)}
    pair.office_takes(bundle)
    pair.renew()
    third = top(pair)
    found = outbox(pair.venue)
    assert told(found) == [(1, second, "receipted", 0), (second + 1, third, "recorded", 0)]
    assert (found.recorded, found.exported, found.receipted) == (third, second, second)


def test_a_receipt_that_goes_back_sends_the_facts_again(pair: Pair) -> None:
    pair.note(3)
    pair.office_takes(pair.export())
    pair.renew()
    epoch = pair.venue.epoch
    back = pair.venue.head("V0007", epoch, 2)
    assert back is not None
    before = top(pair)
    receipts = {epoch: {"pos": 2, "head": back.hex(), "at": "2026-09-25T08:00:00Z"}}
    pair.venue.set_setting("receipts", receipts)
    states = [(one.first, one.state) for one in outbox(pair.venue).stretches]
    assert states[:2] == [(1, "receipted"), (3, "exported")]
    (sent,) = exporting.export(pair.venue, pair.stick)
    assert (sent.first, sent.last) == (3, before)


def test_a_stick_that_is_not_receipted_for_weeks_is_late(pair: Pair) -> None:
    assert outbox(pair.venue).late_days is None
    pair.export()
    pair.clock.advance(14 * DAY)
    assert (outbox(pair.venue).late_days, outbox(pair.venue).is_late) == (14, False)
    pair.clock.advance(DAY)
    assert outbox(pair.venue).is_late


def test_an_epoch_before_is_told_behind_the_one_in_use(pair: Pair) -> None:
    pair.export()
    old = pair.venue.epoch
    pair.venue.begin_epoch("OTHER_MACHINE")
    assert [one.epoch for one in outbox(pair.venue).stretches] == [pair.venue.epoch, old]


def test_what_was_exported_before_anybody_noted_where_is_exported(pair: Pair) -> None:
    pair.note()
    pair.export()
    pair.venue.set_setting("exports", [])
    assert told(outbox(pair.venue)) == [(1, top(pair), "exported", 0)]


def test_a_touch_at_a_session_that_nobody_planned_is_told_with_its_code(pair: Pair) -> None:
    [place] = pair.venue.record(facts.Swipe(person="P1", course="C9", session="S9", dir="in", card="04AA"))
    pair.office_takes(pair.export())
    pair.renew()
    [(epoch, refused)] = outbox(pair.venue).refused
    assert (epoch, refused.p, refused.code) == (pair.venue.epoch, place.p, "UNKNOWN_COURSE")
    pair.office.record(
        pair.office.put(
            "session", "S9", course="C9", start="2026-09-25T08:00:00Z", end="2026-09-25T09:00:00Z"
        )
    )
    pair.renew()
    assert outbox(pair.venue).refused == []


def test_a_receipt_names_only_so_many_refused_facts(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("icme_tui.operations.receipts.MOST_REFUSED", 3)
    pair.venue.record(
        *(facts.Swipe(person="P1", course="C9", session="S9", dir="in", card="04AA") for _ in range(9))
    )
    importing.import_files(pair.office, [pair.export()])
    pair.renew()
    assert len(outbox(pair.venue).refused) == 3


def test_an_office_has_none(pair: Pair) -> None:
    with pytest.raises(RuleError, match="VENUE_ONLY"):
        outbox(pair.office)
