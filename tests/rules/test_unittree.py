"""Which units lie below which."""

from __future__ import annotations

import pytest

from icme_tui.rules.unittree import is_within, units_below

TREE = {"H": None, "A": "H", "B": "H", "C": "A", "X": "", "R1": "R2", "R2": "R1", "L": "gone"}


@pytest.mark.parametrize(
    ("top", "below"),
    [
        ("H", {"H", "A", "B", "C"}),
        ("A", {"A", "C"}),
        ("C", {"C"}),
        ("X", {"X"}),
        ("R1", {"R1", "R2"}),
        ("gone", {"gone", "L"}),
        ("nobody", {"nobody"}),
    ],
)
def test_both_ways_agree(top: str, below: set[str]) -> None:
    assert units_below(TREE, top) == below
    assert {unit for unit in [*TREE, top] if is_within(TREE, unit, top)} == below


def test_what_belongs_to_no_unit_lies_below_none() -> None:
    assert not is_within(TREE, None, "H")
    assert not is_within(TREE, "", "")
