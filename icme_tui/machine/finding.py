"""What one check says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

from icme_tui.machine.surroundings import Surroundings

Level = Literal["ok", "warn", "fail", "skipped"]


class Finding(NamedTuple):
    """One check, as it stands."""

    check: str
    """Which check, such as ``pcsc-service``."""
    level: Level
    """``fail``: something will not work; ``warn``: it may not, or not well; ``skipped``: it does not apply
    here, or could not be made; the code says why."""
    code: str
    detail: Mapping[str, Any] = {}
    """What the sentence of the code needs."""
    remedy: tuple[str, ...] = ()
    """Lines to copy into a shell."""


Check = Callable[[Surroundings], Finding]
