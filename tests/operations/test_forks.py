"""A home was copied as it lay on its disk, and both copies went on: the office decides what counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from icme_tui import facts
from icme_tui.codes import RuleError
from icme_tui.operations import auditing, forks, receipts
from icme_tui.station import Station
from tests.support import stations
from tests.support.copies import Copied
from tests.support.pairs import MINUTE


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Copied]:
    stations.weaken_passwords(monkeypatch)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    made = Copied(tmp_path)
    yield made
    made.pair.close()


@pytest.fixture
def forked(copied: Copied) -> Copied:
    """A fork that waits for a decision."""
    copied.fork()
    return copied


def office_of(world: Copied) -> Station:
    return world.pair.office


def test_nothing_of_a_fork_counts_before_it_is_decided(forked: Copied) -> None:
    assert forked.credited() == {}
    [fork] = forks.forks(office_of(forked))
    problems = [each for report in auditing.verify(office_of(forked)) for each in report.problems]
    assert problems == [f"FORK:{place}" for place in range(fork.first, fork.last + 1)]
    p = forked.common
    assert (fork.station, fork.epoch) == ("V0007", forked.epoch)
    assert fork.first == p + 1
    assert fork.name == f"V0007/{forked.epoch}/{fork.first}-{fork.last}"
    assert len(fork.sides) == 2
    assert {side.boots for side in fork.sides} == {("0" * 32,), ("c" * 32,)}


def test_each_line_is_laid_to_its_copy(forked: Copied) -> None:
    [fork] = forks.forks(office_of(forked))
    told = [line for line in forks.lines(office_of(forked), fork) if line.kind == "swipe"]
    names = {side.boots[0][0]: side.number for side in fork.sides}
    assert [line.person for line in told if line.side == names["0"]] == ["张示例", "张示例"]
    assert {line.person for line in told if line.side == names["c"]} >= {"李示例"}
    assert {line.session for line in told} == {"某项目"}


def test_what_each_side_would_count_for_and_what_it_then_does(forked: Copied) -> None:
    office = office_of(forked)
    [fork] = forks.forks(office)
    one, other = forked.people
    number = {side.boots[0][0]: side.number for side in fork.sides}
    found = {outcome.keep: outcome.changes for outcome in forks.outcomes(office, fork)}

    def earned(keep: tuple[int, ...]) -> set[str]:
        return {change.person for change in found[keep] if change.after and change.after.credits_c}

    assert earned((number["0"],)) == {one}
    assert earned((number["c"],)) == {other}
    assert earned((1, 2)) == {one, other}
    assert forked.credited() == {}
    assert (
        forks.resolve(office, fork, {number["0"]}, " the laptop of the hall ") == fork.last - fork.first + 1
    )
    assert set(forked.credited()) == {one}
    assert forks.forks(office) == []
    assert [report.problems for report in auditing.verify(office)] == [[], []]
    assert not any(office.rebuild(check=True).values())


def test_a_decision_can_be_changed_by_a_later_one_only_as_a_whole(forked: Copied) -> None:
    office = office_of(forked)
    [fork] = forks.forks(office)
    forks.resolve(office, fork, {1, 2}, "both are true")
    assert set(forked.credited()) == set(forked.people)
    with pytest.raises(RuleError) as caught:
        forks.resolve(office, fork, {1}, "no")
    assert caught.value.code == "NO_FORK"


def test_part_of_a_fork_can_be_decided_by_itself(forked: Copied) -> None:
    office = office_of(forked)
    [fork] = forks.forks(office)
    part = forks.find(office, f"V0007/{forked.epoch[:6]}/{fork.first}")
    assert (part.first, part.last) == (fork.first, fork.first)
    assert forks.resolve(office, part, (), "neither") == 1
    [rest] = forks.forks(office)
    assert (rest.first, rest.last) == (fork.first + 1, fork.last)


@pytest.mark.parametrize("name", ["V0007", "V0007/f/1", "V0008/e/1", "V0007//99999", "V0007//x-2", ""])
def test_a_fork_is_named_by_its_places(forked: Copied, name: str) -> None:
    office = office_of(forked)
    if name == "V0007":
        assert forks.find(office, name) == forks.forks(office)[0]
        return
    with pytest.raises(RuleError) as caught:
        forks.find(office, name.replace("/f/", "/x/"))
    assert caught.value.code == "NO_FORK"


def test_what_is_refused(forked: Copied) -> None:
    office = office_of(forked)
    [fork] = forks.forks(office)
    for keep, reason, code in (({1}, " ", "REASON_MISSING"), ({3}, "so", "NO_SIDE"), ({0}, "so", "NO_SIDE")):
        with pytest.raises(RuleError) as caught:
            forks.resolve(office, fork, keep, reason)
        assert caught.value.code == code


def test_both_copies_get_receipts_and_part(forked: Copied) -> None:
    """The office's head is that of neither, so both begin an epoch; what it holds of each is receipted."""
    office, epoch = office_of(forked), forked.epoch
    [row] = [row for row in receipts.rows_for(office, "V0007", "") if row["epoch"] == epoch]
    last = forked.pair.venue.top("V0007", epoch)[0]
    forked.pair.renew()
    assert forked.pair.venue.epoch != epoch
    assert receipts.receipted(forked.pair.venue, epoch)[0] == last
    assert [pos for pos, _head in row["also"]].count(last) == 1


