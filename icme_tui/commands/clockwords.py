"""Sentences and words for clocks that were wrong, and for what a decision of the office changes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from icme_tui.commands.moments import show_time
from icme_tui.commands.output import hundredths
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import N_, _

if TYPE_CHECKING:
    from icme_tui.operations.supposing import Verdict

CLOCKS = {
    "synced": N_("synchronised"),
    "unsynced": N_("not synchronised"),
    "suspect": N_("wrong"),
}
"""``clk`` of a fact → what it says of the wall clock."""

_UNITS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000}
_SPAN = re.compile(r"([+-])((?:\d{1,5}[dhms])+)", re.ASCII)


def read_span(text: str) -> int | None:
    """Milliseconds of ``+1h05m``, ``-20m``, ``+1d2h3m4s``; None for anything else."""
    found = _SPAN.fullmatch(text.strip().lower())
    if found is None:
        return None
    total = sum(int(part[:-1]) * _UNITS[part[-1]] for part in re.findall(r"\d+[dhms]", found[2]))
    return -total if found[1] == "-" else total


def show_span(ms: int | None) -> str:
    """``+1h05m`` for milliseconds, to the second; empty for None."""
    if ms is None:
        return ""
    seconds = (abs(ms) + 500) // 1000
    parts: list[str] = []
    for unit in "dhms":
        count, seconds = divmod(seconds, _UNITS[unit] // 1000)
        if count or (unit == "s" and not parts):
            parts.append(f"{count:02d}{unit}" if parts else f"{count}{unit}")
    return ("-" if ms < 0 else "+") + "".join(parts)


def show_worth(verdict: Verdict | None) -> str:
    """``180 min, 1.5 credits``."""
    if verdict is None:
        return _("nothing")
    return _("{minutes} min, {credits} credits").format(
        minutes=verdict.minutes, credits=hundredths(verdict.credits_c)
    )


def show_verdict(verdict: Verdict | None) -> str:
    """``08:30-11:30 180 min, 1.5 credits``, and why it does not count."""
    if verdict is None:
        return _("nothing")
    times = f"{show_time(verdict.in_ms)[:5] or '?'}-{show_time(verdict.out_ms)[:5] or '?'}"
    told = f"{times} {show_worth(verdict)}"
    return f"{told}: {sentence(verdict.reason)}" if verdict.reason else told
