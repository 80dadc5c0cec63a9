"""What goes to a reader and comes back from it, byte by byte, for support; usually nobody listens.

A driver that speaks bytes has one ``Traffic`` and tells it every command and every answer. Keys are masked
here, before a line exists: the driver names the slice of the bytes that is secret.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

TRACE = 5
"""A log level below DEBUG. No logger has it until ``icme card trace`` or a test asks for it."""

ROOT = "icme_tui.devices"
"""The logger above those of all drivers."""

logging.addLevelName(TRACE, "TRACE")


class Traffic:
    """The raw traffic of one reader, as log records of level ``TRACE``."""

    def __init__(self, logger: logging.Logger) -> None:
        """``logger``: that of the driver's module, ``logging.getLogger(__name__)``."""
        self._logger = logger
        self._sent_at = time.monotonic()

    @property
    def is_heard(self) -> bool:
        """Whether anybody listens; a driver may save itself the work of a long text."""
        return self._logger.isEnabledFor(TRACE)

    def sent(self, data: bytes, secret: slice | None = None) -> None:
        """These bytes go out now; those of ``secret`` are a key and are not shown."""
        if self.is_heard:
            self._sent_at = time.monotonic()
            self._logger.log(TRACE, "> %s", masked(data, secret))

    def received(self, data: bytes, secret: slice | None = None) -> None:
        """These bytes came back, some time after the last ones that were sent."""
        if self.is_heard:
            took_ms = (time.monotonic() - self._sent_at) * 1000
            self._logger.log(TRACE, "< %s  (%.1f ms)", masked(data, secret), took_ms)

    def note(self, text: str) -> None:
        """Something else that happened on the line, such as a code of the library. Never a key."""
        if self.is_heard:
            self._logger.log(TRACE, "- %s", text)


@contextmanager
def overheard(tell: Callable[[str], None]) -> Iterator[None]:
    """While the block runs, ``tell`` is called with every line of traffic: milliseconds since the block
    began, which driver, what. It is called from the threads of the readers."""
    logger = logging.getLogger(ROOT)
    handler = _Teller(tell)
    level, propagates = logger.level, logger.propagate
    logger.setLevel(TRACE)
    logger.propagate = False
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagates
        logger.setLevel(level)


class _Teller(logging.Handler):
    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__(TRACE)
        self._tell = tell
        self._began = time.time()

    def emit(self, record: logging.LogRecord) -> None:
        since_ms = (record.created - self._began) * 1000
        driver = record.name.removeprefix(f"{ROOT}.")
        self._tell(f"{since_ms:10.1f}  {driver:<12}  {record.getMessage()}")


def masked(data: bytes, secret: slice | None = None) -> str:
    """Hex in pairs, with ``**`` for every byte of the secret."""
    hidden = range(*secret.indices(len(data))) if secret is not None else range(0)
    return " ".join(_pairs(data, hidden))


def _pairs(data: bytes, hidden: range) -> Iterator[str]:
    for at, byte in enumerate(data):
        yield "**" if at in hidden else f"{byte:02X}"