def test_after_the_decision_a_copy_is_no_more_refused(forked: Copied) -> None:
    office = office_of(forked)
    [fork] = forks.forks(office)
    forks.resolve(office, fork, {1}, "the laptop of the hall")
    forked.touch(forked.people[0], "out", 1)
    taken = forked.carry()
    assert (taken.code, taken.new, forks.forks(office)) == ("OK", 1, [])


def test_control_lines_that_do_not_follow_each_other(forked: Copied, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = forks._unlikely
    monkeypatch.setattr(forks, "_unlikely", lambda before, pair: -honest(before, pair))
    [fork] = forks.forks(office_of(forked))
    assert all(len(side.boots) == 2 for side in fork.sides)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[list[facts.Note]], list[list[int]]]:
    """What two or three copies wrote at the same places, and in which order the lines of a place are met."""
    copies = draw(st.integers(2, 3))
    length = draw(st.integers(1, 6))
    same_boot = draw(st.booleans())
    written: list[list[facts.Note]] = []
    for copy in range(copies):
        minute, notes = draw(st.integers(0, 20)), []
        for p in range(1, length + 1):
            minute += draw(st.integers(1, 9))
            stamp = f"2026-09-25T08:{minute % 60:02d}:00.000Z"
            boot, by = ("a", str(copy)) if same_boot else (str(copy), "admin")
            head = {"p": p, "at": stamp, "hlc": f"{stamp}-0000", "boot": boot * 32, "by": by}
            notes.append(facts.Note(**head, mono_ms=minute * MINUTE, text=f"{copy}"))
        written.append(notes)
    return written, [draw(st.permutations(range(copies))) for _ in range(length)]


def is_sorted_out(written: list[list[facts.Note]], orders: list[list[int]]) -> None:
    """Each side holds the lines of one copy."""
    last: list[facts.AnyFact | None] = []
    sides: list[set[str]] = [set() for _ in written]
    for place, order in enumerate(orders):
        pairs: list[Any] = [(None, written[copy][place]) for copy in order]
        ordered = [pair[1] for pair in forks._by_side(last, pairs) if pair is not None]
        last = list(ordered)
        for side, fact in zip(sides, ordered, strict=True):
            side.add(fact.text)
    assert all(len(side) == 1 for side in sides)


@given(made=histories())
@settings(max_examples=settings.default.max_examples)
def test_copies_are_told_apart_by_their_boots_or_their_operators(made: Any) -> None:
    is_sorted_out(*made)


def test_control_lines_in_the_order_in_which_they_are_met(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forks, "_unlikely", lambda before, pair: 0)
    quickly = settings(max_examples=500, database=None, phases=[Phase.generate])
    find(histories(), lambda made: not holds(made), settings=quickly)


def holds(made: Any) -> bool:
    try:
        is_sorted_out(*made)
    except AssertionError:
        return False
    return True
