"""The merge cases of the design: the same facts in any order, with any repeats, in any portions."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from icme_tui.store.store import Store
from tests.support.merging import Delivered, deliver, from_case, new_store, undone, view

HERE = Path(__file__).resolve().parents[1]
FOLDERS = (HERE / "data" / "vectors" / "merge", HERE.parents[1] / "shared" / "data" / "vectors" / "merge")
SPLIT_UP_TO = 5
PERMUTE_UP_TO = 6


def _cases() -> list[Any]:
    found = {}
    for folder in FOLDERS:
        for path in sorted(folder.glob("*.json")):
            for case in json.loads(path.read_text("utf-8"))["cases"]:
                found[case["name"]] = case
    return [pytest.param(case, id=name) for name, case in found.items()]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = new_store(tmp_path_factory.mktemp("merge"))
    yield opened
    opened.close()


def _orders(facts: Sequence[Delivered]) -> Iterator[tuple[Delivered, ...]]:
    if len(facts) <= PERMUTE_UP_TO:
        yield from itertools.permutations(facts)
    else:
        yield tuple(facts)
        yield tuple(reversed(facts))


def _splits(facts: tuple[Delivered, ...]) -> Iterator[list[tuple[Delivered, ...]]]:
    """Every way to cut a sequence into portions; one by one and all at once where it is long."""
    if len(facts) > SPLIT_UP_TO:
        yield [(one,) for one in facts]
        yield [facts]
        return
    for cuts in itertools.product((False, True), repeat=len(facts) - 1):
        portions, start = [], 0
        for i, cut in enumerate(cuts, 1):
            if cut:
                portions.append(facts[start:i])
                start = i
        yield [*portions, facts[start:]]


def _check(store: Store, case: dict[str, Any], portions: Sequence[Sequence[Delivered]]) -> None:
    with undone(store):
        for portion in portions:
            deliver(store, portion)
        shown = view(store)
    assert shown.facts_kept == case["facts_kept"]
    assert shown.credits == sorted(case["credits"])
    assert shown.flags == sorted(case["flags"])


@pytest.mark.parametrize("case", _cases())
def test_every_order_and_split_gives_the_same(store: Store, case: dict[str, Any]) -> None:
    for order in _orders([from_case(fact) for fact in case["facts"]]):
        for portions in _splits(order):
            _check(store, case, portions)


@pytest.mark.parametrize("case", _cases())
def test_every_repeat_gives_the_same(store: Store, case: dict[str, Any]) -> None:
    given = [from_case(fact) for fact in case["facts"]]
    for again in itertools.product((False, True), repeat=min(len(given), PERMUTE_UP_TO)):
        repeats = [one for one, twice in zip(given, again, strict=False) if twice]
        _check(store, case, [given, repeats])
        _check(store, case, [(one,) for one in [*repeats, *given, *repeats]])
