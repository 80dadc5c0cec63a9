"""Whatever happens to homes, sticks and keys, nothing that was promised is lost and both offices agree.

Of a venue that an office has revoked that means: what it lets count. The keys of the office itself are
rotated in a machine of their own (``test_key_machine``), for its two homes could not tell each other.

The machine works on real stations with real bundles. Each control puts a defect in, with which the machine
must fail.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from icme_tui import marks
from icme_tui.bundles.trust import Trust
from icme_tui.operations import exporting, importing, receipts, revoking
from icme_tui.station import Station
from tests.support import stations
from tests.support.exchanges import Exchange
from tests.support.journeys import STICKS, VENUES, forget_the_disk

MOST_VENUE_HOMES = 4
MOST_BACKUPS = 4
MOST_REPLACED = 2

some = st.integers(0, 11)
sticks = st.sampled_from(STICKS)
counts = st.sampled_from((1, 2, 3, 70))


class ExchangeMachine(RuleBasedStateMachine):
    """Two homes of one office, venue homes, sticks."""

    prepared: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.world = Exchange(self.prepared)

    def _venue(self, which: int) -> Any:
        return self.world.venues[which % len(self.world.venues)]

    def _office(self, which: int) -> Any:
        return self.world.offices[which % 2]

    def _any(self, which: int) -> Any:
        return self.world.seats[which % len(self.world.seats)]

    @rule(at=some, count=counts)
    def swipe(self, at: int, count: int) -> None:
        self.world.swipe(self._venue(at), count)

    @rule(at=some, count=counts)
    def note(self, at: int, count: int) -> None:
        self.world.note(self._venue(at), count)

    @rule(at=some)
    def void(self, at: int) -> None:
        self.world.void(self._venue(at))

    @rule(at=some)
    def add_person(self, at: int) -> None:
        self.world.add_person(self._venue(at))

    @rule(at=some, stick=sticks)
    def export(self, at: int, stick: str) -> None:
        self.world.export(self._venue(at), stick)

    @rule(at=some, stick=sticks)
    def take_in(self, at: int, stick: str) -> None:
        self.world.take_in(self._office(at), stick)

    @rule(at=some, code=st.sampled_from(VENUES), stick=sticks)
    def send_receipts(self, at: int, code: str, stick: str) -> None:
        self.world.send_pack(self._office(at), code, stick)

    @rule(at=some, stick=sticks)
    def take_receipts(self, at: int, stick: str) -> None:
        self.world.take_pack(self._venue(at), stick)

    @rule(at=some, office=some, stick=sticks)
    def round_trip(self, at: int, office: int, stick: str) -> None:
        seat = self._venue(at)
        self.world.export(seat, stick)
        self.world.take_in(self._office(office), stick)
        self.world.send_pack(self._office(office), seat.station.code, stick)
        self.world.take_pack(seat, stick)

    @rule(stick=sticks)
    def lose(self, stick: str) -> None:
        self.world.lose(stick)

    @rule(at=some)
    def restart(self, at: int) -> None:
        self.world.restart(self._any(at))

    @rule(at=some, ms=st.sampled_from((-3 * 86_400_000, -3_600_000, 3_600_000, 3 * 86_400_000)))
    def set_clock(self, at: int, ms: int) -> None:
        self.world.set_clock(self._any(at), ms)

    @precondition(lambda self: sum(bool(one.of) for one in self.world.backups) < MOST_BACKUPS)
    @rule(at=some, by_hand=st.booleans())
    def back_up(self, at: int, by_hand: bool) -> None:
        self.world.back_up(self._any(at), by_hand=by_hand)

    @precondition(lambda self: self.world.backups)
    @rule(at=some, which=some)
    def restore(self, at: int, which: int) -> None:
        self.world.restore(self._any(at), which)

    @precondition(lambda self: len(self.world.venues) < MOST_VENUE_HOMES)
    @rule(at=some, same_computer=st.booleans())
    def copy(self, at: int, same_computer: bool) -> None:
        self.world.copy(self._venue(at), same_computer=same_computer)

    @rule(at=some)
    def rotate(self, at: int) -> None:
        self.world.rotate(self._venue(at))

    @rule(at=some, code=st.sampled_from(VENUES), stick=st.none() | sticks, keep_received=st.booleans())
    def revoke(self, at: int, code: str, stick: str | None, keep_received: bool) -> None:
        self.world.revoke(self._office(at), code, stick, keep_received=keep_received)

    @rule(code=st.sampled_from(VENUES))
    def replace(self, code: str) -> None:
        if self.world.replaced[code] < MOST_REPLACED:
            self.world.replace(code)

    @rule(at=some, which=some, release=st.booleans())
    def decide(self, at: int, which: int, release: bool) -> None:
        self.world.decide(self._office(at), which, release=release)

    @rule(at=some, ms=st.sampled_from((-3_600_000, 60_000, 0)))
    def adjust(self, at: int, ms: int) -> None:
        self.world.adjust(self._venue(at), ms)

    def teardown(self) -> None:
        try:
            self.world.settle()
            self.world.check()
        finally:
            self.world.close()


@pytest.fixture(autouse=True)
def _folders(prepared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forget_the_disk(monkeypatch)
    stations.weaken_passwords(monkeypatch)
    ExchangeMachine.prepared = prepared


TestExchange = ExchangeMachine.TestCase
TestExchange.settings = settings(
    max_examples=max(12, settings.default.max_examples // 10),
    stateful_step_count=30,
    phases=[Phase.generate],  # to make a failing journey shorter takes many minutes
)


def fails() -> None:
    """The machine must find the defect that stands in the program now."""
    quickly = settings(
        max_examples=200,
        stateful_step_count=30,
        phases=[Phase.generate],
        database=None,
        report_multiple_bugs=False,
    )
    with pytest.raises(AssertionError):
        run_state_machine_as_test(ExchangeMachine, settings=quickly)


def test_control_no_new_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "why_new_epoch", lambda *_: None)
    fails()


def test_control_receipts_that_cover_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    def gullible(station: Station, rows: list[dict[str, Any]]) -> bool:
        tops = {epoch: station.top(code, epoch) for code, epoch in station.sources() if code == station.code}
        told = {epoch: {"pos": pos, "head": head.hex()} for epoch, (pos, head) in tops.items()}
        station.set_setting("receipts", told)
        return True

    monkeypatch.setattr(receipts, "take_receipts", gullible)
    fails()


def test_control_export_from_the_last_export(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(station: Station, epoch: str) -> tuple[int, str]:
        pos = int(station.setting("exported", {}).get(epoch, 0))
        head = station.head(station.code, epoch, pos)
        return pos, head.hex() if head else "0" * 64

    monkeypatch.setattr(exporting.receipts, "receipted", careless)
    fails()


def test_control_the_revoked_are_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    before = importing._trust
    monkeypatch.setattr(importing, "_trust", lambda *given: Trust(before(*given).signers))
    fails()


def test_control_nothing_of_the_revoked_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    before = revoking.good_marks
    monkeypatch.setattr(
        revoking, "good_marks", lambda record, decided: before(record, {key: {} for key in decided})
    )
    fails()


def test_control_a_rotation_is_not_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Station, "successor_for", lambda *_: None)
    fails()
