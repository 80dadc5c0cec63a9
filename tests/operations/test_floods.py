"""A bundle of more facts than are held decoded is taken in by portions: what comes of it is the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from icme_tui import facts
from icme_tui.bundles import check
from icme_tui.operations import auditing, importing
from tests.support import stations
from tests.support.pairs import Pair


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    stations.weaken_passwords(monkeypatch)
    made = Pair(tmp_path)
    made.join()
    yield made
    made.close()


def by_portions_of(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "AT_ONCE", count)
    monkeypatch.setattr(importing, "AT_ONCE", count)


@pytest.mark.parametrize("count", [1, 7, 70, 1000])
def test_portions_do_not_show(pair: Pair, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    pair.note(150)
    swipe = facts.Swipe(person="P1", course="C1", session="S1", dir="in")
    [place] = pair.venue.record(swipe)
    pair.venue.record(facts.replace(swipe, dir="out"), facts.Void(target=[*place]))
    by_portions_of(count, monkeypatch)
    bundle = pair.export()
    top, head = pair.venue.top("V0007", pair.venue.epoch)
    taken = pair.office_takes(bundle)
    assert (taken.code, taken.new, taken.known) == ("OK", top, 0)
    assert pair.office.top("V0007", pair.venue.epoch) == (top, head)
    assert [tap.dir for tap in pair.office.taps("S1")] == ["out"]
    assert not any(report.problems for report in auditing.verify(pair.office))
    assert not any(pair.office.rebuild(check=True).values())
    again = pair.office_takes(bundle)
    assert (again.code, again.new, again.known) == ("OK", 0, top)


def test_a_line_out_of_place_in_a_later_portion_is_found(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    pair.note(20)
    by_portions_of(4, monkeypatch)
    bundle = pair.export()
    honest = facts.decode_many
    monkeypatch.setattr(
        facts,
        "decode_many",
        lambda lines: [fact and facts.replace(fact, p=fact.p + (fact.p > 10)) for fact in honest(lines)],
    )
    assert pair.office_takes(bundle).code == "COUNT"
