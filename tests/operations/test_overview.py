"""What stands at a station: the sessions that still need somebody."""

from __future__ import annotations

from pathlib import Path

import pytest

from icme_tui.operations import courses, importing, packing, releasing, sitting
from icme_tui.operations.overview import overview
from icme_tui.screens.start import needs
from tests.support import pilots, stations
from tests.support.pairs import Pair


def test_a_session_that_was_closed_here_needs_nobody_until_it_is_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = pilots.deployed(tmp_path, monkeypatch)
    venue, code = made.venue, made.session

    def asks() -> list[str]:
        return [need.text for need in needs(overview(venue), "venue") if "Session" in need.text]

    assert len(asks()) == 1
    sitting.open_session(venue, code)
    assert len(asks()) == 1
    courses.close_session(venue, code)
    assert asks() == []
    sitting.open_session(venue, code)
    assert len(asks()) == 1
    venue.close()
    made.office.close()


def test_a_roster_is_old_by_its_age_or_by_the_date_of_its_office(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stations.weaken_passwords(monkeypatch)
    pair = Pair(tmp_path)
    pair.join()
    assert not overview(pair.venue).is_stale
    pair.clock.advance(15 * 24 * 3600 * 1000)
    assert (overview(pair.venue).is_stale, overview(pair.venue).is_expired) == (True, False)
    file = packing.write_pack(pair.office, "V0007", pair.stick, days=1).sent.file
    importing.import_files(pair.venue, [file])
    assert not overview(pair.venue).is_stale
    pair.clock.advance(25 * 3600 * 1000)
    assert (overview(pair.venue).is_stale, overview(pair.venue).is_expired) == (True, True)
    pair.close()


def test_an_office_is_told_what_waits_for_a_decision_and_who_owes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stations.weaken_passwords(monkeypatch)
    pair = Pair(tmp_path)
    pair.join()
    (pair.stick / "odd.cmeb").write_bytes(b"nothing")
    importing.import_files(pair.office, [pair.stick / "odd.cmeb"])
    found = overview(pair.office)
    assert (found.aside, found.owing) == (1, 1)
    releasing.reject(pair.office, "odd.cmeb", "a damaged stick")
    pair.office_takes(pair.export())
    found = overview(pair.office)
    assert (found.aside, found.owing) == (0, 0)
    pair.close()
