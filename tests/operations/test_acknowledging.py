"""What a venue is told of its facts, and what was set aside at the office."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from icme_tui import facts
from icme_tui.operations import acknowledging, importing, quarantine, receipts
from tests.support import stations
from tests.support.pairs import MINUTE, Pair

HOUR = 60 * MINUTE


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    stations.weaken_passwords(monkeypatch)
    made = Pair(tmp_path)
    yield made
    made.close()


def test_facts_are_recorded_then_exported_then_receipted(pair: Pair) -> None:
    pair.join()
    pair.note(2)
    (now,) = acknowledging.epochs(pair.venue)
    assert (now.recorded > 2, now.exported, now.receipted, now.is_current) == (True, 0, 0, True)
    bundle = pair.export()
    sent = now.recorded
    (now,) = acknowledging.epochs(pair.venue)
    assert (now.recorded, now.exported, now.receipted) == (sent, sent, 0)
    importing.import_files(pair.office, [bundle])
    pair.renew()
    (now,) = acknowledging.epochs(pair.venue)
    assert (now.exported, now.receipted) == (sent, sent)
    assert now.receipt_at == "2026-09-25T08:04:00Z"
    assert now.bundles == [acknowledging.Bundle(1, "accepted", "OK")]
    assert now.refused == 0


def test_a_refused_fact_is_shown_with_its_code(pair: Pair) -> None:
    pair.join()
    pair.clock.advance(60_000)
    [place] = pair.venue.record(pair.venue.put("course", "C0070001", title="not a venue's to make"))
    importing.import_files(pair.office, [pair.export()])
    pair.renew()
    (now,) = acknowledging.epochs(pair.venue)
    assert now.refused == 1
    [refused] = acknowledging.refused_facts(pair.venue, now.epoch)
    assert (refused.p, refused.code, refused.kind, refused.by) == (place.p, "NOT_ALLOWED", "course", "admin")


def test_what_another_station_names_is_no_epoch_of_ours(pair: Pair) -> None:
    pair.join()
    before = list(receipts.rows_for(pair.office, "V0007", ""))
    with pair.office.writing():
        pair.office.record(facts.Void(target=["V0007", "invented", 1]))
    assert list(receipts.rows_for(pair.office, "V0007", "")) == before


def test_what_counts_is_not_called_refused(pair: Pair) -> None:
    """The clock of the venue runs ahead: its facts are ordered by their import, and count."""
    pair.join()
    pair.clock.advance(HOUR)
    pair.note()
    bundle = pair.export()
    pair.clock.advance(-HOUR)
    importing.import_files(pair.office, [bundle])
    assert any(flag.startswith("CLOCK_AHEAD:V0007/") for flag in pair.office.flags())
    [row] = receipts.rows_for(pair.office, "V0007", "")
    assert [bundle["rejected"] for bundle in row["bundles"]] == [[]]


def test_what_was_refused_long_ago_is_still_told(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """The venue went on in a new epoch, and has sent many bundles of that since."""
    monkeypatch.setattr(receipts, "KEPT", 2)
    pair.join()
    pair.venue.record(pair.venue.put("course", "C0070001", title="not a venue's to make"))
    first = pair.venue.epoch
    importing.import_files(pair.office, [pair.export()])
    pair.venue.begin_epoch("RESTORED")
    for _ in range(3):
        pair.note()
        importing.import_files(pair.office, [pair.export()])
    rows = receipts.rows_for(pair.office, "V0007", "")
    told = {row["epoch"]: row["bundles"][-1]["rejected"] for row in rows}
    assert [each["code"] for each in told[first]] == ["NOT_ALLOWED"]


def test_a_receipt_with_odd_parts_keeps_its_position(pair: Pair) -> None:
    from icme_tui.operations.receipts import take_receipts

    pair.venue.record(facts.Note(text="one"))
    epoch = pair.venue.epoch
    top, head = pair.venue.top("V0007", epoch)
    row = {"venue": "V0007", "epoch": epoch, "pos": top, "head": head.hex(), "office_time": 5}
    odd: list[object] = [None, 3, {}, [{}], [{"seq": "x", "rejected": [{"p": "1", "code": 2}, 7]}]]
    for bundles in odd:
        assert take_receipts(pair.venue, [{**row, "bundles": bundles}])
        (now,) = acknowledging.epochs(pair.venue)
        assert (now.receipted, now.bundles, now.refused, now.receipt_at) == (top, [], 0, "")


def test_what_was_set_aside_is_listed_with_its_reason(pair: Pair) -> None:
    pair.join()
    bundle = pair.export()
    bad = pair.stick / "bad.cmeb"
    bad.write_bytes(bundle.read_bytes()[:-1])
    assert quarantine.kept_files(pair.office) == []
    importing.import_files(pair.office, [bad])
    [kept] = quarantine.kept_files(pair.office)
    assert (kept.name, kept.code, kept.by, kept.at) == (
        "bad.cmeb", "CONTAINER", "admin", "2026-09-25T08:02:00Z",
    )  # fmt: skip
    kept.file.with_suffix(".json").write_text("no json")
    [kept] = quarantine.kept_files(pair.office)
    assert (kept.name, kept.code) == ("", "")
