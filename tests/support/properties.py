"""Properties as plain checks with their strategies, so that a control can run one under a defect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from hypothesis import Phase, given, settings
from hypothesis.strategies import SearchStrategy


class Property(NamedTuple):
    """A check that holds for whatever the strategies draw."""

    check: Callable[..., None]
    strategies: tuple[SearchStrategy[Any], ...]

    @property
    def name(self) -> str:
        return self.check.__name__

    def holds(self) -> None:
        """Run it with the examples of the profile."""
        given(*self.strategies)(self.check)()

    def breaks(self) -> None:
        """It must fail: enough examples to find a defect, and no time spent on making it small."""
        many = settings(
            max_examples=800,
            phases=[Phase.generate],
            report_multiple_bugs=False,
            derandomize=True,
            database=None,
        )
        with pytest.raises(AssertionError):
            many(given(*self.strategies)(self.check))()


def of(*strategies: SearchStrategy[Any]) -> Callable[[Callable[..., None]], Property]:
    """Decorator: the check below becomes a property of these strategies."""
    return lambda check: Property(check, strategies)
