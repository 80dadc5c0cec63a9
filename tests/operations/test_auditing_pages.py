"""The journal in pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icme_tui import facts
from icme_tui.operations import auditing
from icme_tui.operations.auditing import Wanted
from icme_tui.station import Station
from tests.support import stations


@pytest.fixture
def station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Station]:
    stations.weaken_passwords(monkeypatch)
    made = stations.venue(tmp_path / "home")
    made.record(*(facts.Note(text=f"note {number:02d}") for number in range(30)))
    yield made
    made.close()


def test_the_newest_come_first(station: Station) -> None:
    shown, total = auditing.page(station, Wanted(kind="note"), 0, 3)
    assert total == 30
    assert [one.fields["text"] for one in shown] == ["note 29", "note 28", "note 27"]


def test_words_are_looked_for_in_everything_that_is_shown(station: Station) -> None:
    shown, total = auditing.page(station, Wanted(words=("NOTE", "17")))
    assert (total, [one.fields["text"] for one in shown]) == (1, ["note 17"])


@given(st.integers(1, 9))
def test_pages_put_together_are_everything(size: int) -> None:
    station = _made[0]
    total = auditing.page(station, Wanted())[1]
    pages = [auditing.page(station, Wanted(), first, size)[0] for first in range(0, total, size)]
    everything = auditing.show(station, limit=total)
    assert [one for page in pages for one in page] == everything[::-1]


_made: list[Station] = []


@pytest.fixture(autouse=True)
def _keep(station: Station) -> Iterator[None]:
    _made[:] = [station]
    yield
    _made.clear()
