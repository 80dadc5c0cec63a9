"""The door through which raw traffic is told: silent by default, and never a key."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icme_tui.devices import traffic
from icme_tui.devices.traffic import TRACE, Traffic, masked

KEY = bytes.fromhex("A1B2C3D4E5F6")
LOAD_KEY = bytes.fromhex("FF82000006") + KEY


def test_nothing_is_written_by_default(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    told = Traffic(logging.getLogger(f"{traffic.ROOT}.test"))
    told.sent(LOAD_KEY, secret=slice(5, 11))
    told.received(b"\x90\x00")
    told.note("connected")
    assert not told.is_heard
    assert caplog.records == []


def test_commands_answers_and_remarks_are_told_with_the_time(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(TRACE, logger=traffic.ROOT)
    told = Traffic(logging.getLogger(f"{traffic.ROOT}.test"))
    told.sent(LOAD_KEY, secret=slice(5, 11))
    told.received(b"\x90\x00")
    told.note("connected")
    sent, received, noted = (record.getMessage() for record in caplog.records)
    assert sent == "> FF 82 00 00 06 ** ** ** ** ** **"
    assert received.startswith("< 90 00  (")
    assert received.endswith(" ms)")
    assert noted == "- connected"
    assert {record.levelname for record in caplog.records} == {"TRACE"}


@given(st.binary(max_size=40), st.integers(-45, 45), st.integers(-45, 45))
def test_the_secret_part_never_shows(data: bytes, start: int, stop: int) -> None:
    shown = masked(data, slice(start, stop)).split()
    hidden = range(*slice(start, stop).indices(len(data)))
    assert [pair == "**" for pair in shown] == [at in hidden for at in range(len(data))]
    assert all(int(pair, 16) == data[at] for at, pair in enumerate(shown) if at not in hidden)
