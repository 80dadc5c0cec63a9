"""Moments as text and as Unix milliseconds. Pure: nothing here asks what time it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_UNIX = datetime(1970, 1, 1, tzinfo=UTC)


def format_utc(ms: int) -> str:
    """Unix milliseconds as ``2026-09-25T08:01:00.000Z``."""
    moment = _UNIX + timedelta(milliseconds=ms)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{ms % 1000:03d}Z"


def format_seconds(ms: int) -> str:
    """Unix milliseconds as ``2026-09-25T08:01:00Z``, the form of manifests and packs."""
    return f"{_UNIX + timedelta(milliseconds=ms):%Y-%m-%dT%H:%M:%SZ}"


def parse_utc(text: str) -> int:
    """Unix milliseconds of an ISO 8601 moment; a moment without a zone is taken as UTC.

    Raises ValueError for anything else.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _UNIX) // timedelta(milliseconds=1)
