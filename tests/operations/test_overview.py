"""What stands at a station: the sessions that still need somebody."""

from __future__ import annotations

from pathlib import Path

import pytest

from icme_tui.operations import courses, sitting
from icme_tui.operations.overview import overview
from icme_tui.screens.start import needs
from tests.support import pilots


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
