"""Make-ups that wait for the office are found without a pass over all taps."""

from __future__ import annotations

from typing import Any


def up(migrator: Any, db: Any) -> None:
    db.execute_sql("CREATE INDEX tap_open_makeup ON tap (session) WHERE (bits & 10) = 2")
