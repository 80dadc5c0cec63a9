"""Time as the journal sees it: UTC stamps, the hybrid logical clock and the machine's clocks.

The wall clock of a venue is not trusted. ``hlc`` never runs backward and only orders; ``boot`` and
``mono_ms`` measure within one boot of the machine; ``clk`` says how far ``at`` may be believed.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol

from icme_tui.utc import format_seconds as format_seconds
from icme_tui.utc import format_utc as format_utc
from icme_tui.utc import parse_utc as parse_utc

CARD_EPOCH_MS = 1_577_836_800_000
"""2020-01-01 UTC: cards count minutes, and packs count snapshots, from this moment."""

MAX_AHEAD_MS = 10 * 60 * 1000
"""A received hlc further ahead of the importer's clock than this is flagged ``CLOCK_AHEAD``."""

MAX_BACKWARD_MS = 2000
"""A wall clock this much earlier than the last fact is wrong for certain."""

MAX_ADJUST_MS = 100 * 366 * 86_400_000
"""No clock of a machine is further off: an adjust by more has no effect."""

_SYNCHRONISED = Path("/run/systemd/timesync/synchronized")
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Reading(NamedTuple):
    """One reading of the machine's clocks."""

    wall_ms: int
    """Unix milliseconds of the wall clock."""
    boot: str
    """Identifies this boot of the machine."""
    mono_ms: int
    """Milliseconds since that boot; runs on while the lid is closed."""
    synced: bool
    """Whether the system says that its wall clock is synchronised."""


class Clock(Protocol):
    """Where a station gets its time from."""

    def read(self) -> Reading: ...


class SystemClock:
    """The clocks of this machine (Linux: CLOCK_BOOTTIME and the kernel's boot id)."""

    def __init__(self) -> None:
        try:
            self._boot = _BOOT_ID.read_text().strip().replace("-", "")
        except OSError:  # not Linux: the process start stands in for the boot
            self._boot = f"{time.time_ns():032x}"
        boottime = getattr(time, "CLOCK_BOOTTIME", None)
        self._mono: Callable[[], int] = (
            (lambda: time.clock_gettime_ns(boottime)) if boottime is not None else time.monotonic_ns
        )

    def read(self) -> Reading:
        return Reading(
            time.time_ns() // 1_000_000,
            self._boot,
            self._mono() // 1_000_000,
            _SYNCHRONISED.exists(),
        )


class FixedClock:
    """A clock that stands still until it is moved: for demonstrations and tests."""

    def __init__(self, start: str, boot: str = "0" * 32, synced: bool = True) -> None:
        self.wall_ms = parse_utc(start)
        self.boot = boot
        self.mono_ms = 60_000
        self.synced = synced

    def read(self) -> Reading:
        return Reading(self.wall_ms, self.boot, self.mono_ms, self.synced)

    def advance(self, ms: int) -> None:
        """Let ``ms`` milliseconds pass on both clocks."""
        self.wall_ms += ms
        self.mono_ms += ms


def minute_of(ms: int) -> int:
    """Whole minutes since 2020-01-01 UTC, 0 for a clock that stands before it."""
    return max(0, (ms - CARD_EPOCH_MS) // 60_000)


def minute_ms(minute: int) -> int:
    """Unix milliseconds at which a minute of a card begins."""
    return CARD_EPOCH_MS + minute * 60_000


_HLC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z-[0-9a-f]{4}")


def is_hlc(text: str) -> bool:
    """Whether a text is a hybrid logical clock value: only such values order anything."""
    if not _HLC.fullmatch(text):
        return False
    try:
        parse_utc(text[:24])
    except ValueError:
        return False
    return True


def hlc_time(hlc: str) -> int:
    """The wall part of a hybrid logical clock value, in Unix milliseconds. Raises ValueError."""
    return parse_utc(hlc[:24])


def next_hlc(last: str, now_ms: int) -> str:
    """The next value of the hybrid logical clock: later than ``last`` and not before ``now_ms``.

    ``last`` may be empty. When the counter of one millisecond is used up the value moves on to the
    next millisecond, which is the same as having waited for it.
    """
    now = format_utc(now_ms)
    if now > last[:24]:
        return now + "-0000"
    counter = int(last[25:29], 16) + 1
    if counter > 0xFFFF:
        return format_utc(hlc_time(last) + 1) + "-0000"
    return f"{last[:24]}-{counter:04x}"
