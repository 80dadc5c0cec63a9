"""Every check of the machine in its order."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from icme_tui.machine import desk, pcsc, serial, sticks
from icme_tui.machine.finding import Check, Finding
from icme_tui.machine.surroundings import Surroundings

CHECKS: tuple[Check, ...] = (*desk.CHECKS, *pcsc.CHECKS, *serial.CHECKS, *sticks.CHECKS)


def examine(
    machine: Surroundings, step: Callable[[], None] = lambda: None, checks: Sequence[Check] = CHECKS
) -> list[Finding]:
    """What each check says. None of them ends the others: one that breaks is told as skipped."""
    found: list[Finding] = []
    for check in checks:
        try:
            found.append(check(machine))
        except Exception as error:
            name = check.__name__.replace("_", "-")
            found.append(Finding(name, "skipped", "CHECK_BROKE", {"why": type(error).__name__}))
        step()
    return found
